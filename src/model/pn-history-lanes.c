/* SPDX-License-Identifier: MIT */
#include "pn-history-private.h"

/* What a lane's spans are compared with: the process as it is now. */
static gboolean
get_span (const PnProcess *process, PnSpan *ret_span)
{
  *ret_span = (PnSpan){ .number = process->wait_timeout_ns,
                        .stopped = process->stopped != 0,
                        .deadlock = process->deadlock != 0 };
  switch (process->state)
    {
    case PN_PROCESS_STARTING:
      ret_span->kind = PN_SPAN_STARTING;
      return TRUE;
    case PN_PROCESS_RUNNING:
      ret_span->kind = PN_SPAN_RUN;
      return TRUE;
    case PN_PROCESS_SLEEPING:
      ret_span->kind = PN_SPAN_SLEEP;
      return TRUE;
    case PN_PROCESS_WAITING:
      ret_span->kind = PN_SPAN_WAIT;
      ret_span->object = process->wait_object;
      ret_span->idle = pn_kind_is_idle (process->wait_kind);
      if (process->deadlock)
        ret_span->peer = PN_PROCESS_DATA (process)->cycle_next;
      return TRUE;
    case PN_PROCESS_JOINING:
      ret_span->kind = PN_SPAN_JOIN;
      ret_span->peer = process->wait_process;
      return TRUE;
    case PN_PROCESS_ZOMBIE:
      ret_span->kind = PN_SPAN_ZOMBIE;
      return TRUE;
    default:
      return FALSE;
    }
}

/* Idle workers and servers are no crowd at their pool or manager. */
static gboolean
is_waiter (const PnProcess *process)
{
  return process->wait_object != 0 && !pn_kind_is_idle (process->wait_kind);
}

static void
mark_contended (PnHistoryData *data, PnObjectLaneData *lane)
{
  PnProcessLaneData *owner = pn_history_find_process (data, lane->owner);

  if (lane->span == 0)
    return;
  g_array_index (lane->public.owned, PnSpan, lane->span - 1).contended = TRUE;
  for (guint i = 0; owner->hold_rows != NULL && i < owner->hold_rows->len; i++)
    {
      PnRow row = g_array_index (owner->hold_rows, PnRow, i);

      if (row.span != 0 && row.id == lane->public.object)
        g_array_index (owner->public.holds, PnSpan, row.span - 1).contended = TRUE;
    }
}

static void
open_waiter (PnHistoryData *data, const PnProcess *process)
{
  PnObjectLaneData *lane = pn_history_find_object (data, process->wait_object);

  if (pn_history_open_row (data,
                           &lane->public.waiters,
                           &lane->waiter_rows,
                           &lane->public.waiter_rows,
                           process->id,
                           &(PnSpan){ .kind = PN_SPAN_WAITER,
                                      .object = process->wait_object,
                                      .peer = process->id,
                                      .number = process->wait_timeout_ns }))
    lane->n_waiting++;
  mark_contended (data, lane);
}

static void
close_span (PnHistoryData *data, PnProcessLaneData *lane)
{
  PnSpan *span = pn_history_close_span (data, lane->public.spans, lane->span);
  PnObjectLaneData *object;

  lane->span = 0;
  if (span->kind == PN_SPAN_WAIT || span->kind == PN_SPAN_JOIN)
    span->contended = data->event->process == lane->public.process
                      && (data->event->flags & PN_FLAG_FAILED) != 0;
  if (span->kind != PN_SPAN_WAIT || span->object == 0)
    return;
  object = pn_history_find_object (data, span->object);
  if (pn_history_close_row (
          data, object->public.waiters, object->waiter_rows, lane->public.process))
    object->n_waiting--;
}

/* Stays, once it was true. */
static void
note_deadlock (PnSpan *span, const PnSpan *from)
{
  span->deadlock = TRUE;
  span->peer = from->peer;
}

/* It is stopped in what it does, or goes on with it: one span of a lane ends here and
 * another begins; to what it waits for it is one wait. */
static void
split_span (PnHistoryData *data, PnProcessLaneData *lane, const PnSpan *now)
{
  PnSpan *span = pn_history_close_span (data, lane->public.spans, lane->span);
  PnSpan rest = *now;

  if (span->deadlock && !now->deadlock)
    note_deadlock (&rest, span);
  lane->span = pn_history_open_span (data, &lane->public.spans, &rest);
}

static void
sync_span (PnHistoryData *data, PnProcessLaneData *lane, const PnProcess *process)
{
  PnSpan now;
  gboolean goes_on = get_span (process, &now);

  if (lane->span != 0)
    {
      PnSpan *span = &g_array_index (lane->public.spans, PnSpan, lane->span - 1);

      if (goes_on && lane->since_event == process->since_event
          && span->kind == now.kind)
        {
          if (span->stopped != now.stopped)
            split_span (data, lane, &now);
          else if (now.deadlock)
            note_deadlock (span, &now);
          return;
        }
      close_span (data, lane);
    }
  if (!goes_on)
    return;
  lane->span = pn_history_open_span (data, &lane->public.spans, &now);
  lane->since_event = process->since_event;
  if (is_waiter (process))
    open_waiter (data, process);
}

static void
sync_task (PnHistoryData *data, PnProcessLaneData *lane, const PnProcess *process)
{
  PnObjectLaneData *pool;

  if (lane->task_object == process->task_object
      && lane->task_number == process->task_number)
    return;
  if (lane->task_object != 0)
    {
      pool = pn_history_find_object (data, lane->task_object);
      pn_history_close_row (
          data, pool->public.owned, pool->task_rows, lane->public.process);
    }
  lane->task_object = process->task_object;
  lane->task_number = process->task_number;
  if (process->task_object == 0)
    return;
  pool = pn_history_find_object (data, process->task_object);
  pn_history_open_row (data,
                       &pool->public.owned,
                       &pool->task_rows,
                       &pool->public.owned_rows,
                       process->id,
                       &(PnSpan){ .kind = PN_SPAN_TASK,
                                  .object = process->task_object,
                                  .peer = process->id,
                                  .number = process->task_number,
                                  .text = data->event->text });
}

static void
sync_end (PnHistoryData *data, PnProcessLaneData *lane, const PnProcess *process)
{
  if (!pn_process_has_ended (process) || lane->public.end_event != PN_EVENT_OPEN)
    return;
  lane->public.end_event = data->state->event;
  lane->public.end_ns = data->state->time_ns;
  lane->public.exit_known = process->exit_known;
  lane->public.exit_code = process->exit_code;
  for (guint i = 0; lane->hold_rows != NULL && i < lane->hold_rows->len; i++)
    {
      PnRow *row = &g_array_index (lane->hold_rows, PnRow, i);

      if (row->span != 0)
        pn_history_close_span (data, lane->public.holds, row->span);
      *row = (PnRow){ 0 };
    }
}

void
pn_history_sync_process (PnHistoryData *data, guint32 id)
{
  PnProcessLaneData *lane = pn_history_find_process (data, id);
  const PnProcess *process;

  if (lane == NULL)
    return;
  process = g_ptr_array_index (data->state->processes, lane->order);
  lane->public.name = process->name;
  lane->public.end_reason = process->end_reason;
  lane->public.pid = process->pid;
  lane->public.daemon = process->daemon;
  sync_span (data, lane, process);
  sync_task (data, lane, process);
  sync_end (data, lane, process);
}

static void
open_hold (PnHistoryData *data, PnObjectLaneData *lane, const PnProcess *owner)
{
  PnProcessLaneData *holder = pn_history_find_process (data, owner->id);
  PnSpan span = { .kind = PN_SPAN_OWNED,
                  .object = lane->public.object,
                  .peer = owner->id,
                  .contended = lane->n_waiting > 0 };

  lane->span = pn_history_open_span (data, &lane->public.owned, &span);
  lane->public.owned_rows = MAX (lane->public.owned_rows, 1);
  if (pn_process_has_ended (owner))
    return;
  span.kind = PN_SPAN_HOLD;
  pn_history_open_row (data,
                       &holder->public.holds,
                       &holder->hold_rows,
                       &holder->public.hold_rows,
                       lane->public.object,
                       &span);
}

static void
sync_owner (PnHistoryData *data, PnObjectLaneData *lane, const PnObject *object)
{
  if (lane->owner == object->owner)
    return;
  if (lane->owner != 0)
    {
      PnProcessLaneData *holder = pn_history_find_process (data, lane->owner);

      pn_history_close_span (data, lane->public.owned, lane->span);
      pn_history_close_row (data, holder->public.holds, holder->hold_rows, object->id);
      lane->span = 0;
    }
  lane->owner = object->owner;
  if (object->owner != 0)
    open_hold (data, lane, pn_state_get_process (data->state, object->owner));
}

static void
add_step (PnHistoryData *data, PnObjectLaneData *lane, gint64 number, const char *text)
{
  PnStep step = { .event = data->state->event,
                  .time_ns = data->state->time_ns,
                  .number = number,
                  .process = data->event->process,
                  .text = text };

  if (lane->public.steps->len == 0)
    lane->public.steps = g_array_new (FALSE, FALSE, sizeof (PnStep));
  g_array_append_val (lane->public.steps, step);
  lane->public.max_number = MAX (lane->public.max_number, number);
}

static gboolean
is_channel (const PnObject *object)
{
  return object->kind == PN_OBJECT_QUEUE || object->kind == PN_OBJECT_PIPE;
}

void
pn_history_sync_object (PnHistoryData *data, guint32 id)
{
  PnObjectLaneData *lane = pn_history_find_object (data, id);
  const PnObject *object;

  if (lane == NULL)
    return;
  object = g_ptr_array_index (data->state->objects, lane->public.order);
  lane->public.kind = object->kind;
  lane->public.name = object->name;
  lane->public.detail = object->detail;
  sync_owner (data, lane, object);
  if (data->event->kind == PN_KIND_LOCK_RELEASE
      && PN_OBJECT_DATA (object)->release_event == data->state->event)
    {
      lane->release_event = data->state->event;
      lane->release_ns = data->state->time_ns;
      lane->release_process = data->event->process;
    }
  if (is_channel (object) && lane->n_messages != object->n_messages)
    {
      lane->n_messages = object->n_messages;
      add_step (data, lane, object->n_messages, "");
    }
  if (PN_OBJECT_DATA (object)->value_event == data->state->event)
    add_step (data, lane, object->value_integer, object->value);
}
