/* SPDX-License-Identifier: MIT */
#pragma once

/* What the runner says when it can't: one line, with what to do. */

/* "cannot WHAT: why; what to do". `error` is an errno. Returns PN_EXIT_FAILED. */
int pn_fail (const char *what, int error);

/* Why the program could not be started, for a person. */
const char *pn_launch_advice (int error);
