/* SPDX-License-Identifier: MIT */

/* What stands around the lanes: grid, ruler, heads, title; and the playhead. */

#include "pn-layout-private.h"

#include <math.h>

#define MIN_TICK_PX 70
#define MAX_TICKS 200

static void
add_plain (PnLayout *layout,
           PnLayer layer,
           PnItemKind kind,
           PnRole role,
           double alpha,
           double x,
           double y,
           double width,
           double height)
{
  PnItem *item = pn_layout_add_rect (layout, layer, kind, x, y, width, height);

  if (item != NULL)
    pn_item_fill (item, role, alpha);
}

static double
largest_unit (const PnScale *scale, PnAxis axis)
{
  double end = scale->begin[axis] + scale->width / scale->px_a_unit[axis];

  return MAX (fabs (scale->begin[axis]), fabs (end));
}

/* Labels may be wider than usual far from 0 and near to the events. */
static double
find_step (const PnLayout *layout, PnAxis axis)
{
  const PnScale *scale = &layout->scale;
  double min_px = MIN_TICK_PX * layout->lanes.factor;
  double step = pn_tick_step (axis, scale->px_a_unit[axis], min_px);

  for (int i = 0; i < 3; i++)
    {
      double largest = largest_unit (scale, axis);
      g_autofree char *label = pn_tick_label (axis, largest, step, largest);
      double width
          = pn_text_measure (PN_FONT_RULER, layout->lanes.factor, label).width + 16;

      if (width <= step * scale->px_a_unit[axis])
        break;
      step = pn_tick_step (axis, scale->px_a_unit[axis], width);
    }
  return step;
}

/* The number of the event in a cell: events that were lost took numbers, too. */
static double
number_at (const PnScale *scale, double unit)
{
  double last = (double)scale->n_events - 1;
  gsize event;

  if (scale->n_events == 0 || unit < 0)
    return unit;
  event = (gsize)MIN (unit, last);
  return (double)pn_trace_get_event (scale->trace, event).seq + MAX (unit - last, 0);
}

/* While one axis turns into the other, the labels of one go before those of the other
 * come. */
static double
label_alpha (double alpha)
{
  return MAX (0, 2 * alpha - 1);
}

static void
add_tick (PnLayout *layout, PnAxis axis, double unit, double step, double alpha)
{
  const PnScale *scale = &layout->scale;
  double factor = layout->lanes.factor, top = layout->top;
  double x = scale->x + (unit - scale->begin[axis]) * scale->px_a_unit[axis];
  g_autofree char *text = NULL;
  PnItem *label;

  if (x < layout->left || x > layout->right)
    return;
  add_plain (layout,
             PN_LAYER_GRID,
             PN_ITEM_GRID,
             PN_ROLE_GRID,
             alpha,
             x,
             top,
             1,
             layout->bottom - top);
  if (!layout->view.with_ruler)
    return;
  add_plain (layout,
             PN_LAYER_RULER,
             PN_ITEM_TICK,
             PN_ROLE_TICK,
             alpha,
             x,
             top - 7 * factor,
             1,
             6 * factor);
  text = pn_tick_label (axis,
                        axis == PN_AXIS_ORDER ? number_at (scale, unit) : unit,
                        step,
                        largest_unit (scale, axis));
  label = pn_layout_add_text (
      layout,
      PN_LAYER_RULER,
      PN_FONT_RULER,
      PN_ROLE_DIM,
      0,
      x + 4 * factor,
      top - 25 * factor,
      MIN (step * scale->px_a_unit[axis] - 8 * factor, layout->right - x - 6 * factor),
      16 * factor,
      text);
  if (label == NULL)
    return;
  label->fill_alpha = label_alpha (alpha);
  /* A cut time is a wrong time. */
  if (!g_str_equal (label->text, text))
    g_array_set_size (layout->items, layout->items->len - 1);
}

static void
add_ticks (PnLayout *layout, PnAxis axis, double alpha)
{
  const PnScale *scale = &layout->scale;
  double step = find_step (layout, axis);
  double first = ceil (scale->begin[axis] / step - 1e-9);

  for (int i = 0; i < MAX_TICKS; i++)
    {
      double unit = (first + i) * step;

      if ((unit - scale->begin[axis]) * scale->px_a_unit[axis] > scale->width)
        break;
      /* Before the first event nothing is. */
      if (unit >= -step * 1e-6)
        add_tick (layout, axis, unit, step, alpha);
    }
}

static void
add_ruler (PnLayout *layout)
{
  const PnView *view = &layout->view;
  const PnLanes *lanes = &layout->lanes;
  PnAxis other = view->axis == PN_AXIS_TIME ? PN_AXIS_ORDER : PN_AXIS_TIME;
  double mix = layout->scale.mix;

  if (view->with_ruler)
    {
      add_plain (layout,
                 PN_LAYER_RULER,
                 PN_ITEM_SECTION,
                 PN_ROLE_PANEL,
                 1,
                 0,
                 lanes->title_height,
                 view->width,
                 lanes->ruler_height);
      add_plain (layout,
                 PN_LAYER_RULER,
                 PN_ITEM_LINE,
                 PN_ROLE_LINE,
                 1,
                 0,
                 lanes->top - 1,
                 view->width,
                 1);
    }
  if (mix < 1)
    add_ticks (layout, view->axis, 1 - mix);
  if (mix > 0)
    add_ticks (layout, other, mix);
}

static void
add_lane_back (PnLayout *layout, const PnLane *lane)
{
  guint32 process = lane->process != NULL ? lane->process->process : 0;
  guint32 object = lane->object != NULL ? lane->object->object : 0;
  PnThingKind kind = process != 0 ? PN_THING_PROCESS : PN_THING_OBJECT;
  guint32 id = process != 0 ? process : object;
  double width = layout->view.width;
  PnItem *item = pn_layout_add_rect (
      layout, PN_LAYER_BACK, PN_ITEM_LANE, 0, lane->y, width, lane->height);

  if (item == NULL)
    return;
  pn_item_about (item, process, object, PN_EVENT_OPEN, PN_EVENT_OPEN);
  if (layout->view.selected.kind == kind && layout->view.selected.id == id)
    pn_item_fill (item, PN_ROLE_ACCENT, 0.09);
  else if (layout->view.hovered.kind == kind && layout->view.hovered.id == id)
    pn_item_fill (item, PN_ROLE_ACCENT, 0.045);
  add_plain (layout,
             PN_LAYER_BACK,
             PN_ITEM_LINE,
             PN_ROLE_LINE,
             1,
             0,
             lane->y + lane->height - 1,
             width,
             1);
}

static void
add_section (PnLayout *layout)
{
  const PnLanes *lanes = &layout->lanes;
  double y = lanes->section_y, height = lanes->section_height;
  PnItem *label;

  if (height == 0 || y + height < layout->top || y > layout->bottom)
    return;
  add_plain (layout,
             PN_LAYER_GRID,
             PN_ITEM_SECTION,
             PN_ROLE_PANEL,
             1,
             0,
             y,
             layout->view.width,
             height);
  add_plain (layout,
             PN_LAYER_HEAD,
             PN_ITEM_SECTION,
             PN_ROLE_PANEL,
             1,
             0,
             y,
             layout->left,
             height);
  for (PnLayer layer = PN_LAYER_GRID; layer <= PN_LAYER_HEAD;
       layer += PN_LAYER_HEAD - PN_LAYER_GRID)
    add_plain (layout,
               layer,
               PN_ITEM_LINE,
               PN_ROLE_LINE,
               1,
               0,
               y + height - 1,
               layout->view.width,
               1);
  if (!layout->view.with_heads)
    return;
  label = pn_layout_add_text (layout,
                              PN_LAYER_HEAD,
                              PN_FONT_SECTION,
                              PN_ROLE_DIM,
                              0,
                              16 * lanes->factor,
                              y,
                              lanes->head_width - 20 * lanes->factor,
                              height,
                              "OBJECTS");
  if (label != NULL)
    label->kind = PN_ITEM_SECTION;
}

static void
add_head_text (PnLayout *layout,
               const PnLane *lane,
               PnFont font,
               PnRole role,
               double x,
               double middle,
               const char *text)
{
  double factor = layout->lanes.factor, height = 16 * factor;
  PnItem *item = pn_layout_add_text (layout,
                                     PN_LAYER_HEAD,
                                     font,
                                     role,
                                     0,
                                     x,
                                     middle - height / 2,
                                     layout->lanes.head_width - x - 8 * factor,
                                     height,
                                     text);

  if (item == NULL)
    return;
  item->kind = PN_ITEM_HEAD;
  if (lane->object != NULL)
    item->order = lane->object->order;
  pn_item_about (item,
                 lane->process != NULL ? lane->process->process : 0,
                 lane->object != NULL ? lane->object->object : 0,
                 PN_EVENT_OPEN,
                 PN_EVENT_OPEN);
}

/* Beside a name a few letters and an ellipsis say nothing. */
static gboolean
fits_head (const PnLayout *layout, double x, const char *text)
{
  double factor = layout->lanes.factor;

  return x + pn_text_measure (PN_FONT_SMALL, factor, text).width
         <= layout->lanes.head_width - 8 * factor;
}

static void
add_head (PnLayout *layout, const PnLane *lane)
{
  const PnLanes *lanes = &layout->lanes;
  double factor = lanes->factor;
  double x = 16 * factor + pn_lanes_indent (lanes, lane);
  double middle = lane->bar_y + lane->bar_height / 2;
  const char *name = lane->process != NULL ? lane->process->name : lane->object->name;
  PnRole role = lane->process != NULL ? PN_ROLE_TEXT : PN_ROLE_INK;
  g_autofree char *subtitle = pn_lane_dup_subtitle (lane);
  gboolean one_line = lanes->density == PN_DENSITY_DENSE;

  if (lane->object != NULL && lane->bar_height > 30 * factor)
    middle = lane->bar_y + lane->bar_height * 0.5;
  add_head_text (layout,
                 lane,
                 PN_FONT_NAME,
                 role,
                 x,
                 one_line ? middle : middle - 5 * factor,
                 name);
  if (one_line)
    {
      g_autofree char *visible = pn_text_dup_visible (name, PN_TEXT_SHOWN_CHARS);

      x += pn_text_measure (PN_FONT_NAME, factor, visible).width + 8 * factor;
    }
  if (one_line ? fits_head (layout, x, subtitle) : x < lanes->head_width - 24 * factor)
    add_head_text (layout,
                   lane,
                   PN_FONT_SMALL,
                   PN_ROLE_DIM,
                   x,
                   one_line ? middle : middle + 9 * factor,
                   subtitle);
  if (lane->object != NULL && lane->object->kind == PN_OBJECT_LOCK && lane->n_rows > 0
      && !one_line)
    add_head_text (
        layout,
        lane,
        PN_FONT_SMALL,
        PN_ROLE_DIM,
        x,
        MAX ((lane->row_y + pn_lane_rows_end (lane)) / 2, middle + 22 * factor),
        "waiters");
}

static void
add_title (PnLayout *layout)
{
  const PnLanes *lanes = &layout->lanes;
  double margin = 16 * lanes->factor;
  PnItem *item;

  if (layout->view.title == NULL)
    return;
  item = pn_layout_add_text (layout,
                             PN_LAYER_RULER,
                             PN_FONT_TITLE,
                             PN_ROLE_TEXT,
                             0,
                             margin,
                             0,
                             layout->view.width - 2 * margin,
                             lanes->title_height,
                             layout->view.title);
  if (item != NULL)
    item->kind = PN_ITEM_TITLE;
}

void
pn_layout_frame (PnLayout *layout)
{
  const PnView *view = &layout->view;

  add_plain (layout,
             PN_LAYER_BACK,
             PN_ITEM_BACKGROUND,
             PN_ROLE_BACKGROUND,
             1,
             0,
             0,
             view->width,
             view->height);
  for (guint i = 0; i < layout->lanes.lanes->len; i++)
    {
      const PnLane *lane = &g_array_index (layout->lanes.lanes, PnLane, i);

      if (lane->y > layout->bottom || lane->y + lane->height < layout->top)
        continue;
      add_lane_back (layout, lane);
      if (view->with_heads)
        add_head (layout, lane);
    }
  add_ruler (layout);
  add_section (layout);
  add_title (layout);
}

static double
playhead_x (const PnLayout *layout)
{
  const PnView *view = &layout->view;
  const PnScale *scale = &layout->scale;
  double after = isfinite (view->playhead_after) ? MAX (view->playhead_after, 0) : 0;

  return pn_scale_event_x (scale, view->playhead)
         + after * scale->px_a_unit[scale->axis] * (1 - scale->mix);
}

static char *
dup_playhead_label (const PnLayout *layout)
{
  const PnView *view = &layout->view;
  const PnScale *scale = &layout->scale;
  double after = isfinite (view->playhead_after) ? MAX (view->playhead_after, 0) : 0;
  double ns = (double)pn_trace_get_time_ns (scale->trace, view->playhead);

  if (scale->axis == PN_AXIS_ORDER)
    return g_strdup_printf ("%.0f", number_at (scale, (double)view->playhead));
  return pn_tick_label (PN_AXIS_TIME,
                        ns + after,
                        find_step (layout, PN_AXIS_TIME) / 10,
                        largest_unit (scale, PN_AXIS_TIME));
}

/* Half a time beside the bubble would read as another time. */
static void
drop_covered_labels (PnLayout *layout, double left, double right)
{
  for (guint i = layout->items->len; i-- > 0;)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->layer == PN_LAYER_RULER && item->text != NULL && item->x < right
          && item->x + item->width > left)
        g_array_remove_index (layout->items, i);
    }
}

/* Where its line is out of sight, the bubble stands at that end and points there. */
static void
add_bubble (PnLayout *layout, double x)
{
  double factor = layout->lanes.factor, height = 20 * factor;
  g_autofree char *label = dup_playhead_label (layout);
  g_autofree char *text = g_strconcat (
      x < layout->left ? "‹ " : "", label, x > layout->right ? " ›" : "", NULL);
  double width = pn_text_measure (PN_FONT_BUBBLE, factor, text).width + 24 * factor;
  double least = x < layout->left ? layout->left : 0;
  double left = CLAMP (x - width / 2, least, MAX (least, layout->view.width - width));
  double y = layout->top - 28 * factor;
  PnItem *item;

  drop_covered_labels (layout, left, left + width);
  item = pn_layout_add_rect (
      layout, PN_LAYER_BUBBLE, PN_ITEM_PLAYHEAD, left, y, width, height);
  if (item == NULL)
    return;
  item->radius = height / 2;
  pn_item_fill (item, PN_ROLE_ACCENT, 1);
  item = pn_layout_add_text (layout,
                             PN_LAYER_BUBBLE,
                             PN_FONT_BUBBLE,
                             PN_ROLE_ON_ACCENT,
                             0.5,
                             left,
                             y,
                             width,
                             height,
                             text);
  if (item != NULL)
    item->kind = PN_ITEM_PLAYHEAD;
}

static void
add_playhead_line (PnLayout *layout, double x)
{
  double factor = layout->lanes.factor;
  double thick = MAX (2, round (2 * factor));

  add_plain (layout,
             PN_LAYER_PLAYHEAD,
             PN_ITEM_PLAYHEAD,
             PN_ROLE_ACCENT,
             1,
             x - thick / 2,
             layout->top,
             thick,
             layout->bottom - layout->top);
  if (layout->view.with_ruler)
    add_plain (layout,
               PN_LAYER_BUBBLE,
               PN_ITEM_PLAYHEAD,
               PN_ROLE_ACCENT,
               1,
               x - thick / 2,
               layout->top - 9 * factor,
               thick,
               9 * factor);
}

void
pn_layout_playhead (PnLayout *layout)
{
  double x, veil_x;

  if (layout->view.playhead >= layout->scale.n_events)
    return;
  x = playhead_x (layout);
  if (!isfinite (x))
    return;
  veil_x = MAX (x, layout->left);
  /* After the last event is nothing to veil but half of the marks at its end. */
  if (veil_x < layout->right && layout->view.playhead + 1 < layout->scale.n_events)
    add_plain (layout,
               PN_LAYER_VEIL,
               PN_ITEM_VEIL,
               PN_ROLE_BACKGROUND,
               0.55,
               veil_x,
               layout->top,
               layout->right - veil_x,
               layout->bottom - layout->top);
  if (x >= layout->left && x <= layout->right)
    add_playhead_line (layout, x);
  if (layout->view.with_ruler)
    add_bubble (layout, x);
}
