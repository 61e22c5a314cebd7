/* SPDX-License-Identifier: MIT */
#include "pn-canvas.h"
#include "pn-model.h"
#include "pn-json.h"
#include "pn-report.h"
#include "pn-sample-model.h"
#include "pn-text-timeline.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What is printed to a file. */
typedef struct
{
  char *path;
  PnPrinter *printer;
} Page;

static Page
open_page (void)
{
  Page page
      = { .path = g_strdup_printf ("%s/test-cli-%d", g_get_tmp_dir (), getpid ()) };
  g_autoptr (GError) error = NULL;

  page.printer = pn_printer_new_file (page.path, &error);
  g_assert_no_error (error);
  return page;
}

static char *
close_page (Page *page)
{
  char *text = NULL;

  g_assert_true (pn_printer_close (page->printer, NULL));
  g_assert_true (g_file_get_contents (page->path, &text, NULL, NULL));
  pn_printer_free (page->printer);
  g_unlink (page->path);
  g_free (page->path);
  return text;
}

static void
test_ascii (void)
{
  static const struct
  {
    const char *utf8;
    const char *ascii;
  } cases[] = {
    { "", "" },
    { "plain", "plain" },
    { "no lesson “lok”; did you mean “lock”?",
      "no lesson \"lok\"; did you mean \"lock\"?" },
    { "3 µs – cut…", "3 us - cut..." },
    { "é語\U0001f600", "???" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *ascii = pn_printer_dup_ascii (cases[i].utf8);

      g_assert_cmpstr (ascii, ==, cases[i].ascii);
    }
}

static void
test_text_is_made_harmless (void)
{
  Page page = open_page ();
  g_autofree char *text = NULL;

  pn_printer_text (page.printer, "a\033[31mb\nc\302\233d\342\200\256e");
  text = close_page (&page);
  g_assert_cmpstr (text, ==, "a␛[31mb␊c‹U+009B›d‹U+202E›e");
}

static void
test_unclosed_file_stays_as_it_was (void)
{
  Page page = open_page ();
  g_autofree char *text = NULL;

  pn_printer_raw (page.printer, "old");
  text = close_page (&page);
  page = open_page ();
  g_free (text);
  pn_printer_raw (page.printer, "first");
  g_assert_true (pn_printer_close (page.printer, NULL));
  pn_printer_free (page.printer);

  page.printer = pn_printer_new_file (page.path, NULL);
  pn_printer_raw (page.printer, "second");
  g_assert_true (pn_printer_flush (page.printer));
  pn_printer_free (page.printer);
  g_assert_true (g_file_get_contents (page.path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "first");
  g_unlink (page.path);
  g_free (page.path);
}

static void
test_canvas_cuts_and_folds (void)
{
  g_autoptr (PnCanvas) canvas = pn_canvas_new (8);
  guint first = pn_canvas_add_row (canvas, FALSE);
  guint folded = pn_canvas_add_row (canvas, TRUE);
  guint last = pn_canvas_add_row (canvas, FALSE);
  Page page = open_page ();
  g_autofree char *text = NULL;

  g_assert_cmpuint (pn_canvas_text (canvas, first, 1, 5, "too long", 0x2026, 0), ==, 5);
  g_assert_cmpuint (pn_canvas_text (canvas, last, 0, 8, "語e\xcc\x81", '~', 0), ==, 3);
  pn_canvas_put (canvas, last, 8, 'x', 0);
  pn_canvas_put (canvas, last + 1, 0, 'x', 0);
  g_assert_true (pn_canvas_is_free (canvas, folded, 7));
  g_assert_false (pn_canvas_is_free (canvas, folded, 8));
  g_assert_false (pn_canvas_is_free (canvas, first, 1));
  g_assert_true (pn_canvas_is (canvas, first, 5, 0x2026));
  pn_canvas_print (canvas, page.printer);
  text = close_page (&page);
  g_assert_cmpstr (text, ==, " too …\n語e\n");
}

static void
test_wide_text_is_cut_between_characters (void)
{
  g_autoptr (PnCanvas) canvas = pn_canvas_new (8);
  guint row = pn_canvas_add_row (canvas, FALSE);

  g_assert_cmpuint (pn_canvas_text_columns ("語語語"), ==, 6);
  g_assert_cmpuint (pn_canvas_text (canvas, row, 0, 4, "語語語", '~', 0), ==, 3);
  g_assert_true (pn_canvas_is (canvas, row, 2, '~'));
  g_assert_cmpuint (pn_canvas_text (canvas, row, 0, 0, "語", '~', 0), ==, 0);
}

/* The scene of the design's picture. */
static void
test_timeline (void)
{
  static const char expected[]
      = "        0 s                  1 s                  2 s                 3 s\n"
        "        "
        "┬────────────────────┬────────────────────┬───────────────────┬─────────\n"
        "main    █████████╲╲╲╲╲╲╲ joins P1 ╲╲╲╲╲╲╲╲█╲╲ joins P2 ╲╲╲╲█╲╲╲ joins P3 "
        "╲╲╲╲██○\n"
        "           ▼ │ │                          ▲                ▲                 "
        "▲\n"
        "└ P1       ┈███████████░ sleeps 0.8 s ░░█○                 │                 "
        "│\n"
        "             ▼ │    ↓▔▔▔ holds lock ▔▔▔▔                   │                 "
        "│\n"
        "└ P2         ┈████████╱ waits for lock ╱█░░░░ sleeps ░░░░█○                  "
        "│\n"
        "               ▼      ↓'P2'             ▔▔ holds lock ▔▔▔                    "
        "│\n"
        "└ P3           ┈┈████████╱╱╱╱╱╱╱╱ waits for lock ╱╱╱╱╱╱╱╱██░░░ sleeps "
        "░░░░██○\n"
        "                        ↓'P3'                            ▔▔▔ holds lock ▔▔▔\n"
        "\n"
        "lock                 ├────── P1 ───────┤├───── P2 ──────┤├────── P3 ──────┤\n"
        "  wait                11122222222222222211111111111111111\n"
        "results "
        "············1122333333333333333333322222222222222222111111111111111111··\n"
        "counter ⟨      0      ⟩⟨       1        ⟩⟨       2       ⟩⟨         3         "
        "⟩\n"
        "\n"
        "█ runs   ░ sleeps   ╱ waits for an object   ╲ waits for a process   ┈ starts\n"
        "▔ holds a lock   ○ ended   ╌ not joined yet   ▼ start   ▲ join   ↓ sends, "
        "writes\n"
        "· empty\n";
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  Page page = open_page ();
  g_autofree char *text = NULL;

  pn_text_timeline_print (page.printer, model, PN_AXIS_TIME);
  text = close_page (&page);
  g_assert_cmpstr (text, ==, expected);
}

/* However narrow, and whatever is in it. */
/* A recording may say that a process was killed by any number. */
static void
test_timeline_of_any_signal (void)
{
  static const char *const cases[][2] = {
    { "=-9", " SIGKILL\n" },
    { "=-64", " signal 64\n" },
    { "=-4294967305", " an unknown signal\n" }, /* -9 in its lower half */
    { "=-9223372036854775808", " an unknown signal\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *script
          = g_strdup_printf ("0 runner run.begin \"x\" =5\n"
                             "0 runner process.start main \"main\"\n"
                             "0 main process.begin runner =100\n"
                             "1 main process.end %s\n",
                             cases[i][0]);
      g_autoptr (PnModel) model = pn_sample_model (script);
      Page page = open_page ();
      g_autofree char *text = NULL;

      pn_text_timeline_print (page.printer, model, PN_AXIS_TIME);
      text = close_page (&page);
      g_assert_nonnull (strstr (text, cases[i][1]));
    }
}

static void
test_timeline_of_anything (void)
{
  static const char *const widths[] = { "1", "40", "1000", "junk" };
  const char *const *names = pn_sample_get_names ();

  for (; *names; names++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*names));

      for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
        {
          Page page = open_page ();
          g_autofree char *text = NULL;

          g_setenv ("COLUMNS", widths[i], TRUE);
          pn_text_timeline_print (
              page.printer, model, i % 2 ? PN_AXIS_ORDER : PN_AXIS_TIME);
          text = close_page (&page);
          g_assert_nonnull (strstr (text, "main"));
          g_assert_true (g_utf8_validate (text, -1, NULL));
        }
    }
  g_setenv ("COLUMNS", "80", TRUE);
}

static void
test_event_as_json (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model ("0.00 runner  run.begin  \"x\" =5\n"
                         "0.00 main    process.begin =4711\n"
                         "0.05 main    name lock  lock \"a\\033\\\"b\"\n"
                         "0.07 main    lock.acquire lock\n");
  Page page = open_page ();
  g_autofree char *text = NULL;

  pn_report_event_json (page.printer, model, 3);
  text = close_page (&page);
  g_test_message ("%s", text);
  g_assert_true (g_str_has_prefix (
      text,
      "{\"seq\":3,\"time_ns\":70000000,\"pid\":4711,\"process\":\"main\","
      "\"kind\":\"lock.acquire\",\"object\":\"a\\u001b\\\"b\",\"peer\":null,"
      "\"value\":null,\"file\":null,\"line\":null,\"text\":\""));
  g_assert_true (g_str_has_suffix (text, "\"}\n"));
}

static void
test_numbers_read_back (void)
{
  static const struct
  {
    double number;
    const char *json;
  } cases[] = {
    { 0.1, "[0.1,\"0.10000000000000001\\\\\\\"\"]\n" },
    { 2.5, "[2.5,\"0.10000000000000001\\\\\\\"\"]\n" },
    { 10, "[10,\"0.10000000000000001\\\\\\\"\"]\n" },
    { -1e300, "[-1e+300,\"0.10000000000000001\\\\\\\"\"]\n" },
    { 0.1 + 0.2, "[0.30000000000000004,\"0.10000000000000001\\\\\\\"\"]\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char *text = NULL;
      Page page = open_page ();

      json_builder_begin_array (builder);
      json_builder_add_double_value (builder, cases[i].number);
      json_builder_add_string_value (builder, "0.10000000000000001\\\"");
      json_builder_end_array (builder);
      pn_json_print (page.printer, builder);
      text = close_page (&page);
      g_assert_cmpstr (text, ==, cases[i].json);
    }
}

/* What each kind says there: see the man page. */
static void
test_values_of_events (void)
{
  static const struct
  {
    const char *line;
    const char *value;
  } cases[] = {
    { "0 main queue.put q \"'message 5'\"\n", "\"message 5\"" },
    { "0 main queue.put q \"[1, 'a']\"\n", "\"[1, 'a']\"" },
    { "0 main queue.put q \"5\"\n", "\"5\"" },
    { "0 main queue.put q\n", "null" },
    { "0 main queue.put q !failed =-3\n", "-3" },
    { "0 main queue.put-wait q\n", "null" },
    { "0 main queue.put-wait q ~1.5\n", "1500000000" },
    { "0 main pipe.send p.1 \"'hi'\"\n", "\"hi\"" },
    { "0 main pipe.close p.1\n", "null" },
    { "0 main pool.submit w =7 \"9\"\n", "\"9\"" },
    { "0 main manager.call d P1 =7 \"append ('x')\"\n", "\"append ('x')\"" },
    { "0 main value.write v =3\n", "3" },
    { "0 main value.write v \"2.5\"\n", "\"2.5\"" },
    { "0 main name lock l\n", "\"lock\"" },
    { "0 main output.line \"'so'\"\n", "\"'so'\"" },
    { "0 main process.signal P1 =15\n", "15" },
    { "0 main process.end =-9\n", "-9" },
    { "0 main process.end !unknown\n", "null" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *script
          = g_strconcat ("0 main process.begin\n0 main process.start P1\n"
                         "0 main name queue q\n0 main name pipe p\n"
                         "0 main name pool w\n0 main name dict d\n"
                         "0 main name value v\n",
                         cases[i].line,
                         NULL);
      g_autofree char *wanted = g_strdup_printf (",\"value\":%s,", cases[i].value);
      g_autoptr (PnModel) model = pn_sample_model (script);
      Page page = open_page ();
      g_autofree char *text = NULL;

      pn_report_event_json (page.printer, model, 7);
      text = close_page (&page);
      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, wanted));
    }
}

static void
test_csv_cells_are_no_formulas (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (
      pn_sample_compile ("0.00 runner  run.begin  \"x\" =5\n"
                         "0.00 main    process.begin =4711\n"
                         "0.05 main    name lock  lock \"=cmd(),\\\"x\\\"\"\n"
                         "0.07 main    lock.acquire lock !failed =-1\n"));
  Page page = open_page ();
  g_autofree char *text = NULL;

  pn_report_event_csv (page.printer, model, 3);
  text = close_page (&page);
  g_assert_true (g_str_has_prefix (text,
                                   "3,70000000,4711,main,lock.acquire,"
                                   "\"'=cmd(),\"\"x\"\"\",,-1,,,"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("COLUMNS", "80", TRUE);
  g_test_add_func ("/cli/ascii", test_ascii);
  g_test_add_func ("/cli/harmless", test_text_is_made_harmless);
  g_test_add_func ("/cli/unclosed-file", test_unclosed_file_stays_as_it_was);
  g_test_add_func ("/cli/canvas", test_canvas_cuts_and_folds);
  g_test_add_func ("/cli/canvas-wide", test_wide_text_is_cut_between_characters);
  g_test_add_func ("/cli/timeline", test_timeline);
  g_test_add_func ("/cli/timeline-any-signal", test_timeline_of_any_signal);
  g_test_add_func ("/cli/timeline-anything", test_timeline_of_anything);
  g_test_add_func ("/cli/json", test_event_as_json);
  g_test_add_func ("/cli/numbers-read-back", test_numbers_read_back);
  g_test_add_func ("/cli/values-of-events", test_values_of_events);
  g_test_add_func ("/cli/csv", test_csv_cells_are_no_formulas);
  return g_test_run ();
}
