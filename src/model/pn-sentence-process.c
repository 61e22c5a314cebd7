/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

static void
tell_start (PnTelling *t)
{
  if (t->event.process == 0)
    pn_tell (t, "The program starts: %Q.");
  else if ((t->event.flags & PN_FLAG_DAEMON) != 0)
    pn_tell (t, "%P starts %Q as a daemon: when %P ends, %Q is ended too.");
  else
    pn_tell (t, "%P starts %Q.");
}

static void
tell_begin (PnTelling *t)
{
  gsize start
      = t->process != NULL ? PN_PROCESS_DATA (t->process)->start_event : PN_NO_EVENT;

  pn_tell (t, "%P begins, with pid %N");
  if (start != PN_NO_EVENT && t->process->parent != 0)
    {
      g_string_append (t->out, ", ");
      pn_tell_since (t, pn_trace_get_time_ns (pn_model_get_trace (t->model), start));
      g_string_append (t->out, " after ");
      pn_tell_process (t, t->process->parent);
      g_string_append (t->out, " started it");
    }
  g_string_append_c (t->out, '.');
}

/* " while it holds fork and knife" */
static void
tell_holds (PnTelling *t)
{
  const GArray *holds = t->process != NULL ? t->process->holds : NULL;

  for (guint i = 0; holds != NULL && i < MIN (holds->len, 3); i++)
    {
      g_string_append (t->out, i == 0 ? " while it holds " : " and ");
      pn_tell_object (t, g_array_index (holds, guint32, i));
    }
  if (holds != NULL && holds->len > 3)
    g_string_append_printf (t->out, " and %u more", holds->len - 3);
}

static void
tell_exit (PnTelling *t)
{
  pn_tell (t, "%P exits");
  if (t->event.value != 0)
    pn_tell (t, " with code %N");
  tell_holds (t);
  g_string_append_c (t->out, '.');
}

/* Who is let go on by this end, or who ought to join it. */
static void
tell_parent (PnTelling *t)
{
  const PnProcess *parent
      = t->process != NULL ? pn_state_get_process (t->state, t->process->parent) : NULL;

  if (parent == NULL || pn_process_has_ended (parent))
    return;
  g_string_append_c (t->out, ' ');
  if (parent->state == PN_PROCESS_JOINING && parent->wait_process == t->event.process)
    {
      pn_tell_process (t, parent->id);
      g_string_append (t->out, " has waited ");
      pn_tell_since (t, parent->since_ns);
      g_string_append (t->out, " for it and can go on.");
      return;
    }
  g_string_append (t->out, "It stays a zombie until ");
  pn_tell_process (t, parent->id);
  g_string_append (t->out, " joins it.");
}

static void
tell_killed (PnTelling *t)
{
  const PnProcessData *process = PN_PROCESS_DATA (t->process);

  pn_tell (t, "%P is killed by %S");
  if (t->event.text[0] != '\0')
    {
      pn_tell (t, ", because %L.");
      return;
    }
  if (process != NULL && process->signal_event != PN_NO_EVENT
      && pn_exit_is_by (t->event.value, process->signal_number))
    {
      g_string_append (t->out, " from ");
      pn_tell_process (t, process->signal_sender);
    }
  tell_holds (t);
  g_string_append_c (t->out, '.');
}

static void
tell_end (PnTelling *t)
{
  gboolean holds = t->process != NULL && t->process->holds->len > 0;

  if (t->process != NULL && pn_process_has_ended (t->process))
    {
      pn_tell (t, "%P had already ended.");
      return;
    }
  if ((t->event.flags & PN_FLAG_UNKNOWN) != 0)
    pn_tell (t, "%P has ended; how is not known.");
  else if (t->event.value < 0)
    tell_killed (t);
  else
    {
      pn_tell (t, t->event.value == 0 ? "%P has ended" : "%P has ended with code %N");
      tell_holds (t);
      g_string_append_c (t->out, '.');
    }
  if (t->event.text[0] != '\0')
    return;
  if (holds)
    g_string_append (t->out,
                     t->process->holds->len == 1 ? " Nobody can release it now."
                                                 : " Nobody can release them now.");
  else
    tell_parent (t);
}

static void
tell_join_wait (PnTelling *t)
{
  if (t->peer != NULL && pn_process_has_ended (t->peer))
    {
      pn_tell (t, "%P joins %Q, which has already ended.");
      return;
    }
  pn_tell (t, "%P waits for %Q to end");
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_join (PnTelling *t)
{
  if (t->failed && t->event.value == -1)
    {
      pn_tell (t,
               pn_tell_has_waited (t)
                   ? "%P gives up waiting for %Q after %W: it still runs."
                   : "%P does not wait for %Q, which still runs.");
      return;
    }
  if (t->failed)
    {
      pn_tell (t, "%P can't join %Q: %E.");
      return;
    }
  if (pn_tell_has_waited (t))
    pn_tell (t, "%P joins %Q after waiting for %W");
  else
    pn_tell (t, "%P joins %Q, which has already ended");
  if (t->event.value < 0)
    pn_tell (t, ": it was killed by %S.");
  else
    pn_tell (t, t->event.value == 0 ? "." : ": it exited with code %N.");
}

static void
tell_continue (PnTelling *t)
{
  pn_tell (t, "%P goes on");
  if (t->process != NULL && t->process->stopped)
    {
      g_string_append (t->out, " after it was stopped for ");
      pn_tell_since (t,
                     pn_trace_get_time_ns (pn_model_get_trace (t->model),
                                           PN_PROCESS_DATA (t->process)->stop_event));
    }
  g_string_append_c (t->out, '.');
}

static void
tell_held_on (PnTelling *t, const char *verb)
{
  if (t->process == NULL || t->process->holds->len == 0)
    return;
  g_string_append_printf (t->out, " It %s ", verb);
  pn_tell_object (t, g_array_index (t->process->holds, guint32, 0));
  if (t->process->holds->len > 1)
    g_string_append_printf (t->out, " and %u more", t->process->holds->len - 1);
  g_string_append_c (t->out, '.');
}

static void
tell_output (PnTelling *t)
{
  if (t->event.process == 0)
    g_string_append (t->out, "The program");
  else
    pn_tell (t, "%P");
  pn_tell (t, t->event.text[0] != '\0' ? " prints “%L”" : " prints an empty line");
  pn_tell (t, (t->event.flags & PN_FLAG_STDERR) != 0 ? " to stderr." : ".");
}

void
pn_tell_process_event (PnTelling *t)
{
  switch (t->event.kind)
    {
    case PN_KIND_PROCESS_START:
      tell_start (t);
      break;
    case PN_KIND_PROCESS_BEGIN:
      tell_begin (t);
      break;
    case PN_KIND_PROCESS_EXIT:
      tell_exit (t);
      break;
    case PN_KIND_PROCESS_END:
      tell_end (t);
      break;
    case PN_KIND_PROCESS_JOIN_WAIT:
      tell_join_wait (t);
      break;
    case PN_KIND_PROCESS_JOIN:
      tell_join (t);
      break;
    case PN_KIND_PROCESS_SIGNAL:
      pn_tell (t,
               t->failed ? "%P can't send a signal to %Q: %E." : "%P sends %S to %Q.");
      break;
    case PN_KIND_PROCESS_STOP:
      pn_tell (t, "%P is stopped: it does nothing until it is told to go on.");
      tell_held_on (t, "still holds");
      break;
    case PN_KIND_PROCESS_CONTINUE:
      tell_continue (t);
      break;
    case PN_KIND_SLEEP_BEGIN:
      pn_tell (t, "%P sleeps for %D.");
      tell_held_on (t, "keeps");
      break;
    case PN_KIND_SLEEP_END:
      pn_tell (t,
               t->process != NULL && t->process->state == PN_PROCESS_SLEEPING
                   ? "%P wakes up after %W."
                   : "%P wakes up.");
      break;
    default:
      tell_output (t);
      break;
    }
}
