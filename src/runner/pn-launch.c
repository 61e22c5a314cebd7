/* SPDX-License-Identifier: MIT */
#include "pn-launch.h"

#include "pn-arena.h"
#include "pn-proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* A fork bomb reaches this many before the limit of the lesson is noticed. */
#define TASKS_MORE 1024

/* The limit is on all tasks of the user: take those of the whole machine as there
 * already. It holds for all but root; the lesson's own limit is the supervisor's. */
static void
limit_tasks (void)
{
  struct rlimit limit;
  int tasks = pn_proc_count_tasks ();

  if (tasks < 0 || getrlimit (RLIMIT_NPROC, &limit) < 0
      || limit.rlim_cur <= (rlim_t)tasks + TASKS_MORE)
    return;
  limit.rlim_cur = (rlim_t)tasks + TASKS_MORE;
  setrlimit (RLIMIT_NPROC, &limit);
}

static void
reset_signals (void)
{
  sigset_t none;

  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static int
redirect (const int ends[2])
{
  int null = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  if (null < 0 || dup2 (null, STDIN_FILENO) < 0 || dup2 (ends[0], STDOUT_FILENO) < 0
      || dup2 (ends[1], STDERR_FILENO) < 0)
    return -1;
  return 0;
}

static void
become_program (char *const *arguments,
                const int ends[2],
                const char *arena,
                pid_t supervisor,
                int go_fd,
                int error_fd)
{
  const struct rlimit no_core = { 0, 0 };
  char go;
  int error;

  /* In addition to the sub-reapers: those end it in any case. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != supervisor || read (go_fd, &go, 1) != 1)
    _exit (126);
  setsid ();
  reset_signals ();
  setrlimit (RLIMIT_CORE, &no_core);
  limit_tasks ();
  if (redirect (ends) == 0 && setenv (PN_ARENA_ENV, arena, 1) == 0)
    execvp (arguments[0], arguments);
  error = errno;
  if (write (error_fd, &error, sizeof error) < 0)
    _exit (126);
  _exit (pn_launch_exit_code (error));
}

int
pn_launch_fork (PnLaunch *launch,
                char *const *arguments,
                const int ends[2],
                const char *arena)
{
  pid_t supervisor = getpid ();
  int go[2];
  int error[2];
  PnProc proc;

  if (pipe2 (go, O_CLOEXEC) < 0)
    return -errno;
  if (pipe2 (error, O_CLOEXEC | O_NONBLOCK) < 0)
    {
      int result = -errno;

      close (go[0]);
      close (go[1]);
      return result;
    }
  launch->pid = fork ();
  if (launch->pid == 0)
    {
      close (go[1]);
      become_program (arguments, ends, arena, supervisor, go[0], error[1]);
    }
  launch->go_fd = go[1];
  launch->error_fd = error[0];
  close (go[0]);
  close (error[1]);
  if (launch->pid < 0)
    return -errno;
  launch->start_time = pn_proc_read (launch->pid, &proc) == 0 ? proc.start_time : 0;
  return 0;
}

void
pn_launch_go (PnLaunch *launch)
{
  /* It can only fail if the child is dead: that is seen by its exit. */
  if (write (launch->go_fd, "g", 1) == 1 || errno == EPIPE)
    close (launch->go_fd);
  launch->go_fd = -1;
}

int
pn_launch_error (PnLaunch *launch)
{
  int error = 0;
  ssize_t n;

  if (launch->error_fd < 0)
    return 0;
  n = read (launch->error_fd, &error, sizeof error);
  if (n < 0 && errno == EAGAIN)
    return 0;
  close (launch->error_fd);
  launch->error_fd = -1;
  return n == sizeof error ? error : 0;
}

int
pn_launch_exit_code (int error)
{
  return error == ENOENT || error == ENOTDIR ? 127 : 126;
}
