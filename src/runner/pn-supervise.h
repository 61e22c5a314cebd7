/* SPDX-License-Identifier: MIT */
#pragma once

/* The inner of the two runner processes: it starts the program, moves its events to
 * the pipe, keeps the limits and reaps. The run ends when nobody is left: after the
 * main process it waits for those it left behind, up to the time limit. */

#include <stdint.h>

typedef struct
{
  int output_fd;
  int control_fd;
  int processes;         /* alive at the same time */
  int seconds;           /* for the whole run */
  uint64_t output_bytes; /* lines of stdout and stderr together */
  const char *name;      /* the text of run.begin */
  char *const *arguments;
} PnOptions;

enum
{
  PN_EXIT_COMPLETE = 0, /* a whole stream was written */
  PN_EXIT_FAILED = 1    /* it was not, or the program could not be started */
};

/* `guard_pidfd` is the outer process. Each signal that `signal_fd` (a signalfd) reads
 * means stop. Returns an exit status; nobody is left then. */
int pn_supervise (const PnOptions *options, int guard_pidfd, int signal_fd);
