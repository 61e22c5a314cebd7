/* SPDX-License-Identifier: MIT */
#include "pn-app.h"
#include "pn-broadway.h"
#include "pn-cli.h"

#include <errno.h>
#include <fcntl.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A closed standard stream's number would go to the next file that is opened, and what
 * is printed into it. What is opened here can't be written to: an error, as it was. */
static void
open_standard_streams (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDONLY);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

static gboolean
is_set (const char *name)
{
  const char *value = g_getenv (name);

  return value && *value;
}

static gboolean
has_display (void)
{
  return (is_set ("DISPLAY") || is_set ("WAYLAND_DISPLAY")
          || is_set ("BROADWAY_DISPLAY"))
         && gtk_init_check ();
}

static gboolean
check_file (const char *path)
{
  if (access (path, R_OK) == 0)
    return TRUE;
  pn_cli_fail ("can't open %s: %s; choose another file", path, g_strerror (errno));
  return FALSE;
}

/* argv[1], if there is one, is a recording. */
static int
show (int argc, char **argv)
{
  if (argc > 1 && !check_file (argv[1]))
    return PN_EXIT_FAILED;
  if (has_display ())
    return pn_app_run (argc, argv);
  return argc > 1 ? pn_cli_show (argv[1]) : pn_cli_run_first ();
}

static int
show_in_browser (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  PnBroadway *broadway;
  int status = PN_EXIT_FAILED;

  if (argc > 1 && !check_file (argv[1]))
    return PN_EXIT_FAILED;
  broadway = pn_broadway_start (&error);
  if (!broadway)
    {
      pn_cli_fail ("%s", error->message);
      return PN_EXIT_FAILED;
    }
  g_print ("Open http://127.0.0.1:%u/ in a web browser; Ctrl+C here ends it.\n",
           pn_broadway_get_port (broadway));
  if (has_display ())
    status = pn_app_run (argc, argv);
  else
    pn_cli_fail ("GTK can't use its own display server for browsers, gtk4-broadwayd; "
                 "install the package libgtk-4-bin again");
  pn_broadway_stop (broadway);
  return status;
}

static gboolean
looks_like_a_file (const char *argument)
{
  return strpbrk (argument, "/.") || access (argument, F_OK) == 0;
}

/* Returns -1 if all behind the program's name is at most one file. */
static int
check_words (int argc, char **argv)
{
  if (argc > 1 && (*argv[1] == '-' || !looks_like_a_file (argv[1])))
    return pn_cli_refuse (argv[1]);
  if (argc > 2)
    return pn_cli_refuse_extra (argv[2]);
  return -1;
}

int
main (int argc, char **argv)
{
  gboolean browser = argc > 1 && g_str_equal (argv[1], "--browser");
  int status;

  open_standard_streams ();
  signal (SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like others */
  setlocale (LC_CTYPE, "");
  if (argc > 1 && pn_cli_knows (argv[1]))
    return pn_cli_main (argc, argv);
  if (browser)
    {
      argv[1] = argv[0];
      argv++;
      argc--;
    }
  status = check_words (argc, argv);
  if (status >= 0)
    return status;
  return browser ? show_in_browser (argc, argv) : show (argc, argv);
}
