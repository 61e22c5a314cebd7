/* SPDX-License-Identifier: MIT */

/* Lanes of what changes in steps: a queue's depth, a value's cells. */

#include "pn-layout-private.h"

#include <math.h>

#define MAX_LOOKED_AT 128
#define MIN_CELL_PX 7
#define MIN_STEP_PX 1

static const PnStep *
step_at (const GArray *steps, guint i)
{
  return &g_array_index (steps, PnStep, i);
}

static double
depth_unit (const PnLayout *layout, const PnLane *lane)
{
  gint64 most = MAX (lane->object->max_number, 1);

  return MIN (12 * layout->lanes.factor, lane->bar_height / (double)most);
}

static double
depth_y (const PnLayout *layout, const PnLane *lane, gint64 depth)
{
  double height = MAX (depth, 0) * depth_unit (layout, lane);

  return lane->bar_y + lane->bar_height - MIN (height, lane->bar_height);
}

static gint64
most_in (const GArray *steps, guint from, guint to)
{
  guint stride = MAX (1, (to - from) / MAX_LOOKED_AT);
  gint64 most = step_at (steps, from)->number;

  for (guint i = from + 1; i < to; i += stride)
    most = MAX (most, step_at (steps, i)->number);
  return most;
}

static void
add_point (GArray *points, double x, double y)
{
  PnPoint point = { x, y };

  g_array_append_val (points, point);
}

/* The depth's upper edge. Steps closer than a pixel become one, as high as the highest
 * of them. */
static void
trace_depth (const PnLayout *layout, const PnLane *lane, GArray *points)
{
  const GArray *steps = lane->object->steps;
  const PnScale *scale = &layout->scale;
  double left = layout->left - PN_CLIP_MARGIN_PX;
  double right = MIN (layout->right + PN_CLIP_MARGIN_PX, pn_layout_end_x (layout));
  guint i = pn_lower_bound (scale, steps, 0, left, pn_step_x);
  double y = depth_y (layout, lane, i > 0 ? step_at (steps, i - 1)->number : 0);

  add_point (points, MAX (left, pn_layout_lane_begin_x (layout, lane)), y);
  while (i < steps->len)
    {
      double x = pn_step_x (scale, step_at (steps, i));
      guint end;

      if (x > right)
        break;
      end = pn_lower_bound (scale, steps, i + 1, x + MIN_STEP_PX, pn_step_x);
      add_point (points, x, y);
      if (end > i + 1)
        add_point (points, x, depth_y (layout, lane, most_in (steps, i, end)));
      y = depth_y (layout, lane, step_at (steps, end - 1)->number);
      add_point (points, x, y);
      i = end;
    }
  add_point (
      points, MAX (right, g_array_index (points, PnPoint, points->len - 1).x), y);
}

static void
about_lane (PnItem *item, const PnLane *lane)
{
  item->order = lane->object->order;
  pn_item_about (item, 0, lane->object->object, PN_EVENT_OPEN, PN_EVENT_OPEN);
}

void
pn_layout_depth (PnLayout *layout, const PnLane *lane)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (PnPoint));
  double base = lane->bar_y + lane->bar_height;
  gboolean print = layout->view.theme == PN_THEME_PRINT;
  guint n_edge;
  PnItem *item;

  pn_layout_add_life (layout, lane, base, 0, 1.5);
  if (lane->object->steps->len == 0)
    return;
  trace_depth (layout, lane, points);
  n_edge = points->len;
  add_point (points, g_array_index (points, PnPoint, n_edge - 1).x, base);
  add_point (points, g_array_index (points, PnPoint, 0).x, base);
  item = pn_layout_add_points (layout,
                               PN_LAYER_BAR,
                               PN_ITEM_DEPTH,
                               PN_SHAPE_POLYGON,
                               (const PnPoint *)points->data,
                               points->len);
  if (item == NULL)
    return;
  about_lane (item, lane);
  pn_item_fill (item, PN_ROLE_OBJECT, print ? 0.06 : 0.18);
  if (print)
    pn_item_hatch (
        item, pn_theme_object_pattern (PN_THEME_PRINT, lane->object->order), 0.4);
  item = pn_layout_add_points (layout,
                               PN_LAYER_BAR,
                               PN_ITEM_DEPTH,
                               PN_SHAPE_PATH,
                               (const PnPoint *)points->data,
                               n_edge);
  if (item == NULL)
    return;
  about_lane (item, lane);
  pn_item_stroke (item, PN_ROLE_OBJECT, 1, 1.5);
}

static PnItem *
add_hexagon (PnLayout *layout, const PnLane *lane, double x0, double x1)
{
  double y0 = lane->bar_y, y1 = lane->bar_y + lane->bar_height, middle = (y0 + y1) / 2;
  double slant = MIN (5 * layout->lanes.factor, (x1 - x0) / 2);
  double left = MAX (x0, layout->left - PN_CLIP_MARGIN_PX);
  double right = MIN (x1, layout->right + PN_CLIP_MARGIN_PX);
  const PnPoint points[] = {
    { left, middle },  { left + slant, y0 },  { right - slant, y0 },
    { right, middle }, { right - slant, y1 }, { left + slant, y1 },
  };

  if (right - left < 0.5)
    return NULL;
  return pn_layout_add_points (layout,
                               PN_LAYER_BAR,
                               PN_ITEM_CELL,
                               PN_SHAPE_POLYGON,
                               points,
                               G_N_ELEMENTS (points));
}

static double
cell_end_x (const PnLayout *layout, const GArray *steps, guint i)
{
  return i + 1 < steps->len ? pn_step_x (&layout->scale, step_at (steps, i + 1))
                            : pn_layout_end_x (layout);
}

/* The first cell after @from that is wide enough to stand alone. */
static guint
narrow_end (const PnLayout *layout, const GArray *steps, guint from)
{
  const PnScale *scale = &layout->scale;
  guint i = from + 1;

  while (i < steps->len)
    {
      double x = pn_step_x (scale, step_at (steps, i));
      guint next;

      if (x > layout->right || cell_end_x (layout, steps, i) - x >= MIN_CELL_PX)
        break;
      next = pn_lower_bound (scale, steps, i + 1, x + MIN_CELL_PX / 2.0, pn_step_x);
      /* The last of a bunch may be wide. */
      i = MAX (i + 1, next - 1);
    }
  return i;
}

static void
add_cell (PnLayout *layout, const PnLane *lane, guint from, guint to)
{
  const GArray *steps = lane->object->steps;
  const PnStep *step = step_at (steps, from);
  double x0 = pn_step_x (&layout->scale, step);
  PnItem *item = add_hexagon (layout, lane, x0, cell_end_x (layout, steps, to - 1));

  if (item == NULL)
    return;
  item->order = lane->object->order;
  item->count = to - from;
  pn_item_fill (item, PN_ROLE_OBJECT, item->count > 1 ? 0.3 : 0.14);
  pn_item_stroke (item, PN_ROLE_OBJECT, 1, 1.25);
  pn_item_about (item,
                 step->process,
                 lane->object->object,
                 step->event,
                 to < steps->len ? step_at (steps, to)->event : PN_EVENT_OPEN);
  if (item->count > 1)
    {
      item->kind = PN_ITEM_FOLD;
      pn_item_hatch (item, PN_PATTERN_COLUMNS, 0.6);
      pn_layout_label_count (layout, item);
      return;
    }
  if (pn_layout_is_lit (layout, PN_THING_EVENT, step->event))
    pn_item_stroke (item, PN_ROLE_ACCENT, 1, 2);
  pn_layout_add_label (
      layout, item, PN_FONT_VALUE, PN_ROLE_TEXT, PN_ROLE_NONE, step->text, NULL);
}

void
pn_layout_cells (PnLayout *layout, const PnLane *lane)
{
  const GArray *steps = lane->object->steps;
  guint i = pn_lower_bound (&layout->scale, steps, 0, layout->left, pn_step_x);

  i = i > 0 ? i - 1 : 0;
  while (i < steps->len)
    {
      double x = pn_step_x (&layout->scale, step_at (steps, i));
      guint end = i + 1;

      if (x > layout->right)
        break;
      if (cell_end_x (layout, steps, i) - x < MIN_CELL_PX)
        end = narrow_end (layout, steps, i);
      add_cell (layout, lane, i, end);
      i = end;
    }
}

double
pn_layout_object_y (const PnLayout *layout, const PnLane *lane, gsize event)
{
  const GArray *steps = lane->object->steps;
  guint n;

  if (lane->object->kind != PN_OBJECT_QUEUE && lane->object->kind != PN_OBJECT_PIPE)
    return lane->bar_y;
  n = pn_steps_before (steps, event + 1);
  return depth_y (layout, lane, n > 0 ? step_at (steps, n - 1)->number : 0);
}
