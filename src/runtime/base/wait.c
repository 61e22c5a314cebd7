/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Seconds that fit into a deadline, with room for the clock itself: 146 years. */
#define SECONDS_MAX 4611686018.0

static int64_t
seconds_to_ns (double seconds)
{
  return seconds > 0 ? (int64_t)(seconds * 1e9 + 0.5) : 0;
}

static bool
is_endless (double timeout)
{
  return isnan (timeout) || timeout >= SECONDS_MAX;
}

int64_t
mp_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
mp_deadline (double timeout)
{
  return is_endless (timeout) ? MP_NO_DEADLINE : mp_now_ns () + seconds_to_ns (timeout);
}

int64_t
mp_timeout_ns (double timeout)
{
  return is_endless (timeout) ? -1 : seconds_to_ns (timeout);
}

int
mp_deadline_poll_ms (int64_t deadline)
{
  int64_t left_ns;

  if (deadline == MP_NO_DEADLINE)
    return -1;
  left_ns = deadline - mp_now_ns ();
  if (left_ns <= 0)
    return 0;
  if (left_ns > (int64_t)INT_MAX * 1000000 - 1000000)
    return INT_MAX;
  return (int)((left_ns + 999999) / 1000000);
}

int
mp_futex_wait (_Atomic uint32_t *word, uint32_t expected, int64_t deadline)
{
  struct timespec until = mp_timespec (deadline);
  int saved_errno = errno;
  long result;

  /* FUTEX_WAIT_BITSET takes an absolute time: a signal does not make it longer. */
  do
    result = syscall (SYS_futex,
                      word,
                      FUTEX_WAIT_BITSET,
                      expected,
                      deadline == MP_NO_DEADLINE ? NULL : &until,
                      NULL,
                      FUTEX_BITSET_MATCH_ANY);
  while (result < 0 && errno == EINTR);

  if (result < 0 && errno == ETIMEDOUT)
    {
      errno = saved_errno;
      return MP_TIMEOUT;
    }
  errno = saved_errno;
  return MP_OK;
}

void
mp_futex_wake (_Atomic uint32_t *word, int n)
{
  int saved_errno = errno;

  syscall (SYS_futex, word, FUTEX_WAKE, n, NULL, NULL, 0);
  errno = saved_errno;
}

void
mp_sleep_at (double seconds, MpSite site)
{
  int64_t deadline = mp_deadline (seconds);
  struct timespec until;

  if (isnan (seconds) || seconds < 0)
    return;
  mp_point (PN_KIND_SLEEP_BEGIN, 0);
  mp_emit (PN_KIND_SLEEP_BEGIN, 0, 0, mp_timeout_ns (seconds), site);
  until = mp_timespec (deadline);
  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
    ;
  mp_emit (PN_KIND_SLEEP_END, 0, 0, 0, site);
}
