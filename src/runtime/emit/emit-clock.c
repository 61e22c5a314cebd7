/* SPDX-License-Identifier: MIT */
#include "emit-clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SPAN_NS 200000

/* A rate measured over less is not good enough. */
#define ORIGIN_NS 1000000

/* Counter, clock, counter: if the two counters lie further apart, something came in
 * between and the pair is no good. Mostly they are 100 apart. */
#define PAIR_TICKS_MAX 1000

/* A rate that changes by more than 1/2^DRIFT_SHIFT: the machine slept or moved. */
#define DRIFT_SHIFT 11

static bool usable;

/* What some thread of this process, or its maker, has measured. */
static _Atomic uint64_t known_rate;

static int64_t
real_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#ifdef __x86_64__
static void
restart (EmitClock *clock, uint64_t ticks, int64_t ns)
{
  clock->origin_ticks = ticks;
  clock->origin_ns = ns;
  clock->ns_per_tick = 0;
}

/* The longer the way from the origin, the better. */
static void
measure_rate (EmitClock *clock, uint64_t ticks, int64_t ns)
{
  int64_t way_ns = ns - clock->origin_ns;
  uint64_t way_ticks = ticks - clock->origin_ticks;
  uint64_t old = clock->ns_per_tick;
  uint64_t rate;

  if (way_ns < ORIGIN_NS || way_ticks == 0)
    return;
  rate = (uint64_t)(((unsigned __int128)way_ns << 32) / way_ticks);
  if (old != 0 && (rate > old ? rate - old : old - rate) > (old >> DRIFT_SHIFT))
    {
      restart (clock, ticks, ns);
      atomic_store_explicit (&known_rate, 0, memory_order_relaxed);
      return;
    }
  clock->ns_per_tick = rate;
  if (old == 0)
    atomic_store_explicit (&known_rate, rate, memory_order_relaxed);
}
#endif

void
emit_clock_find_out (void)
{
#ifdef __x86_64__
  static const char path[]
      = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
  char name[8] = "";
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  usable = read (fd, name, sizeof name) == 4 && memcmp (name, "tsc\n", 4) == 0;
  close (fd);
#endif
}

int64_t
emit_clock_refresh (EmitClock *clock)
{
#ifdef __x86_64__
  uint64_t before;
  uint64_t after;
  uint64_t middle;
  int64_t ns;

  if (!usable)
    return real_ns ();
  before = __rdtsc ();
  ns = real_ns ();
  after = __rdtsc ();
  middle = before + (after - before) / 2;
  clock->span_ticks = 0;
  if (after - before > PAIR_TICKS_MAX)
    return ns;
  if (clock->origin_ns == 0)
    {
      restart (clock, middle, ns);
      clock->ns_per_tick = atomic_load_explicit (&known_rate, memory_order_relaxed);
    }
  measure_rate (clock, middle, ns);
  clock->base_ticks = middle;
  clock->base_ns = ns;
  if (clock->ns_per_tick != 0)
    clock->span_ticks = ((uint64_t)SPAN_NS << 32) / clock->ns_per_tick;
  return ns;
#else
  return real_ns ();
#endif
}
