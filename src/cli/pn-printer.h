/* SPDX-License-Identifier: MIT */
#pragma once

/* PnPrinter: text on its way to a terminal, a pipe or a file.
 *
 * What comes from a program goes through pn_printer_text (), which leaves nothing in it
 * that a terminal obeys. Where the locale is not UTF-8, all text becomes ASCII. The
 * first error is kept, and nothing is written after it. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  PN_STYLE_PLAIN,
  PN_STYLE_BOLD,
  PN_STYLE_DIM,
  PN_STYLE_RED,
  PN_STYLE_OBJECT /* and above: colour of object number 0, 1, 2 … */
} PnStyle;

typedef struct _PnPrinter PnPrinter;

PnPrinter *pn_printer_new_stdout (void);

/* Replaces @path when it is closed without an error. Always UTF-8, no colours. */
PnPrinter *pn_printer_new_file (const char *path, GError **error);

/* Drops what was not flushed; a file is left as it was. */
void pn_printer_free (PnPrinter *printer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnPrinter, pn_printer_free)

gboolean pn_printer_is_utf8 (const PnPrinter *printer);

/* In columns: of the terminal, or $COLUMNS; 80 where there is neither. */
guint pn_printer_get_width (const PnPrinter *printer);

/* As it is, UTF-8. */
void pn_printer_raw (PnPrinter *printer, const char *text);
void pn_printer_printf (PnPrinter *printer, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* What a program wrote: one line, made visible. */
void pn_printer_text (PnPrinter *printer, const char *tainted);

/* Words, and a newline. In a terminal they are wrapped at its width, each further line
 * with @indent blanks before it; the first line begins there already. */
void pn_printer_wrap (PnPrinter *printer, guint indent, const char *text);

/* Only where colours are wanted. */
void pn_printer_style (PnPrinter *printer, guint style);

/* FALSE if this or an earlier write failed. */
gboolean pn_printer_flush (PnPrinter *printer);

/* Flushes and closes. A failure is told with pn_cli_fail () or in @error. */
gboolean pn_printer_close (PnPrinter *printer, GError **error);

/* ASCII for what this program itself says: “ ” … — µ and the like; others as "?". */
char *pn_printer_dup_ascii (const char *utf8);

G_END_DECLS
