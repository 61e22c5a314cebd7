/* SPDX-License-Identifier: MIT */
#include "pn-cli.h"

#include "pn-command.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "list", pn_command_list },     { "run", pn_command_run },
  { "events", pn_command_events }, { "state", pn_command_state },
  { "export", pn_command_export },
};

static const char help[]
    = "Procession shows what processes do to each other.\n"
      "\n"
      "  procession                the window; without a display, the first lesson as "
      "text\n"
      "  procession FILE           the window, with a recording\n"
      "  procession --browser      the window, in a web browser on this computer\n"
      "\n"
      "  procession list           the lessons, and what can be set in each\n"
      "  procession run LESSON     run a lesson\n"
      "  procession events FILE    what happened in a recording, one event a line\n"
      "  procession state FILE --at N\n"
      "                            who did what, and what held whom, after event N\n"
      "  procession export FILE --output OUT\n"
      "                            a picture (.png .svg .pdf) or a table (.csv .json)\n"
      "\n"
      "“procession COMMAND --help” shows the options of a command. list, run, events "
      "and\n"
      "state take --json, for programs.\n"
      "\n"
      "Exit status: 0; 1 what was asked for failed; 2 wrong usage.\n";

static gboolean
is_option (const char *argument, const char *name, char letter)
{
  const char alias[] = { '-', letter, '\0' };

  return g_str_equal (argument, name) || (letter && g_str_equal (argument, alias));
}

gboolean
pn_cli_knows (const char *argument)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argument, commands[i].name))
      return TRUE;
  return is_option (argument, "--help", 'h') || is_option (argument, "--version", 0)
         || g_str_equal (argument, "help");
}

static int
print_text (const char *text)
{
  PnPrinter *printer = pn_printer_new_stdout ();

  pn_printer_raw (printer, text);
  return pn_command_finish (printer);
}

int
pn_cli_refuse_extra (const char *argument)
{
  pn_cli_fail ("“%s” is one too many; “procession --help” shows what there is",
               argument);
  return PN_EXIT_USAGE;
}

int
pn_cli_main (int argc, char **argv)
{
  g_return_val_if_fail (argc >= 2, PN_EXIT_USAGE);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return commands[i].run (argc - 1, argv + 1);
  if (argc > 2)
    return pn_cli_refuse_extra (argv[2]);
  if (is_option (argv[1], "--version", 0))
    return print_text ("procession " PN_VERSION "\n");
  return print_text (help);
}

int
pn_cli_refuse (const char *argument)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *near;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_ptr_array_add (names, (char *)commands[i].name);
  near = pn_nearest (argument, names);
  if (*argument == '-')
    pn_cli_fail ("no option “%s”; “procession --help” shows what there is", argument);
  else if (near)
    pn_cli_fail ("no command or file “%s”; did you mean “%s”?", argument, near);
  else
    pn_cli_fail ("no command or file “%s”; “procession --help” shows what there is",
                 argument);
  return PN_EXIT_USAGE;
}

int
pn_cli_show (const char *path)
{
  g_autoptr (PnModel) model = pn_command_open (path);
  PnPrinter *printer;

  if (!model)
    return PN_EXIT_FAILED;
  printer = pn_printer_new_stdout ();
  pn_command_print_timeline (printer, model, PN_AXIS_TIME);
  return pn_command_finish (printer);
}

int
pn_cli_run_first (void)
{
  g_autoptr (GPtrArray) catalogue = pn_command_load_lessons (NULL);
  g_autofree char *folder = g_get_current_dir ();
  g_autofree char *png = NULL;
  g_autofree char *svg = NULL;
  PnRunOptions options = { 0 };

  if (!catalogue)
    return PN_EXIT_FAILED;
  options.lesson = catalogue->pdata[0];
  png = g_strdup_printf ("%s/%s.png", folder, options.lesson->id);
  svg = g_strdup_printf ("%s/%s.svg", folder, options.lesson->id);
  options.export_paths = (const char *[]){ png, svg, NULL };
  pn_export_options_init (&options.picture);
  return pn_command_run_lesson (&options);
}
