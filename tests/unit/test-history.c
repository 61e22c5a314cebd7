/* SPDX-License-Identifier: MIT */
#include "pn-dump.h"
#include "pn-random.h"
#include "pn-sample-model.h"
#include "pn-test.h"

#include <string.h>

static PnModel *
make (const char *script)
{
  PnModel *model = pn_sample_model (script);

  pn_check_history (pn_model_get_history (model));
  return model;
}

/* "run[0 3) wait[3 5)!": kind, and the times in units of 0.1 s; "!": contended, "s":
 * stopped, "d": deadlock, "…": open. Rows above 0 as "/1". */
static void
assert_spans (const GArray *spans, const char *expected)
{
  static const char *const kinds[] = { "starting", "run",  "sleep", "wait",   "join",
                                       "zombie",   "hold", "owned", "waiter", "task" };
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const PnSpan *span = &g_array_index (spans, PnSpan, i);

      g_string_append_printf (out,
                              "%s%s[%g %g%s",
                              i > 0 ? " " : "",
                              kinds[span->kind],
                              (double)span->begin_ns / 1e8,
                              (double)span->end_ns / 1e8,
                              span->end_event == PN_EVENT_OPEN ? "…" : ")");
      if (span->row > 0)
        g_string_append_printf (out, "/%u", span->row);
      if (span->contended)
        g_string_append_c (out, '!');
      if (span->stopped)
        g_string_append_c (out, 's');
      if (span->deadlock)
        g_string_append_c (out, 'd');
    }
  g_assert_cmpstr (out->str, ==, expected);
}

static void
assert_steps (const GArray *steps, const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      const PnStep *step = &g_array_index (steps, PnStep, i);

      g_string_append_printf (out,
                              "%s%g:%" G_GINT64_FORMAT "%s%s",
                              i > 0 ? " " : "",
                              (double)step->time_ns / 1e8,
                              step->number,
                              step->text[0] != '\0' ? "=" : "",
                              step->text);
    }
  g_assert_cmpstr (out->str, ==, expected);
}

/* "start 1>2 [1 2]", times in units of 0.1 s */
static void
assert_arrows (PnModel *model, PnArrowKind kind, const char *expected)
{
  const GArray *arrows = pn_model_get_history (model)->arrows;
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < arrows->len; i++)
    {
      const PnArrow *arrow = &g_array_index (arrows, PnArrow, i);

      if (arrow->kind == kind)
        g_string_append_printf (out,
                                "%s%u>%u[%g %g]%s",
                                out->len > 0 ? " " : "",
                                arrow->from_process,
                                arrow->to_process,
                                (double)arrow->from_ns / 1e8,
                                (double)arrow->to_ns / 1e8,
                                arrow->text);
    }
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_a_process_from_start_to_join (void)
{
  g_autoptr (PnModel) model = make ("0.0 main process.begin\n"
                                    "0.1 main process.start P1\n"
                                    "0.2 P1 process.begin\n"
                                    "0.3 P1 sleep.begin ~0.2\n"
                                    "0.4 main process.join-wait P1\n"
                                    "0.5 P1 sleep.end\n"
                                    "0.6 P1 process.exit =2\n"
                                    "0.7 P1 process.end =2\n"
                                    "0.8 main process.join P1 =2\n"
                                    "0.9 main output.line \"x\"\n");
  const PnProcessLane *lane = pn_sample_process_lane (model, "P1");

  assert_spans (lane->spans, "starting[1 2) run[2 3) sleep[3 5) run[5 7) zombie[7 8)");
  g_assert_cmpint (g_array_index (lane->spans, PnSpan, 2).number, ==, 200000000);
  g_assert_cmpint (lane->end_ns, ==, 700000000);
  g_assert_cmpuint (lane->end_event, ==, 7);
  g_assert_true (lane->exit_known);
  g_assert_cmpint (lane->exit_code, ==, 2);
  g_assert_cmpint (lane->pid, ==, 4712);
  assert_spans (pn_sample_process_lane (model, "main")->spans,
                "run[0 4) join[4 8) run[8 9…");
  g_assert_cmpuint (
      pn_sample_process_lane (model, "main")->end_event, ==, PN_EVENT_OPEN);
  assert_arrows (model, PN_ARROW_START, "1>2[1 2]");
  assert_arrows (model, PN_ARROW_JOIN, "2>1[7 8]");
}

static void
test_lock_passed_on (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name lock lock\n"
                                    "0.1 P1 lock.acquire lock\n"
                                    "0.2 P2 lock.wait lock\n"
                                    "0.3 P3 lock.wait lock ~0.2\n"
                                    "0.4 P1 lock.release lock\n"
                                    "0.5 P2 lock.acquire lock\n"
                                    "0.5 P3 lock.acquire lock !failed =-1\n"
                                    "0.6 P2 lock.release lock\n"
                                    "0.7 P1 lock.acquire lock\n"
                                    "0.8 P1 lock.release lock\n"
                                    "0.9 P1 lock.acquire lock\n");
  const PnObjectLane *lock = pn_sample_object_lane (model, "lock");

  assert_spans (lock->owned, "owned[1 4)! owned[5 6)! owned[7 8) owned[9 9…");
  assert_spans (lock->waiters, "waiter[2 5) waiter[3 5)/1");
  g_assert_cmpuint (lock->owned_rows, ==, 1);
  g_assert_cmpuint (lock->waiter_rows, ==, 2);
  assert_spans (pn_sample_process_lane (model, "process 2")->holds,
                "hold[1 4)! hold[7 8) hold[9 9…");
  assert_spans (pn_sample_process_lane (model, "process 4")->spans,
                "wait[3 5)! run[5 9…");
  assert_arrows (model, PN_ARROW_HANDOFF, "2>3[4 5]");
}

/* Who begins to wait only after the release was not let go on by it. */
static void
test_no_handoff_without_a_wait (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name lock lock\n"
                                    "0.1 P1 lock.acquire lock\n"
                                    "0.2 P1 lock.release lock\n"
                                    "0.3 P2 lock.wait lock\n"
                                    "0.4 P2 lock.acquire lock\n"
                                    "0.5 P2 lock.release lock\n"
                                    "0.6 P1 lock.acquire lock\n");

  assert_arrows (model, PN_ARROW_HANDOFF, "");
}

static void
test_two_locks_two_rows (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name lock a\n0.0 main name lock b\n"
                                    "0.1 P1 lock.acquire a\n"
                                    "0.2 P1 lock.acquire b\n"
                                    "0.3 P1 lock.release a\n"
                                    "0.4 P1 lock.acquire a\n"
                                    "0.5 P1 lock.release b\n"
                                    "0.6 P1 process.end =-9\n"
                                    "0.7 main output.line \"x\"\n");
  const PnProcessLane *lane = pn_sample_process_lane (model, "process 2");

  assert_spans (lane->holds, "hold[1 3) hold[2 5)/1 hold[4 6)");
  g_assert_cmpuint (lane->hold_rows, ==, 2);
  assert_spans (pn_sample_object_lane (model, "a")->owned, "owned[1 3) owned[4 7…");
}

static void
test_depths_and_values_are_steps (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name queue q\n"
                                    "0.0 main name value v\n"
                                    "0.1 main queue.put q \"'a'\"\n"
                                    "0.2 main queue.put q \"'b'\"\n"
                                    "0.3 P1 queue.get q\n"
                                    "0.4 P1 queue.get q !failed =-1\n"
                                    "0.5 main value.write v =4\n"
                                    "0.6 main value.read v =4\n"
                                    "0.7 P1 value.write v \"[1]\"\n");
  const PnObjectLane *queue = pn_sample_object_lane (model, "q");
  const PnObjectLane *value = pn_sample_object_lane (model, "v");

  assert_steps (queue->steps, "0:0 1:1 2:2 3:1");
  g_assert_cmpint (queue->max_number, ==, 2);
  assert_steps (value->steps, "5:4=4 7:0=[1]");
  assert_arrows (model, PN_ARROW_IN, "1>0[1 1]'a' 1>0[2 2]'b' 2>0[7 7][1]");
  assert_arrows (model, PN_ARROW_OUT, "0>2[3 3]'a' 0>1[6 6]4");
}

static void
test_pool_tasks_in_rows (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name pool pool =2\n"
                                    "0.0 W1 pool.task-wait pool\n"
                                    "0.1 main pool.submit pool =1 \"a\"\n"
                                    "0.1 main pool.submit pool =2 \"b\"\n"
                                    "0.2 W1 pool.begin pool main =1 \"a\"\n"
                                    "0.3 W2 pool.begin pool main =2 \"b\"\n"
                                    "0.4 W1 pool.done pool main =1 \"A\"\n"
                                    "0.5 W1 pool.task-wait pool\n"
                                    "0.6 W2 process.end =-9\n");
  const PnObjectLane *pool = pn_sample_object_lane (model, "pool");

  assert_spans (pool->owned, "task[2 4) task[3 6)/1");
  g_assert_cmpuint (pool->owned_rows, ==, 2);
  g_assert_cmpint (g_array_index (pool->owned, PnSpan, 1).number, ==, 2);
  g_assert_cmpstr (g_array_index (pool->owned, PnSpan, 1).text, ==, "b");
  assert_spans (pool->waiters, "");
}

static void
test_stops_and_deadlocks_are_marked (void)
{
  g_autoptr (PnModel) model = make ("0.0 main name lock a\n0.0 main name lock b\n"
                                    "0.1 P1 lock.acquire a\n"
                                    "0.1 P2 lock.acquire b\n"
                                    "0.2 P1 lock.wait b\n"
                                    "0.3 P1 process.stop\n"
                                    "0.4 P1 process.continue\n"
                                    "0.5 P2 lock.wait a\n"
                                    "0.6 P2 process.end =-9\n"
                                    "0.7 P1 process.end =-9\n");

  assert_spans (pn_sample_process_lane (model, "process 2")->spans,
                "run[1 2) wait[2 3) wait[3 4)s wait[4 7)d");
  assert_spans (pn_sample_object_lane (model, "b")->waiters, "waiter[2 7)");
  assert_spans (pn_sample_process_lane (model, "process 3")->spans,
                "run[1 5) wait[5 6)d");
  g_assert_cmpuint (pn_model_get_history (model)->deadlocks->len, ==, 1);
  g_assert_cmpuint (
      g_array_index (pn_model_get_history (model)->deadlocks, gsize, 0), ==, 7);
}

/* Only the stretch in which it was; once more is no news. */
static void
test_a_stop_is_a_stretch_of_its_own (void)
{
  g_autoptr (PnModel) model = make ("0.0 main process.begin\n"
                                    "0.1 main process.start P1\n"
                                    "0.2 P1 process.begin\n"
                                    "0.3 P1 process.stop\n"
                                    "0.4 P1 process.stop\n"
                                    "0.5 P1 process.continue\n"
                                    "0.6 P1 sleep.begin ~0.4\n"
                                    "0.7 P1 process.stop\n"
                                    "0.8 P1 process.end =-9\n");

  assert_spans (pn_sample_process_lane (model, "P1")->spans,
                "starting[1 2) run[2 3) run[3 5)s run[5 6) sleep[6 7) sleep[7 8)s "
                "zombie[8 8…");
}

static void
test_children_stand_below_their_parents (void)
{
  static const char *const names[] = { "main", "A", "A1", "A2", "B", "B1", "C" };
  static const guint depths[] = { 0, 1, 2, 2, 1, 2, 1 };
  g_autoptr (PnModel) model = make ("0.0 main process.begin\n"
                                    "0.1 main process.start A\n"
                                    "0.2 main process.start B\n"
                                    "0.3 B process.start B1\n"
                                    "0.4 A process.start A1\n"
                                    "0.5 main process.start C !daemon\n"
                                    "0.6 A process.start A2\n");

  g_assert_cmpuint (
      pn_model_get_history (model)->processes->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const PnProcessLane *lane
          = g_ptr_array_index (pn_model_get_history (model)->processes, i);

      g_assert_cmpstr (lane->name, ==, names[i]);
      g_assert_cmpuint (lane->depth, ==, depths[i]);
    }
  g_assert_true (pn_sample_process_lane (model, "C")->daemon);
}

static void
test_signals_and_failures (void)
{
  g_autoptr (PnModel) model = make ("0.0 main process.begin\n"
                                    "0.1 main process.start P1\n"
                                    "0.2 P1 process.begin\n"
                                    "0.3 main process.join P1 !failed =-1\n"
                                    "0.4 main process.signal P1 =15\n");

  assert_arrows (model, PN_ARROW_SIGNAL, "1>2[4 4]");
  assert_arrows (model, PN_ARROW_JOIN, "");
}

/* Whatever comes, and however the update is cut: the same history as all at once. */
static void
check_pieces (GBytes *stream, guint32 seed)
{
  g_autoptr (PnModel) at_once = pn_sample_model_take (g_bytes_ref (stream));
  g_autoptr (PnTrace) trace = pn_trace_new ();
  g_autoptr (PnModel) model = pn_model_new (trace);
  g_autofree char *expected = NULL;
  g_autofree char *dump = NULL;
  GRand *rand = g_rand_new_with_seed (seed);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (stream, &n);
  gsize piece;

  pn_check_history (pn_model_get_history (at_once));
  expected = pn_dump_history (pn_model_get_history (at_once));
  for (gsize at = 0; at < n; at += piece)
    {
      piece = (gsize)g_rand_int_range (rand, 1, 3000);
      piece = MIN (n - at, piece);
      g_assert_true (pn_trace_append (trace, bytes + at, piece, NULL));
      pn_model_update (model);
      if (at % 7 == 0)
        pn_check_history (pn_model_get_history (model));
    }
  dump = pn_dump_history (pn_model_get_history (model));
  g_assert_cmpstr (dump, ==, expected);
  g_rand_free (rand);
  g_bytes_unref (stream);
}

static void
test_pieces_make_the_same_history (void)
{
  guint32 seeds = (guint32)pn_test_times (4);

  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    check_pieces (pn_sample_by_name (*name), 1);
  for (guint32 seed = 1; seed <= seeds; seed++)
    check_pieces (pn_random_stream (seed, 3000), seed);
}

static void
test_nonsense_is_survived (void)
{
  guint32 seeds = (guint32)pn_test_times (1);

  for (guint32 seed = 100; seed < 100 + seeds; seed++)
    {
      g_autoptr (PnModel) model
          = pn_sample_model_take (pn_random_stream (seed, 100000));

      g_assert_cmpuint (pn_model_get_n_events (model), ==, 100000);
      pn_check_history (pn_model_get_history (model));
    }
}

/* What the picture of the design shows. */
static void
test_the_scene_of_the_picture (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  const PnHistory *history = pn_model_get_history (model);

  g_assert_cmpuint (history->processes->len, ==, 4);
  g_assert_cmpuint (history->objects->len, ==, 3);
  g_assert_cmpint (history->duration_ns, ==, G_GINT64_CONSTANT (3420000000));
  assert_steps (pn_sample_object_lane (model, "results")->steps,
                "0:0 5.8:1 6.6:2 7.8:3 16.4:2 24.8:1 33.2:0");
  assert_steps (pn_sample_object_lane (model, "counter")->steps,
                "0:0=0 7:1=1 15.8:2=2 24.3:3=3");
  assert_spans (pn_sample_object_lane (model, "lock")->waiters,
                "waiter[6.8 15.4) waiter[8 23.8)/1");
  assert_arrows (model, PN_ARROW_HANDOFF, "2>3[15.3 15.4] 3>4[23.7 23.8]");
  assert_arrows (model, PN_ARROW_JOIN, "2>1[15.7 16.2] 3>1[24.2 24.6] 4>1[32.8 33]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/from-start-to-join", test_a_process_from_start_to_join);
  g_test_add_func ("/history/lock-passed-on", test_lock_passed_on);
  g_test_add_func ("/history/no-handoff-without-wait", test_no_handoff_without_a_wait);
  g_test_add_func ("/history/two-locks-two-rows", test_two_locks_two_rows);
  g_test_add_func ("/history/depths-and-values", test_depths_and_values_are_steps);
  g_test_add_func ("/history/pool-tasks", test_pool_tasks_in_rows);
  g_test_add_func ("/history/stops-and-deadlocks", test_stops_and_deadlocks_are_marked);
  g_test_add_func ("/history/stop-is-a-stretch", test_a_stop_is_a_stretch_of_its_own);
  g_test_add_func ("/history/children-below", test_children_stand_below_their_parents);
  g_test_add_func ("/history/signals-and-failures", test_signals_and_failures);
  g_test_add_func ("/history/pieces", test_pieces_make_the_same_history);
  g_test_add_func ("/history/nonsense-is-survived", test_nonsense_is_survived);
  g_test_add_func ("/history/scene-of-the-picture", test_the_scene_of_the_picture);
  return g_test_run ();
}
