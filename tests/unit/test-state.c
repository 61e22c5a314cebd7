/* SPDX-License-Identifier: MIT */
#include "pn-dump.h"
#include "pn-random.h"
#include "pn-sample-model.h"
#include "pn-state-private.h"
#include "pn-test.h"

#define BEGIN                                                                          \
  "0.0 main process.begin\n0.0 main name lock lock\n0.0 main name queue q =2\n"        \
  "0.0 main name pipe p\n0.0 main name pool pool =2\n0.0 main name value v\n"          \
  "0.1 main process.start P1\n0.1 P1 process.begin\n"                                  \
  "0.1 main process.start P2\n0.1 P2 process.begin\n"

/* What a process does after a script, in words: state and description at once. */
static const struct
{
  const char *script;
  const char *process;
  PnProcessState state;
  const char *words;
} process_cases[] = {
  { "", "main", PN_PROCESS_RUNNING, "runs" },
  { "1 main process.start P3\n", "P3", PN_PROCESS_STARTING, "starts" },
  { "1 P1 sleep.begin ~2\n", "P1", PN_PROCESS_SLEEPING, "sleeps" },
  { "1 P1 sleep.begin ~2\n2 P1 sleep.end\n", "P1", PN_PROCESS_RUNNING, "runs" },
  { "1 P1 lock.acquire lock\n", "P1", PN_PROCESS_RUNNING, "runs, holds lock" },
  { "1 P1 lock.acquire lock\n1 P1 sleep.begin ~1\n",
    "P1",
    PN_PROCESS_SLEEPING,
    "sleeps, holds lock" },
  { "1 P1 lock.acquire lock\n2 P2 lock.wait lock\n",
    "P2",
    PN_PROCESS_WAITING,
    "waits for lock" },
  { "1 P2 lock.wait lock ~1\n2 P2 lock.acquire lock !failed =-1\n",
    "P2",
    PN_PROCESS_RUNNING,
    "runs" },
  { "1 main process.join-wait P1\n", "main", PN_PROCESS_JOINING, "waits to join P1" },
  { "1 main process.join-wait P1 ~1\n2 main process.join P1 !failed =-1\n",
    "main",
    PN_PROCESS_RUNNING,
    "runs" },
  { "1 P1 process.exit =3\n", "P1", PN_PROCESS_RUNNING, "exits" },
  { "1 P1 process.end =3\n", "P1", PN_PROCESS_ZOMBIE, "exited (3), not joined" },
  { "1 P1 process.end =3\n2 main process.join P1 =3\n",
    "P1",
    PN_PROCESS_GONE,
    "exited (3)" },
  { "1 P1 process.end =-9\n",
    "P1",
    PN_PROCESS_ZOMBIE,
    "killed by SIGKILL, not joined" },
  { "1 P1 process.end =-35\n2 main process.join P1 =-35\n",
    "P1",
    PN_PROCESS_GONE,
    "killed by signal 35" },
  { "1 P1 process.end !unknown\n", "P1", PN_PROCESS_ZOMBIE, "ended, not joined" },
  { "1 P1 process.end\n2 main process.end\n", "P1", PN_PROCESS_GONE, "exited (0)" },
  { "1 main process.end\n2 P1 process.end\n", "P1", PN_PROCESS_GONE, "exited (0)" },
  { "1 P1 process.stop\n", "P1", PN_PROCESS_RUNNING, "stopped: runs" },
  { "1 P1 process.stop\n2 P1 process.continue\n", "P1", PN_PROCESS_RUNNING, "runs" },
  { "1 P1 queue.get-wait q\n", "P1", PN_PROCESS_WAITING, "waits for q" },
  { "1 P1 pool.task-wait pool\n", "P1", PN_PROCESS_WAITING, "idle" },
  { "1 P1 pool.begin pool main =3\n",
    "P1",
    PN_PROCESS_RUNNING,
    "runs, works on task 3" },
  { "1 P1 manager.call v P2 =1 \"x\"\n", "P1", PN_PROCESS_WAITING, "waits for v" },
  { "1 P1 manager.call v P2 =1 \"x\"\n2 P2 manager.serve v P1 =1 \"x\"\n",
    "P2",
    PN_PROCESS_RUNNING,
    "serves P1" },
  { "1 P1 manager.call v P2 =1 \"x\"\n2 P2 manager.serve v P1 =1 \"x\"\n"
    "3 P1 manager.reply v P2 =1\n4 P2 manager.serve-wait v\n",
    "P2",
    PN_PROCESS_WAITING,
    "idle" },
  /* What a process does shows that it does not wait, also when the end of the wait was
   * lost; what is said about it does not. */
  { "1 P1 lock.wait lock\n2 P1 queue.put q \"x\"\n", "P1", PN_PROCESS_RUNNING, "runs" },
  { "1 P1 sleep.begin ~9\n2 P1 output.line \"x\"\n3 P1 process.stop\n",
    "P1",
    PN_PROCESS_SLEEPING,
    "stopped: sleeps" },
  /* The dead stay dead. */
  { "1 P1 process.end =3\n2 P1 lock.wait lock\n3 P1 process.end =5\n",
    "P1",
    PN_PROCESS_ZOMBIE,
    "exited (3), not joined" },
};

static void
test_processes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (process_cases); i++)
    {
      g_autofree char *script = g_strconcat (BEGIN, process_cases[i].script, NULL);
      g_autofree char *words = NULL;
      g_autoptr (PnModel) model = pn_sample_model (script);
      const PnState *state = pn_sample_last_state (model);
      const PnProcess *process = pn_sample_process (state, process_cases[i].process);

      g_test_message ("%s", process_cases[i].script);
      words = pn_process_describe (state, process);
      g_assert_cmpstr (words, ==, process_cases[i].words);
      g_assert_cmpint (process->state, ==, process_cases[i].state);
      pn_check_state (state);
    }
}

static void
test_lock_has_owner_and_waiters (void)
{
  g_autoptr (PnModel) model = pn_sample_model (BEGIN "1.0 P1 lock.acquire lock\n"
                                                     "1.1 P2 lock.wait lock\n"
                                                     "1.2 main lock.wait lock ~5\n");
  const PnState *state = pn_sample_last_state (model);
  const PnObject *lock = pn_sample_object (state, "lock");

  g_assert_cmpuint (lock->owner, ==, pn_sample_process (state, "P1")->id);
  g_assert_cmpuint (lock->waiters->len, ==, 2);
  g_assert_cmpuint (g_array_index (lock->waiters, guint32, 0),
                    ==,
                    pn_sample_process (state, "P2")->id);
  g_assert_cmpint (lock->since_ns, ==, 1000000000);
  g_assert_cmpint (pn_sample_process (state, "main")->wait_timeout_ns,
                   ==,
                   G_GINT64_CONSTANT (5000000000));
}

static void
test_any_process_may_release (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model (BEGIN "1 P1 lock.acquire lock\n"
                               "2 P2 lock.release lock\n"
                               "3 P2 lock.release lock\n"
                               "4 P2 lock.release lock !failed =-8\n");
  const PnState *state = pn_sample_last_state (model);

  g_assert_cmpuint (pn_sample_object (state, "lock")->owner, ==, 0);
  g_assert_cmpuint (pn_sample_process (state, "P1")->holds->len, ==, 0);
}

static void
test_death_abandons_locks (void)
{
  g_autoptr (PnModel) model = pn_sample_model (BEGIN "1 P1 lock.acquire lock\n"
                                                     "2 P1 process.end =-9\n");
  g_autoptr (PnModel) later
      = pn_sample_model (BEGIN "1 P1 lock.acquire lock\n2 P1 process.end =-9\n"
                               "3 P1 lock.abandon lock\n4 P2 lock.release lock\n"
                               "5 P2 lock.acquire lock\n");
  const PnState *state = pn_sample_last_state (model);

  g_assert_true (pn_sample_object (state, "lock")->abandoned);
  g_assert_cmpuint (
      pn_sample_object (state, "lock")->owner, ==, pn_sample_process (state, "P1")->id);
  g_assert_false (pn_sample_object (pn_sample_last_state (later), "lock")->abandoned);
}

static void
test_messages_are_first_in_first_out (void)
{
  g_autoptr (PnModel) model = pn_sample_model (BEGIN "1 P1 queue.put q \"'a'\"\n"
                                                     "2 P2 queue.put q \"'b'\"\n"
                                                     "3 P1 queue.put q !failed =-3\n"
                                                     "4 main queue.get q\n");
  const PnState *state = pn_sample_last_state (model);
  const PnObject *queue = pn_sample_object (state, "q");

  g_assert_cmpint (queue->detail, ==, 2);
  g_assert_cmpuint (queue->n_messages, ==, 1);
  g_assert_cmpstr (queue->messages[0].text, ==, "'b'");
  g_assert_cmpuint (queue->messages[0].sender, ==, pn_sample_process (state, "P2")->id);
}

static void
test_pipe_keeps_its_directions_apart (void)
{
  g_autoptr (PnModel) model = pn_sample_model (BEGIN "1 main pipe.send p.1 \"1\"\n"
                                                     "2 P1 pipe.send p.2 \"2\"\n"
                                                     "3 main pipe.send p.1 \"3\"\n"
                                                     "4 main pipe.recv p.1\n");
  const PnState *state = pn_sample_last_state (model);
  const PnObject *pipe = pn_sample_object (state, "p");

  g_assert_cmpuint (pipe->n_messages, ==, 2);
  g_assert_cmpstr (pipe->messages[0].text, ==, "1");
  g_assert_cmpstr (pipe->messages[1].text, ==, "3");
  g_assert_cmpuint (pipe->messages[1].end, ==, 1);
}

static void
test_pool_tasks (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model (BEGIN "1.0 main pool.submit pool =1 \"a\"\n"
                               "1.1 main pool.submit pool =2 \"b\"\n"
                               "1.2 main pool.submit pool =3 \"c\"\n"
                               "1.3 main pool.submit pool =4 \"d\"\n"
                               "1.4 P1 pool.begin pool main =1 \"a\"\n"
                               "1.5 P2 pool.begin pool main =2 \"b\"\n"
                               "1.6 P1 pool.done pool main =1 \"A\"\n"
                               "1.7 main pool.result pool P1 =1 \"A\"\n"
                               "1.8 P1 pool.begin pool main =3 \"c\"\n"
                               "1.9 P1 pool.done pool main !failed =-16 \"boom\"\n");
  const PnState *state = pn_sample_last_state (model);
  const PnObject *pool = pn_sample_object (state, "pool");

  g_assert_cmpuint (pool->n_tasks, ==, 3);
  g_assert_cmpint (pool->tasks[0].number, ==, 2);
  g_assert_cmpint (pool->tasks[0].state, ==, PN_TASK_RUNNING);
  g_assert_cmpuint (pool->tasks[0].worker, ==, pn_sample_process (state, "P2")->id);
  g_assert_cmpint (pool->tasks[1].state, ==, PN_TASK_DONE);
  g_assert_cmpstr (pool->tasks[1].text, ==, "boom");
  g_assert_cmpint (pool->tasks[2].state, ==, PN_TASK_QUEUED);
}

static void
test_values (void)
{
  g_autoptr (PnModel) written = pn_sample_model (BEGIN "1 P1 value.write v =41\n");
  g_autoptr (PnModel) read = pn_sample_model (BEGIN "1 P1 value.read v =7\n");
  g_autoptr (PnModel) untouched = pn_sample_model (BEGIN);
  const PnObject *value = pn_sample_object (pn_sample_last_state (written), "v");

  g_assert_cmpstr (value->value, ==, "41");
  g_assert_true (value->value_is_integer);
  g_assert_cmpint (value->value_integer, ==, 41);
  value = pn_sample_object (pn_sample_last_state (read), "v");
  g_assert_cmpstr (value->value, ==, "7");
  value = pn_sample_object (pn_sample_last_state (untouched), "v");
  g_assert_null (value->value);
}

static void
test_what_was_never_named_has_a_name (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  PnEvent event = { .kind = PN_KIND_LOCK_ACQUIRE, .process = 7, .object = 4000000000u };
  g_autoptr (PnModel) model = NULL;
  const PnState *state;

  pn_sample_builder_add_event (builder, &event);
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  state = pn_model_get_state (model, 0);
  g_assert_cmpstr (pn_state_get_process (state, 7)->name, ==, "process 7");
  g_assert_cmpstr (
      pn_state_get_object (state, 4000000000u)->name, ==, "lock 4000000000");
  g_assert_cmpstr (pn_model_get_process_name (model, 7), ==, "process 7");
  g_assert_cmpstr (pn_model_get_process_name (model, 8), ==, "process 8");
  g_assert_cmpstr (pn_model_get_process_name (model, 0), ==, "runner");
  g_assert_null (pn_state_get_process (state, 8));
}

/* Each state of each sample agrees with itself, and is the same from either side. */
static void
test_forward_and_back (void)
{
  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));
      gsize n = MIN (pn_model_get_n_events (model), 600);
      g_autoptr (GPtrArray) dumps = g_ptr_array_new_with_free_func (g_free);

      for (gsize i = 0; i < n; i++)
        {
          const PnState *state = pn_model_get_state (model, i);

          g_assert_cmpuint (state->event, ==, i);
          pn_check_state (state);
          g_ptr_array_add (dumps, pn_dump_state (state));
        }
      for (gsize i = n; i-- > 0;)
        {
          g_autofree char *dump = pn_dump_state (pn_model_get_state (model, i));

          g_assert_cmpstr (dump, ==, g_ptr_array_index (dumps, i));
        }
    }
}

/* By checkpoint, from any direction, is by replay from the begin. */
static void
check_seeks (GBytes *stream, guint32 seed, gsize step)
{
  g_autoptr (PnModel) model = pn_sample_model_take (stream);
  g_autoptr (PnState) replayed = pn_state_new ();
  g_autoptr (GPtrArray) dumps = g_ptr_array_new_with_free_func (g_free);
  GRand *rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < pn_model_get_n_events (model); i++)
    {
      PnTraceEvent event = pn_trace_get_event (pn_model_get_trace (model), i);

      pn_state_apply (replayed, &event, i);
      if (i % 64 == 0)
        pn_check_state (replayed);
      if (i % step == 0)
        g_ptr_array_add (dumps, pn_dump_state (replayed));
    }
  for (int i = 0; i < 60; i++)
    {
      guint at = (guint)g_rand_int_range (rand, 0, (gint32)dumps->len);
      g_autofree char *dump = pn_dump_state (pn_model_get_state (model, at * step));

      g_assert_cmpstr (dump, ==, g_ptr_array_index (dumps, at));
    }
  g_rand_free (rand);
}

static void
test_seeks_are_replays (void)
{
  check_seeks (pn_sample_generated (30000), 1, 997);
}

static void
test_nonsense_is_survived (void)
{
  guint32 seeds = (guint32)pn_test_times (3);

  for (guint32 seed = 1; seed <= seeds; seed++)
    check_seeks (pn_random_stream (seed, 33000), seed, 1009);
}

/* A million waiters, holders, messages or children in a made-up recording take no
 * more than time in proportion. */
static void
test_crowds_are_bounded (void)
{
  static const PnKind kinds[] = { PN_KIND_LOCK_WAIT,
                                  PN_KIND_LOCK_ACQUIRE,
                                  PN_KIND_QUEUE_PUT,
                                  PN_KIND_PROCESS_JOIN_WAIT,
                                  PN_KIND_POOL_SUBMIT };
  enum
  {
    N = 60000
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      PnSampleBuilder *builder = pn_sample_builder_new ();
      gint64 begin_us = g_get_monotonic_time ();
      g_autoptr (PnModel) model = NULL;

      for (guint32 id = 1; id <= N; id++)
        {
          PnEvent event
              = { .kind = kinds[i],
                  .process = kinds[i] == PN_KIND_LOCK_ACQUIRE ? 1 : id,
                  .object = kinds[i] == PN_KIND_LOCK_ACQUIRE ? id : 1,
                  .peer = id + 1,
                  .value = kinds[i] == PN_KIND_POOL_SUBMIT ? (gint64)(N - id) : -1 };

          pn_sample_builder_add_event (builder, &event);
        }
      for (guint32 id = N; id > 0; id--)
        {
          PnEvent event = { .kind = PN_KIND_PROCESS_END, .process = id };

          pn_sample_builder_add_event (builder, &event);
        }
      model = pn_sample_model_take (pn_sample_builder_end (builder));
      pn_model_get_state (model, N);
      g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 30 * G_USEC_PER_SEC);
    }
}

/* Each process waits for the next, and again: a search along all of them each time
 * would take minutes. */
static void
test_long_chains_are_bounded (void)
{
  enum
  {
    N = 200000
  };
  PnSampleBuilder *builder = pn_sample_builder_new ();
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (PnModel) model = NULL;

  for (guint32 i = 0; i < 2 * N; i++)
    {
      PnEvent event = { .kind = PN_KIND_PROCESS_JOIN_WAIT,
                        .process = i % N + 1,
                        .peer = i % N + 2,
                        .value = -1 };

      pn_sample_builder_add_event (builder, &event);
    }
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  g_assert_cmpuint (pn_model_get_n_events (model), ==, 2 * N);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 20 * G_USEC_PER_SEC);
}

/* Kinds that the runner, or a process that joins it, says about a process. */
static gboolean
is_said_by_another (PnKind kind)
{
  return kind < PN_KIND_NAME || kind == PN_KIND_PROCESS_END
         || kind == PN_KIND_PROCESS_STOP || kind == PN_KIND_PROCESS_CONTINUE
         || kind == PN_KIND_LOCK_ABANDON;
}

static void
check_place (PnKind kind)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  PnEvent event = { .kind = kind,
                    .process = 1,
                    .object = 2,
                    .peer = PN_OBJECT_LOCK,
                    .value = 1,
                    .site = 1,
                    .line = 26 };
  g_autoptr (PnModel) model = NULL;
  const PnProcess *process;

  pn_sample_builder_add (builder,
                         "0 main name file a.c\n0 main name lock lock\n"
                         "1 main lock.wait lock @a.c:7\n");
  pn_sample_builder_add_event (builder, &event);
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  process = pn_sample_process (pn_sample_last_state (model), "main");
  g_assert_cmpuint (process->line, ==, is_said_by_another (kind) ? 7 : 26);
}

/* The line that the code is marked at. */
static void
test_process_is_where_its_last_event_is (void)
{
#define X(symbol, number, name) check_place (PN_KIND_##symbol);
  PN_KINDS (X)
#undef X
}

static void
test_print_ends_no_wait (void)
{
  g_autoptr (PnModel) model = pn_sample_model (
      "0 main name file a.c\n0 main name lock lock\n"
      "0 main process.start P1\n0 main lock.acquire lock @a.c:3\n"
      "0 P1 lock.wait lock @a.c:7\n1 P1 output.line \"from a thread\" @a.c:9\n");
  const PnProcess *p1 = pn_sample_process (pn_sample_last_state (model), "P1");

  g_assert_cmpint (p1->state, ==, PN_PROCESS_WAITING);
  g_assert_cmpint (p1->since_ns, ==, 0);
  g_assert_cmpuint (p1->line, ==, 9);
}

static void
test_steps_skip_files (void)
{
  g_autoptr (PnModel) model = pn_sample_model ("0 main process.begin\n"
                                               "1 main name file a.c\n"
                                               "2 P1 process.begin\n"
                                               "3 P1 name file b.c\n"
                                               "4 main name lock lock\n");

  g_assert_true (pn_model_is_step (model, 0));
  g_assert_false (pn_model_is_step (model, 1));
  g_assert_cmpuint (pn_model_next_step (model, 0, 0), ==, 2);
  g_assert_cmpuint (pn_model_next_step (model, 0, 1), ==, 4);
  g_assert_cmpuint (pn_model_next_step (model, 4, 0), ==, 4);
  g_assert_cmpuint (pn_model_previous_step (model, 4, 0), ==, 2);
  g_assert_cmpuint (pn_model_previous_step (model, 4, 1), ==, 0);
  g_assert_cmpuint (pn_model_previous_step (model, 0, 0), ==, 0);
}

static void
test_output_up_to_an_event (void)
{
  g_autoptr (PnModel) model = pn_sample_model ("0 P1 output.line \"one\"\n"
                                               "1 P1 process.exit\n"
                                               "2 P2 output.line \"\\033two\"\n");
  static const char *const expected[] = { "one\n", "one\n", "one\n␛two\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *output = pn_model_dup_output (model, i);

      g_assert_cmpstr (output, ==, expected[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/state/processes", test_processes);
  g_test_add_func ("/state/lock-has-owner-and-waiters",
                   test_lock_has_owner_and_waiters);
  g_test_add_func ("/state/any-process-may-release", test_any_process_may_release);
  g_test_add_func ("/state/death-abandons-locks", test_death_abandons_locks);
  g_test_add_func ("/state/messages-are-fifo", test_messages_are_first_in_first_out);
  g_test_add_func ("/state/pipe-directions", test_pipe_keeps_its_directions_apart);
  g_test_add_func ("/state/pool-tasks", test_pool_tasks);
  g_test_add_func ("/state/values", test_values);
  g_test_add_func ("/state/never-named", test_what_was_never_named_has_a_name);
  g_test_add_func ("/state/forward-and-back", test_forward_and_back);
  g_test_add_func ("/state/seeks-are-replays", test_seeks_are_replays);
  g_test_add_func ("/state/nonsense-is-survived", test_nonsense_is_survived);
  g_test_add_func ("/state/crowds-are-bounded", test_crowds_are_bounded);
  g_test_add_func ("/state/long-chains-are-bounded", test_long_chains_are_bounded);
  g_test_add_func ("/state/place-is-the-last-events",
                   test_process_is_where_its_last_event_is);
  g_test_add_func ("/state/print-ends-no-wait", test_print_ends_no_wait);
  g_test_add_func ("/model/steps-skip-files", test_steps_skip_files);
  g_test_add_func ("/model/output-up-to-an-event", test_output_up_to_an_event);
  return g_test_run ();
}
