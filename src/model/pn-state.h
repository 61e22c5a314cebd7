/* SPDX-License-Identifier: MIT */
#pragma once

/* PnState: the world after one event. Made by applying events to it, one after the
 * other; a pure function of the events before it. All strings are borrowed from the
 * trace. */

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
  gboolean exit_known;
  gint64 exit_code; /* -N: signal N */
  guint32 site;     /* where its last event stands; 0: unknown */
  guint line;
  GArray *holds; /* guint32: ids of the locks it holds, in order */
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
  GArray *waiters;    /* guint32, in the order in which they began to wait */
  GArray *messages;   /* PnMessage: queue, pipe; oldest first */
  GArray *tasks;      /* PnTask: pool */
  const char *value;  /* value, list, dict: its text; NULL: unknown */
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
                         * for the next; empty: none */
} PnState;

/* NULL if there is none by that number (yet). O(1). */
const PnProcess *pn_state_get_process (const PnState *state, guint32 id);
const PnObject *pn_state_get_object (const PnState *state, guint32 id);

/* "waits for lock", "sleeps", "exited (3)", "killed by SIGKILL": a few words, owned. */
char *pn_process_describe (const PnState *state, const PnProcess *process);

/* "SIGKILL" for 9; "signal 77" for one without a name. Static or interned. */
const char *pn_signal_name (int signal);

G_END_DECLS
