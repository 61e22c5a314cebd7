/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

/* Deadlocks at pipes. Who waits for a message, or for room for one, waits for anyone
 * who has a copy of the other end: from a process several edges may lead on, and a
 * cycle alone proves nothing. But if all that can be reached wait, each without an end
 * to it and only for each other, then none of them ever goes on. Such a set is closed,
 * and a cycle in it is the deadlock. It is a ring as others are; what it stands on is
 * checked again when something happens that may have changed it. */

typedef struct
{
  PnState *state;
  guint stamp; /* of the processes that were reached */
  GPtrArray *reached;
} Search;

static gboolean
is_stuck (const PnProcess *process)
{
  return (process->state == PN_PROCESS_WAITING || process->state == PN_PROCESS_JOINING)
         && process->wait_timeout_ns < 0;
}

/* An idle server never uses a pipe. */
static gboolean
may_use (const PnState *state,
         const PnObjectData *pipe,
         const PnProcess *process,
         guint32 end)
{
  return !pn_process_has_ended (process)
         && process->wait_kind != PN_KIND_MANAGER_SERVE_WAIT
         && pn_pipe_has_end (state, pipe, process, end);
}

static gboolean
reach (Search *search, guint32 id)
{
  PnProcessData *process = pn_state_find_process (search->state, id);

  if (process == NULL || !is_stuck (&process->public))
    return FALSE;
  if (process->stamp == search->stamp)
    return TRUE;
  process->stamp = search->stamp;
  g_ptr_array_add (search->reached, process);
  return TRUE;
}

static gboolean
spend (PnState *state, gsize hops)
{
  PnStateData *data = PN_STATE_DATA (state);

  if (data->hops < hops)
    return FALSE;
  data->hops -= (guint)hops;
  return TRUE;
}

/* Whether what it waits for may have come already: a message, or room. Who receives a
 * large message makes room before it says so. */
static gboolean
may_have_come (const PnState *state,
               const PnObjectData *pipe,
               const PnProcessData *process)
{
  if (process->public.wait_kind == PN_KIND_PIPE_RECV_WAIT)
    return pn_pipe_has_message (&pipe->public, process->wait_end);
  for (guint i = 0; i < pipe->public.waiters->len; i++)
    {
      guint32 id = g_array_index (pipe->public.waiters, guint32, i);
      const PnProcess *other = pn_state_get_process (state, id);

      if (other->wait_kind == PN_KIND_PIPE_RECV_WAIT
          && PN_PROCESS_DATA (other)->wait_end != process->wait_end)
        return TRUE;
    }
  return pipe->received_event != PN_NO_EVENT
         && pipe->received_event > process->public.since_event;
}

/* All who have the other end, but itself. FALSE: one of them may go on, or nobody has
 * it and the process will learn that. */
static gboolean
reach_others (Search *search, const PnProcessData *process)
{
  PnState *state = search->state;
  const PnObjectData *pipe = pn_state_find_object (state, process->public.wait_object);
  guint32 end = 3 - process->wait_end;
  const PnProcess *last;

  if (pipe == NULL || !pn_pipe_knows_ends (pipe) || (end != 1 && end != 2))
    return FALSE;
  /* Most often this is who sends next. */
  last = pn_state_get_process (state, pipe->last_sender[end - 1]);
  if (last != NULL && !is_stuck (last) && may_use (state, pipe, last, end))
    return FALSE;
  if (!spend (state, pn_pipe_get_cost (state, pipe))
      || may_have_come (state, pipe, process) || !pn_pipe_has_holder (state, pipe, end))
    return FALSE;
  for (guint i = 0; i < state->processes->len; i++)
    {
      const PnProcess *other = g_ptr_array_index (state->processes, i);

      if (other != &process->public && may_use (state, pipe, other, end)
          && !reach (search, other->id))
        return FALSE;
    }
  return TRUE;
}

static gboolean
reach_all (Search *search, guint32 from)
{
  PnState *state = search->state;

  search->stamp = ++PN_STATE_DATA (state)->stamp;
  if (!reach (search, from))
    return FALSE;
  for (guint i = 0; i < search->reached->len; i++)
    {
      const PnProcessData *process = g_ptr_array_index (search->reached, i);
      guint32 blocker = 0;

      if (i >= PN_CYCLE_MAX || !spend (state, 1))
        return FALSE;
      if (pn_kind_is_of_pipe (process->public.wait_kind))
        {
          if (!reach_others (search, process))
            return FALSE;
          continue;
        }
      blocker = pn_state_get_blocker (state, &process->public);
      if (blocker == 0 || !reach (search, blocker))
        return FALSE;
    }
  return TRUE;
}

/* Of those whom it waits for, all of which were reached: one that waits at the same
 * pipe, else @wanted if it is one, else any; itself if it alone has the other end. */
static PnProcessData *
choose_next (const Search *search, PnProcessData *process, PnProcessData *wanted)
{
  PnState *state = search->state;
  const PnObjectData *pipe;
  guint32 end = 3 - process->wait_end;
  PnProcessData *chosen = process;

  if (!pn_kind_is_of_pipe (process->public.wait_kind))
    return pn_state_find_process (state,
                                  pn_state_get_blocker (state, &process->public));
  pipe = pn_state_find_object (state, process->public.wait_object);
  if (wanted != process && may_use (state, pipe, &wanted->public, end))
    chosen = wanted;
  for (guint i = 0; i < search->reached->len; i++)
    {
      PnProcessData *other = g_ptr_array_index (search->reached, i);

      if (other == process || !may_use (state, pipe, &other->public, end))
        continue;
      if (other->public.wait_object == pipe->public.id)
        return other;
      if (chosen == process)
        chosen = other;
    }
  return chosen;
}

/* Where the way from the first that was reached comes round. */
static PnProcessData *
find_cycle (const Search *search)
{
  PnProcessData *first = g_ptr_array_index (search->reached, 0);
  PnProcessData *at = first;
  guint stamp = ++PN_STATE_DATA (search->state)->stamp;

  while (at->stamp != stamp)
    {
      at->stamp = stamp;
      at = choose_next (search, at, first);
    }
  return at;
}

/* Only if none of them is in a deadlock that is known. */
static void
tie (const Search *search, PnProcessData *begin)
{
  PnProcessData *first = g_ptr_array_index (search->reached, 0);
  PnProcessData *at = begin;

  do
    {
      if (at->cycle_next != 0)
        return;
      at = choose_next (search, at, first);
    }
  while (at != begin);
  for (guint i = 0; i < search->reached->len; i++)
    ((PnProcessData *)g_ptr_array_index (search->reached, i))->in_knot = TRUE;
  do
    {
      PnProcessData *next = choose_next (search, at, first);

      at->is_knot_ring = TRUE;
      pn_state_link (search->state, at, next);
      at = next;
    }
  while (at != begin);
  pn_state_add_ring (search->state, begin);
}

void
pn_state_find_knot (PnState *state, guint32 process)
{
  g_autoptr (GPtrArray) reached = g_ptr_array_new ();
  Search search = { .state = state, .reached = reached };

  if (reach_all (&search, process))
    tie (&search, find_cycle (&search));
}

static gboolean
holds_together (PnState *state, PnProcessData *ring)
{
  g_autoptr (GPtrArray) reached = g_ptr_array_new ();
  Search search = { .state = state, .reached = reached };
  PnProcessData *at = ring;

  if (!reach_all (&search, ring->public.id))
    return FALSE;
  do
    {
      PnProcessData *next = pn_state_find_process (state, at->cycle_next);

      if (next != at && next->stamp != search.stamp)
        return FALSE;
      if (next != at && pn_kind_is_of_pipe (at->public.wait_kind)
          && !may_use (state,
                       pn_state_find_object (state, at->public.wait_object),
                       &next->public,
                       3 - at->wait_end))
        return FALSE;
      at = next;
    }
  while (at != ring);
  return TRUE;
}

static gboolean
is_in_knot (const PnState *state, guint32 id)
{
  const PnProcess *process = pn_state_get_process (state, id);

  return process != NULL && PN_PROCESS_DATA (process)->in_knot;
}

static gboolean
may_change_knots (const PnState *state, const PnTraceEvent *event, guint32 owner_before)
{
  const PnObject *object = pn_state_get_object (state, event->object);

  switch (event->kind)
    {
    case PN_KIND_PROCESS_START:
    case PN_KIND_PROCESS_BEGIN:
    case PN_KIND_PROCESS_END:
    case PN_KIND_PROCESS_JOIN:
    case PN_KIND_PIPE_CLOSE:
      return TRUE;
    case PN_KIND_PIPE_SEND:
    case PN_KIND_PIPE_RECV:
      for (guint i = 0; object != NULL && i < object->waiters->len; i++)
        if (is_in_knot (state, g_array_index (object->waiters, guint32, i)))
          return TRUE;
      return is_in_knot (state, event->process);
    default:
      return is_in_knot (state, event->process) || is_in_knot (state, owner_before);
    }
}

void
pn_state_check_knots (PnState *state, const PnTraceEvent *event, guint32 owner_before)
{
  PnStateData *data = PN_STATE_DATA (state);

  if (!may_change_knots (state, event, owner_before))
    return;
  for (guint i = data->first_ring; i < data->rings->len && data->n_knots > 0; i++)
    {
      guint32 id = g_array_index (data->rings, guint32, i);
      PnProcessData *process = pn_state_find_process (state, id);

      if (process->is_knot_ring && !holds_together (state, process))
        pn_state_drop_ring (state, process);
    }
}

static void
find_at (PnState *state, const PnObject *pipe)
{
  for (guint i = 0; i < pipe->waiters->len; i++)
    {
      guint32 id = g_array_index (pipe->waiters, guint32, i);
      PnProcessData *process = pn_state_find_process (state, id);

      if (pn_kind_is_of_pipe (process->public.wait_kind) && process->cycle_next == 0)
        pn_state_find_knot (state, id);
    }
}

/* A copy of an end less may leave only those who wait. Nothing is found in who is left
 * while the runner kills one after the other. */
void
pn_state_find_knots_after (PnState *state, const PnTraceEvent *event)
{
  const PnObject *pipe = pn_state_get_object (state, event->object);

  if (event->kind == PN_KIND_PIPE_CLOSE && pipe != NULL)
    find_at (state, pipe);
  if (event->kind != PN_KIND_PROCESS_END || event->text[0] != '\0'
      || !spend (state, state->objects->len))
    return;
  for (guint i = 0; i < state->objects->len; i++)
    {
      pipe = g_ptr_array_index (state->objects, i);
      if (pipe->kind == PN_OBJECT_PIPE)
        find_at (state, pipe);
    }
}
