/* SPDX-License-Identifier: MIT */
#include "pn-command.h"

#include "pn-report.h"
#include "pn-text-timeline.h"

#include <string.h>

#define MAX_PIXELS 16384

void
pn_picture_args_clear (PnPictureArgs *args)
{
  g_clear_pointer (&args->at, g_free);
  g_clear_pointer (&args->axis, g_free);
  g_clear_pointer (&args->theme, g_free);
  g_clear_pointer (&args->size, g_free);
}

GOptionGroup *
pn_picture_args_new_group (PnPictureArgs *args)
{
  const GOptionEntry entries[] = {
    { "axis",
      0,
      0,
      G_OPTION_ARG_STRING,
      &args->axis,
      "Real time, or each event the same width",
      "time|order" },
    { "theme",
      0,
      0,
      G_OPTION_ARG_STRING,
      &args->theme,
      "Colours of a picture",
      "light|dark|print" },
    { "size",
      0,
      0,
      G_OPTION_ARG_STRING,
      &args->size,
      "Width and height of a picture in pixels",
      "1600x900" },
    G_OPTION_ENTRY_NULL,
  };
  GOptionGroup *group = g_option_group_new ("picture", "", "", NULL, NULL);

  g_option_group_add_entries (group, entries);
  return group;
}

static gboolean
parse_word (const char *option,
            const char *text,
            const char *const *words,
            guint *ret_index)
{
  g_autofree char *all = NULL;

  if (!text)
    return TRUE;
  for (guint i = 0; words[i]; i++)
    if (g_str_equal (text, words[i]))
      {
        *ret_index = i;
        return TRUE;
      }
  all = g_strjoinv (", ", (char **)words);
  pn_cli_fail ("--%s must be one of %s, not “%s”", option, all, text);
  return FALSE;
}

static gboolean
parse_size (const char *text, double *ret_width, double *ret_height)
{
  g_auto (GStrv) parts = NULL;
  guint64 width, height;

  if (!text)
    return TRUE;
  parts = g_strsplit (text, "x", -1);
  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, MAX_PIXELS, &width, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, MAX_PIXELS, &height, NULL))
    {
      pn_cli_fail (
          "--size must be like 1600x900, with at most %d pixels each, not “%s”",
          MAX_PIXELS,
          text);
      return FALSE;
    }
  *ret_width = (double)width;
  *ret_height = (double)height;
  return TRUE;
}

gboolean
pn_picture_args_parse (const PnPictureArgs *args, PnExportOptions *ret_options)
{
  static const char *const axes[] = { "time", "order", NULL };
  static const char *const themes[] = { "light", "dark", "print", NULL };
  guint axis = PN_AXIS_TIME;
  guint theme = PN_THEME_LIGHT;

  pn_export_options_init (ret_options);
  if (!parse_word ("axis", args->axis, axes, &axis)
      || !parse_word ("theme", args->theme, themes, &theme)
      || !parse_size (args->size, &ret_options->width, &ret_options->height))
    return FALSE;
  ret_options->axis = (PnAxis)axis;
  ret_options->theme = (PnThemeKind)theme;
  return TRUE;
}

int
pn_command_misused (const char *command, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  pn_cli_fail (
      "%s: %s; “procession %s --help” shows what there is", command, message, command);
  return PN_EXIT_USAGE;
}

static int
print_help (GOptionContext *context)
{
  g_autofree char *help = g_option_context_get_help (context, FALSE, NULL);
  PnPrinter *printer = pn_printer_new_stdout ();

  pn_printer_raw (printer, help);
  return pn_command_finish (printer);
}

int
pn_command_parse (int *argc,
                  char ***argv,
                  const GOptionEntry *entries,
                  GOptionGroup *group,
                  const char *words,
                  int n_words,
                  const char *summary)
{
  gboolean help = FALSE;
  const GOptionEntry help_entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (words);
  g_autofree char *command = g_strdup ((*argv)[0]);
  g_autofree char *program = g_strdup_printf ("procession %s", command);
  g_autoptr (GError) error = NULL;
  GOptionGroup *main_group = g_option_group_new (command, "", "", NULL, NULL);

  g_set_prgname (program);
  if (entries)
    g_option_group_add_entries (main_group, entries);
  g_option_group_add_entries (main_group, help_entries);
  g_option_context_set_main_group (context, main_group);
  if (group)
    g_option_context_add_group (context, group);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  if (!g_option_context_parse (context, argc, argv, &error))
    return pn_command_misused (command, "%s", error->message);
  if (help)
    return print_help (context);
  /* "--" stays where an argument behind it looks like an option. */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      memmove (*argv + 1, *argv + 2, (gsize)(*argc - 1) * sizeof **argv);
      --*argc;
    }
  if (*argc - 1 < n_words)
    return pn_command_misused (command, "%s is missing", words);
  if (*argc - 1 > n_words)
    return pn_command_misused (command, "“%s” is one too many", (*argv)[n_words + 1]);
  return -1;
}

PnModel *
pn_command_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnTrace) trace = pn_trace_open (path, &error);
  PnModel *model;

  if (!trace)
    {
      pn_cli_fail ("%s", error->message);
      return NULL;
    }
  model = pn_model_new (trace);
  if (pn_model_update (model) == 0)
    {
      pn_cli_fail ("%s: there is no event in it; record a run again", path);
      pn_model_free (model);
      return NULL;
    }
  if (pn_trace_get_end (trace) == PN_TRACE_CUT)
    pn_cli_fail ("%s: the recording was cut short; this is what is in it", path);
  return model;
}

GPtrArray *
pn_command_load_lessons (GPtrArray *ret_errors)
{
  g_autoptr (GPtrArray) lessons = pn_catalogue_load (ret_errors);
  gboolean is_told = FALSE;

  if (lessons->len > 0)
    return g_steal_pointer (&lessons);
  for (guint i = 0; ret_errors && i < ret_errors->len; i++)
    if (strstr (ret_errors->pdata[i], "/lesson.ini: "))
      {
        pn_cli_fail ("%s", (char *)ret_errors->pdata[i]);
        is_told = TRUE;
      }
  if (is_told)
    return NULL;
  /* What stands beside this program is found through /proc. */
  if (g_file_test ("/proc/self/exe", G_FILE_TEST_EXISTS))
    pn_cli_fail ("there are no lessons; build them or install Procession again");
  else
    pn_cli_fail ("there are no lessons without /proc; mount -t proc proc /proc");
  return NULL;
}

gboolean
pn_command_find_event (const char *command,
                       PnModel *model,
                       const char *text,
                       gsize *ret_index,
                       int *ret_status)
{
  PnTrace *trace = pn_model_get_trace (model);
  gsize begin = 0;
  gsize end = pn_model_get_n_events (model);
  guint64 last = pn_trace_get_event (trace, end - 1).seq;
  guint64 seq;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seq, NULL))
    {
      *ret_status = pn_command_misused (
          command, "--at must be the number of an event, not “%s”", text);
      return FALSE;
    }
  if (seq > last)
    {
      pn_cli_fail ("there is no event %" G_GUINT64_FORMAT
                   "; choose one from 0 to %" G_GUINT64_FORMAT,
                   seq,
                   last);
      *ret_status = PN_EXIT_FAILED;
      return FALSE;
    }
  /* Where events were lost: the last one before. */
  while (end - begin > 1)
    {
      gsize middle = begin + (end - begin) / 2;

      if (pn_trace_get_event (trace, middle).seq <= seq)
        begin = middle;
      else
        end = middle;
    }
  *ret_index = begin;
  return TRUE;
}

static gboolean
has_ending (const char *path, const char *ending)
{
  g_autofree char *folded = g_ascii_strdown (path, -1);

  return g_str_has_suffix (folded, ending);
}

gboolean
pn_command_can_export (const char *path)
{
  PnFormat format;

  if (has_ending (path, ".json") || has_ending (path, ".csv")
      || pn_format_from_path (path, &format, NULL))
    return TRUE;
  pn_cli_fail (
      "“%s”: what to write is told by the ending: .png, .svg, .pdf, .json or .csv",
      path);
  return FALSE;
}

static gboolean
write_events (PnModel *model, const char *path, GError **error)
{
  g_autoptr (PnPrinter) printer = pn_printer_new_file (path, error);
  gboolean csv = has_ending (path, ".csv");
  gsize n_events = pn_model_get_n_events (model);

  if (!printer)
    return FALSE;
  if (csv)
    pn_report_csv_head (printer);
  for (gsize i = 0; i < n_events; i++)
    if (csv)
      pn_report_event_csv (printer, model, i);
    else
      pn_report_event_json (printer, model, i);
  return pn_printer_close (printer, error);
}

gboolean
pn_command_export_file (PnModel *model,
                        const PnExportOptions *options,
                        const char *path)
{
  g_autoptr (GError) error = NULL;
  PnExportOptions picture = *options;
  gboolean done;

  if (!pn_command_can_export (path))
    return FALSE;
  if (has_ending (path, ".json") || has_ending (path, ".csv"))
    done = write_events (model, path, &error);
  else
    done = pn_format_from_path (path, &picture.format, &error)
           && pn_export_file (model, &picture, path, &error);
  if (!done)
    pn_cli_fail ("%s", error->message);
  return done;
}

int
pn_command_finish (PnPrinter *printer)
{
  g_autoptr (PnPrinter) owned = printer;
  g_autoptr (GError) error = NULL;

  if (pn_printer_close (owned, &error))
    return PN_EXIT_OK;
  pn_cli_fail ("%s", error->message);
  return PN_EXIT_FAILED;
}

const char *
pn_command_get_title (PnModel *model)
{
  PnTraceEvent event = pn_trace_get_event (pn_model_get_trace (model), 0);

  return event.kind == PN_KIND_RUN_BEGIN && *event.text ? event.text : NULL;
}

void
pn_command_print_timeline (PnPrinter *printer, PnModel *model, PnAxis axis)
{
  g_autofree char *verdict
      = pn_model_dup_verdict (model, pn_model_get_n_events (model) - 1);

  pn_text_timeline_print (printer, model, axis);
  pn_printer_raw (printer, "\n");
  pn_printer_style (printer, PN_STYLE_BOLD);
  pn_printer_text (printer, verdict);
  pn_printer_style (printer, PN_STYLE_PLAIN);
  pn_printer_raw (printer, "\n");
}
