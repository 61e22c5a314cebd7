/* SPDX-License-Identifier: MIT */
#include "pn-test.h"

#include <glib.h>
#include <sys/wait.h>
#include <unistd.h>

int
pn_test_times (int usual)
{
  return g_getenv ("PROCESSION_LONG") != NULL ? usual * 10 : usual;
}

pid_t
pn_test_fork (int (*function) (void *data), void *data)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (function (data));
  return pid;
}

int
pn_test_exit_code (int status)
{
  return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

int
pn_test_wait (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return pn_test_exit_code (status);
}
