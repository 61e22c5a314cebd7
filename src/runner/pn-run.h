/* SPDX-License-Identifier: MIT */
#pragma once

/* One run, as the supervisor's parts share it: pn-supervise.c goes round, pn-news.c
 * says what has happened, pn-lines.c what was printed, pn-limits.c when it is too much.
 */

#include "pn-launch.h"
#include "pn-members.h"
#include "pn-options.h"
#include "pn-output.h"
#include "pn-proc.h"
#include "pn-relay.h"
#include "pn-share.h"
#include "pn-sweep.h"

#define MS 1000000ll

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
  int guard_pidfd;

  bool app_gone; /* or the guard: nobody reads, everything ends at once */
  bool stopping;
  bool main_ended;
  bool launch_failed;
  int main_value;
  char reason[512]; /* why it was stopped, "" if it was not */

  uint64_t line_bytes; /* of all output.line */
  bool has_looked;     /* for new members, while this output was read */
  int64_t begun_ns;
  int64_t watched_ns;
  int64_t count_ns;       /* when to count next */
  int64_t count_early_ns; /* not before, even if there are many more tasks */
  int tasks_at_begin;
  int64_t stuck_since_ns;
} PnRun;

/* Ends the run in good order. The first reason counts. */
void pn_run_stop (PnRun *run, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* pn-news.c */

/* Which descriptors to look at: the guard's, the app's, signals. 0 or -errno. */
int pn_run_watch_all (PnRun *run);

/* Lets commands, output and children's ends wake the supervisor. Needs the arena. */
void pn_run_listen (PnRun *run);

/* Until the word of the arena is not `seen` any more, or `wait_ns` are over. */
void pn_run_wait (PnRun *run, uint32_t seen, int64_t wait_ns);

/* Looks, without waiting: commands, whether the app is there, who has died. */
void pn_run_take_news (PnRun *run);

/* pn-lines.c */

/* Prepares to capture the program's output. Needs the arena. 0 or -errno. */
int pn_run_capture (PnRun *run);

/* Reads what the program has written. Returns the bytes. */
size_t pn_run_read_output (PnRun *run, int64_t now_ns);

/* For the sweep: half a line that was written before the event goes out before it. */
void pn_run_on_turn (uint32_t slot, uint64_t seq, void *run);

/* pn-limits.c */

/* Stops the run if it has broken a limit. */
void pn_run_check_limits (PnRun *run, int64_t now_ns);
