/* SPDX-License-Identifier: MIT */
#include "pn-supervise.h"

#include "pn-launch.h"
#include "pn-members.h"
#include "pn-output.h"
#include "pn-proc.h"
#include "pn-relay.h"
#include "pn-share.h"
#include "pn-sweep.h"
#include "pn-tree.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ll
#define RELAY_BYTES (64u * 1024 * 1024)
#define BUSY_NS (2 * MS)
#define IDLE_NS (10 * MS)
#define STOPPING_NS (1 * MS)
#define WATCH_NS (50 * MS)
#define COUNT_NS (100 * MS)
#define COUNT_SHARE 30 /* at most this part of the time goes into counting */
#define TURN_NS                                                                        \
  (200 * 1000ll) /* at least, so that nobody can keep us busy by waking                \
                  */
#define STUCK_NS (20 * MS)
#define OUTPUT_TURN_BYTES (1024 * 1024)

/* What epoll says, above the slots' numbers. */
enum
{
  WATCH_CONTROL = PN_ARENA_SLOTS,
  WATCH_OUTPUT,
  WATCH_GUARD,
  WATCH_SIGNALS
};

typedef struct
{
  const PnOptions *options;
  PnShare share;
  PnSweep sweep;
  PnRelay relay;
  PnOutput output;
  PnMembers members;
  PnLaunch launch;
  PnProcList counted;
  int epoll_fd;
  int signal_fd;

  bool app_gone; /* or the guard: nobody reads, everything ends at once */
  bool stopping;
  bool main_ended;
  bool launch_failed;
  int main_value;
  char reason[512]; /* why it was stopped, "" if it was not */

  uint64_t line_bytes; /* of all output.line */
  int64_t begun_ns;
  int64_t watched_ns;
  int64_t count_ns;       /* when to count next */
  int64_t count_early_ns; /* not before, even if there are many more tasks */
  int tasks_at_begin;
  int64_t stuck_since_ns;
} PnRun;

static int
fail (const char *what, int result)
{
  fprintf (stderr, "procession-runner: %s: %s\n", what, strerror (-result));
  return PN_EXIT_FAILED;
}

static void stop (PnRun *run, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* The first reason counts. */
static void
stop (PnRun *run, const char *format, ...)
{
  va_list args;

  if (run->stopping)
    return;
  run->stopping = true;
  va_start (args, format);
  vsnprintf (run->reason, sizeof run->reason, format, args);
  va_end (args);
}

static void
emit (PnRun *run, PnKind kind, uint32_t peer, int64_t value, const char *text)
{
  static PnEvent event;

  memset (&event, 0, offsetof (PnEvent, text));
  event.kind = kind;
  event.peer = peer;
  event.value = value;
  event.text_bytes = (size_t)snprintf (
      event.text, sizeof event.text, "%.*s", PN_TEXT_MAX_BYTES, text);
  pn_sweep_emit (&run->sweep, &event);
}

static void
on_line (int pid, unsigned flags, const char *text, size_t bytes, void *data)
{
  static PnEvent event;
  PnRun *run = data;

  memset (&event, 0, offsetof (PnEvent, text));
  event.kind = PN_KIND_OUTPUT_LINE;
  event.process = pn_members_find (&run->members, pid);
  event.flags = (uint8_t)flags;
  event.text_bytes = bytes;
  memcpy (event.text, text, bytes);
  pn_sweep_emit (&run->sweep, &event);
}

static void
on_event (const PnRecord *record, void *data)
{
  PnRun *run = data;

  pn_members_on_event (&run->members, record);
  if (record->kind == PN_KIND_OUTPUT_LINE)
    run->line_bytes += record->text_bytes + 1;
}

static void
read_commands (PnRun *run)
{
  char commands[64];
  ssize_t n = read (run->options->control_fd, commands, sizeof commands);

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    run->app_gone = true;
  for (ssize_t i = 0; i < n; i++)
    if (commands[i] == 's')
      stop (run, "stopped");
}

static void
read_signals (PnRun *run)
{
  struct signalfd_siginfo info;

  while (read (run->signal_fd, &info, sizeof info) == sizeof info)
    stop (run, "stopped");
}

static void
take_news (PnRun *run, int timeout_ms)
{
  struct epoll_event events[64];
  int n = epoll_wait (run->epoll_fd, events, 64, timeout_ms);

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

/* Reaps our children: the main process and orphans. Returns false when none is left.
 * Who ended and how is noted while the zombie still keeps its pid from coming back. */
static bool
reap (PnRun *run)
{
  for (;;)
    {
      siginfo_t info = { 0 };
      int value;

      if (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0)
        return errno != ECHILD;
      if (info.si_pid == 0)
        return true;
      value = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
      pn_members_on_exit (&run->members, info.si_pid, value);
      if (info.si_pid == run->launch.pid && !run->main_ended)
        {
          run->main_ended = true;
          run->main_value = value;
        }
      waitpid (info.si_pid, NULL, __WALL);
    }
}

static int
count_living (PnRun *run)
{
  int n = 0;

  if (pn_proc_list_descendants (&run->counted, getpid ()) < 0)
    return 0;
  for (size_t i = 0; i < run->counted.n; i++)
    if (run->counted.procs[i].state != 'Z' && run->counted.procs[i].state != 'X')
      n++;
  return n;
}

static void
check_time (PnRun *run, int64_t now_ns)
{
  int seconds = run->options->seconds;

  if (now_ns - run->begun_ns < seconds * 1000 * MS)
    return;
  if (run->main_ended)
    stop (run,
          "stopped after %d s, the lesson's time limit: the program had ended, %d of "
          "its processes had not",
          seconds,
          count_living (run));
  else
    stop (run, "stopped after %d s, the lesson's time limit", seconds);
}

/* To count takes time: seldom, but at once when the machine has as many more tasks as
 * would break the limit. */
static void
check_processes (PnRun *run, int64_t now_ns)
{
  int limit = run->options->processes;
  int64_t took_ns;

  if (now_ns < run->count_ns
      && (now_ns < run->count_early_ns
          || pn_proc_count_tasks () - run->tasks_at_begin <= limit))
    return;
  if (count_living (run) > limit)
    stop (run,
          "stopped: more than %d processes at the same time, the lesson's limit",
          limit);
  took_ns = pn_now_ns () - now_ns;
  run->count_early_ns = now_ns + took_ns * COUNT_SHARE;
  run->count_ns = run->count_early_ns + COUNT_NS;
}

static void
check_limits (PnRun *run, int64_t now_ns)
{
  const PnOptions *options = run->options;

  check_time (run, now_ns);
  if (run->line_bytes > options->output_bytes
      || run->output.n_bytes > options->output_bytes)
    stop (run,
          "stopped after %" PRIu64 " bytes of output, the lesson's limit",
          options->output_bytes);
  check_processes (run, now_ns);
}

static void
check_launch (PnRun *run)
{
  int error = pn_launch_error (&run->launch);

  if (error == 0)
    return;
  run->launch_failed = true;
  snprintf (run->reason,
            sizeof run->reason,
            "cannot start %.400s: %s",
            run->options->arguments[0],
            strerror (error));
  fprintf (stderr, "procession-runner: %s\n", run->reason);
}

static void
prove_if_stuck (PnRun *run, int64_t now_ns)
{
  if (!run->sweep.stuck)
    run->stuck_since_ns = now_ns;
  else if (now_ns - run->stuck_since_ns > STUCK_NS)
    pn_members_prove (&run->members);
}

/* Everything once, without waiting. Returns the blocks swept. */
static size_t
turn (PnRun *run)
{
  int64_t now_ns = pn_now_ns ();
  size_t blocks;

  take_news (run, 0);
  pn_members_look (&run->members);
  pn_sweep_begin (&run->sweep, now_ns);

  /* With a reader that does not read, the program waits: for room in its rings and in
   * its output sockets. */
  if (run->sweep.staged_bytes < run->sweep.staged_max)
    {
      pn_output_read (&run->output, OUTPUT_TURN_BYTES, now_ns);
      pn_output_flush (&run->output, -1, now_ns);
      pn_members_settle (&run->members, now_ns);
    }
  blocks = pn_sweep_all (&run->sweep);
  pn_sweep_merge (&run->sweep, &run->relay);
  if (pn_relay_flush (&run->relay) < 0)
    run->app_gone = true;
  prove_if_stuck (run, now_ns);

  check_launch (run);
  check_limits (run, now_ns);
  if (run->stopping)
    pn_tree_kill ();
  else if (now_ns - run->watched_ns >= WATCH_NS)
    {
      pn_members_watch (&run->members);
      run->watched_ns = now_ns;
    }
  pn_share_warm (&run->share);
  return blocks;
}

/* Until there is something to do. `seen` is runner_wake from before the turn. */
static void
wait_for_turn (PnRun *run, uint32_t seen, bool busy)
{
  int64_t wait_ns = run->stopping ? STOPPING_NS : busy ? BUSY_NS : IDLE_NS;
  struct timespec least = { .tv_nsec = TURN_NS };

  nanosleep (&least, NULL);
  pn_share_wait (&run->share, seen, wait_ns - TURN_NS);
}

/* Until no process is left, or the app is gone. */
static void
supervise (PnRun *run)
{
  while (!run->app_gone && reap (run))
    {
      uint32_t seen = atomic_load (&run->share.arena->runner_wake);
      size_t blocks = turn (run);

      wait_for_turn (run, seen, blocks > 0 || !pn_relay_is_empty (&run->relay));
    }
}

/* Moves on what is staged. False when the app is gone. */
static bool
drain (PnRun *run)
{
  struct pollfd output = { .fd = run->options->output_fd, .events = POLLOUT };

  for (;;)
    {
      size_t written = pn_sweep_merge (&run->sweep, &run->relay);

      if (pn_relay_flush (&run->relay) < 0)
        run->app_gone = true;
      take_news (run, 0);
      if (run->app_gone)
        return false;
      if (written == 0 && pn_relay_is_empty (&run->relay))
        return true;
      if (!pn_relay_is_empty (&run->relay))
        poll (&output, 1, (int)(IDLE_NS / MS));
    }
}

/* Nobody is left: the last events of all, and run.end. */
static bool
finish (PnRun *run)
{
  int64_t now_ns = pn_now_ns ();

  check_launch (run);
  atomic_store (&run->share.arena->closed, 1);
  while (pn_output_read (&run->output, OUTPUT_TURN_BYTES, now_ns) > 0)
    if (!drain (run))
      return false;
  pn_output_flush (&run->output, 0, now_ns);
  pn_members_finish (&run->members);
  pn_sweep_begin (&run->sweep, now_ns);

  /* First what the dead had published, then their ends, then abandons. */
  for (int i = 0; i < 3; i++)
    {
      pn_members_settle (&run->members, now_ns);
      run->sweep.final = true;
      if (!drain (run))
        return false;
    }
  pn_members_finish_rest (&run->members);
  emit (run, PN_KIND_RUN_END, 0, run->main_value, run->reason);
  return drain (run);
}

static int
watch (PnRun *run, int fd, uint32_t events, uint32_t what)
{
  struct epoll_event event = { .events = events, .data.u32 = what };

  if (epoll_ctl (run->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    return errno == EPERM ? 0 : -errno; /* a file: nobody closes its other end */
  return 0;
}

static int
watch_all (PnRun *run, int guard_pidfd)
{
  const PnOptions *options = run->options;
  int result;

  run->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (run->epoll_fd < 0)
    return -errno;
  result = watch (run, guard_pidfd, EPOLLIN, WATCH_GUARD);
  if (result == 0)
    result = watch (run, options->control_fd, EPOLLIN, WATCH_CONTROL);
  if (result == 0)
    result = watch (run, options->output_fd, 0, WATCH_OUTPUT);
  if (result == 0)
    result = watch (run, run->signal_fd, EPOLLIN, WATCH_SIGNALS);
  return result;
}

/* A pidfd for each process, and some more. After the fork: it is not for the program.
 */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= 4096)
    return;
  limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static int
prepare (PnRun *run, int guard_pidfd)
{
  PnStreamHeader header;
  int result = watch_all (run, guard_pidfd);

  if (result == 0)
    result = pn_relay_init (&run->relay, run->options->output_fd, RELAY_BYTES);
  if (result == 0)
    result = pn_share_init (&run->share);
  if (result == 0)
    result = pn_output_init (&run->output, on_line, run);
  if (result < 0)
    return result;
  run->share.arena->output_inode = run->output.inode;
  pn_sweep_init (&run->sweep, run->share.arena, on_event, run);
  pn_members_init (
      &run->members, &run->share, &run->sweep, &run->output, run->epoll_fd);
  pn_stream_header_init (&header);
  pn_relay_put (&run->relay, &header, sizeof header);
  return 0;
}

/* The command line, for a run without a name. */
static void
describe (const PnOptions *options, char *ret_text, size_t size)
{
  size_t n = 0;

  ret_text[0] = '\0';
  if (options->name != NULL)
    {
      snprintf (ret_text, size, "%s", options->name);
      return;
    }
  for (int i = 0; options->arguments[i] != NULL && n < size - 1; i++)
    n += (size_t)snprintf (
        ret_text + n, size - n, "%s%s", i > 0 ? " " : "", options->arguments[i]);
}

static int
start (PnRun *run)
{
  PnSlot *slot = &run->share.arena->slots[0];
  struct timespec now;
  char text[PN_TEXT_MAX_BYTES + 1];
  int result;

  describe (run->options, text, sizeof text);
  clock_gettime (CLOCK_REALTIME, &now);
  emit (run, PN_KIND_RUN_BEGIN, 0, now.tv_sec * 1000000ll + now.tv_nsec / 1000, text);
  emit (run, PN_KIND_PROCESS_START, 1, 0, "main");
  run->begun_ns = pn_now_ns ();
  run->tasks_at_begin = pn_proc_count_tasks ();

  result = pn_launch_fork (
      &run->launch, run->options->arguments, run->output.ends, run->share.name);
  if (result < 0)
    return result;
  raise_descriptor_limit ();
  pn_tree_hurry ();
  atomic_store (&slot->state, PN_SLOT_TAKEN);
  atomic_store (&slot->parent, 0);
  atomic_store (&slot->pid, run->launch.pid);
  atomic_store (&slot->start_time, run->launch.start_time);
  atomic_store (&slot->process, 1);
  atomic_store (&slot->state, PN_SLOT_LIVE);
  pn_launch_go (&run->launch);
  pn_output_close_ends (&run->output);
  return 0;
}

int
pn_supervise (const PnOptions *options, int guard_pidfd, int signal_fd)
{
  PnRun *run = calloc (1, sizeof *run);
  int result;

  if (run == NULL)
    return fail ("cannot begin", -ENOMEM);
  run->options = options;
  run->signal_fd = signal_fd;
  if (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
    return fail ("cannot become a sub-reaper", -errno);
  result = prepare (run, guard_pidfd);
  if (result < 0)
    return fail ("cannot prepare the run", result);
  take_news (run, 0);
  if (run->app_gone)
    return PN_EXIT_FAILED;

  result = start (run);
  if (result < 0)
    return fail ("cannot start the program", result);
  supervise (run);
  if (run->app_gone || !finish (run))
    {
      pn_tree_end ();
      return PN_EXIT_FAILED;
    }
  return run->launch_failed ? PN_EXIT_FAILED : PN_EXIT_COMPLETE;
}
