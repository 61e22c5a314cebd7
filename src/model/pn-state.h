/* SPDX-License-Identifier: MIT */
#pragma once

/* PnState: the world after one event. Made by applying events to it, one after the
 * other; a pure function of the events before it. Strings are as the program gave them
 * (see pn-text.h to show them) and live as long as the state.
 *
 * A recording can be damaged or made up: each event is taken for what it says, and
 * what contradicts the state before (a release of a lock that nobody holds) changes
 * nothing. What was never named is made when it is first mentioned ("process 7",
 * "lock 3"). */

#include "pn-trace.h"

G_BEGIN_DECLS

typedef enum
{
  PN_PROCESS_STARTING, /* start was called; it has not begun */
  PN_PROCESS_RUNNING,
  PN_PROCESS_SLEEPING,
  PN_PROCESS_WAITING, /* for `wait_object` */
  PN_PROCESS_JOINING, /* for the end of `wait_process` */
  PN_PROCESS_ZOMBIE,  /* ended, not joined yet by its parent */
  PN_PROCESS_GONE     /* ended and joined, or its parent is gone */
} PnProcessState;

typedef struct
{
  guint32 id;
  guint32 parent;   /* 0: the runner's child */
  const char *name; /* "main", "P1"; never NULL */
  gint64 pid;       /* 0: not known yet */
  PnProcessState state;
  gboolean stopped; /* by SIGSTOP; `state` says what it did before */
  gboolean daemon;
  guint32 wait_object;    /* 0: none */
  guint32 wait_process;   /* 0: none */
  PnKind wait_kind;       /* the …wait event, sleep.begin, or 0 */
  gint64 wait_timeout_ns; /* -1: none */
  gint64 since_ns;        /* in this state since */
  gsize since_event;
  gboolean exiting; /* it has said process.exit; it may still wait for children */
  gboolean exit_known;
  const char *end_reason; /* "the run was stopped", if that was why; never NULL */
  gint64 exit_code;       /* -N: signal N */
  gboolean deadlock;      /* part of a cycle of waits */
  guint32 task_object;    /* the pool whose task it works on; 0: none */
  gint64 task_number;
  guint32 serves_process; /* a manager's server: the client; 0: none */
  guint32 site;           /* where its last event stands; 0: unknown */
  guint line;
  GArray *holds; /* guint32: ids of the locks it holds, in order; never NULL */
} PnProcess;

/* A message on its way: in a queue, or in a pipe. */
typedef struct
{
  gint64 number;
  guint32 sender;
  guint32 end; /* pipe: the end (1 or 2) it was sent from */
  const char *text;
  gsize event; /* the put or send */
} PnMessage;

typedef enum
{
  PN_TASK_QUEUED,
  PN_TASK_RUNNING,
  PN_TASK_DONE /* until its result was received */
} PnTaskState;

typedef struct
{
  gint64 number;
  PnTaskState state;
  guint32 worker;   /* 0: none yet */
  const char *text; /* argument, or result once done */
  gsize event;      /* the last submit, begin or done */
} PnTask;

typedef struct
{
  guint32 id;
  PnObjectKind kind;
  const char *name; /* never NULL */
  gint64 detail;    /* a queue's bound (0: none), a pool's workers */
  guint32 creator;
  gsize created_event;
  guint32 owner;      /* lock: who holds it; 0: nobody */
  gboolean abandoned; /* lock: its holder died */
  gint64 since_ns;    /* owned or valued so since */
  GArray *waiters; /* guint32, in the order in which they began to wait; never NULL */
  const PnMessage *messages; /* queue, pipe: n_messages of them, oldest first */
  guint n_messages;
  const PnTask *tasks; /* pool: n_tasks of them, by number */
  guint n_tasks;
  const char *value; /* value, list, dict: its text; NULL: unknown */
  gboolean value_is_integer;
  gint64 value_integer;
} PnObject;

typedef struct
{
  gsize event; /* the state is the one after this event */
  gint64 time_ns;
  GPtrArray *processes; /* PnProcess, by start: a parent before its children */
  GPtrArray *objects;   /* PnObject, by creation; no files */
  GArray *deadlock;     /* guint32: processes that wait for each other in a cycle, each
                         * for the next and the last for the first; one that waits for
                         * itself stands alone; empty: none. The oldest, if there are
                         * several: see PnProcess.deadlock. */
} PnState;

/* NULL if there is none by that number (yet). O(1). */
const PnProcess *pn_state_get_process (const PnState *state, guint32 id);
const PnObject *pn_state_get_object (const PnState *state, guint32 id);

/* "waits for lock", "sleeps", "exited (3)", "killed by SIGKILL": a few words, owned. */
char *pn_process_describe (const PnState *state, const PnProcess *process);

/* "SIGKILL" for 9; "signal 77" for one without a name. Static or interned. */
const char *pn_signal_name (int signal);

/* The same for -9, the exit code of who was killed by it; any code below 0. */
const char *pn_exit_signal_name (gint64 exit_code);

G_END_DECLS
