/* SPDX-License-Identifier: MIT */
#include "pn-command.h"
#include "pn-report.h"

static void
print_head (PnPrinter *printer, PnModel *model, const PnState *state)
{
  PnTraceEvent event = pn_trace_get_event (pn_model_get_trace (model), state->event);
  g_autofree char *sentence = pn_model_dup_sentence (model, state->event);
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  pn_printer_style (printer, PN_STYLE_BOLD);
  pn_printer_printf (
      printer,
      "After event %" G_GUINT64_FORMAT ", at %s s: ",
      event.seq,
      g_ascii_formatd (seconds, sizeof seconds, "%.6f", (double)state->time_ns / 1e9));
  pn_printer_text (printer, sentence);
  pn_printer_style (printer, PN_STYLE_PLAIN);
  pn_printer_raw (printer, "\n");
}

static guint
get_depth (const PnState *state, const PnProcess *process)
{
  guint depth = 0;

  /* A made-up recording may have a circle of parents. */
  while (process && process->parent != 0 && depth < 20)
    {
      process = pn_state_get_process (state, process->parent);
      depth++;
    }
  return depth;
}

static void
print_process (PnPrinter *printer, const PnState *state, guint i)
{
  const PnProcess *process = state->processes->pdata[i];
  g_autofree char *words = pn_process_describe (state, process);

  pn_printer_printf (printer, "  %*s", (int)get_depth (state, process) * 2, "");
  pn_printer_text (printer, process->name);
  if (process->pid > 0)
    pn_printer_printf (printer, " (%" G_GINT64_FORMAT ")", process->pid);
  pn_printer_raw (printer, " ");
  pn_printer_text (printer, words);
  pn_printer_raw (printer, "\n");
}

static void
print_items (PnPrinter *printer, const PnObject *object)
{
  for (guint i = 0; i < object->n_messages; i++)
    {
      pn_printer_raw (printer, i == 0 ? ": " : ", ");
      pn_printer_text (printer, object->messages[i].text);
    }
  for (guint i = 0; i < object->n_tasks; i++)
    {
      static const char *const states[] = { "waits", "runs", "is done" };

      pn_printer_printf (printer,
                         "%s%" G_GINT64_FORMAT " ",
                         i == 0 ? ": task " : ", task ",
                         object->tasks[i].number);
      pn_printer_raw (printer, states[object->tasks[i].state]);
    }
}

static void
print_object (PnPrinter *printer, PnModel *model, const PnObject *object)
{
  pn_printer_raw (printer, "  ");
  pn_printer_text (printer, object->name);
  pn_printer_printf (printer, " (%s)", pn_object_kind_name (object->kind));
  if (object->owner != 0)
    {
      pn_printer_raw (printer, " is held by ");
      pn_printer_text (printer, pn_model_get_process_name (model, object->owner));
      if (object->abandoned)
        pn_printer_raw (printer, ", which has ended");
    }
  else if (object->kind == PN_OBJECT_LOCK)
    pn_printer_raw (printer, " is free");
  if (object->kind == PN_OBJECT_QUEUE || object->kind == PN_OBJECT_PIPE)
    pn_printer_printf (printer, " has %u", object->n_messages);
  print_items (printer, object);
  if (object->value)
    {
      pn_printer_raw (printer, " is ");
      pn_printer_text (printer, object->value);
    }
  for (guint i = 0; i < object->waiters->len; i++)
    {
      pn_printer_raw (printer, i == 0 ? "; for it wait " : ", ");
      pn_printer_text (printer,
                       pn_model_get_process_name (
                           model, g_array_index (object->waiters, guint32, i)));
    }
  pn_printer_raw (printer, "\n");
}

static void
print_state (PnPrinter *printer, PnModel *model, gsize index)
{
  const PnState *state = pn_model_get_state (model, index);
  g_autofree char *verdict = NULL;

  print_head (printer, model, state);
  pn_printer_raw (printer, "\nProcesses\n");
  for (guint i = 0; i < state->processes->len; i++)
    print_process (printer, state, i);
  if (state->objects->len > 0)
    pn_printer_raw (printer, "\nObjects\n");
  for (guint i = 0; i < state->objects->len; i++)
    print_object (printer, model, state->objects->pdata[i]);
  verdict = pn_model_dup_verdict (model, index);
  pn_printer_raw (printer, "\n");
  pn_printer_text (printer, verdict);
  pn_printer_raw (printer, "\n");
}

int
pn_command_state (int argc, char **argv)
{
  gboolean json = FALSE;
  g_autofree char *at = NULL;
  const GOptionEntry entries[] = {
    { "at",
      0,
      0,
      G_OPTION_ARG_STRING,
      &at,
      "After this event, as “events” numbers them",
      "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One object, for programs", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PnModel) model = NULL;
  PnPrinter *printer;
  gsize index;
  int status
      = pn_command_parse (&argc,
                          &argv,
                          entries,
                          NULL,
                          "FILE",
                          1,
                          "Shows what every process and object was doing at a moment.");

  if (status >= 0)
    return status;
  if (!at)
    return pn_command_misused ("state", "--at N is missing");
  model = pn_command_open (argv[1]);
  if (!model)
    return PN_EXIT_FAILED;
  if (!pn_command_find_event ("state", model, at, &index, &status))
    return status;
  printer = pn_printer_new_stdout ();
  if (json)
    pn_report_state_json (printer, model, index);
  else
    print_state (printer, model, index);
  return pn_command_finish (printer);
}
