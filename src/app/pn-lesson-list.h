/* SPDX-License-Identifier: MIT */
#pragma once

/* PnLessonList: the lessons in groups with headings, and a search entry.
 *
 * Signals:
 *   "chosen" (PnLesson *lesson)  a row was chosen by the person */

#include "pn-lesson.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_LESSON_LIST (pn_lesson_list_get_type ())
G_DECLARE_FINAL_TYPE (PnLessonList, pn_lesson_list, PN, LESSON_LIST, GtkWidget)

void pn_lesson_list_set_catalogue (PnLessonList *self, GPtrArray *catalogue);

/* Marks it as chosen; "chosen" is not emitted. NULL: none. */
void pn_lesson_list_select (PnLessonList *self, const PnLesson *lesson);

/* Puts the keyboard on the chosen lesson. */
void pn_lesson_list_focus (PnLessonList *self);

/* Puts the keyboard into the search entry. */
void pn_lesson_list_search (PnLessonList *self);

G_END_DECLS
