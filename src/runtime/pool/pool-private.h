/* SPDX-License-Identifier: MIT */
#pragma once

/* The inside of a pool: pool.c its life, pool-submit.c and pool-result.c tasks and
 * results as the creator sees them, pool-worker.c the worker. There is no thread behind
 * it: the creator looks after its workers whenever it uses the pool.
 *
 * Life of a chunk of tasks, by its place (0, 1, 2, …) in the order of submission:
 *   submitted  n_submitted is above it; its entry stands in the ring
 *   claimed    a worker wrote the place into its seat, then moved n_claimed past it
 *   done       each of its tasks has left TASK_TODO, the last one last
 * A worker that dies has at most one claim. If that chunk is not done, and nobody else
 * has a claim on it, its open tasks are lost. */

#include "guard.h"
#include "value-private.h"

#include <pthread.h>

#define POOL_TEXT_BYTES 200

typedef enum
{
  TASK_TODO,
  TASK_DONE,
  TASK_FAILED, /* there was no room for its result */
  TASK_LOST
} TaskState;

/* A cache line. The worker writes the result, then stores `state`. */
typedef struct
{
  const unsigned char *arg; /* encoded, in the job's args */
  uint32_t arg_bytes;
  _Atomic uint32_t state; /* TaskState */
  uint32_t worker;        /* process number */
  uint32_t result_bytes;
  unsigned char *result; /* a block of the heap; NULL: it is in `small_result` */
  unsigned char small_result[32];
} Task;

_Static_assert(sizeof (Task) == 64, "one task a cache line");

/* The tasks of one map or apply. */
typedef struct
{
  MpFunction function;
  uint32_t submitter;    /* process number */
  uint64_t first_number; /* of the first task */
  size_t n_tasks;
  size_t chunk_tasks;
  unsigned char *args;
  _Atomic size_t awaited; /* the task that the creator sleeps for, + 1; 0: none */
  _Alignas(64) Task tasks[];
} Job;

typedef struct
{
  Job *job;
  size_t first; /* of its tasks */
  size_t end;
} Chunk;

/* What was submitted and not claimed yet. When it is too small the creator puts a
 * larger one in its place; workers may still read the old one. */
typedef struct Ring
{
  struct Ring *previous;
  uint64_t mask;
  Chunk chunks[];
} Ring;

typedef struct
{
  _Alignas(64) _Atomic uint64_t claim; /* a place + 1; 0: none */
} Seat;

typedef struct
{
  uint32_t object;
  pid_t creator;
  size_t n_seats;
  _Atomic bool closed;
  Ring *_Atomic ring;
  _Alignas(64) _Atomic uint64_t n_submitted;
  _Alignas(64) _Atomic uint64_t n_claimed;
  _Alignas(64) MpSleepers idle;    /* workers */
  _Alignas(64) MpSleepers results; /* the creator */
  Seat seats[];
} PoolShared;

/* From here on the creator's own memory. */

typedef struct
{
  MpProcess *process; /* NULL: there is none any more */
  PoolShared *shared;
  Seat *seat;
  bool is_dead; /* and its claim is not settled yet */
  bool is_joined;
} Worker;

struct MpPool
{
  PoolShared *shared;
  Worker *workers; /* one a seat */
  bool is_terminated;

  /* Protects what follows, and the workers. Recursive; not held in a sleep. */
  pthread_mutex_t lock;
  uint64_t n_tasks;       /* ever submitted */
  MpAsyncResult *results; /* those that have a job */
};

struct MpAsyncResult
{
  MpPool *pool; /* NULL once it was freed, or if there was nothing to do */
  MpAsyncResult *next;
  Job *job;
  uint64_t first_place; /* of its chunks */
  size_t n_chunks;
  _Atomic size_t n_open; /* all chunks from this one on are done */
  bool is_list;          /* of a map */
  bool is_freed;         /* by the user, while tasks were open */
  bool is_emitted;
};

/* The task behind the last of a chunk. */
size_t pool_chunk_end (const MpAsyncResult *result, size_t chunk);

/* With its results. */
void pool_free_job (Job *job);

/* Whether a task was submitted that is not done yet. */
bool pool_is_busy (PoolShared *shared);

/* The one place where a join decides to wait for the tasks. */
void pool_wait_done (MpPool *pool, MpSite site);

/* A worker's target. */
int pool_work (void *worker);

/* Whether the current process made it. */
bool pool_is_ours (const MpPool *pool);

/* Notices workers that died, says which tasks are lost with them, and starts others. */
void pool_look_after (MpPool *pool);

/* The open tasks of a dead worker are lost. False if it can't be told yet which they
 * are. Under the lock. */
bool pool_lose_claim (MpPool *pool, const Worker *worker);

/* All open tasks are lost, because no worker is left. Under the lock. */
void pool_lose_all (MpPool *pool);

/* Frees results that the user has freed and nobody works on. Under the lock. */
void pool_free_results (MpPool *pool);
