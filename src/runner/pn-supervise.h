/* SPDX-License-Identifier: MIT */
#pragma once

/* The inner of the two runner processes: it starts the program, moves its events to
 * the pipe, keeps the limits and reaps. The run ends when nobody is left: after the
 * main process it waits for those it left behind, up to the time limit. */

#include "pn-options.h"

/* `guard_pidfd` is the outer process. Each signal that `signal_fd` (a signalfd) reads
 * means stop. Returns an exit status; nobody is left then. */
int pn_supervise (const PnOptions *options, int guard_pidfd, int signal_fd);
