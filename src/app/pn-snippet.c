/* SPDX-License-Identifier: MIT */
#include "pn-snippet.h"

#include <string.h>

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

char *
pn_snippet_dup_row (const char *sentence, const char *process)
{
  gsize length = strlen (process);
  GString *row;

  if (length > 0 && strncmp (sentence, process, length) == 0 && sentence[length] == ' ')
    sentence += length + 1;
  row = g_string_new (sentence);
  if (row->len > 0 && row->str[row->len - 1] == '.')
    g_string_truncate (row, row->len - 1);
  g_string_replace (row, ". ", " · ", 0);
  return g_string_free (row, FALSE);
}

char *
pn_snippet_dup_time (gint64 ns, gint64 duration_ns, int digits)
{
  if (duration_ns >= NS_PER_S)
    return g_strdup_printf ("%.*f s", digits, (double)ns / NS_PER_S);
  if (duration_ns >= NS_PER_S / 10)
    digits--;
  return g_strdup_printf ("%.*f ms", digits, (double)ns / NS_PER_MS);
}

char *
pn_snippet_strip_marks (const char *source)
{
  static GRegex *regex;

  if (g_once_init_enter (&regex))
    {
      GRegex *made = g_regex_new ("[ \\t]*(/\\*\\s*DOC:[^*\\n]*\\*/|#\\s*DOC:[^\\n]*)",
                                  G_REGEX_OPTIMIZE,
                                  0,
                                  NULL);

      g_once_init_leave (&regex, made);
    }
  return g_regex_replace_literal (regex, source, -1, 0, "", 0, NULL);
}
