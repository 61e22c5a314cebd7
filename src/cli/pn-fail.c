/* SPDX-License-Identifier: MIT */
#include "pn-cli.h"
#include "pn-printer.h"
#include "pn-text.h"

#include <stdio.h>

void
pn_cli_fail (const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *visible = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  valid = g_utf8_make_valid (message, -1);
  visible = pn_text_dup_visible (valid, 0);
  if (!g_get_charset (NULL))
    {
      g_free (g_steal_pointer (&valid));
      valid = pn_printer_dup_ascii (visible);
    }
  fprintf (stderr, "procession: %s\n", g_get_charset (NULL) ? visible : valid);
}
