/* SPDX-License-Identifier: MIT */
#include "pn-model-private.h"

#include "pn-history-private.h"
#include "pn-text.h"

/* A checkpoint each 4,096 events makes a step back cost some 0.2 ms at most. A state
 * with many processes or messages is kept less often, so that all checkpoints together
 * stay below some 40 bytes an event, whatever the recording. */
#define CHECKPOINT_EVENTS 4096

struct _PnModel
{
  PnTrace *trace;
  gsize n_events;
  PnState *head; /* after the last event */
  PnHistory *history;
  GPtrArray *checkpoints; /* PnState; the first is before all events */
  PnState *cursor;        /* what get_state gave last; NULL: nothing, or head */
  PnState *before;        /* the same, for sentences */
  GArray *output;         /* gsize: the output.line events */
  GHashTable *names;      /* id -> "process 7", of those that no state knows */
};

PnModel *
pn_model_new (PnTrace *trace)
{
  PnModel *model = g_new0 (PnModel, 1);

  model->trace = pn_trace_ref (trace);
  model->head = pn_state_new ();
  model->history = pn_history_new ();
  model->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify)pn_state_free);
  g_ptr_array_add (model->checkpoints, pn_state_new ());
  model->output = g_array_new (FALSE, FALSE, sizeof (gsize));
  model->names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  pn_state_keep_touched (model->head);
  return model;
}

void
pn_model_free (PnModel *model)
{
  g_clear_pointer (&model->cursor, pn_state_free);
  g_clear_pointer (&model->before, pn_state_free);
  pn_history_free (model->history);
  pn_state_free (model->head);
  g_ptr_array_unref (model->checkpoints);
  g_array_unref (model->output);
  g_hash_table_unref (model->names);
  pn_trace_unref (model->trace);
  g_free (model);
}

PnTrace *
pn_model_get_trace (PnModel *model)
{
  return model->trace;
}

gsize
pn_model_get_n_events (PnModel *model)
{
  return model->n_events;
}

const PnHistory *
pn_model_get_history (PnModel *model)
{
  return model->history;
}

/* The events that the state is after: the first checkpoint is after none. */
static gsize
count_before (const PnState *state)
{
  return state->event == PN_NO_EVENT ? 0 : state->event + 1;
}

static void
keep_checkpoint (PnModel *model)
{
  const PnState *last
      = g_ptr_array_index (model->checkpoints, model->checkpoints->len - 1);
  gsize weight = PN_STATE_DATA (model->head)->weight;
  gsize due = MAX (CHECKPOINT_EVENTS, weight);

  if (count_before (model->head) - count_before (last) >= due)
    g_ptr_array_add (model->checkpoints, pn_state_copy (model->head));
}

gsize
pn_model_update (PnModel *model)
{
  gsize n = pn_trace_get_n_events (model->trace);

  if (n == model->n_events)
    return n;
  for (gsize i = model->n_events; i < n; i++)
    {
      PnTraceEvent event = pn_trace_get_event (model->trace, i);

      pn_state_apply (model->head, &event, i);
      pn_history_apply (model->history, model->head, &event);
      if (event.kind == PN_KIND_OUTPUT_LINE)
        g_array_append_val (model->output, i);
      keep_checkpoint (model);
    }
  model->n_events = n;
  pn_history_settle (model->history, n, model->head->time_ns);
  return n;
}

/* The last checkpoint that is after @n events at most. */
static const PnState *
find_checkpoint (PnModel *model, gsize n)
{
  guint low = 0;
  guint high = model->checkpoints->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (count_before (g_ptr_array_index (model->checkpoints, middle)) <= n)
        low = middle;
      else
        high = middle;
    }
  return g_ptr_array_index (model->checkpoints, low);
}

/* Moves *@cursor to be after the first @n events. */
static const PnState *
seek (PnModel *model, PnState **cursor, gsize n)
{
  const PnState *checkpoint = find_checkpoint (model, n);

  if (*cursor == NULL || count_before (*cursor) > n
      || count_before (*cursor) < count_before (checkpoint))
    {
      g_clear_pointer (cursor, pn_state_free);
      *cursor = pn_state_copy (checkpoint);
    }
  for (gsize i = count_before (*cursor); i < n; i++)
    {
      PnTraceEvent event = pn_trace_get_event (model->trace, i);

      pn_state_apply (*cursor, &event, i);
    }
  return *cursor;
}

const PnState *
pn_model_get_state (PnModel *model, gsize index)
{
  g_return_val_if_fail (index < model->n_events, NULL);

  if (index == model->n_events - 1)
    return model->head;
  return seek (model, &model->cursor, index + 1);
}

const PnState *
pn_model_get_state_before (PnModel *model, gsize index)
{
  return seek (model, &model->before, index);
}

const char *
pn_model_get_process_name (PnModel *model, guint32 process)
{
  const PnProcess *known = pn_state_get_process (model->head, process);
  gpointer key = GUINT_TO_POINTER (process);

  if (process == 0)
    return "runner";
  if (known != NULL)
    return known->name;
  if (!g_hash_table_contains (model->names, key))
    g_hash_table_insert (model->names, key, g_strdup_printf ("process %u", process));
  return g_hash_table_lookup (model->names, key);
}

const char *
pn_model_get_object_name (PnModel *model, guint32 object)
{
  const PnObject *known = pn_state_get_object (model->head, object);

  return known != NULL ? known->name : "";
}

static gboolean
is_step_of (PnModel *model, gsize index, guint32 process)
{
  PnTraceEvent event = pn_trace_get_event (model->trace, index);

  if (event.kind == PN_KIND_NAME && event.peer == PN_OBJECT_FILE)
    return FALSE;
  return process == 0 || event.process == process;
}

gboolean
pn_model_is_step (PnModel *model, gsize index)
{
  g_return_val_if_fail (index < model->n_events, FALSE);

  return is_step_of (model, index, 0);
}

gsize
pn_model_next_step (PnModel *model, gsize index, guint32 process)
{
  for (gsize i = index + 1; i < model->n_events; i++)
    if (is_step_of (model, i, process))
      return i;
  return index;
}

gsize
pn_model_previous_step (PnModel *model, gsize index, guint32 process)
{
  for (gsize i = MIN (index, model->n_events); i > 0; i--)
    if (is_step_of (model, i - 1, process))
      return i - 1;
  return index;
}

char *
pn_model_dup_output (PnModel *model, gsize index)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < model->output->len; i++)
    {
      gsize at = g_array_index (model->output, gsize, i);

      if (at > index)
        break;
      pn_text_append_visible (string, pn_trace_get_event (model->trace, at).text, 0);
      g_string_append_c (string, '\n');
    }
  return g_string_free (string, FALSE);
}
