/* SPDX-License-Identifier: MIT */
#pragma once

/* PnReplay: which moment of a document is shown: the one source of truth for it. Moves
 * it by hand, by a play timer, and with a live run.
 *
 * The moment is a step (see PnDocument), and how long after it.
 *
 * Signals:
 *   "document-changed"  another document, or none
 *   "grown"             the document has more events, or its run has ended
 *   "moved"             another event is shown
 *   "ticked"            time passed since the event; emitted with "moved" too
 *   "mode-changed"      playing, speed, axis or following changed */

#include "pn-document.h"
#include "pn-view.h"

G_BEGIN_DECLS

#define PN_TYPE_REPLAY (pn_replay_get_type ())
G_DECLARE_FINAL_TYPE (PnReplay, pn_replay, PN, REPLAY, GObject)

#define PN_SPEED_MIN 0.1
#define PN_SPEED_MAX 10.0

PnReplay *pn_replay_new (void);

/* Shows the newest moment, and follows it while the document's run goes on. @document
 * may be NULL. */
void pn_replay_set_document (PnReplay *self, PnDocument *document);
PnDocument *pn_replay_get_document (PnReplay *self);

/* The document's model; NULL without one. */
PnModel *pn_replay_get_model (PnReplay *self);

/* PN_EVENT_OPEN: no event is shown. */
gsize pn_replay_get_event (PnReplay *self);

/* How long after the event, in units of the axis: ns, or parts of an event. */
double pn_replay_get_after (PnReplay *self);
gint64 pn_replay_get_time_ns (PnReplay *self);

/* All moves pause a play and end following. */
void pn_replay_go_to (PnReplay *self, gsize event);

/* To @unit of the axis: the time, or the event whose cell it is in. */
void pn_replay_go_to_unit (PnReplay *self, double unit);
void pn_replay_first (PnReplay *self);
void pn_replay_last (PnReplay *self);

/* @by: +1, -1. @process: only its steps; 0: all. */
void pn_replay_step (PnReplay *self, int by, guint32 process);

/* Begins again at the first event if it stands at the last. */
void pn_replay_set_playing (PnReplay *self, gboolean playing);
gboolean pn_replay_get_playing (PnReplay *self);

/* In real time: how much faster. In event order: so many events in half a second. */
void pn_replay_set_speed (PnReplay *self, double speed);
double pn_replay_get_speed (PnReplay *self);

void pn_replay_set_axis (PnReplay *self, PnAxis axis);
PnAxis pn_replay_get_axis (PnReplay *self);

/* Whether it moves with a live run. */
void pn_replay_set_following (PnReplay *self, gboolean following);
gboolean pn_replay_get_following (PnReplay *self);

G_END_DECLS
