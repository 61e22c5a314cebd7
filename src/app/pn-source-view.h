/* SPDX-License-Identifier: MIT */
#pragma once

/* PnSourceView: source code with line numbers, and on some lines a band and, at the
 * right, the names of the processes that are there. */

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

typedef struct
{
  guint line; /* from 1 */
  char *names;
  GdkRGBA band;
  GdkRGBA color; /* of the names */
} PnSourceMark;

#define PN_TYPE_SOURCE_VIEW (pn_source_view_get_type ())
G_DECLARE_FINAL_TYPE (PnSourceView, pn_source_view, PN, SOURCE_VIEW, GtkSourceView)

/* @language: of GtkSourceView, such as "c"; static. */
PnSourceView *pn_source_view_new (const char *language);

void pn_source_view_set_text (PnSourceView *self, const char *text);

/* Takes @marks (PnSourceMark, sorted by line; its clear function frees the names). */
void pn_source_view_take_marks (PnSourceView *self, GArray *marks);

GArray *pn_source_marks_new (void);

void pn_source_view_scroll_to_line (PnSourceView *self, guint line);

G_END_DECLS
