/* SPDX-License-Identifier: MIT */
#include "pn-lesson-private.h"

#include <string.h>

G_DEFINE_QUARK (pn - lesson - error - quark, pn_lesson_error)

gboolean
pn_lesson_file_fail (const PnLessonFile *file,
                     const char *group,
                     const char *key,
                     GError **error,
                     const char *format,
                     ...)
{
  g_autofree char *path = g_filename_display_name (file->path);
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  if (!group)
    g_set_error (
        error, PN_LESSON_ERROR, PN_LESSON_ERROR_INVALID, "%s: %s", path, message);
  else if (!key)
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_INVALID,
                 "%s: [%s]: %s",
                 path,
                 group,
                 message);
  else
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_INVALID,
                 "%s: [%s] %s: %s",
                 path,
                 group,
                 key,
                 message);
  return FALSE;
}

char *
pn_lesson_file_dup_text (const PnLessonFile *file,
                         const char *group,
                         const char *key,
                         GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *text = g_key_file_get_string (file->keys, group, key, &inner);

  if (!text)
    {
      if (g_error_matches (inner, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND)
          || g_error_matches (
              inner, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
        pn_lesson_file_fail (file, group, key, error, "is missing; add it");
      else
        pn_lesson_file_fail (file, group, key, error, "%s", inner->message);
      return NULL;
    }
  g_strstrip (text);
  if (*text == '\0')
    {
      pn_lesson_file_fail (file, group, key, error, "is empty; write something");
      return NULL;
    }
  for (const char *at = text; *at; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      {
        pn_lesson_file_fail (
            file, group, key, error, "has a control character; write one plain line");
        return NULL;
      }
  return g_steal_pointer (&text);
}

gboolean
pn_lesson_file_get_int (const PnLessonFile *file,
                        const char *group,
                        const char *key,
                        gint64 min,
                        gint64 max,
                        gint64 *ret_value,
                        GError **error)
{
  g_autofree char *text = pn_lesson_file_dup_text (file, group, key, error);

  if (!text)
    return FALSE;
  if (!g_ascii_string_to_signed (text, 10, min, max, ret_value, NULL))
    return pn_lesson_file_fail (file,
                                group,
                                key,
                                error,
                                "must be a whole number from %" G_GINT64_FORMAT
                                " to %" G_GINT64_FORMAT ", not “%s”",
                                min,
                                max,
                                text);
  return TRUE;
}

gboolean
pn_lesson_file_check_keys (const PnLessonFile *file,
                           const char *group,
                           const char *const *known,
                           GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file->keys, group, NULL, NULL);

  for (gsize i = 0; keys && keys[i]; i++)
    if (!g_strv_contains (known, keys[i]))
      {
        g_autofree char *all = g_strjoinv (", ", (char **)known);

        return pn_lesson_file_fail (
            file, group, keys[i], error, "no such key here; use one of %s", all);
      }
  return TRUE;
}
