/* SPDX-License-Identifier: MIT */
#include "pn-scale.h"

#include "pn-history.h"

#include <math.h>

#define SECOND_NS 1e9
#define MINUTE_NS 60e9

static double
event_unit (const PnScale *scale, PnAxis axis, gsize event, gint64 ns)
{
  if (axis == PN_AXIS_TIME)
    return event == PN_EVENT_OPEN ? MAX (ns, scale->duration_ns) : (double)ns;
  return event == PN_EVENT_OPEN ? (double)scale->n_events : (double)event + 0.5;
}

static double
time_to_order (PnTrace *trace, gsize n_events, double ns, double ns_an_event)
{
  gint64 last = pn_trace_get_time_ns (trace, n_events - 1);
  gsize after;
  double from, to;

  if (ns <= 0)
    return 0.5 + ns / ns_an_event;
  if (ns >= last)
    return n_events - 0.5 + (ns - last) / ns_an_event;
  after = MIN (pn_trace_find_time (trace, (gint64)ceil (ns)), n_events - 1);
  if (after == 0)
    return 0.5;
  from = pn_trace_get_time_ns (trace, after - 1);
  to = pn_trace_get_time_ns (trace, after);
  return after - 0.5 + (to > from ? (ns - from) / (to - from) : 0);
}

static double
order_to_time (PnTrace *trace, gsize n_events, double unit, double ns_an_event)
{
  double middle = unit - 0.5;
  gsize before;
  double from, to;

  if (middle <= 0)
    return middle * ns_an_event;
  if (middle >= n_events - 1)
    return pn_trace_get_time_ns (trace, n_events - 1)
           + (middle - (n_events - 1)) * ns_an_event;
  before = (gsize)middle;
  from = pn_trace_get_time_ns (trace, before);
  to = pn_trace_get_time_ns (trace, before + 1);
  return from + (to - from) * (middle - before);
}

double
pn_axis_convert (
    PnTrace *trace, gsize n_events, PnAxis from, double unit, gint64 duration_ns)
{
  double ns_an_event = n_events > 1 ? MAX (1.0, (double)duration_ns / n_events) : 1e6;

  if (n_events == 0)
    return from == PN_AXIS_TIME ? unit / ns_an_event : unit * ns_an_event;
  return from == PN_AXIS_TIME ? time_to_order (trace, n_events, unit, ns_an_event)
                              : order_to_time (trace, n_events, unit, ns_an_event);
}

static void
set_stretch (PnScale *scale, PnAxis axis, double begin, double end)
{
  if (!isfinite (begin))
    begin = 0;
  if (!isfinite (end) || end - begin < 1e-9)
    end = begin + 1;
  scale->begin[axis] = begin;
  scale->px_a_unit[axis] = scale->width / (end - begin);
}

void
pn_scale_init (PnScale *scale,
               PnTrace *trace,
               gsize n_events,
               const PnView *view,
               double x,
               double width)
{
  PnAxis other = view->axis == PN_AXIS_TIME ? PN_AXIS_ORDER : PN_AXIS_TIME;
  gint64 last = n_events > 0 ? pn_trace_get_time_ns (trace, n_events - 1) : 0;

  *scale = (PnScale){
    .trace = trace,
    .n_events = n_events,
    .duration_ns = MAX (last, view->now_ns),
    .x = x,
    .width = MAX (width, 1),
    .axis = view->axis,
    .mix = isfinite (view->axis_mix) ? CLAMP (view->axis_mix, 0, 1) : 0,
  };
  set_stretch (scale, view->axis, view->begin, view->end);
  if (scale->mix > 0)
    {
      gint64 duration = scale->duration_ns;

      set_stretch (scale,
                   other,
                   pn_axis_convert (trace, n_events, view->axis, view->begin, duration),
                   pn_axis_convert (trace, n_events, view->axis, view->end, duration));
    }
}

static double
axis_x (const PnScale *scale, PnAxis axis, double unit)
{
  return scale->x + (unit - scale->begin[axis]) * scale->px_a_unit[axis];
}

double
pn_scale_x (const PnScale *scale, gsize event, gint64 ns)
{
  double x = axis_x (scale, scale->axis, event_unit (scale, scale->axis, event, ns));
  PnAxis other = scale->axis == PN_AXIS_TIME ? PN_AXIS_ORDER : PN_AXIS_TIME;

  if (scale->mix == 0)
    return x;
  return x * (1 - scale->mix)
         + axis_x (scale, other, event_unit (scale, other, event, ns)) * scale->mix;
}

double
pn_scale_event_x (const PnScale *scale, gsize event)
{
  return pn_scale_x (scale, event, pn_trace_get_time_ns (scale->trace, event));
}

double
pn_scale_unit_to_x (const PnScale *scale, double unit)
{
  return axis_x (scale, scale->axis, unit);
}

double
pn_scale_x_to_unit (const PnScale *scale, double x)
{
  return scale->begin[scale->axis] + (x - scale->x) / scale->px_a_unit[scale->axis];
}

double
pn_tick_step (PnAxis axis, double px_a_unit, double min_px)
{
  double least = min_px / MAX (px_a_unit, 1e-300);
  double base, power, factor;

  if (axis == PN_AXIS_TIME && least > 20 * SECOND_NS)
    {
      if (least <= 30 * SECOND_NS)
        return 30 * SECOND_NS;
      base = MINUTE_NS;
    }
  else
    base = 1;
  least = MAX (least / base, 1);
  power = pow (10, floor (log10 (least) + 1e-9));
  factor = least / power;
  factor = factor <= 1 + 1e-9   ? 1
           : factor <= 2 + 1e-9 ? 2
           : factor <= 5 + 1e-9 ? 5
                                : 10;
  return factor * power * base;
}

static int
digits_below (double step, double unit)
{
  int digits = (int)ceil (-log10 (step / unit) - 1e-9);

  return CLAMP (digits, 0, 9);
}

char *
pn_tick_label (PnAxis axis, double unit, double step, double largest)
{
  static const struct
  {
    double ns;
    const char *name;
  } units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
  gsize i = 0;

  if (axis == PN_AXIS_ORDER)
    return g_strdup_printf ("%.0f", unit);
  if (largest >= 2 * MINUTE_NS && step >= SECOND_NS)
    {
      gint64 seconds = llround (fabs (unit) / SECOND_NS);

      return g_strdup_printf ("%s%" G_GINT64_FORMAT ":%02d min",
                              unit < 0 ? "−" : "",
                              seconds / 60,
                              (int)(seconds % 60));
    }
  while (i < G_N_ELEMENTS (units) - 1 && largest < units[i].ns * 0.9999)
    i++;
  if (fabs (unit) < step * 1e-6)
    unit = 0;
  return g_strdup_printf ("%s%.*f %s",
                          unit < 0 ? "−" : "",
                          digits_below (step, units[i].ns),
                          fabs (unit) / units[i].ns,
                          units[i].name);
}
