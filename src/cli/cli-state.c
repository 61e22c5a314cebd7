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

static gboolean
is_idle (const PnProcess *process)
{
  return process->wait_kind == PN_KIND_POOL_TASK_WAIT
         || process->wait_kind == PN_KIND_MANAGER_SERVE_WAIT;
}

/* "P1 waits for it.", "P1, P2 and P3 are idle." of those who wait, at work or for it.
 */
static void
print_waiters (PnPrinter *printer,
               const PnState *state,
               const PnObject *object,
               gboolean idle)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < object->waiters->len; i++)
    {
      const PnProcess *process
          = pn_state_get_process (state, g_array_index (object->waiters, guint32, i));

      if (process && is_idle (process) == idle)
        g_ptr_array_add (names, (char *)process->name);
    }
  for (guint i = 0; i < names->len; i++)
    {
      pn_printer_raw (printer, i == 0 ? " " : i + 1 < names->len ? ", " : " and ");
      pn_printer_text (printer, names->pdata[i]);
    }
  if (names->len > 0 && idle)
    pn_printer_raw (printer, names->len == 1 ? " is idle." : " are idle.");
  else if (names->len > 0)
    pn_printer_raw (printer, names->len == 1 ? " waits for it." : " wait for it.");
}

static void
print_lock (PnPrinter *printer, const PnState *state, const PnObject *lock)
{
  const PnProcess *owner = pn_state_get_process (state, lock->owner);

  if (!owner)
    {
      pn_printer_raw (printer, " is free.");
      return;
    }
  pn_printer_raw (printer, " is held by ");
  pn_printer_text (printer, owner->name);
  pn_printer_raw (printer, lock->abandoned ? ", which has ended." : ".");
}

static void
print_messages (PnPrinter *printer, const PnObject *object)
{
  if (object->n_messages == 0)
    {
      pn_printer_raw (printer, " is empty.");
      return;
    }
  pn_printer_printf (printer,
                     object->n_messages == 1 ? " holds %u message"
                                             : " holds %u messages",
                     object->n_messages);
  if (object->kind == PN_OBJECT_QUEUE && object->detail > 0)
    pn_printer_printf (printer, " of at most %" G_GINT64_FORMAT, object->detail);
  for (guint i = 0; i < object->n_messages; i++)
    {
      pn_printer_raw (printer, i == 0 ? ": " : ", ");
      pn_printer_text (printer, object->messages[i].text);
      if (object->messages[i].end != 0)
        pn_printer_printf (printer, " for end %u", 3 - object->messages[i].end);
    }
  pn_printer_raw (printer, ".");
}

static void
print_tasks (PnPrinter *printer, const PnObject *pool)
{
  static const char *const states[] = { "waits", "runs", "is done" };

  if (pool->n_tasks == 0)
    pn_printer_raw (printer, " has no tasks");
  for (guint i = 0; i < pool->n_tasks; i++)
    pn_printer_printf (printer,
                       "%s%" G_GINT64_FORMAT " %s",
                       i == 0 ? ": task " : ", task ",
                       pool->tasks[i].number,
                       states[pool->tasks[i].state]);
  pn_printer_raw (printer, ".");
}

static void
print_value (PnPrinter *printer, const PnObject *object)
{
  if (!object->value)
    {
      pn_printer_raw (printer, " has no value yet.");
      return;
    }
  pn_printer_raw (printer, " is ");
  pn_printer_text (printer, object->value);
  pn_printer_raw (printer, ".");
}

/* "results, a queue, holds 1 message: 5. P1 waits for it." A queue that is called queue
 * needs no more words. */
static void
print_object (PnPrinter *printer, const PnState *state, const PnObject *object)
{
  const char *kind = pn_object_kind_name (object->kind);

  pn_printer_raw (printer, "  ");
  pn_printer_text (printer, object->name);
  if (!g_str_has_prefix (object->name, kind))
    pn_printer_printf (printer, ", a %s,", kind);
  if (object->kind == PN_OBJECT_LOCK)
    print_lock (printer, state, object);
  else if (object->kind == PN_OBJECT_QUEUE || object->kind == PN_OBJECT_PIPE)
    print_messages (printer, object);
  else if (object->kind == PN_OBJECT_POOL)
    print_tasks (printer, object);
  else if (object->kind == PN_OBJECT_MANAGER)
    pn_printer_raw (printer,
                    object->waiters->len > 0 ? " has nothing to do." : " is at work.");
  else
    print_value (printer, object);
  print_waiters (printer, state, object, FALSE);
  if (object->kind == PN_OBJECT_POOL)
    print_waiters (printer, state, object, TRUE);
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
    print_object (printer, state, state->objects->pdata[i]);
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
