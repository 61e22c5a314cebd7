/* SPDX-License-Identifier: MIT */
#include "pn-message.h"

#include <string.h>

/* The character of \xNN, \uNNNN or \UNNNNNNNN, whose hex digits @text begins with; 0:
 * it is none that a text can hold. */
static gunichar
read_hex (const char *text, gsize n_digits)
{
  gunichar c = 0;

  for (gsize i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return 0;
      c = c << 4 | (gunichar)g_ascii_xdigit_value (text[i]);
    }
  return g_unichar_validate (c) ? c : 0;
}

/* Adds what the escape at @text, behind its backslash and with @room bytes, stands for;
 * returns its length, 0 if it is none. */
static gsize
append_escape (GString *string, const char *text, gsize room)
{
  static const char simple[][2] = { { '\\', '\\' }, { '\'', '\'' }, { '"', '"' },
                                    { 't', '\t' },  { 'n', '\n' },  { 'r', '\r' } };
  gsize n_digits = *text == 'x' ? 2 : *text == 'u' ? 4 : *text == 'U' ? 8 : 0;
  gunichar c;

  for (gsize i = 0; i < G_N_ELEMENTS (simple); i++)
    if (room > 0 && *text == simple[i][0])
      {
        g_string_append_c (string, simple[i][1]);
        return 1;
      }
  c = n_digits > 0 && room > n_digits ? read_hex (text + 1, n_digits) : 0;
  if (c == 0)
    return 0;
  g_string_append_unichar (string, c);
  return 1 + n_digits;
}

char *
pn_message_dup_text (const char *repr)
{
  gsize n = strlen (repr);
  gboolean is_quoted = repr[0] == '\'' || repr[0] == '"';
  gboolean is_whole = is_quoted && n >= 2 && repr[n - 1] == repr[0];
  const char *end = repr + n - (is_whole ? 1 : 0);
  GString *string;

  if (!is_whole && !(is_quoted && g_str_has_suffix (repr, "…")))
    return g_strdup (repr);
  string = g_string_sized_new (n);
  for (const char *at = repr + 1; at < end; at++)
    {
      gsize room = (gsize)(end - at - 1);
      gsize length = *at == '\\' ? append_escape (string, at + 1, room) : 0;

      if (length == 0)
        g_string_append_c (string, *at);
      at += length;
    }
  return g_string_free (string, FALSE);
}

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
pn_message_split_list (const char *repr)
{
  const char *text = repr;
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
