/* SPDX-License-Identifier: MIT */
#include "mp-case.h"
#include "mp-rig.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int
case_life (void)
{
  MpProcess *process = mp_process_new (NULL, return_rank, NULL);
  MpProcess *self = mp_current_process ();
  int code;

  EXPECT (strcmp (mp_process_name (self), "MainProcess") == 0);
  EXPECT (mp_process_pid (self) == getpid ());
  EXPECT (mp_process_is_alive (self));
  EXPECT (mp_parent_process () == NULL);
  EXPECT (mp_process_rank () == 0);
  EXPECT (mp_process_join (self) == MP_STATE);

  EXPECT (strcmp (mp_process_name (process), "Process-1") == 0);
  EXPECT (mp_process_pid (process) == 0);
  EXPECT (!mp_process_is_alive (process));
  EXPECT (!mp_process_exitcode (process, &code));
  EXPECT (mp_process_join (process) == MP_STATE);
  EXPECT (mp_process_kill (process) == MP_STATE);

  EXPECT (mp_process_start (process) == MP_OK);
  EXPECT (mp_process_pid (process) > 0);
  EXPECT (mp_process_start (process) == MP_STATE);
  EXPECT (mp_process_set_daemon (process, true) == MP_STATE);
  EXPECT (code_of (process) == 1);
  EXPECT (mp_process_join (process) == MP_OK);
  EXPECT (!mp_process_is_alive (process));
  EXPECT (mp_process_kill (process) == MP_OK);
  EXPECT (mp_process_start (process) == MP_STATE);
  EXPECT (mp_process_close (process) == MP_OK);
  EXPECT (mp_process_join (process) == MP_CLOSED);
  mp_process_free (process);
  mp_process_free (NULL);
  EXPECT (waitpid (-1, NULL, WNOHANG) == -1 && errno == ECHILD);
  return n_wrong;
}

static int
check_names_in_child (void *unused)
{
  MpProcess *child;

  EXPECT (strcmp (mp_process_name (mp_current_process ()), "Process-2") == 0);
  EXPECT (mp_process_pid (mp_current_process ()) == getpid ());
  EXPECT (strcmp (mp_process_name (mp_parent_process ()), "MainProcess") == 0);
  EXPECT (mp_process_pid (mp_parent_process ()) == getppid ());
  EXPECT (mp_process_is_alive (mp_parent_process ()));
  EXPECT (mp_process_join (mp_parent_process ()) == MP_STATE);
  EXPECT (mp_process_join (mp_current_process ()) == MP_STATE);
  EXPECT (mp_active_children (NULL, 0) == 0);
  child = mp_process_new (NULL, return_rank, NULL);
  EXPECT (strcmp (mp_process_name (child), "Process-2:1") == 0);
  mp_process_free (child);
  child = mp_process_new (NULL, return_rank, NULL);
  EXPECT (strcmp (mp_process_name (child), "Process-2:2") == 0);
  EXPECT (mp_process_start (child) == MP_OK);
  EXPECT (code_of (child) == 2);
  return n_wrong;
}

static int
case_names (void)
{
  MpProcess *named = made ("a name", return_rank, NULL);
  MpProcess *second = made (NULL, check_names_in_child, NULL);

  EXPECT (strcmp (mp_process_name (named), "a name") == 0);
  EXPECT (mp_process_set_name (named, "another") == MP_OK);
  EXPECT (strcmp (mp_process_name (named), "another") == 0);
  EXPECT (mp_process_set_name (named, NULL) == MP_INVALID);
  EXPECT (mp_process_start (second) == MP_OK);
  EXPECT (code_of (second) == 0);
  return n_wrong;
}

static int
return_300 (void *unused)
{
  return 300;
}

static int
exit_5 (void *unused)
{
  mp_exit (5);
}

static int
libc_exit_6 (void *unused)
{
  exit (6);
}

static int
crash (void *unused)
{
  signal (SIGSEGV, SIG_DFL); /* ASan has a handler of its own */
  raise (SIGSEGV);
  return 0;
}

static int
case_codes (void)
{
  MpProcess *process;

  EXPECT (code_of (started (NULL, NULL, NULL)) == 0);
  EXPECT (code_of (started (NULL, return_rank, NULL)) == 2);
  EXPECT (code_of (started (NULL, return_300, NULL)) == 300 % 256);
  EXPECT (code_of (started (NULL, exit_5, NULL)) == 5);
  EXPECT (code_of (started (NULL, libc_exit_6, NULL)) == 6);
  EXPECT (code_of (started (NULL, crash, NULL)) == -SIGSEGV);
  process = started (NULL, sleep_long, NULL);
  EXPECT (mp_process_terminate (process) == MP_OK);
  EXPECT (code_of (process) == -SIGTERM);
  process = started (NULL, sleep_long, NULL);
  EXPECT (mp_process_signal_at (process, 0, MP_SITE) == MP_INVALID);
  EXPECT (mp_process_signal_at (process, 1000, MP_SITE) == MP_INVALID);
  EXPECT (mp_process_kill (process) == MP_OK);
  EXPECT (code_of (process) == -SIGKILL);
  return n_wrong;
}

static int
case_timeouts (void)
{
  MpProcess *process = made (NULL, sleep_long, NULL);
  int64_t begin;
  int code;

  EXPECT (mp_process_start (process) == MP_OK);
  EXPECT (mp_process_join_timeout (process, 0.0) == MP_TIMEOUT);
  begin = mp_now_ns ();
  EXPECT (mp_process_join_timeout (process, 0.1) == MP_TIMEOUT);
  EXPECT (mp_now_ns () - begin >= 100000000);
  EXPECT (mp_process_is_alive (process));
  EXPECT (!mp_process_exitcode (process, &code));
  EXPECT (mp_process_close (process) == MP_INVALID);
  mp_process_kill (process);
  EXPECT (mp_process_join_timeout (process, 10.0) == MP_OK);
  EXPECT (mp_process_join_timeout (process, 0.0) == MP_OK);
  return n_wrong;
}

static int
try_to_have_children (void *unused)
{
  MpProcess *process = mp_process_new (NULL, return_rank, NULL);

  EXPECT (mp_process_daemon (mp_current_process ()));
  EXPECT (mp_process_start (process) == MP_STATE);
  return n_wrong;
}

static int
case_daemon_rules (void)
{
  MpProcess *daemon = made ("daemon", try_to_have_children, NULL);

  EXPECT (!mp_process_daemon (daemon));
  EXPECT (mp_process_set_daemon (daemon, true) == MP_OK);
  EXPECT (mp_process_daemon (daemon));
  EXPECT (mp_process_start (daemon) == MP_OK);
  EXPECT (code_of (daemon) == 0);
  return n_wrong;
}

static unsigned n_points;

static void
count_point (PnKind operation, uint32_t object)
{
  EXPECT (operation == PN_KIND_PROCESS_START || operation == PN_KIND_PROCESS_JOIN
          || operation == PN_KIND_PROCESS_SIGNAL || operation == PN_KIND_SLEEP_BEGIN
          || operation == PN_KIND_LOCK_ACQUIRE || operation == PN_KIND_LOCK_RELEASE
          || operation == PN_KIND_VALUE_READ || operation == PN_KIND_VALUE_WRITE
          || operation == PN_KIND_OUTPUT_LINE);
  n_points++;
}

/* Each operation passes the one point once, whether it succeeds or not. */
static int
case_point (void)
{
  MpLock *lock = mp_lock_new (NULL);
  MpShared *value = mp_shared_int (NULL, 0);
  MpProcess *process = made (NULL, sleep_long, NULL);

  mp_gate = count_point;
  mp_lock_acquire (lock);
  EXPECT (n_points == 1);
  mp_lock_acquire_timeout (lock, 0.01);
  EXPECT (n_points == 2);
  mp_lock_release (lock);
  mp_lock_release (lock);
  EXPECT (n_points == 4);
  mp_shared_set_int (value, 1 + mp_shared_get_int (value));
  EXPECT (n_points == 6);
  mp_sleep (0);
  mp_print ("line");
  EXPECT (n_points == 8);
  mp_process_start (process);
  mp_process_join_timeout (process, 0.01);
  mp_process_kill (process);
  mp_process_join (process);
  EXPECT (n_points == 12);
  mp_gate = NULL;
  return n_wrong;
}

static const MpRigCase cases[] = {
  { "life", case_life },
  { "names", case_names },
  { "codes", case_codes },
  { "daemon-rules", case_daemon_rules },
  { "timeouts", case_timeouts },
  { "point", case_point },
  { NULL, NULL },
};

static void
test_start_join_events (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *event;

  g_assert_cmpint (mp_rig_run (rig, "timeouts", NULL), ==, 0);
  mp_rig_assert_processes (rig);
  event = mp_rig_find (rig, 0, PN_KIND_PROCESS_START, 1, 0);
  g_assert_cmpstr (event->text, ==, "Process-1");
  g_assert_cmpuint (event->peer, ==, 2);
  g_assert_cmpint (event->flags, ==, 0);
  g_assert_cmpuint (event->site, ==, mp_rig_object (rig, __FILE__));
  /* Without waiting, then with, then for an ended one. */
  event = mp_rig_find (rig, 0, PN_KIND_PROCESS_JOIN, 1, 0);
  g_assert_cmpint (event->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (event->value, ==, MP_TIMEOUT);
  event = mp_rig_find (rig, (guint)event->seq + 1, PN_KIND_PROCESS_JOIN_WAIT, 1, 0);
  g_assert_cmpint (event->value, ==, 100000000);
  g_assert_cmpuint (event->peer, ==, 2);
  event = mp_rig_find (rig, (guint)event->seq + 1, PN_KIND_PROCESS_JOIN, 1, 0);
  g_assert_cmpint (event->flags, ==, PN_FLAG_FAILED);
  event = mp_rig_find (rig, (guint)event->seq + 1, PN_KIND_PROCESS_SIGNAL, 1, 0);
  g_assert_cmpuint (event->peer, ==, 2);
  g_assert_cmpint (event->value, ==, SIGKILL);
  event = mp_rig_find (rig, (guint)event->seq + 1, PN_KIND_PROCESS_JOIN, 1, 0);
  g_assert_cmpint (event->flags, ==, 0);
  g_assert_cmpint (event->value, ==, -SIGKILL);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_JOIN), ==, 4);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_END), ==, 1);
  mp_rig_free (rig);
}

static void
test_daemon_flag (void)
{
  MpRig *rig = mp_rig_new ();

  g_assert_cmpint (mp_rig_run (rig, "daemon-rules", NULL), ==, 0);
  g_assert_cmpint (
      mp_rig_find (rig, 0, PN_KIND_PROCESS_START, 1, 0)->flags, ==, PN_FLAG_DAEMON);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_START), ==, 1);
  mp_rig_free (rig);
}

/* The runner was faster: the parent does not say it again, and joins all the same. */
static void
test_claimed_by_runner (void)
{
  MpRig *rig = mp_rig_new ();
  PnSlot *slot;

  mp_rig_start (rig, "timeouts", NULL);
  while ((slot = mp_rig_slot (rig, 2)) == NULL)
    g_usleep (100);
  atomic_store (&slot->end_claimed, 1);
  g_assert_cmpint (mp_rig_wait (rig), ==, 0);
  mp_rig_assert_dense (rig);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_END), ==, 0);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_JOIN), ==, 4);
  mp_rig_free (rig);
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_data_func ("/process/life", "life", mp_rig_test_same);
  g_test_add_data_func ("/process/names", "names", mp_rig_test_same);
  g_test_add_data_func ("/process/codes", "codes", mp_rig_test_same);
  g_test_add_data_func ("/process/daemon-rules", "daemon-rules", mp_rig_test_same);
  g_test_add_data_func ("/process/timeouts", "timeouts", mp_rig_test_same);
  g_test_add_data_func ("/process/point", "point", mp_rig_test_same);
  g_test_add_func ("/process/start-join-events", test_start_join_events);
  g_test_add_func ("/process/daemon-flag", test_daemon_flag);
  g_test_add_func ("/process/claimed-by-runner", test_claimed_by_runner);
  return g_test_run ();
}
