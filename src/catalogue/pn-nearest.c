/* SPDX-License-Identifier: MIT */
#include "pn-lesson.h"

#include <string.h>

/* Levenshtein's, of bytes: names are ASCII. */
static guint
get_distance (const char *a, const char *b)
{
  gsize n = strlen (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = (guint)j;
  for (gsize i = 1; a[i - 1]; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint)i;
      for (gsize j = 1; j <= n; j++)
        {
          guint substitute = diagonal + (a[i - 1] != b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (substitute, MIN (row[j], row[j - 1]) + 1);
        }
    }
  return row[n];
}

const char *
pn_nearest (const char *text, GPtrArray *candidates)
{
  g_autofree char *folded = NULL;
  gsize bytes = strlen (text);
  const char *best = NULL;
  guint best_distance = G_MAXUINT;

  if (bytes == 0 || bytes > 64)
    return NULL;
  folded = g_ascii_strdown (text, -1);
  for (guint i = 0; i < candidates->len; i++)
    {
      const char *candidate = candidates->pdata[i];
      guint distance = get_distance (folded, candidate);

      if (bytes >= 3 && strstr (candidate, folded))
        distance = 1;
      if (distance < best_distance)
        {
          best = candidate;
          best_distance = distance;
        }
    }
  return best_distance <= MAX (1, bytes / 3) ? best : NULL;
}
