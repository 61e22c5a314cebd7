/* SPDX-License-Identifier: MIT */
#pragma once

/* PnTrace: the events of one run, as append-only columns.
 *
 * One thread appends (the reader of the pipe, or whoever opens a file); any thread
 * reads what has been published: pn_trace_get_n_events () is the snapshot, and what
 * lies below it never moves or changes. It never holds an object per event.
 *
 * Events are numbered by index, from 0. In a whole recording the index is the event's
 * seq. Times are in ns since the first event and never step back: clocks are read by
 * many processes, so a time below the one before it is raised to that one.
 *
 * Memory: 53 bytes an event, and its text once if it is short. No stream makes it take
 * more than a small multiple of the stream's own size. */

#include "pn-event.h"

#include <glib.h>

G_BEGIN_DECLS

#define PN_TRACE_ERROR (pn_trace_error_quark ())
GQuark pn_trace_error_quark (void);

typedef enum
{
  PN_TRACE_ERROR_HEADER, /* not a recording */
  PN_TRACE_ERROR_VERSION,
  PN_TRACE_ERROR_EVENT, /* bytes that are no event; the message names the offset */
  PN_TRACE_ERROR_ORDER, /* seq goes backwards */
  PN_TRACE_ERROR_IO
} PnTraceError;

typedef enum
{
  PN_TRACE_LIVE,     /* more may come */
  PN_TRACE_COMPLETE, /* ended with run.end */
  PN_TRACE_CUT       /* ended without it: a crash, a full disk; all in it is good */
} PnTraceEnd;

/* One event as it stands in the columns. `text` is valid UTF-8, "" if there is none,
 * and lives as long as the trace. */
typedef struct
{
  guint64 seq;
  gint64 time_ns;
  PnKind kind;
  guint32 process;
  guint32 object;
  guint32 peer;
  gint64 value;
  guint32 site;
  guint16 line;
  guint8 flags;
  const char *text;
} PnTraceEvent;

typedef struct _PnTrace PnTrace;

/* An empty one that is live. References: any thread. */
PnTrace *pn_trace_new (void);
PnTrace *pn_trace_ref (PnTrace *trace);
void pn_trace_unref (PnTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnTrace, pn_trace_unref)

/**
 * pn_trace_append:
 * @tainted: the next bytes of the stream, cut anywhere
 *
 * Decodes and publishes each whole event; keeps the rest for the next call. After an
 * error nothing more can be appended; what was published stays good.
 * Threads: the one writer. Cost: O(bytes).
 */
gboolean
pn_trace_append (PnTrace *trace, const void *tainted, gsize bytes, GError **error);

/* No more bytes come. Threads: the writer. */
void pn_trace_finish (PnTrace *trace);

/* From here on any thread, unless it says otherwise. @index is below a number of events
 * that was got before. Cost: O(1), no lock. */
gsize pn_trace_get_n_events (PnTrace *trace);
PnTraceEnd pn_trace_get_end (PnTrace *trace);
PnTraceEvent pn_trace_get_event (PnTrace *trace, gsize index);
gint64 pn_trace_get_time_ns (PnTrace *trace, gsize index);

/* Of the last published event; 0 if there is none. */
gint64 pn_trace_get_duration_ns (PnTrace *trace);

/* What the events take, without what is set aside for more. Threads: the writer. */
gsize pn_trace_get_size_bytes (PnTrace *trace);

/* The first event at or after @time_ns; n_events if there is none. O(log n). */
gsize pn_trace_find_time (PnTrace *trace, gint64 time_ns);

/* Events lost, by run.lost and by gaps in seq. */
guint64 pn_trace_get_n_lost (PnTrace *trace);

/* The path of a source file by the `site` of an event; NULL if unknown. Lives as long
 * as the trace. */
const char *pn_trace_get_file (PnTrace *trace, guint32 site);

/* Opens a recording: all whole events of it. A file that was cut short is no error
 * (PN_TRACE_CUT). Errors name the file and the offset: all of PnTraceError.
 * Cost: O(file), read in pieces. */
PnTrace *pn_trace_open (const char *path, GError **error);

/* Writes the published events as a recording; replaces @path only when all is written.
 * Error: %PN_TRACE_ERROR_IO, which names @path. Cost: O(events), and an fsync. */
gboolean pn_trace_save (PnTrace *trace, const char *path, GError **error);

G_END_DECLS
