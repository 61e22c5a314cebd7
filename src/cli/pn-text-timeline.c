/* SPDX-License-Identifier: MIT */
#include "pn-text-private.h"

#include "pn-text.h"

#include <math.h>
#include <string.h>

#define MIN_HEAD_COLUMNS 7
#define MAX_HEAD_COLUMNS 24
#define MAX_HOLD_ROWS 3
#define MAX_MESSAGE_COLUMNS 14
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
  [PN_GLYPH_SEND] = { 0x2193, 'v', "sends" },
  [PN_GLYPH_RECEIVE] = { 0x2191, '^', "receives" },
  [PN_GLYPH_ALIVE] = { 0x2192, '>', "goes on" },
  [PN_GLYPH_BLOCK] = { 0x2500, '-', NULL },
  [PN_GLYPH_BLOCK_BEGIN] = { 0x251c, '[', NULL },
  [PN_GLYPH_BLOCK_END] = { 0x2524, ']', NULL },
  [PN_GLYPH_BLOCK_THIN] = { 0x253c, '+', NULL },
  [PN_GLYPH_EMPTY] = { 0x00b7, '.', "empty" },
  [PN_GLYPH_COUNT] = { '2', '2', "how many" },
  [PN_GLYPH_VALUE_BEGIN] = { 0x27e8, '<', NULL },
  [PN_GLYPH_VALUE_END] = { 0x27e9, '>', NULL },
  [PN_GLYPH_VALUE_THIN] = { 0x00d7, 'x', "changes" },
  [PN_GLYPH_RULER] = { 0x2500, '-', NULL },
  [PN_GLYPH_TICK] = { 0x252c, '+', NULL },
  [PN_GLYPH_BRANCH] = { 0x2514, '`', NULL },
  [PN_GLYPH_ELLIPSIS] = { 0x2026, '~', NULL },
};

/* Where things lie. */

static guint
get_unit_column (const PnTextTimeline *self, double unit)
{
  double column = round (unit / self->end * self->lanes_columns);

  return self->head_columns + (guint)CLAMP (column, 0, self->lanes_columns);
}

guint
pn_text_timeline_get_column (const PnTextTimeline *self, gint64 time_ns, gsize event)
{
  if (self->axis == PN_AXIS_TIME)
    return get_unit_column (self, (double)time_ns);
  return get_unit_column (self, (double)MIN (event, self->history->n_events));
}

PnCells
pn_text_timeline_get_cells (const PnTextTimeline *self, const PnSpan *span)
{
  return (
      PnCells){ pn_text_timeline_get_column (self, span->begin_ns, span->begin_event),
                pn_text_timeline_get_column (self, span->end_ns, span->end_event) };
}

void
pn_text_timeline_put (
    PnTextTimeline *self, guint row, guint column, PnGlyph glyph, guint style)
{
  self->seen |= G_GUINT64_CONSTANT (1) << glyph;
  pn_canvas_put (self->canvas, row, column, self->glyphs[glyph], style);
}

void
pn_text_timeline_count (
    PnTextTimeline *self, guint row, guint column, gint64 count, guint style)
{
  if (count <= 0)
    return;
  self->seen |= G_GUINT64_CONSTANT (1) << PN_GLYPH_COUNT;
  pn_canvas_put (
      self->canvas, row, column, count < 10 ? '0' + (gunichar)count : '+', style);
}

void
pn_text_timeline_label (PnTextTimeline *self,
                        guint row,
                        PnCells cells,
                        const char *const *labels,
                        guint style)
{
  guint room = cells.end - cells.begin;

  for (; *labels; labels++)
    {
      g_autofree char *visible = pn_text_dup_visible (*labels, 0);
      g_autofree char *padded = g_strdup_printf (" %s ", visible);
      guint columns = pn_canvas_text_columns (padded);

      if (columns + 2 <= room)
        {
          pn_canvas_text (self->canvas,
                          row,
                          cells.begin + (room - columns) / 2,
                          columns,
                          padded,
                          self->glyphs[PN_GLYPH_ELLIPSIS],
                          style);
          return;
        }
    }
}

void
pn_text_timeline_head (PnTextTimeline *self,
                       guint row,
                       guint indent,
                       const char *tainted_name,
                       guint style)
{
  g_autofree char *visible = pn_text_dup_visible (tainted_name, 0);
  guint column = MIN (indent, self->head_columns / 2);

  pn_canvas_text (self->canvas,
                  row,
                  column,
                  self->head_columns - 1 - column,
                  visible,
                  self->glyphs[PN_GLYPH_ELLIPSIS],
                  style);
}

guint
pn_text_timeline_get_style (const PnTextTimeline *self, guint32 object)
{
  const PnObjectLane *lane = pn_history_get_object (self->history, object);

  return lane ? PN_STYLE_OBJECT + lane->order : PN_STYLE_PLAIN;
}

/* Processes. */

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
    {
      pn_text_timeline_label (
          self, row, cells, (const char *[]){ "stopped", NULL }, PN_STYLE_PLAIN);
      return;
    }
  if (span->kind == PN_SPAN_SLEEP)
    {
      g_autofree char *duration = pn_text_dup_duration (MAX (span->number, 0));

      name = "sleeps";
      longer = g_strdup_printf ("sleeps %s", duration);
    }
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
        label_span (self, row, cells, span);
      }
}

static char *
dup_end_label (const PnProcessLane *lane)
{
  if (lane->end_event == PN_EVENT_OPEN || !lane->exit_known || lane->exit_code == 0)
    return g_strdup ("");
  if (lane->exit_code > 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, lane->exit_code);
  return g_strdup_printf (" %s", pn_signal_name ((int)MAX (-lane->exit_code, 0)));
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
  g_autofree char *label = dup_end_label (lane);
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
draw_holds (PnTextTimeline *self, guint row, guint n_rows, const PnProcessLane *lane)
{
  for (guint i = 0; i < lane->holds->len; i++)
    {
      const PnSpan *span = &g_array_index (lane->holds, PnSpan, i);
      PnCells cells = pn_text_timeline_get_cells (self, span);
      guint style = pn_text_timeline_get_style (self, span->object);
      const char *name = pn_model_get_object_name (self->model, span->object);
      g_autofree char *longer = g_strdup_printf ("holds %s", name);

      if (span->row >= n_rows)
        continue;
      for (guint x = cells.begin; x < MAX (cells.end, cells.begin + 1); x++)
        pn_text_timeline_put (self, row + span->row, x, PN_GLYPH_HOLD, style);
      pn_text_timeline_label (
          self, row + span->row, cells, (const char *[]){ longer, name, NULL }, style);
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

  return lane && (lane->kind == PN_OBJECT_QUEUE || lane->kind == PN_OBJECT_PIPE);
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

static void
add_processes (PnTextTimeline *self)
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

/* Ruler and legend. */

/* 1, 2 or 5 times a power of ten, so that labels have room. */
static double
get_tick_step (const PnTextTimeline *self)
{
  double least = self->end / MAX (self->lanes_columns, 1) * MIN_TICK_COLUMNS;
  double power = pow (10, floor (log10 (least)));
  static const double factors[] = { 1, 2, 5, 10 };

  if (self->axis == PN_AXIS_ORDER)
    power = MAX (power, 1);
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    if (factors[i] * power >= least)
      return factors[i] * power;
  return 10 * power;
}

/* In the unit that fits the whole: "0.5 s", "20 ms", "7". */
static char *
dup_tick_label (const PnTextTimeline *self, double unit, double step)
{
  static const struct
  {
    double ns;
    const char *name;
  } scales[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" } };
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  char format[8];
  guint i = 0;
  int decimals;

  if (self->axis == PN_AXIS_ORDER)
    return g_strdup_printf ("%.0f", unit);
  while (i + 1 < G_N_ELEMENTS (scales) && self->end < scales[i].ns)
    i++;
  decimals = (int)MAX (0, ceil (-log10 (step / scales[i].ns) - 1e-9));
  g_snprintf (format, sizeof format, "%%.%df", MIN (decimals, 9));
  return g_strdup_printf (
      "%s %s",
      g_ascii_formatd (number, sizeof number, format, unit / scales[i].ns),
      scales[i].name);
}

static void
add_ruler (PnTextTimeline *self)
{
  guint labels = pn_canvas_add_row (self->canvas, FALSE);
  guint line = pn_canvas_add_row (self->canvas, FALSE);
  guint end = self->head_columns + self->lanes_columns;
  double step = get_tick_step (self);

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
  for (double i = 0; i * step <= self->end; i++)
    {
      g_autofree char *label = dup_tick_label (self, i * step, step);
      guint column = get_unit_column (self, i * step);

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
      g_autofree char *label = dup_end_label (history->processes->pdata[i]);

      columns = MAX (columns, (guint)strlen (label) + 1);
    }
  return columns;
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
  self.end = self.axis == PN_AXIS_TIME ? (double)history->duration_ns
                                       : MAX ((double)history->n_events, 1);
  self.head_columns = get_head_columns (history, width);
  self.lanes_columns = width - self.head_columns - get_tail_columns (history);
  add_ruler (&self);
  add_processes (&self);
  pn_text_timeline_add_objects (&self);
  pn_canvas_print (canvas, printer);
  pn_printer_raw (printer, "\n");
  print_legend (&self, printer);
}
