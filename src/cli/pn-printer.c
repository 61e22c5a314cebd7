/* SPDX-License-Identifier: MIT */
#include "pn-printer.h"

#include "pn-text.h"

#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FLUSH_BYTES (64 * 1024)
#define MIN_WIDTH 40
#define MAX_WIDTH 1000

struct _PnPrinter
{
  GOutputStream *stream;
  GString *buffer;
  GError *error;
  char *name;     /* for messages */
  char *new_path; /* of a file that was not there before; NULL: none */
  gboolean utf8;
  gboolean terminal;
  gboolean colors;
};

/* Okabe-Ito, as near as 256 colours come. */
static const guint8 object_colors[] = { 166, 32, 36, 175, 214, 74 };

static const struct
{
  gunichar character;
  const char *ascii;
} ascii_forms[] = {
  { 0x201c, "\"" },  { 0x201d, "\"" }, { 0x2018, "'" }, { 0x2019, "'" },
  { 0x2026, "..." }, { 0x2013, "-" },  { 0x2014, "-" }, { 0x00b5, "u" },
  { 0x2039, "<" },   { 0x203a, ">" },  { 0x00d7, "x" }, { 0x2192, "->" },
  { 0x00b7, "-" },   { 0x2190, "<-" }, { 0x2212, "-" },
};

static void
append_ascii (GString *string, gunichar character)
{
  if (character < 0x80)
    {
      g_string_append_c (string, (char)character);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ascii_forms); i++)
    if (ascii_forms[i].character == character)
      {
        g_string_append (string, ascii_forms[i].ascii);
        return;
      }
  g_string_append_c (string, '?');
}

char *
pn_printer_dup_ascii (const char *utf8)
{
  GString *string = g_string_new (NULL);

  for (const char *at = utf8; *at; at = g_utf8_next_char (at))
    append_ascii (string, g_utf8_get_char (at));
  return g_string_free (string, FALSE);
}

static void
fail (const char *name, const GError *reason, GError **error)
{
  g_set_error (error,
               reason->domain,
               reason->code,
               "can't write %s: %s; make room there, or choose another place",
               name,
               reason->message);
}

static PnPrinter *
new_output (GOutputStream *stream, const char *name)
{
  PnPrinter *self = g_new0 (PnPrinter, 1);

  self->stream = stream;
  self->buffer = g_string_new (NULL);
  self->name = g_strdup (name);
  return self;
}

static gboolean
wants_colors (void)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return !(no_color && *no_color) && term && !g_str_equal (term, "dumb");
}

PnPrinter *
pn_printer_new_stdout (void)
{
  PnPrinter *self
      = new_output (g_unix_output_stream_new (STDOUT_FILENO, FALSE), "standard output");

  self->utf8 = g_get_charset (NULL);
  self->terminal = isatty (STDOUT_FILENO);
  self->colors = self->terminal && wants_colors ();
  return self;
}

PnPrinter *
pn_printer_new_file (const char *path, GError **error)
{
  /* The local one: the default may start a D-Bus service. */
  g_autoptr (GFile) file = g_vfs_get_file_for_path (g_vfs_get_local (), path);
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *new_path
      = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : g_strdup (path);
  g_autoptr (GError) reason = NULL;
  GFileOutputStream *stream
      = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &reason);
  PnPrinter *self;

  if (!stream)
    {
      fail (shown, reason, error);
      return NULL;
    }
  self = new_output (G_OUTPUT_STREAM (stream), shown);
  self->new_path = g_steal_pointer (&new_path);
  self->utf8 = TRUE;
  return self;
}

void
pn_printer_free (PnPrinter *self)
{
  gboolean whole;

  if (!self)
    return;
  whole = g_output_stream_is_closed (self->stream) && !self->error;
  if (!g_output_stream_is_closed (self->stream))
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      /* A file that is replaced keeps its old content then. */
      g_cancellable_cancel (cancelled);
      g_output_stream_close (self->stream, cancelled, NULL);
    }
  if (self->new_path && !whole)
    g_unlink (self->new_path);
  g_object_unref (self->stream);
  g_string_free (self->buffer, TRUE);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->new_path);
  g_free (self);
}

gboolean
pn_printer_is_utf8 (const PnPrinter *self)
{
  return self->utf8;
}

guint
pn_printer_get_width (const PnPrinter *self)
{
  const char *columns = g_getenv ("COLUMNS");
  struct winsize size;
  guint64 width;

  if (self->terminal && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0
      && size.ws_col > 0)
    return CLAMP (size.ws_col, MIN_WIDTH, MAX_WIDTH);
  if (columns && g_ascii_string_to_unsigned (columns, 10, 1, G_MAXUINT, &width, NULL))
    return (guint)CLAMP (width, MIN_WIDTH, MAX_WIDTH);
  return 80;
}

gboolean
pn_printer_flush (PnPrinter *self)
{
  if (!self->error)
    g_output_stream_write_all (
        self->stream, self->buffer->str, self->buffer->len, NULL, NULL, &self->error);
  g_string_truncate (self->buffer, 0);
  return self->error == NULL;
}

static void
append (PnPrinter *self, const char *text)
{
  if (self->utf8)
    g_string_append (self->buffer, text);
  else
    for (const char *at = text; *at; at = g_utf8_next_char (at))
      append_ascii (self->buffer, g_utf8_get_char (at));
  if (self->buffer->len > FLUSH_BYTES)
    pn_printer_flush (self);
}

void
pn_printer_raw (PnPrinter *self, const char *text)
{
  append (self, text);
}

void
pn_printer_printf (PnPrinter *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  append (self, text);
}

void
pn_printer_text (PnPrinter *self, const char *tainted)
{
  g_autofree char *visible = pn_text_dup_visible (tainted, 0);

  append (self, visible);
}

void
pn_printer_wrap (PnPrinter *self, guint indent, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint width = self->terminal ? pn_printer_get_width (self) : G_MAXUINT;
  guint used = indent;

  for (gsize i = 0; words[i]; i++)
    {
      guint columns = (guint)g_utf8_strlen (words[i], -1);

      if (i > 0 && used + 1 + columns > width)
        {
          pn_printer_printf (self, "\n%*s", (int)indent, "");
          used = indent;
        }
      else if (i > 0)
        {
          append (self, " ");
          used++;
        }
      append (self, words[i]);
      used += columns;
    }
  append (self, "\n");
}

void
pn_printer_style (PnPrinter *self, guint style)
{
  static const char *const codes[] = { "0", "1", "2", "1;31" };

  if (!self->colors)
    return;
  if (style < PN_STYLE_OBJECT)
    g_string_append_printf (self->buffer, "\033[%sm", codes[style]);
  else
    g_string_append_printf (
        self->buffer,
        "\033[38;5;%um",
        object_colors[(style - PN_STYLE_OBJECT) % G_N_ELEMENTS (object_colors)]);
}

gboolean
pn_printer_close (PnPrinter *self, GError **error)
{
  if (pn_printer_flush (self))
    g_output_stream_close (self->stream, NULL, &self->error);
  if (!self->error)
    return TRUE;
  fail (self->name, self->error, error);
  return FALSE;
}
