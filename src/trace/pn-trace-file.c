/* SPDX-License-Identifier: MIT */
#include "pn-trace-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define WRITE_BYTES (256 * 1024)
#define EVENT_MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

/* What was said of a live stream, as it is to be said of a file. */
static void
add_advice (GError *error)
{
  g_autofree char *said = error->message;

  error->message = g_strconcat (
      said, "; the file is damaged: choose another, or record the run again", NULL);
}

/* Retries what a signal interrupted. */
static gssize
read_some (int fd, void *ret_bytes, gsize max)
{
  gssize n;

  do
    n = read (fd, ret_bytes, max);
  while (n < 0 && errno == EINTR);
  return n;
}

static gboolean
append_file (PnTrace *trace, int fd, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  GError *inner = NULL;
  gssize n;

  while ((n = read_some (fd, buffer, READ_BYTES)) > 0)
    if (!pn_trace_append (trace, buffer, (gsize)n, &inner))
      {
        if (g_error_matches (inner, PN_TRACE_ERROR, PN_TRACE_ERROR_EVENT)
            || g_error_matches (inner, PN_TRACE_ERROR, PN_TRACE_ERROR_ORDER))
          add_advice (inner);
        g_propagate_error (error, inner);
        return FALSE;
      }
  if (n < 0)
    {
      g_set_error (error,
                   PN_TRACE_ERROR,
                   PN_TRACE_ERROR_IO,
                   "it can't be read: %s; choose another file",
                   g_strerror (errno));
      return FALSE;
    }
  if (!pn_trace_has_header (trace))
    {
      g_set_error (error,
                   PN_TRACE_ERROR,
                   PN_TRACE_ERROR_HEADER,
                   "it is shorter than the smallest recording; choose another file");
      return FALSE;
    }
  pn_trace_finish (trace);
  return TRUE;
}

PnTrace *
pn_trace_open (const char *path, GError **error)
{
  g_autoptr (PnTrace) trace = pn_trace_new ();
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean read_well;

  if (fd < 0)
    {
      g_set_error (error,
                   PN_TRACE_ERROR,
                   PN_TRACE_ERROR_IO,
                   "%s: it can't be opened: %s; choose another file",
                   path,
                   g_strerror (errno));
      return NULL;
    }
  read_well = append_file (trace, fd, error);
  close (fd);
  if (!read_well)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&trace);
}

/* Back to what came through the pipe. */
static void
restore_event (PnTrace *trace, gsize index, PnEvent *ret_event)
{
  PnTraceEvent event = pn_trace_get_event (trace, index);

  ret_event->seq = event.seq;
  ret_event->time_ns = pn_trace_get_start_ns (trace) + event.time_ns;
  ret_event->kind = event.kind;
  ret_event->process = event.process;
  ret_event->object = event.object;
  ret_event->peer = event.peer;
  ret_event->value = event.value;
  ret_event->site = event.site;
  ret_event->line = event.line;
  ret_event->flags = event.flags;
  /* Mending invalid UTF-8 may have made a text longer than an event can carry; there
   * is room for one character more, so that the encoder sees that it has to cut. */
  ret_event->text_bytes = MIN (strlen (event.text), (gsize)PN_TEXT_MAX_BYTES);
  if (event.text[ret_event->text_bytes] != '\0')
    {
      const char *end
          = g_utf8_find_prev_char (event.text, event.text + ret_event->text_bytes + 1);

      ret_event->text_bytes = (gsize)(end - event.text);
      ret_event->flags |= PN_FLAG_TRUNCATED;
    }
  memcpy (ret_event->text, event.text, ret_event->text_bytes);
  ret_event->text[ret_event->text_bytes] = '\0';
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize n)
{
  while (n > 0)
    {
      gssize written = write (fd, bytes, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      bytes += written;
      n -= (gsize)written;
    }
  return TRUE;
}

/* In pieces: a recording may be larger than what should stand in memory twice. */
static gboolean
write_events (PnTrace *trace, int fd)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (WRITE_BYTES + EVENT_MAX_BYTES);
  g_autofree PnEvent *event = g_new (PnEvent, 1);
  gsize n = pn_trace_get_n_events (trace);
  guint8 blocks[EVENT_MAX_BYTES];
  PnStreamHeader header;

  pn_stream_header_init (&header);
  g_byte_array_append (bytes, (const guint8 *)&header, sizeof header);
  for (gsize i = 0; i < n; i++)
    {
      restore_event (trace, i, event);
      g_byte_array_append (bytes, blocks, (guint)pn_event_encode (event, blocks));
      if (bytes->len < WRITE_BYTES)
        continue;
      if (!write_all (fd, bytes->data, bytes->len))
        return FALSE;
      g_byte_array_set_size (bytes, 0);
    }
  return write_all (fd, bytes->data, bytes->len) && fsync (fd) == 0;
}

gboolean
pn_trace_save (PnTrace *trace, const char *path, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  int failure = fd < 0 ? errno : 0;

  if (fd >= 0 && !write_events (trace, fd))
    failure = errno;
  if (fd >= 0 && close (fd) != 0 && failure == 0)
    failure = errno;
  if (failure == 0 && rename (temporary, path) != 0)
    failure = errno;
  if (failure == 0)
    return TRUE;

  if (fd >= 0)
    unlink (temporary);
  g_set_error (error,
               PN_TRACE_ERROR,
               PN_TRACE_ERROR_IO,
               "%s: it can't be written: %s; choose another place",
               path,
               g_strerror (failure));
  return FALSE;
}
