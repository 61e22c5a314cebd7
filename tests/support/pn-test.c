/* SPDX-License-Identifier: MIT */
#include "pn-test.h"

#include <glib.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t n_alarms;

static void
on_alarm (int number)
{
  n_alarms++;
}

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

void
pn_test_begin_interruptions (void)
{
  struct itimerspec often = { { 0, 5000000 }, { 0, 5000000 } };
  struct sigaction action = { .sa_handler = on_alarm };
  timer_t timer;

  sigaction (SIGALRM, &action, NULL);
  timer_create (CLOCK_MONOTONIC, NULL, &timer);
  timer_settime (timer, 0, &often, NULL);
}

int
pn_test_interruptions (void)
{
  return n_alarms;
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
