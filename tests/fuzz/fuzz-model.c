/* SPDX-License-Identifier: MIT */

/* Any bytes as a recording, in two pieces: what can be read of it makes sense to the
 * model, each state and the history agree with themselves, and each event has its
 * sentence. */

#include "pn-dump.h"

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n);

static void
check_event (PnModel *model, gsize index)
{
  g_autofree char *sentence = pn_model_dup_sentence (model, index);
  g_autofree char *verdict = pn_model_dup_verdict (model, index);
  gsize cause = pn_model_get_cause (model, index);

  pn_check_state (pn_model_get_state (model, index));
  g_assert_true (g_str_has_suffix (sentence, "."));
  g_assert_true (g_str_has_suffix (verdict, "."));
  g_assert_true (g_utf8_validate (sentence, -1, NULL));
  g_assert_true (cause == PN_EVENT_OPEN || cause < index);
}

int
LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n)
{
  g_autoptr (PnTrace) trace = pn_trace_new ();
  g_autoptr (PnModel) model = pn_model_new (trace);
  gsize first = n > 0 ? bytes[n / 2] % n : 0;
  gsize n_events;

  if (pn_trace_append (trace, bytes, first, NULL))
    {
      pn_model_update (model);
      pn_trace_append (trace, bytes + first, n - first, NULL);
    }
  pn_trace_finish (trace);
  n_events = pn_model_update (model);
  pn_check_history (pn_model_get_history (model));
  for (gsize i = n_events; i-- > 0;)
    check_event (model, i);
  return 0;
}
