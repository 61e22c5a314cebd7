/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

static void
tell_name (PnTelling *t)
{
  /* Lists and dicts are made by their manager, which is called next. */
  static const char *const made[] = {
    [PN_OBJECT_LOCK] = "makes a lock",
    [PN_OBJECT_VALUE] = "makes a shared value",
    [PN_OBJECT_QUEUE] = "makes a queue",
    [PN_OBJECT_PIPE] = "makes a pipe",
    [PN_OBJECT_POOL] = "makes a pool",
    [PN_OBJECT_MANAGER] = "makes a manager",
    [PN_OBJECT_LIST] = "wants a shared list",
    [PN_OBJECT_DICT] = "wants a shared dict",
  };
  guint detail = (guint)CLAMP (t->event.value, 0, G_MAXINT);

  if (t->event.peer == PN_OBJECT_FILE)
    {
      pn_tell (t, "A source file of the program is %L.");
      return;
    }
  pn_tell (t, "%P ");
  g_string_append (t->out, made[t->event.peer]);
  if (t->event.peer == PN_OBJECT_QUEUE && detail > 0)
    {
      g_string_append (t->out, " for at most ");
      pn_tell_count (t, detail, "message");
    }
  if (t->event.peer == PN_OBJECT_POOL && detail > 0)
    {
      g_string_append (t->out, " of ");
      pn_tell_count (t, detail, "worker");
    }
  if (t->event.text[0] != '\0')
    pn_tell (t, detail > 0 ? ", called %L" : " called %L");
  g_string_append_c (t->out, '.');
}

static void
tell_read (PnTelling *t)
{
  pn_tell (t, "%P reads %O: it is ");
  pn_tell_message (t, t->event.text);
  g_string_append_c (t->out, '.');
}

/* Another has written since this process read: what it wrote is lost. */
static gboolean
overwrites_unseen (const PnTelling *t)
{
  const PnProcessData *process = PN_PROCESS_DATA (t->process);
  const PnObjectData *object = PN_OBJECT_DATA (t->object);

  return process != NULL && object != NULL && process->read_object == t->event.object
         && object->value_event != PN_NO_EVENT
         && object->value_event > process->read_event
         && object->value_process != t->event.process;
}

static void
tell_write (PnTelling *t)
{
  gboolean is_contents
      = t->object != NULL
        && (t->object->kind == PN_OBJECT_LIST || t->object->kind == PN_OBJECT_DICT);

  if (is_contents)
    {
      pn_tell (t, "%O is ");
      pn_tell_message (t, t->event.text);
      g_string_append (t->out, " now.");
      return;
    }
  pn_tell (t, "%P sets %O to ");
  pn_tell_message (t, t->event.text);
  g_string_append_c (t->out, '.');
  if (t->object == NULL || t->object->value == NULL)
    return;
  if (overwrites_unseen (t))
    {
      g_string_append_c (t->out, ' ');
      pn_tell_process (t, PN_OBJECT_DATA (t->object)->value_process);
      g_string_append (t->out, " had set it to ");
      pn_tell_message (t, t->object->value);
      pn_tell (t, " after %P read it: ");
      pn_tell_process (t, PN_OBJECT_DATA (t->object)->value_process);
      g_string_append (t->out, "'s update is lost.");
      return;
    }
  g_string_append (t->out, " It was ");
  pn_tell_message (t, t->object->value);
  g_string_append_c (t->out, '.');
}

void
pn_tell_value_event (PnTelling *t)
{
  if (t->event.kind == PN_KIND_NAME)
    tell_name (t);
  else if (t->failed)
    pn_tell (t, "%P can't use %O: %E.");
  else if (t->event.kind == PN_KIND_VALUE_READ)
    tell_read (t);
  else
    tell_write (t);
}

static const PnTask *
find_task (const PnTelling *t, gint64 number)
{
  gint64 at = t->object != NULL
                  ? pn_object_find_task (PN_OBJECT_DATA (t->object), number)
                  : -1;

  return at >= 0 ? &t->object->tasks[at] : NULL;
}

static guint
count_undone (const PnTelling *t)
{
  guint n = 0;

  for (guint i = 0; t->object != NULL && i < t->object->n_tasks; i++)
    n += t->object->tasks[i].state != PN_TASK_DONE;
  return n;
}

static void
tell_done (PnTelling *t)
{
  gint64 number = t->event.value;
  const PnTask *task;

  if (t->failed)
    {
      number = t->process != NULL ? t->process->task_number : 0;
      pn_tell (t, number != 0 ? "%P could not do task " : "%P could not do its task");
      if (number != 0)
        g_string_append_printf (t->out, "%" G_GINT64_FORMAT, number);
      pn_tell (t, " of %O: %E.");
      return;
    }
  task = find_task (t, number);
  pn_tell (t, "%P finishes task %N of %O");
  if (task != NULL && task->state == PN_TASK_RUNNING)
    {
      g_string_append (t->out, " after ");
      pn_tell_since (t,
                     pn_trace_get_time_ns (pn_model_get_trace (t->model), task->event));
    }
  pn_tell (t, ". The result is %T.");
}

static void
tell_result_wait (PnTelling *t)
{
  guint undone = count_undone (t);

  pn_tell (t, "%P waits for results from %O");
  if (undone > 0)
    {
      g_string_append (t->out, ": ");
      pn_tell_count (t, undone, "task");
      g_string_append (t->out, undone == 1 ? " is not done yet" : " are not done yet");
    }
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_result (PnTelling *t)
{
  if (!t->failed)
    pn_tell (t, "%P gets the result of task %N from %O: %T.");
  else if (t->event.value == -1 && pn_tell_has_waited (t))
    pn_tell (t, "%P gives up waiting for results from %O after %W.");
  else
    pn_tell (t, "%P gets no result from %O: %E.");
}

static void
tell_begin (PnTelling *t)
{
  const PnTask *task = find_task (t, t->event.value);

  pn_tell (t, "%P begins task %N of %O");
  if (task != NULL && task->state == PN_TASK_QUEUED && t->event.peer != 0)
    {
      pn_tell (t, ". %Q submitted it ");
      pn_tell_since (t,
                     pn_trace_get_time_ns (pn_model_get_trace (t->model), task->event));
      g_string_append (t->out, " ago");
    }
  pn_tell (t, t->event.text[0] != '\0' ? ". The argument is %T." : ".");
}

void
pn_tell_pool_event (PnTelling *t)
{
  switch (t->event.kind)
    {
    case PN_KIND_POOL_SUBMIT:
      pn_tell (t,
               t->failed ? "%P can't submit a task to %O: %E."
                         : "%P submits task %N to %O.");
      if (!t->failed && t->event.text[0] != '\0')
        pn_tell (t, " The argument is %T.");
      break;
    case PN_KIND_POOL_TASK_WAIT:
      pn_tell (t, "%P has nothing to do and waits for a task from %O.");
      break;
    case PN_KIND_POOL_BEGIN:
      tell_begin (t);
      break;
    case PN_KIND_POOL_DONE:
      tell_done (t);
      break;
    case PN_KIND_POOL_RESULT_WAIT:
      tell_result_wait (t);
      break;
    case PN_KIND_POOL_RESULT:
      tell_result (t);
      break;
    case PN_KIND_POOL_CLOSE:
      pn_tell (t, "%P closes %O, which takes no more tasks.");
      break;
    default:
      pn_tell (t, "%P terminates %O, whose workers are ended at once.");
      break;
    }
}

static void
tell_call (PnTelling *t)
{
  const PnProcess *server = t->peer;

  pn_tell (t, t->event.text[0] != '\0' ? "%P calls %O.%L." : "%P calls %O.");
  if (t->failed)
    {
      pn_tell (t, " It can't be reached: %E.");
      return;
    }
  pn_tell (t, " %Q has to do it, so %P waits");
  if (server != NULL && server->serves_process != 0
      && server->serves_process != t->event.process)
    {
      g_string_append (t->out, "; it still serves ");
      pn_tell_process (t, server->serves_process);
    }
  g_string_append_c (t->out, '.');
}

/* It never came; other errors are what the server says. */
static gboolean
is_unanswered (gint64 error)
{
  enum
  {
    TIMEOUT = -1,
    END = -4,
    CLOSED = -5,
    NO_RECEIVER = -13,
    SYSTEM = -14
  };

  return error == TIMEOUT || error == END || error == CLOSED || error == NO_RECEIVER
         || error == SYSTEM;
}

static void
tell_reply (PnTelling *t)
{
  gboolean waited = pn_tell_has_waited (t);
  const char *call = waited ? PN_PROCESS_DATA (t->process)->call_text : "";

  if (!t->failed)
    pn_tell (t, "%P gets the answer to ");
  else if (is_unanswered (t->event.value))
    pn_tell (t, "%P gets no answer to ");
  else
    pn_tell (t, "%P gets an error as the answer to ");
  pn_tell (t, call[0] != '\0' ? "%O." : "a call of %O");
  pn_text_append_visible (t->out, call, PN_TEXT_MAX_CHARS);
  if (waited)
    pn_tell (t, " after %W");
  if (t->failed)
    pn_tell (t, ": %E");
  else if (t->event.text[0] != '\0' && !g_str_equal (t->event.text, "None"))
    pn_tell (t, ": %T");
  g_string_append_c (t->out, '.');
}

void
pn_tell_manager_event (PnTelling *t)
{
  switch (t->event.kind)
    {
    case PN_KIND_MANAGER_CALL:
      tell_call (t);
      break;
    case PN_KIND_MANAGER_SERVE_WAIT:
      pn_tell (t, "%P has nothing to do and waits for a call to %O.");
      break;
    case PN_KIND_MANAGER_SERVE:
      pn_tell (t,
               t->event.text[0] != '\0' ? "%P carries out %O.%L for %Q."
                                        : "%P does what %Q asks of %O.");
      break;
    default:
      tell_reply (t);
      break;
    }
}
