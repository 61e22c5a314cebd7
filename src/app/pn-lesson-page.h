/* SPDX-License-Identifier: MIT */
#pragma once

/* PnLessonPage: a lesson's text: what it is about, and what to watch. */

#include "pn-lesson.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_LESSON_PAGE (pn_lesson_page_get_type ())
G_DECLARE_FINAL_TYPE (PnLessonPage, pn_lesson_page, PN, LESSON_PAGE, GtkWidget)

/* NULL: says that none is chosen. */
void pn_lesson_page_set_lesson (PnLessonPage *self, const PnLesson *lesson);

/* Of another program than a lesson. */
void pn_lesson_page_set_recording (PnLessonPage *self, const char *title);

G_END_DECLS
