/* SPDX-License-Identifier: MIT */
#include "pn-dump.h"

#include "pn-state-private.h"

static guint
count_id (const GArray *ids, guint32 id)
{
  guint n = 0;

  for (guint i = 0; i < ids->len; i++)
    n += g_array_index (ids, guint32, i) == id;
  return n;
}

static void
check_process (const PnState *state, const PnProcess *p)
{
  const PnObject *waited = pn_state_get_object (state, p->wait_object);
  const PnProcess *parent = pn_state_get_process (state, p->parent);
  gboolean ended = pn_process_has_ended (p);

  g_assert_true (pn_state_get_process (state, p->id) == p);
  g_assert_nonnull (p->name);
  g_assert_cmpstr (p->name, !=, "");
  g_assert_true (p->parent == 0 || parent != NULL);
  if (parent != NULL)
    g_assert_cmpuint (PN_PROCESS_DATA (parent)->order, <, PN_PROCESS_DATA (p)->order);
  g_assert_cmpuint (p->since_event, <=, state->event);

  g_assert_true ((p->wait_object != 0) <= (p->state == PN_PROCESS_WAITING));
  g_assert_true ((p->wait_process != 0) <= (p->state == PN_PROCESS_JOINING));
  g_assert_true ((p->wait_kind != 0)
                 == (p->state == PN_PROCESS_WAITING || p->state == PN_PROCESS_JOINING
                     || p->state == PN_PROCESS_SLEEPING));
  if (waited != NULL)
    g_assert_cmpuint (count_id (waited->waiters, p->id), ==, 1);
  for (guint i = 0; i < p->holds->len; i++)
    {
      guint32 id = g_array_index (p->holds, guint32, i);

      g_assert_cmpuint (pn_state_get_object (state, id)->owner, ==, p->id);
    }
  g_assert_false (p->exit_known && !ended);
  g_assert_false (ended && (p->stopped || p->task_object != 0));
  if (p->state == PN_PROCESS_ZOMBIE)
    g_assert_false (pn_process_has_ended (parent));
  if (p->deadlock)
    g_assert_cmpuint (
        pn_state_get_blocker (state, p), ==, PN_PROCESS_DATA (p)->cycle_next);
}

static void
check_object (const PnState *state, const PnObject *o)
{
  const PnProcess *owner = pn_state_get_process (state, o->owner);

  g_assert_true (pn_state_get_object (state, o->id) == o);
  g_assert_nonnull (o->name);
  for (guint i = 0; i < o->waiters->len; i++)
    {
      guint32 id = g_array_index (o->waiters, guint32, i);

      g_assert_cmpuint (pn_state_get_process (state, id)->wait_object, ==, o->id);
    }
  if (o->owner != 0)
    {
      g_assert_cmpuint (count_id (owner->holds, o->id), ==, 1);
      g_assert_true (o->abandoned || !pn_process_has_ended (owner));
    }
  for (guint i = 1; i < o->n_tasks; i++)
    g_assert_cmpint (o->tasks[i - 1].number, <, o->tasks[i].number);
}

void
pn_check_state (const PnState *state)
{
  const GArray *cycle = state->deadlock;

  for (guint i = 0; i < state->processes->len; i++)
    check_process (state, g_ptr_array_index (state->processes, i));
  for (guint i = 0; i < state->objects->len; i++)
    check_object (state, g_ptr_array_index (state->objects, i));
  for (guint i = 0; i < cycle->len; i++)
    {
      guint32 id = g_array_index (cycle, guint32, i);
      const PnProcess *p = pn_state_get_process (state, id);

      g_assert_true (p->deadlock);
      g_assert_cmpuint (pn_state_get_blocker (state, p),
                        ==,
                        g_array_index (cycle, guint32, (i + 1) % cycle->len));
    }
  g_assert_cmpuint (cycle->len > 0, ==, PN_STATE_DATA (state)->n_rings > 0);
}

static void
check_span (const PnHistory *history, const PnSpan *span)
{
  g_assert_cmpint (span->begin_ns, <=, span->end_ns);
  g_assert_cmpuint (span->begin_event, <, history->n_events);
  if (span->end_event != PN_EVENT_OPEN)
    {
      g_assert_cmpuint (span->begin_event, <=, span->end_event);
      g_assert_cmpuint (span->end_event, <, history->n_events);
    }
  else
    g_assert_cmpint (span->end_ns, ==, history->duration_ns);
  g_assert_nonnull (span->text);
}

/* Sorted by begin; those of one row follow each other. */
static void
check_spans (const PnHistory *history, const GArray *spans, guint n_rows)
{
  g_autofree gsize *row_ends = g_new0 (gsize, n_rows);
  gsize begin = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const PnSpan *span = &g_array_index (spans, PnSpan, i);

      check_span (history, span);
      g_assert_cmpuint (span->row, <, n_rows);
      g_assert_cmpuint (span->begin_event, >=, begin);
      g_assert_cmpuint (span->begin_event, >=, row_ends[span->row]);
      begin = span->begin_event;
      row_ends[span->row] = span->end_event;
    }
}

static void
check_lane_place (const PnHistory *history, guint index)
{
  const PnProcessLane *lane = g_ptr_array_index (history->processes, index);
  const PnProcessLane *above;

  g_assert_true (pn_history_get_process (history, lane->process) == lane);
  if (lane->parent == 0)
    {
      g_assert_cmpuint (lane->depth, ==, 0);
      return;
    }
  for (guint i = index; i-- > 0;)
    {
      above = g_ptr_array_index (history->processes, i);
      if (above->depth == lane->depth - 1)
        {
          g_assert_cmpuint (above->process, ==, lane->parent);
          return;
        }
      g_assert_cmpuint (above->depth, >=, lane->depth);
    }
  g_assert_not_reached ();
}

static void
check_object_lane (const PnHistory *history, guint index)
{
  const PnObjectLane *lane = g_ptr_array_index (history->objects, index);

  g_assert_true (pn_history_get_object (history, lane->object) == lane);
  g_assert_cmpuint (lane->order, ==, index);
  check_spans (history, lane->owned, lane->owned_rows);
  check_spans (history, lane->waiters, lane->waiter_rows);
  for (guint i = 0; i < lane->steps->len; i++)
    {
      const PnStep *step = &g_array_index (lane->steps, PnStep, i);

      g_assert_nonnull (step->text);
      g_assert_cmpuint (step->event, <, history->n_events);
      if (i > 0)
        g_assert_cmpuint (step[-1].event, <, step->event);
    }
}

void
pn_check_history (const PnHistory *history)
{
  for (guint i = 0; i < history->processes->len; i++)
    {
      const PnProcessLane *lane = g_ptr_array_index (history->processes, i);

      check_lane_place (history, i);
      check_spans (history, lane->spans, 1);
      check_spans (history, lane->holds, lane->hold_rows);
    }
  for (guint i = 0; i < history->objects->len; i++)
    check_object_lane (history, i);
  for (guint i = 0; i < history->arrows->len; i++)
    {
      const PnArrow *arrow = &g_array_index (history->arrows, PnArrow, i);

      g_assert_cmpuint (arrow->from_event, <=, arrow->to_event);
      g_assert_cmpint (arrow->from_ns, <=, arrow->to_ns);
      if (i > 0)
        g_assert_cmpuint (arrow[-1].to_event, <=, arrow->to_event);
    }
}
