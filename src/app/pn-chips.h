/* SPDX-License-Identifier: MIT */
#pragma once

/* PnChips: short texts in rounded boxes, in lines: names of processes, messages. Made
 * to be filled again and again: its labels are used again. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_CHIPS (pn_chips_get_type ())
G_DECLARE_FINAL_TYPE (PnChips, pn_chips, PN, CHIPS, GtkWidget)

/* Between begin and end each add is one chip. @style_class: "chip" or "cell";
 * @color_class: of an object, or NULL. */
void pn_chips_begin (PnChips *self);
void pn_chips_add (PnChips *self,
                   const char *text,
                   const char *style_class,
                   const char *color_class);
void pn_chips_end (PnChips *self);

G_END_DECLS
