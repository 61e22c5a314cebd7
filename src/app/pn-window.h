/* SPDX-License-Identifier: MIT */
#pragma once

/* PnWindow: lessons, the timeline, and what explains it. All that a person can do in it
 * is one of its actions ("win.…"). */

#include "pn-replay.h"
#include "pn-style.h"
#include "pn-timeline.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_WINDOW (pn_window_get_type ())
G_DECLARE_FINAL_TYPE (PnWindow, pn_window, PN, WINDOW, GtkApplicationWindow)

/* @catalogue: PnLesson. */
PnWindow *pn_window_new (GtkApplication *app, PnStyle *style, GPtrArray *catalogue);

void pn_window_choose_lesson (PnWindow *self, const PnLesson *lesson);

/* The first lesson, with the keyboard on it: Enter runs it, and the arrows go on. */
void pn_window_choose_first (PnWindow *self);

/* On failure the window says so. */
gboolean pn_window_open (PnWindow *self, const char *path);

/* One line that says what to do; shown until it is closed or the next run. */
void pn_window_show_error (PnWindow *self, const char *message);

PnReplay *pn_window_get_replay (PnWindow *self);

/* NULL until the window has shown its first frame. */
PnTimeline *pn_window_get_timeline (PnWindow *self);

G_END_DECLS
