/* SPDX-License-Identifier: MIT */
#pragma once

/* PnCode: the lesson's program in C and in Python, with the line where each process is
 * at the moment shown; and the lesson's text. */

#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_CODE (pn_code_get_type ())
G_DECLARE_FINAL_TYPE (PnCode, pn_code, PN, CODE, GtkWidget)

void pn_code_set_replay (PnCode *self, PnReplay *replay);
void pn_code_set_theme (PnCode *self, PnThemeKind theme);

/* Files to show, and the lesson's text; each may be NULL: then it says why, by the
 * replay's document. */
void pn_code_show (PnCode *self,
                   const PnLesson *lesson,
                   const char *c_path,
                   const char *python_path);

/* "c", "python" or "lesson". */
void pn_code_set_page (PnCode *self, const char *page);
const char *pn_code_get_page (PnCode *self);

G_END_DECLS
