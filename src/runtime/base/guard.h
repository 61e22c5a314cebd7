/* SPDX-License-Identifier: MIT */
#pragma once

/* What the shared objects stand on: a lock that survives its holder, and a place to
 * sleep at that survives its waker. Both live in shared memory. */

#include "mp-private.h"

#include <pthread.h>

/* Held for some 100 ns at a time, not while its holder waits for something that another
 * process has to do (but for a large message in a pipe). What it protects must be whole
 * at each instruction, or be repaired from what is. */
typedef struct
{
  pthread_mutex_t mutex;
} MpGuard;

int mp_guard_init (MpGuard *guard);

/* Makes whole again what a holder left that was killed. Runs under the guard; when the
 * repairer is killed too, it runs again. */
typedef void (*MpRepair) (void *data);

/* MP_OK, or MP_TIMEOUT. A holder that merely has not run for a moment does not make it
 * fail: it waits for MP_GUARD_GRACE_NS even if the deadline has passed. */
#define MP_GUARD_GRACE_NS 100000000
int mp_guard_lock (MpGuard *guard, int64_t deadline, MpRepair repair, void *data);

/* Gives up after some 100 rounds. */
int mp_guard_try (MpGuard *guard, MpRepair repair, void *data);
void mp_guard_unlock (MpGuard *guard);

/* The sleepers look again this often by themselves: their waker may have been killed
 * between the change and the wake, or the one that it woke before it acted. */
#define MP_RECHECK_NS 100000000

/* To wait:                              To wake, after the change:
 *   seen = mp_sleepers_enter ();          mp_sleepers_wake ();
 *   if (still has to wait)
 *     mp_sleepers_sleep (seen, …);
 *   mp_sleepers_leave (); look again */
typedef struct
{
  _Atomic uint32_t word;     /* counts the wakes */
  _Atomic uint32_t sleepers; /* never too few; one killed in its sleep stays in it */
} MpSleepers;

static inline uint32_t
mp_sleepers_enter (MpSleepers *sleepers)
{
  atomic_fetch_add (&sleepers->sleepers, 1);
  return atomic_load (&sleepers->word);
}

static inline void
mp_sleepers_leave (MpSleepers *sleepers)
{
  atomic_fetch_sub_explicit (&sleepers->sleepers, 1, memory_order_relaxed);
}

/* Returns early: when woken, at the deadline, after MP_RECHECK_NS. */
void mp_sleepers_sleep (MpSleepers *sleepers, uint32_t seen, int64_t deadline);

static inline void
mp_sleepers_wake (MpSleepers *sleepers, int n)
{
  /* Either this sees the sleeper, or the sleeper sees the change. */
  atomic_thread_fence (memory_order_seq_cst);
  if (atomic_load_explicit (&sleepers->sleepers, memory_order_relaxed) == 0)
    return;
  atomic_fetch_add (&sleepers->word, 1);
  mp_futex_wake (&sleepers->word, n);
}

/* poll () that goes on after signals. Returns the events, 0 at the deadline, or an
 * error. */
int mp_wait_fd (int fd, short events, int64_t deadline);

/* One round of a short wait that is likely to end at once. */
static inline void
mp_spin_pause (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
