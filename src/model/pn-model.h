/* SPDX-License-Identifier: MIT */
#pragma once

/* PnModel: what a trace means. Follows a trace that may still grow; gives the state
 * after any event, the history, and a sentence for each event.
 *
 * Not thread-safe: one thread uses a model, while another may append to its trace. */

#include "pn-history.h"
#include "pn-state.h"

G_BEGIN_DECLS

typedef struct _PnModel PnModel;

/* Keeps a reference to @trace. Knows none of its events before the first update. */
PnModel *pn_model_new (PnTrace *trace);
void pn_model_free (PnModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnModel, pn_model_free)

/* Borrowed. */
PnTrace *pn_model_get_trace (PnModel *model);

/* Takes in what the trace has published since; returns how many events it knows now.
 * All below speak of these. Cost: O(new events). */
gsize pn_model_update (PnModel *model);
gsize pn_model_get_n_events (PnModel *model);

/* The state after event @index (below n_events). Good until the next call of this or of
 * pn_model_update (). Cost: O(1) for the next event and for the last one; else some
 * thousand events from a checkpoint, forward or back: 0.2 ms. */
const PnState *pn_model_get_state (PnModel *model, gsize index);

/* Good until the next update. */
const PnHistory *pn_model_get_history (PnModel *model);

/* "P3 asks for lock. P1 holds it, so P3 waits behind P2." Plain text, one line, no
 * control characters. Owned by the caller. Cost: as pn_model_get_state (), with a place
 * of its own: cheapest in the order of events. */
char *pn_model_dup_sentence (PnModel *model, gsize index);

/* The event's process as a person knows it: "P1"; "runner" for 0; "process 7" if it was
 * never named. As the program gave it: see pn-text.h. Good until the model goes. "" for
 * an object that is not known. */
const char *pn_model_get_process_name (PnModel *model, guint32 process);
const char *pn_model_get_object_name (PnModel *model, guint32 object);

/* Whether a person steps on it: not where a source file gets its number. O(1). */
gboolean pn_model_is_step (PnModel *model, gsize index);

/* The nearest step after (before) @index, of @process if it is not 0; @index itself if
 * there is none. */
gsize pn_model_next_step (PnModel *model, gsize index, guint32 process);
gsize pn_model_previous_step (PnModel *model, gsize index, guint32 process);

/* The output up to and including event @index: what stands on the screen by then.
 * Owned. One line each: text, newline. */
char *pn_model_dup_output (PnModel *model, gsize index);

/* "No deadlock: P1 can run.", "Deadlock: P1 and P2 wait for each other.", "All have
 * ended." Of the state after event @index; costs as much. Owned. */
char *pn_model_dup_verdict (PnModel *model, gsize index);

/* The other end of what happened at @index: the release that ended a wait, the put of a
 * get, the start of a begin; PN_EVENT_OPEN if there is none. */
gsize pn_model_get_cause (PnModel *model, gsize index);

G_END_DECLS
