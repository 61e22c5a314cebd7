/* SPDX-License-Identifier: MIT */
#include "pool-private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A worker that does not end on SIGTERM gets SIGKILL after this long. */
#define PATIENCE_SECONDS 1.0

/* Between looks at a dead worker whose claim can't be settled yet. */
#define SETTLE_NS 1000000

/* Numbers the workers of this process, over all pools, as Python does. */
static _Atomic int n_workers_made;

static bool
has_open_work (PoolShared *shared)
{
  return !atomic_load (&shared->closed)
         || atomic_load (&shared->n_claimed) < atomic_load (&shared->n_submitted);
}

static int
start_worker (Worker *worker, MpSite site)
{
  MpProcess *process;
  char name[32];
  int error;

  snprintf (name, sizeof name, "worker %d", atomic_fetch_add (&n_workers_made, 1) + 1);
  process = mp_process_new (name, pool_work, worker);
  if (process == NULL)
    return mp_errno ();
  atomic_store (&worker->seat->claim, 0);
  mp_process_set_daemon (process, true);
  error = mp_process_start_at (process, site);
  if (error != MP_OK)
    {
      mp_process_free (process);
      return error;
    }
  worker->process = process;
  return MP_OK;
}

/* It has ended. */
static void
drop_worker (Worker *worker)
{
  if (!worker->is_joined)
    mp_process_join_at (worker->process, MP_FOREVER, MP_SITE_NONE);
  mp_process_free (worker->process);
  worker->process = NULL;
  worker->is_dead = worker->is_joined = false;
}

/* Under the lock. */
static void
look_after_worker (MpPool *pool, Worker *worker)
{
  if (worker->process == NULL)
    return;
  if (!worker->is_dead && mp_process_is_alive (worker->process))
    return;
  worker->is_dead = true;
  if (!pool_lose_claim (pool, worker))
    return;
  drop_worker (worker);
  atomic_store (&worker->seat->claim, 0);
  if (!pool->is_terminated && has_open_work (pool->shared))
    start_worker (worker, MP_SITE_NONE);
}

static void
free_shared (PoolShared *shared)
{
  Ring *previous;

  for (Ring *ring = shared->ring; ring != NULL; ring = previous)
    {
      previous = ring->previous;
      mp_heap_free (ring);
    }
  mp_heap_free (shared);
}

static PoolShared *
make_shared (size_t n)
{
  PoolShared *shared = mp_heap_alloc0 (sizeof *shared + n * sizeof (Seat));

  if (shared == NULL)
    return NULL;
  shared->creator = getpid ();
  shared->n_seats = n;
  return shared;
}

static void
init_lock (MpPool *pool)
{
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (&pool->lock, &attributes);
  pthread_mutexattr_destroy (&attributes);
}

static MpPool *
make_pool (size_t n)
{
  MpPool *pool = calloc (1, sizeof *pool);

  if (pool == NULL)
    return mp_fail (MP_TOO_LARGE);
  init_lock (pool);
  pool->workers = calloc (n, sizeof *pool->workers);
  pool->shared = make_shared (n);
  if (pool->workers == NULL || pool->shared == NULL)
    {
      if (pool->shared != NULL)
        free_shared (pool->shared);
      free (pool->workers);
      free (pool);
      return mp_fail (MP_TOO_LARGE);
    }
  for (size_t i = 0; i < n; i++)
    {
      pool->workers[i].shared = pool->shared;
      pool->workers[i].seat = &pool->shared->seats[i];
    }
  return pool;
}

/* Their tasks are lost, as those that nobody has begun. */
static void
end_workers (MpPool *pool, MpSite site)
{
  size_t n = pool->shared->n_seats;

  for (size_t i = 0; i < n; i++)
    if (pool->workers[i].process != NULL)
      mp_process_signal_at (pool->workers[i].process, SIGTERM, site);
  for (size_t i = 0; i < n; i++)
    {
      Worker *worker = &pool->workers[i];

      if (worker->process == NULL)
        continue;
      if (mp_process_join_at (worker->process, PATIENCE_SECONDS, site) == MP_TIMEOUT)
        {
          mp_process_signal_at (worker->process, SIGKILL, site);
          mp_process_join_at (worker->process, MP_FOREVER, site);
        }
      worker->is_joined = true;
      drop_worker (worker);
    }
  pool_lose_all (pool);
}

static void
join_worker (MpPool *pool, Worker *worker, MpSite site)
{
  struct timespec settle = mp_timespec (SETTLE_NS);

  while (worker->process != NULL)
    {
      if (worker->is_joined)
        nanosleep (&settle, NULL);
      else
        mp_process_join_at (worker->process, MP_FOREVER, site);
      worker->is_joined = true;
      pool_look_after (pool);
    }
}

bool
pool_is_ours (const MpPool *pool)
{
  return pool->shared->creator == getpid ();
}

void
pool_look_after (MpPool *pool)
{
  pthread_mutex_lock (&pool->lock);
  for (size_t i = 0; i < pool->shared->n_seats; i++)
    look_after_worker (pool, &pool->workers[i]);
  pool_free_results (pool);
  pthread_mutex_unlock (&pool->lock);
}

MpPool *
mp_pool_new_at (const char *name, int processes, MpSite site)
{
  MpPool *pool;
  int error = MP_OK;

  if (processes < 0)
    return mp_fail (MP_INVALID);
  if (processes == 0)
    processes = (int)sysconf (_SC_NPROCESSORS_ONLN);
  if (processes < 1)
    processes = 1;
  pool = make_pool ((size_t)processes);
  if (pool == NULL)
    return NULL;
  pool->shared->object = mp_object_new (PN_OBJECT_POOL, name, processes, site);
  for (int i = 0; i < processes && error == MP_OK; i++)
    error = start_worker (&pool->workers[i], site);
  if (error == MP_OK)
    return pool;
  mp_pool_free (pool);
  return mp_fail (error);
}

int
mp_pool_close_at (MpPool *pool, MpSite site)
{
  PoolShared *shared = pool->shared;

  if (!pool_is_ours (pool))
    return MP_STATE;
  mp_point (PN_KIND_POOL_CLOSE, shared->object);
  if (atomic_load (&shared->closed))
    return MP_OK;
  mp_emit (PN_KIND_POOL_CLOSE, shared->object, 0, 0, site);
  atomic_store (&shared->closed, true);
  mp_sleepers_wake (&shared->idle, INT_MAX);
  return MP_OK;
}

int
mp_pool_join_at (MpPool *pool, MpSite site)
{
  if (!pool_is_ours (pool))
    return MP_STATE;
  if (!atomic_load (&pool->shared->closed))
    return MP_INVALID;
  if (!pool->is_terminated)
    pool_wait_done (pool, site);
  for (size_t i = 0; i < pool->shared->n_seats; i++)
    join_worker (pool, &pool->workers[i], site);
  pthread_mutex_lock (&pool->lock);
  pool_lose_all (pool);
  pthread_mutex_unlock (&pool->lock);
  return MP_OK;
}

int
mp_pool_terminate_at (MpPool *pool, MpSite site)
{
  if (!pool_is_ours (pool))
    return MP_STATE;
  mp_point (PN_KIND_POOL_TERMINATE, pool->shared->object);
  if (pool->is_terminated)
    return MP_OK;
  mp_emit (PN_KIND_POOL_TERMINATE, pool->shared->object, 0, 0, site);
  pthread_mutex_lock (&pool->lock);
  pool->is_terminated = true;
  atomic_store (&pool->shared->closed, true);
  end_workers (pool, site);
  pthread_mutex_unlock (&pool->lock);
  return MP_OK;
}

void
mp_pool_free (MpPool *pool)
{
  MpAsyncResult *next;

  if (pool == NULL || !pool_is_ours (pool))
    return;
  for (size_t i = 0; i < pool->shared->n_seats; i++)
    if (pool->workers[i].process != NULL)
      {
        mp_pool_terminate_at (pool, MP_SITE_NONE);
        break;
      }
  pool_lose_all (pool);
  pool_free_results (pool);
  /* The others belong to the user, who may still ask for what was done. */
  for (MpAsyncResult *result = pool->results; result != NULL; result = next)
    {
      next = result->next;
      result->pool = NULL;
      result->next = NULL;
    }
  free_shared (pool->shared);
  free (pool->workers);
  pthread_mutex_destroy (&pool->lock);
  free (pool);
}
