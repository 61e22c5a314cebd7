/* SPDX-License-Identifier: MIT */
#include "pool-private.h"

#include <string.h>
#include <unistd.h>

#define LOOK_NS 10000000

static Chunk
chunk_at (const PoolShared *shared, uint64_t place)
{
  const Ring *ring = atomic_load_explicit (&shared->ring, memory_order_acquire);

  return ring->chunks[place & ring->mask];
}

/* The claim is written before the chunk is taken, so that a chunk whose worker dies can
 * always be found. A claim that was not followed by the taking does no harm. */
static bool
take_chunk (PoolShared *shared, Seat *seat, Chunk *ret_chunk)
{
  uint64_t place = atomic_load (&shared->n_claimed);

  while (place < atomic_load (&shared->n_submitted))
    {
      atomic_store (&seat->claim, place + 1);
      *ret_chunk = chunk_at (shared, place);
      if (atomic_compare_exchange_strong (&shared->n_claimed, &place, place + 1))
        return true;
    }
  atomic_store (&seat->claim, 0);
  return false;
}

static bool
has_work (PoolShared *shared)
{
  return atomic_load (&shared->n_claimed) < atomic_load (&shared->n_submitted);
}

/* `closed` is looked at first: nothing is submitted after it. As in Python, a worker of
 * a closed pool stays until all tasks are done. */
static bool
is_over (PoolShared *shared)
{
  bool is_alone = getppid () != shared->creator;

  if (atomic_load (&shared->closed))
    return !has_work (shared) && (is_alone || !pool_is_busy (shared));
  return is_alone;
}

/* A worker whose creator has died is done: nobody is left to have its results. In
 * Python it fails at the first one. To ask costs as much as some tiny tasks. */
static bool
is_orphaned (PoolShared *shared)
{
  static int64_t looked_ns;
  int64_t now_ns = mp_now_ns ();

  if (now_ns - looked_ns < LOOK_NS)
    return false;
  looked_ns = now_ns;
  return getppid () != shared->creator;
}

/* False: there will be no more. */
static bool
get_chunk (PoolShared *shared, Seat *seat, Chunk *ret_chunk)
{
  bool has_waited = false;

  mp_point (PN_KIND_POOL_BEGIN, shared->object);
  if (is_orphaned (shared))
    return false;
  while (!take_chunk (shared, seat, ret_chunk))
    {
      uint32_t seen;

      if (is_over (shared))
        {
          mp_sleepers_wake (&shared->idle, INT_MAX);
          mp_sleepers_wake (&shared->results, INT_MAX);
          return false;
        }
      if (!has_waited)
        mp_emit (PN_KIND_POOL_TASK_WAIT, shared->object, 0, -1, MP_SITE_NONE);
      has_waited = true;
      seen = mp_sleepers_enter (&shared->idle);
      if (!has_work (shared) && !is_over (shared))
        mp_sleepers_sleep (&shared->idle, seen, MP_NO_DEADLINE);
      mp_sleepers_leave (&shared->idle);
    }
  return true;
}

static void
emit_value (
    PnKind kind, PoolShared *shared, const Job *job, const Task *task, MpValue value)
{
  char text[POOL_TEXT_BYTES];

  if (mp_is_observed ())
    mp_emit_text (kind,
                  shared->object,
                  job->submitter,
                  (int64_t)(job->first_number + (uint64_t)(task - job->tasks)),
                  MP_SITE_NONE,
                  mp_repr (value, text, sizeof text));
}

static TaskState
store_result (Task *task, MpValue result)
{
  size_t bytes = mp_value_encoded_bytes (result);
  unsigned char *room = task->small_result;

  if (bytes > MP_HEAP_BLOCK_MAX)
    return TASK_FAILED;
  if (bytes > sizeof task->small_result)
    {
      room = mp_heap_alloc (bytes);
      if (room == NULL)
        return TASK_FAILED;
      task->result = room;
    }
  task->result_bytes = (uint32_t)bytes;
  mp_value_encode (result, room);
  return TASK_DONE;
}

/* Once the state of its last task is stored the job may be freed. To look at `awaited`
 * then is safe, since the heap stays mapped; at worst the creator is woken in vain. */
static void
do_task (PoolShared *shared, Job *job, size_t index)
{
  Task *task = &job->tasks[index];
  TaskState state = TASK_FAILED;
  MpValue result = mp_none ();
  MpValue arg;

  task->worker = mp_process_number ();
  if (mp_value_decode (task->arg, task->arg_bytes, &arg) == MP_OK)
    {
      emit_value (PN_KIND_POOL_BEGIN, shared, job, task, arg);
      result = job->function (arg);
      state = store_result (task, result);
    }
  mp_point (PN_KIND_POOL_DONE, shared->object);
  emit_value (PN_KIND_POOL_DONE, shared, job, task, result);
  mp_clear (&result);
  atomic_store (&task->state, state);
  if (atomic_load (&job->awaited) == index + 1)
    mp_sleepers_wake (&shared->results, INT_MAX);
}

bool
pool_is_busy (PoolShared *shared)
{
  for (size_t i = 0; i < shared->n_seats; i++)
    if (atomic_load (&shared->seats[i].claim) != 0)
      return true;
  return has_work (shared);
}

int
pool_work (void *data)
{
  const Worker *worker = data;
  PoolShared *shared = worker->shared;
  Seat *seat = worker->seat;
  Chunk chunk;

  while (get_chunk (shared, seat, &chunk))
    for (size_t i = chunk.first; i < chunk.end; i++)
      do_task (shared, chunk.job, i);
  return 0;
}
