/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-fifo.h"
#include "pn-state.h"

G_BEGIN_DECLS

/* Bounds on what one event may cost, whatever a recording says. No run comes near:
 * the arena has room for 1,024 processes at a time. The search for deadlocks may look
 * at so many processes an event on average, and save up for long cycles. */
#define PN_CYCLE_MAX 1024  /* processes of a deadlock */
#define PN_CROWD_MAX 4096  /* waiters of an object, locks of a process */
#define PN_SEARCH_MAX 4096 /* messages or tasks looked through, or moved */
#define PN_HOPS_AN_EVENT 16
#define PN_HOPS_MAX (1 << 20)

#define PN_NO_EVENT G_MAXSIZE /* as PN_EVENT_OPEN */

#define PN_NAME_MAX_CHARS 40 /* of names in sentences */

typedef struct
{
  PnProcess public;
  guint order;       /* its place in state's processes */
  guint first_child; /* orders, and one more; 0: none */
  guint next_sibling;
  guint32 cycle_next; /* the next process of its deadlock; 0: in none */
  guint32 cycle_previous;
  gboolean is_knot_ring; /* its deadlock is one at pipes */
  gboolean in_knot;      /* such a deadlock may stand on its wait */
  guint stamp;           /* of the last search that reached it */
  guint32 call_server;   /* of the manager that it waits for */
  const char *call_text;
  guint32 wait_end; /* of the pipe that it waits at */
  guint n_callers;  /* that wait for this server */
  char *own_name;   /* if the program gave none */
  gsize start_event;
  gsize begin_event;
  gsize exit_event;
  gsize end_event;
  gsize signal_event; /* the last one sent to it */
  guint32 signal_sender;
  gint64 signal_number;
  gsize stop_event;
  gsize served_event;  /* where a manager's server took up its last call */
  guint32 read_object; /* the value that it read last */
  gsize read_event;
} PnProcessData;

/* A process's copy of a pipe's end that it has closed. */
typedef struct
{
  guint32 process;
  guint32 end;
  gsize event;
} PnClosed;

typedef struct
{
  PnObject public;
  guint order; /* its place in state's objects */
  PnFifo messages;
  PnFifo tasks;
  gboolean named;
  gboolean closed; /* a pool: its workers end when they have no more tasks */
  char *own_name;
  gsize owner_event;   /* the last acquire */
  gsize release_event; /* the last release */
  guint32 release_process;
  gsize value_event; /* the last write */
  guint32 value_process;
  GArray *closes;         /* PnClosed, of a pipe; NULL: none */
  gboolean ends_unknown;  /* too many, or made up */
  guint32 last_sender[2]; /* from each end of a pipe; 0: none */
  gsize received_event;   /* the last recv */
} PnObjectData;

typedef struct
{
  PnState public;
  GHashTable *processes; /* id -> PnProcessData, owned by public.processes */
  GHashTable *objects;

  /* Deadlocks by the process that closed the cycle, in that order; those before
   * `first_ring` are over, later ones may be. */
  GArray *rings;
  guint first_ring;
  guint n_rings;
  guint n_knots; /* of these, those at pipes */
  guint stamp;   /* of the last search */

  guint64 n_rings_ever; /* grows by one with each deadlock */
  guint hops;           /* that may be spent on the search for deadlocks */
  gsize weight;         /* what a copy has to copy, in units of some 40 bytes */
  GArray *touched; /* guint32: processes that the last event changed; NULL: not kept */
} PnStateData;

#define PN_PROCESS_WEIGHT 8
#define PN_OBJECT_WEIGHT 6

#define PN_STATE_DATA(state) ((PnStateData *)(state))
#define PN_PROCESS_DATA(process) ((PnProcessData *)(process))
#define PN_OBJECT_DATA(object) ((PnObjectData *)(object))

/* The world before the first event: empty. */
PnState *pn_state_new (void);
PnState *pn_state_copy (const PnState *state);
void pn_state_free (PnState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnState, pn_state_free)

/* Makes @state the one after event @index. Cost: O(1), but for a deadlock (its length)
 * and a process's end (its children). */
void pn_state_apply (PnState *state, const PnTraceEvent *event, gsize index);

/* Fills `touched` with each event from now on. */
void pn_state_keep_touched (PnState *state);

/* Whether an exit code (any, in a made-up recording) is death by this signal. */
static inline gboolean
pn_exit_is_by (gint64 exit_code, gint64 signal_number)
{
  return exit_code < 0 && exit_code > G_MININT64 && -exit_code == signal_number;
}

/* Waits of those who are there for the others: a pool's worker, a manager's server. */
static inline gboolean
pn_kind_is_idle (PnKind kind)
{
  return kind == PN_KIND_POOL_TASK_WAIT || kind == PN_KIND_MANAGER_SERVE_WAIT;
}

static inline gboolean
pn_process_has_ended (const PnProcess *process)
{
  return process->state == PN_PROCESS_ZOMBIE || process->state == PN_PROCESS_GONE;
}

/* Building blocks of pn_state_apply (). */

PnProcessData *pn_state_find_process (PnState *state, guint32 id);
PnObjectData *pn_state_find_object (PnState *state, guint32 id);

/* Makes it if it is not there. NULL for 0. @parent only counts when it is made. */
PnProcessData *pn_state_need_process (PnState *state, guint32 id, guint32 parent);
PnObjectData *pn_state_need_object (PnState *state, guint32 id, PnObjectKind kind);

void pn_state_touch (PnState *state, PnProcessData *process);

/* Enters @next; leaves the waiters of what it waited for. */
void pn_state_set_process (PnState *state, PnProcessData *process, PnProcessState next);
void pn_state_set_waiting (PnState *state,
                           PnProcessData *process,
                           PnObjectData *object,
                           PnKind kind,
                           gint64 timeout_ns);

/* @owner NULL: nobody. */
void pn_state_set_owner (PnState *state, PnObjectData *object, PnProcessData *owner);

void pn_state_apply_object (PnState *state,
                            PnProcessData *process,
                            const PnTraceEvent *event);

/* The place of a message or task; -1 if it is not found within PN_SEARCH_MAX. */
gint64 pn_object_find_message (const PnObjectData *object, gint64 number);
gint64 pn_object_find_task (const PnObjectData *object, gint64 number);

/* Deadlocks. */

/* The process that @process waits for without an end to it; 0: none. */
guint32 pn_state_get_blocker (const PnState *state, const PnProcess *process);

/* Links of a ring: @process waits for @next. */
void pn_state_link (PnState *state, PnProcessData *process, PnProcessData *next);
/* The ring that @process is part of is a deadlock from now on; it is over. */
void pn_state_add_ring (PnState *state, PnProcessData *process);
void pn_state_drop_ring (PnState *state, PnProcessData *process);
/* The processes of its ring, from the lowest number on. */
void
pn_state_list_ring (const PnState *state, const PnProcess *process, GArray *ret_ids);

/* Deadlocks at pipes: sets of processes that all wait for each other. After an event,
 * once its process's own waits have been looked at: forgets what no longer holds, and
 * finds what the close of an end, or the end of a process, has closed. */
void pn_state_find_knot (PnState *state, guint32 process);
void
pn_state_check_knots (PnState *state, const PnTraceEvent *event, guint32 owner_before);
void pn_state_find_knots_after (PnState *state, const PnTraceEvent *event);

/* Who has a copy of end 1 or 2 of a pipe. */
void pn_pipe_note_close (PnState *state, PnObjectData *pipe, const PnTraceEvent *event);
gboolean pn_pipe_knows_ends (const PnObjectData *pipe);
gboolean pn_pipe_has_end (const PnState *state,
                          const PnObjectData *pipe,
                          const PnProcess *process,
                          guint32 end);
/* Anyone who lives. Cost: as pn_pipe_get_cost () says, in hops. */
gboolean
pn_pipe_has_holder (const PnState *state, const PnObjectData *pipe, guint32 end);
gsize pn_pipe_get_cost (const PnState *state, const PnObjectData *pipe);
/* Whether a message waits for who receives at @end. */
gboolean pn_pipe_has_message (const PnObject *pipe, guint32 end);

/* After an event: forgets the cycle of @suspect if it is broken. */
void pn_state_check_ring (PnState *state, guint32 suspect);
/* Finds the cycle that @process has closed by starting to wait. */
void pn_state_find_ring (PnState *state, guint32 process);

G_END_DECLS
