/* SPDX-License-Identifier: MIT */
#pragma once

/* What the runner was asked to do, and how it ends. */

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
