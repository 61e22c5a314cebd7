/* SPDX-License-Identifier: MIT */
#include "pn-history-private.h"

static void
add_arrow (PnHistoryData *data,
           PnArrowKind kind,
           gsize from_event,
           gint64 from_ns,
           guint32 from_process,
           guint32 to_process)
{
  PnArrow arrow = { .kind = kind,
                    .from_event = from_event,
                    .from_ns = from_ns,
                    .to_event = data->state->event,
                    .to_ns = data->state->time_ns,
                    .from_process = from_process,
                    .to_process = to_process,
                    .object = data->event->object,
                    .text = data->event->text };

  g_array_append_val (data->public.arrows, arrow);
}

static void
add_instant (PnHistoryData *data,
             PnArrowKind kind,
             guint32 from_process,
             guint32 to_process)
{
  add_arrow (
      data, kind, data->state->event, data->state->time_ns, from_process, to_process);
}

static void
note_start (PnHistoryData *data)
{
  PnProcessLaneData *child = pn_history_find_process (data, data->event->peer);

  if (child == NULL || child->start_event != PN_EVENT_OPEN)
    return;
  child->start_event = data->state->event;
  child->start_ns = data->state->time_ns;
}

static void
add_start (PnHistoryData *data)
{
  PnProcessLaneData *child = pn_history_find_process (data, data->event->process);

  if (child != NULL && child->start_event != PN_EVENT_OPEN && child->public.parent != 0)
    add_arrow (data,
               PN_ARROW_START,
               child->start_event,
               child->start_ns,
               child->public.parent,
               child->public.process);
}

static void
add_join (PnHistoryData *data)
{
  PnProcessLaneData *child = pn_history_find_process (data, data->event->peer);

  if (child != NULL && child->public.end_event != PN_EVENT_OPEN)
    add_arrow (data,
               PN_ARROW_JOIN,
               child->public.end_event,
               child->public.end_ns,
               child->public.process,
               data->event->process);
}

/* From a release to the acquire of one who waited while it happened. */
static void
add_handoff (PnHistoryData *data)
{
  PnProcessLaneData *taker = pn_history_find_process (data, data->event->process);
  PnObjectLaneData *lane = pn_history_find_object (data, data->event->object);
  const PnSpan *wait;

  if (taker == NULL || lane == NULL || taker->span == 0
      || lane->release_event == PN_EVENT_OPEN)
    return;
  wait = &g_array_index (taker->public.spans, PnSpan, taker->span - 1);
  if (wait->kind != PN_SPAN_WAIT || wait->object != data->event->object
      || wait->begin_event > lane->release_event
      || lane->release_process == data->event->process)
    return;
  add_arrow (data,
             PN_ARROW_HANDOFF,
             lane->release_event,
             lane->release_ns,
             lane->release_process,
             data->event->process);
}

/* Not a value's first one, which makes it. A server's writes into its lists are the
 * calls of its clients, drawn already. */
static void
add_access (PnHistoryData *data)
{
  const PnObjectLaneData *lane = pn_history_find_object (data, data->event->object);

  if (lane == NULL || lane->public.kind != PN_OBJECT_VALUE)
    return;
  if (data->event->kind == PN_KIND_VALUE_WRITE && lane->public.steps->len > 0)
    add_instant (data, PN_ARROW_IN, data->event->process, 0);
  else if (data->event->kind == PN_KIND_VALUE_READ)
    add_instant (data, PN_ARROW_OUT, 0, data->event->process);
}

void
pn_history_add_arrows (PnHistoryData *data)
{
  const PnTraceEvent *event = data->event;

  if ((event->flags & PN_FLAG_FAILED) != 0)
    return;
  switch (event->kind)
    {
    case PN_KIND_PROCESS_START:
      note_start (data);
      break;
    case PN_KIND_PROCESS_BEGIN:
      add_start (data);
      break;
    case PN_KIND_PROCESS_JOIN:
      add_join (data);
      break;
    case PN_KIND_PROCESS_SIGNAL:
      add_instant (data, PN_ARROW_SIGNAL, event->process, event->peer);
      break;
    case PN_KIND_LOCK_ACQUIRE:
      add_handoff (data);
      break;
    case PN_KIND_QUEUE_PUT:
    case PN_KIND_PIPE_SEND:
    case PN_KIND_POOL_SUBMIT:
    case PN_KIND_POOL_DONE:
    case PN_KIND_MANAGER_CALL:
      add_instant (data, PN_ARROW_IN, event->process, 0);
      break;
    case PN_KIND_QUEUE_GET:
    case PN_KIND_PIPE_RECV:
    case PN_KIND_POOL_BEGIN:
    case PN_KIND_POOL_RESULT:
    case PN_KIND_MANAGER_SERVE:
    case PN_KIND_MANAGER_REPLY:
      add_instant (data, PN_ARROW_OUT, 0, event->process);
      break;
    case PN_KIND_VALUE_READ:
    case PN_KIND_VALUE_WRITE:
      add_access (data);
      break;
    default:
      break;
    }
}
