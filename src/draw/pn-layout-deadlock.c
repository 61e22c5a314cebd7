/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#define MAX_MARKS 8

static const PnSpan *
span_covering (const GArray *spans, gsize event)
{
  guint n = pn_spans_before (spans, event + 1);
  const PnSpan *span = n > 0 ? &g_array_index (spans, PnSpan, n - 1) : NULL;

  return span != NULL && span->end_event > event ? span : NULL;
}

/* Whom a deadlocked process waits for: the child, the lock's owner, or who has the
 * other end of the pipe. */
static const PnLane *
blocker (const PnLayout *layout, const PnSpan *wait, gsize event)
{
  const PnLane *object;
  const PnSpan *owned;

  if (wait->kind == PN_SPAN_JOIN)
    return pn_lanes_get_process (&layout->lanes, wait->peer);
  object = pn_lanes_get_object (&layout->lanes, wait->object);
  if (object != NULL && object->object->kind == PN_OBJECT_PIPE)
    return pn_lanes_get_process (&layout->lanes, wait->peer);
  if (object == NULL || object->object->kind != PN_OBJECT_LOCK)
    return NULL;
  owned = span_covering (object->object->owned, event);
  return owned != NULL ? pn_lanes_get_process (&layout->lanes, owned->peer) : NULL;
}

static void
add_cycle_arrow (
    PnLayout *layout, const PnLane *from, const PnLane *to, double x, gsize event)
{
  gboolean down = to->y > from->y;
  PnPoint points[] = {
    { x, down ? from->bar_y + from->bar_height : from->bar_y },
    { x, down ? to->bar_y : to->bar_y + to->bar_height },
  };
  PnItem *item = pn_layout_add_points (
      layout, PN_LAYER_LABEL, PN_ITEM_DEADLOCK, PN_SHAPE_PATH, points, 2);

  if (item == NULL)
    return;
  pn_item_stroke (item, PN_ROLE_DANGER, 1, 2);
  item->head = TRUE;
  pn_item_about (item, from->process->process, 0, event, PN_EVENT_OPEN);
}

static void
add_cycle (PnLayout *layout, gsize event, double x)
{
  double step = 12 * layout->lanes.factor;

  x += step;
  for (guint i = 0; i < layout->lanes.n_processes; i++)
    {
      const PnLane *lane = &g_array_index (layout->lanes.lanes, PnLane, i);
      const PnSpan *wait = span_covering (lane->process->spans, event);
      const PnLane *other
          = wait != NULL && wait->deadlock ? blocker (layout, wait, event) : NULL;

      if (other == NULL || other == lane)
        continue;
      add_cycle_arrow (layout, lane, other, x, event);
      x += step;
    }
}

static void
add_mark (PnLayout *layout, gsize event, double x)
{
  double factor = layout->lanes.factor;
  double bottom
      = layout->lanes.section_height > 0 ? layout->lanes.section_y : layout->bottom;
  PnPoint line[] = { { x, layout->top }, { x, bottom } };
  double width
      = pn_text_measure (PN_FONT_BUBBLE, factor, "Deadlock").width + 16 * factor;
  double left = CLAMP (x - width / 2, layout->left + 4, layout->right - width - 4);
  double y = layout->top + 2, height = 16 * factor;
  PnItem *item = pn_layout_add_points (
      layout, PN_LAYER_ARROW, PN_ITEM_DEADLOCK, PN_SHAPE_PATH, line, 2);

  if (item != NULL)
    {
      pn_item_stroke (item, PN_ROLE_DANGER, 0.8, 1.25);
      item->dash = 4;
      pn_item_about (item, 0, 0, event, PN_EVENT_OPEN);
    }
  item = pn_layout_add_rect (
      layout, PN_LAYER_LABEL, PN_ITEM_DEADLOCK, left, y, width, height);
  if (item == NULL)
    return;
  item->radius = height / 2;
  pn_item_fill (item, PN_ROLE_DANGER, 1);
  pn_item_about (item, 0, 0, event, PN_EVENT_OPEN);
  item = pn_layout_add_text (layout,
                             PN_LAYER_LABEL,
                             PN_FONT_BUBBLE,
                             PN_ROLE_ON_DANGER,
                             0.5,
                             left,
                             y,
                             width,
                             height,
                             "Deadlock");
  if (item != NULL)
    pn_item_about (item, 0, 0, event, PN_EVENT_OPEN);
}

void
pn_layout_deadlocks (PnLayout *layout)
{
  const GArray *deadlocks = layout->history->deadlocks;
  guint n_marks = 0;

  for (guint i = 0; i < deadlocks->len && n_marks < MAX_MARKS; i++)
    {
      gsize event = g_array_index (deadlocks, gsize, i);
      double x = event < layout->scale.n_events
                     ? pn_scale_event_x (&layout->scale, event)
                     : layout->right + 1;

      if (x < layout->left || x > layout->right)
        continue;
      n_marks++;
      add_cycle (layout, event, x);
      add_mark (layout, event, x);
    }
}
