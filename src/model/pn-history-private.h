/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-history.h"
#include "pn-state-private.h"

G_BEGIN_DECLS

/* An open span of several at a time, by its row. Indices into arrays of spans are one
 * more than they are, so that 0 is none. */
typedef struct
{
  guint32 id; /* what it is about: an object of a hold, a process of a waiter or task */
  guint span;
} PnRow;

typedef struct
{
  PnProcessLane public;
  guint order;  /* by start, as in the state */
  guint parent; /* these four: orders, and one more */
  guint first_child;
  guint last_child;
  guint next_sibling;
  gsize start_event;
  gint64 start_ns;
  guint span;          /* the open one of `spans` */
  gsize since_event;   /* of the process when it was opened */
  guint32 task_object; /* the task whose span is open in that pool's lane */
  gint64 task_number;
  GArray *hold_rows; /* PnRow */
} PnProcessLaneData;

typedef struct
{
  PnObjectLane public;
  guint32 owner;
  guint span; /* the open one of `owned`, if it is a lock's */
  guint n_waiting;
  guint n_messages;
  gsize release_event;
  gint64 release_ns;
  guint32 release_process;
  GArray *waiter_rows; /* PnRow */
  GArray *task_rows;   /* PnRow */
} PnObjectLaneData;

typedef struct
{
  PnHistory public;
  GPtrArray *by_start; /* PnProcessLaneData, owned; as the state's processes */
  GHashTable *processes;
  GHashTable *objects;
  gboolean order_changed;
  guint64 n_rings;

  /* The event that is taken in. */
  const PnState *state;
  const PnTraceEvent *event;
} PnHistoryData;

#define PN_HISTORY_DATA(history) ((PnHistoryData *)(history))

PnHistory *pn_history_new (void);
void pn_history_free (PnHistory *history);

/* Takes in an event; @state is the one after it and keeps what it touched. */
void
pn_history_apply (PnHistory *history, const PnState *state, const PnTraceEvent *event);

/* After a batch: how far the open spans reach, and the order of the lanes. */
void pn_history_settle (PnHistory *history, gsize n_events, gint64 duration_ns);

/* Building blocks of pn_history_apply (). */

void pn_history_add_process (PnHistoryData *data, const PnProcess *process);
void pn_history_add_object (PnHistoryData *data, const PnObject *object);

PnProcessLaneData *pn_history_find_process (PnHistoryData *data, guint32 id);
PnObjectLaneData *pn_history_find_object (PnHistoryData *data, guint32 id);

/* Appends an open span to *@spans; returns its index and one more. */
guint pn_history_open_span (PnHistoryData *data, GArray **spans, const PnSpan *span);
PnSpan *pn_history_close_span (PnHistoryData *data, GArray *spans, guint span);

/* The same for spans that go on side by side: each gets the lowest free row. False if
 * there are too many, or none for @id. */
gboolean pn_history_open_row (PnHistoryData *data,
                              GArray **spans,
                              GArray **rows,
                              guint *n_rows,
                              guint32 id,
                              const PnSpan *span);
gboolean
pn_history_close_row (PnHistoryData *data, GArray *spans, GArray *rows, guint32 id);

void pn_history_sync_process (PnHistoryData *data, guint32 id);
void pn_history_sync_object (PnHistoryData *data, guint32 id);
void pn_history_add_arrows (PnHistoryData *data);

G_END_DECLS
