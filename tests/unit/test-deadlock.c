/* SPDX-License-Identifier: MIT */
#include "pn-dump.h"
#include "pn-sample-model.h"

#define BEGIN                                                                          \
  "0 main process.begin\n0 main name lock a\n0 main name lock b\n0 main name lock c\n" \
  "0 main name queue q =1\n0 main name pipe p\n0 main name pool pool =1\n"             \
  "0 main name list names\n"                                                           \
  "0 main process.start P1\n0 P1 process.begin\n"                                      \
  "0 main process.start P2\n0 P2 process.begin\n"                                      \
  "0 main process.start P3\n0 P3 process.begin\n"

/* P1 and P2 each hold one of two locks and wait for the other. */
#define CROSS                                                                          \
  "1 P1 lock.acquire a\n1 P2 lock.acquire b\n1 P1 lock.wait b\n1 P2 lock.wait a\n"

typedef struct
{
  const char *name;
  const char *script;
  const char *cycle; /* names, each waits for the next */
  const char *verdict;
} Case;

static const Case cases[] = {
  { "nobody waits", "", "", "No deadlock: main, P1, P2 and P3 can run." },
  { "one waits",
    "1 P1 lock.acquire a\n1 P2 lock.wait a\n",
    "",
    "No deadlock: main, P1 and P3 can run." },
  { "lock order",
    CROSS,
    "P1 P2",
    "Deadlock: P1 and P2 wait for each other. main and P3 can run." },
  { "three in a circle",
    "1 P1 lock.acquire a\n1 P2 lock.acquire b\n1 P3 lock.acquire c\n"
    "2 P2 lock.wait c\n2 P1 lock.wait b\n2 P3 lock.wait a\n",
    "P1 P2 P3",
    "Deadlock: P1, P2 and P3 wait for each other in a circle. main can run." },
  { "its own lock",
    "1 P1 lock.acquire a\n1 P1 lock.wait a\n",
    "P1",
    "Deadlock: P1 waits for itself. main, P2 and P3 can run." },
  { "join of who waits for me",
    "1 main lock.acquire a\n1 P1 lock.wait a\n1 main process.join-wait P1\n",
    "main P1",
    "Deadlock: main and P1 wait for each other. P2 and P3 can run." },
  { "a call to a server that waits",
    "1 P1 lock.acquire a\n1 P1 manager.call names P2 =1 \"x\"\n1 P2 lock.wait a\n",
    "P1 P2",
    "Deadlock: P1 and P2 wait for each other. main and P3 can run." },
  { "who waits for a deadlock is not in it",
    CROSS "1 main process.join-wait P1\n1 P3 lock.wait a\n",
    "P1 P2",
    "Deadlock: P1 and P2 wait for each other." },
  { "a timeout breaks it",
    "1 P1 lock.acquire a\n1 P2 lock.acquire b\n1 P1 lock.wait b ~1\n1 P2 lock.wait a\n",
    "",
    "No deadlock: main and P3 can run." },
  { "a timeout is enough",
    "1 P1 lock.acquire a\n1 P2 lock.acquire b\n1 P1 lock.wait b ~1\n1 P2 lock.wait a\n"
    "1 P3 process.end\n1 main process.join P3\n1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 waits, but not forever." },
  { "release by another ends it", CROSS "2 main lock.release a\n", "", NULL },
  { "the death of one ends it",
    CROSS "2 P1 process.end =-9\n2 P1 lock.abandon a\n",
    "",
    "No deadlock: main and P3 can run. P2 waits for a lock whose holder has ended." },
  { "it goes on otherwise after a lost event",
    CROSS "2 P1 sleep.begin ~1\n",
    "",
    "No deadlock: main, P1 and P3 can run." },
  { "the older of two",
    "1 P3 lock.acquire c\n1 P3 lock.wait c\n" CROSS,
    "P3",
    "Deadlock: P3 waits for itself. main can run." },
  { "the other, once the older is over",
    "1 P3 lock.acquire c\n1 P3 lock.wait c\n" CROSS "2 main lock.release c\n",
    "P1 P2",
    NULL },
  { "the holder has ended",
    "1 P1 lock.acquire a\n1 P1 process.end =-9\n1 P2 lock.wait a\n1 P3 lock.wait a ~1\n"
    "1 main process.join-wait P2\n",
    "",
    "No deadlock: P3 waits, but not forever. P2 waits for a lock whose holder has "
    "ended." },
  { "all wait for a queue",
    "1 P1 queue.get-wait q\n1 P2 queue.get-wait q\n1 P3 process.end\n"
    "1 main process.join P3\n1 main process.join-wait P1\n",
    "",
    "Nobody can run: all wait." },
  { "a message is there",
    "1 P1 queue.get-wait q\n1 P2 queue.get-wait q\n1 P3 queue.put q \"1\"\n"
    "1 P3 process.end\n1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 and P2 can run." },
  { "a full queue",
    "1 P1 queue.put q \"1\"\n1 P1 queue.put-wait q\n1 P2 process.end\n"
    "1 P3 process.end\n1 main process.join-wait P1\n",
    "",
    "Nobody can run: all wait." },
  { "a lock is free",
    "1 P1 lock.wait a\n1 P2 process.end\n1 P3 process.end\n"
    "1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 can run." },
  { "each waits for a message of the other",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pipe.recv-wait p.1\n",
    "main P1",
    "Deadlock: main and P1 wait for each other." },
  { "another may send",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 main pipe.recv-wait p.1\n",
    "",
    "No deadlock: P3 can run." },
  { "another can't any more",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 main pipe.recv-wait p.1\n"
    "2 P3 pipe.close p.1\n2 P3 pipe.close p.2\n",
    "main P1",
    "Deadlock: main and P1 wait for each other. P3 can run." },
  { "another ends",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 main pipe.recv-wait p.1\n"
    "2 P3 process.end\n",
    "main P1",
    "Deadlock: main and P1 wait for each other." },
  { "two children, and their parent joins one",
    "1 P3 process.end\n1 P1 pipe.recv-wait p.2\n1 P2 pipe.recv-wait p.1\n"
    "1 main process.join-wait P1\n",
    "P1 P2",
    "Deadlock: P1 and P2 wait for each other." },
  { "who can send waits for a lock of who waits for it",
    "1 P2 process.end\n1 P3 process.end\n1 P1 lock.acquire a\n"
    "1 P1 pipe.recv-wait p.2\n1 main lock.wait a\n",
    "main P1",
    "Deadlock: main and P1 wait for each other." },
  { "its own copy keeps the end from it",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 P3 process.end\n"
    "2 main pipe.close p.1\n",
    "P1",
    "Deadlock: P1 waits for itself. main can run." },
  { "nobody has the other end",
    "1 P1 pipe.close p.1\n1 P1 pipe.recv-wait p.2\n1 P2 process.end\n"
    "1 P3 process.end\n1 main pipe.close p.1\n1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 can run." },
  { "what is closed is not inherited",
    "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.close p.1\n"
    "1 main pipe.close p.1\n1 main process.start P4\n1 P4 process.begin\n"
    "2 P1 pipe.recv-wait p.2\n2 P4 sleep.begin ~9\n2 main process.join-wait P1\n",
    "",
    "No deadlock: P1 and P4 can run." },
  { "what is closed later is",
    "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.close p.1\n"
    "1 main process.start P4\n1 main pipe.close p.1\n1 P4 process.begin\n"
    "2 P1 pipe.recv-wait p.2\n2 P4 process.join-wait P1\n",
    "P1 P4",
    "Deadlock: P1 and P4 wait for each other. main can run." },
  { "a pipe that was made later",
    "1 P1 name pipe q2\n1 P1 pipe.recv-wait q2.2\n",
    "P1",
    "Deadlock: P1 waits for itself. main, P2 and P3 can run." },
  { "for a message, but not forever",
    "1 P1 pipe.recv-wait p.2 ~1\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pipe.recv-wait p.1\n",
    "",
    "No deadlock: P1 waits, but not forever." },
  { "a kill ends it",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pipe.recv-wait p.1\n2 P1 process.end =-9\n",
    "main",
    "Deadlock: main waits for itself." },
  { "the end of the run closes no other",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pipe.recv-wait p.1\n2 P1 process.end =-9 \"the run was stopped\"\n",
    "",
    "Nobody can run: all wait." },
  { "a message all the same ends it",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n"
    "1 P3 pipe.close p.1\n1 P3 pipe.close p.2\n"
    "1 main pipe.recv-wait p.1\n2 P3 pipe.send p.1 \"1\"\n",
    "",
    "No deadlock: P1 and P3 can run." },
  { "both send, and nobody receives",
    "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.send-wait p.2\n"
    "1 main pipe.send-wait p.1\n",
    "main P1",
    "Deadlock: main and P1 wait for each other." },
  { "who waits for a message makes room",
    "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.recv-wait p.2\n"
    "1 main pipe.send-wait p.1\n",
    "",
    "All wait; whether anyone can go on is not known." },
  { "who has received has made room",
    "1 P2 process.end\n1 P3 process.end\n1 main pipe.send-wait p.1\n"
    "1 P1 pipe.recv p.2 =1\n1 P1 pipe.send-wait p.2\n",
    "",
    "All wait; whether anyone can go on is not known." },
  { "a pipe that nobody is known to have made",
    "1 runner name pipe old\n1 P2 process.end\n1 P3 process.end\n"
    "1 P1 pipe.recv-wait old.2\n"
    "1 main pipe.recv-wait old.1\n",
    "",
    "All wait; whether anyone can go on is not known." },
  { "a message in the pipe",
    "1 P1 pipe.recv-wait p.2\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pipe.send p.1 \"1\"\n1 main pipe.recv-wait p.1\n",
    "",
    "No deadlock: P1 can run." },
  { "stopped by a signal",
    "1 P1 process.stop\n1 P2 process.end\n1 P3 process.end\n"
    "1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 is stopped; all others wait or have ended." },
  { "an idle pool that nobody closes",
    "1 P1 pool.task-wait pool\n1 P2 process.end\n1 P3 process.end\n"
    "1 main process.join-wait P1\n",
    "",
    "Nobody can run: all wait." },
  { "a closed pool",
    "1 P1 pool.task-wait pool\n1 P2 process.end\n1 P3 process.end\n"
    "1 main pool.close pool\n1 main process.join-wait P1\n",
    "",
    "No deadlock: P1 can run." },
  { "an idle server does nothing by itself",
    "1 P1 manager.call names P2 =1 \"x\"\n1 P2 manager.serve names P1 =1 \"x\"\n"
    "1 P1 manager.reply names P2 =1\n1 P2 manager.serve-wait names\n1 P1 "
    "process.end\n1 P3 process.end\n"
    "1 main process.join-wait P2\n",
    "",
    "Nobody can run: all wait." },
  { "some results of a map",
    "1 P1 pool.begin pool main =1\n1 P2 pool.begin pool main =2\n"
    "1 main pool.result-wait pool\n2 P1 pool.done pool main =1\n"
    "2 P1 pool.task-wait pool\n2 P3 process.end\n",
    "",
    "No deadlock: P2 can run." },
  { "all results of a map",
    "1 P1 pool.begin pool main =1\n1 main pool.result-wait pool\n"
    "2 P1 pool.done pool main =1\n2 P1 pool.task-wait pool\n2 P2 process.end\n"
    "2 P3 process.end\n",
    "",
    "No deadlock: main can run." },
  { "a worker died with its task",
    "1 P1 pool.begin pool main =1\n1 main pool.result-wait pool\n"
    "2 P1 process.end =-9\n2 P2 process.end\n2 P3 process.end\n",
    "",
    "All wait; whether anyone can go on is not known." },
  { "a server died with a call",
    "1 P1 manager.call names P2 =1 \"x\"\n1 P2 process.end =-9\n1 P3 process.end\n"
    "1 main process.join-wait P1\n",
    "",
    "All wait; whether anyone can go on is not known." },
  { "all have ended",
    "1 P1 process.end\n1 P2 process.end\n1 P3 process.end\n1 main process.end\n",
    "",
    "All have ended." },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *script = g_strconcat (BEGIN, cases[i].script, NULL);
      g_autoptr (PnModel) model = pn_sample_model (script);
      gsize last = pn_model_get_n_events (model) - 1;
      g_autofree char *verdict = pn_model_dup_verdict (model, last);
      g_autoptr (GString) cycle = g_string_new (NULL);
      const PnState *state = pn_model_get_state (model, last);

      g_test_message ("%s", cases[i].name);
      pn_check_state (state);
      for (guint j = 0; j < state->deadlock->len; j++)
        g_string_append_printf (
            cycle,
            "%s%s",
            j > 0 ? " " : "",
            pn_model_get_process_name (model,
                                       g_array_index (state->deadlock, guint32, j)));
      g_assert_cmpstr (cycle->str, ==, cases[i].cycle);
      if (cases[i].verdict != NULL)
        g_assert_cmpstr (verdict, ==, cases[i].verdict);
    }
}

/* Both are marked, though one is listed. */
static void
test_two_deadlocks_at_a_time (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model (BEGIN "1 P3 lock.acquire c\n1 P3 lock.wait c\n" CROSS);
  const PnState *state = pn_sample_last_state (model);
  guint n = 0;

  for (guint i = 0; i < state->processes->len; i++)
    n += ((const PnProcess *)g_ptr_array_index (state->processes, i))->deadlock != 0;
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (pn_model_get_history (model)->deadlocks->len, ==, 2);
}

static void
test_before_anything (void)
{
  g_autoptr (PnModel) model = pn_sample_model ("0 runner run.begin \"x\"\n");
  g_autofree char *verdict = pn_model_dup_verdict (model, 0);

  g_assert_cmpstr (verdict, ==, "Nothing has started yet.");
}

/* Cycles as long as a run can have processes are found. */
static void
test_a_long_cycle (void)
{
  enum
  {
    N = 1000
  };
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autoptr (PnModel) model = NULL;
  gsize last;

  for (guint32 id = 1; id <= N; id++)
    {
      PnEvent event = { .kind = PN_KIND_LOCK_ACQUIRE, .process = id, .object = id };

      pn_sample_builder_add_event (builder, &event);
    }
  for (guint32 id = 1; id <= N; id++)
    {
      PnEvent event = {
        .kind = PN_KIND_LOCK_WAIT, .process = id, .object = id % N + 1, .value = -1
      };

      pn_sample_builder_add_event (builder, &event);
    }
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  last = pn_model_get_n_events (model) - 1;
  g_assert_cmpuint (pn_model_get_state (model, last - 1)->deadlock->len, ==, 0);
  g_assert_cmpuint (pn_model_get_state (model, last)->deadlock->len, ==, N);
  pn_check_state (pn_model_get_state (model, last));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadlock/cases", test_cases);
  g_test_add_func ("/deadlock/two-at-a-time", test_two_deadlocks_at_a_time);
  g_test_add_func ("/deadlock/before-anything", test_before_anything);
  g_test_add_func ("/deadlock/a-long-cycle", test_a_long_cycle);
  return g_test_run ();
}
