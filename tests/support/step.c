/* SPDX-License-Identifier: MIT */
#include "step.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int
wait_for (pid_t pid)
{
  int status = 0;

  while (waitpid (pid, &status, __WALL) < 0 && errno == EINTR)
    ;
  return status;
}

/* The signal that is to be delivered with the next step. */
static int
pending_signal (int status)
{
  int signal = WSTOPSIG (status);

  return signal == SIGTRAP || signal == SIGSTOP || status >> 16 != 0 ? 0 : signal;
}

long
step_and_kill (int (*function) (void *data), void *data, long steps, int *ret_status)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit (127);
      raise (SIGSTOP);
      _exit (function (data));
    }
  status = wait_for (pid);
  if (!WIFSTOPPED (status))
    return -1;
  for (long step = 0; step < steps; step++)
    {
      if (ptrace (PTRACE_SINGLESTEP, pid, NULL, (long)pending_signal (status)) < 0)
        abort ();
      status = wait_for (pid);
      if (!WIFSTOPPED (status))
        {
          *ret_status = status;
          return step;
        }
    }
  kill (pid, SIGKILL);
  *ret_status = wait_for (pid);
  return steps;
}

bool
step_hold (pid_t pid)
{
  if (ptrace (PTRACE_SEIZE, pid, NULL, NULL) < 0)
    return false;
  ptrace (PTRACE_INTERRUPT, pid, NULL, NULL);
  return WIFSTOPPED (wait_for (pid));
}

void
step_held_and_kill (pid_t pid, long steps)
{
  siginfo_t info;
  int status = 0x7f;

  for (long step = 0; step < steps && WIFSTOPPED (status); step++)
    {
      ptrace (PTRACE_SINGLESTEP, pid, NULL, (long)pending_signal (status));
      status = wait_for (pid);
    }
  kill (pid, SIGKILL);
  while (waitid (P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL) < 0
         && errno == EINTR)
    ;
}
