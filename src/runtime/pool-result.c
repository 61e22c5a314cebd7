/* SPDX-License-Identifier: MIT */
#include "pool-private.h"

#include <stdlib.h>
#include <string.h>

/* How often a waiting creator looks whether a worker died. */
#define LOOK_NS 20000000

#define RING_CHUNKS_MIN 64

static size_t
chunk_end (const MpAsyncResult *result, size_t chunk)
{
  const Job *job = result->job;
  size_t end = (chunk + 1) * job->chunk_tasks;

  return end < job->n_tasks ? end : job->n_tasks;
}

/* The tasks of a chunk are done in order. */
static bool
is_chunk_done (const MpAsyncResult *result, size_t chunk)
{
  const Job *job = result->job;

  return atomic_load (&job->tasks[chunk_end (result, chunk) - 1].state) != TASK_TODO;
}

/* From the last chunk to the first: the last is likely to be done last, so that a wait
 * wakes up a few times only. */
static bool
is_ready (MpAsyncResult *result)
{
  while (result->n_open > 0 && is_chunk_done (result, result->n_open - 1))
    result->n_open--;
  return result->n_open == 0;
}

static void
lose_chunk (MpAsyncResult *result, size_t chunk)
{
  Job *job = result->job;

  for (size_t i = chunk * job->chunk_tasks; i < chunk_end (result, chunk); i++)
    {
      uint32_t todo = TASK_TODO;

      atomic_compare_exchange_strong (&job->tasks[i].state, &todo, TASK_LOST);
    }
}

static void
free_job (Job *job)
{
  for (size_t i = 0; i < job->n_tasks; i++)
    if (atomic_load (&job->tasks[i].state) == TASK_DONE)
      mp_heap_free (job->tasks[i].result);
  mp_heap_free (job->args);
  mp_heap_free (job);
}

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
                   .end = chunk_end (result, chunk) };
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
      free_job (result->job);
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

/* The one place where the creator decides to wait. */
static int
wait_ready (MpAsyncResult *result, double timeout, MpSite site)
{
  int64_t deadline = mp_deadline (timeout);
  bool has_waited = false;

  while (!is_ready (result))
    {
      MpSleepers *sleepers = &result->pool->shared->results;
      int64_t now = mp_now_ns ();
      int64_t look = now + LOOK_NS;
      uint32_t seen;

      pool_look_after (result->pool);
      if (is_ready (result))
        break;
      if (deadline <= now)
        return MP_TIMEOUT;
      if (!has_waited)
        mp_emit (PN_KIND_POOL_RESULT_WAIT,
                 result->pool->shared->object,
                 0,
                 mp_timeout_ns (timeout),
                 site);
      has_waited = true;
      seen = mp_sleepers_enter (sleepers);
      atomic_store (&result->job->awaited, chunk_end (result, result->n_open - 1));
      if (!is_chunk_done (result, result->n_open - 1))
        mp_sleepers_sleep (sleepers, seen, deadline < look ? deadline : look);
      mp_sleepers_leave (sleepers);
    }
  return MP_OK;
}

static int
get_task (const Task *task, MpValue *ret_value)
{
  const unsigned char *bytes = task->result != NULL ? task->result : task->small_result;

  switch (atomic_load (&task->state))
    {
    case TASK_DONE:
      return mp_value_decode (bytes, task->result_bytes, ret_value);
    case TASK_LOST:
      return MP_LOST;
    default:
      return MP_TOO_LARGE;
    }
}

/* Each result arrives once, however often it is asked for. */
static void
emit_result (MpAsyncResult *result, size_t index, int error, MpValue value, MpSite site)
{
  const Job *job = result->job;
  const Task *task = &job->tasks[index];
  uint32_t object = result->pool != NULL ? result->pool->shared->object : 0;
  char text[POOL_TEXT_BYTES];

  if (result->is_emitted || !mp_is_observed ())
    return;
  if (error != MP_OK)
    mp_emit_failed (PN_KIND_POOL_RESULT, object, task->worker, error, site);
  else
    mp_emit_text (PN_KIND_POOL_RESULT,
                  object,
                  task->worker,
                  (int64_t)(job->first_number + index),
                  site,
                  mp_repr (value, text, sizeof text));
}

/* All are taken, also those behind one that failed. The first error counts. */
static int
collect (MpAsyncResult *result, MpValue *ret_value, MpSite site)
{
  size_t n = result->job != NULL ? result->job->n_tasks : 0;
  MpValue list = mp_list ();
  int first_error = MP_OK;

  for (size_t i = 0; i < n; i++)
    {
      MpValue value = mp_none ();
      int error = get_task (&result->job->tasks[i], &value);

      emit_result (result, i, error, value, site);
      if (error == MP_OK && !result->is_list)
        list = value;
      else if (error == MP_OK)
        error = mp_append (&list, value);
      if (first_error == MP_OK)
        first_error = error;
    }
  result->is_emitted = true;
  if (first_error == MP_OK && ret_value != NULL)
    *ret_value = list;
  else
    mp_clear (&list);
  return first_error;
}

static bool
is_claimed_by_another (const MpPool *pool, const Worker *worker, uint64_t claim)
{
  for (size_t i = 0; i < pool->shared->n_seats; i++)
    {
      const Worker *other = &pool->workers[i];

      if (other != worker && other->process != NULL && !other->is_dead
          && atomic_load (&other->seat->claim) == claim)
        return true;
    }
  return false;
}

bool
pool_lose_claim (MpPool *pool, const Worker *worker)
{
  uint64_t claim = atomic_load (&worker->seat->claim);
  uint64_t place = claim - 1;

  if (claim == 0 || place >= atomic_load (&pool->shared->n_claimed))
    return true;
  for (MpAsyncResult *result = pool->results; result != NULL; result = result->next)
    {
      size_t chunk = (size_t)(place - result->first_place);

      if (place < result->first_place || chunk >= result->n_chunks
          || is_chunk_done (result, chunk))
        continue;
      /* It is that one's, or that one will see in a moment that it is not. */
      if (is_claimed_by_another (pool, worker, claim))
        return false;
      lose_chunk (result, chunk);
    }
  return true;
}

void
pool_lose_all (MpPool *pool)
{
  for (MpAsyncResult *result = pool->results; result != NULL; result = result->next)
    for (size_t chunk = 0; chunk < result->n_chunks; chunk++)
      lose_chunk (result, chunk);
}

void
pool_free_results (MpPool *pool)
{
  for (MpAsyncResult **place = &pool->results; *place != NULL;)
    {
      MpAsyncResult *result = *place;

      if (!result->is_freed || !is_ready (result))
        {
          place = &result->next;
          continue;
        }
      *place = result->next;
      free_job (result->job);
      free (result);
    }
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

int
mp_async_get_at (MpAsyncResult *result, double timeout, MpValue *ret_value, MpSite site)
{
  int error = mp_async_wait_at (result, timeout, site);

  return error != MP_OK ? error : collect (result, ret_value, site);
}

int
mp_async_wait_at (MpAsyncResult *result, double timeout, MpSite site)
{
  uint32_t object = result->pool != NULL ? result->pool->shared->object : 0;
  int error;

  if (result->pool != NULL && !pool_is_ours (result->pool))
    return MP_STATE;
  mp_point (PN_KIND_POOL_RESULT, object);
  error = wait_ready (result, timeout, site);
  if (error != MP_OK)
    mp_emit_failed (PN_KIND_POOL_RESULT, object, 0, error, site);
  return error;
}

bool
mp_async_ready (MpAsyncResult *result)
{
  if (is_ready (result))
    return true;
  if (pool_is_ours (result->pool))
    pool_look_after (result->pool);
  return is_ready (result);
}

int
mp_async_successful (MpAsyncResult *result)
{
  if (!mp_async_ready (result))
    return MP_STATE;
  for (size_t i = 0; result->job != NULL && i < result->job->n_tasks; i++)
    if (atomic_load (&result->job->tasks[i].state) != TASK_DONE)
      return 0;
  return 1;
}

void
mp_async_free (MpAsyncResult *result)
{
  MpPool *pool;

  if (result == NULL)
    return;
  pool = result->pool;
  result->is_freed = true;
  if (pool != NULL)
    {
      pthread_mutex_lock (&pool->lock);
      pool_free_results (pool);
      pthread_mutex_unlock (&pool->lock);
      return;
    }
  if (result->job != NULL)
    free_job (result->job);
  free (result);
}
