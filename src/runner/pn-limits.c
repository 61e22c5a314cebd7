/* SPDX-License-Identifier: MIT */
#include "pn-run.h"

#include <inttypes.h>
#include <unistd.h>

#define COUNT_NS (1000 * MS)
#define COUNT_SHARE 30 /* at most this part of the time goes into counting */

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
    pn_run_stop (run,
                 "stopped after %d s, the lesson's time limit (“seconds” in its "
                 "lesson.ini): the "
                 "program had ended, %d of its processes had not",
                 seconds,
                 count_living (run));
  else
    pn_run_stop (
        run,
        "stopped after %d s, the lesson's time limit (“seconds” in its lesson.ini)",
        seconds);
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
    pn_run_stop (run,
                 "stopped: more than %d processes at the same time, the lesson's limit "
                 "(“processes” in its lesson.ini)",
                 limit);
  took_ns = pn_now_ns () - now_ns;
  run->count_early_ns = now_ns + took_ns * COUNT_SHARE;
  run->count_ns = run->count_early_ns + COUNT_NS;
}

void
pn_run_check_limits (PnRun *run, int64_t now_ns)
{
  const PnOptions *options = run->options;

  check_time (run, now_ns);
  if (run->line_bytes > options->output_bytes
      || run->output.n_bytes > options->output_bytes)
    pn_run_stop (run,
                 "stopped after %" PRIu64 " bytes of output, the lesson's limit "
                 "(“output” in its lesson.ini)",
                 options->output_bytes);
  check_processes (run, now_ns);
}
