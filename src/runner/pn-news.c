/* SPDX-License-Identifier: MIT */
#include "pn-run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* At least this between two turns: nobody can keep us busy by waking us. */
#define TURN_NS (200 * 1000ll)

/* What epoll says, above the slots' numbers. */
enum
{
  WATCH_CONTROL = PN_ARENA_SLOTS,
  WATCH_OUTPUT,
  WATCH_GUARD,
  WATCH_SIGNALS
};

static void
read_commands (PnRun *run)
{
  char commands[64];
  ssize_t n = read (run->options->control_fd, commands, sizeof commands);

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    run->app_gone = true;
  for (ssize_t i = 0; i < n; i++)
    if (commands[i] == 's')
      pn_run_stop (run, "stopped");
}

static void
read_signals (PnRun *run)
{
  struct signalfd_siginfo info;

  while (read (run->signal_fd, &info, sizeof info) == sizeof info)
    pn_run_stop (run, "stopped");
}

/* Only a word can be waited for together with the processes: what descriptors and
 * children have to say arrives as a signal that changes the word. The signals are let
 * in only while we wait for the word: else each line that is written, and not each
 * turn, would cost its writer two switches to us and back. */
static _Atomic uint32_t *wake_word;

static sigset_t news_signals;

static void
on_news (int signal)
{
  atomic_fetch_add (wake_word, 1);
}

static void
send_news (int fd)
{
  int flags = fcntl (fd, F_GETFL);

  /* A wish: without it news are seen within IDLE_NS. */
  if (flags >= 0 && fcntl (fd, F_SETOWN, getpid ()) == 0)
    fcntl (fd, F_SETFL, flags | O_ASYNC);
}

static int
watch (PnRun *run, int fd, uint32_t events, uint32_t what)
{
  struct epoll_event event = { .events = events, .data.u32 = what };

  if (epoll_ctl (run->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    return errno == EPERM ? 0 : -errno; /* a file: nobody closes its other end */
  return 0;
}

int
pn_run_watch_all (PnRun *run)
{
  const PnOptions *options = run->options;
  int result;

  run->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (run->epoll_fd < 0)
    return -errno;
  result = watch (run, run->guard_pidfd, EPOLLIN, WATCH_GUARD);
  if (result == 0)
    result = watch (run, options->control_fd, EPOLLIN, WATCH_CONTROL);
  if (result == 0)
    result = watch (run, options->output_fd, 0, WATCH_OUTPUT);
  if (result == 0)
    result = watch (run, run->signal_fd, EPOLLIN, WATCH_SIGNALS);
  return result;
}

void
pn_run_listen (PnRun *run)
{
  struct sigaction action = { .sa_handler = on_news, .sa_flags = SA_RESTART };

  wake_word = &run->share.arena->runner_wake;
  sigemptyset (&news_signals);
  sigaddset (&news_signals, SIGIO);
  sigaddset (&news_signals, SIGCHLD);
  sigprocmask (SIG_BLOCK, &news_signals, NULL);
  sigaction (SIGIO, &action, NULL);
  sigaction (SIGCHLD, &action, NULL);
  send_news (run->options->control_fd);
  send_news (run->output.fds[0]);
  send_news (run->output.fds[1]);
}

void
pn_run_wait (PnRun *run, uint32_t seen, int64_t wait_ns)
{
  struct timespec least = { .tv_nsec = TURN_NS };

  while (nanosleep (&least, &least) < 0 && errno == EINTR)
    continue;
  sigprocmask (SIG_UNBLOCK, &news_signals, NULL);
  pn_share_wait (&run->share, seen, wait_ns - TURN_NS);
  sigprocmask (SIG_BLOCK, &news_signals, NULL);
}

void
pn_run_take_news (PnRun *run)
{
  struct epoll_event events[64];
  int n = epoll_wait (run->epoll_fd, events, 64, 0);

  for (int i = 0; i < n; i++)
    switch (events[i].data.u32)
      {
      case WATCH_CONTROL:
        if ((events[i].events & EPOLLIN) != 0)
          read_commands (run);
        else
          run->app_gone = true;
        break;
      case WATCH_OUTPUT:
      case WATCH_GUARD:
        run->app_gone = true;
        break;
      case WATCH_SIGNALS:
        read_signals (run);
        break;
      default:
        pn_members_on_death (&run->members, events[i].data.u32);
      }
}
