/* SPDX-License-Identifier: MIT */

/* Where things lie on the canvas, and putting them there. */

#include "pn-text-private.h"

#include "pn-text.h"

#include <math.h>

#define MIN_LABEL_COLUMNS 5

guint
pn_text_timeline_get_unit_column (const PnTextTimeline *self, double unit)
{
  double column
      = round ((unit - self->begin) / (self->end - self->begin) * self->lanes_columns);

  return self->head_columns + (guint)CLAMP (column, 0, self->lanes_columns);
}

guint
pn_text_timeline_get_column (const PnTextTimeline *self, gint64 time_ns, gsize event)
{
  if (self->axis == PN_AXIS_TIME)
    return pn_text_timeline_get_unit_column (self, (double)time_ns);
  return pn_text_timeline_get_unit_column (
      self, (double)MIN (event, self->history->n_events));
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
  pn_canvas_put (
      self->canvas, row, column, count < 10 ? '0' + (gunichar)count : '+', style);
}

gboolean
pn_text_timeline_has_room (PnCells cells)
{
  return cells.end >= cells.begin + MIN_LABEL_COLUMNS;
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
