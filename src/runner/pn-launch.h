/* SPDX-License-Identifier: MIT */
#pragma once

/* Starting the program. It waits between fork and exec until its slot is filled in. */

#include <stdint.h>
#include <sys/types.h>

typedef struct
{
  pid_t pid;
  uint64_t start_time;
  int go_fd;    /* one byte lets it exec; closing it ends it */
  int error_fd; /* its errno, if exec failed */
} PnLaunch;

/* `arguments` ends with NULL; its first is looked up in PATH. `ends` become stdout and
 * stderr; stdin is empty. `arena` is the value of PN_ARENA_ENV. 0 or -errno. */
int pn_launch_fork (PnLaunch *launch,
                    char *const *arguments,
                    const int ends[2],
                    const char *arena);
void pn_launch_go (PnLaunch *launch);

/* Why exec failed, as an errno; 0 if it did not, or not yet. Never waits. */
int pn_launch_error (PnLaunch *launch);

/* What the shell says for such an errno: 127 not found, 126 otherwise. */
int pn_launch_exit_code (int error);
