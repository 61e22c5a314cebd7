/* SPDX-License-Identifier: MIT */

/* Four processes emit as fast as they can for 10 s, or for $BENCH_SECONDS. The harness
 * counts what arrives. */

#include "bench.h"

#include "mp-private.h"

#define PROCESSES 4
#define BATCH 1000

static double seconds = 10;

static int
emit_all_the_time (void *data)
{
  MpShared *count = data;
  int64_t end = mp_now_ns () + (int64_t)(seconds * 1e9);
  int64_t n = 0;

  while (mp_now_ns () < end)
    for (int i = 0; i < BATCH; i++, n++)
      mp_emit (PN_KIND_QUEUE_PUT, 1, 2, n, MP_SITE);
  mp_lock_acquire (mp_shared_get_lock (count));
  mp_shared_set_int (count, mp_shared_get_int (count) + n);
  mp_lock_release (mp_shared_get_lock (count));
  return 0;
}

int
main (void)
{
  MpShared *count = mp_shared_int ("count", 0);
  const char *given = getenv ("BENCH_SECONDS");
  MpProcess *processes[PROCESSES];
  int64_t begin = bench_now_ns ();

  if (given != NULL)
    seconds = atof (given);
  for (int i = 0; i < PROCESSES; i++)
    {
      processes[i] = mp_process_new (NULL, emit_all_the_time, count);
      if (mp_process_start (processes[i]) < 0)
        return 1;
    }
  for (int i = 0; i < PROCESSES; i++)
    mp_process_join (processes[i]);
  bench_result ("throughput_per_s",
                (double)mp_shared_get_int (count)
                    / ((double)(bench_now_ns () - begin) / 1e9));
  return 0;
}
