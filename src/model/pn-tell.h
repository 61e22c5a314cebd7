/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files that tell an event share. */

#include "pn-model-private.h"
#include "pn-text.h"

G_BEGIN_DECLS

#define PN_TEXT_MAX_CHARS 60 /* of messages in sentences */

/* One event, told from the state before it. */
typedef struct
{
  PnModel *model;
  const PnState *state;
  PnTraceEvent event;
  gboolean failed;
  gint64 now_ns;
  const PnProcess *process; /* these three may be NULL */
  const PnProcess *peer;
  const PnObject *object;
  GString *out;
} PnTelling;

/**
 * pn_tell:
 *
 * Adds @words, with
 *   %P  the process          %Q  the peer        %O  the object     %H  its holder
 *   %T  the text as message  %L  the text bare   %N  the value      %D  as a duration
 *   %S  the value as signal  %W  how long the process has waited    %E  as an error
 */
void pn_tell (PnTelling *t, const char *words);

void pn_tell_process (PnTelling *t, guint32 id);
void pn_tell_object (PnTelling *t, guint32 id);
void pn_tell_message (PnTelling *t, const char *text);
void pn_tell_since (PnTelling *t, gint64 since_ns);

/* "1 message", "3 messages". */
void pn_tell_count (PnTelling *t, guint n, const char *noun);

/* "P1", "P1 and P2", "P1, P2 and P3", "P1, P2, P3 and 4 others". */
void pn_append_names (GString *out, PnModel *model, const guint32 *ids, guint n);

/* ", for at most 0.2 s" if the wait has an end. */
void pn_tell_limit (PnTelling *t);

/* Whether the process waited for what this event is about. */
gboolean pn_tell_has_waited (const PnTelling *t);

/* " Deadlock: …" if the event at @index closes a cycle. The last to be told: `state` is
 * the one after the event then, and what was borrowed from it is gone. */
void pn_tell_deadlock (PnTelling *t, gsize index);

/* "Deadlock: P1 and P2 wait for each other." */
void pn_append_cycle (GString *out, PnModel *model, const guint32 *ids, guint n);

/* The waiters of the object, other than the process, whose wait is of @kind. */
GArray *pn_tell_find_waiters (const PnTelling *t, PnKind kind);

/* " P2 has waited for 0.85 s and can go on." of one of @kind that waits; " P2 and P3
 * wait; one of them can go on." of several. */
void pn_tell_who_can_go_on (PnTelling *t, PnKind kind);

/* Each adds the sentence of an event of its group. */
void pn_tell_process_event (PnTelling *t);
void pn_tell_lock_event (PnTelling *t);
void pn_tell_message_event (PnTelling *t);
void pn_tell_value_event (PnTelling *t);
void pn_tell_pool_event (PnTelling *t);
void pn_tell_manager_event (PnTelling *t);

G_END_DECLS
