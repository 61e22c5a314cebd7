/* SPDX-License-Identifier: MIT */
#include "pn-history-private.h"

/* Lanes that never get a span share an empty array. */
static GArray *
get_none (gsize element_bytes)
{
  static GArray *spans = NULL;
  static GArray *steps = NULL;
  GArray **none = element_bytes == sizeof (PnSpan) ? &spans : &steps;

  if (g_once_init_enter (none))
    g_once_init_leave (none, g_array_new (FALSE, FALSE, (guint)element_bytes));
  return *none;
}

static void
none_free (GArray *array, gsize element_bytes)
{
  if (array != get_none (element_bytes))
    g_array_unref (array);
}

static void
process_lane_free (gpointer pointer)
{
  PnProcessLaneData *lane = pointer;

  none_free (lane->public.spans, sizeof (PnSpan));
  none_free (lane->public.holds, sizeof (PnSpan));
  if (lane->hold_rows != NULL)
    g_array_unref (lane->hold_rows);
  g_free (lane);
}

static void
object_lane_free (gpointer pointer)
{
  PnObjectLaneData *lane = pointer;

  none_free (lane->public.owned, sizeof (PnSpan));
  none_free (lane->public.waiters, sizeof (PnSpan));
  none_free (lane->public.steps, sizeof (PnStep));
  if (lane->waiter_rows != NULL)
    g_array_unref (lane->waiter_rows);
  if (lane->task_rows != NULL)
    g_array_unref (lane->task_rows);
  g_free (lane);
}

PnHistory *
pn_history_new (void)
{
  PnHistoryData *data = g_new0 (PnHistoryData, 1);

  data->public.processes = g_ptr_array_new ();
  data->public.objects = g_ptr_array_new_with_free_func (object_lane_free);
  data->public.arrows = g_array_new (FALSE, FALSE, sizeof (PnArrow));
  data->public.deadlocks = g_array_new (FALSE, FALSE, sizeof (gsize));
  data->by_start = g_ptr_array_new_with_free_func (process_lane_free);
  data->processes = g_hash_table_new (NULL, NULL);
  data->objects = g_hash_table_new (NULL, NULL);
  return &data->public;
}

void
pn_history_free (PnHistory *history)
{
  PnHistoryData *data = PN_HISTORY_DATA (history);

  g_ptr_array_unref (history->processes);
  g_ptr_array_unref (history->objects);
  g_array_unref (history->arrows);
  g_array_unref (history->deadlocks);
  g_ptr_array_unref (data->by_start);
  g_hash_table_unref (data->processes);
  g_hash_table_unref (data->objects);
  g_free (data);
}

PnProcessLaneData *
pn_history_find_process (PnHistoryData *data, guint32 id)
{
  return g_hash_table_lookup (data->processes, GUINT_TO_POINTER (id));
}

PnObjectLaneData *
pn_history_find_object (PnHistoryData *data, guint32 id)
{
  return g_hash_table_lookup (data->objects, GUINT_TO_POINTER (id));
}

const PnProcessLane *
pn_history_get_process (const PnHistory *history, guint32 process)
{
  PnProcessLaneData *lane
      = pn_history_find_process (PN_HISTORY_DATA (history), process);

  return lane != NULL ? &lane->public : NULL;
}

const PnObjectLane *
pn_history_get_object (const PnHistory *history, guint32 object)
{
  PnObjectLaneData *lane = pn_history_find_object (PN_HISTORY_DATA (history), object);

  return lane != NULL ? &lane->public : NULL;
}

guint
pn_history_open_span (PnHistoryData *data, GArray **spans, const PnSpan *span)
{
  PnSpan open = *span;

  open.begin_event = data->state->event;
  open.begin_ns = data->state->time_ns;
  open.end_event = PN_EVENT_OPEN;
  open.end_ns = open.begin_ns;
  if (open.text == NULL)
    open.text = "";
  if (*spans == get_none (sizeof (PnSpan)))
    *spans = g_array_new (FALSE, FALSE, sizeof (PnSpan));
  g_array_append_val (*spans, open);
  return (*spans)->len;
}

PnSpan *
pn_history_close_span (PnHistoryData *data, GArray *spans, guint span)
{
  PnSpan *closed = &g_array_index (spans, PnSpan, span - 1);

  closed->end_event = data->state->event;
  closed->end_ns = data->state->time_ns;
  return closed;
}

gboolean
pn_history_open_row (PnHistoryData *data,
                     GArray **spans,
                     GArray **rows,
                     guint *n_rows,
                     guint32 id,
                     const PnSpan *span)
{
  PnSpan placed = *span;
  PnRow taken = { .id = id };
  guint row = 0;

  if (*rows == NULL)
    *rows = g_array_new (FALSE, FALSE, sizeof (PnRow));
  while (row < (*rows)->len && g_array_index (*rows, PnRow, row).span != 0)
    row++;
  if (row == PN_CROWD_MAX)
    return FALSE;
  placed.row = row;
  taken.span = pn_history_open_span (data, spans, &placed);
  if (row == (*rows)->len)
    g_array_append_val (*rows, taken);
  else
    g_array_index (*rows, PnRow, row) = taken;
  *n_rows = MAX (*n_rows, row + 1);
  return TRUE;
}

gboolean
pn_history_close_row (PnHistoryData *data, GArray *spans, GArray *rows, guint32 id)
{
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      PnRow *row = &g_array_index (rows, PnRow, i);

      if (row->span == 0 || row->id != id)
        continue;
      pn_history_close_span (data, spans, row->span);
      *row = (PnRow){ 0 };
      return TRUE;
    }
  return FALSE;
}

void
pn_history_add_process (PnHistoryData *data, const PnProcess *process)
{
  PnProcessLaneData *lane = g_new0 (PnProcessLaneData, 1);
  PnProcessLaneData *parent = pn_history_find_process (data, process->parent);

  lane->public.process = process->id;
  lane->public.parent = process->parent;
  lane->public.spans = lane->public.holds = get_none (sizeof (PnSpan));
  lane->public.end_event = PN_EVENT_OPEN;
  lane->start_event = PN_EVENT_OPEN;
  lane->order = data->by_start->len;
  if (parent != NULL)
    {
      lane->public.depth = parent->public.depth + 1;
      lane->parent = parent->order + 1;
      if (parent->last_child != 0)
        {
          PnProcessLaneData *last
              = g_ptr_array_index (data->by_start, parent->last_child - 1);

          last->next_sibling = lane->order + 1;
        }
      else
        parent->first_child = lane->order + 1;
      parent->last_child = lane->order + 1;
    }
  g_ptr_array_add (data->by_start, lane);
  g_hash_table_insert (data->processes, GUINT_TO_POINTER (process->id), lane);
  data->order_changed = TRUE;
}

void
pn_history_add_object (PnHistoryData *data, const PnObject *object)
{
  PnObjectLaneData *lane = g_new0 (PnObjectLaneData, 1);

  lane->public.object = object->id;
  lane->public.order = data->public.objects->len;
  lane->public.owned = lane->public.waiters = get_none (sizeof (PnSpan));
  lane->public.steps = get_none (sizeof (PnStep));
  lane->public.created_event = data->state->event;
  lane->public.created_ns = data->state->time_ns;
  lane->n_messages = G_MAXUINT; /* so that the first count is a step */
  lane->release_event = PN_EVENT_OPEN;
  g_ptr_array_add (data->public.objects, lane);
  g_hash_table_insert (data->objects, GUINT_TO_POINTER (object->id), lane);
}

guint
pn_entries_before (const GArray *entries, gsize event_offset, gsize event)
{
  gsize size = g_array_get_element_size ((GArray *)entries);
  guint low = 0, high = entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const char *entry = entries->data + middle * size;

      if (G_STRUCT_MEMBER (gsize, entry, event_offset) < event)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
