/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

/* A process waits for one thing at a time, and a lock has one holder: from each process
 * at most one edge leads on, but at a pipe, for which see pn-knot.c. A cycle can only
 * be closed by the process that begins to wait, so following the edges from there finds
 * it. */

guint32
pn_state_get_blocker (const PnState *state, const PnProcess *process)
{
  const PnObject *object;
  const PnProcess *blocker;
  guint32 id = 0;

  if (process->wait_timeout_ns >= 0)
    return 0;
  if (process->state == PN_PROCESS_JOINING)
    id = process->wait_process;
  else if (process->wait_kind == PN_KIND_MANAGER_CALL)
    id = PN_PROCESS_DATA (process)->call_server;
  else if (pn_kind_is_of_pipe (process->wait_kind)
           && PN_PROCESS_DATA (process)->is_knot_ring)
    id = PN_PROCESS_DATA (process)->cycle_next;
  else if (process->wait_kind == PN_KIND_LOCK_WAIT)
    {
      object = pn_state_get_object (state, process->wait_object);
      id = object != NULL ? object->owner : 0;
    }
  blocker = pn_state_get_process (state, id);
  return blocker != NULL && !pn_process_has_ended (blocker) ? id : 0;
}

static guint32
get_next (const PnState *state, guint32 id)
{
  return PN_PROCESS_DATA (pn_state_get_process (state, id))->cycle_next;
}

void
pn_state_list_ring (const PnState *state, const PnProcess *process, GArray *ret_ids)
{
  guint32 first = process->id;
  guint32 id;

  for (id = get_next (state, process->id); id != process->id; id = get_next (state, id))
    first = MIN (first, id);
  id = first;

  g_array_set_size (ret_ids, 0);
  do
    {
      g_array_append_val (ret_ids, id);
      id = get_next (state, id);
    }
  while (id != first);
}

/* The oldest deadlock that is left. */
static void
list_oldest (PnState *state)
{
  PnStateData *data = PN_STATE_DATA (state);

  g_array_set_size (state->deadlock, 0);
  for (; data->n_rings > 0 && data->first_ring < data->rings->len; data->first_ring++)
    {
      guint32 id = g_array_index (data->rings, guint32, data->first_ring);
      PnProcessData *process = pn_state_find_process (state, id);

      if (process->cycle_next != 0)
        {
          pn_state_list_ring (state, &process->public, state->deadlock);
          return;
        }
    }
  data->weight -= data->rings->len;
  g_array_set_size (data->rings, 0);
  data->first_ring = 0;
}

static void
forget_ring (PnState *state, PnProcessData *process)
{
  PN_STATE_DATA (state)->n_rings--;
  PN_STATE_DATA (state)->n_knots -= process->is_knot_ring;
  while (process->cycle_next != 0)
    {
      PnProcessData *next = pn_state_find_process (state, process->cycle_next);

      process->cycle_next = process->cycle_previous = 0;
      process->is_knot_ring = FALSE;
      process->public.deadlock = FALSE;
      pn_state_touch (state, process);
      process = next;
    }
}

/* An event changes where the process leads that it is about, or who leads to it: these
 * two edges are all that can have gone. */
static gboolean
is_ring_whole (const PnState *state, const PnProcessData *process)
{
  const PnProcess *previous = pn_state_get_process (state, process->cycle_previous);

  return pn_state_get_blocker (state, &process->public) == process->cycle_next
         && pn_state_get_blocker (state, previous) == process->public.id;
}

void
pn_state_link (PnState *state, PnProcessData *process, PnProcessData *next)
{
  process->cycle_next = next->public.id;
  next->cycle_previous = process->public.id;
  process->public.deadlock = TRUE;
  pn_state_touch (state, process);
}

void
pn_state_add_ring (PnState *state, PnProcessData *process)
{
  PnStateData *data = PN_STATE_DATA (state);

  g_array_append_val (data->rings, process->public.id);
  data->weight++;
  data->n_rings++;
  data->n_knots += process->is_knot_ring;
  data->n_rings_ever++;
  if (state->deadlock->len == 0)
    pn_state_list_ring (state, &process->public, state->deadlock);
}

void
pn_state_drop_ring (PnState *state, PnProcessData *process)
{
  gboolean is_listed = FALSE;

  for (guint i = 0; i < state->deadlock->len; i++)
    is_listed |= g_array_index (state->deadlock, guint32, i) == process->public.id;
  forget_ring (state, process);
  if (is_listed)
    list_oldest (state);
}

void
pn_state_check_ring (PnState *state, guint32 suspect)
{
  PnProcessData *process = pn_state_find_process (state, suspect);

  if (process != NULL && process->cycle_next != 0 && !is_ring_whole (state, process))
    pn_state_drop_ring (state, process);
}

void
pn_state_find_ring (PnState *state, guint32 id)
{
  PnStateData *data = PN_STATE_DATA (state);
  PnProcessData *process = pn_state_find_process (state, id);
  PnProcessData *at = process;
  PnProcessData *next;

  if (process->cycle_next != 0)
    return;
  for (guint i = 0; i <= PN_CYCLE_MAX && data->hops > 0; i++, data->hops--)
    {
      if (pn_kind_is_of_pipe (at->public.wait_kind))
        {
          pn_state_find_knot (state, id);
          return;
        }
      at = pn_state_find_process (state, pn_state_get_blocker (state, &at->public));
      if (at == NULL || at->cycle_next != 0)
        return;
      if (at == process)
        break;
    }
  if (at != process)
    return;
  do
    {
      next = pn_state_find_process (state, pn_state_get_blocker (state, &at->public));
      pn_state_link (state, at, next);
      at = next;
    }
  while (at != process);
  pn_state_add_ring (state, process);
}
