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
  fprintf (out, "{\"name\": \"%s\", \"value\": %.6g}\n", name, value);
  if (path != NULL)
    fclose (out);
}
