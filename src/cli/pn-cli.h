/* SPDX-License-Identifier: MIT */
#pragma once

/* The command line. Exit status: 0; 1 the thing asked for failed, and one line on
 * stderr says what to do; 2 wrong usage. */

#include <glib.h>

G_BEGIN_DECLS

enum
{
  PN_EXIT_OK = 0,
  PN_EXIT_FAILED = 1,
  PN_EXIT_USAGE = 2
};

/* Whether pn_cli_main () takes this argument as its first: a command, --help, … */
gboolean pn_cli_knows (const char *argument);

/* argv[1] is a command; see “procession --help”. */
int pn_cli_main (int argc, char **argv);

/* "procession: no command or recording “lst”; did you mean “list”?" Returns
 * PN_EXIT_USAGE. */
int pn_cli_refuse (const char *argument);
int pn_cli_refuse_extra (const char *argument);

/* What stands for the window where there is no display: the first lesson is run, its
 * timeline printed, and a PNG and an SVG of it written to the current folder. */
int pn_cli_run_first (void);

/* The same for a recording: its timeline as text. */
int pn_cli_show (const char *path);

/* One line on stderr, behind "procession: ". */
void pn_cli_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
