/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "pn-test.h"
#include "step.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 20.0

static MpValue
numbers (int64_t n)
{
  MpValue list = mp_list ();

  for (int64_t i = 0; i < n; i++)
    g_assert_cmpint (mp_append (&list, mp_int (i)), ==, MP_OK);
  return list;
}

static MpValue
square (MpValue arg)
{
  return mp_int (mp_as_int (arg) * mp_as_int (arg));
}

static MpValue
rest (MpValue seconds)
{
  g_usleep ((gulong)(mp_as_float (seconds) * 1e6));
  return seconds;
}

static MpValue
repeat (MpValue length)
{
  size_t n = (size_t)mp_as_int (length);
  g_autofree char *bytes = g_malloc (n + 1);

  memset (bytes, 'r', n);
  return mp_bytes (bytes, n);
}

static MpValue
own_pid (MpValue arg)
{
  mp_clear (&arg);
  g_usleep (20000);
  return mp_int (getpid ());
}

static MpValue
die_on_three (MpValue arg)
{
  if (mp_as_int (arg) == 3)
    raise (SIGKILL);
  return arg;
}

static void
assert_squares (MpValue list, int64_t n)
{
  g_assert_cmpuint (mp_len (list), ==, (size_t)n);
  for (int64_t i = 0; i < n; i++)
    g_assert_cmpint (mp_as_int (mp_at (list, (size_t)i)), ==, i * i);
}

static void
map_keeps_the_order (void)
{
  static const size_t chunks[] = { 0, 1, 3, 1000 };
  MpPool *pool = mp_pool_new ("pool", 3);
  MpValue results;

  for (size_t i = 0; i < G_N_ELEMENTS (chunks); i++)
    for (int64_t n = 0; n < 200; n = n * 2 + 1)
      {
        g_assert_cmpint (
            mp_pool_map_at (pool, square, numbers (n), chunks[i], &results, MP_SITE),
            ==,
            MP_OK);
        assert_squares (results, n);
        mp_clear (&results);
      }
  g_assert_cmpint (mp_pool_map (pool, square, mp_int (1), &results), ==, MP_TYPE);
  g_assert_cmpint (mp_pool_close (pool), ==, MP_OK);
  g_assert_cmpint (mp_pool_join (pool), ==, MP_OK);
  mp_pool_free (pool);
}

static void
many_at_once (void)
{
  MpPool *pool = mp_pool_new (NULL, 4);
  MpAsyncResult *results[500];
  MpValue value;

  for (int i = 0; i < 500; i++)
    results[i] = mp_pool_apply_async (pool, square, mp_int (i));
  for (int i = 499; i >= 0; i--)
    {
      g_assert_cmpint (mp_async_get_timeout (results[i], PATIENCE, &value), ==, MP_OK);
      g_assert_cmpint (mp_as_int (value), ==, i * i);
      /* A copy each time. */
      g_assert_cmpint (mp_async_get (results[i], &value), ==, MP_OK);
      g_assert_cmpint (mp_as_int (value), ==, i * i);
      mp_async_free (results[i]);
    }
  mp_pool_free (pool);
}

static void
results_of_any_size (void)
{
  static const int64_t sizes[] = { 0, 1, 29, 30, 31, 1000, 3000000 };
  MpPool *pool = mp_pool_new (NULL, 2);
  MpValue args = mp_list ();
  MpValue results;

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    mp_append (&args, mp_int (sizes[i]));
  g_assert_cmpint (mp_pool_map (pool, repeat, args, &results), ==, MP_OK);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_cmpuint (mp_len (mp_at (results, i)), ==, (size_t)sizes[i]);
  mp_clear (&results);
  /* It does not fit into the heap's largest block. */
  g_assert_cmpint (mp_pool_map (pool, repeat, numbers (1), &results), ==, MP_OK);
  mp_clear (&results);
  args = mp_list ();
  mp_append (&args, mp_int ((int64_t)MP_HEAP_BLOCK_MAX));
  g_assert_cmpint (mp_pool_map (pool, repeat, args, &results), ==, MP_TOO_LARGE);
  mp_pool_free (pool);
}

static void
async_result_tells_its_state (void)
{
  MpPool *pool = mp_pool_new (NULL, 2);
  MpAsyncResult *result = mp_pool_apply_async (pool, rest, mp_float (0.2));
  MpValue value;

  g_assert_false (mp_async_ready (result));
  g_assert_cmpint (mp_async_successful (result), ==, MP_INVALID);
  g_assert_cmpint (mp_async_wait (result, 0.02), ==, MP_TIMEOUT);
  g_assert_cmpint (mp_async_get_timeout (result, 0.0, &value), ==, MP_TIMEOUT);
  g_assert_cmpint (mp_async_wait (result, PATIENCE), ==, MP_OK);
  g_assert_true (mp_async_ready (result));
  g_assert_cmpint (mp_async_successful (result), ==, 1);
  g_assert_cmpint (mp_async_get (result, &value), ==, MP_OK);
  g_assert_cmpfloat (mp_as_float (value), ==, 0.2);
  mp_async_free (result);

  /* Freed while it is worked on. */
  mp_async_free (mp_pool_apply_async (pool, rest, mp_float (0.05)));
  mp_async_free (mp_pool_apply_async (pool, rest, mp_float (0.05)));
  g_assert_cmpint (mp_pool_join (pool), ==, MP_INVALID);
  g_assert_cmpint (mp_pool_close (pool), ==, MP_OK);
  g_assert_null (mp_pool_apply_async (pool, rest, mp_float (0.05)));
  g_assert_cmpint (mp_errno (), ==, MP_CLOSED);
  g_assert_cmpint (mp_pool_join (pool), ==, MP_OK);
  mp_pool_free (pool);
}

static int
use_as_stranger (void *data)
{
  MpPool *pool = data;
  MpValue results;

  return mp_pool_map (pool, square, numbers (2), &results) == MP_STATE
                 && mp_pool_close (pool) == MP_STATE && mp_pool_join (pool) == MP_STATE
                 && mp_pool_terminate (pool) == MP_STATE
             ? 0
             : 1;
}

static int
make_pool_as_daemon (void *data)
{
  return mp_pool_new (NULL, 1) == NULL && mp_errno () == MP_STATE ? 0 : 1;
}

static int
run_process (MpTarget target, void *data, bool daemon)
{
  MpProcess *process = mp_process_new (NULL, target, data);
  int code = -1;

  mp_process_set_daemon (process, daemon);
  g_assert_cmpint (mp_process_start (process), ==, MP_OK);
  g_assert_cmpint (mp_process_join_timeout (process, PATIENCE), ==, MP_OK);
  g_assert_true (mp_process_exitcode (process, &code));
  mp_process_free (process);
  return code;
}

static void
only_the_creator_may_use_it (void)
{
  MpPool *pool = mp_pool_new (NULL, 2);

  g_assert_cmpint (run_process (use_as_stranger, pool, false), ==, 0);
  g_assert_cmpint (run_process (make_pool_as_daemon, NULL, true), ==, 0);
  mp_pool_free (pool);
}

static void
a_lost_task_is_said_to_be_lost (void)
{
  MpPool *pool = mp_pool_new (NULL, 3);
  MpAsyncResult *results[6];
  MpValue value;

  for (int i = 0; i < 6; i++)
    results[i] = mp_pool_apply_async (pool, die_on_three, mp_int (i));
  for (int i = 0; i < 6; i++)
    {
      g_assert_cmpint (mp_async_get_timeout (results[i], PATIENCE, &value),
                       ==,
                       i == 3 ? MP_LOST : MP_OK);
      g_assert_cmpint (mp_async_successful (results[i]), ==, i != 3);
      mp_async_free (results[i]);
    }
  g_assert_cmpint (mp_pool_map_at (pool, die_on_three, numbers (9), 2, &value, MP_SITE),
                   ==,
                   MP_LOST);
  /* Others have taken their places. */
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 3);
  g_assert_cmpint (mp_pool_map (pool, square, numbers (50), &value), ==, MP_OK);
  assert_squares (value, 50);
  mp_clear (&value);
  g_assert_cmpint (mp_pool_close (pool), ==, MP_OK);
  g_assert_cmpint (mp_pool_join (pool), ==, MP_OK);
  mp_pool_free (pool);
}

static void
kill_a_worker (void)
{
  MpProcess *workers[8];
  size_t n = mp_active_children (workers, G_N_ELEMENTS (workers));

  if (n > 0)
    mp_process_kill (workers[(size_t)g_test_rand_int_range (0, (int)n)]);
}

/* The list is whole, or some of it is lost; the next one works. */
static void
survives_kills (void)
{
  MpPool *pool = mp_pool_new (NULL, 3);
  int lost = 0;

  for (int round = 0; round < pn_test_times (100); round++)
    {
      MpAsyncResult *result
          = mp_pool_map_async_at (pool, square, numbers (20000), 1, MP_SITE);
      MpValue value;
      int error;

      g_usleep ((gulong)g_test_rand_int_range (0, 3000));
      kill_a_worker ();
      if (g_test_rand_bit ())
        kill_a_worker ();
      error = mp_async_get_timeout (result, PATIENCE, &value);
      if (error == MP_OK)
        {
          assert_squares (value, 20000);
          mp_clear (&value);
        }
      else
        g_assert_cmpint (error, ==, MP_LOST);
      lost += error == MP_LOST;
      mp_async_free (result);
      g_assert_cmpint (mp_pool_map (pool, square, numbers (20), &value), ==, MP_OK);
      assert_squares (value, 20);
      mp_clear (&value);
    }
  g_test_message ("%d of %d maps lost a task", lost, pn_test_times (100));
  mp_pool_free (pool);
}

#define TASKS 4

/* The only worker is killed after `steps` instructions of its work. Returns how many
 * tasks were lost, -1 if no process may be traced. */
static int
kill_worker_after (MpPool *pool, long steps)
{
  MpProcess *worker;
  MpAsyncResult *results[TASKS];
  MpValue value;
  int lost = 0;

  /* It may have been killed last time when it had nothing to do. */
  g_assert_cmpint (mp_pool_map (pool, square, numbers (1), NULL), ==, MP_OK);
  g_assert_cmpuint (mp_active_children (&worker, 1), ==, 1);
  if (!step_hold (mp_process_pid (worker)))
    return -1;
  for (int i = 0; i < TASKS; i++)
    results[i] = mp_pool_apply_async (pool, square, mp_int (i));
  step_held_and_kill (mp_process_pid (worker), steps);
  for (int i = 0; i < TASKS; i++)
    {
      int error = mp_async_get_timeout (results[i], PATIENCE, &value);

      if (error == MP_OK)
        g_assert_cmpint (mp_as_int (value), ==, i * i);
      else
        g_assert_cmpint (error, ==, MP_LOST);
      lost += error == MP_LOST;
      mp_async_free (results[i]);
    }
  return lost;
}

/* One task is lost at most: the one that it had. All others are done by the next. */
static void
survives_a_kill_at_each_instruction (void)
{
  MpPool *pool = mp_pool_new (NULL, 1);
  int lost = 0;

  for (int round = 0; round < pn_test_times (30); round++)
    {
      int n = kill_worker_after (pool, g_test_rand_int_range (0, 3000));

      if (n < 0)
        {
          g_test_skip ("no process may be traced here");
          break;
        }
      g_assert_cmpint (n, <=, 1);
      lost += n;
    }
  g_test_message ("%d of %d kills lost a task", lost, pn_test_times (30));
  mp_pool_free (pool);
}

static void
terminate_ends_the_workers (void)
{
  MpPool *pool = mp_pool_new (NULL, 2);
  MpAsyncResult *done = mp_pool_apply_async (pool, square, mp_int (3));
  MpAsyncResult *open = mp_pool_apply_async (pool, rest, mp_float (1000));
  int64_t begin_ns = mp_now_ns ();
  MpValue value;

  g_assert_cmpint (mp_async_wait (done, PATIENCE), ==, MP_OK);
  g_assert_cmpint (mp_pool_terminate (pool), ==, MP_OK);
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 0);
  g_assert_cmpint (mp_pool_join (pool), ==, MP_OK);
  g_assert_cmpint (mp_now_ns () - begin_ns, <, 10000000000);
  g_assert_cmpint (mp_async_get (open, &value), ==, MP_LOST);
  mp_pool_free (pool);
  g_assert_cmpint (mp_async_get (done, &value), ==, MP_OK);
  g_assert_cmpint (mp_as_int (value), ==, 9);
  mp_async_free (done);
  mp_async_free (open);
}

static void
work_is_shared (void)
{
  MpPool *pool = mp_pool_new (NULL, 4);
  g_autoptr (GHashTable) pids = g_hash_table_new (NULL, NULL);
  MpValue value;

  g_assert_cmpint (
      mp_pool_map_at (pool, own_pid, numbers (8), 1, &value, MP_SITE), ==, MP_OK);
  for (size_t i = 0; i < 8; i++)
    g_hash_table_add (pids, GINT_TO_POINTER ((int)mp_as_int (mp_at (value, i))));
  g_assert_cmpuint (g_hash_table_size (pids), ==, 4);
  mp_clear (&value);
  mp_pool_free (pool);
}

typedef struct
{
  _Atomic int pids[2];
} Pids;

static MpValue
note_pid (MpValue arg)
{
  Pids *pids = *(Pids *const *)mp_as_bytes (arg, NULL);
  int none = 0;

  mp_clear (&arg);
  if (!atomic_compare_exchange_strong (&pids->pids[0], &none, getpid ()))
    atomic_store (&pids->pids[1], getpid ());
  g_usleep (100000);
  return mp_none ();
}

/* Whether they wait for a task or have many more to do. */
static void
no_worker_outlives_a_killed_creator (gconstpointer n_tasks)
{
  Pids *pids = mp_heap_alloc0 (sizeof *pids);
  pid_t creator = fork ();
  int64_t deadline;

  if (creator == 0)
    {
      MpPool *pool = mp_pool_new (NULL, 2);

      for (int i = 0; i < GPOINTER_TO_INT (n_tasks); i++)
        mp_pool_apply_async (pool, note_pid, mp_bytes (&pids, sizeof pids));
      pause ();
    }
  deadline = mp_deadline (PATIENCE);
  while (pids->pids[1] == 0 && mp_now_ns () < deadline)
    g_usleep (1000);
  kill (creator, SIGKILL);
  pn_test_wait (creator);
  for (int i = 0; i < 2; i++)
    {
      while (kill (pids->pids[i], 0) == 0 && mp_now_ns () < deadline)
        g_usleep (1000);
      g_assert_cmpint (kill (pids->pids[i], 0), ==, -1);
    }
  mp_heap_free (pids);
}

static MpValue
wait_for_lock (MpValue arg)
{
  MpLock *lock = (MpLock *)(uintptr_t)mp_as_int (arg);

  if (lock == NULL)
    return arg;
  mp_lock_acquire (lock);
  mp_lock_release (lock);
  return arg;
}

/* As in Python: not before the last task is done, though nothing is left for them. */
static void
workers_of_a_closed_pool_stay (void)
{
  MpLock *lock = mp_lock_new (NULL);
  MpPool *pool = mp_pool_new ("pool", 3);
  MpAsyncResult *held;
  MpAsyncResult *quick;

  mp_lock_acquire (lock);
  held = mp_pool_apply_async (pool, wait_for_lock, mp_int ((int64_t)(uintptr_t)lock));
  quick = mp_pool_apply_async (pool, wait_for_lock, mp_int (0));
  g_assert_cmpint (mp_async_get_timeout (quick, PATIENCE, NULL), ==, MP_OK);
  g_assert_cmpint (mp_pool_close (pool), ==, MP_OK);
  g_usleep (200000);
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 3);
  mp_lock_release (lock);
  g_assert_cmpint (mp_pool_join (pool), ==, MP_OK);
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 0);
  g_assert_true (mp_async_ready (held));
  mp_async_free (held);
  mp_async_free (quick);
  mp_pool_free (pool);
  mp_lock_free (lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/map-keeps-the-order", map_keeps_the_order);
  g_test_add_func ("/pool/many-at-once", many_at_once);
  g_test_add_func ("/pool/results-of-any-size", results_of_any_size);
  g_test_add_func ("/pool/async-result-tells-its-state", async_result_tells_its_state);
  g_test_add_func ("/pool/only-the-creator-may-use-it", only_the_creator_may_use_it);
  g_test_add_func ("/pool/a-lost-task-is-said-to-be-lost",
                   a_lost_task_is_said_to_be_lost);
  g_test_add_func ("/pool/survives-kills", survives_kills);
  g_test_add_func ("/pool/survives-a-kill-at-each-instruction",
                   survives_a_kill_at_each_instruction);
  g_test_add_func ("/pool/terminate-ends-the-workers", terminate_ends_the_workers);
  g_test_add_func ("/pool/work-is-shared", work_is_shared);
  g_test_add_func ("/pool/workers-of-a-closed-pool-stay",
                   workers_of_a_closed_pool_stay);
  g_test_add_data_func ("/pool/no-worker-outlives-a-killed-creator/idle",
                        GINT_TO_POINTER (2),
                        no_worker_outlives_a_killed_creator);
  g_test_add_data_func ("/pool/no-worker-outlives-a-killed-creator/busy",
                        GINT_TO_POINTER (1000),
                        no_worker_outlives_a_killed_creator);
  return g_test_run ();
}
