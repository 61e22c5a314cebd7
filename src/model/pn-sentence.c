/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

static void
tell_run_event (PnTelling *t)
{
  if (t->event.kind == PN_KIND_RUN_BEGIN)
    pn_tell (t,
             t->event.text[0] != '\0' ? "The run of “%L” begins." : "The run begins.");
  else if (t->event.kind == PN_KIND_RUN_END)
    pn_tell (t, t->event.text[0] != '\0' ? "The run ends: %L." : "The run ends.");
  else
    {
      pn_tell_count (t, (guint)CLAMP (t->event.value, 0, G_MAXINT), "event");
      g_string_append (
          t->out,
          t->event.value == 1
              ? " is missing here: its process died while it wrote it."
              : " are missing here: their processes died while they wrote them.");
    }
}

static const struct
{
  PnKind group;
  void (*tell) (PnTelling *t);
} groups[] = {
  { PN_KIND_PROCESS_START, pn_tell_process_event },
  { PN_KIND_SLEEP_BEGIN, pn_tell_process_event },
  { PN_KIND_LOCK_WAIT, pn_tell_lock_event },
  { PN_KIND_QUEUE_PUT, pn_tell_message_event },
  { PN_KIND_PIPE_SEND, pn_tell_message_event },
  { PN_KIND_VALUE_READ, pn_tell_value_event },
  { PN_KIND_POOL_SUBMIT, pn_tell_pool_event },
  { PN_KIND_MANAGER_CALL, pn_tell_manager_event },
  { PN_KIND_OUTPUT_LINE, pn_tell_process_event },
};

static gboolean
may_close_cycle (PnKind kind)
{
  return pn_kind_is_wait (kind) || kind == PN_KIND_MANAGER_CALL
         || kind == PN_KIND_PIPE_CLOSE || kind == PN_KIND_PROCESS_END;
}

char *
pn_model_dup_sentence (PnModel *model, gsize index)
{
  PnTelling t = { .model = model };

  g_return_val_if_fail (index < pn_model_get_n_events (model), NULL);

  t.event = pn_trace_get_event (pn_model_get_trace (model), index);
  t.failed = (t.event.flags & PN_FLAG_FAILED) != 0;
  t.now_ns = t.event.time_ns;
  t.state = pn_model_get_state_before (model, index);
  t.process = pn_state_get_process (t.state, t.event.process);
  t.peer = pn_state_get_process (t.state, t.event.peer);
  t.object = pn_state_get_object (t.state, t.event.object);
  t.out = g_string_new (NULL);

  if (t.event.kind == PN_KIND_NAME)
    pn_tell_value_event (&t);
  else if (t.event.kind < PN_KIND_NAME)
    tell_run_event (&t);
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    if (t.event.kind >> 8 == groups[i].group >> 8)
      groups[i].tell (&t);
  if (may_close_cycle (t.event.kind))
    pn_tell_deadlock (&t, index);
  return g_string_free (t.out, FALSE);
}
