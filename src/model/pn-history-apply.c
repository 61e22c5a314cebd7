/* SPDX-License-Identifier: MIT */
#include "pn-history-private.h"

static void
note_deadlock (PnHistoryData *data)
{
  const PnStateData *state = PN_STATE_DATA (data->state);
  gsize event = data->state->event;

  if (state->n_rings_ever == data->n_rings)
    return;
  data->n_rings = state->n_rings_ever;
  g_array_append_val (data->public.deadlocks, event);
}

void
pn_history_apply (PnHistory *history, const PnState *state, const PnTraceEvent *event)
{
  PnHistoryData *data = PN_HISTORY_DATA (history);
  const GArray *touched = PN_STATE_DATA (state)->touched;

  data->state = state;
  data->event = event;
  if (history->begin_event == 0 && event->process != 0)
    {
      history->begin_event = state->event;
      history->begin_ns = state->time_ns;
    }
  while (data->by_start->len < state->processes->len)
    pn_history_add_process (data,
                            g_ptr_array_index (state->processes, data->by_start->len));
  while (history->objects->len < state->objects->len)
    pn_history_add_object (data,
                           g_ptr_array_index (state->objects, history->objects->len));

  /* Arrows look at the spans that this event is about to close. */
  pn_history_add_arrows (data);
  for (guint i = 0; i < touched->len; i++)
    pn_history_sync_process (data, g_array_index (touched, guint32, i));
  pn_history_sync_process (data, event->process);
  pn_history_sync_object (data, event->object);
  note_deadlock (data);
}

/* Each child below its parent, without recursion: a made-up tree may be deep. */
static void
order_lanes (PnHistoryData *data)
{
  GPtrArray *lanes = data->public.processes;

  g_ptr_array_set_size (lanes, 0);
  for (guint root = 0; root < data->by_start->len; root++)
    {
      PnProcessLaneData *lane = g_ptr_array_index (data->by_start, root);
      guint next = lane->parent == 0 ? root + 1 : 0;

      while (next != 0)
        {
          lane = g_ptr_array_index (data->by_start, next - 1);
          g_ptr_array_add (lanes, lane);
          next = lane->first_child;
          while (next == 0 && lane->parent != 0)
            {
              next = lane->next_sibling;
              lane = g_ptr_array_index (data->by_start, lane->parent - 1);
            }
        }
    }
}

static void
reach_rows (GArray *spans, GArray *rows, gint64 duration_ns)
{
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      guint span = g_array_index (rows, PnRow, i).span;

      if (span != 0)
        g_array_index (spans, PnSpan, span - 1).end_ns = duration_ns;
    }
}

void
pn_history_settle (PnHistory *history, gsize n_events, gint64 duration_ns)
{
  PnHistoryData *data = PN_HISTORY_DATA (history);

  history->n_events = n_events;
  history->duration_ns = duration_ns;
  for (guint i = 0; i < data->by_start->len; i++)
    {
      PnProcessLaneData *lane = g_ptr_array_index (data->by_start, i);

      if (lane->span != 0)
        g_array_index (lane->public.spans, PnSpan, lane->span - 1).end_ns = duration_ns;
      reach_rows (lane->public.holds, lane->hold_rows, duration_ns);
    }
  for (guint i = 0; i < history->objects->len; i++)
    {
      PnObjectLaneData *lane = g_ptr_array_index (history->objects, i);

      if (lane->span != 0)
        g_array_index (lane->public.owned, PnSpan, lane->span - 1).end_ns = duration_ns;
      reach_rows (lane->public.waiters, lane->waiter_rows, duration_ns);
      reach_rows (lane->public.owned, lane->task_rows, duration_ns);
    }
  if (data->order_changed)
    order_lanes (data);
  data->order_changed = FALSE;
}
