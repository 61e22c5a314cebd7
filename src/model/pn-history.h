/* SPDX-License-Identifier: MIT */
#pragma once

/* PnHistory: what was, as stretches and arrows: the timeline without pixels. Grows with
 * the trace; entries are sorted by begin and only the open ones (end_event ==
 * PN_EVENT_OPEN) change. Each end carries both its event and its time, so that either
 * axis can place it. */

#include "pn-trace.h"

G_BEGIN_DECLS

#define PN_EVENT_OPEN G_MAXSIZE

typedef enum
{
  PN_SPAN_STARTING, /* from process.start to process.begin */
  PN_SPAN_RUN,
  PN_SPAN_SLEEP,
  PN_SPAN_WAIT,   /* for an object */
  PN_SPAN_JOIN,   /* for a process: `peer` */
  PN_SPAN_ZOMBIE, /* exited, not joined */
  PN_SPAN_HOLD,   /* holds lock `object`; in process lanes' `holds` */
  PN_SPAN_OWNED,  /* lock lane: owned by `peer` */
  PN_SPAN_WAITER, /* lock lane: `peer` waits */
  PN_SPAN_TASK    /* pool: `peer` works on task `number`, its argument as text */
} PnSpanKind;

typedef struct
{
  gint64 begin_ns;
  gint64 end_ns; /* of the last event known, while open */
  gsize begin_event;
  gsize end_event; /* PN_EVENT_OPEN while it goes on */
  PnSpanKind kind;
  guint row; /* holds, waiters, tasks: which strip of several, from 0 */
  guint32 object;
  guint32 peer;        /* of a wait in a deadlock: the next in its cycle */
  gint64 number;       /* sleep: ns asked for; task number; timeout of a wait, or -1 */
  guint contended : 1; /* owned while others waited; a wait that failed (timed out) */
  guint idle : 1;      /* a wait of a worker or server for work */
  guint stopped : 1;   /* by SIGSTOP; what it did else is one more span, or two */
  guint deadlock : 1;  /* a wait that is part of a cycle */
  const char *text;    /* "" or borrowed from the trace */
} PnSpan;

/* A step of a queue's or pipe's depth, or a new text of a value: good from this event
 * to the next entry. */
typedef struct
{
  gsize event;
  gint64 time_ns;
  gint64 number;    /* depth; the integer of a value */
  guint32 process;  /* who did it */
  const char *text; /* a value's; "" for depths */
} PnStep;

typedef struct
{
  guint32 process;
  const char *name;
  guint32 parent;
  guint depth; /* in the tree: main 0 */
  gint64 pid;
  gboolean daemon;
  GArray *spans;   /* PnSpan, disjoint: STARTING, RUN, SLEEP, WAIT, JOIN, ZOMBIE */
  GArray *holds;   /* PnSpan HOLD */
  guint hold_rows; /* the largest `row` of `holds` so far, and one more; 0: none */
  gsize end_event; /* its process.end; PN_EVENT_OPEN: it lives */
  gint64 end_ns;
  gboolean exit_known;
  const char *end_reason; /* as in the state */
  gint64 exit_code;
} PnProcessLane;

typedef struct
{
  guint32 object;
  PnObjectKind kind;
  const char *name;
  guint order; /* 0, 1, 2 … by creation: picks the colour */
  gint64 detail;
  gsize created_event;
  gint64 created_ns;
  GArray *owned;    /* PnSpan OWNED; pools: TASK */
  GArray *waiters;  /* PnSpan WAITER */
  GArray *steps;    /* PnStep: queue, pipe: depth; value, list, dict: contents */
  guint owned_rows; /* as `hold_rows`, of `owned` and of `waiters` */
  guint waiter_rows;
  gint64 max_number; /* the largest of `steps` so far */
} PnObjectLane;

typedef enum
{
  PN_ARROW_START,   /* parent -> child */
  PN_ARROW_JOIN,    /* child -> parent */
  PN_ARROW_IN,      /* sender -> object: put, send, submit, call, write */
  PN_ARROW_OUT,     /* object -> receiver: get, recv, begin, serve, reply, read */
  PN_ARROW_HANDOFF, /* release -> next acquire */
  PN_ARROW_SIGNAL   /* sender -> receiver */
} PnArrowKind;

/* START, JOIN and HANDOFF lead from one event to a later one. IN, OUT and SIGNAL are of
 * one event: from and to are the same; pn_model_get_cause () leads from a get to its
 * put. */
typedef struct
{
  PnArrowKind kind;
  gsize from_event;
  gint64 from_ns;
  gsize to_event;
  gint64 to_ns;
  guint32 from_process; /* 0 for OUT */
  guint32 to_process;   /* 0 for IN */
  guint32 object;
  const char *text; /* a message's */
} PnArrow;

typedef struct
{
  GPtrArray *processes; /* PnProcessLane, depth first: each child below its parent */
  GPtrArray *objects;   /* PnObjectLane, by creation */
  GArray *arrows;       /* PnArrow, sorted by to_event */
  GArray *deadlocks;    /* gsize: events at which a deadlock began */
  gsize n_events;
  gint64 duration_ns;
  gsize begin_event; /* the first of a process: before it the runner only starts the */
  gint64 begin_ns;   /* program; 0: none yet */
} PnHistory;

const PnProcessLane *pn_history_get_process (const PnHistory *history, guint32 process);
const PnObjectLane *pn_history_get_object (const PnHistory *history, guint32 object);

/* How many of @entries come before @event. They are sorted by the event that stands
 * @event_offset bytes into each. Cost: O(log n). */
guint pn_entries_before (const GArray *entries, gsize event_offset, gsize event);

#define pn_spans_before(spans, wanted)                                                 \
  pn_entries_before (spans, G_STRUCT_OFFSET (PnSpan, begin_event), wanted)
#define pn_steps_before(steps, wanted)                                                 \
  pn_entries_before (steps, G_STRUCT_OFFSET (PnStep, event), wanted)
#define pn_arrows_before(arrows, wanted)                                               \
  pn_entries_before (arrows, G_STRUCT_OFFSET (PnArrow, to_event), wanted)

G_END_DECLS
