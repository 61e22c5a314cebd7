/* SPDX-License-Identifier: MIT */
#include "pn-snippet.h"

#include <string.h>

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

/* Where the item that begins at @text ends: at a comma or the last bracket outside of
 * quotes and of nested brackets; NULL if it does not. */
static const char *
find_item_end (const char *text)
{
  int depth = 0;
  char quote = '\0';

  for (; *text != '\0'; text++)
    {
      if (quote != '\0')
        {
          if (*text == '\\' && text[1] != '\0')
            text++;
          else if (*text == quote)
            quote = '\0';
        }
      else if (*text == '\'' || *text == '"')
        quote = *text;
      else if (depth == 0 && (*text == ',' || *text == ']'))
        return text;
      else if (strchr ("[({", *text) != NULL)
        depth++;
      else if (strchr ("])}", *text) != NULL)
        depth--;
    }
  return NULL;
}

GPtrArray *
pn_snippet_split_list (const char *text)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);

  if (*text++ != '[')
    return NULL;
  if (g_str_equal (text, "]"))
    return g_steal_pointer (&items);
  for (;;)
    {
      const char *end = find_item_end (text);

      if (end == NULL)
        return NULL;
      g_ptr_array_add (items, g_strstrip (g_strndup (text, (gsize)(end - text))));
      if (*end == ']')
        return end[1] == '\0' ? g_steal_pointer (&items) : NULL;
      text = end + 1;
    }
}

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
