/* SPDX-License-Identifier: MIT */
#pragma once

/* What tests of any module need. */

#include <sys/types.h>

/* How often to do a thing: ten times the usual if $PROCESSION_LONG is set, as it is by
 * ./check --long. */
int pn_test_times (int usual);

/* Forks a child that ends with what `function` returns. */
pid_t pn_test_fork (int (*function) (void *data), void *data);

/* From now on this process is interrupted every 5 ms. */
void pn_test_begin_interruptions (void);
int pn_test_interruptions (void);

/* What waitpid () said, as an exit code, or -N for signal N. */
int pn_test_exit_code (int status);

/* Waits for a child to end; returns its exit code. */
int pn_test_wait (pid_t pid);
