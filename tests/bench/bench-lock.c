/* SPDX-License-Identifier: MIT */

/* What an uncontended acquire and release cost, against a pthread mutex that processes
 * share: under a runner with their events, else without. */

#include "bench.h"

#include "mp-private.h"

#include <pthread.h>
#include <sys/mman.h>

#define ROUNDS 9
#define PAIRS 200000

static double
measure_lock (MpLock *lock)
{
  int64_t begin = bench_now_ns ();

  for (int i = 0; i < PAIRS; i++)
    {
      mp_lock_acquire (lock);
      mp_lock_release (lock);
    }
  return (double)(bench_now_ns () - begin) / PAIRS;
}

static double
measure_mutex (pthread_mutex_t *mutex)
{
  int64_t begin = bench_now_ns ();

  for (int i = 0; i < PAIRS; i++)
    {
      pthread_mutex_lock (mutex);
      pthread_mutex_unlock (mutex);
    }
  return (double)(bench_now_ns () - begin) / PAIRS;
}

static pthread_mutex_t *
new_mutex (void)
{
  pthread_mutex_t *mutex
      = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;

  if (mutex == MAP_FAILED)
    exit (1);
  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_setpshared (&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init (mutex, &attributes);
  return mutex;
}

static void
burst (void *lock, int n_events)
{
  for (int i = 0; i < n_events / 2; i++)
    {
      mp_lock_acquire (lock);
      mp_lock_release (lock);
    }
}

static void
report_observed (MpLock *lock)
{
  BenchBursts bursts = bench_bursts (burst, lock);
  double locks[ROUNDS];

  for (int i = 0; i < ROUNDS; i++)
    locks[i] = measure_lock (lock);
  /* A pair is two events. */
  bench_result ("lock_pair_ns", 2 * bursts.warm_ns);
  bench_result ("lock_pair_cold_ns", 2 * bursts.cold_ns);
  bench_result ("lock_pair_sustained_ns", bench_median (locks, ROUNDS));
}

static void
report_alone (MpLock *lock)
{
  pthread_mutex_t *mutex = new_mutex ();
  double locks[ROUNDS];
  double mutexes[ROUNDS];

  for (int i = 0; i < ROUNDS; i++)
    {
      locks[i] = measure_lock (lock);
      mutexes[i] = measure_mutex (mutex);
    }
  bench_result ("alone_lock_pair_ns", bench_median (locks, ROUNDS));
  bench_result ("mutex_pair_ns", bench_median (mutexes, ROUNDS));
}

int
main (void)
{
  MpLock *lock = mp_lock_new ("lock");

  if (lock == NULL)
    return 1;
  measure_lock (lock);
  if (mp_is_observed ())
    report_observed (lock);
  else
    report_alone (lock);
  return 0;
}
