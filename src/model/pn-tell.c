/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

#include "pn-message.h"

#include <string.h>

void
pn_tell_process (PnTelling *t, guint32 id)
{
  pn_text_append_visible (
      t->out, pn_model_get_process_name (t->model, id), PN_NAME_MAX_CHARS);
}

void
pn_tell_object (PnTelling *t, guint32 id)
{
  const char *name = pn_model_get_object_name (t->model, id);

  if (name[0] != '\0')
    pn_text_append_visible (t->out, name, PN_NAME_MAX_CHARS);
  else
    g_string_append (t->out, "something");
}

/* Numbers, lists and the like speak for themselves: repr () has told them apart. */
static gboolean
is_literal (const char *text)
{
  return strchr ("-0123456789[{(", text[0]) != NULL || g_str_equal (text, "None")
         || g_str_equal (text, "True") || g_str_equal (text, "False")
         || g_str_has_prefix (text, "b'") || g_str_has_prefix (text, "b\"");
}

void
pn_tell_message (PnTelling *t, const char *text)
{
  g_autofree char *inner = NULL;

  if (text[0] == '\0')
    {
      g_string_append (t->out, "a message");
      return;
    }
  if (is_literal (text))
    {
      pn_text_append_visible (t->out, text, PN_TEXT_MAX_CHARS);
      return;
    }
  inner = pn_message_dup_text (text);
  g_string_append (t->out, "“");
  pn_text_append_visible (t->out, inner, PN_TEXT_MAX_CHARS);
  g_string_append (t->out, "”");
}

void
pn_tell_since (PnTelling *t, gint64 since_ns)
{
  pn_text_append_duration (t->out, t->now_ns - since_ns);
}

void
pn_tell_count (PnTelling *t, guint n, const char *noun)
{
  g_string_append_printf (t->out, "%u %s%s", n, noun, n == 1 ? "" : "s");
}

static const char *
get_error_words (gint64 error)
{
  static const char *const words[] = {
    "", /* these are the MP_ codes, from -1 on */
    "the time is up",
    "it is empty",
    "it is full",
    "the other end is closed",
    "it is closed",
    "that can't be asked for",
    "this is not the moment for it",
    "nobody holds it",
    "it is too large",
    "it is of another type",
    "there is no such key",
    "there is no such place",
    "nobody can receive it",
    "the system refuses",
    "its worker has died",
    "the function has failed",
  };

  if (error < 0 && error > -(gint64)G_N_ELEMENTS (words))
    return words[-error];
  return "it has failed";
}

static void
tell_signal (PnTelling *t)
{
  gint64 number = ABS (CLAMP (t->event.value, -1000, 1000));

  g_string_append (t->out, pn_signal_name ((int)number));
}

static void
tell_placeholder (PnTelling *t, char what)
{
  switch (what)
    {
    case 'P':
      pn_tell_process (t, t->event.process);
      break;
    case 'Q':
      pn_tell_process (t, t->event.peer);
      break;
    case 'O':
      pn_tell_object (t, t->event.object);
      break;
    case 'H':
      pn_tell_process (t, t->object != NULL ? t->object->owner : 0);
      break;
    case 'T':
      pn_tell_message (t, t->event.text);
      break;
    case 'L':
      pn_text_append_visible (t->out, t->event.text, PN_TEXT_MAX_CHARS);
      break;
    case 'N':
      g_string_append_printf (t->out, "%" G_GINT64_FORMAT, t->event.value);
      break;
    case 'D':
      pn_text_append_duration (t->out, t->event.value);
      break;
    case 'S':
      tell_signal (t);
      break;
    case 'W':
      pn_tell_since (t, t->process != NULL ? t->process->since_ns : t->now_ns);
      break;
    case 'E':
      g_string_append (t->out, get_error_words (t->event.value));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
pn_tell (PnTelling *t, const char *words)
{
  for (; *words != '\0'; words++)
    if (*words == '%')
      tell_placeholder (t, *++words);
    else
      g_string_append_c (t->out, *words);
}

void
pn_append_names (GString *out, PnModel *model, const guint32 *ids, guint n)
{
  guint shown = n <= 4 ? n : 3;

  for (guint i = 0; i < shown; i++)
    {
      if (i > 0)
        g_string_append (out, i + 1 == n ? " and " : ", ");
      pn_text_append_visible (
          out, pn_model_get_process_name (model, ids[i]), PN_NAME_MAX_CHARS);
    }
  if (shown < n)
    g_string_append_printf (out, " and %u others", n - shown);
}

void
pn_tell_limit (PnTelling *t)
{
  if (t->event.value >= 0)
    pn_tell (t, ", for at most %D");
}

gboolean
pn_tell_has_waited (const PnTelling *t)
{
  return t->process != NULL && t->process->wait_kind >> 8 == t->event.kind >> 8
         && t->process->wait_object == t->event.object;
}

void
pn_append_cycle (GString *out, PnModel *model, const guint32 *ids, guint n)
{
  g_string_append (out, "Deadlock: ");
  pn_append_names (out, model, ids, n);
  if (n == 1)
    g_string_append (out, " waits for itself.");
  else if (n == 2)
    g_string_append (out, " wait for each other.");
  else
    g_string_append (out, " wait for each other in a circle.");
}

void
pn_tell_deadlock (PnTelling *t, gsize index)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 n_before = PN_STATE_DATA (t->state)->n_rings_ever;
  const PnStateData *after;
  const PnProcess *process;
  guint32 id;

  /* The state before is gone then: in the order of events each is made once. */
  t->state = pn_model_get_state_before (t->model, index + 1);
  after = PN_STATE_DATA (t->state);
  if (after->n_rings_ever == n_before || after->rings->len == 0)
    return;
  id = g_array_index (after->rings, guint32, after->rings->len - 1);
  process = pn_state_get_process (t->state, id);
  if (PN_PROCESS_DATA (process)->cycle_next == 0)
    return;
  pn_state_list_ring (t->state, process, ids);
  g_string_append_c (t->out, ' ');
  pn_append_cycle (t->out, t->model, (const guint32 *)ids->data, ids->len);
}

GArray *
pn_tell_find_waiters (const PnTelling *t, PnKind kind)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; t->object != NULL && i < t->object->waiters->len; i++)
    {
      guint32 id = g_array_index (t->object->waiters, guint32, i);

      if (id != t->event.process
          && pn_state_get_process (t->state, id)->wait_kind == kind)
        g_array_append_val (found, id);
    }
  return found;
}

void
pn_tell_who_can_go_on (PnTelling *t, PnKind kind)
{
  g_autoptr (GArray) waiters = pn_tell_find_waiters (t, kind);

  if (waiters->len == 0)
    return;
  g_string_append_c (t->out, ' ');
  pn_append_names (t->out, t->model, (const guint32 *)waiters->data, waiters->len);
  if (waiters->len == 1)
    {
      guint32 id = g_array_index (waiters, guint32, 0);

      g_string_append (t->out, " has waited for ");
      pn_tell_since (t, pn_state_get_process (t->state, id)->since_ns);
      g_string_append (t->out, " and can go on.");
    }
  else
    g_string_append (t->out, " wait; one of them can go on.");
}
