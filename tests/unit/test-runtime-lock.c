/* SPDX-License-Identifier: MIT */
#include "mp-case.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static MpLock *lock;
static MpShared *counter;

static int
hold_for_a_while (void *unused)
{
  mp_lock_acquire (lock);
  mp_sleep (0.1);
  mp_lock_release (lock);
  return 0;
}

static int
case_turns (void)
{
  MpProcess *children[3];

  lock = mp_lock_new (NULL);
  for (int i = 0; i < 3; i++)
    {
      children[i] = made (NULL, hold_for_a_while, NULL);
      mp_process_start (children[i]);
    }
  for (int i = 0; i < 3; i++)
    mp_process_join (children[i]);
  return 0;
}

static int
case_alone (void)
{
  MpLock *other;

  lock = mp_lock_new ("mine");
  other = mp_lock_new (NULL);
  mp_lock_acquire (lock);
  mp_lock_acquire (other);
  mp_lock_release (other);
  mp_lock_release (lock);
  return mp_lock_release (lock) == MP_NOT_OWNER ? 0 : 1;
}

static int
case_timeout (void)
{
  lock = mp_lock_new ("lock");
  mp_lock_acquire (lock);
  if (mp_lock_acquire_timeout (lock, 0.0) != MP_TIMEOUT)
    return 1;
  if (mp_lock_acquire_timeout (lock, 0.05) != MP_TIMEOUT)
    return 2;
  mp_lock_release (lock);
  return mp_lock_acquire_timeout (lock, 0.05) == MP_OK ? 0 : 3;
}

static int
die_with_lock (void *unused)
{
  mp_lock_acquire (lock);
  kill (getpid (), SIGKILL);
  return 0;
}

static int
case_holder_dies (void)
{
  MpProcess *child;

  lock = mp_lock_new ("lock");
  child = made ("holder", die_with_lock, NULL);
  mp_process_start (child);
  mp_process_join (child);
  return mp_lock_acquire_timeout (lock, 0.05) == MP_TIMEOUT ? 0 : 1;
}

static int
release_for_parent (void *unused)
{
  return -mp_lock_release (lock);
}

static int
case_released_by_other (void)
{
  MpProcess *child;
  int code;

  lock = mp_lock_new ("lock");
  mp_lock_acquire (lock);
  child = made ("other", release_for_parent, NULL);
  mp_process_start (child);
  mp_process_join (child);
  mp_process_exitcode (child, &code);
  return code != 0 ? code : -mp_lock_acquire_timeout (lock, 0.0);
}

#define ROUNDS 2000

static int
count_up (void *unused)
{
  for (int i = 0; i < ROUNDS; i++)
    {
      mp_lock_acquire (lock);
      mp_shared_set_int (counter, mp_shared_get_int (counter) + 1);
      mp_lock_release (lock);
    }
  return 0;
}

static int
case_count (void)
{
  MpProcess *children[4];

  counter = mp_shared_int ("counter", 0);
  lock = mp_shared_get_lock (counter);
  for (int i = 0; i < 4; i++)
    {
      children[i] = made (NULL, count_up, NULL);
      mp_process_start (children[i]);
    }
  for (int i = 0; i < 4; i++)
    mp_process_join (children[i]);
  return mp_shared_get_int (counter) == 4 * ROUNDS ? 0 : 1;
}

static int
case_many_locks (void)
{
  MpLock *locks[PN_HELD_MAX + 3];

  for (int i = 0; i < PN_HELD_MAX + 3; i++)
    {
      locks[i] = mp_lock_new (NULL);
      mp_lock_acquire (locks[i]);
    }
  for (int i = PN_HELD_MAX + 2; i > 0; i--)
    mp_lock_release (locks[i]);
  return 0;
}

/* Signals neither cut a wait short nor make it longer. */
static int
case_interrupted (void)
{
  int64_t begin = mp_now_ns ();
  int64_t spent;

  pn_test_begin_interruptions ();
  lock = mp_lock_new (NULL);
  mp_lock_acquire (lock);
  if (mp_lock_acquire_timeout (lock, 0.2) != MP_TIMEOUT)
    return 1;
  spent = mp_now_ns () - begin;
  return pn_test_interruptions () > 5 && spent >= 200000000 && spent < 5000000000 ? 0
                                                                                  : 2;
}

static const MpRigCase cases[] = {
  { "turns", case_turns },
  { "alone", case_alone },
  { "timeout", case_timeout },
  { "holder-dies", case_holder_dies },
  { "released-by-other", case_released_by_other },
  { "count", case_count },
  { "many-locks", case_many_locks },
  { "interrupted", case_interrupted },
  { NULL, NULL },
};

/* Replays acquire and release of one lock: never two owners. Returns the last owner. */
static uint32_t
assert_one_owner (MpRig *rig, uint32_t object)
{
  uint32_t owner = 0;

  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->object != object || (event->flags & PN_FLAG_FAILED) != 0)
        continue;
      if (event->kind == PN_KIND_LOCK_ACQUIRE)
        {
          g_assert_cmpuint (owner, ==, 0);
          owner = event->process;
        }
      else if (event->kind == PN_KIND_LOCK_RELEASE)
        {
          g_assert_cmpuint (owner, !=, 0);
          owner = 0;
        }
    }
  return owner;
}

static void
test_turns (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t object;

  g_assert_cmpint (mp_rig_run (rig, "turns", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  object = mp_rig_object (rig, "lock");
  g_assert_cmpuint (assert_one_owner (rig, object), ==, 0);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_LOCK_ACQUIRE), ==, 3);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_LOCK_RELEASE), ==, 3);
  /* The first got it at once; at least one of the others came while it was held. */
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_LOCK_WAIT), <=, 2);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_LOCK_WAIT), >=, 1);
  g_assert_cmpint (mp_rig_find (rig, 0, PN_KIND_LOCK_WAIT, 0, object)->value, ==, -1);
  mp_rig_free (rig);
}

static void
test_alone (void)
{
  MpRig *rig = mp_rig_new ();
  char *kinds;

  g_assert_cmpint (mp_rig_run (rig, "alone", NULL), ==, 0);
  kinds = mp_rig_kinds (rig, 1);
  g_assert_cmpstr (kinds,
                   ==,
                   "process.begin lock.acquire lock.acquire lock.release lock.release "
                   "lock.release process.exit");
  g_assert_cmpuint (mp_rig_object (rig, "mine"), !=, 0);
  g_assert_cmpuint (mp_rig_object (rig, "lock"), !=, 0);
  g_assert_cmpint (mp_rig_event (rig, rig->events->len - 2)->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (mp_rig_event (rig, rig->events->len - 2)->value, ==, MP_NOT_OWNER);
  for (int i = 0; i < PN_HELD_MAX; i++)
    g_assert_cmpuint (atomic_load (&rig->arena->slots[0].held[i]), ==, 0);
  g_free (kinds);
  mp_rig_free (rig);
}

static void
test_timeout (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *wait;
  char *kinds;

  g_assert_cmpint (mp_rig_run (rig, "timeout", NULL), ==, 0);
  kinds = mp_rig_kinds (rig, 1);
  g_assert_cmpstr (kinds,
                   ==,
                   "process.begin lock.acquire lock.acquire lock.wait lock.acquire "
                   "lock.release lock.acquire process.exit");
  wait = mp_rig_find (rig, 0, PN_KIND_LOCK_WAIT, 1, 0);
  g_assert_cmpint (wait->value, ==, 50000000);
  g_assert_cmpint (mp_rig_event (rig, (guint)wait->seq - 1)->value, ==, MP_TIMEOUT);
  g_assert_cmpint (mp_rig_event (rig, (guint)wait->seq - 1)->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (mp_rig_event (rig, (guint)wait->seq + 1)->value, ==, MP_TIMEOUT);
  g_assert_cmpint (mp_rig_event (rig, (guint)wait->seq + 1)->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (
      mp_rig_event (rig, (guint)wait->seq + 1)->time_ns - wait->time_ns, >=, 50000000);
  g_free (kinds);
  mp_rig_free (rig);
}

static void
test_holder_dies (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t object;
  PnSlot *slot;

  g_assert_cmpint (mp_rig_run (rig, "holder-dies", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  object = mp_rig_object (rig, "lock");
  slot = mp_rig_slot (rig, mp_rig_process (rig, "holder"));
  g_assert_cmpuint (atomic_load (&slot->held[0]), ==, object);
  g_assert_cmpuint (assert_one_owner (rig, object), ==, mp_rig_process (rig, "holder"));
  mp_rig_free (rig);
}

static void
test_released_by_other (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t other;

  g_assert_cmpint (mp_rig_run (rig, "released-by-other", NULL), ==, 0);
  other = mp_rig_process (rig, "other");
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_LOCK_RELEASE, other, 0));
  /* The place in the first holder's slot was cleared, then filled again by main. */
  g_assert_cmpuint (
      atomic_load (&rig->arena->slots[0].held[0]), ==, mp_rig_object (rig, "lock"));
  g_assert_cmpuint (atomic_load (&rig->arena->slots[0].held[1]), ==, 0);
  mp_rig_free (rig);
}

static void
test_count (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t counter_id;
  uint32_t lock_id;
  int64_t value = 0;

  g_assert_cmpint (mp_rig_run_alone ("count", NULL, NULL), ==, 0);
  g_assert_cmpint (mp_rig_run (rig, "count", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  lock_id = mp_rig_object (rig, "counter.lock");
  counter_id = mp_rig_object (rig, "counter");
  g_assert_cmpuint (lock_id, !=, 0);
  g_assert_cmpuint (assert_one_owner (rig, lock_id), ==, 0);
  /* Under the lock each read sees what was written before it. */
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);
      char *text = g_strdup_printf ("%" G_GINT64_FORMAT, event->value);

      if (event->object == counter_id
          && (event->kind == PN_KIND_VALUE_READ || event->kind == PN_KIND_VALUE_WRITE))
        {
          g_assert_cmpint (event->flags & ~PN_FLAG_STALLED, ==, PN_FLAG_INTEGER);
          g_assert_cmpstr (event->text, ==, text);
          if (event->kind == PN_KIND_VALUE_READ)
            g_assert_cmpint (event->value, ==, value);
          value = event->value;
        }
      g_free (text);
    }
  g_assert_cmpint (value, ==, 4 * ROUNDS);
  mp_rig_free (rig);
}

static void
test_more_locks_than_places (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t first;

  g_assert_cmpint (mp_rig_run (rig, "many-locks", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  first = mp_rig_object (rig, "lock");
  g_assert_cmpuint (mp_rig_object (rig, "lock-15"), >, first);
  g_assert_cmpuint (atomic_load (&rig->arena->slots[0].held[0]), ==, first);
  for (int i = 1; i < PN_HELD_MAX; i++)
    g_assert_cmpuint (atomic_load (&rig->arena->slots[0].held[i]), ==, 0);
  mp_rig_free (rig);
}

static void
test_interrupted (void)
{
  g_assert_cmpint (mp_rig_run_alone ("interrupted", NULL, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_func ("/lock/turns", test_turns);
  g_test_add_func ("/lock/alone", test_alone);
  g_test_add_func ("/lock/timeout", test_timeout);
  g_test_add_func ("/lock/holder-dies", test_holder_dies);
  g_test_add_func ("/lock/released-by-other", test_released_by_other);
  g_test_add_func ("/lock/count", test_count);
  g_test_add_func ("/lock/more-locks-than-places", test_more_locks_than_places);
  g_test_add_func ("/lock/interrupted", test_interrupted);
  return g_test_run ();
}
