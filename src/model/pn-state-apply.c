/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

/* Whether the process itself says this: then it does not wait. The others are said
 * about it, by the runner. */
static gboolean
is_own_act (PnKind kind)
{
  switch (kind)
    {
    case PN_KIND_RUN_BEGIN:
    case PN_KIND_RUN_END:
    case PN_KIND_RUN_LOST:
    case PN_KIND_NAME:
    case PN_KIND_PROCESS_END:
    case PN_KIND_PROCESS_STOP:
    case PN_KIND_PROCESS_CONTINUE:
    case PN_KIND_LOCK_ABANDON:
    case PN_KIND_OUTPUT_LINE:
      return FALSE;
    default:
      return TRUE;
    }
}

/* A process whose parent has ended will be joined by nobody. */
static void
end_process (PnState *state, PnProcessData *process, gboolean known, gint64 code)
{
  PnProcess *p = &process->public;
  const PnProcess *parent;
  PnProcessState end = PN_PROCESS_GONE;

  if (pn_process_has_ended (p))
    return;
  parent = pn_state_get_process (state, p->parent);
  if (parent != NULL && !pn_process_has_ended (parent))
    end = PN_PROCESS_ZOMBIE;
  pn_state_set_process (state, process, end);
  p->exit_known = known;
  p->exit_code = known ? code : 0;
  p->stopped = FALSE;
  p->task_object = 0;
  p->task_number = 0;
  p->serves_process = 0;
  process->end_event = state->event;
  for (guint i = 0; i < p->holds->len; i++)
    pn_state_find_object (state, g_array_index (p->holds, guint32, i))->public.abandoned
        = TRUE;
  for (guint i = process->first_child; i != 0;)
    {
      PnProcessData *child = g_ptr_array_index (state->processes, i - 1);

      if (child->public.state == PN_PROCESS_ZOMBIE)
        pn_state_set_process (state, child, PN_PROCESS_GONE);
      i = child->next_sibling;
    }
}

static void
apply_start (PnState *state, const PnTraceEvent *event)
{
  gboolean is_new = pn_state_find_process (state, event->peer) == NULL;
  PnProcessData *child = pn_state_need_process (state, event->peer, event->process);

  if (child == NULL)
    return;
  if (is_new)
    child->public.state = PN_PROCESS_STARTING;
  if (child->start_event != PN_NO_EVENT)
    return;
  child->start_event = state->event;
  child->public.daemon = (event->flags & PN_FLAG_DAEMON) != 0;
  if (event->text[0] != '\0')
    child->public.name = event->text;
  pn_state_touch (state, child);
}

static void
apply_join (PnState *state, const PnTraceEvent *event)
{
  PnProcessData *child = pn_state_need_process (state, event->peer, event->process);

  if (child == NULL || (event->flags & PN_FLAG_FAILED) != 0)
    return;
  end_process (state, child, TRUE, event->value);
  if (child->public.state == PN_PROCESS_ZOMBIE)
    pn_state_set_process (state, child, PN_PROCESS_GONE);
}

static void
apply_signal (PnState *state, const PnTraceEvent *event)
{
  PnProcessData *receiver = pn_state_find_process (state, event->peer);

  if (receiver == NULL)
    return;
  receiver->signal_event = state->event;
  receiver->signal_sender = event->process;
  receiver->signal_number = event->value;
}

static void
apply_stop (PnState *state, PnProcessData *process, gboolean stopped)
{
  if (pn_process_has_ended (&process->public))
    return;
  process->public.stopped = stopped;
  if (stopped)
    process->stop_event = state->event;
  pn_state_touch (state, process);
}

static void
apply_begin (PnState *state, PnProcessData *process, const PnTraceEvent *event)
{
  process->begin_event = state->event;
  process->public.pid = event->value;
}

static void
apply_sleep (PnState *state, PnProcessData *process, const PnTraceEvent *event)
{
  pn_state_set_process (state, process, PN_PROCESS_SLEEPING);
  process->public.wait_kind = event->kind;
  process->public.wait_timeout_ns = MAX (event->value, 0);
}

static void
apply_join_wait (PnState *state, PnProcessData *process, const PnTraceEvent *event)
{
  pn_state_set_process (state, process, PN_PROCESS_JOINING);
  process->public.wait_kind = event->kind;
  process->public.wait_process = event->peer;
  process->public.wait_timeout_ns = MAX (event->value, -1);
}

static void
apply_process (PnState *state, PnProcessData *process, const PnTraceEvent *event)
{
  switch (event->kind)
    {
    case PN_KIND_PROCESS_START:
      apply_start (state, event);
      break;
    case PN_KIND_PROCESS_BEGIN:
      apply_begin (state, process, event);
      break;
    case PN_KIND_PROCESS_EXIT:
      process->public.exiting = TRUE;
      process->exit_event = state->event;
      break;
    case PN_KIND_PROCESS_END:
      if (!pn_process_has_ended (&process->public))
        process->public.end_reason = event->text;
      end_process (state, process, (event->flags & PN_FLAG_UNKNOWN) == 0, event->value);
      break;
    case PN_KIND_PROCESS_JOIN_WAIT:
      if (!pn_process_has_ended (&process->public))
        apply_join_wait (state, process, event);
      break;
    case PN_KIND_PROCESS_JOIN:
      apply_join (state, event);
      break;
    case PN_KIND_PROCESS_SIGNAL:
      apply_signal (state, event);
      break;
    case PN_KIND_PROCESS_STOP:
    case PN_KIND_PROCESS_CONTINUE:
      apply_stop (state, process, event->kind == PN_KIND_PROCESS_STOP);
      break;
    case PN_KIND_SLEEP_BEGIN:
      if (!pn_process_has_ended (&process->public))
        apply_sleep (state, process, event);
      break;
    default:
      break;
    }
}

/* What its own act says about the process before the act itself counts. What it names
 * or prints, it names or prints where it is, but another of its threads may wait. */
static void
note_act (PnState *state, PnProcessData *process, const PnTraceEvent *event)
{
  PnProcess *p = &process->public;
  gboolean acts = is_own_act (event->kind);

  if (pn_process_has_ended (p))
    return;
  if (acts && p->state != PN_PROCESS_RUNNING)
    pn_state_set_process (state, process, PN_PROCESS_RUNNING);
  if (event->site != 0
      && (acts || event->kind == PN_KIND_NAME || event->kind == PN_KIND_OUTPUT_LINE))
    {
      p->site = event->site;
      p->line = event->line;
    }
}

static gboolean
is_wait (PnKind kind)
{
  return kind == PN_KIND_PROCESS_JOIN_WAIT || kind == PN_KIND_LOCK_WAIT
         || kind == PN_KIND_PIPE_SEND_WAIT || kind == PN_KIND_PIPE_RECV_WAIT
         || kind == PN_KIND_MANAGER_CALL;
}

void
pn_state_apply (PnState *state, const PnTraceEvent *event, gsize index)
{
  PnStateData *data = PN_STATE_DATA (state);
  PnProcessData *process;
  const PnObject *object;
  guint32 owner_before;

  if (data->touched != NULL)
    g_array_set_size (data->touched, 0);
  data->hops = MIN (data->hops + PN_HOPS_AN_EVENT, PN_HOPS_MAX);
  state->event = index;
  state->time_ns = event->time_ns;

  object = pn_state_get_object (state, event->object);
  owner_before = object != NULL ? object->owner : 0;
  process = pn_state_need_process (
      state, event->process, event->kind == PN_KIND_PROCESS_BEGIN ? event->peer : 0);
  if (process != NULL)
    note_act (state, process, event);
  if (event->kind >= PN_KIND_LOCK_WAIT || event->kind == PN_KIND_NAME)
    pn_state_apply_object (state, process, event);
  else if (process != NULL || event->kind == PN_KIND_PROCESS_START)
    apply_process (state, process, event);

  if (data->n_rings > 0)
    {
      pn_state_check_ring (state, event->process);
      pn_state_check_ring (state, event->peer);
      pn_state_check_ring (state, owner_before);
    }
  if (data->n_knots > 0)
    pn_state_check_knots (state, event, owner_before);
  if (process != NULL && is_wait (event->kind))
    pn_state_find_ring (state, event->process);
  else
    pn_state_find_knots_after (state, event);
}
