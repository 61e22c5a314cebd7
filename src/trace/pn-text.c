/* SPDX-License-Identifier: MIT */
#include "pn-text.h"

#include <math.h>
#include <string.h>

/* Marks of the direction of writing, and characters without width that names don't
 * need. Joiners (U+200C, U+200D) stay: scripts and emoji are written with them. */
static gboolean
is_hidden (gunichar c)
{
  return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x200b
         || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e)
         || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
         || (c >= 0xe0000 && c <= 0xe007f);
}

static void
append_char (GString *string, gunichar c)
{
  if (c < 0x20)
    g_string_append_unichar (string, 0x2400 + c);
  else if (c == 0x7f)
    g_string_append (string, "␡");
  else if (is_hidden (c))
    g_string_append_printf (string, "‹U+%04X›", c);
  else
    g_string_append_unichar (string, c);
}

void
pn_text_append_visible (GString *string, const char *text, guint max_chars)
{
  guint n = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (max_chars > 0 && n++ == max_chars)
        {
          g_string_append (string, "…");
          return;
        }
      append_char (string, g_utf8_get_char (text));
    }
}

char *
pn_text_dup_visible (const char *text, guint max_chars)
{
  GString *string = g_string_new (NULL);

  pn_text_append_visible (string, text, max_chars);
  return g_string_free (string, FALSE);
}

/* "0.85", "1.1", "12": up to two decimals below `fine`, one below ten, else none. */
static void
append_number (GString *string, double number, double fine)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  char *end;

  g_ascii_formatd (digits,
                   sizeof digits,
                   number < fine   ? "%.2f"
                   : number < 9.95 ? "%.1f"
                                   : "%.0f",
                   number);
  end = digits + strlen (digits);
  if (strchr (digits, '.') != NULL)
    {
      while (end[-1] == '0')
        *--end = '\0';
      if (end[-1] == '.')
        *--end = '\0';
    }
  g_string_append (string, digits);
}

void
pn_text_append_duration (GString *string, gint64 ns)
{
  double s = (double)ns * 1e-9;

  if (ns < 0)
    {
      g_string_append (string, "−");
      s = -s;
    }
  if (s >= 119.5)
    {
      gint64 whole = (gint64)round (s);

      g_string_append_printf (string, "%" G_GINT64_FORMAT " min", whole / 60);
      if (whole % 60 != 0)
        g_string_append_printf (string, " %" G_GINT64_FORMAT " s", whole % 60);
      return;
    }
  if (s >= 0.0995)
    {
      append_number (string, s, 1.995);
      g_string_append (string, " s");
    }
  else if (s >= 999.5e-6)
    {
      append_number (string, s * 1e3, 0);
      g_string_append (string, " ms");
    }
  else if (s >= 999.5e-9)
    {
      append_number (string, s * 1e6, 0);
      g_string_append (string, " µs");
    }
  else
    g_string_append_printf (string, "%.0f ns", s * 1e9);
}

char *
pn_text_dup_duration (gint64 ns)
{
  GString *string = g_string_new (NULL);

  pn_text_append_duration (string, ns);
  return g_string_free (string, FALSE);
}
