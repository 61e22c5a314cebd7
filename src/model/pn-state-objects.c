/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

static PnObjectKind
kind_of_group (PnKind kind)
{
  switch (kind >> 8)
    {
    case PN_KIND_LOCK_WAIT >> 8:
      return PN_OBJECT_LOCK;
    case PN_KIND_QUEUE_PUT >> 8:
      return PN_OBJECT_QUEUE;
    case PN_KIND_PIPE_SEND >> 8:
      return PN_OBJECT_PIPE;
    case PN_KIND_POOL_SUBMIT >> 8:
      return PN_OBJECT_POOL;
    case PN_KIND_MANAGER_CALL >> 8:
      return PN_OBJECT_MANAGER;
    default:
      return PN_OBJECT_VALUE;
    }
}

static gboolean
is_shared_kind (PnObjectKind kind)
{
  return kind == PN_OBJECT_VALUE || kind == PN_OBJECT_LIST || kind == PN_OBJECT_DICT
         || kind == PN_OBJECT_MANAGER;
}

/* A manager's objects are called and written; all others are of one group. */
static gboolean
fits (PnObjectKind kind, PnObjectKind other)
{
  return kind == other || (is_shared_kind (kind) && is_shared_kind (other));
}

static void
apply_name (PnState *state, const PnTraceEvent *event)
{
  PnObjectData *object;

  if (event->peer == PN_OBJECT_FILE)
    return;
  object = pn_state_need_object (state, event->object, event->peer);
  if (object == NULL || !fits (object->public.kind, event->peer))
    return;
  if (!object->named)
    {
      object->named = TRUE;
      object->public.kind = event->peer;
      object->public.creator = event->process;
    }
  object->public.detail = event->value;
  if (event->text[0] != '\0')
    object->public.name = event->text;
}

static void
apply_lock (PnState *state,
            PnProcessData *process,
            PnObjectData *object,
            const PnTraceEvent *event)
{
  switch (event->kind)
    {
    case PN_KIND_LOCK_ACQUIRE:
      if (process != NULL)
        pn_state_set_owner (state, object, process);
      break;
    case PN_KIND_LOCK_RELEASE:
      pn_state_set_owner (state, object, NULL);
      object->release_event = state->event;
      object->release_process = event->process;
      break;
    case PN_KIND_LOCK_ABANDON:
      if (object->public.owner == 0 && process != NULL)
        pn_state_set_owner (state, object, process);
      object->public.abandoned = TRUE;
      break;
    default:
      break;
    }
}

gint64
pn_object_find_message (const PnObjectData *object, gint64 number)
{
  guint n = MIN (object->public.n_messages, PN_SEARCH_MAX);

  for (guint i = 0; i < n; i++)
    if (object->public.messages[i].number == number)
      return i;
  return -1;
}

/* How many tasks have a number below. */
static guint
count_tasks_below (const PnObjectData *object, gint64 number)
{
  guint low = 0;
  guint high = object->public.n_tasks;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (object->public.tasks[middle].number < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gint64
pn_object_find_task (const PnObjectData *object, gint64 number)
{
  guint at = count_tasks_below (object, number);

  if (at < object->public.n_tasks && object->public.tasks[at].number == number)
    return at;
  return -1;
}

static void
publish_messages (PnObjectData *object)
{
  object->public.messages = pn_fifo_get (&object->messages, sizeof (PnMessage));
  object->public.n_messages = object->messages.n;
}

static void
publish_tasks (PnObjectData *object)
{
  object->public.tasks = pn_fifo_get (&object->tasks, sizeof (PnTask));
  object->public.n_tasks = object->tasks.n;
}

static void
add_message (PnState *state, PnObjectData *object, const PnTraceEvent *event)
{
  PnMessage *message;

  if (object->messages.n == G_MAXINT)
    return;
  message = pn_fifo_insert (&object->messages, object->messages.n, sizeof *message);
  *message = (PnMessage){ .number = event->value,
                          .sender = event->process,
                          .end = event->kind == PN_KIND_PIPE_SEND ? event->peer : 0,
                          .text = event->text,
                          .event = state->event };
  PN_STATE_DATA (state)->weight++;
  if (message->end == 1 || message->end == 2)
    object->last_sender[message->end - 1] = event->process;
  publish_messages (object);
}

static void
take_message (PnState *state, PnObjectData *object, gint64 number)
{
  gint64 at = pn_object_find_message (object, number);

  if (at < 0)
    return;
  pn_fifo_remove (&object->messages, (guint)at, sizeof (PnMessage));
  PN_STATE_DATA (state)->weight--;
  publish_messages (object);
}

static PnTask *
need_task (PnState *state, PnObjectData *object, gint64 number)
{
  guint at = count_tasks_below (object, number);
  PnTask *task;

  if (at < object->tasks.n && object->public.tasks[at].number == number)
    return (PnTask *)&object->public.tasks[at];
  if (object->tasks.n - at > PN_SEARCH_MAX || object->tasks.n == G_MAXINT)
    return NULL;
  task = pn_fifo_insert (&object->tasks, at, sizeof *task);
  *task = (PnTask){ .number = number, .text = "" };
  PN_STATE_DATA (state)->weight++;
  publish_tasks (object);
  return task;
}

static void
drop_task (PnState *state, PnObjectData *object, gint64 number)
{
  gint64 at = pn_object_find_task (object, number);

  if (at < 0 || (at > PN_SEARCH_MAX && object->tasks.n - at > PN_SEARCH_MAX))
    return;
  pn_fifo_remove (&object->tasks, (guint)at, sizeof (PnTask));
  PN_STATE_DATA (state)->weight--;
  publish_tasks (object);
}

static void
change_task (PnState *state,
             PnObjectData *object,
             const PnTraceEvent *event,
             gint64 number,
             PnTaskState next)
{
  PnTask *task = need_task (state, object, number);

  if (task == NULL)
    return;
  task->state = next;
  task->event = state->event;
  task->text = event->text;
  if (next != PN_TASK_QUEUED)
    task->worker = event->process;
}

/* A task that failed is told by its worker: `value` is the error, not its number. */
static void
finish_task (PnState *state,
             PnProcessData *process,
             PnObjectData *object,
             const PnTraceEvent *event)
{
  gint64 number = event->value;

  if ((event->flags & PN_FLAG_FAILED) != 0)
    {
      if (process == NULL || process->public.task_object != event->object)
        return;
      number = process->public.task_number;
    }
  change_task (state, object, event, number, PN_TASK_DONE);
  if (process == NULL)
    return;
  process->public.task_object = 0;
  process->public.task_number = 0;
  pn_state_touch (state, process);
}

static void
apply_pool (PnState *state,
            PnProcessData *process,
            PnObjectData *object,
            const PnTraceEvent *event)
{
  gboolean failed = (event->flags & PN_FLAG_FAILED) != 0;

  if (event->kind == PN_KIND_POOL_DONE)
    finish_task (state, process, object, event);
  else if (failed)
    return;
  else if (event->kind == PN_KIND_POOL_CLOSE || event->kind == PN_KIND_POOL_TERMINATE)
    object->closed = TRUE;
  else if (event->kind == PN_KIND_POOL_SUBMIT)
    change_task (state, object, event, event->value, PN_TASK_QUEUED);
  else if (event->kind == PN_KIND_POOL_RESULT)
    drop_task (state, object, event->value);
  else if (event->kind == PN_KIND_POOL_BEGIN)
    {
      change_task (state, object, event, event->value, PN_TASK_RUNNING);
      if (process == NULL || pn_process_has_ended (&process->public))
        return;
      process->public.task_object = event->object;
      process->public.task_number = event->value;
      pn_state_touch (state, process);
    }
}

static void
apply_value (PnState *state,
             PnProcessData *process,
             PnObjectData *object,
             const PnTraceEvent *event)
{
  PnObject *o = &object->public;

  if (event->kind == PN_KIND_VALUE_READ && process != NULL)
    {
      process->read_object = o->id;
      process->read_event = state->event;
    }
  /* A read tells what was written before the recording began, or was lost. */
  if (event->kind == PN_KIND_VALUE_READ && o->value != NULL)
    return;
  o->value = event->text;
  o->value_is_integer = (event->flags & PN_FLAG_INTEGER) != 0;
  o->value_integer = o->value_is_integer ? event->value : 0;
  o->since_ns = state->time_ns;
  object->value_event = state->event;
  object->value_process = event->process;
}

static void
apply_manager (PnState *state,
               PnProcessData *process,
               PnObjectData *object,
               const PnTraceEvent *event)
{
  PnProcessData *server;
  PnProcessData *client;

  if (process == NULL)
    return;
  switch (event->kind)
    {
    case PN_KIND_MANAGER_CALL:
      if (pn_process_has_ended (&process->public)
          || (event->flags & PN_FLAG_FAILED) != 0)
        break;
      pn_state_set_waiting (state, process, object, event->kind, -1);
      process->call_text = event->text;
      server = pn_state_need_process (state, event->peer, 0);
      if (server == NULL)
        break;
      process->call_server = event->peer;
      server->n_callers++;
      break;
    case PN_KIND_MANAGER_SERVE:
      if (pn_process_has_ended (&process->public))
        break;
      process->public.serves_process = event->peer;
      client = pn_state_find_process (state, event->peer);
      if (client != NULL)
        client->served_event = state->event;
      pn_state_touch (state, process);
      break;
    default:
      server = pn_state_find_process (state, event->peer);
      if (server == NULL || server->public.serves_process != event->process)
        break;
      server->public.serves_process = 0;
      pn_state_touch (state, server);
      break;
    }
}

void
pn_state_apply_object (PnState *state,
                       PnProcessData *process,
                       const PnTraceEvent *event)
{
  gboolean failed = (event->flags & PN_FLAG_FAILED) != 0;
  PnObjectData *object;

  if (event->kind == PN_KIND_OUTPUT_LINE)
    return;
  if (event->kind == PN_KIND_NAME)
    {
      apply_name (state, event);
      return;
    }
  object = pn_state_need_object (state, event->object, kind_of_group (event->kind));
  if (pn_kind_is_wait (event->kind))
    {
      if (process == NULL || pn_process_has_ended (&process->public))
        return;
      pn_state_set_waiting (state, process, object, event->kind, event->value);
      if (pn_kind_is_of_pipe (event->kind))
        process->wait_end = event->peer;
      else if (event->kind == PN_KIND_MANAGER_SERVE_WAIT)
        process->public.serves_process = 0;
      return;
    }
  if (object == NULL || !fits (object->public.kind, kind_of_group (event->kind)))
    return;
  if (event->kind >= PN_KIND_MANAGER_CALL)
    apply_manager (state, process, object, event);
  else if (event->kind >= PN_KIND_POOL_SUBMIT)
    apply_pool (state, process, object, event);
  else if (failed)
    return;
  else if (event->kind >= PN_KIND_VALUE_READ)
    apply_value (state, process, object, event);
  else if (event->kind == PN_KIND_PIPE_CLOSE)
    pn_pipe_note_close (state, object, event);
  else if (event->kind == PN_KIND_QUEUE_PUT || event->kind == PN_KIND_PIPE_SEND)
    add_message (state, object, event);
  else if (event->kind == PN_KIND_QUEUE_GET || event->kind == PN_KIND_PIPE_RECV)
    {
      object->received_event = state->event;
      take_message (state, object, event->value);
    }
  else
    apply_lock (state, process, object, event);
}
