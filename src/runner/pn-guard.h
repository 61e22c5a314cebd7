/* SPDX-License-Identifier: MIT */
#pragma once

/* The outer of the two runner processes. It does nothing but watch: the supervisor, the
 * app's ends of the pipes, and that nobody is left at the end. When the supervisor is
 * killed its descendants become the guard's, which ends them; when the guard is killed,
 * the supervisor does. */

#include "pn-options.h"

/* Forks the supervisor and stays with it. Returns an exit status. */
int pn_guard_run (const PnOptions *options);
