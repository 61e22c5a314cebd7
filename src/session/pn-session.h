/* SPDX-License-Identifier: MIT */
#pragma once

/* PnSession: one run. Starts a runner (posix_spawn; this process never forks), reads
 * its pipe in a thread of its own into a trace, stops it.
 *
 * The runner leads a session of its own: Ctrl+C in a terminal reaches it only through
 * pn_session_stop (). When the last reference goes while the run goes on, the run is
 * stopped first; that takes some 100 ms, and 4 s at most.
 *
 * The main context that hears of events has to keep up: when it is some 100,000 events
 * behind, the runner's pipe fills, and the program waits. Nothing is lost.
 *
 * Signals, on the thread-default main context of the start:
 *   "events"  new events are in the trace (at most every 15 ms)
 *   "ended"   the stream is over; see pn_session_get_error () */

#include "pn-lesson.h"
#include "pn-trace.h"

G_BEGIN_DECLS

#define PN_TYPE_SESSION (pn_session_get_type ())
G_DECLARE_FINAL_TYPE (PnSession, pn_session, PN, SESSION, GObject)

#define PN_SESSION_ERROR (pn_session_error_quark ())
GQuark pn_session_error_quark (void);

typedef enum
{
  PN_SESSION_ERROR_START,  /* the runner can't be started */
  PN_SESSION_ERROR_RUNNER, /* it ended without a whole stream */
  PN_SESSION_ERROR_RECORD, /* the recording can't be written */
  PN_SESSION_ERROR_LIMIT   /* more events than PnLimits allows; the run was stopped */
} PnSessionError;

/* @argv: the program and its arguments. @record_path: the bytes are saved there too,
 * as they come, so that a crash keeps all up to then; NULL: not. @title: what run.begin
 * says. @limits NULL: the defaults. NULL and an error if nothing was started:
 * %PN_SESSION_ERROR_START, %PN_SESSION_ERROR_RECORD, %PN_LESSON_ERROR_PROGRAM (there is
 * no runner). Does not wait for the program. */
PnSession *pn_session_start (const char *const *argv,
                             const char *title,
                             const PnLimits *limits,
                             const char *record_path,
                             GError **error);

/* Borrowed; grows in the session's thread. */
PnTrace *pn_session_get_trace (PnSession *session);

/* Until "ended" was told. */
gboolean pn_session_is_running (PnSession *session);

/* Ends all of the run's processes; "ended" follows. Asking twice is allowed. Threads:
 * any; also from a signal handler. */
void pn_session_stop (PnSession *session);

/* Why the stream or the recording is not whole; NULL if it is, and while the run goes
 * on. Borrowed. */
const GError *pn_session_get_error (PnSession *session);

/* Blocks until "ended", running the main context (for the command line). */
void pn_session_wait (PnSession *session);

G_END_DECLS
