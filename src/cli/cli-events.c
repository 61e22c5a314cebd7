/* SPDX-License-Identifier: MIT */
#include "pn-command.h"
#include "pn-report.h"

static int
get_digits (guint64 number)
{
  int digits = 1;

  for (; number >= 10; number /= 10)
    digits++;
  return digits;
}

static void
print_events (PnPrinter *printer, PnModel *model)
{
  PnTrace *trace = pn_model_get_trace (model);
  gsize n_events = pn_model_get_n_events (model);
  int digits = get_digits (pn_trace_get_event (trace, n_events - 1).seq);

  for (gsize i = 0; i < n_events; i++)
    {
      PnTraceEvent event = pn_trace_get_event (trace, i);
      g_autofree char *sentence = pn_model_dup_sentence (model, i);
      char seconds[G_ASCII_DTOSTR_BUF_SIZE];

      pn_printer_style (printer, PN_STYLE_DIM);
      pn_printer_printf (
          printer,
          "%*" G_GUINT64_FORMAT "  %10s s  ",
          digits,
          event.seq,
          g_ascii_formatd (
              seconds, sizeof seconds, "%.6f", (double)event.time_ns / 1e9));
      pn_printer_style (printer, PN_STYLE_PLAIN);
      pn_printer_text (printer, sentence);
      pn_printer_raw (printer, "\n");
    }
}

int
pn_command_events (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One object a line, for programs", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PnModel) model = NULL;
  PnPrinter *printer;
  int status
      = pn_command_parse (&argc,
                          &argv,
                          entries,
                          NULL,
                          "FILE",
                          1,
                          "Shows the events of a recording, one a line, as sentences.");

  if (status >= 0)
    return status;
  model = pn_command_open (argv[1]);
  if (!model)
    return PN_EXIT_FAILED;
  printer = pn_printer_new_stdout ();
  if (json)
    for (gsize i = 0; i < pn_model_get_n_events (model); i++)
      pn_report_event_json (printer, model, i);
  else
    print_events (printer, model);
  return pn_command_finish (printer);
}
