/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#include <math.h>

#define NARROW_PX 6

static void
light_up (const PnLayout *layout, PnItem *item, const PnSpan *span)
{
  if (pn_layout_is_lit (layout, PN_THING_PROCESS, span->peer))
    pn_item_stroke (item, PN_ROLE_TEXT, 1, 1.5);
  if (pn_layout_is_lit (layout, PN_THING_EVENT, span->begin_event))
    pn_item_stroke (item, PN_ROLE_ACCENT, 1, 2);
}

static void
about_piece (PnItem *item, const PnLane *lane, const PnPiece *piece)
{
  item->order = lane->object->order;
  item->count = piece->count;
  pn_item_about (item,
                 piece->count > 1 ? 0 : piece->span->peer,
                 lane->object->object,
                 piece->span->begin_event,
                 piece->last->end_event);
}

/* Where its owner ended while it held the lock; the block's end if it did not. */
static double
abandoned_x (const PnLayout *layout, const PnPiece *piece)
{
  const PnLane *owner = pn_lanes_get_process (&layout->lanes, piece->span->peer);
  double x;

  if (owner == NULL || owner->process->end_event >= piece->span->end_event)
    return piece->right;
  x = pn_scale_x (&layout->scale, owner->process->end_event, owner->process->end_ns);
  return piece->right - x < NARROW_PX ? piece->right : MAX (x, piece->x);
}

/* Its owner is gone, and it stays held: the rest of the block is empty. */
static void
add_abandoned (PnLayout *layout, const PnLane *lane, const PnPiece *piece, double x)
{
  PnItem *item;

  if (x >= piece->right)
    return;
  item = pn_layout_add_rect (layout,
                             PN_LAYER_BAR,
                             PN_ITEM_ABANDONED,
                             x,
                             lane->bar_y + 1.5,
                             piece->right - x - 1.5,
                             lane->bar_height - 3);
  if (item == NULL)
    return;
  about_piece (item, lane, piece);
  pn_item_fill (item, PN_ROLE_BACKGROUND, 0.85);
  item->radius = 3 * layout->lanes.factor;
  pn_layout_add_label (layout,
                       item,
                       PN_FONT_BAR_SMALL,
                       PN_ROLE_TEXT,
                       PN_ROLE_NONE,
                       "its holder is gone",
                       "abandoned");
}

static void
on_owned (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  gboolean dense = layout->lanes.density == PN_DENSITY_DENSE;
  double gone_x = abandoned_x (layout, piece);
  PnItem alive;
  PnItem *item = pn_layout_add_rect (layout,
                                     PN_LAYER_BAR,
                                     piece->count > 1 ? PN_ITEM_FOLD : PN_ITEM_OWNED,
                                     piece->x,
                                     lane->bar_y,
                                     MAX (piece->right - piece->x, 1.5),
                                     lane->bar_height);

  if (item == NULL)
    return;
  about_piece (item, lane, piece);
  if (piece->count > 1)
    {
      pn_item_fill (item, PN_ROLE_OBJECT, piece->span->contended ? 0.7 : 0.4);
      pn_item_hatch (item, PN_PATTERN_COLUMNS, 0.8);
      pn_layout_label_count (layout, item);
      return;
    }
  item->radius = item->width >= NARROW_PX ? 4 * layout->lanes.factor : 0;
  pn_layout_fill_object (layout, item, 1);
  light_up (layout, item, piece->span);
  alive = *item;
  alive.width = MAX (0, MIN (item->x + item->width, gone_x) - item->x);
  pn_layout_add_label (layout,
                       &alive,
                       dense ? PN_FONT_BAR_SMALL : PN_FONT_BLOCK,
                       PN_ROLE_ON_OBJECT,
                       layout->view.theme == PN_THEME_PRINT ? PN_ROLE_BACKGROUND
                                                            : PN_ROLE_OBJECT,
                       pn_model_get_process_name (layout->model, piece->span->peer),
                       NULL);
  add_abandoned (layout, lane, piece, gone_x);
}

static void
on_waiter (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  guint row = MIN (piece->span->row, lane->n_rows - 1);
  PnItem *item = pn_layout_add_rect (layout,
                                     PN_LAYER_BAR,
                                     PN_ITEM_WAITER,
                                     piece->x,
                                     lane->row_y + row * lane->row_pitch,
                                     MAX (piece->right - piece->x, 1.5),
                                     lane->row_height);

  if (item == NULL)
    return;
  about_piece (item, lane, piece);
  if (piece->span->deadlock)
    pn_item_fill (item, PN_ROLE_DANGER, 0.6);
  else
    pn_item_fill (item, PN_ROLE_OBJECT, 0.35);
  light_up (layout, item, piece->span);
}

static void
on_task (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  const PnSpan *span = piece->span;
  double y = lane->row_y + MIN (span->row, lane->n_rows - 1) * lane->row_pitch;
  double width = MAX (piece->right - piece->x, 1.5);
  PnItem *item = pn_layout_add_rect (
      layout, PN_LAYER_BAR, PN_ITEM_BACKGROUND, piece->x, y, width, lane->row_height);
  g_autofree char *text = NULL;

  if (item == NULL)
    return;
  pn_item_fill (item, PN_ROLE_BACKGROUND, 1);
  item->radius = 3 * layout->lanes.factor;
  item = pn_layout_add_rect (layout,
                             PN_LAYER_BAR,
                             piece->count > 1 ? PN_ITEM_FOLD : PN_ITEM_TASK,
                             piece->x,
                             y,
                             width,
                             lane->row_height);
  about_piece (item, lane, piece);
  if (piece->count > 1)
    {
      pn_item_fill (item, PN_ROLE_OBJECT, 0.4);
      pn_item_hatch (item, PN_PATTERN_COLUMNS, 0.8);
      pn_layout_label_count (layout, item);
      return;
    }
  item->radius = item->width >= NARROW_PX ? 3 * layout->lanes.factor : 0;
  pn_item_fill (item, PN_ROLE_OBJECT, 0.2);
  pn_item_stroke (item, PN_ROLE_OBJECT, 1, 1);
  light_up (layout, item, span);
  text = *span->text != '\0'
             ? g_strdup_printf ("%s: %s",
                                pn_model_get_process_name (layout->model, span->peer),
                                span->text)
             : g_strdup (pn_model_get_process_name (layout->model, span->peer));
  pn_layout_add_label (
      layout, item, PN_FONT_BAR_SMALL, PN_ROLE_TEXT, PN_ROLE_NONE, text, span->text);
}

static void
add_lock (PnLayout *layout, const PnLane *lane)
{
  pn_layout_add_life (layout, lane, lane->bar_y + lane->bar_height / 2, 1.5, 1);
  pn_layout_walk (layout, lane, lane->object->owned, on_owned);
  pn_layout_walk_rows (layout, lane, lane->object->waiters, lane->n_rows, on_waiter);
}

static void
add_pool (PnLayout *layout, const PnLane *lane)
{
  for (guint row = 0; row < lane->n_rows; row++)
    pn_layout_add_life (layout,
                        lane,
                        lane->row_y + row * lane->row_pitch + lane->row_height / 2,
                        1.5,
                        1);
  pn_layout_walk_rows (layout, lane, lane->object->owned, lane->n_rows, on_task);
}

void
pn_layout_object_lane (PnLayout *layout, const PnLane *lane)
{
  switch (lane->object->kind)
    {
    case PN_OBJECT_LOCK:
      add_lock (layout, lane);
      break;
    case PN_OBJECT_POOL:
      add_pool (layout, lane);
      break;
    case PN_OBJECT_QUEUE:
    case PN_OBJECT_PIPE:
      pn_layout_depth (layout, lane);
      break;
    default:
      if (lane->object->steps->len > 0)
        pn_layout_cells (layout, lane);
      else
        pn_layout_add_life (layout, lane, lane->bar_y + lane->bar_height / 2, 1.5, 1);
      break;
    }
}
