/* SPDX-License-Identifier: MIT */
#pragma once

/* PnCanvas: rows of character cells, each with a style of PnPrinter. What lies outside
 * is not drawn. */

#include "pn-printer.h"

G_BEGIN_DECLS

typedef struct _PnCanvas PnCanvas;

PnCanvas *pn_canvas_new (guint columns);
void pn_canvas_free (PnCanvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnCanvas, pn_canvas_free)

/* Returns the number of the new row. One with @fold is left out when it is printed if
 * nothing was drawn on it. */
guint pn_canvas_add_row (PnCanvas *canvas, gboolean fold);

/* The columns that a text takes. @text: visible (pn_text_dup_visible). */
guint pn_canvas_text_columns (const char *text);

void pn_canvas_put (
    PnCanvas *canvas, guint row, guint column, gunichar character, guint style);

/* Nothing was drawn there, not even a blank. Outside nothing is free. */
gboolean pn_canvas_is_free (const PnCanvas *canvas, guint row, guint column);
gboolean
pn_canvas_is (const PnCanvas *canvas, guint row, guint column, gunichar character);

/* Draws a visible text, at most @max columns of it; returns how many. A text that is
 * cut ends with @ellipsis. */
guint pn_canvas_text (PnCanvas *canvas,
                      guint row,
                      guint column,
                      guint max,
                      const char *text,
                      gunichar ellipsis,
                      guint style);

void pn_canvas_print (const PnCanvas *canvas, PnPrinter *printer);

G_END_DECLS
