/* SPDX-License-Identifier: MIT */
#include "pn-snippet.h"

static void
test_rows_do_not_repeat_the_name (void)
{
  static const struct
  {
    const char *sentence;
    const char *process;
    const char *row;
  } cases[] = {
    { "P3 asks for lock. P1 holds it.", "P3", "asks for lock · P1 holds it" },
    { "P31 exits.", "P3", "P31 exits" },
    { "The run ends.", "runner", "The run ends" },
    { "", "P1", "" },
    { "P1 prints “1.5”.", "P1", "prints “1.5”" },
    { "P1 waits.", "", "P1 waits" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *row = pn_snippet_dup_row (cases[i].sentence, cases[i].process);

      g_assert_cmpstr (row, ==, cases[i].row);
    }
}

static void
test_marks_are_stripped_and_lines_stay (void)
{
  static const struct
  {
    const char *source;
    const char *shown;
  } cases[] = {
    { "a ();   /* DOC: one */\nb ();\n", "a ();\nb ();\n" },
    { "a()  # DOC: one\nb()  # other\n", "a()\nb()  # other\n" },
    { "/* DOC: alone */\nx", "\nx" },
    { "c (); /* not one */\n", "c (); /* not one */\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = pn_snippet_strip_marks (cases[i].source);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_times_are_told_apart (void)
{
  static const struct
  {
    gint64 ns, duration_ns;
    int digits;
    const char *text;
  } cases[] = {
    { 2431000000, 2431500000, 3, "2.431 s" },
    { 680000000, 2431500000, 2, "0.68 s" },
    { 0, 1000000000, 2, "0.00 s" },
    { 906123456, 999999999, 3, "906.12 ms" },
    { 15906123, 15923456, 3, "15.906 ms" },
    { 15906123, 15923456, 2, "15.91 ms" },
    { 0, 0, 3, "0.000 ms" },
    { 12345678, G_MAXINT64, 3, "0.012 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = pn_snippet_dup_time (cases[i].ns, cases[i].duration_ns, cases[i].digits);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/snippet/rows", test_rows_do_not_repeat_the_name);
  g_test_add_func ("/snippet/marks", test_marks_are_stripped_and_lines_stay);
  g_test_add_func ("/snippet/times-are-told-apart", test_times_are_told_apart);
  return g_test_run ();
}
