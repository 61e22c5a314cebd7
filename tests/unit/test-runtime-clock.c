/* SPDX-License-Identifier: MIT */
#include "emit-clock.h"

#include <glib.h>
#include <time.h>

/* Far more than it is off where the clock is not slewed, and far less than anybody
 * would see. */
#define TOLERANCE_NS 5000

static int64_t
real_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Returns how often the real clock had not to be asked. */
static guint
follow (EmitClock *clock, int64_t for_ns)
{
  int64_t end = real_ns () + for_ns;
  int64_t last = 0;
  guint n = 0;

  while (real_ns () < end)
    {
      int64_t base = clock->base_ns;
      int64_t before = real_ns ();
      int64_t ns = emit_clock_ns (clock);
      int64_t after = real_ns ();

      g_assert_cmpint (ns, >=, before - TOLERANCE_NS);
      g_assert_cmpint (ns, <=, after + TOLERANCE_NS);
      g_assert_cmpint (ns, >=, last);
      last = ns;
      n += clock->base_ns == base && clock->span_ticks > 0;
    }
  return n;
}

static void
test_follows_the_real_clock (void)
{
  EmitClock clock = { 0 };
  EmitClock second = { 0 };

  follow (&clock, 100000000);
  for (int i = 0; i < 20; i++)
    {
      g_usleep (3000);
      follow (&clock, 1000000);
    }
  /* Another thread has the rate from the first one. */
  emit_clock_ns (&second);
  g_assert_cmpuint (second.span_ticks != 0, ==, clock.span_ticks != 0);
  follow (&second, 10000000);
}

/* Where the kernel's own clock is the counter, it must be used: it is what the figure
 * for an event stands on. */
static void
test_is_used_where_it_can_be (void)
{
  EmitClock clock = { 0 };
  char *name = NULL;

  if (!g_file_get_contents (
          "/sys/devices/system/clocksource/clocksource0/current_clocksource",
          &name,
          NULL,
          NULL)
      || !g_str_equal (name, "tsc\n"))
    g_test_skip ("the kernel has another clock");
  else
    g_assert_cmpuint (follow (&clock, 20000000), >, 0);
  g_free (name);
}

/* The machine slept: the counter, or the clock, has jumped. */
static void
test_survives_a_jump (void)
{
  EmitClock clock = { 0 };

  follow (&clock, 10000000);
  clock.origin_ns -= 1000000000;
  follow (&clock, 10000000);
  clock.base_ticks -= UINT64_C (1) << 40;
  clock.origin_ticks -= UINT64_C (1) << 40;
  follow (&clock, 10000000);
  clock.base_ticks += UINT64_C (1) << 40;
  follow (&clock, 10000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  emit_clock_find_out ();
  g_test_add_func ("/clock/follows-the-real-clock", test_follows_the_real_clock);
  g_test_add_func ("/clock/is-used-where-it-can-be", test_is_used_where_it_can_be);
  g_test_add_func ("/clock/survives-a-jump", test_survives_a_jump);
  return g_test_run ();
}
