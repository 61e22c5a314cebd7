/* SPDX-License-Identifier: MIT */
#include "pn-text-private.h"

#include "pn-scale.h"
#include "pn-text.h"

#include <math.h>
#include <string.h>

#define MIN_HEAD_COLUMNS 7
#define MAX_HEAD_COLUMNS 24
#define LEAST_WAIT 0.05 /* of the whole, before anything is left out */
#define MIN_TICK_COLUMNS 12

/* With what the legend says of it; NULL: nothing. */
static const struct
{
  gunichar utf8;
  char ascii;
  const char *meaning;
} looks[PN_N_GLYPHS] = {
  [PN_GLYPH_RUN] = { 0x2588, '#', "runs" },
  [PN_GLYPH_SLEEP] = { 0x2591, '.', "sleeps" },
  [PN_GLYPH_WAIT] = { 0x2571, '/', "waits for an object" },
  [PN_GLYPH_DEADLOCK] = { 0x2573, 'X', "deadlock" },
  [PN_GLYPH_JOIN_WAIT] = { 0x2572, '\\', "waits for a process" },
  [PN_GLYPH_STOPPED] = { 0x2592, ':', "stopped" },
  [PN_GLYPH_STARTING] = { 0x2508, '-', "starts" },
  [PN_GLYPH_HOLD] = { 0x2594, '=', "holds a lock" },
  [PN_GLYPH_EXIT] = { 0x25cb, 'o', "ended" },
  [PN_GLYPH_EXIT_CODE] = { 0x25cf, '*', "ended with a code" },
  [PN_GLYPH_SIGNAL] = { 0x2717, 'x', "killed" },
  [PN_GLYPH_UNKNOWN_END] = { '?', '?', "ended, unknown how" },
  [PN_GLYPH_ZOMBIE] = { 0x254c, '-', "not joined yet" },
  [PN_GLYPH_START] = { 0x25bc, 'v', "start" },
  [PN_GLYPH_JOIN] = { 0x25b2, '^', "join" },
  [PN_GLYPH_LINE] = { 0x2502, '|', NULL },
  [PN_GLYPH_SEND] = { 0x2193, 'v', "sends, writes" },
  [PN_GLYPH_RECEIVE] = { 0x2191, '^', "receives, reads" },
  [PN_GLYPH_ALIVE] = { 0x2192, '>', "goes on" },
  [PN_GLYPH_BLOCK] = { 0x2500, '-', NULL },
  [PN_GLYPH_BLOCK_BEGIN] = { 0x251c, '[', NULL },
  [PN_GLYPH_BLOCK_END] = { 0x2524, ']', NULL },
  [PN_GLYPH_BLOCK_THIN] = { 0x253c, '+', NULL },
  [PN_GLYPH_EMPTY] = { 0x00b7, '.', "empty" },
  [PN_GLYPH_VALUE_BEGIN] = { 0x27e8, '<', NULL },
  [PN_GLYPH_VALUE_END] = { 0x27e9, '>', NULL },
  [PN_GLYPH_VALUE_THIN] = { 0x00d7, 'x', "changes" },
  [PN_GLYPH_RULER] = { 0x2500, '-', NULL },
  [PN_GLYPH_TICK] = { 0x252c, '+', NULL },
  [PN_GLYPH_BRANCH] = { 0x2514, '`', NULL },
  [PN_GLYPH_ELLIPSIS] = { 0x2026, '~', NULL },
};

/* Ruler and legend. */

static void
add_ruler (PnTextTimeline *self)
{
  guint labels = pn_canvas_add_row (self->canvas, FALSE);
  guint line = pn_canvas_add_row (self->canvas, FALSE);
  guint end = self->head_columns + self->lanes_columns;
  double columns_a_unit = self->lanes_columns / (self->end - self->begin);
  double step = pn_tick_step (self->axis, columns_a_unit, MIN_TICK_COLUMNS);

  for (guint x = self->head_columns; x <= end; x++)
    pn_text_timeline_put (self, line, x, PN_GLYPH_RULER, PN_STYLE_DIM);
  if (self->axis == PN_AXIS_ORDER)
    pn_canvas_text (self->canvas,
                    labels,
                    0,
                    self->head_columns - 1,
                    "event",
                    self->glyphs[PN_GLYPH_ELLIPSIS],
                    PN_STYLE_DIM);
  for (double i = ceil (self->begin / step); i * step <= self->end; i++)
    {
      g_autofree char *label = pn_tick_label (self->axis, i * step, step, self->end);
      guint column = pn_text_timeline_get_unit_column (self, i * step);

      pn_text_timeline_put (self, line, column, PN_GLYPH_TICK, PN_STYLE_DIM);
      if (column + pn_canvas_text_columns (label) <= end + 1)
        pn_canvas_text (self->canvas,
                        labels,
                        column,
                        MIN_TICK_COLUMNS,
                        label,
                        self->glyphs[PN_GLYPH_ELLIPSIS],
                        PN_STYLE_DIM);
    }
}

static void
print_legend (const PnTextTimeline *self, PnPrinter *printer)
{
  guint width = pn_printer_get_width (printer);
  guint used = 0;

  pn_printer_style (printer, PN_STYLE_DIM);
  for (guint i = 0; i < PN_N_GLYPHS; i++)
    {
      char glyph[7] = "";
      guint columns;

      if (!looks[i].meaning || !(self->seen & (G_GUINT64_CONSTANT (1) << i)))
        continue;
      g_unichar_to_utf8 (self->glyphs[i], glyph);
      columns = (guint)strlen (looks[i].meaning) + 2;
      if (used > 0 && used + 3 + columns > width)
        {
          pn_printer_raw (printer, "\n");
          used = 0;
        }
      pn_printer_printf (
          printer, "%s%s %s", used > 0 ? "   " : "", glyph, looks[i].meaning);
      used += columns + (used > 0 ? 3 : 0);
    }
  pn_printer_style (printer, PN_STYLE_PLAIN);
  pn_printer_raw (printer, "\n");
}

static guint
get_head_columns (const PnHistory *history, guint width)
{
  guint columns = MIN_HEAD_COLUMNS;

  for (guint i = 0; i < history->processes->len; i++)
    {
      const PnProcessLane *lane = history->processes->pdata[i];
      g_autofree char *visible = pn_text_dup_visible (lane->name, 0);

      columns = MAX (columns, lane->depth * 2 + pn_canvas_text_columns (visible) + 1);
    }
  for (guint i = 0; i < history->objects->len; i++)
    {
      const PnObjectLane *lane = history->objects->pdata[i];
      g_autofree char *visible = pn_text_dup_visible (lane->name, 0);

      columns = MAX (columns, pn_canvas_text_columns (visible) + 1);
    }
  return MIN (columns, MIN (MAX_HEAD_COLUMNS, width / 3));
}

/* Room for what stands behind the ends of the lanes. */
static guint
get_tail_columns (const PnHistory *history)
{
  guint columns = 1;

  for (guint i = 0; i < history->processes->len; i++)
    {
      g_autofree char *label = pn_text_dup_end_label (history->processes->pdata[i]);

      columns = MAX (columns, (guint)strlen (label) + 1);
    }
  return columns;
}

/* From the first process on, where it takes its time to begin. */
static void
set_stretch (PnTextTimeline *self)
{
  const PnHistory *history = self->history;
  gboolean in_time = self->axis == PN_AXIS_TIME;
  double begin = in_time ? (double)history->begin_ns : (double)history->begin_event;

  self->end
      = in_time ? (double)history->duration_ns : MAX ((double)history->n_events, 1);
  self->begin = begin > self->end * LEAST_WAIT && begin < self->end ? begin : 0;
}

void
pn_text_timeline_print (PnPrinter *printer, PnModel *model, PnAxis axis)
{
  const PnHistory *history = pn_model_get_history (model);
  guint width = pn_printer_get_width (printer);
  gunichar glyphs[PN_N_GLYPHS];
  g_autoptr (PnCanvas) canvas = pn_canvas_new (width);
  PnTextTimeline self = { .model = model,
                          .history = history,
                          .canvas = canvas,
                          .glyphs = glyphs,
                          .axis = history->duration_ns > 0 ? axis : PN_AXIS_ORDER };

  for (guint i = 0; i < PN_N_GLYPHS; i++)
    glyphs[i] = pn_printer_is_utf8 (printer) ? looks[i].utf8 : (gunichar)looks[i].ascii;
  set_stretch (&self);
  self.head_columns = get_head_columns (history, width);
  self.lanes_columns = width - self.head_columns - get_tail_columns (history);
  add_ruler (&self);
  pn_text_timeline_add_processes (&self);
  pn_text_timeline_add_objects (&self);
  pn_canvas_print (canvas, printer);
  pn_printer_raw (printer, "\n");
  print_legend (&self, printer);
}
