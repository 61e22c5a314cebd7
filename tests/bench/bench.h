/* SPDX-License-Identifier: MIT */
#pragma once

/* What the programs in this folder share. Each measures something and reports it with
 * bench_result, one line of JSON a figure; bench.py runs them beside their peers. Under
 * the runner a program's stdout belongs to the recording, so that the lines go to the
 * file that $BENCH_RESULT names, and to stdout without it. */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t
bench_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

static inline int
bench_compare (const void *a, const void *b)
{
  double left = *(const double *)a;
  double right = *(const double *)b;

  return left < right ? -1 : left > right;
}

/* Reorders `figures`. */
static inline double
bench_median (double *figures, size_t n)
{
  qsort (figures, n, sizeof *figures, bench_compare);
  return figures[n / 2];
}

/* A burst of this many events fits into a quarter of a ring: nothing but the events is
 * paid for, neither a wake-up nor a wait for the runner. */
#define BENCH_BURST 480

/* Of these so many come first, and warm up what the pause has let go cold: caches, and
 * the pages that the processor knows. The peers' loops need none, as they do not pause.
 */
#define BENCH_BURST_FIRST 120

/* Medians of ns an event. */
typedef struct
{
  double warm_ns; /* after the first */
  double cold_ns; /* with them */
} BenchBursts;

/* Calls `burst` again and again, with time for the runner to empty the ring in between.
 */
static inline BenchBursts
bench_bursts (void (*burst) (void *arg, int n_events), void *arg)
{
  enum
  {
    TIMES = 401
  };
  static double warm[TIMES];
  static double cold[TIMES];
  const struct timespec pause = { .tv_nsec = 2000000 };

  for (int i = 0; i < TIMES; i++)
    {
      int64_t begin;
      int64_t middle;
      int64_t end;

      nanosleep (&pause, NULL);
      begin = bench_now_ns ();
      burst (arg, BENCH_BURST_FIRST);
      middle = bench_now_ns ();
      burst (arg, BENCH_BURST - BENCH_BURST_FIRST);
      end = bench_now_ns ();
      warm[i] = (double)(end - middle) / (BENCH_BURST - BENCH_BURST_FIRST);
      cold[i] = (double)(end - begin) / BENCH_BURST;
    }
  return (BenchBursts){ bench_median (warm, TIMES), bench_median (cold, TIMES) };
}

/* `name` is what bench.py looks for, with its unit at the end: "emit_ns". */
static inline void
bench_result (const char *name, double value)
{
  const char *path = getenv ("BENCH_RESULT");
  FILE *out = path != NULL ? fopen (path, "a") : stdout;

  if (out == NULL)
    {
      perror (path);
      exit (1);
    }
  fprintf (out, "{\"name\": \"%s\", \"value\": %.15g}\n", name, value);
  if (path != NULL)
    fclose (out);
}
