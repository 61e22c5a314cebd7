/* SPDX-License-Identifier: MIT */

/* The strip below the timeline: the whole run, one thin bar a process. */

#include "pn-paint-private.h"

#include "pn-layout-private.h"
#include "pn-view-private.h"

#include <math.h>

#define PAD_PX 6
#define BAR_PX 4
#define HANDLE_RADIUS_PX 6

typedef struct
{
  cairo_t *cr;
  const PnLayout *layout;
  PnScale scale;
  double height;
} Strip;

static void
init_scale (PnScale *scale, PnModel *model, const PnLayout *layout, double width)
{
  PnView view = layout->view;
  double x = layout->scale.x;

  view.begin = pn_view_whole_begin (&view, model);
  view.end = pn_view_whole_end (&view, model);
  pn_scale_init (scale,
                 pn_model_get_trace (model),
                 pn_model_get_n_events (model),
                 &view,
                 x,
                 MAX (width - x, 1));
}

static void
set_role (Strip *strip, PnRole role, double alpha)
{
  PnColor color = pn_theme_color (strip->layout->view.theme, role, 0);

  cairo_set_source_rgba (strip->cr, color.red, color.green, color.blue, alpha);
}

/* As in the lanes: a process that is being started is not there yet. */
static const PnSpan *
first_span (const PnProcessLane *lane)
{
  for (guint i = 0; i < lane->spans->len; i++)
    {
      const PnSpan *span = &g_array_index (lane->spans, PnSpan, i);

      if (span->kind != PN_SPAN_STARTING)
        return span;
    }
  return NULL;
}

static void
paint_bars (Strip *strip, const PnHistory *history)
{
  guint n = history->processes->len;
  double pitch = (strip->height - 2 * PAD_PX) / MAX (n, 1);
  double bar = MIN (BAR_PX, pitch * 0.75);

  set_role (strip, PN_ROLE_RUN, 0.55);
  pitch = MIN (pitch, 2.2 * BAR_PX);
  for (guint i = 0; i < n; i++)
    {
      const PnProcessLane *lane = g_ptr_array_index (history->processes, i);
      const PnSpan *first = first_span (lane);
      double x0 = first != NULL ? pn_span_begin_x (&strip->scale, first) : 0;
      double x1 = pn_scale_x (&strip->scale, lane->end_event, lane->end_ns);
      double used = n * pitch;
      double y = (strip->height - used) / 2 + i * pitch + (pitch - bar) / 2;

      if (first != NULL)
        cairo_rectangle (
            strip->cr, x0, bar >= 1 ? round (y) : y, MAX (x1 - x0, 1), bar);
    }
  cairo_fill (strip->cr);
}

static void
paint_deadlocks (Strip *strip, const GArray *deadlocks)
{
  set_role (strip, PN_ROLE_DANGER, 1);
  for (guint i = 0; i < MIN (deadlocks->len, 64); i++)
    {
      gsize event = g_array_index (deadlocks, gsize, i);

      if (event < strip->scale.n_events)
        cairo_rectangle (strip->cr,
                         pn_scale_event_x (&strip->scale, event) - 1,
                         0,
                         2,
                         strip->height);
    }
  cairo_fill (strip->cr);
}

static void
round_rect (cairo_t *cr, double x0, double y0, double x1, double y1, double r)
{
  cairo_new_path (cr);
  cairo_arc (cr, x1 - r, y0 + r, r, -G_PI_2, 0);
  cairo_arc (cr, x1 - r, y1 - r, r, 0, G_PI_2);
  cairo_arc (cr, x0 + r, y1 - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x0 + r, y0 + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

/* The visible stretch. What lies outside of it is veiled. */
static void
paint_handle (Strip *strip, double width)
{
  const PnView *view = &strip->layout->view;
  double least = strip->scale.x - 3, most = width - 2;
  double x0 = pn_scale_unit_to_x (&strip->scale, view->begin) - 3;
  double x1 = pn_scale_unit_to_x (&strip->scale, view->end) - 2;

  x0 = CLAMP (x0, least, most - 2 * HANDLE_RADIUS_PX);
  x1 = CLAMP (x1, x0 + 2 * HANDLE_RADIUS_PX, most);
  set_role (strip, PN_ROLE_PANEL, 0.6);
  cairo_rectangle (strip->cr, strip->scale.x, 0, x0 - strip->scale.x, strip->height);
  cairo_rectangle (strip->cr, x1, 0, width - x1, strip->height);
  cairo_fill (strip->cr);
  round_rect (strip->cr, x0, 2.5, x1, strip->height - 2.5, HANDLE_RADIUS_PX);
  set_role (strip, PN_ROLE_ACCENT, 0.05);
  cairo_fill_preserve (strip->cr);
  set_role (strip, PN_ROLE_ACCENT, 0.9);
  cairo_set_line_width (strip->cr, 1.5);
  cairo_stroke (strip->cr);
}

static void
paint_playhead (Strip *strip)
{
  const PnView *view = &strip->layout->view;
  double x;

  if (view->playhead >= strip->scale.n_events)
    return;
  x = pn_scale_event_x (&strip->scale, view->playhead)
      + MAX (view->playhead_after, 0) * strip->scale.px_a_unit[view->axis];
  if (x < strip->scale.x)
    return;
  set_role (strip, PN_ROLE_ACCENT, 1);
  cairo_rectangle (strip->cr, round (x) - 1, 0, 2, strip->height);
  cairo_fill (strip->cr);
}

void
pn_paint_overview (
    cairo_t *cr, PnModel *model, const PnLayout *layout, double width, double height)
{
  const PnHistory *history = pn_model_get_history (model);
  Strip strip = { .cr = cr, .layout = layout, .height = height };

  init_scale (&strip.scale, model, layout, width);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  set_role (&strip, PN_ROLE_PANEL, 1);
  cairo_paint (cr);
  paint_bars (&strip, history);
  paint_deadlocks (&strip, history->deadlocks);
  paint_handle (&strip, width);
  paint_playhead (&strip);
  set_role (&strip, PN_ROLE_LINE, 1);
  cairo_rectangle (cr, 0, 0, width, 1);
  cairo_fill (cr);
  cairo_restore (cr);
}

double
pn_overview_x_to_unit (PnModel *model, const PnLayout *layout, double width, double x)
{
  PnScale scale;

  init_scale (&scale, model, layout, width);
  return pn_scale_x_to_unit (&scale, x);
}
