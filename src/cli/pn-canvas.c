/* SPDX-License-Identifier: MIT */
#include "pn-canvas.h"

#include <string.h>

/* The second cell of a wide character. */
#define CONTINUED 1

typedef struct
{
  gunichar character; /* 0: nothing was drawn */
  guint style;
} Cell;

typedef struct
{
  Cell *cells;
  gboolean fold;
} Row;

struct _PnCanvas
{
  guint columns;
  GArray *rows;
};

static void
clear_row (gpointer data)
{
  g_free (((Row *)data)->cells);
}

PnCanvas *
pn_canvas_new (guint columns)
{
  PnCanvas *self = g_new0 (PnCanvas, 1);

  self->columns = columns;
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, clear_row);
  return self;
}

void
pn_canvas_free (PnCanvas *self)
{
  if (!self)
    return;
  g_array_unref (self->rows);
  g_free (self);
}

guint
pn_canvas_add_row (PnCanvas *self, gboolean fold)
{
  Row row = { g_new0 (Cell, self->columns), fold };

  g_array_append_val (self->rows, row);
  return self->rows->len - 1;
}

static guint
get_columns (gunichar character)
{
  if (g_unichar_iszerowidth (character))
    return 0;
  return g_unichar_iswide (character) ? 2 : 1;
}

guint
pn_canvas_text_columns (const char *text)
{
  guint columns = 0;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    columns += get_columns (g_utf8_get_char (at));
  return columns;
}

static Cell *
get_cell (const PnCanvas *self, guint row, guint column)
{
  if (row >= self->rows->len || column >= self->columns)
    return NULL;
  return &g_array_index (self->rows, Row, row).cells[column];
}

void
pn_canvas_put (PnCanvas *self, guint row, guint column, gunichar character, guint style)
{
  Cell *cell = get_cell (self, row, column);

  if (cell)
    *cell = (Cell){ character, style };
}

gboolean
pn_canvas_is_free (const PnCanvas *self, guint row, guint column)
{
  return pn_canvas_is (self, row, column, 0);
}

gboolean
pn_canvas_is (const PnCanvas *self, guint row, guint column, gunichar character)
{
  const Cell *cell = get_cell (self, row, column);

  return cell && cell->character == character;
}

guint
pn_canvas_text (PnCanvas *self,
                guint row,
                guint column,
                guint max,
                const char *text,
                gunichar ellipsis,
                guint style)
{
  gboolean cut = pn_canvas_text_columns (text) > max;
  guint room = cut ? max - (max > 0) : max;
  guint used = 0;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      guint columns = get_columns (character);

      if (columns == 0)
        continue;
      if (used + columns > room)
        break;
      pn_canvas_put (self, row, column + used, character, style);
      if (columns == 2)
        pn_canvas_put (self, row, column + used + 1, CONTINUED, style);
      used += columns;
    }
  if (cut && max > 0)
    pn_canvas_put (self, row, column + used++, ellipsis, style);
  return used;
}

static guint
get_drawn_columns (const PnCanvas *self, const Row *row)
{
  guint n = self->columns;

  while (n > 0
         && (row->cells[n - 1].character == 0 || row->cells[n - 1].character == ' '))
    n--;
  return n;
}

static void
print_row (PnPrinter *printer, const Row *row, guint n)
{
  guint style = PN_STYLE_PLAIN;

  for (guint i = 0; i < n; i++)
    {
      const Cell *cell = &row->cells[i];
      char text[7] = " ";

      if (cell->character == CONTINUED)
        continue;
      if (cell->character)
        text[g_unichar_to_utf8 (cell->character, text)] = '\0';
      if (cell->style != style)
        {
          if (style != PN_STYLE_PLAIN)
            pn_printer_style (printer, PN_STYLE_PLAIN);
          if (cell->style != PN_STYLE_PLAIN)
            pn_printer_style (printer, cell->style);
          style = cell->style;
        }
      pn_printer_raw (printer, text);
    }
  if (style != PN_STYLE_PLAIN)
    pn_printer_style (printer, PN_STYLE_PLAIN);
  pn_printer_raw (printer, "\n");
}

void
pn_canvas_print (const PnCanvas *self, PnPrinter *printer)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      guint n = get_drawn_columns (self, row);

      if (n > 0 || !row->fold)
        print_row (printer, row, n);
    }
}
