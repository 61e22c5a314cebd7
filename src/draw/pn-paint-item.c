/* SPDX-License-Identifier: MIT */
#include "pn-paint-private.h"

#include "pn-layout-private.h"
#include "pn-shapes.h"

#include <math.h>
#include <pango/pangocairo.h>

static void
move_to (gpointer cr, double x, double y)
{
  cairo_move_to (cr, x, y);
}

static void
line_to (gpointer cr, double x, double y)
{
  cairo_line_to (cr, x, y);
}

static void
curve_to (gpointer cr, double x1, double y1, double x2, double y2, double x3, double y3)
{
  cairo_curve_to (cr, x1, y1, x2, y2, x3, y3);
}

static void
close_path (gpointer cr)
{
  cairo_close_path (cr);
}

static const PnPathSink cairo_sink = { move_to, line_to, curve_to, close_path };

static double
snap (const PnPainter *painter, double px)
{
  return painter->device_scale > 0
             ? round (px * painter->device_scale) / painter->device_scale
             : px;
}

static void
set_color (PnPainter *painter, PnRole role, guint order, double alpha)
{
  PnColor color = pn_theme_color (painter->theme, role, order);

  cairo_set_source_rgba (painter->cr, color.red, color.green, color.blue, alpha);
}

static void
set_stroke (PnPainter *painter, const PnItem *item)
{
  double on_off = item->dash;

  set_color (painter, item->stroke, item->order, item->stroke_alpha);
  cairo_set_line_width (painter->cr, item->stroke_width);
  cairo_set_dash (painter->cr, &on_off, item->dash > 0 ? 1 : 0, 0);
}

static void
fill_with_pattern (PnPainter *painter, const PnItem *item)
{
  PnRole lines = item->stroke != PN_ROLE_NONE && item->fill == PN_ROLE_BACKGROUND
                     ? item->stroke
                     : item->fill;
  PnColor base = pn_theme_color (painter->theme, item->fill, item->order);
  PnColor color = pn_theme_color (painter->theme, lines, item->order);
  cairo_t *cr = painter->cr;

  base.alpha = item->fill_alpha;
  color.alpha = item->pattern_alpha;
  if (painter->device_scale > 0)
    {
      cairo_pattern_t *source = pn_pattern_source (
          item->pattern, base, color, painter->factor, painter->device_scale);

      cairo_set_source (cr, source);
      cairo_pattern_destroy (source);
      cairo_fill (cr);
      return;
    }
  cairo_set_source_rgba (cr, base.red, base.green, base.blue, base.alpha);
  cairo_fill_preserve (cr);
  cairo_save (cr);
  cairo_clip (cr);
  pn_pattern_stroke (cr,
                     item->pattern,
                     color,
                     painter->factor,
                     item->x,
                     item->y,
                     item->width,
                     item->height);
  cairo_restore (cr);
}

/* Fills the path, or drops it. */
static void
fill (PnPainter *painter, const PnItem *item)
{
  if (item->fill == PN_ROLE_NONE)
    cairo_new_path (painter->cr);
  else if (item->pattern == PN_PATTERN_SOLID)
    {
      set_color (painter, item->fill, item->order, item->fill_alpha);
      cairo_fill (painter->cr);
    }
  else
    fill_with_pattern (painter, item);
}

static void
paint_rect (PnPainter *painter, const PnItem *item)
{
  PnItem on_pixels = *item;

  on_pixels.x = snap (painter, item->x);
  on_pixels.y = snap (painter, item->y);
  on_pixels.width = snap (painter, item->x + item->width) - on_pixels.x;
  on_pixels.height = snap (painter, item->y + item->height) - on_pixels.y;
  if (painter->device_scale > 0)
    {
      on_pixels.width = MAX (on_pixels.width, 1 / painter->device_scale);
      on_pixels.height = MAX (on_pixels.height, 1 / painter->device_scale);
    }
  if (item->fill != PN_ROLE_NONE)
    {
      pn_shape_rect (&on_pixels, 0, &cairo_sink, painter->cr);
      fill (painter, item);
    }
  if (item->stroke == PN_ROLE_NONE)
    return;
  pn_shape_rect (&on_pixels, item->stroke_width / 2, &cairo_sink, painter->cr);
  set_stroke (painter, item);
  cairo_stroke (painter->cr);
}

static void
paint_circle (PnPainter *painter, const PnItem *item)
{
  double radius = item->width / 2;

  cairo_new_path (painter->cr);
  cairo_arc (painter->cr,
             item->x + radius,
             item->y + radius,
             radius - item->stroke_width / 2,
             0,
             2 * G_PI);
  set_color (painter, item->fill, item->order, item->fill_alpha);
  cairo_fill_preserve (painter->cr);
  set_stroke (painter, item);
  cairo_stroke (painter->cr);
}

static void
paint_cross (PnPainter *painter, const PnItem *item)
{
  double x0 = item->x + 1, x1 = item->x + item->width - 1;
  double y0 = item->y + 1, y1 = item->y + item->height - 1;

  cairo_move_to (painter->cr, x0, y0);
  cairo_line_to (painter->cr, x1, y1);
  cairo_move_to (painter->cr, x0, y1);
  cairo_line_to (painter->cr, x1, y0);
  set_color (painter, PN_ROLE_BACKGROUND, 0, 0.9);
  cairo_set_dash (painter->cr, NULL, 0, 0);
  cairo_set_line_width (painter->cr, item->stroke_width + 2);
  cairo_stroke_preserve (painter->cr);
  set_stroke (painter, item);
  cairo_stroke (painter->cr);
}

static void
paint_polygon (PnPainter *painter, const PnItem *item, const PnPoint *points)
{
  pn_shape_polygon (points, item->n_points, &cairo_sink, painter->cr);
  fill (painter, item);
  if (item->stroke == PN_ROLE_NONE)
    return;
  pn_shape_polygon (points, item->n_points, &cairo_sink, painter->cr);
  set_stroke (painter, item);
  cairo_stroke (painter->cr);
}

static void
paint_path (PnPainter *painter, const PnItem *item, const PnPoint *points)
{
  PnPoint corners[3];

  pn_shape_path (item, points, &cairo_sink, painter->cr);
  set_stroke (painter, item);
  cairo_stroke (painter->cr);
  if (!item->head)
    return;
  pn_shape_head (item, points, corners);
  pn_shape_polygon (corners, 3, &cairo_sink, painter->cr);
  cairo_fill (painter->cr);
}

static void
paint_text (PnPainter *painter, const PnItem *item)
{
  PangoLayout *text = pn_text_get_layout (item->font, painter->factor, item->text);

  set_color (painter, item->fill, item->order, item->fill_alpha);
  cairo_move_to (painter->cr, snap (painter, item->x), snap (painter, item->y));
  pango_cairo_show_layout (painter->cr, text);
}

void
pn_paint_item (PnPainter *painter, const PnItem *item)
{
  const PnPoint *points
      = item->n_points > 0
            ? &g_array_index (painter->layout->points, PnPoint, item->first_point)
            : NULL;

  switch (item->shape)
    {
    case PN_SHAPE_RECT:
      paint_rect (painter, item);
      break;
    case PN_SHAPE_POLYGON:
      paint_polygon (painter, item, points);
      break;
    case PN_SHAPE_PATH:
      paint_path (painter, item, points);
      break;
    case PN_SHAPE_CIRCLE:
      paint_circle (painter, item);
      break;
    case PN_SHAPE_CROSS:
      paint_cross (painter, item);
      break;
    case PN_SHAPE_TEXT:
      paint_text (painter, item);
      break;
    }
}
