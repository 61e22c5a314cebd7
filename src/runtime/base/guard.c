/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <errno.h>
#include <poll.h>

/* Rounds before the kernel is asked: a holder on another CPU is done by then. */
#define SPIN_ROUNDS 100

static int
spin (MpGuard *guard)
{
  int error = pthread_mutex_trylock (&guard->mutex);

  for (int round = 0; error == EBUSY && round < SPIN_ROUNDS; round++)
    {
      mp_spin_pause ();
      error = pthread_mutex_trylock (&guard->mutex);
    }
  return error;
}

static int
finish (MpGuard *guard, int error, MpRepair repair, void *data)
{
  if (error == EOWNERDEAD)
    {
      repair (data);
      error = pthread_mutex_consistent (&guard->mutex);
    }
  return error == 0 ? MP_OK : MP_TIMEOUT;
}

static int
wait_for (MpGuard *guard, int64_t deadline)
{
  struct timespec until;
  int64_t grace;

  if (deadline == MP_NO_DEADLINE)
    return pthread_mutex_lock (&guard->mutex);
  grace = mp_now_ns () + MP_GUARD_GRACE_NS;
  until = mp_timespec (deadline > grace ? deadline : grace);
  return pthread_mutex_clocklock (&guard->mutex, CLOCK_MONOTONIC, &until);
}

int
mp_guard_init (MpGuard *guard)
{
  pthread_mutexattr_t attributes;
  int error;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_setpshared (&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust (&attributes, PTHREAD_MUTEX_ROBUST);
  error = pthread_mutex_init (&guard->mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  if (error == 0)
    return MP_OK;
  errno = error;
  return MP_SYSTEM;
}

int
mp_guard_lock (MpGuard *guard, int64_t deadline, MpRepair repair, void *data)
{
  int error = spin (guard);

  if (error == EBUSY)
    error = wait_for (guard, deadline);
  return finish (guard, error, repair, data);
}

int
mp_guard_try (MpGuard *guard, MpRepair repair, void *data)
{
  return finish (guard, spin (guard), repair, data);
}

void
mp_guard_unlock (MpGuard *guard)
{
  pthread_mutex_unlock (&guard->mutex);
}

void
mp_sleepers_sleep (MpSleepers *sleepers, uint32_t seen, int64_t deadline)
{
  int64_t recheck = mp_now_ns () + MP_RECHECK_NS;

  mp_futex_wait (&sleepers->word, seen, deadline < recheck ? deadline : recheck);
}

int
mp_wait_fd (int fd, short events, int64_t deadline)
{
  struct pollfd poll_fd = { .fd = fd, .events = events };
  int n;

  do
    n = poll (&poll_fd, 1, mp_deadline_poll_ms (deadline));
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return MP_SYSTEM;
  if (poll_fd.revents & POLLNVAL)
    return MP_CLOSED;
  return n > 0 ? poll_fd.revents : 0;
}
