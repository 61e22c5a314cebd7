/* SPDX-License-Identifier: MIT */
#pragma once

/* Streams for tests, without running anything: real bytes, made by pn_event_encode ()
 * from a script with one event a line:
 *
 *   # when who   what            about
 *   0.00 runner  run.begin       "Lock"
 *   0.00 main    process.begin
 *   0.05 main    name lock       lock
 *   0.06 main    name queue      results =3
 *   0.16 main    process.start   P1
 *   0.62 P1      lock.acquire    lock            @lock.c:6
 *   0.72 P1      sleep.begin     ~0.8
 *   0.80 P3      lock.wait       lock            ~1.5
 *   1.80 P3      lock.acquire    lock !failed =-1
 *   1.90 P1      queue.put       results "hello"
 *   2.00 main    queue.get       results
 *   2.10 P1      process.end     =-9
 *   2.20 main    process.join    P1 =-9
 *
 * A time is in seconds. A process gets its number when it is first mentioned ("runner"
 * is 0, "main" 1). `=N` is the value, `~S` the value as a duration in seconds, "…" the
 * text (with C escapes: "\033", "\377"), `@file:line` the site, `!failed`, `!daemon`,
 * `!stderr`, `!unknown`, `!integer`, `!truncated` and `!stalled` are the flags. Left
 * out, these follow from what stands before: pid and parent of a process.begin, the
 * number of a put or send, number, sender and text of a get or recv (first in, first
 * out), timeout -1 of a wait. A name with a text is called by the word, and shown by
 * the text: `name lock L "my lock"`, `process.start P1 "worker"`. A pipe's end stands
 * behind it: `pipe.send p.1 "hi"`. A file is named before its first use.
 *
 * A script that can't be read is a bug of the test and aborts, naming the line. */

#include "pn-trace.h"

G_BEGIN_DECLS

typedef struct _PnSampleBuilder PnSampleBuilder;

PnSampleBuilder *pn_sample_builder_new (void);

/* Adds the lines of a script. What was named in an earlier call stays known. */
void pn_sample_builder_add (PnSampleBuilder *builder, const char *script);
void pn_sample_builder_addf (PnSampleBuilder *builder, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Adds one event as it is, but for its seq. */
void pn_sample_builder_add_event (PnSampleBuilder *builder, PnEvent *event);

/* Leaves out numbers, as if events had been lost. */
void pn_sample_builder_skip_seq (PnSampleBuilder *builder, guint64 n);

/* Frees the builder; returns the stream. */
GBytes *pn_sample_builder_end (PnSampleBuilder *builder);

/* The stream of one script. */
GBytes *pn_sample_compile (const char *script);

/* A trace of a whole stream, finished. Aborts if it can't be read. Takes @stream. */
PnTrace *pn_sample_trace_take (GBytes *stream);
PnTrace *pn_sample_trace (const char *script);

/* Ready ones. */

GBytes *pn_sample_lock (void);     /* the scene of the design's picture */
GBytes *pn_sample_deadlock (void); /* P1 and P2 take two locks in opposite order */
GBytes *pn_sample_ends (void);     /* exit 3, a crash, a zombie, kill, stop, abandon */
GBytes *pn_sample_pool (void);
GBytes *pn_sample_pipe (void);
GBytes *pn_sample_manager (void); /* children append to a shared list */
GBytes *pn_sample_nested (void);  /* a child starts children; one is a daemon */
GBytes *pn_sample_hostile (void); /* names nobody would choose, invalid UTF-8 */
GBytes *pn_sample_many (guint n_processes);

/* @n_events of a program that never ends: processes, locks, a queue, a value. */
GBytes *pn_sample_generated (gsize n_events);

/* All of the above by name, with 60 processes and 20,000 events; NULL-terminated. */
const char *const *pn_sample_get_names (void);
GBytes *pn_sample_by_name (const char *name);

G_END_DECLS
