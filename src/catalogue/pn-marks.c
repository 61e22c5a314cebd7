/* SPDX-License-Identifier: MIT */
#include "pn-lesson.h"

#include <string.h>

#define MAX_SOURCE_BYTES (1024 * 1024)

/* The word after "DOC:", which must stand in a comment of one line. */
static char *
dup_mark (const char *line, gboolean is_c)
{
  const char *opener = is_c ? "/*" : "#";
  const char *at = strstr (line, "DOC:");
  const char *before = at;
  const char *end;

  if (!at)
    return NULL;
  while (before > line && g_ascii_isspace (before[-1]))
    before--;
  if ((gsize)(before - line) < strlen (opener)
      || strncmp (before - strlen (opener), opener, strlen (opener)) != 0)
    return NULL;
  at += strlen ("DOC:");
  while (*at == ' ' || *at == '\t')
    at++;
  end = at + strspn (at, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-");
  return end > at ? g_strndup (at, (gsize)(end - at)) : NULL;
}

GHashTable *
pn_lesson_read_marks (const char *path, GError **error)
{
  g_autoptr (GHashTable) marks
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize bytes = 0;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, &bytes, error))
    return NULL;
  shown = g_filename_display_name (path);
  if (bytes > MAX_SOURCE_BYTES || memchr (text, '\0', bytes))
    {
      g_set_error (error,
                   PN_LESSON_ERROR,
                   PN_LESSON_ERROR_INVALID,
                   "%s: no source of a lesson; it is larger than 1 MiB or not text",
                   shown);
      return NULL;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      char *mark = dup_mark (lines[i], g_str_has_suffix (path, ".c"));

      if (!mark)
        continue;
      if (!g_hash_table_insert (marks, mark, GUINT_TO_POINTER (i + 1)))
        {
          g_set_error (error,
                       PN_LESSON_ERROR,
                       PN_LESSON_ERROR_INVALID,
                       "%s:%u: a mark of that name was there before; rename one",
                       shown,
                       i + 1);
          return NULL;
        }
    }
  return g_steal_pointer (&marks);
}
