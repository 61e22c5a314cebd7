/* SPDX-License-Identifier: MIT */
#include "mp-case.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whose children they are, when they are reaped, and what is if there is no room. */

/* What is open stays open, but there is no room for more. */
static struct rlimit
forbid_descriptors (void)
{
  struct rlimit before;
  struct rlimit none;

  getrlimit (RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = 3;
  setrlimit (RLIMIT_NOFILE, &none);
  return before;
}

static MpProcess *from_parent;
static MpProcess *sister;

/* Also for one who has no descriptor left to look with. */
static bool
is_alive_without_descriptors (MpProcess *process)
{
  struct rlimit before = forbid_descriptors ();
  bool alive = mp_process_is_alive (process);

  setrlimit (RLIMIT_NOFILE, &before);
  return alive;
}

static int
use_what_is_not_mine (void *unused)
{
  int code;

  EXPECT (mp_process_start (from_parent) == MP_STATE);
  EXPECT (mp_process_join (sister) == MP_STATE);
  EXPECT (!mp_process_exitcode (sister, &code));
  EXPECT (mp_process_is_alive (sister));
  EXPECT (is_alive_without_descriptors (sister));
  EXPECT (mp_process_terminate (sister) == MP_OK);
  for (int i = 0; i < 1000 && mp_process_is_alive (sister); i++)
    usleep (1000);
  EXPECT (!mp_process_is_alive (sister));
  return n_wrong;
}

static int
case_creator (void)
{
  MpProcess *child;

  from_parent = made (NULL, return_rank, NULL);
  sister = started (NULL, sleep_long, NULL);
  child = started (NULL, use_what_is_not_mine, NULL);
  EXPECT (code_of (child) == 0);
  EXPECT (code_of (sister) == -SIGTERM);
  return n_wrong;
}

#define MANY 100

static int
case_many (void)
{
  MpProcess *children[MANY];

  for (int i = 0; i < MANY; i++)
    children[i] = started (NULL, return_rank, NULL);
  for (int i = 0; i < MANY; i++)
    EXPECT (code_of (children[i]) == i + 1);
  EXPECT (mp_active_children (NULL, 0) == 0);
  return n_wrong;
}

static int
case_active_children (void)
{
  MpProcess *slow = started (NULL, sleep_long, NULL);
  MpProcess *quick = started (NULL, return_rank, NULL);
  MpProcess *found[2] = { NULL, NULL };
  struct pollfd end = { .fd = mp_process_pidfd (quick), .events = POLLIN };
  int code;

  EXPECT (poll (&end, 1, 10000) == 1);
  EXPECT (mp_active_children (found, 2) == 1);
  EXPECT (found[0] == slow);
  EXPECT (found[1] == NULL);
  /* It was reaped by that. */
  EXPECT (waitpid (mp_process_pid (quick), NULL, WNOHANG) == -1);
  EXPECT (mp_process_exitcode (quick, &code) && code == 2);
  EXPECT (mp_process_pidfd (quick) == -1);
  mp_process_kill (slow);
  mp_process_join (slow);
  EXPECT (mp_active_children (found, 2) == 0);
  return n_wrong;
}

static int
case_start_reaps (void)
{
  MpProcess *quick = started (NULL, return_rank, NULL);
  siginfo_t info;

  EXPECT (waitid (P_PID, (id_t)mp_process_pid (quick), &info, WEXITED | WNOWAIT) == 0);
  EXPECT (code_of (started (NULL, return_rank, NULL)) == 2);
  EXPECT (waitpid (mp_process_pid (quick), NULL, WNOHANG) == -1);
  EXPECT (code_of (quick) == 1);
  return n_wrong;
}

static int
case_is_alive_reaps (void)
{
  MpProcess *quick = started (NULL, return_rank, NULL);

  while (mp_process_is_alive (quick))
    usleep (1000);
  EXPECT (waitpid (mp_process_pid (quick), NULL, WNOHANG) == -1);
  EXPECT (code_of (quick) == 1);
  return n_wrong;
}

static void
fork_raw (void)
{
  MpProcess *mine = started ("mine", sleep_long, NULL);
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      MpProcess *own;

      EXPECT (mp_active_children (NULL, 0) == 0);
      EXPECT (mp_process_join (mine) == MP_STATE);
      own = started ("own", return_rank, NULL);
      EXPECT (code_of (own) == 1);
      exit (n_wrong); /* and does not wait for `mine` */
    }
  waitpid (pid, &status, 0);
  EXPECT (status == 0);
  EXPECT (mp_process_is_alive (mine));
  mp_process_kill (mine);
  EXPECT (code_of (mine) == -SIGKILL);
}

static int
case_raw_fork (void)
{
  fork_raw ();
  return n_wrong;
}

static void *
go_on_alone (void *main_thread)
{
  EXPECT (pthread_join (*(pthread_t *)main_thread, NULL) == 0);
  fork_raw ();
  EXPECT (code_of (started (NULL, return_rank, NULL)) == 2);
  exit (n_wrong);
}

/* What the process is outlives the thread that it began with. */
static int
case_main_thread_ends (void)
{
  static pthread_t main_thread;
  pthread_t thread;

  main_thread = pthread_self ();
  if (pthread_create (&thread, NULL, go_on_alone, &main_thread) != 0)
    return 100;
  pthread_exit (NULL);
}

static int
wait_for_kill (void *unused)
{
  while (pause () < 0)
    ;
  return 0;
}

static int
case_kill_soon (void)
{
  for (int i = 0; i < 50; i++)
    {
      MpProcess *process = started (NULL, wait_for_kill, NULL);

      EXPECT (mp_process_kill (process) == MP_OK);
      EXPECT (code_of (process) == -SIGKILL);
    }
  return n_wrong;
}

/* With no descriptor left, a timeout and a signal work all the same. */
static int
case_no_descriptors (void)
{
  MpProcess *process = started (NULL, wait_for_kill, NULL);
  struct rlimit before = forbid_descriptors ();

  EXPECT (mp_process_pidfd (process) == -1);
  EXPECT (mp_process_join_timeout (process, 0.05) == MP_TIMEOUT);
  EXPECT (mp_process_terminate (process) == MP_OK);
  EXPECT (mp_process_join_timeout (process, 10.0) == MP_OK);
  setrlimit (RLIMIT_NOFILE, &before);
  return n_wrong;
}

/* Ends when its child is killed. */
static int
case_waits (void)
{
  return code_of (started (NULL, sleep_long, NULL)) == -SIGKILL ? 0 : 1;
}

/* What could not be started is as if it had not been tried, and can be tried again. */
static int
case_fork_fails (void)
{
  MpProcess *process = made ("refused", return_rank, NULL);
  struct rlimit before;
  struct rlimit none;
  bool is_root = geteuid () == 0;

  /* The limit does not hold for root. */
  if (is_root && setresuid (65534, 65534, 0) < 0)
    return 100;
  getrlimit (RLIMIT_NPROC, &before);
  none = before;
  none.rlim_cur = 0;
  setrlimit (RLIMIT_NPROC, &none);
  errno = 0;
  EXPECT (mp_process_start (process) == MP_SYSTEM);
  EXPECT (errno == EAGAIN);
  EXPECT (mp_process_pid (process) == 0);
  EXPECT (mp_process_join (process) == MP_STATE);
  EXPECT (mp_active_children (NULL, 0) == 0);
  setrlimit (RLIMIT_NPROC, &before);
  EXPECT (mp_process_start (process) == MP_OK);
  EXPECT (code_of (process) == 1);
  if (is_root && setresuid (0, 0, 0) < 0)
    return 101;
  prctl (PR_SET_DUMPABLE, 1); /* a leak check has to trace it */
  return n_wrong;
}

static const MpRigCase cases[] = {
  { "creator", case_creator },
  { "many", case_many },
  { "active-children", case_active_children },
  { "is-alive-reaps", case_is_alive_reaps },
  { "start-reaps", case_start_reaps },
  { "raw-fork", case_raw_fork },
  { "main-thread-ends", case_main_thread_ends },
  { "kill-soon", case_kill_soon },
  { "no-descriptors", case_no_descriptors },
  { "fork-fails", case_fork_fails },
  { "waits", case_waits },
  { NULL, NULL },
};

static uint64_t
start_time_of (pid_t pid)
{
  char *path = g_strdup_printf ("/proc/%d/stat", pid);
  char *text = NULL;
  char **fields;
  uint64_t start_time;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  fields = g_strsplit (strrchr (text, ')'), " ", -1);
  start_time = g_ascii_strtoull (fields[20], NULL, 10);
  g_strfreev (fields);
  g_free (text);
  g_free (path);
  return start_time;
}

static void
test_fork_fails (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *end;
  PnSlot *slot;

  g_assert_cmpint (mp_rig_run_alone ("fork-fails", NULL, NULL), ==, 0);
  g_assert_cmpint (mp_rig_run (rig, "fork-fails", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  end = mp_rig_find (rig, 0, PN_KIND_PROCESS_END, 2, 0);
  g_assert_cmpint (end->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (end->value, ==, MP_SYSTEM);
  slot = mp_rig_slot (rig, 2);
  g_assert_cmpint (atomic_load (&slot->state), ==, PN_SLOT_CLOSED);
  g_assert_cmpint (atomic_load (&slot->end_claimed), ==, PN_END_CLAIMED);
  g_assert_cmpint (atomic_load (&slot->pid), ==, 0);
  /* The second time it is another one. */
  g_assert_cmpint (mp_rig_find (rig, 0, PN_KIND_PROCESS_END, 3, 0)->value, ==, 1);
  mp_rig_free (rig);
}

/* It is computed where it can be: it must be what the kernel says. */
static void
test_start_times (void)
{
  int times = pn_test_times (30);

  for (int i = 0; i < times; i++)
    {
      MpRig *rig = mp_rig_new ();
      PnSlot *slot;

      mp_rig_start (rig, "waits", NULL);
      while ((slot = mp_rig_slot (rig, 2)) == NULL
             || atomic_load (&slot->state) != PN_SLOT_LIVE)
        g_usleep (100);
      g_assert_cmpuint (atomic_load (&slot->start_time),
                        ==,
                        start_time_of (atomic_load (&slot->pid)));
      kill (atomic_load (&slot->pid), SIGKILL);
      g_assert_cmpint (mp_rig_wait (rig), ==, 0);
      mp_rig_free (rig);
    }
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_data_func ("/children/creator", "creator", mp_rig_test_same);
  g_test_add_data_func ("/children/many", "many", mp_rig_test_same);
  g_test_add_data_func (
      "/children/active-children", "active-children", mp_rig_test_same);
  g_test_add_data_func ("/children/is-alive-reaps", "is-alive-reaps", mp_rig_test_same);
  g_test_add_data_func ("/children/start-reaps", "start-reaps", mp_rig_test_same);
  g_test_add_data_func ("/children/raw-fork", "raw-fork", mp_rig_test_same);
  g_test_add_data_func (
      "/children/main-thread-ends", "main-thread-ends", mp_rig_test_same);
  g_test_add_data_func ("/children/kill-soon", "kill-soon", mp_rig_test_same);
  g_test_add_data_func ("/children/no-descriptors", "no-descriptors", mp_rig_test_same);
  g_test_add_func ("/children/fork-fails", test_fork_fails);
  g_test_add_func ("/children/start-times", test_start_times);
  return g_test_run ();
}
