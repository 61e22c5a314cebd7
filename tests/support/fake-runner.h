/* SPDX-License-Identifier: MIT */
#pragma once

/* For tests of the session. A test program is its own runner: $PROCESSION_RUNNER leads
 * back to it, and what it is asked to run says how that runner behaves. */

#include <glib.h>

/* Whether the arguments are those of a runner. */
gboolean fake_runner_is_meant (int argc, char **argv);

int fake_runner_main (int argc, char **argv);
