/* SPDX-License-Identifier: MIT */
#include "lock-private.h"

enum
{
  FREE = 0,
  HELD = 1,
  CONTENDED = 2 /* held, and somebody may sleep on it */
};

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

  if (timeout <= 0)
    return MP_TIMEOUT;
  mp_emit (PN_KIND_LOCK_WAIT, lock->id, 0, mp_timeout_ns (timeout), site);
  while (atomic_exchange_explicit (&lock->state, CONTENDED, memory_order_acquire)
         != FREE)
    if (mp_futex_wait (&lock->state, CONTENDED, deadline) == MP_TIMEOUT)
      /* It may have become free while the time ran out. */
      return try_acquire (lock) ? MP_OK : MP_TIMEOUT;
  return MP_OK;
}

static int
said (MpLock *lock, MpSite site)
{
  if (mp_is_observed ())
    mp_emit_acquired (&lock->held_at, lock->id, site.file, site.line);
  return MP_OK;
}

static int __attribute__ ((noinline))
acquire_slowly (MpLock *lock, double timeout, MpSite site)
{
  int error = MP_OK;

  mp_point (PN_KIND_LOCK_ACQUIRE, lock->id);
  if (!try_acquire (lock))
    error = wait_and_acquire (lock, timeout, site);
  if (error == MP_OK)
    return said (lock, site);
  mp_emit_failed (PN_KIND_LOCK_ACQUIRE, lock->id, 0, error, site);
  return error;
}

void
mp_lock_init (MpLock *lock, uint32_t id)
{
  atomic_store (&lock->state, FREE);
  atomic_store (&lock->held_at, 0);
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

/* The way to a lock that is free calls nothing before its end, and needs no stack. */
int
mp_lock_acquire_at (MpLock *lock, double timeout, MpSite site)
{
  if (__builtin_expect (mp_gate != NULL || !try_acquire (lock), 0))
    return acquire_slowly (lock, timeout, site);
  return said (lock, site);
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
    mp_emit_release (&lock->held_at, lock->id, site.file, site.line);
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
