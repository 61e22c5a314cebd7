/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

static guint
count_messages (const PnTelling *t)
{
  return t->object != NULL ? t->object->n_messages : 0;
}

/* Messages that this end of a pipe can receive: those of the other end. */
static guint
count_for_end (const PnTelling *t)
{
  guint n = 0;

  for (guint i = 0; i < MIN (count_messages (t), PN_SEARCH_MAX); i++)
    n += t->object->messages[i].end != t->event.peer;
  return n;
}

static const PnMessage *
find_message (const PnTelling *t)
{
  gint64 at = t->object != NULL
                  ? pn_object_find_message (PN_OBJECT_DATA (t->object), t->event.value)
                  : -1;

  return at >= 0 ? &t->object->messages[at] : NULL;
}

/* ", which main put there 0.3 s ago" */
static void
tell_origin (PnTelling *t, const char *verb)
{
  const PnMessage *message = find_message (t);
  guint32 sender = message != NULL ? message->sender : 0;

  if (sender == 0 && t->event.kind == PN_KIND_QUEUE_GET)
    sender = t->event.peer;
  if (sender == 0)
    return;
  g_string_append (t->out, ", which ");
  if (sender == t->event.process)
    g_string_append (t->out, "it");
  else
    pn_tell_process (t, sender);
  g_string_append_printf (t->out, " %s", verb);
  if (message == NULL)
    return;
  g_string_append_c (t->out, ' ');
  pn_tell_since (t,
                 pn_trace_get_time_ns (pn_model_get_trace (t->model), message->event));
  g_string_append (t->out, " ago");
}

static void
tell_full (PnTelling *t)
{
  if (t->object != NULL && t->object->detail > 0)
    g_string_append_printf (t->out,
                            ", but it is full: it holds %u of %" G_GINT64_FORMAT,
                            t->object->n_messages,
                            t->object->detail);
}

static void
tell_put_wait (PnTelling *t)
{
  pn_tell (t, "%P wants to put a message into %O");
  tell_full (t);
  pn_tell (t, ". %P waits");
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_failed (PnTelling *t, const char *at_once, const char *after, const char *why)
{
  if (t->event.value == -1 && pn_tell_has_waited (t))
    pn_tell (t, after);
  else if (t->event.value >= -3 && pn_tell_has_waited (t))
    {
      pn_tell (t, after);
      g_string_truncate (t->out, t->out->len - 1);
      pn_tell (t, ": %E.");
    }
  else
    {
      pn_tell (t, at_once);
      pn_tell (t, why);
    }
}

static void
tell_put (PnTelling *t)
{
  if (t->failed)
    {
      tell_failed (t,
                   "%P can't put a message into %O",
                   "%P gives up putting a message into %O after %W.",
                   ": %E.");
      return;
    }
  pn_tell (t, "%P puts %T into %O");
  if (pn_tell_has_waited (t))
    pn_tell (t, " after waiting for %W");
  g_string_append (t->out, ". It holds ");
  pn_tell_count (t, count_messages (t) + 1, "message");
  g_string_append (t->out, " now.");
  pn_tell_who_can_go_on (t, PN_KIND_QUEUE_GET_WAIT);
}

static void
tell_get_wait (PnTelling *t)
{
  pn_tell (t, "%P wants a message from %O");
  if (count_messages (t) == 0)
    pn_tell (t, ", but it is empty. %P waits");
  else
    pn_tell (t, " and waits for its turn");
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_get (PnTelling *t)
{
  guint left;

  if (t->failed)
    {
      tell_failed (
          t, "%P gets nothing from %O", "%P gives up on %O after %W.", ": %E.");
      return;
    }
  left = count_messages (t) - (find_message (t) != NULL);
  pn_tell (t, "%P takes %T from %O");
  tell_origin (t, "put there");
  if (pn_tell_has_waited (t))
    pn_tell (t, ". %P had waited for %W");
  g_string_append_c (t->out, '.');
  if (left > 0)
    {
      g_string_append_c (t->out, ' ');
      pn_tell_count (t, left, "message");
      g_string_append (t->out, left == 1 ? " is left." : " are left.");
    }
  pn_tell_who_can_go_on (t, PN_KIND_QUEUE_PUT_WAIT);
}

/* The one that waits at the other end, if it is known to. */
static void
tell_receiver (PnTelling *t)
{
  g_autoptr (GArray) waiters = pn_tell_find_waiters (t, PN_KIND_PIPE_RECV_WAIT);

  if (waiters->len == 1 && count_messages (t) == 0)
    pn_tell_who_can_go_on (t, PN_KIND_PIPE_RECV_WAIT);
}

static void
tell_send (PnTelling *t)
{
  if (t->failed)
    {
      pn_tell (t, "%P can't send through %O: %E.");
      return;
    }
  pn_tell (t, "%P sends %T through %O.");
  tell_receiver (t);
}

static void
tell_recv_wait (PnTelling *t)
{
  pn_tell (t,
           count_for_end (t) == 0 ? "%P waits for a message from %O: none is there yet"
                                  : "%P waits for a message from %O");
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_recv (PnTelling *t)
{
  if (t->failed)
    {
      tell_failed (t,
                   "%P receives nothing from %O",
                   "%P gives up waiting at %O after %W.",
                   ": %E.");
      return;
    }
  pn_tell (t, "%P receives %T through %O");
  tell_origin (t, "sent");
  g_string_append_c (t->out, '.');
}

/* Each process has its own copy of both ends, until it closes it. */
static void
tell_pipe_close (PnTelling *t)
{
  pn_tell (t, "%P closes its copy of ");
  if (t->event.peer != 0)
    g_string_append_printf (t->out, "end %u", t->event.peer);
  else
    g_string_append (t->out, "an end");
  pn_tell (t, " of %O.");
}

void
pn_tell_message_event (PnTelling *t)
{
  switch (t->event.kind)
    {
    case PN_KIND_QUEUE_PUT_WAIT:
      tell_put_wait (t);
      break;
    case PN_KIND_QUEUE_PUT:
      tell_put (t);
      break;
    case PN_KIND_QUEUE_GET_WAIT:
      tell_get_wait (t);
      break;
    case PN_KIND_QUEUE_GET:
      tell_get (t);
      break;
    case PN_KIND_QUEUE_CLOSE:
      pn_tell (
          t,
          "%P closes %O: it puts nothing into it and gets nothing from it any more.");
      break;
    case PN_KIND_PIPE_SEND_WAIT:
      pn_tell (t, "%P wants to send through %O, but it is full. %P waits.");
      break;
    case PN_KIND_PIPE_SEND:
      tell_send (t);
      break;
    case PN_KIND_PIPE_RECV_WAIT:
      tell_recv_wait (t);
      break;
    case PN_KIND_PIPE_RECV:
      tell_recv (t);
      break;
    default:
      tell_pipe_close (t);
      break;
    }
}
