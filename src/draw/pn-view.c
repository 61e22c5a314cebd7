/* SPDX-License-Identifier: MIT */
#include "pn-view-private.h"

#include "pn-layout.h"
#include "pn-scale.h"

#include <math.h>

#define MARGIN 0.04
#define LEAST_NS 100.0
#define LEAST_EVENTS 2.0
#define EMPTY_NS 1e9

void
pn_view_init (PnView *view)
{
  *view = (PnView){
    .width = 1600,
    .height = 900,
    .axis = PN_AXIS_TIME,
    .begin = 0,
    .end = EMPTY_NS,
    .playhead = G_MAXSIZE,
    .with_ruler = TRUE,
    .with_heads = TRUE,
    .font_px = 13,
    .device_scale = 1,
  };
}

/* Of what the processes do, without margins. */
static void
get_bounds (const PnView *view, PnModel *model, double *ret_begin, double *ret_end)
{
  const PnHistory *history = pn_model_get_history (model);

  if (view->axis == PN_AXIS_ORDER)
    {
      *ret_begin = (double)history->begin_event;
      *ret_end = (double)history->n_events;
    }
  else
    {
      *ret_begin = (double)history->begin_ns;
      *ret_end = (double)MAX (history->duration_ns, view->now_ns);
    }
}

double
pn_view_whole_begin (const PnView *view, PnModel *model)
{
  double begin, end;

  get_bounds (view, model, &begin, &end);
  begin = MAX (begin - MAX (end - begin, 0) * MARGIN, 0);
  return view->axis == PN_AXIS_ORDER ? floor (begin) : begin; /* whole cells */
}

double
pn_view_whole_end (const PnView *view, PnModel *model)
{
  double least = view->axis == PN_AXIS_ORDER ? LEAST_EVENTS : LEAST_NS;
  double whole_begin = pn_view_whole_begin (view, model);
  double begin, end;

  get_bounds (view, model, &begin, &end);
  if (view->axis == PN_AXIS_TIME && !(end > 0))
    return EMPTY_NS;
  return MAX (end + (end - whole_begin) * MARGIN, whole_begin + least);
}

void
pn_view_fit (PnView *view, PnModel *model)
{
  view->begin = pn_view_whole_begin (view, model);
  view->end = pn_view_whole_end (view, model);
}

double
pn_view_event_unit (const PnView *view, PnModel *model, gsize index)
{
  if (view->axis == PN_AXIS_ORDER)
    return (double)index + 0.5;
  return (double)pn_trace_get_time_ns (pn_model_get_trace (model), index);
}

void
pn_view_set_axis (PnView *view, PnModel *model, PnAxis axis)
{
  PnTrace *trace = pn_model_get_trace (model);
  const PnHistory *history = pn_model_get_history (model);
  gint64 duration = MAX (history->duration_ns, view->now_ns);
  double begin = view->begin, end = view->end;

  view->axis_mix = 0;
  view->playhead_after = 0;
  if (axis == view->axis)
    return;
  view->begin = pn_axis_convert (trace, history->n_events, view->axis, begin, duration);
  view->end = pn_axis_convert (trace, history->n_events, view->axis, end, duration);
  view->axis = axis;
  if (!(view->end > view->begin))
    pn_view_fit (view, model);
}

/* At least a tenth of what is seen is part of the run. */
static void
keep_in_sight (PnView *view, double whole)
{
  double length = view->end - view->begin;
  double least = -0.9 * length, most = whole - 0.1 * length;

  view->begin = CLAMP (view->begin, least, MAX (most, least));
  view->end = view->begin + length;
}

void
pn_view_zoom (PnView *view, PnModel *model, double unit, double factor)
{
  double whole = pn_view_whole_end (view, model);
  double least = view->axis == PN_AXIS_TIME ? LEAST_NS : LEAST_EVENTS;
  double length = view->end - view->begin;
  double share = length > 0 ? (unit - view->begin) / length : 0;

  if (!(factor > 0) || !isfinite (factor) || !isfinite (unit) || !(length > 0))
    return;
  length = CLAMP (length / factor, least, MAX (2 * whole, least));
  view->begin = unit - share * length;
  view->end = view->begin + length;
  keep_in_sight (view, whole);
}

void
pn_view_pan (PnView *view, PnModel *model, double units)
{
  if (!isfinite (units))
    return;
  view->begin += units;
  view->end += units;
  keep_in_sight (view, pn_view_whole_end (view, model));
}
