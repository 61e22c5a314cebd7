/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

/* What is claimed here must follow from the state: a process that runs, sleeps, or
 * waits for what is there already can go on by itself; one with a timeout will. If
 * there is none of these, nothing ever happens again. Of a pipe it is not known
 * whether it has room: who waits to send may go on, and nothing is claimed about all.
 */

typedef struct
{
  GArray *can_run; /* ids */
  GArray *limited; /* wait with a timeout */
  GArray *stopped; /* by a signal, whatever they did before */
  GArray *in_vain; /* wait for a lock whose holder has ended */
  guint n_living;
  guint n_unsure; /* may go on, or not */
  gsize hops;     /* that may be spent on who has which pipe's end */
} Census;

typedef enum
{
  BLOCKED, /* until another process does something */
  UNSURE,  /* the state does not say */
  FREE     /* by itself */
} Outlook;

static gboolean
has_task (const PnObject *pool, PnTaskState state)
{
  for (guint i = 0; i < MIN (pool->n_tasks, PN_SEARCH_MAX); i++)
    if (pool->tasks[i].state == state)
      return TRUE;
  return pool->n_tasks > PN_SEARCH_MAX;
}

/* One result may be enough, or all of a map () may be wanted; and a worker that died
 * with its task may be noticed. */
static Outlook
get_result_outlook (const PnState *state, const PnObject *pool)
{
  for (guint i = 0; i < MIN (pool->n_tasks, PN_SEARCH_MAX); i++)
    {
      const PnProcess *worker = pn_state_get_process (state, pool->tasks[i].worker);

      if (pool->tasks[i].state == PN_TASK_RUNNING && worker != NULL
          && pn_process_has_ended (worker))
        return UNSURE;
    }
  if (!has_task (pool, PN_TASK_DONE))
    return BLOCKED;
  return has_task (pool, PN_TASK_QUEUED) || has_task (pool, PN_TASK_RUNNING) ? UNSURE
                                                                             : FREE;
}

/* With nobody left at the other end it learns that. */
static Outlook
get_message_outlook (Census *census,
                     const PnState *state,
                     const PnObject *pipe,
                     const PnProcess *process)
{
  gsize cost = pn_pipe_get_cost (state, PN_OBJECT_DATA (pipe));
  guint32 end = PN_PROCESS_DATA (process)->wait_end;

  if (pn_pipe_has_message (pipe, end))
    return FREE;
  if (!pn_pipe_knows_ends (PN_OBJECT_DATA (pipe)) || census->hops < cost)
    return UNSURE;
  census->hops -= cost;
  return pn_pipe_has_holder (state, PN_OBJECT_DATA (pipe), 3 - end) ? BLOCKED : FREE;
}

static Outlook
get_wait_outlook (Census *census, const PnState *state, const PnProcess *process)
{
  const PnObject *object = pn_state_get_object (state, process->wait_object);
  const PnProcess *server;

  if (object == NULL)
    return UNSURE;
  switch (process->wait_kind)
    {
    case PN_KIND_LOCK_WAIT:
      return object->owner == 0 ? FREE : BLOCKED;
    case PN_KIND_QUEUE_PUT_WAIT:
      return object->detail > 0 && object->n_messages >= object->detail ? BLOCKED
                                                                        : FREE;
    case PN_KIND_QUEUE_GET_WAIT:
      return object->n_messages > 0 ? FREE : BLOCKED;
    case PN_KIND_PIPE_RECV_WAIT:
      return get_message_outlook (census, state, object, process);
    case PN_KIND_POOL_TASK_WAIT:
      return PN_OBJECT_DATA (object)->closed || has_task (object, PN_TASK_QUEUED)
                 ? FREE
                 : BLOCKED;
    case PN_KIND_MANAGER_SERVE_WAIT:
      return PN_PROCESS_DATA (process)->n_callers > 0 ? FREE : BLOCKED;
    case PN_KIND_POOL_RESULT_WAIT:
      return get_result_outlook (state, object);
    case PN_KIND_MANAGER_CALL:
      server = pn_state_get_process (state, PN_PROCESS_DATA (process)->call_server);
      return server != NULL && !pn_process_has_ended (server) ? BLOCKED : UNSURE;
    default:
      return UNSURE;
    }
}

static Outlook
get_outlook (Census *census, const PnState *state, const PnProcess *process)
{
  const PnProcess *child;

  switch (process->state)
    {
    case PN_PROCESS_JOINING:
      child = pn_state_get_process (state, process->wait_process);
      return child == NULL ? UNSURE : pn_process_has_ended (child) ? FREE : BLOCKED;
    case PN_PROCESS_WAITING:
      return get_wait_outlook (census, state, process);
    default:
      return FREE;
    }
}

static GArray *
ids_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint32));
}

static void
count (Census *census, const PnState *state, const PnProcess *process)
{
  const PnObject *object = pn_state_get_object (state, process->wait_object);
  Outlook outlook = get_outlook (census, state, process);

  if (pn_process_has_ended (process))
    return;
  census->n_living++;
  if (process->stopped)
    g_array_append_val (census->stopped, process->id);
  else if (outlook == FREE)
    g_array_append_val (census->can_run, process->id);
  else if (process->wait_timeout_ns >= 0)
    g_array_append_val (census->limited, process->id);
  else if (outlook == UNSURE)
    census->n_unsure++;
  else if (process->wait_kind == PN_KIND_LOCK_WAIT && object->abandoned)
    g_array_append_val (census->in_vain, process->id);
}

static void
append_ids (GString *out,
            PnModel *model,
            const GArray *ids,
            const char *one,
            const char *several)
{
  pn_append_names (out, model, (const guint32 *)ids->data, ids->len);
  g_string_append (out, ids->len == 1 ? one : several);
}

static void
append_free (GString *out, PnModel *model, const Census *census)
{
  if (census->can_run->len > 0)
    append_ids (out, model, census->can_run, " can run.", " can run.");
  else if (census->limited->len > 0)
    append_ids (out,
                model,
                census->limited,
                " waits, but not forever.",
                " wait, but not forever.");
  else
    append_ids (out,
                model,
                census->stopped,
                " is stopped; all others wait or have ended.",
                " are stopped; all others wait or have ended.");
}

static void
append_verdict (GString *out,
                PnModel *model,
                const PnState *state,
                const Census *census)
{
  const GArray *cycle = state->deadlock;

  if (state->processes->len == 0)
    g_string_append (out, "Nothing has started yet.");
  else if (cycle->len > 0)
    {
      pn_append_cycle (out, model, (const guint32 *)cycle->data, cycle->len);
      if (census->can_run->len > 0)
        {
          g_string_append_c (out, ' ');
          append_ids (out, model, census->can_run, " can run.", " can run.");
        }
    }
  else if (census->n_living == 0)
    g_string_append (out, "All have ended.");
  else if (census->can_run->len + census->limited->len + census->stopped->len == 0)
    g_string_append (out,
                     census->n_unsure > 0
                         ? "All wait; whether anyone can go on is not known."
                         : "Nobody can run: all wait.");
  else
    {
      g_string_append (out, "No deadlock: ");
      append_free (out, model, census);
    }
  if (census->in_vain->len == 0)
    return;
  g_string_append_c (out, ' ');
  append_ids (out,
              model,
              census->in_vain,
              " waits for a lock whose holder has ended.",
              " wait for locks whose holders have ended.");
}

char *
pn_model_dup_verdict (PnModel *model, gsize index)
{
  g_autoptr (GArray) can_run = ids_new ();
  g_autoptr (GArray) limited = ids_new ();
  g_autoptr (GArray) stopped = ids_new ();
  g_autoptr (GArray) in_vain = ids_new ();
  Census census = {
    .can_run = can_run,
    .limited = limited,
    .stopped = stopped,
    .in_vain = in_vain,
    .hops = PN_HOPS_MAX,
  };
  const PnState *state = pn_model_get_state_before (model, index + 1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < state->processes->len; i++)
    count (&census, state, g_ptr_array_index (state->processes, i));
  append_verdict (out, model, state, &census);
  return g_string_free (out, FALSE);
}
