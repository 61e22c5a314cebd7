/* SPDX-License-Identifier: MIT */
#include "pool-private.h"

#include <stdlib.h>

#define RING_CHUNKS_MIN 64

/* Python's: four chunks a worker, rounded up. */
static size_t
default_chunk (size_t n_tasks, size_t n_workers)
{
  return (n_tasks + 4 * n_workers - 1) / (4 * n_workers);
}

static Job *
job_new (const MpPool *pool, MpFunction function, const MpValue *args, size_t n)
{
  Job *job = NULL;
  size_t bytes = 0;
  unsigned char *at;

  for (size_t i = 0; i < n; i++)
    bytes += mp_value_encoded_bytes (args[i]);
  if (n <= MP_HEAP_BLOCK_MAX / sizeof (Task))
    job = mp_heap_alloc0 (sizeof *job + n * sizeof (Task));
  if (job == NULL)
    return mp_fail (MP_TOO_LARGE);
  job->args = mp_heap_alloc (bytes);
  if (job->args == NULL)
    {
      mp_heap_free (job);
      return NULL;
    }
  job->function = function;
  job->submitter = mp_process_number ();
  job->first_number = pool->n_tasks + 1;
  job->n_tasks = n;
  at = job->args;
  for (size_t i = 0; i < n; i++)
    {
      unsigned char *end = mp_value_encode (args[i], at);

      job->tasks[i].arg = at;
      job->tasks[i].arg_bytes = (uint32_t)(end - at);
      at = end;
    }
  return job;
}

/* Room for `n` more chunks. */
static int
reserve_ring (PoolShared *shared, uint64_t n)
{
  Ring *old = atomic_load (&shared->ring);
  uint64_t begin = atomic_load (&shared->n_claimed);
  uint64_t end = atomic_load (&shared->n_submitted);
  uint64_t room = old != NULL ? old->mask + 1 : RING_CHUNKS_MIN;
  Ring *ring;

  if (old != NULL && end - begin + n <= room)
    return MP_OK;
  while (room < end - begin + n)
    room *= 2;
  ring = mp_heap_alloc (sizeof *ring + room * sizeof ring->chunks[0]);
  if (ring == NULL)
    return MP_TOO_LARGE;
  ring->previous = old;
  ring->mask = room - 1;
  for (uint64_t place = begin; place < end; place++)
    ring->chunks[place & ring->mask] = old->chunks[place & old->mask];
  atomic_store (&shared->ring, ring);
  return MP_OK;
}

static void
emit_submit (MpPool *pool, const Job *job, const MpValue *args, MpSite site)
{
  char text[POOL_TEXT_BYTES];

  for (size_t i = 0; i < job->n_tasks && mp_is_observed (); i++)
    mp_emit_text (PN_KIND_POOL_SUBMIT,
                  pool->shared->object,
                  0,
                  (int64_t)(job->first_number + i),
                  site,
                  mp_repr (args[i], text, sizeof text));
}

/* All chunks become visible at once. */
static void
publish (MpPool *pool, MpAsyncResult *result)
{
  PoolShared *shared = pool->shared;
  Ring *ring = atomic_load (&shared->ring);
  uint64_t place = atomic_load (&shared->n_submitted);

  result->first_place = place;
  for (size_t chunk = 0; chunk < result->n_chunks; chunk++, place++)
    ring->chunks[place & ring->mask]
        = (Chunk){ .job = result->job,
                   .first = chunk * result->job->chunk_tasks,
                   .end = pool_chunk_end (result, chunk) };
  result->next = pool->results;
  pool->results = result;
  pool->n_tasks += result->job->n_tasks;
  atomic_store (&shared->n_submitted, place);
  mp_sleepers_wake (&shared->idle,
                    result->n_chunks < INT_MAX ? (int)result->n_chunks : INT_MAX);
}

/* Under the lock. */
static int
submit (MpAsyncResult *result,
        MpFunction function,
        const MpValue *args,
        size_t n,
        size_t chunk_tasks,
        MpSite site)
{
  MpPool *pool = result->pool;

  if (atomic_load (&pool->shared->closed))
    return MP_CLOSED;
  result->job = job_new (pool, function, args, n);
  if (result->job == NULL)
    return MP_TOO_LARGE;
  result->job->chunk_tasks
      = chunk_tasks > 0 ? chunk_tasks : default_chunk (n, pool->shared->n_seats);
  result->n_chunks = (n - 1) / result->job->chunk_tasks + 1;
  result->n_open = result->n_chunks;
  if (reserve_ring (pool->shared, result->n_chunks) != MP_OK)
    {
      pool_free_job (result->job);
      return MP_TOO_LARGE;
    }
  emit_submit (pool, result->job, args, site);
  publish (pool, result);
  return MP_OK;
}

static MpAsyncResult *
start_job (MpPool *pool,
           MpFunction function,
           const MpValue *args,
           size_t n,
           size_t chunk_tasks,
           MpSite site)
{
  MpAsyncResult *result;
  int error = MP_OK;

  if (!pool_is_ours (pool))
    return mp_fail (MP_STATE);
  mp_point (PN_KIND_POOL_SUBMIT, pool->shared->object);
  pool_look_after (pool);
  result = calloc (1, sizeof *result);
  if (result == NULL)
    return mp_fail (MP_TOO_LARGE);
  if (n == 0)
    {
      if (!atomic_load (&pool->shared->closed))
        return result;
      error = MP_CLOSED;
    }
  else
    {
      result->pool = pool;
      pthread_mutex_lock (&pool->lock);
      error = submit (result, function, args, n, chunk_tasks, site);
      pthread_mutex_unlock (&pool->lock);
    }
  if (error == MP_OK)
    return result;
  mp_emit_failed (PN_KIND_POOL_SUBMIT, pool->shared->object, 0, error, site);
  free (result);
  return mp_fail (error);
}

int
mp_pool_map_at (MpPool *pool,
                MpFunction function,
                MpValue args,
                size_t chunksize,
                MpValue *ret_results,
                MpSite site)
{
  MpAsyncResult *result = mp_pool_map_async_at (pool, function, args, chunksize, site);
  int error;

  if (result == NULL)
    return mp_errno ();
  error = mp_async_get_at (result, MP_FOREVER, ret_results, site);
  mp_async_free (result);
  return error;
}

MpAsyncResult *
mp_pool_map_async_at (
    MpPool *pool, MpFunction function, MpValue args, size_t chunksize, MpSite site)
{
  MpAsyncResult *result = mp_fail (MP_TYPE);

  if (args.type == MP_LIST)
    result = start_job (pool,
                        function,
                        args.data != NULL ? args.data->items : NULL,
                        mp_len (args),
                        chunksize,
                        site);
  if (result != NULL)
    result->is_list = true;
  mp_clear (&args);
  return result;
}

MpAsyncResult *
mp_pool_apply_async_at (MpPool *pool, MpFunction function, MpValue arg, MpSite site)
{
  MpAsyncResult *result = start_job (pool, function, &arg, 1, 1, site);

  mp_clear (&arg);
  return result;
}
