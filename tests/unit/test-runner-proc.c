/* SPDX-License-Identifier: MIT */
#include "pn-proc.h"
#include "pn-tree.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that sleeps under a name that is hard to read. */
static pid_t
start_sleeper (const char *name)
{
  int ready[2];
  char byte;
  pid_t pid;

  g_assert_cmpint (pipe (ready), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      prctl (PR_SET_NAME, name);
      if (write (ready[1], "r", 1) == 1)
        for (;;)
          pause ();
      _exit (1);
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  return pid;
}

static void
end (pid_t pid)
{
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

static void
test_read (void)
{
  const char *names[] = { "plain", ") R 1 (", "a b c", "((((" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      pid_t pid = start_sleeper (names[i]);
      PnProc proc = { 0 };

      g_assert_cmpint (pn_proc_read (pid, &proc), ==, 0);
      g_assert_cmpint (proc.pid, ==, pid);
      g_assert_cmpint (proc.parent, ==, getpid ());
      g_assert_cmpint (proc.threads, ==, 1);
      g_assert_cmpuint (proc.start_time, >, 0);
      g_assert_true (proc.state == 'S' || proc.state == 'R');
      end (pid);
      g_assert_cmpint (pn_proc_read (pid, &proc), ==, -ESRCH);
    }
}

static void
test_how_a_zombie_ended (void)
{
  siginfo_t info;
  PnProc proc;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (42);
  waitid (P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
  g_assert_cmpint (pn_proc_read (pid, &proc), ==, 0);
  g_assert_cmpint (proc.state, ==, 'Z');
  g_assert_cmpint (WEXITSTATUS (proc.wait_status), ==, 42);
  waitpid (pid, NULL, 0);

  pid = start_sleeper ("sleeper");
  kill (pid, SIGUSR1);
  waitid (P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
  g_assert_cmpint (pn_proc_read (pid, &proc), ==, 0);
  g_assert_true (WIFSIGNALED (proc.wait_status));
  g_assert_cmpint (WTERMSIG (proc.wait_status), ==, SIGUSR1);
  waitpid (pid, NULL, 0);
}

static void
test_signal_only_that_process (void)
{
  pid_t pid = start_sleeper ("sleeper");
  PnProc proc;
  PnProc other;

  g_assert_cmpint (pn_proc_read (pid, &proc), ==, 0);
  other = proc;
  other.start_time++;
  g_assert_cmpint (pn_proc_signal (&other, SIGKILL), ==, -ESRCH);
  g_assert_cmpint (kill (pid, 0), ==, 0);
  g_assert_cmpint (pn_proc_signal (&proc, SIGKILL), ==, 0);
  waitpid (pid, NULL, 0);
  g_assert_cmpint (pn_proc_signal (&proc, SIGKILL), ==, -ESRCH);
}

static void
test_descendants (void)
{
  PnProcList list = { 0 };
  pid_t child = start_sleeper ("child");
  pid_t pair[2];
  int told[2];

  g_assert_cmpint (pipe (told), ==, 0);
  pair[0] = fork ();
  if (pair[0] == 0)
    {
      pair[1] = start_sleeper ("grandchild");
      if (write (told[1], &pair[1], sizeof pair[1]) < 0)
        _exit (1);
      for (;;)
        pause ();
    }
  g_assert_cmpint (read (told[0], &pair[1], sizeof pair[1]), ==, sizeof pair[1]);

  g_assert_cmpint (pn_proc_list_descendants (&list, getpid ()), ==, 0);
  g_assert_cmpuint (list.n, ==, 3);
  g_assert_nonnull (pn_proc_list_find (&list, child));
  g_assert_nonnull (pn_proc_list_find (&list, pair[0]));
  g_assert_nonnull (pn_proc_list_find (&list, pair[1]));
  g_assert_null (pn_proc_list_find (&list, getpid ()));
  g_assert_cmpint (pn_proc_list_descendants (&list, pair[0]), ==, 0);
  g_assert_cmpuint (list.n, ==, 1);
  pn_proc_list_clear (&list);

  /* A grandchild, a stopped one and one that ignores all it can. */
  kill (child, SIGSTOP);
  pn_tree_end ();
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
  g_assert_cmpint (kill (pair[1], 0), ==, -1);
  close (told[0]);
  close (told[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), ==, 0);
  g_test_add_func ("/proc/read", test_read);
  g_test_add_func ("/proc/how-a-zombie-ended", test_how_a_zombie_ended);
  g_test_add_func ("/proc/signal-only-that-process", test_signal_only_that_process);
  g_test_add_func ("/proc/descendants", test_descendants);
  return g_test_run ();
}
