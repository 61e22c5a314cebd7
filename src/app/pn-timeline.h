/* SPDX-License-Identifier: MIT */
#pragma once

/* PnTimeline: the picture of a document, with the pointer's and the wheel's input. Owns
 * the view; layout and paint are src/draw's.
 *
 * Signals:
 *   "view-changed"                      the stretch, the size or the theme changed
 *   "selected" (guint process)          a process was chosen in it; 0: none
 *
 * A click sets the moment of the replay; what moves it is left to the replay. */

#include "pn-layout.h"
#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_TIMELINE (pn_timeline_get_type ())
G_DECLARE_FINAL_TYPE (PnTimeline, pn_timeline, PN, TIMELINE, GtkWidget)

void pn_timeline_set_replay (PnTimeline *self, PnReplay *replay);
void pn_timeline_set_theme (PnTimeline *self, PnThemeKind theme);

/* What the label read to a blind person says. */
void pn_timeline_set_description (PnTimeline *self, const char *text);

/* As shown last; NULL without a document or a size. Good until the next call. */
const PnLayout *pn_timeline_get_layout (PnTimeline *self);
const PnView *pn_timeline_get_view (PnTimeline *self);

/* For a vertical scroll bar: the lanes. Owned by the timeline. */
GtkAdjustment *pn_timeline_get_vadjustment (PnTimeline *self);

/* At the pointer if it is over the timeline, else at the moment shown. */
void pn_timeline_zoom (PnTimeline *self, double factor);

/* @part: of the visible stretch; below 0: to the left. */
void pn_timeline_pan (PnTimeline *self, double part);

/* Shows the whole, and goes on to while it grows. */
void pn_timeline_fit (PnTimeline *self);
gboolean pn_timeline_is_fitted (PnTimeline *self);

/* Shows the stretch of the same length that begins at @unit. */
void pn_timeline_scroll_to (PnTimeline *self, double unit);

/* 0: none. */
void pn_timeline_select_process (PnTimeline *self, guint32 process);
guint32 pn_timeline_get_selected_process (PnTimeline *self);

G_END_DECLS
