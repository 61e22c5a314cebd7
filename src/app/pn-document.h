/* SPDX-License-Identifier: MIT */
#pragma once

/* PnDocument: what a window shows: a trace and its model; of a lesson's run (with the
 * session while it goes on), or of a recording that was opened.
 *
 * A step is an event that a person steps on; steps are numbered from 0. All on the main
 * thread.
 *
 * A person is shown an event's number in the recording, which the command line takes,
 * too. Event 0 is the run's beginning, before anything happened in it: the number of
 * the last is the count of those that did.
 *
 * Signals:
 *   "grown"  the model knows more events
 *   "ended"  the run is over; see pn_document_dup_trouble () */

#include "pn-lesson.h"
#include "pn-model.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define PN_TYPE_DOCUMENT (pn_document_get_type ())
G_DECLARE_FINAL_TYPE (PnDocument, pn_document, PN, DOCUMENT, GObject)

/* @catalogue is where the lesson comes from; it is kept. @settings: NAME=VALUE each. */
PnDocument *pn_document_run (GPtrArray *catalogue,
                             const PnLesson *lesson,
                             const char *const *settings,
                             GError **error);

/* Opens a recording. If its program is one of @catalogue's lessons, it is known as
 * that lesson's. */
PnDocument *pn_document_open (GPtrArray *catalogue, const char *path, GError **error);

PnModel *pn_document_get_model (PnDocument *self);
const PnLesson *pn_document_get_lesson (PnDocument *self);

/* The C source: the lesson's, or what the recording names, if that is there or beside
 * the recording. Owned, NULL if there is none. */
char *pn_document_dup_source_path (PnDocument *self);

/* The name of the source file that a recording names, for show; NULL if it names none.
 */
char *pn_document_dup_source_name (PnDocument *self);

/* What ran: the lesson's title, or what a recording says; never markup. */
char *pn_document_dup_title (PnDocument *self);

/* Of a recording, for show; NULL for a run. */
char *pn_document_dup_file_name (PnDocument *self);

/* "4 processes · 1 lock · 31 events · 3.42 s" */
char *pn_document_dup_subtitle (PnDocument *self);

gsize pn_document_get_n_steps (PnDocument *self);
gsize pn_document_get_step (PnDocument *self, gsize number);

/* What is shown for it; see above. */
guint64 pn_document_get_number (PnDocument *self, gsize event);

/* A time of it for show: "0.68 s", "15.91 ms". Owned. */
char *pn_document_dup_time (PnDocument *self, gint64 ns, int digits);

/* "event 14 of 31". Owned. */
char *pn_document_dup_position (PnDocument *self, gsize event);

/* The number of the last step at or before @event; 0 if all come later. */
gsize pn_document_find_step (PnDocument *self, gsize event);

gboolean pn_document_is_running (PnDocument *self);

/* Why a run that is over ended otherwise than by itself or by pn_document_stop (), and
 * what to do; NULL: it did not. Owned. */
char *pn_document_dup_trouble (PnDocument *self);

/* The present moment in the trace's time; its duration once the run is over. */
gint64 pn_document_get_now_ns (PnDocument *self);

/* All processes of the run end; "ended" follows. Nothing if it is over. */
void pn_document_stop (PnDocument *self);

gboolean pn_document_save (PnDocument *self, const char *path, GError **error);

G_END_DECLS
