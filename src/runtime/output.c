/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORT_LINE_BYTES 1024

/* Whether what is written to stdout ends at the runner. Asked each time: a program may
 * put something else there. */
static bool
stdout_is_captured (void)
{
  PnArena *arena = mp_arena ();
  struct stat status;

  return arena != NULL && arena->output_inode != 0
         && fstat (STDOUT_FILENO, &status) == 0 && !S_ISREG (status.st_mode)
         && status.st_ino == arena->output_inode;
}

static void
emit_line (const char *line, size_t bytes, MpSite site)
{
  do
    {
      size_t part = pn_text_cut (line, bytes, PN_TEXT_MAX_BYTES);

      mp_emit_note (&(MpNote){
          .kind = PN_KIND_OUTPUT_LINE,
          .file = site.file,
          .line = site.line,
          .text = line,
          .text_bytes = part,
      });
      line += part;
      bytes -= part;
    }
  while (bytes > 0);
}

/* Once the runner has gone nobody is left to read a captured stdout: to write there
 * would only bring a SIGPIPE. */
static void
emit_lines (const char *text, MpSite site)
{
  for (;;)
    {
      size_t bytes = strcspn (text, "\n");

      emit_line (text, bytes, site);
      if (text[bytes] == '\0')
        return;
      text += bytes + 1;
    }
}

/* One write for the whole line, so that the lines of several processes do not mix. */
static void
write_whole (const char *text, size_t bytes)
{
  struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };

  while (bytes > 0)
    {
      ssize_t n = write (STDOUT_FILENO, text, bytes);

      if (n < 0 && errno == EAGAIN)
        poll (&room, 1, -1);
      else if (n < 0 && errno != EINTR)
        return;
      if (n > 0)
        {
          text += n;
          bytes -= (size_t)n;
        }
    }
}

static void
print (char *text, size_t length, MpSite site)
{
  int saved_errno = errno;

  mp_point (PN_KIND_OUTPUT_LINE, 0);
  fflush (stdout);
  if (stdout_is_captured ())
    emit_lines (text, site);
  else
    {
      text[length] = '\n';
      write_whole (text, length + 1);
    }
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
  if ((size_t)length >= sizeof short_text)
    {
      text = malloc ((size_t)length + 1);
      if (text == NULL)
        return;
      va_start (arguments, format);
      vsnprintf (text, (size_t)length + 1, format, arguments);
      va_end (arguments);
    }
  print (text, (size_t)length, site);
  if (text != short_text)
    free (text);
}
