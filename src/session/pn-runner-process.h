/* SPDX-License-Identifier: MIT */
#pragma once

/* A runner as a child process: started with posix_spawn, reaped here. */

#include "pn-lesson.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* All descriptors are CLOEXEC; -1 where there is none (any more). */
typedef struct
{
  pid_t pid; /* 0: reaped, or never started */
  int pidfd;
  int output_fd;  /* the stream; not blocking */
  int message_fd; /* the runner's stderr; not blocking */
  int control_fd; /* a socket: closing it, too, ends the run */
} PnRunnerProcess;

void pn_runner_process_init (PnRunnerProcess *process);

/* Errors: errno's, as %PN_SESSION_ERROR_START. */
gboolean pn_runner_process_start (PnRunnerProcess *process,
                                  const char *const *argv,
                                  const char *title,
                                  const PnLimits *limits,
                                  GError **error);

/* Asks the runner to end the run. Threads: any. */
void pn_runner_process_stop (const PnRunnerProcess *process);

/* Waits for its end, at most @timeout_ms, then kills it. Returns the wait status, or
 * -1 if it was not there to be reaped. Threads: one. */
int pn_runner_process_reap (PnRunnerProcess *process, int timeout_ms);

/* Closes what is open. */
void pn_runner_process_clear (PnRunnerProcess *process);

G_END_DECLS
