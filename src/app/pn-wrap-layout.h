/* SPDX-License-Identifier: MIT */
#pragma once

/* PnWrapLayout: children in lines, as words in a text, each as wide as it is. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_WRAP_LAYOUT (pn_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (PnWrapLayout, pn_wrap_layout, PN, WRAP_LAYOUT, GtkLayoutManager)

#define PN_WRAP_SPACING_PX 6

G_END_DECLS
