/* SPDX-License-Identifier: MIT */
#include "pn-model-private.h"

/* What each answers from: the state before the event. */
typedef struct
{
  const PnState *state;
  const PnTraceEvent *event;
  const PnProcess *process; /* any of these four may be NULL */
  const PnProcess *peer;
  const PnObject *object;
} Question;

static gboolean
has_waited (const Question *q)
{
  return q->process != NULL && q->process->wait_kind != 0;
}

static gsize
get_lock_cause (const Question *q)
{
  const PnObjectData *lock = PN_OBJECT_DATA (q->object);

  if (lock == NULL)
    return PN_EVENT_OPEN;
  switch (q->event->kind)
    {
    case PN_KIND_LOCK_WAIT:
    case PN_KIND_LOCK_RELEASE:
    case PN_KIND_LOCK_ABANDON:
      return q->object->owner != 0 ? lock->owner_event : PN_EVENT_OPEN;
    default:
      return has_waited (q) && lock->release_event > q->process->since_event
                 ? lock->release_event
                 : PN_EVENT_OPEN;
    }
}

static gsize
get_message_cause (const Question *q)
{
  gint64 at = -1;

  if (q->object != NULL)
    at = pn_object_find_message (PN_OBJECT_DATA (q->object), q->event->value);
  return at >= 0 ? q->object->messages[at].event : PN_EVENT_OPEN;
}

static gsize
get_task_cause (const Question *q)
{
  gint64 at = -1;

  if (q->object != NULL)
    at = pn_object_find_task (PN_OBJECT_DATA (q->object), q->event->value);
  return at >= 0 ? q->object->tasks[at].event : PN_EVENT_OPEN;
}

static gsize
get_end_cause (const Question *q)
{
  const PnProcessData *process = PN_PROCESS_DATA (q->process);

  if (process == NULL)
    return PN_EVENT_OPEN;
  if (q->event->value < 0)
    return pn_exit_is_by (q->event->value, process->signal_number)
               ? process->signal_event
               : PN_EVENT_OPEN;
  return process->exit_event;
}

static gsize
get_process_cause (const Question *q)
{
  const PnProcessData *process = PN_PROCESS_DATA (q->process);
  const PnProcessData *peer = PN_PROCESS_DATA (q->peer);

  switch (q->event->kind)
    {
    case PN_KIND_PROCESS_BEGIN:
      return process != NULL ? process->start_event : PN_EVENT_OPEN;
    case PN_KIND_PROCESS_END:
      return get_end_cause (q);
    case PN_KIND_PROCESS_JOIN:
      return peer != NULL ? peer->end_event : PN_EVENT_OPEN;
    case PN_KIND_PROCESS_CONTINUE:
      return process != NULL ? process->stop_event : PN_EVENT_OPEN;
    case PN_KIND_SLEEP_END:
      return has_waited (q) ? q->process->since_event : PN_EVENT_OPEN;
    default:
      return PN_EVENT_OPEN;
    }
}

static gsize
get_manager_cause (const Question *q)
{
  /* The server takes up what the client has asked for, and the client gets what the
   * server has done. */
  if (q->event->kind == PN_KIND_MANAGER_SERVE && q->peer != NULL
      && q->peer->wait_kind == PN_KIND_MANAGER_CALL)
    return q->peer->since_event;
  if (q->event->kind == PN_KIND_MANAGER_REPLY && has_waited (q)
      && PN_PROCESS_DATA (q->process)->served_event > q->process->since_event)
    return PN_PROCESS_DATA (q->process)->served_event;
  return PN_EVENT_OPEN;
}

gsize
pn_model_get_cause (PnModel *model, gsize index)
{
  PnTraceEvent event;
  Question q = { .event = &event };

  g_return_val_if_fail (index < pn_model_get_n_events (model), PN_EVENT_OPEN);

  event = pn_trace_get_event (pn_model_get_trace (model), index);
  q.state = pn_model_get_state_before (model, index);
  q.process = pn_state_get_process (q.state, event.process);
  q.peer = pn_state_get_process (q.state, event.peer);
  q.object = pn_state_get_object (q.state, event.object);

  if ((event.flags & PN_FLAG_FAILED) != 0)
    return has_waited (&q) ? q.process->since_event : PN_EVENT_OPEN;
  switch (event.kind)
    {
    case PN_KIND_LOCK_WAIT:
    case PN_KIND_LOCK_ACQUIRE:
    case PN_KIND_LOCK_RELEASE:
    case PN_KIND_LOCK_ABANDON:
      return get_lock_cause (&q);
    case PN_KIND_QUEUE_GET:
    case PN_KIND_PIPE_RECV:
      return get_message_cause (&q);
    case PN_KIND_VALUE_READ:
      return q.object != NULL ? PN_OBJECT_DATA (q.object)->value_event : PN_EVENT_OPEN;
    case PN_KIND_POOL_BEGIN:
    case PN_KIND_POOL_DONE:
    case PN_KIND_POOL_RESULT:
      return get_task_cause (&q);
    case PN_KIND_MANAGER_SERVE:
    case PN_KIND_MANAGER_REPLY:
      return get_manager_cause (&q);
    default:
      return get_process_cause (&q);
    }
}
