/* SPDX-License-Identifier: MIT */
#include "pn-text-private.h"

#include "pn-text.h"

#define MAX_HOLD_ROWS 3
#define MAX_MESSAGE_COLUMNS 14

static PnGlyph
get_glyph (const PnSpan *span)
{
  if (span->deadlock)
    return PN_GLYPH_DEADLOCK;
  if (span->stopped && span->kind != PN_SPAN_ZOMBIE)
    return PN_GLYPH_STOPPED;
  switch (span->kind)
    {
    case PN_SPAN_STARTING:
      return PN_GLYPH_STARTING;
    case PN_SPAN_SLEEP:
      return PN_GLYPH_SLEEP;
    case PN_SPAN_WAIT:
      return PN_GLYPH_WAIT;
    case PN_SPAN_JOIN:
      return PN_GLYPH_JOIN_WAIT;
    case PN_SPAN_ZOMBIE:
      return PN_GLYPH_ZOMBIE;
    default:
      return PN_GLYPH_RUN;
    }
}

static guint
get_span_style (const PnTextTimeline *self, const PnSpan *span)
{
  if (span->deadlock)
    return PN_STYLE_RED;
  if (span->kind == PN_SPAN_WAIT)
    return pn_text_timeline_get_style (self, span->object);
  return span->kind == PN_SPAN_RUN ? PN_STYLE_PLAIN : PN_STYLE_DIM;
}

static void
label_span (PnTextTimeline *self, guint row, PnCells cells, const PnSpan *span)
{
  const char *name = NULL;
  g_autofree char *longer = NULL;

  if (span->stopped)
    longer = g_strdup ("stopped");
  else if (span->kind == PN_SPAN_SLEEP)
    {
      g_autofree char *duration = pn_text_dup_duration (MAX (span->number, 0));

      name = "sleeps";
      longer = g_strdup_printf ("sleeps %s", duration);
    }
  else if (span->kind == PN_SPAN_WAIT && span->idle)
    longer = g_strdup ("idle");
  else if (span->kind == PN_SPAN_WAIT)
    {
      name = pn_model_get_object_name (self->model, span->object);
      longer = g_strdup_printf ("waits for %s", name);
    }
  else if (span->kind == PN_SPAN_JOIN)
    {
      name = pn_model_get_process_name (self->model, span->peer);
      longer = g_strdup_printf ("joins %s", name);
    }
  if (longer)
    pn_text_timeline_label (self,
                            row,
                            cells,
                            (const char *[]){ longer, name, NULL },
                            get_span_style (self, span));
}

/* Where several stretches share a cell, the one that tells more lies above: a wait,
 * then a long one, then a short run between two of them. */
static gboolean
is_in_pass (const PnSpan *span, PnCells cells, guint pass)
{
  guint columns = cells.end - cells.begin;

  switch (pass)
    {
    case 0:
      return columns >= 3;
    case 1:
      return columns == 0 && span->kind == PN_SPAN_RUN;
    case 2:
      return columns == 1 || columns == 2;
    default:
      return columns == 0 && span->kind != PN_SPAN_RUN && span->kind != PN_SPAN_ZOMBIE
             && span->kind != PN_SPAN_STARTING;
    }
}

static void
draw_bar (PnTextTimeline *self, guint row, const PnProcessLane *lane)
{
  guint last = self->head_columns + self->lanes_columns - 1;

  for (guint pass = 0; pass < 4; pass++)
    for (guint i = 0; i < lane->spans->len; i++)
      {
        const PnSpan *span = &g_array_index (lane->spans, PnSpan, i);
        PnCells cells = pn_text_timeline_get_cells (self, span);

        if (!is_in_pass (span, cells, pass))
          continue;
        if (cells.end == cells.begin)
          {
            cells.begin = MIN (cells.begin, last);
            cells.end = cells.begin + 1;
          }
        for (guint x = cells.begin; x < cells.end; x++)
          pn_text_timeline_put (
              self, row, x, get_glyph (span), get_span_style (self, span));
        if (pn_text_timeline_has_room (cells))
          label_span (self, row, cells, span);
      }
}

char *
pn_text_dup_end_label (const PnProcessLane *lane)
{
  if (lane->end_event == PN_EVENT_OPEN || !lane->exit_known || lane->exit_code == 0)
    return g_strdup ("");
  if (lane->exit_code > 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, lane->exit_code);
  return g_strdup_printf (" %s", pn_exit_signal_name (lane->exit_code));
}

static PnGlyph
get_end_glyph (const PnProcessLane *lane)
{
  if (lane->end_event == PN_EVENT_OPEN)
    return PN_GLYPH_ALIVE;
  if (!lane->exit_known)
    return PN_GLYPH_UNKNOWN_END;
  if (lane->exit_code == 0)
    return PN_GLYPH_EXIT;
  return lane->exit_code > 0 ? PN_GLYPH_EXIT_CODE : PN_GLYPH_SIGNAL;
}

static void
draw_end (PnTextTimeline *self, guint row, const PnProcessLane *lane)
{
  g_autofree char *label = pn_text_dup_end_label (lane);
  guint style = *label ? PN_STYLE_RED : PN_STYLE_PLAIN;
  guint column = self->head_columns + self->lanes_columns;

  if (lane->end_event != PN_EVENT_OPEN)
    column = pn_text_timeline_get_column (self, lane->end_ns, lane->end_event);
  pn_text_timeline_put (self, row, column, get_end_glyph (lane), style);
  pn_canvas_text (self->canvas,
                  row,
                  column + 1,
                  G_MAXUINT / 2,
                  label,
                  self->glyphs[PN_GLYPH_ELLIPSIS],
                  style);
}

static void
label_hold (PnTextTimeline *self, guint row, PnCells cells, guint32 object)
{
  const char *name = pn_model_get_object_name (self->model, object);
  g_autofree char *longer = g_strdup_printf ("holds %s", name);

  pn_text_timeline_label (self,
                          row,
                          cells,
                          (const char *[]){ longer, name, NULL },
                          pn_text_timeline_get_style (self, object));
}

static void
draw_holds (PnTextTimeline *self, guint row, guint n_rows, const PnProcessLane *lane)
{
  for (guint i = 0; i < lane->holds->len; i++)
    {
      const PnSpan *span = &g_array_index (lane->holds, PnSpan, i);
      PnCells cells = pn_text_timeline_get_cells (self, span);
      guint style = pn_text_timeline_get_style (self, span->object);

      if (span->row >= n_rows)
        continue;
      for (guint x = cells.begin; x < MAX (cells.end, cells.begin + 1); x++)
        pn_text_timeline_put (self, row + span->row, x, PN_GLYPH_HOLD, style);
      if (pn_text_timeline_has_room (cells))
        label_hold (self, row + span->row, cells, span->object);
    }
}

/* Arrows. */

static gboolean
is_free (const PnTextTimeline *self, guint row, guint column, guint columns)
{
  for (guint i = 0; i < columns; i++)
    if (!pn_canvas_is_free (self->canvas, row, column + i))
      return FALSE;
  return TRUE;
}

/* A hold may be crossed: it is seen all the same. */
static gboolean
is_crossable (const PnTextTimeline *self, guint row, guint column)
{
  return pn_canvas_is_free (self->canvas, row, column)
         || pn_canvas_is (self->canvas, row, column, self->glyphs[PN_GLYPH_LINE])
         || pn_canvas_is (self->canvas, row, column, self->glyphs[PN_GLYPH_HOLD]);
}

/* Between two rows, not over what lies there; the head stands next to @to. */
static void
draw_line (PnTextTimeline *self, guint column, guint from, guint to, PnGlyph head)
{
  int step = to > from ? 1 : -1;

  for (guint row = from + step; row != to && from != to; row += step)
    {
      PnGlyph glyph = row + step == to ? head : PN_GLYPH_LINE;

      if (is_crossable (self, row, column))
        pn_text_timeline_put (self, row, column, glyph, PN_STYLE_PLAIN);
    }
}

/* A message, below the process that sent or got it, with its text if there is room. */
static void
draw_message (PnTextTimeline *self, guint row, const PnArrow *arrow)
{
  PnGlyph glyph = arrow->kind == PN_ARROW_IN ? PN_GLYPH_SEND : PN_GLYPH_RECEIVE;
  guint style = pn_text_timeline_get_style (self, arrow->object);
  guint column = pn_text_timeline_get_column (self, arrow->to_ns, arrow->to_event);
  g_autofree char *visible = pn_text_dup_visible (arrow->text, 0);
  guint columns = MIN (pn_canvas_text_columns (visible), MAX_MESSAGE_COLUMNS);

  if (!is_free (self, row, column, 1))
    return;
  pn_text_timeline_put (self, row, column, glyph, style);
  if (is_free (self, row, column + 1, columns + 1))
    pn_canvas_text (self->canvas,
                    row,
                    column + 1,
                    columns,
                    visible,
                    self->glyphs[PN_GLYPH_ELLIPSIS],
                    style);
}

static gboolean
find_row (GHashTable *rows, guint32 process, guint *ret_row)
{
  gpointer row;

  if (!g_hash_table_lookup_extended (rows, GUINT_TO_POINTER (process), NULL, &row))
    return FALSE;
  *ret_row = GPOINTER_TO_UINT (row);
  return TRUE;
}

static void
draw_arrow (PnTextTimeline *self, GHashTable *rows, const PnArrow *arrow)
{
  guint from = 0, to = 0;
  gboolean has_from = find_row (rows, arrow->from_process, &from);
  gboolean has_to = find_row (rows, arrow->to_process, &to);

  if (arrow->kind == PN_ARROW_START && has_from && has_to)
    draw_line (self,
               pn_text_timeline_get_column (self, arrow->from_ns, arrow->from_event),
               from,
               to,
               PN_GLYPH_START);
  else if (arrow->kind == PN_ARROW_JOIN && has_from && has_to)
    draw_line (self,
               pn_text_timeline_get_column (self, arrow->to_ns, arrow->to_event),
               from,
               to,
               PN_GLYPH_JOIN);
  else if (arrow->kind == PN_ARROW_IN && has_from)
    draw_message (self, from + 1, arrow);
  else if (arrow->kind == PN_ARROW_OUT && has_to)
    draw_message (self, to + 1, arrow);
}

static gboolean
is_message (const PnTextTimeline *self, const PnArrow *arrow)
{
  const PnObjectLane *lane = pn_history_get_object (self->history, arrow->object);

  return lane
         && (lane->kind == PN_OBJECT_QUEUE || lane->kind == PN_OBJECT_PIPE
             || lane->kind == PN_OBJECT_VALUE);
}

/* Lines first: they connect; a message's text takes what room is left. */
static void
draw_arrows (PnTextTimeline *self, GHashTable *rows)
{
  const GArray *arrows = self->history->arrows;

  for (guint messages = 0; messages < 2; messages++)
    for (guint i = 0; i < arrows->len; i++)
      {
        const PnArrow *arrow = &g_array_index (arrows, PnArrow, i);
        gboolean lines = arrow->kind == PN_ARROW_START || arrow->kind == PN_ARROW_JOIN;

        if (messages ? !lines && is_message (self, arrow) : lines)
          draw_arrow (self, rows, arrow);
      }
}

void
pn_text_timeline_add_processes (PnTextTimeline *self)
{
  g_autoptr (GHashTable) rows = g_hash_table_new (NULL, NULL);
  const GPtrArray *lanes = self->history->processes;

  for (guint i = 0; i < lanes->len; i++)
    {
      const PnProcessLane *lane = lanes->pdata[i];
      guint n_rows = CLAMP (lane->hold_rows, 1, MAX_HOLD_ROWS);
      guint row = pn_canvas_add_row (self->canvas, FALSE);

      for (guint j = 0; j < n_rows; j++)
        pn_canvas_add_row (self->canvas, TRUE);
      if (lane->depth > 0)
        pn_text_timeline_put (self,
                              row,
                              MIN (lane->depth * 2, self->head_columns / 2) - 2,
                              PN_GLYPH_BRANCH,
                              PN_STYLE_DIM);
      pn_text_timeline_head (self, row, lane->depth * 2, lane->name, PN_STYLE_BOLD);
      draw_bar (self, row, lane);
      draw_holds (self, row + 1, n_rows, lane);
      draw_end (self, row, lane);
      g_hash_table_insert (
          rows, GUINT_TO_POINTER (lane->process), GUINT_TO_POINTER (row));
    }
  draw_arrows (self, rows);
}
