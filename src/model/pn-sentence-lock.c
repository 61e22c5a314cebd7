/* SPDX-License-Identifier: MIT */
#include "pn-tell.h"

static guint32
get_owner (const PnTelling *t)
{
  return t->object != NULL ? t->object->owner : 0;
}

/* "behind P2"; of several, the one that came last. A lock is not fair: this says who
 * came before, not who is next. */
static void
tell_behind (PnTelling *t)
{
  g_autoptr (GArray) waiters = pn_tell_find_waiters (t, PN_KIND_LOCK_WAIT);

  if (waiters->len == 0)
    return;
  g_string_append (t->out, " behind ");
  pn_append_names (t->out, t->model, (const guint32 *)waiters->data, waiters->len);
}

static void
tell_wait (PnTelling *t)
{
  guint32 owner = get_owner (t);

  pn_tell (t, "%P asks for %O");
  if (owner == 0)
    g_string_append (t->out, " and waits until it gets it");
  else if (t->object->abandoned)
    pn_tell (t,
             t->event.value < 0 ? ". %H ended while it held it, so %P waits forever"
                                : ". %H ended while it held it, so %P waits in vain");
  else if (owner == t->event.process)
    pn_tell (t, ", which it holds itself, and waits");
  else
    {
      pn_tell (t, ". %H holds it, so %P waits");
      tell_behind (t);
    }
  pn_tell_limit (t);
  g_string_append_c (t->out, '.');
}

static void
tell_failed_acquire (PnTelling *t)
{
  if (t->event.value != -1)
    pn_tell (t, "%P can't get %O: %E.");
  else if (!pn_tell_has_waited (t))
    pn_tell (t,
             get_owner (t) != 0 ? "%P does not get %O: %H holds it."
                                : "%P does not get %O at once, and does not wait.");
  else
    {
      pn_tell (t, "%P gives up on %O after %W");
      if (get_owner (t) != 0)
        pn_tell (t,
                 t->object->abandoned ? ": %H ended while it held it"
                                      : ": %H still holds it");
      g_string_append_c (t->out, '.');
    }
}

static void
tell_acquire (PnTelling *t)
{
  g_autoptr (GArray) waiters = pn_tell_find_waiters (t, PN_KIND_LOCK_WAIT);

  if (t->failed)
    {
      tell_failed_acquire (t);
      return;
    }
  if (pn_tell_has_waited (t))
    pn_tell (t, "%P gets %O after waiting for %W.");
  else if (get_owner (t) == 0 && waiters->len == 0)
    pn_tell (t, "%P takes %O, which is free.");
  else
    pn_tell (t, "%P takes %O.");
  if (waiters->len == 0)
    return;
  g_string_append_c (t->out, ' ');
  pn_append_names (t->out, t->model, (const guint32 *)waiters->data, waiters->len);
  g_string_append (t->out, waiters->len == 1 ? " still waits." : " still wait.");
}

static void
tell_release (PnTelling *t)
{
  guint32 owner = get_owner (t);

  if (t->failed)
    {
      pn_tell (t, "%P can't release %O: %E.");
      return;
    }
  pn_tell (t, "%P releases %O");
  if (owner != 0 && owner != t->event.process)
    pn_tell (t, ", which %H held");
  else if (owner != 0 && t->object->waiters->len == 0)
    {
      g_string_append (t->out, " after ");
      pn_tell_since (t, t->object->since_ns);
    }
  g_string_append_c (t->out, '.');
  pn_tell_who_can_go_on (t, PN_KIND_LOCK_WAIT);
}

static void
tell_abandon (PnTelling *t)
{
  g_autoptr (GArray) waiters = pn_tell_find_waiters (t, PN_KIND_LOCK_WAIT);

  pn_tell (t, "%O stays locked: %P ended while it held it.");
  if (waiters->len == 0)
    return;
  g_string_append_c (t->out, ' ');
  pn_append_names (t->out, t->model, (const guint32 *)waiters->data, waiters->len);
  g_string_append (t->out, waiters->len == 1 ? " waits" : " wait");
  g_string_append (t->out, " for it in vain.");
}

void
pn_tell_lock_event (PnTelling *t)
{
  switch (t->event.kind)
    {
    case PN_KIND_LOCK_WAIT:
      tell_wait (t);
      break;
    case PN_KIND_LOCK_ACQUIRE:
      tell_acquire (t);
      break;
    case PN_KIND_LOCK_RELEASE:
      tell_release (t);
      break;
    default:
      tell_abandon (t);
      break;
    }
}
