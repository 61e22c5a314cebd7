/* SPDX-License-Identifier: MIT */
#include "pn-json.h"

#include <string.h>

static void
append_escaped (GString *string, gunichar character)
{
  if (character >= 0x10000)
    g_string_append_printf (string,
                            "\\u%04x\\u%04x",
                            0xd7c0 + (guint)(character >> 10),
                            0xdc00 + (guint)(character & 0x3ff));
  else
    g_string_append_printf (string, "\\u%04x", (guint)character);
}

/* json-glib leaves C1 controls and what turns the direction of writing as they are. In
 * JSON these stand only inside strings, where \u says the same. */
static void
append_harmless (GString *string, gunichar character, gboolean ascii)
{
  GUnicodeType type = g_unichar_type (character);

  if (character < 0x7f)
    g_string_append_c (string, (char)character);
  else if (ascii || type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT
           || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
    append_escaped (string, character);
  else
    g_string_append_unichar (string, character);
}

/* json-glib writes 0.1 as 0.10000000000000001. */
static void
append_number (GString *string, const char *token, gsize length)
{
  g_autofree char *written = g_strndup (token, length);
  double number = g_ascii_strtod (written, NULL);
  char shortest[G_ASCII_DTOSTR_BUF_SIZE];

  g_strlcpy (shortest, written, sizeof shortest);
  if (strpbrk (written, ".eE"))
    for (int digits = 15; digits <= 17; digits++)
      {
        char format[8];

        g_snprintf (format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd (shortest, sizeof shortest, format, number);
        if (g_ascii_strtod (shortest, NULL) == number)
          break;
      }
  g_string_append (string, shortest);
}

static char *
dup_mended (const char *json, gboolean ascii)
{
  GString *string = g_string_sized_new (strlen (json) + 16);
  gboolean quoted = FALSE;

  for (const char *at = json; *at;)
    {
      gsize digits = quoted ? 0 : strspn (at, "-+.0123456789eE");

      if (digits > 0 && !g_ascii_isalpha (*at))
        {
          append_number (string, at, digits);
          at += digits;
          continue;
        }
      if (*at == '"')
        quoted = !quoted;
      else if (quoted && *at == '\\')
        g_string_append_c (string, *at++); /* a quote behind it ends nothing */
      append_harmless (string, g_utf8_get_char (at), ascii);
      at = g_utf8_next_char (at);
    }
  return g_string_free (string, FALSE);
}

void
pn_json_print (PnPrinter *printer, JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = NULL;
  g_autofree char *mended = NULL;

  json_generator_set_root (generator, root);
  json = json_generator_to_data (generator, NULL);
  mended = dup_mended (json, !pn_printer_is_utf8 (printer));
  pn_printer_raw (printer, mended);
  pn_printer_raw (printer, "\n");
}
