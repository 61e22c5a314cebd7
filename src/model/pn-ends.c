/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

/* Who has copies of a pipe's ends. The process that makes a pipe has both; one that is
 * started gets a copy of each that its parent has then; and each closes its own. So the
 * closes are kept, and the rest follows from who started whom, and when. */

#define ANCESTORS_MAX 16
#define CLOSES_MAX 256

void
pn_pipe_note_close (PnState *state, PnObjectData *pipe, const PnTraceEvent *event)
{
  PnClosed closed = { event->process, event->peer, state->event };

  if (pipe->closes == NULL)
    pipe->closes = g_array_new (FALSE, FALSE, sizeof (PnClosed));
  if (event->peer != 1 && event->peer != 2)
    pipe->ends_unknown = TRUE;
  if (pipe->closes->len >= CLOSES_MAX || pipe->ends_unknown)
    {
      pipe->ends_unknown = TRUE;
      return;
    }
  g_array_append_val (pipe->closes, closed);
  PN_STATE_DATA (state)->weight++;
}

gboolean
pn_pipe_knows_ends (const PnObjectData *pipe)
{
  return pipe->public.kind == PN_OBJECT_PIPE && pipe->named && !pipe->ends_unknown
         && pipe->public.creator != 0;
}

gsize
pn_pipe_get_cost (const PnState *state, const PnObjectData *pipe)
{
  gsize n_closes = pipe->closes != NULL ? pipe->closes->len : 0;

  return state->processes->len * (1 + n_closes / 8) + pipe->public.waiters->len
         + MIN (pipe->public.n_messages, PN_SEARCH_MAX);
}

static gboolean
has_closed (const PnObjectData *pipe, guint32 process, guint32 end, gsize before)
{
  for (guint i = 0; pipe->closes != NULL && i < pipe->closes->len; i++)
    {
      const PnClosed *closed = &g_array_index (pipe->closes, PnClosed, i);

      if (closed->process == process && closed->end == end && closed->event < before)
        return TRUE;
    }
  return FALSE;
}

gboolean
pn_pipe_has_end (const PnState *state,
                 const PnObjectData *pipe,
                 const PnProcess *process,
                 guint32 end)
{
  gsize before = PN_NO_EVENT;
  gboolean is_timed = TRUE;

  for (guint depth = 0; process != NULL && depth < ANCESTORS_MAX; depth++)
    {
      gsize start = PN_PROCESS_DATA (process)->start_event;

      if (is_timed && has_closed (pipe, process->id, end, before))
        return FALSE;
      if (process->id == pipe->public.creator)
        return pipe->public.created_event < before;
      /* It forked without a start: before what its parent closed, maybe. */
      is_timed = start != PN_NO_EVENT;
      if (is_timed)
        before = start;
      process = pn_state_get_process (state, process->parent);
    }
  return process != NULL;
}

gboolean
pn_pipe_has_message (const PnObject *pipe, guint32 end)
{
  for (guint i = 0; i < MIN (pipe->n_messages, PN_SEARCH_MAX); i++)
    if (pipe->messages[i].end != end)
      return TRUE;
  return pipe->n_messages > PN_SEARCH_MAX;
}

gboolean
pn_pipe_has_holder (const PnState *state, const PnObjectData *pipe, guint32 end)
{
  for (guint i = 0; i < state->processes->len; i++)
    {
      const PnProcess *process = g_ptr_array_index (state->processes, i);

      if (!pn_process_has_ended (process)
          && pn_pipe_has_end (state, pipe, process, end))
        return TRUE;
    }
  return FALSE;
}
