/* SPDX-License-Identifier: MIT */
#include "pn-command.h"
#include "pn-report.h"
#include "pn-session.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

/* One run, as it is told on stdout while it happens. */
typedef struct
{
  const PnRunOptions *options;
  PnPrinter *printer; /* owned */
  PnSession *session;
  PnModel *model;
  gsize n_told; /* events */
} Run;

static void
print_prefix (Run *run, const PnTraceEvent *event)
{
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  pn_printer_style (run->printer, PN_STYLE_DIM);
  pn_printer_printf (
      run->printer,
      "%8s s  ",
      g_ascii_formatd (seconds, sizeof seconds, "%.3f", (double)event->time_ns / 1e9));
  pn_printer_style (run->printer, PN_STYLE_PLAIN);
}

/* Who wrote it, unless the line says so itself: "P1: I slept". */
static void
print_author (Run *run, const PnTraceEvent *event)
{
  const char *name = event->process != 0
                         ? pn_model_get_process_name (run->model, event->process)
                         : "?";

  if (g_str_has_prefix (event->text, name) && event->text[strlen (name)] == ':')
    return;
  pn_printer_style (run->printer, PN_STYLE_BOLD);
  pn_printer_text (run->printer, name);
  pn_printer_style (run->printer, PN_STYLE_PLAIN);
  pn_printer_raw (run->printer, ": ");
}

static void
tell_line (Run *run, const PnTraceEvent *event)
{
  print_prefix (run, event);
  print_author (run, event);
  if (event->flags & PN_FLAG_STDERR)
    pn_printer_raw (run->printer, "(stderr) ");
  pn_printer_text (run->printer, event->text);
  pn_printer_raw (run->printer, "\n");
}

static void
tell_sentence (Run *run, const PnTraceEvent *event, gsize index)
{
  g_autofree char *sentence = pn_model_dup_sentence (run->model, index);

  print_prefix (run, event);
  pn_printer_text (run->printer, sentence);
  pn_printer_raw (run->printer, "\n");
}

static void
tell (Run *run, gsize index)
{
  PnTraceEvent event;

  if (run->options->json)
    {
      pn_report_event_json (run->printer, run->model, index);
      return;
    }
  event = pn_trace_get_event (pn_session_get_trace (run->session), index);
  if (run->options->events && pn_model_is_step (run->model, index))
    tell_sentence (run, &event, index);
  else if (!run->options->events && event.kind == PN_KIND_OUTPUT_LINE)
    tell_line (run, &event);
}

static void
on_events (PnSession *session, gpointer data)
{
  Run *run = data;
  gsize n_events = pn_model_update (run->model);

  while (run->n_told < n_events)
    tell (run, run->n_told++);
  /* Nobody reads on: what happens from now on would be lost. */
  if (!pn_printer_flush (run->printer))
    pn_session_stop (run->session);
}

static PnSession *_Atomic stoppable;

/* Not a source of the main context: what is told may be far behind, and Stop must not
 * wait for it. */
static void
on_signal (int number)
{
  int saved_errno = errno;

  pn_session_stop (stoppable);
  errno = saved_errno;
}

static void
watch (Run *run)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
  const struct sigaction stop = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
  struct sigaction before[G_N_ELEMENTS (numbers)];

  stoppable = run->session;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      sigaction (numbers[i], &stop, &before[i]);
      if (before[i].sa_handler == SIG_IGN) /* under nohup */
        signal (numbers[i], SIG_IGN);
    }
  g_signal_connect (run->session, "events", G_CALLBACK (on_events), run);
  pn_session_wait (run->session);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &before[i], NULL);
}

/* The last event of a whole run; FALSE if there is none. */
static gboolean
get_run_end (PnModel *model, PnTraceEvent *ret_event)
{
  gsize n_events = pn_model_get_n_events (model);

  if (n_events == 0)
    return FALSE;
  *ret_event = pn_trace_get_event (pn_model_get_trace (model), n_events - 1);
  return ret_event->kind == PN_KIND_RUN_END;
}

/* Tells why the run was not as it should be. */
static gboolean
check_end (Run *run)
{
  const GError *error = pn_session_get_error (run->session);
  const char *id = run->options->lesson->id;
  const char *advice = run->options->events || run->options->json
                           ? ""
                           : "; “--events” shows what led to it";
  PnTraceEvent end;

  if (error)
    pn_cli_fail ("%s: %s", id, error->message);
  else if (!get_run_end (run->model, &end))
    pn_cli_fail ("%s: the run broke off; run it again", id);
  else if (*end.text)
    pn_cli_fail ("%s: %s", id, end.text);
  else if (end.value < 0 && end.value >= -64)
    pn_cli_fail ("%s was killed by %s%s", id, pn_exit_signal_name (end.value), advice);
  else if (end.value != 0)
    pn_cli_fail (
        "%s ended with exit code %" G_GINT64_FORMAT "%s", id, end.value, advice);
  else
    return TRUE;
  return FALSE;
}

/* What was asked for beside stdout. */
static gboolean
export_all (Run *run)
{
  const char *const *paths = run->options->export_paths;
  PnExportOptions picture = run->options->picture;
  gboolean whole = TRUE;

  picture.title = run->options->lesson->title;
  for (gsize i = 0; paths && paths[i]; i++)
    {
      if (!pn_command_export_file (run->model, &picture, paths[i]))
        whole = FALSE;
      else if (!run->options->json)
        {
          pn_printer_raw (run->printer, "Wrote ");
          pn_printer_text (run->printer, paths[i]);
          pn_printer_raw (run->printer, "\n");
        }
    }
  return whole;
}

static void
print_head (Run *run)
{
  const PnLesson *lesson = run->options->lesson;

  if (run->options->json)
    return;
  pn_printer_style (run->printer, PN_STYLE_BOLD);
  pn_printer_raw (run->printer, lesson->title);
  pn_printer_style (run->printer, PN_STYLE_PLAIN);
  pn_printer_printf (run->printer, " — %s\n", lesson->summary);
  pn_printer_flush (run->printer);
}

/* After the run has begun. Returns whether all went well. */
static gboolean
follow (Run *run)
{
  gboolean whole;

  print_head (run);
  watch (run);
  on_events (run->session, run);
  if (!run->options->json && pn_model_get_n_events (run->model) > 0)
    {
      pn_printer_raw (run->printer, "\n");
      pn_command_print_timeline (run->printer, run->model, run->options->picture.axis);
    }
  whole = pn_model_get_n_events (run->model) == 0 || export_all (run);
  /* The run was stopped then, but that is not what is to be told. */
  if (pn_command_finish (g_steal_pointer (&run->printer)) != PN_EXIT_OK)
    return FALSE;
  return check_end (run) && whole;
}

int
pn_command_run_lesson (const PnRunOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = pn_lesson_dup_argv (options->lesson, options->settings, &error);
  g_autoptr (PnSession) session = NULL;
  g_autoptr (PnModel) model = NULL;
  Run run = { .options = options };

  if (argv)
    session = pn_session_start ((const char *const *)argv,
                                options->lesson->title,
                                &options->lesson->limits,
                                options->record_path,
                                &error);
  if (!session)
    {
      pn_cli_fail ("%s", error->message);
      return g_error_matches (error, PN_LESSON_ERROR, PN_LESSON_ERROR_PARAMETER)
                 ? PN_EXIT_USAGE
                 : PN_EXIT_FAILED;
    }
  model = pn_model_new (pn_session_get_trace (session));
  run.session = session;
  run.model = model;
  run.printer = pn_printer_new_stdout ();
  return follow (&run) ? PN_EXIT_OK : PN_EXIT_FAILED;
}

static const PnLesson *
find_lesson (GPtrArray *catalogue, GPtrArray *errors, const char *id)
{
  g_autofree char *ini = g_strdup_printf ("/%s/lesson.ini: ", id);
  g_autoptr (GError) error = NULL;
  const PnLesson *lesson = pn_catalogue_find (catalogue, id, &error);

  if (lesson)
    return lesson;
  for (guint i = 0; i < errors->len; i++)
    if (g_strrstr (errors->pdata[i], ini))
      {
        pn_cli_fail ("%s", (char *)errors->pdata[i]);
        return NULL;
      }
  pn_cli_fail ("%s", error->message);
  return NULL;
}

static gboolean
can_export_all (const char *const *paths)
{
  for (gsize i = 0; paths && paths[i]; i++)
    if (!pn_command_can_export (paths[i]))
      return FALSE;
  return TRUE;
}

typedef struct
{
  PnPictureArgs picture;
  char **settings;
  char **export_paths;
  char *record_path;
  gboolean events;
  gboolean json;
} RunArgs;

static void
run_args_clear (RunArgs *args)
{
  pn_picture_args_clear (&args->picture);
  g_strfreev (args->settings);
  g_strfreev (args->export_paths);
  g_free (args->record_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunArgs, run_args_clear)

/* As pn_command_parse (). */
static int
parse_args (int *argc, char ***argv, RunArgs *ret_args)
{
  const GOptionEntry entries[] = {
    { "set",
      0,
      0,
      G_OPTION_ARG_STRING_ARRAY,
      &ret_args->settings,
      "Set a parameter; “procession list” shows them",
      "NAME=VALUE" },
    { "record",
      0,
      0,
      G_OPTION_ARG_FILENAME,
      &ret_args->record_path,
      "Keep the run in a recording",
      "FILE" },
    { "export",
      0,
      0,
      G_OPTION_ARG_FILENAME_ARRAY,
      &ret_args->export_paths,
      "Write it as .png .svg .pdf .json or .csv; may be given again",
      "FILE" },
    { "events",
      0,
      0,
      G_OPTION_ARG_NONE,
      &ret_args->events,
      "Show all that happens, not only the output",
      NULL },
    { "json",
      0,
      0,
      G_OPTION_ARG_NONE,
      &ret_args->json,
      "Only the events, one object a line, for programs",
      NULL },
    G_OPTION_ENTRY_NULL,
  };

  return pn_command_parse (
      argc,
      argv,
      entries,
      pn_picture_args_new_group (&ret_args->picture),
      "LESSON",
      1,
      "Runs a lesson, and shows its output as it comes and its timeline at the end.");
}

int
pn_command_run (int argc, char **argv)
{
  g_auto (RunArgs) args = { 0 };
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) catalogue = NULL;
  PnRunOptions options = { 0 };
  int status = parse_args (&argc, &argv, &args);

  if (status >= 0)
    return status;
  options.settings = (const char *const *)args.settings;
  options.record_path = args.record_path;
  options.export_paths = (const char *const *)args.export_paths;
  options.events = args.events;
  options.json = args.json;
  if (!pn_picture_args_parse (&args.picture, &options.picture)
      || !can_export_all (options.export_paths))
    return PN_EXIT_USAGE;
  catalogue = pn_command_load_lessons (errors);
  if (!catalogue)
    return PN_EXIT_FAILED;
  options.lesson = find_lesson (catalogue, errors, argv[1]);
  return options.lesson ? pn_command_run_lesson (&options) : PN_EXIT_FAILED;
}
