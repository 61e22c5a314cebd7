/* SPDX-License-Identifier: MIT */
#pragma once

/* PnEventRow: one event in a line: number, time, process, what it did. A click goes
 * there ("win.go-to"). */

#include "pn-document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_EVENT_ROW (pn_event_row_get_type ())
G_DECLARE_FINAL_TYPE (PnEventRow, pn_event_row, PN, EVENT_ROW, GtkButton)

GtkWidget *pn_event_row_new (void);

/* @step: of @document. */
void pn_event_row_set_step (PnEventRow *self,
                            PnDocument *document,
                            gsize step,
                            gboolean current);

/* Widths of the columns, so that those of all rows stand below each other. */
void pn_event_row_set_columns (PnEventRow *self,
                               int number_chars,
                               int time_chars,
                               int process_chars);

G_END_DECLS
