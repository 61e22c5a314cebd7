/* SPDX-License-Identifier: MIT */
#include "pn-text-private.h"

#include "pn-text.h"

#define MAX_TASK_ROWS 8

static void
label_block (
    PnTextTimeline *self, guint row, PnCells cells, const PnSpan *span, guint style)
{
  const char *who = pn_model_get_process_name (self->model, span->peer);
  g_autofree char *task = g_strdup_printf ("%s: %s", who, span->text);

  pn_text_timeline_label (self,
                          row,
                          cells,
                          span->kind == PN_SPAN_TASK
                              ? (const char *[]){ task, span->text, NULL }
                              : (const char *[]){ who, NULL },
                          style);
}

/* A stretch with a name in it: who owns a lock, what task runs. */
static void
draw_block (PnTextTimeline *self, guint row, const PnSpan *span, guint style)
{
  PnCells cells = pn_text_timeline_get_cells (self, span);

  if (cells.end < cells.begin + 2)
    {
      pn_text_timeline_put (self, row, cells.begin, PN_GLYPH_BLOCK_THIN, style);
      return;
    }
  for (guint x = cells.begin + 1; x + 1 < cells.end; x++)
    pn_text_timeline_put (self, row, x, PN_GLYPH_BLOCK, style);
  pn_text_timeline_put (self, row, cells.begin, PN_GLYPH_BLOCK_BEGIN, style);
  pn_text_timeline_put (self, row, cells.end - 1, PN_GLYPH_BLOCK_END, style);
  if (pn_text_timeline_has_room (cells))
    label_block (self, row, cells, span, style);
}

static void
add_owned (PnTextTimeline *self, guint row, const PnObjectLane *lane)
{
  for (guint i = 0; i < lane->owned->len; i++)
    {
      const PnSpan *span = &g_array_index (lane->owned, PnSpan, i);

      if (span->row < MAX_TASK_ROWS)
        draw_block (self, row + span->row, span, PN_STYLE_OBJECT + lane->order);
    }
}

/* How many wait, where some do. */
static void
add_waiters (PnTextTimeline *self, const PnObjectLane *lane)
{
  g_autofree guint *counts = g_new0 (guint, self->lanes_columns + 1);
  guint row;

  if (lane->waiters->len == 0)
    return;
  row = pn_canvas_add_row (self->canvas, TRUE);
  pn_text_timeline_head (self, row, 2, "wait", PN_STYLE_DIM);
  for (guint i = 0; i < lane->waiters->len; i++)
    {
      PnCells cells = pn_text_timeline_get_cells (
          self, &g_array_index (lane->waiters, PnSpan, i));

      for (guint x = cells.begin; x < MAX (cells.end, cells.begin + 1); x++)
        counts[x - self->head_columns]++;
    }
  for (guint i = 0; i <= self->lanes_columns; i++)
    pn_text_timeline_count (self, row, self->head_columns + i, counts[i], PN_STYLE_DIM);
}

/* Depth of a queue or pipe: the largest in each cell, as a digit. */
static void
draw_depth (PnTextTimeline *self, guint row, const PnObjectLane *lane)
{
  guint style = PN_STYLE_OBJECT + lane->order;
  guint end = self->head_columns + self->lanes_columns;
  guint x = pn_text_timeline_get_column (self, lane->created_ns, lane->created_event);
  gint64 depth = 0;
  guint i = 0;

  for (; x <= end; x++)
    {
      gint64 largest = depth;

      for (; i < lane->steps->len; i++)
        {
          const PnStep *step = &g_array_index (lane->steps, PnStep, i);

          if (pn_text_timeline_get_column (self, step->time_ns, step->event) > x)
            break;
          depth = step->number;
          largest = MAX (largest, depth);
        }
      if (largest <= 0)
        pn_text_timeline_put (self, row, x, PN_GLYPH_EMPTY, PN_STYLE_DIM);
      else
        pn_text_timeline_count (self, row, x, largest, style);
    }
}

/* A cell of a bus, as logic analysers draw it. */
static void
draw_cell (
    PnTextTimeline *self, guint row, PnCells cells, const char *tainted, guint style)
{
  g_autofree char *visible = NULL;
  guint columns, room;

  if (cells.end < cells.begin + 3)
    {
      pn_text_timeline_put (self, row, cells.begin, PN_GLYPH_VALUE_THIN, style);
      return;
    }
  visible = pn_text_dup_visible (tainted, 0);
  columns = pn_canvas_text_columns (visible);
  room = cells.end - cells.begin - 2;
  for (guint x = cells.begin; x < cells.end; x++)
    pn_canvas_put (self->canvas, row, x, ' ', style);
  pn_text_timeline_put (self, row, cells.begin, PN_GLYPH_VALUE_BEGIN, style);
  pn_text_timeline_put (self, row, cells.end - 1, PN_GLYPH_VALUE_END, style);
  pn_canvas_text (self->canvas,
                  row,
                  cells.begin + 1 + (columns < room ? (room - columns) / 2 : 0),
                  room,
                  visible,
                  self->glyphs[PN_GLYPH_ELLIPSIS],
                  style);
}

/* Contents of a value, list or dict. */
static void
draw_contents (PnTextTimeline *self, guint row, const PnObjectLane *lane)
{
  for (guint i = 0; i < lane->steps->len; i++)
    {
      const PnStep *step = &g_array_index (lane->steps, PnStep, i);
      PnCells cells = { pn_text_timeline_get_column (self, step->time_ns, step->event),
                        self->head_columns + self->lanes_columns };

      if (i + 1 < lane->steps->len)
        cells.end = pn_text_timeline_get_column (self, step[1].time_ns, step[1].event);
      draw_cell (self, row, cells, step->text, PN_STYLE_OBJECT + lane->order);
    }
}

void
pn_text_timeline_add_objects (PnTextTimeline *self)
{
  const GPtrArray *lanes = self->history->objects;

  if (lanes->len > 0)
    pn_canvas_add_row (self->canvas, FALSE);
  for (guint i = 0; i < lanes->len; i++)
    {
      const PnObjectLane *lane = lanes->pdata[i];
      guint n_rows = CLAMP (lane->owned_rows, 1, MAX_TASK_ROWS);
      guint row;

      if (lane->owned->len + lane->waiters->len + lane->steps->len == 0)
        continue;
      row = pn_canvas_add_row (self->canvas, FALSE);
      for (guint j = 1; j < n_rows; j++)
        pn_canvas_add_row (self->canvas, TRUE);
      pn_text_timeline_head (self, row, 0, lane->name, PN_STYLE_OBJECT + lane->order);
      if (lane->kind == PN_OBJECT_QUEUE || lane->kind == PN_OBJECT_PIPE)
        draw_depth (self, row, lane);
      else if (lane->steps->len > 0)
        draw_contents (self, row, lane);
      add_owned (self, row, lane);
      add_waiters (self, lane);
    }
}
