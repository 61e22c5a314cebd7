/* SPDX-License-Identifier: MIT */
#include "fake-runner.h"
#include "pn-session.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static PnSession *
start (const char *behaviour, const char *arg, const char *record_path)
{
  const char *argv[] = { behaviour, arg, NULL };
  g_autoptr (GError) error = NULL;
  PnSession *session = pn_session_start (argv, "a test", NULL, record_path, &error);

  g_assert_no_error (error);
  return session;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
assert_no_child (void)
{
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

static void
on_count (PnSession *session, gpointer data)
{
  ++*(guint *)data;
}

static void
test_whole_run (void)
{
  g_autoptr (PnSession) session = start ("whole", "1000", NULL);
  PnTrace *trace = pn_session_get_trace (session);
  guint n_events = 0, n_ended = 0;

  g_signal_connect (session, "events", G_CALLBACK (on_count), &n_events);
  g_signal_connect (session, "ended", G_CALLBACK (on_count), &n_ended);
  g_assert_true (pn_session_is_running (session));
  pn_session_wait (session);
  g_assert_false (pn_session_is_running (session));
  g_assert_null (pn_session_get_error (session));
  g_assert_cmpuint (pn_trace_get_n_events (trace), ==, 1002);
  g_assert_cmpint (pn_trace_get_end (trace), ==, PN_TRACE_COMPLETE);
  g_assert_cmpuint (n_events, >=, 1);
  g_assert_cmpuint (n_ended, ==, 1);
  assert_no_child ();
}

static void
test_events_are_told_at_most_every_15_ms (void)
{
  g_autoptr (PnSession) session = start ("flood", "", NULL);
  gint64 begin_us = g_get_monotonic_time ();
  guint n_events = 0;

  g_signal_connect (session, "events", G_CALLBACK (on_count), &n_events);
  while (g_get_monotonic_time () < begin_us + 300000)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_events, >=, 2);
  g_assert_cmpuint (n_events, <=, (g_get_monotonic_time () - begin_us) / 15000 + 2);
  pn_session_stop (session);
  pn_session_wait (session);
  g_assert_null (pn_session_get_error (session));
}

static void
test_stop_ends_it_soon (void)
{
  g_autoptr (PnSession) session = start ("until-stop", "", NULL);
  gint64 begin_us;

  while (pn_trace_get_n_events (pn_session_get_trace (session)) == 0)
    g_main_context_iteration (NULL, TRUE);
  begin_us = g_get_monotonic_time ();
  pn_session_stop (session);
  pn_session_stop (session);
  pn_session_wait (session);
  g_test_message ("stopped after %" G_GINT64_FORMAT " us",
                  g_get_monotonic_time () - begin_us);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 100000);
  g_assert_null (pn_session_get_error (session));
  g_assert_cmpint (
      pn_trace_get_end (pn_session_get_trace (session)), ==, PN_TRACE_COMPLETE);
  pn_session_stop (session);
}

static void
test_runner_that_does_not_stop_is_killed (void)
{
  g_autoptr (PnSession) session = start ("hang", "", NULL);
  gint64 begin_us = g_get_monotonic_time ();

  pn_session_stop (session);
  pn_session_wait (session);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 5 * G_USEC_PER_SEC);
  g_assert_error (
      pn_session_get_error (session), PN_SESSION_ERROR, PN_SESSION_ERROR_RUNNER);
  assert_no_child ();
}

/* The program has stopped the outer of its supervisors: it is to do its work. */
static void
test_runner_that_was_stopped_goes_on (void)
{
  g_autoptr (PnSession) session = start ("stopped", "continued", NULL);

  pn_session_wait (session);
  g_assert_cmpstr (pn_session_get_error (session)->message, ==, "continued");
  assert_no_child ();
}

static void
test_dropped_session_stops_its_run (void)
{
  PnSession *session = start ("until-stop", "", NULL);

  g_object_unref (session);
  assert_no_child ();
  g_assert_false (g_main_context_pending (NULL));
}

static void
on_ended_drop (PnSession *session, gpointer data)
{
  PnSession **held = data;

  g_assert_true (session == *held);
  g_clear_object (held);
}

static void
test_last_reference_may_go_in_the_signal (void)
{
  PnSession *session = start ("whole", "10", NULL);

  g_signal_connect (session, "ended", G_CALLBACK (on_ended_drop), &session);
  while (session)
    g_main_context_iteration (NULL, TRUE);
  assert_no_child ();
}

static void
test_runner_error_is_passed_on (void)
{
  g_autoptr (PnSession) session
      = start ("message", "can't run x: \x1b[31mno such file\xff", NULL);
  const GError *error;

  pn_session_wait (session);
  error = pn_session_get_error (session);
  g_assert_error (error, PN_SESSION_ERROR, PN_SESSION_ERROR_RUNNER);
  g_assert_cmpstr (error->message, ==, "can't run x:  [31mno such file\xef\xbf\xbd");
}

static void
test_broken_streams_are_errors (void)
{
  static const struct
  {
    const char *behaviour;
    const char *message;
  } cases[] = {
    { "garbage", "the run was stopped: the runner's stream is damaged" },
    { "killed", "the run broke off: the runner was killed by signal 9" },
    { "unknown", "the run broke off: the runner ended too early" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PnSession) session = start (cases[i].behaviour, "", NULL);
      const GError *error;

      pn_session_wait (session);
      error = pn_session_get_error (session);
      g_assert_error (error, PN_SESSION_ERROR, PN_SESSION_ERROR_RUNNER);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].message));
      g_assert_cmpint (
          pn_trace_get_end (pn_session_get_trace (session)), ==, PN_TRACE_CUT);
    }
}

static void
test_too_many_events_stop_the_run (void)
{
  const char *argv[] = { "flood", "", NULL };
  PnLimits limits;
  g_autoptr (PnSession) session = NULL;

  pn_limits_init (&limits);
  limits.events = 5000;
  session = pn_session_start (argv, "a test", &limits, NULL, NULL);
  pn_session_wait (session);
  g_assert_error (
      pn_session_get_error (session), PN_SESSION_ERROR, PN_SESSION_ERROR_LIMIT);
  g_assert_cmpint (
      pn_trace_get_end (pn_session_get_trace (session)), ==, PN_TRACE_COMPLETE);
}

static char *
dup_record_path (void)
{
  return g_strdup_printf ("%s/test-session-%d.pn", g_get_tmp_dir (), (int)getpid ());
}

static void
test_program_waits_for_a_main_context_that_is_behind (void)
{
  g_autoptr (PnSession) session = start ("flood", "", NULL);
  PnTrace *trace = pn_session_get_trace (session);
  gsize n_events, before;

  do
    {
      before = pn_trace_get_n_events (trace);
      g_usleep (100000);
      n_events = pn_trace_get_n_events (trace);
    }
  while (n_events == 0 || n_events > before);
  g_test_message ("stands at %zu events", n_events);
  g_assert_cmpuint (n_events, >, 50000);
  g_assert_cmpuint (n_events, <, 200000);
  while (pn_trace_get_n_events (trace) < 3 * n_events)
    g_main_context_iteration (NULL, TRUE);
  pn_session_stop (session);
  pn_session_wait (session);
  g_assert_null (pn_session_get_error (session));
}

static void
test_recording_has_each_byte (void)
{
  g_autofree char *path = dup_record_path ();
  g_autoptr (PnSession) session = start ("whole", "3000", path);
  g_autoptr (PnTrace) opened = NULL;
  g_autoptr (GError) error = NULL;

  pn_session_wait (session);
  opened = pn_trace_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pn_trace_get_n_events (opened), ==, 3002);
  g_assert_cmpint (pn_trace_get_end (opened), ==, PN_TRACE_COMPLETE);
  g_unlink (path);
}

static void
test_recording_grows_while_it_runs (void)
{
  g_autofree char *path = dup_record_path ();
  g_autoptr (PnSession) session = start ("until-stop", "", path);
  g_autoptr (PnTrace) opened = NULL;

  while (pn_trace_get_n_events (pn_session_get_trace (session)) == 0)
    g_main_context_iteration (NULL, TRUE);
  opened = pn_trace_open (path, NULL);
  g_assert_cmpuint (pn_trace_get_n_events (opened), ==, 1);
  g_assert_cmpint (pn_trace_get_end (opened), ==, PN_TRACE_CUT);
  g_unlink (path);
}

static void
test_full_disk_is_told_and_the_run_goes_on (void)
{
  g_autoptr (PnSession) session = start ("whole", "100", "/dev/full");

  pn_session_wait (session);
  g_assert_error (
      pn_session_get_error (session), PN_SESSION_ERROR, PN_SESSION_ERROR_RECORD);
  g_assert_cmpuint (pn_trace_get_n_events (pn_session_get_trace (session)), ==, 102);
}

static void
test_no_place_to_record_is_told_before_the_start (void)
{
  const char *argv[] = { "whole", "1", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (
      pn_session_start (argv, "a test", NULL, "/nonexistent/a/file", &error));
  g_assert_error (error, PN_SESSION_ERROR, PN_SESSION_ERROR_RECORD);
  assert_no_child ();
}

static void
test_missing_runner_is_told (void)
{
  const char *argv[] = { "whole", "1", NULL };
  g_autofree char *runner = g_strdup (g_getenv ("PROCESSION_RUNNER"));
  g_autoptr (GError) error = NULL;

  g_setenv ("PROCESSION_RUNNER", "/nonexistent/runner", TRUE);
  g_assert_null (pn_session_start (argv, "a test", NULL, NULL, &error));
  g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_PROGRAM);
  g_setenv ("PROCESSION_RUNNER", runner, TRUE);
}

static void
test_runner_gets_a_clean_start (void)
{
  static const char *const expected[]
      = { "fd 0",   "fd 1",  "fd 2", "fd 3", "fd 4", "SIGUSR1 open", "SIGPIPE default",
          "leader", "an arg" };
  g_autoptr (PnSession) session = NULL;
  int inheritable = dup (0);
  sigset_t blocked;
  PnTrace *trace;

  sigemptyset (&blocked);
  sigaddset (&blocked, SIGUSR1);
  sigprocmask (SIG_BLOCK, &blocked, NULL);
  signal (SIGPIPE, SIG_IGN);
  session = start ("inspect", "an arg", NULL);
  pn_session_wait (session);
  signal (SIGPIPE, SIG_DFL);
  sigprocmask (SIG_UNBLOCK, &blocked, NULL);
  close (inheritable);

  trace = pn_session_get_trace (session);
  g_assert_cmpuint (pn_trace_get_n_events (trace), ==, G_N_ELEMENTS (expected) + 2);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (pn_trace_get_event (trace, i + 1).text, ==, expected[i]);
}

static void
assert_runs_leave_nothing (const char *const *behaviours, guint n_behaviours)
{
  guint n_fds, n_threads;

  g_object_unref (start (behaviours[0], "1", NULL));
  n_fds = count_entries ("/proc/self/fd");
  n_threads = count_entries ("/proc/self/task");
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (PnSession) session = start (behaviours[i % n_behaviours], "5", NULL);

      if (i % 4 != 0)
        pn_session_stop (session);
      if (i % 3 != 0)
        pn_session_wait (session);
    }
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, n_fds);
  g_assert_cmpuint (count_entries ("/proc/self/task"), ==, n_threads);
  assert_no_child ();
}

static void
test_fifty_runs_leave_nothing (void)
{
  static const char *const behaviours[] = { "whole", "whole", "message", "killed" };

  assert_runs_leave_nothing (behaviours, G_N_ELEMENTS (behaviours));
}

static void
test_fifty_runs_of_the_real_runner_leave_nothing (void)
{
  static const char *const programs[] = { "/bin/echo", "/nonexistent/program" };
  g_autofree char *runner = g_strdup (g_getenv ("PROCESSION_RUNNER"));

  g_unsetenv ("PROCESSION_RUNNER");
  assert_runs_leave_nothing (programs, G_N_ELEMENTS (programs));
  g_setenv ("PROCESSION_RUNNER", runner, TRUE);
}

/* By the runner, in its stream: that is whole. */
static void
test_program_that_is_not_there_is_told (void)
{
  g_autofree char *runner = g_strdup (g_getenv ("PROCESSION_RUNNER"));
  g_autoptr (PnSession) session = NULL;
  PnTraceEvent last;
  PnTrace *trace;

  g_unsetenv ("PROCESSION_RUNNER");
  session = start ("/nonexistent/program", "", NULL);
  g_setenv ("PROCESSION_RUNNER", runner, TRUE);
  pn_session_wait (session);
  g_assert_null (pn_session_get_error (session));
  trace = pn_session_get_trace (session);
  last = pn_trace_get_event (trace, pn_trace_get_n_events (trace) - 1);
  g_assert_cmpint (last.kind, ==, PN_KIND_RUN_END);
  g_assert_nonnull (strstr (last.text, "/nonexistent/program: No such file"));
}

int
main (int argc, char **argv)
{
  g_autofree char *self = NULL;

  if (fake_runner_is_meant (argc, argv))
    return fake_runner_main (argc, argv);

  g_test_init (&argc, &argv, NULL);
  self = g_file_read_link ("/proc/self/exe", NULL);
  g_setenv ("PROCESSION_RUNNER", self, TRUE);
  g_test_add_func ("/session/whole", test_whole_run);
  g_test_add_func ("/session/throttle", test_events_are_told_at_most_every_15_ms);
  g_test_add_func ("/session/stop", test_stop_ends_it_soon);
  g_test_add_func ("/session/hang", test_runner_that_does_not_stop_is_killed);
  g_test_add_func ("/session/stopped", test_runner_that_was_stopped_goes_on);
  g_test_add_func ("/session/drop", test_dropped_session_stops_its_run);
  g_test_add_func ("/session/drop-in-signal", test_last_reference_may_go_in_the_signal);
  g_test_add_func ("/session/message", test_runner_error_is_passed_on);
  g_test_add_func ("/session/broken", test_broken_streams_are_errors);
  g_test_add_func ("/session/too-many-events", test_too_many_events_stop_the_run);
  g_test_add_func ("/session/behind",
                   test_program_waits_for_a_main_context_that_is_behind);
  g_test_add_func ("/session/record", test_recording_has_each_byte);
  g_test_add_func ("/session/record-grows", test_recording_grows_while_it_runs);
  g_test_add_func ("/session/record-full", test_full_disk_is_told_and_the_run_goes_on);
  g_test_add_func ("/session/record-nowhere",
                   test_no_place_to_record_is_told_before_the_start);
  g_test_add_func ("/session/no-runner", test_missing_runner_is_told);
  g_test_add_func ("/session/clean-start", test_runner_gets_a_clean_start);
  g_test_add_func ("/session/nothing-left", test_fifty_runs_leave_nothing);
  g_test_add_func ("/session/nothing-left-real",
                   test_fifty_runs_of_the_real_runner_leave_nothing);
  g_test_add_func ("/session/no-program", test_program_that_is_not_there_is_told);
  return g_test_run ();
}
