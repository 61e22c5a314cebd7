/* SPDX-License-Identifier: MIT */
#pragma once

/* Kills a process at a given instruction, so that a test can do it at each one. */

#include <stdbool.h>
#include <sys/types.h>

/* Forks a child that runs `function`, and kills it after `steps` instructions. Returns
 * the instructions that it ran, fewer than `steps` if it ended before by itself;
 * `ret_status` is then what waitpid () said. -1: tracing is not allowed here. */
long
step_and_kill (int (*function) (void *data), void *data, long steps, int *ret_status);

/* Holds a child of ours that runs already. False: tracing is not allowed here. */
bool step_hold (pid_t pid);

/* Lets it do `steps` instructions more, and kills it. It is left for its own reaper. */
void step_held_and_kill (pid_t pid, long steps);
