/* SPDX-License-Identifier: MIT */
/* 100,000 tiny tasks, one a chunk, by four workers. */
#include "bench.h"

#include <procession/mp.h>

#define TASKS 100000
#define WORKERS 4

static MpValue
add_one (MpValue number)
{
  return mp_int (mp_as_int (number) + 1);
}

static double
time_map (MpPool *pool, size_t chunk)
{
  MpValue numbers = mp_list ();
  MpValue results;
  int64_t begin_ns;

  for (int64_t i = 0; i < TASKS; i++)
    mp_append (&numbers, mp_int (i));
  begin_ns = bench_now_ns ();
  if (mp_pool_map_at (pool, add_one, numbers, chunk, &results, MP_SITE) != MP_OK
      || mp_as_int (mp_at (results, TASKS - 1)) != TASKS)
    exit (1);
  mp_clear (&results);
  return (double)(bench_now_ns () - begin_ns) / 1e6;
}

int
main (void)
{
  MpPool *pool = mp_pool_new (NULL, WORKERS);

  if (pool == NULL)
    return 1;
  time_map (pool, 1); /* fresh pages */
  bench_result ("pool_map_ms", time_map (pool, 1));
  bench_result ("pool_map_chunks_ms", time_map (pool, 0));
  mp_pool_close (pool);
  mp_pool_join (pool);
  mp_pool_free (pool);
  return 0;
}
