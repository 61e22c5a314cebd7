/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_LINE_BYTES 1024

/* Whether what is written to stdout or stderr ends at the runner. Asked each time: a
 * program may put something else there. */
static bool
is_captured (int fd)
{
  PnArena *arena = mp_arena ();
  struct stat status;

  return arena != NULL && fstat (fd, &status) == 0 && S_ISSOCK (status.st_mode)
         && status.st_ino == arena->output_inodes[fd == STDERR_FILENO];
}

/* An event a line, or several if it is very long. `text` ends with a newline. Returns
 * what could not be emitted. */
static const char *
emit_lines (const char *text, MpSite site, uint64_t *ret_seq)
{
  size_t bytes = strcspn (text, "\n");

  while (*text != '\0')
    {
      size_t part = pn_text_cut (text, bytes, PN_TEXT_MAX_BYTES);

      if (!mp_emit_note (&(MpNote){
              .kind = PN_KIND_OUTPUT_LINE,
              .file = site.file,
              .line = site.line,
              .text = text,
              .text_bytes = part,
              .ret_seq = ret_seq,
          }))
        return text;
      text += part;
      bytes -= part;
      if (bytes == 0)
        bytes = strcspn (++text, "\n");
    }
  return text;
}

/* One write for the whole line, so that the lines of several processes do not mix. Once
 * the runner has gone nobody is left to read a captured stream: that must not bring a
 * SIGPIPE. */
static void
write_whole (int fd, bool captured, const void *bytes, size_t n)
{
  struct pollfd room = { .fd = fd, .events = POLLOUT };
  const char *at = bytes;

  while (n > 0)
    {
      ssize_t written = captured ? send (fd, at, n, MSG_NOSIGNAL) : write (fd, at, n);

      if (written < 0 && errno == EAGAIN)
        poll (&room, 1, -1);
      else if (written < 0 && errno != EINTR)
        return;
      if (written > 0)
        {
          at += written;
          n -= (size_t)written;
        }
    }
}

static void
print_captured (const char *text, MpSite site)
{
  PnMark mark = { .magic = PN_MARK_MAGIC, .seq = UINT64_MAX };
  const char *rest = emit_lines (text, site, &mark.seq);

  if (mark.seq != UINT64_MAX)
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
      if (is_captured (fd))
        write_whole (fd, true, &mark, sizeof mark);
  write_whole (STDOUT_FILENO, true, rest, strlen (rest));
}

static void
print (const char *text, size_t bytes, MpSite site)
{
  int saved_errno = errno;

  mp_point (PN_KIND_OUTPUT_LINE, 0);
  fflush (stdout);
  if (is_captured (STDOUT_FILENO))
    print_captured (text, site);
  else
    write_whole (STDOUT_FILENO, false, text, bytes);
  errno = saved_errno;
}

void
mp_print_at (MpSite site, const char *format, ...)
{
  char short_text[SHORT_LINE_BYTES];
  char *text = short_text;
  va_list arguments;
  int length;

  va_start (arguments, format);
  length = vsnprintf (short_text, sizeof short_text, format, arguments);
  va_end (arguments);
  if (length < 0)
    return;
  if ((size_t)length + 1 >= sizeof short_text)
    {
      text = malloc ((size_t)length + 2);
      if (text == NULL)
        return;
      va_start (arguments, format);
      vsnprintf (text, (size_t)length + 1, format, arguments);
      va_end (arguments);
    }
  strcpy (text + length, "\n");
  print (text, (size_t)length + 1, site);
  if (text != short_text)
    free (text);
}
