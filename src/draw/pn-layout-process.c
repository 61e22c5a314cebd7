/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#include <math.h>

#define VEILED 0.28
#define NARROW_PX 6

static PnRole
object_role (const PnSpan *span)
{
  return span->deadlock ? PN_ROLE_DANGER : PN_ROLE_OBJECT;
}

/* In full, and in short. */
static char *
dup_label (const PnLayout *layout,
           const PnLane *lane,
           const PnSpan *span,
           char **ret_shorter)
{
  const char *name;

  if (span->stopped)
    return g_strdup ("stopped");
  switch (span->kind)
    {
    case PN_SPAN_RUN:
      return g_strdup (lane->process->depth == 0 ? lane->process->name : "runs");
    case PN_SPAN_SLEEP:
      if (span->number <= 0)
        return g_strdup ("sleeps");
      *ret_shorter = pn_text_dup_duration (span->number);
      return g_strdup_printf ("sleeps %s", *ret_shorter);
    case PN_SPAN_WAIT:
      if (span->idle)
        return g_strdup ("idle");
      name = pn_model_get_object_name (layout->model, span->object);
      *ret_shorter
          = g_strdup_printf ("%s%s", name, span->contended ? ", gives up" : "");
      return g_strdup_printf ("waits for %s", *ret_shorter);
    case PN_SPAN_JOIN:
      name = pn_model_get_process_name (layout->model, span->peer);
      *ret_shorter = g_strdup (name);
      return g_strdup_printf ("join %s", name);
    default:
      return NULL;
    }
}

static void
look_like_wait (const PnLayout *layout, PnItem *item, PnRole role)
{
  PnPattern pattern = PN_PATTERN_HATCH;

  /* No line of the hatching would be seen. */
  if (item->width < NARROW_PX)
    {
      pn_item_fill (item, role, 0.6);
      return;
    }
  if (role == PN_ROLE_OBJECT && layout->view.theme == PN_THEME_PRINT)
    pattern = pn_theme_object_pattern (layout->view.theme, item->order);
  pn_item_fill (item, role, 0.13);
  pn_item_hatch (item, pattern, 0.46);
  pn_item_stroke (item, role, 1, 1);
}

static void
look_like (const PnLayout *layout, PnItem *item, const PnSpan *span)
{
  switch (span->kind)
    {
    case PN_SPAN_RUN:
      pn_item_fill (item, PN_ROLE_RUN, span->stopped ? VEILED : 1);
      break;
    case PN_SPAN_SLEEP:
      pn_item_fill (item, PN_ROLE_RUN, VEILED);
      break;
    case PN_SPAN_WAIT:
      look_like_wait (layout, item, object_role (span));
      break;
    case PN_SPAN_JOIN:
      look_like_wait (layout, item, span->deadlock ? PN_ROLE_DANGER : PN_ROLE_JOIN);
      break;
    default:
      break;
    }
  if (span->stopped)
    {
      pn_item_hatch (item, PN_PATTERN_COLUMNS, 0.5);
      pn_item_stroke (item, PN_ROLE_RUN, 1, 1);
      item->dash = 3;
    }
}

static PnItemKind
item_kind (const PnSpan *span)
{
  switch (span->kind)
    {
    case PN_SPAN_STARTING:
      return PN_ITEM_STARTING;
    case PN_SPAN_SLEEP:
      return PN_ITEM_SLEEP;
    case PN_SPAN_WAIT:
      return PN_ITEM_WAIT;
    case PN_SPAN_JOIN:
      return PN_ITEM_JOIN;
    case PN_SPAN_ZOMBIE:
      return PN_ITEM_ZOMBIE;
    default:
      return PN_ITEM_RUN;
    }
}

static void
add_label (PnLayout *layout, const PnLane *lane, const PnItem *item, const PnSpan *span)
{
  g_autofree char *shorter = NULL;
  g_autofree char *text = dup_label (layout, lane, span, &shorter);
  PnFont font = span->kind == PN_SPAN_SLEEP ? PN_FONT_PLAIN : PN_FONT_BAR;
  PnRole role = PN_ROLE_TEXT, plate = PN_ROLE_NONE;

  if (text == NULL)
    return;
  if (layout->lanes.density == PN_DENSITY_DENSE)
    font = PN_FONT_BAR_SMALL;
  if (span->kind == PN_SPAN_WAIT || span->kind == PN_SPAN_JOIN || span->stopped)
    plate = PN_ROLE_BACKGROUND;
  if (span->deadlock)
    role = PN_ROLE_DANGER;
  else if (span->kind == PN_SPAN_WAIT)
    role = PN_ROLE_INK;
  else if (span->kind == PN_SPAN_JOIN)
    role = PN_ROLE_JOIN;
  else if (span->kind == PN_SPAN_RUN && !span->stopped)
    role = PN_ROLE_ON_RUN;
  if (plate == PN_ROLE_NONE)
    plate = PN_ROLE_RUN;
  pn_layout_add_label (layout, item, font, role, plate, text, shorter);
}

/* A dashed tail from the end to the join. */
static void
add_zombie (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  double y = lane->bar_y + lane->bar_height / 2;
  PnPoint line[] = { { piece->x, y }, { piece->right, y } };
  PnItem *item = pn_layout_add_points (
      layout, PN_LAYER_BAR, PN_ITEM_ZOMBIE, PN_SHAPE_PATH, line, G_N_ELEMENTS (line));

  if (item == NULL)
    return;
  pn_item_stroke (item, PN_ROLE_JOIN, 0.8, 1.25);
  item->dash = 3;
  pn_item_about (item,
                 lane->process->process,
                 0,
                 piece->span->begin_event,
                 piece->last->end_event);
}

static void
add_fold (PnLayout *layout, const PnPiece *piece, PnItem *item)
{
  const PnSpan *span = piece->span;
  gboolean waits = span->kind == PN_SPAN_WAIT;
  PnRole role = waits ? object_role (span) : PN_ROLE_RUN;
  g_autofree char *count = g_strdup_printf ("×%u", piece->count);

  item->count = piece->count;
  item->radius = 1;
  pn_item_fill (item, role, span->kind == PN_SPAN_SLEEP ? VEILED : 0.55);
  if (item->width >= NARROW_PX)
    pn_item_hatch (
        item, PN_PATTERN_COLUMNS, span->kind == PN_SPAN_SLEEP ? VEILED : 0.6);
  if (item->width >= 40 * layout->lanes.factor)
    pn_layout_add_label (layout,
                         item,
                         PN_FONT_BAR_SMALL,
                         waits && role == PN_ROLE_OBJECT ? PN_ROLE_INK : PN_ROLE_TEXT,
                         PN_ROLE_BACKGROUND,
                         count,
                         NULL);
}

static void
on_span (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  const PnSpan *span = piece->span;
  PnItem *item;

  if (span->kind == PN_SPAN_ZOMBIE && piece->count == 1)
    {
      add_zombie (layout, lane, piece);
      return;
    }
  item = pn_layout_add_rect (layout,
                             PN_LAYER_BAR,
                             piece->count > 1 ? PN_ITEM_FOLD : item_kind (span),
                             piece->x,
                             lane->bar_y,
                             MAX (piece->right - piece->x, 1.5),
                             lane->bar_height);
  if (item == NULL)
    return;
  item->order = pn_layout_object_order (layout, span->object);
  pn_item_about (item,
                 lane->process->process,
                 span->object,
                 span->begin_event,
                 piece->last->end_event);
  if (piece->count > 1)
    {
      add_fold (layout, piece, item);
      return;
    }
  item->radius = item->width >= NARROW_PX ? 4 * layout->lanes.factor : 0;
  look_like (layout, item, span);
  if (span->object != 0 && pn_layout_is_lit (layout, PN_THING_OBJECT, span->object))
    pn_item_stroke (item, PN_ROLE_INK, 1, 2);
  if (pn_layout_is_lit (layout, PN_THING_EVENT, span->begin_event))
    pn_item_stroke (item, PN_ROLE_ACCENT, 1, 2);
  add_label (layout, lane, item, span);
}

static void
on_hold (PnLayout *layout, const PnLane *lane, const PnPiece *piece)
{
  const PnSpan *span = piece->span;
  guint row = MIN (span->row, lane->n_rows - 1);
  PnItem *item = pn_layout_add_rect (layout,
                                     PN_LAYER_BAR,
                                     PN_ITEM_HOLD,
                                     piece->x,
                                     lane->row_y + row * lane->row_pitch,
                                     MAX (piece->right - piece->x, 1.5),
                                     lane->row_height);
  g_autofree char *text = NULL;

  if (item == NULL)
    return;
  item->order = pn_layout_object_order (layout, span->object);
  item->count = piece->count;
  item->radius = item->width >= NARROW_PX ? 2.5 * layout->lanes.factor : 0;
  pn_item_about (item,
                 lane->process->process,
                 span->object,
                 span->begin_event,
                 piece->last->end_event);
  pn_layout_fill_object (layout, item, 1);
  if (pn_layout_is_lit (layout, PN_THING_OBJECT, span->object))
    pn_item_stroke (item, PN_ROLE_INK, 1, 1.5);
  if (piece->count > 1 || layout->lanes.density == PN_DENSITY_DENSE)
    return;
  text = g_strdup_printf ("holds %s",
                          pn_model_get_object_name (layout->model, span->object));
  pn_layout_add_label (layout,
                       item,
                       PN_FONT_STRIP,
                       PN_ROLE_ON_OBJECT,
                       layout->view.theme == PN_THEME_PRINT ? PN_ROLE_BACKGROUND
                                                            : PN_ROLE_NONE,
                       text,
                       pn_model_get_object_name (layout->model, span->object));
}

/* The code or signal beside the mark. Above and left of it where there is no room at
 * the right, and at the end of the run, where the playhead stands. */
static void
add_end_text (
    PnLayout *layout, const PnLane *lane, double x, PnRole role, const char *text)
{
  double factor = layout->lanes.factor;
  double width = pn_text_measure (PN_FONT_BAR_SMALL, factor, text).width + 2;
  double height = 14 * factor, left = x + 8 * factor;
  double y = lane->bar_y + (lane->bar_height - height) / 2;
  PnItem *item = NULL;

  if (left + width > MIN (layout->right - 4, pn_layout_end_x (layout)))
    {
      y = lane->bar_y - height;
      left = MIN (x - 6 * factor, layout->right - 4) - width;
    }
  else
    item = pn_layout_add_rect (layout,
                               PN_LAYER_LABEL,
                               PN_ITEM_LABEL,
                               left - 2 * factor,
                               y,
                               width + 3 * factor,
                               height);
  if (item != NULL)
    pn_item_fill (item, PN_ROLE_BACKGROUND, 0.9);
  item = pn_layout_add_text (
      layout, PN_LAYER_LABEL, PN_FONT_BAR_SMALL, role, 0, left, y, width, height, text);
  if (item != NULL)
    pn_item_about (
        item, lane->process->process, 0, lane->process->end_event, PN_EVENT_OPEN);
}

static void
add_end (PnLayout *layout, const PnLane *lane)
{
  const PnProcessLane *process = lane->process;
  double factor = layout->lanes.factor;
  double x = pn_scale_x (&layout->scale, process->end_event, process->end_ns) + 1;
  double radius = (layout->lanes.density == PN_DENSITY_DENSE ? 4 : 5) * factor;
  double y = lane->bar_y + lane->bar_height / 2;
  gboolean killed = process->exit_known && process->exit_code < 0;
  gboolean bad = process->exit_known && process->exit_code != 0;
  PnRole role = bad ? PN_ROLE_DANGER : PN_ROLE_RUN;
  g_autofree char *text = NULL;
  PnItem *item;

  if (x < layout->left - 4 * radius || x > layout->right + 4 * radius)
    return;
  item = pn_layout_add_rect (layout,
                             PN_LAYER_MARK,
                             PN_ITEM_END,
                             x - radius,
                             y - radius,
                             2 * radius,
                             2 * radius);
  if (item == NULL)
    return;
  item->layer = PN_LAYER_LABEL;
  item->shape = PN_SHAPE_CIRCLE;
  pn_item_about (item, process->process, 0, process->end_event, PN_EVENT_OPEN);
  pn_item_fill (item, bad && !killed ? role : PN_ROLE_BACKGROUND, 1);
  pn_item_stroke (item, role, 1, 1.75);
  if (killed)
    {
      item->shape = PN_SHAPE_CROSS;
      item->fill = PN_ROLE_NONE;
      item->stroke_width = 2.25;
    }
  if (killed)
    text = g_strdup (pn_exit_signal_name (process->exit_code));
  else if (bad)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, process->exit_code);
  else if (!process->exit_known)
    text = g_strdup ("?");
  if (text != NULL)
    add_end_text (layout, lane, x, role, text);
}

void
pn_layout_process_lane (PnLayout *layout, const PnLane *lane)
{
  const PnProcessLane *process = lane->process;

  pn_layout_walk (layout, lane, process->spans, on_span);
  if (process->holds->len > 0)
    pn_layout_walk_rows (layout, lane, process->holds, lane->n_rows, on_hold);
  if (process->end_event != PN_EVENT_OPEN)
    add_end (layout, lane);
}
