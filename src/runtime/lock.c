/* SPDX-License-Identifier: MIT */
#include "lock-private.h"

#include <string.h>

enum
{
  FREE = 0,
  HELD = 1,
  CONTENDED = 2 /* held, and somebody may sleep on it */
};

/* In the slot's list, for the case that this process dies. A lock that finds no place
 * there works all the same; its abandonment would go unseen. */
static void
note_holder (MpLock *lock)
{
  PnSlot *slot = mp_own_slot ();

  if (slot == NULL)
    return;
  atomic_store_explicit (&lock->holder_slot,
                         (uint32_t)(slot - mp_arena ()->slots) + 1,
                         memory_order_relaxed);
  for (int i = 0; i < PN_HELD_MAX; i++)
    if (atomic_load_explicit (&slot->held[i], memory_order_relaxed) == 0)
      {
        atomic_store_explicit (&slot->held[i], lock->id, memory_order_release);
        return;
      }
}

/* By whoever releases it, in the holder's slot. */
static void
forget_holder (MpLock *lock)
{
  uint32_t place
      = atomic_exchange_explicit (&lock->holder_slot, 0, memory_order_relaxed);

  if (place == 0 || place > PN_ARENA_SLOTS)
    return;
  for (int i = 0; i < PN_HELD_MAX; i++)
    {
      _Atomic uint32_t *held = &mp_arena ()->slots[place - 1].held[i];

      if (atomic_load_explicit (held, memory_order_relaxed) == lock->id)
        {
          atomic_store_explicit (held, 0, memory_order_release);
          return;
        }
    }
}

static bool
try_acquire (MpLock *lock)
{
  uint32_t expected = FREE;

  return atomic_compare_exchange_strong_explicit (
      &lock->state, &expected, HELD, memory_order_acquire, memory_order_relaxed);
}

/* The one place where a lock decides to wait. */
static int
wait_and_acquire (MpLock *lock, double timeout, MpSite site)
{
  int64_t deadline = mp_deadline (timeout);

  if (timeout == 0)
    return MP_TIMEOUT;
  mp_emit (PN_KIND_LOCK_WAIT, lock->id, 0, mp_timeout_ns (timeout), site);
  while (atomic_exchange_explicit (&lock->state, CONTENDED, memory_order_acquire)
         != FREE)
    if (mp_futex_wait (&lock->state, CONTENDED, deadline) == MP_TIMEOUT)
      /* It may have become free while the time ran out. */
      return try_acquire (lock) ? MP_OK : MP_TIMEOUT;
  return MP_OK;
}

void
mp_lock_init (MpLock *lock, uint32_t id)
{
  atomic_store (&lock->state, FREE);
  atomic_store (&lock->holder_slot, 0);
  lock->id = id;
}

MpLock *
mp_lock_new_at (const char *name, MpSite site)
{
  MpLock *lock = mp_heap_alloc (sizeof *lock);

  if (lock == NULL)
    return NULL;
  mp_lock_init (lock, mp_object_new (PN_OBJECT_LOCK, name, 0, site));
  return lock;
}

void
mp_lock_free (MpLock *lock)
{
  mp_heap_free (lock);
}

int
mp_lock_acquire_at (MpLock *lock, double timeout, MpSite site)
{
  mp_point (PN_KIND_LOCK_ACQUIRE, lock->id);
  if (!try_acquire (lock))
    {
      int error = wait_and_acquire (lock, timeout, site);

      if (error < 0)
        {
          mp_emit_failed (PN_KIND_LOCK_ACQUIRE, lock->id, 0, error, site);
          return error;
        }
    }
  if (mp_is_observed ())
    {
      note_holder (lock);
      mp_emit (PN_KIND_LOCK_ACQUIRE, lock->id, 0, 0, site);
    }
  return MP_OK;
}

int
mp_lock_release_at (MpLock *lock, MpSite site)
{
  mp_point (PN_KIND_LOCK_RELEASE, lock->id);
  if (atomic_load_explicit (&lock->state, memory_order_relaxed) == FREE)
    {
      mp_emit_failed (PN_KIND_LOCK_RELEASE, lock->id, 0, MP_NOT_OWNER, site);
      return MP_NOT_OWNER;
    }
  if (mp_is_observed ())
    {
      mp_emit (PN_KIND_LOCK_RELEASE, lock->id, 0, 0, site);
      forget_holder (lock);
    }
  switch (atomic_exchange_explicit (&lock->state, FREE, memory_order_release))
    {
    case CONTENDED:
      mp_futex_wake (&lock->state, 1);
      return MP_OK;
    case HELD:
      return MP_OK;
    default: /* another process released it in between */
      return MP_NOT_OWNER;
    }
}
