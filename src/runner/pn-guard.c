/* SPDX-License-Identifier: MIT */
#include "pn-guard.h"

#include "pn-fail.h"
#include "pn-proc.h"
#include "pn-supervise.h"
#include "pn-tree.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  WATCH_SUPERVISOR,
  WATCH_CONTROL,
  WATCH_OUTPUT,
  WATCH_SIGNALS,
  WATCH_CHILDREN,
  N_WATCHED
};

static int
block_and_watch (const sigset_t *set)
{
  if (sigprocmask (SIG_BLOCK, set, NULL) < 0)
    return -1;
  return signalfd (-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
watch_children (void)
{
  sigset_t set;

  signal (SIGCHLD, SIG_DFL); /* ignored, it would reap in our place */
  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  return block_and_watch (&set);
}

static int
watch_signals (void)
{
  sigset_t set;

  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* an error will do */
  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGQUIT);
  return block_and_watch (&set);
}

/* A signal for the guard is meant for the run: the supervisor stops it in good order.
 */
static void
pass_signals_on (int signal_fd, int supervisor_pidfd)
{
  struct signalfd_siginfo info;

  while (read (signal_fd, &info, sizeof info) == sizeof info)
    pidfd_send_signal (supervisor_pidfd, SIGTERM, NULL, 0);
}

/* The program may have stopped the supervisor, which is its parent: nothing of the run
 * would come to an end any more. */
static void
continue_supervisor (int children_fd, pid_t supervisor)
{
  struct signalfd_siginfo signals;
  siginfo_t info;

  while (read (children_fd, &signals, sizeof signals) == sizeof signals)
    continue;
  do
    info.si_pid = 0;
  while (waitid (P_PID, (id_t)supervisor, &info, WSTOPPED | WNOHANG) == 0
         && info.si_pid != 0 && kill (supervisor, SIGCONT) == 0);
}

/* Until the supervisor has ended (true) or the app has gone (false). Whether a pipe's
 * other end is closed is said without being asked; commands are not ours to read. */
static bool
watch (struct pollfd *watched, pid_t supervisor)
{
  for (;;)
    {
      if (poll (watched, N_WATCHED, -1) < 0)
        continue;
      if (watched[WATCH_SUPERVISOR].revents != 0)
        return true;
      if (((watched[WATCH_CONTROL].revents | watched[WATCH_OUTPUT].revents)
           & (POLLHUP | POLLERR | POLLNVAL))
          != 0)
        return false;
      if (watched[WATCH_CHILDREN].revents != 0)
        continue_supervisor (watched[WATCH_CHILDREN].fd, supervisor);
      if (watched[WATCH_SIGNALS].revents != 0)
        pass_signals_on (watched[WATCH_SIGNALS].fd, watched[WATCH_SUPERVISOR].fd);
    }
}

static int
guard (pid_t supervisor, const PnOptions *options, int signal_fd, int children_fd)
{
  int pidfd = pidfd_open (supervisor, 0);
  struct pollfd watched[N_WATCHED] = {
    [WATCH_SUPERVISOR] = { .fd = pidfd, .events = POLLIN },
    [WATCH_CONTROL] = { .fd = options->control_fd },
    [WATCH_OUTPUT] = { .fd = options->output_fd },
    [WATCH_SIGNALS] = { .fd = signal_fd, .events = POLLIN },
    [WATCH_CHILDREN] = { .fd = children_fd, .events = POLLIN },
  };
  int status = 0;

  if (pidfd < 0)
    {
      int result = pn_fail ("watch the supervisor", errno);

      pn_tree_end ();
      return result;
    }
  if (!watch (watched, supervisor))
    {
      pn_tree_end ();
      return PN_EXIT_FAILED;
    }
  while (waitpid (supervisor, &status, 0) < 0 && errno == EINTR)
    continue;
  pn_tree_end ();
  if (WIFEXITED (status))
    return WEXITSTATUS (status);
  fprintf (stderr,
           "procession-runner: the supervisor was ended by signal %d; all processes of "
           "the program have been ended; run it again\n",
           WTERMSIG (status));
  return PN_EXIT_FAILED;
}

int
pn_guard_run (const PnOptions *options)
{
  int signal_fd = watch_signals ();
  int children_fd = watch_children ();
  int own_pidfd = pidfd_open (getpid (), 0);
  pid_t supervisor;
  int result = pn_proc_check ();

  if (result < 0)
    return pn_fail ("read /proc", -result);
  if (signal_fd < 0 || children_fd < 0 || own_pidfd < 0)
    return pn_fail ("watch processes and signals", errno);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
      || prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
    return pn_fail ("become a sub-reaper", errno);

  supervisor = fork ();
  if (supervisor < 0)
    return pn_fail ("start the supervisor", errno);
  if (supervisor == 0)
    {
      close (children_fd);
      _exit (pn_supervise (options, own_pidfd, signal_fd));
    }
  close (own_pidfd);
  return guard (supervisor, options, signal_fd, children_fd);
}
