/* SPDX-License-Identifier: MIT */
#include "pool-private.h"

#include <stdlib.h>
#include <string.h>

/* How often a waiting creator looks whether a worker died. */
#define LOOK_NS 20000000

/* The tasks of a chunk are done in order. */
static bool
is_chunk_done (const MpAsyncResult *result, size_t chunk)
{
  const Job *job = result->job;

  return atomic_load (&job->tasks[pool_chunk_end (result, chunk) - 1].state)
         != TASK_TODO;
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

  for (size_t i = chunk * job->chunk_tasks; i < pool_chunk_end (result, chunk); i++)
    {
      uint32_t todo = TASK_TODO;

      atomic_compare_exchange_strong (&job->tasks[i].state, &todo, TASK_LOST);
    }
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
      atomic_store (&result->job->awaited, pool_chunk_end (result, result->n_open - 1));
      if (!is_chunk_done (result, result->n_open - 1))
        mp_sleepers_sleep (sleepers, seen, deadline < look ? deadline : look);
      mp_sleepers_leave (sleepers);
    }
  return MP_OK;
}

void
pool_wait_done (MpPool *pool, MpSite site)
{
  PoolShared *shared = pool->shared;
  bool has_waited = false;

  while (pool_is_busy (shared))
    {
      uint32_t seen;

      pool_look_after (pool);
      seen = mp_sleepers_enter (&shared->results);
      if (pool_is_busy (shared))
        {
          if (!has_waited)
            mp_emit (PN_KIND_POOL_RESULT_WAIT, shared->object, 0, -1, site);
          has_waited = true;
          mp_sleepers_sleep (&shared->results, seen, mp_now_ns () + LOOK_NS);
        }
      mp_sleepers_leave (&shared->results);
    }
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

size_t
pool_chunk_end (const MpAsyncResult *result, size_t chunk)
{
  const Job *job = result->job;
  size_t end = (chunk + 1) * job->chunk_tasks;

  return end < job->n_tasks ? end : job->n_tasks;
}

void
pool_free_job (Job *job)
{
  for (size_t i = 0; i < job->n_tasks; i++)
    if (atomic_load (&job->tasks[i].state) == TASK_DONE)
      mp_heap_free (job->tasks[i].result);
  mp_heap_free (job->args);
  mp_heap_free (job);
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
      pool_free_job (result->job);
      free (result);
    }
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
    return MP_INVALID;
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
    pool_free_job (result->job);
  free (result);
}
