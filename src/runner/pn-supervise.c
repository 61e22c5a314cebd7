/* SPDX-License-Identifier: MIT */
#include "pn-supervise.h"

#include "pn-fail.h"
#include "pn-run.h"
#include "pn-tree.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RELAY_BYTES (64u * 1024 * 1024)
#define BUSY_NS (2 * MS)
#define IDLE_NS (10 * MS)
#define STOPPING_NS (1 * MS)
#define WATCH_NS (50 * MS)
#define STUCK_NS (20 * MS)

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
on_event (const PnRecord *record, void *data)
{
  PnRun *run = data;

  pn_members_on_event (&run->members, record);
  if (record->kind == PN_KIND_OUTPUT_LINE)
    run->line_bytes += record->text_bytes + 1;
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

static void
check_launch (PnRun *run)
{
  int error = pn_launch_error (&run->launch);

  if (error == 0)
    return;
  run->launch_failed = true;
  snprintf (run->reason,
            sizeof run->reason,
            "cannot start %.300s: %s; %s",
            run->options->arguments[0],
            strerror (error),
            pn_launch_advice (error));
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

/* The program may have stopped it. */
static void
continue_guard (PnRun *run)
{
  pidfd_send_signal (run->guard_pidfd, SIGCONT, NULL, 0);
}

/* Everything once, without waiting. Returns the blocks swept. */
static size_t
turn (PnRun *run)
{
  int64_t now_ns = pn_now_ns ();
  size_t blocks;

  pn_run_take_news (run);
  pn_members_look (&run->members);
  pn_sweep_begin (&run->sweep, now_ns);
  blocks = pn_sweep_all (&run->sweep);

  /* With a reader that does not read, the program waits: for room in its rings and in
   * its output sockets. */
  if (run->sweep.staged_bytes < run->sweep.staged_max || run->sweep.held)
    {
      pn_run_read_output (run, now_ns);
      pn_output_flush (&run->output, -1, now_ns);
      pn_members_settle (&run->members, now_ns);
    }
  pn_sweep_merge (&run->sweep, &run->relay);
  if (pn_relay_flush (&run->relay) < 0)
    run->app_gone = true;
  prove_if_stuck (run, now_ns);

  check_launch (run);
  pn_run_check_limits (run, now_ns);
  if (run->stopping)
    {
      run->members.stopping = true;
      pn_tree_kill ();
    }
  else if (now_ns - run->watched_ns >= WATCH_NS)
    {
      pn_members_watch (&run->members);
      continue_guard (run);
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

  pn_run_wait (run, seen, wait_ns);
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
      pn_run_take_news (run);
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
  while (pn_run_read_output (run, now_ns) > 0)
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
prepare (PnRun *run)
{
  PnStreamHeader header;
  int result = pn_run_watch_all (run);

  if (result == 0)
    result = pn_relay_init (&run->relay, run->options->output_fd, RELAY_BYTES);
  if (result == 0)
    result = pn_share_init (&run->share);
  if (result == 0)
    result = pn_run_capture (run);
  if (result < 0)
    return result;
  pn_sweep_init (&run->sweep, run->share.arena, on_event, run);
  run->sweep.on_turn = pn_run_on_turn;
  pn_members_init (
      &run->members, &run->share, &run->sweep, &run->output, run->epoll_fd);
  pn_run_listen (run);
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
  bool whole;
  int result;

  if (run == NULL)
    return pn_fail ("begin", ENOMEM);
  run->options = options;
  run->signal_fd = signal_fd;
  run->guard_pidfd = guard_pidfd;

  /* Not the guard's: who kills all that bear a name kills one of the two. */
  prctl (PR_SET_NAME, "pn-supervisor");
  if (prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
    return pn_fail ("become a sub-reaper", errno);
  result = prepare (run);
  if (result < 0)
    return pn_fail ("prepare the run", -result);
  pn_run_take_news (run);
  if (run->app_gone)
    return PN_EXIT_FAILED;

  result = start (run);
  if (result < 0)
    return pn_fail ("start the program", -result);
  supervise (run);
  whole = !run->app_gone && finish (run);
  if (!whole)
    pn_tree_end ();
  continue_guard (run);
  return whole && !run->launch_failed ? PN_EXIT_COMPLETE : PN_EXIT_FAILED;
}
