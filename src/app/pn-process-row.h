/* SPDX-License-Identifier: MIT */
#pragma once

/* PnProcessRow: a process in the Now panel's tree. A click selects it
 * ("win.select-process"). */

#include "pn-state.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_PROCESS_ROW (pn_process_row_get_type ())
G_DECLARE_FINAL_TYPE (PnProcessRow, pn_process_row, PN, PROCESS_ROW, GtkButton)

GtkWidget *pn_process_row_new (void);

/* @wait_color: the CSS class of the object that it waits for, or NULL. */
void pn_process_row_set_state (PnProcessRow *self,
                               const PnState *state,
                               const PnProcess *process,
                               const char *wait_color,
                               gboolean selected);

G_END_DECLS
