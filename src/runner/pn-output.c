/* SPDX-License-Identifier: MIT */
#include "pn-output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* stdio's buffer for a socket is st_blksize bytes, Python's twice that. */
#define BUFFER_BYTES 4096

static const char replacement[] = "\xef\xbf\xbd"; /* of a NUL */
static const unsigned stream_flags[2] = { 0, PN_FLAG_STDERR };

static bool
is_begun (const PnLine *line)
{
  return line->bytes > 0 || line->mark_bytes > 0;
}

static void
line_give_out (PnOutput *output, PnLine *line)
{
  output->on_line (line->pid, line->flags, line->text, line->bytes, output->data);
  line->bytes = 0;
}

/* Where to cut a full line: before a character that is not complete. */
static size_t
line_cut (const PnLine *line)
{
  size_t cut = line->bytes;

  for (int back = 1; back <= 3; back++)
    {
      unsigned char byte = (unsigned char)line->text[line->bytes - (size_t)back];
      int needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;

      if (needs > back)
        cut = line->bytes - (size_t)back;
      if ((byte & 0xc0) != 0x80)
        break;
    }
  return cut;
}

static void
line_give_out_full (PnOutput *output, PnLine *line)
{
  size_t cut = line_cut (line);
  size_t rest = line->bytes - cut;
  char kept[4];

  memcpy (kept, line->text + cut, rest);
  line->bytes = cut;
  line_give_out (output, line);
  memcpy (line->text, kept, rest);
  line->bytes = rest;
}

static void
line_add (PnOutput *output, PnLine *line, const char *bytes, size_t n)
{
  while (n > 0)
    {
      size_t room = sizeof line->text - line->bytes;
      size_t taken = n < room ? n : room;

      memcpy (line->text + line->bytes, bytes, taken);
      line->bytes += taken;
      bytes += taken;
      n -= taken;
      if (n > 0)
        line_give_out_full (output, line);
    }
}

/* What had begun like a mark was none. Of what looked like a whole one up to its number
 * only the magic is shown. */
static void
line_drop_mark (PnOutput *output, PnLine *line)
{
  static const char magic[] = PN_MARK_MAGIC;
  size_t held = line->mark_bytes < sizeof magic ? line->mark_bytes : sizeof magic - 1;

  line->mark_bytes = 0;
  if (held == 0)
    return;
  line_add (output, line, replacement, sizeof replacement - 1);
  line_add (output, line, magic + 1, held - 1);
}

static void
line_finish (PnOutput *output, PnLine *line)
{
  line_drop_mark (output, line);
  line_give_out (output, line);
}

/* The unfinished line of this process and stream, or a place for one. */
static PnLine *
line_get (PnOutput *output, int pid, unsigned flags)
{
  PnLine *free_line = NULL;
  PnLine *oldest = NULL;

  for (int i = 0; i < output->n_lines; i++)
    {
      PnLine *line = output->lines[i];

      if (!is_begun (line))
        free_line = line;
      else if (line->pid == pid && line->flags == flags)
        return line;
      else if (oldest == NULL || line->since_ns < oldest->since_ns)
        oldest = line;
    }
  if (free_line == NULL && output->n_lines < PN_LINES_MAX)
    {
      free_line = calloc (1, sizeof *free_line);
      if (free_line != NULL)
        output->lines[output->n_lines++] = free_line;
    }
  if (free_line == NULL && oldest != NULL)
    {
      free_line = oldest;
      line_finish (output, oldest);
    }
  if (free_line != NULL)
    {
      free_line->pid = pid;
      free_line->flags = flags;
    }
  return free_line;
}

/* What may be a mark, or the rest of one: it can be cut in two by the size of a read.
 * Returns how many bytes it took; with 0 they are text. */
static size_t
take_mark (PnOutput *output, PnLine *line, const char *bytes, size_t n)
{
  static const char magic[] = PN_MARK_MAGIC;
  size_t taken = 0;

  while (taken < n && line->mark_bytes < sizeof line->mark)
    {
      if (line->mark_bytes < sizeof magic && bytes[taken] != magic[line->mark_bytes])
        {
          line_drop_mark (output, line);
          return taken;
        }
      ((char *)&line->mark)[line->mark_bytes++] = bytes[taken++];
    }
  if (line->mark_bytes < sizeof line->mark)
    return taken;
  line->mark_bytes = 0;
  output->n_bytes -= sizeof line->mark;
  if (line->bytes > 0)
    line_give_out (output, line);
  output->on_mark (line->pid, line->flags, line->mark.seq, output->data);
  return taken;
}

/* Adds bytes up to a newline or a NUL. Returns how many it took. */
static size_t
take_part (PnOutput *output, PnLine *line, const char *bytes, size_t n)
{
  size_t plain = 0;

  if (line->mark_bytes > 0 || *bytes == '\0')
    return take_mark (output, line, bytes, n);
  while (plain < n && bytes[plain] != '\n' && bytes[plain] != '\0')
    plain++;
  line_add (output, line, bytes, plain);
  if (plain == n || bytes[plain] == '\0')
    return plain;
  line_give_out (output, line);
  return plain + 1;
}

static void
take_piece (PnOutput *output,
            int pid,
            unsigned flags,
            const char *bytes,
            size_t n,
            int64_t now_ns)
{
  /* Its writer had a full buffer: the line goes on, whenever that may be. */
  int64_t since_ns = n % BUFFER_BYTES == 0 ? INT64_MAX : now_ns;
  PnLine *line = line_get (output, pid, flags);

  while (line != NULL && n > 0)
    {
      size_t taken;

      if (!is_begun (line) || line->since_ns == INT64_MAX)
        line->since_ns = since_ns;
      taken = take_part (output, line, bytes, n);
      bytes += taken;
      n -= taken;
    }
}

/* Reads one piece. Returns its bytes, or 0 when there is none. */
static size_t
read_piece (PnOutput *output, int stream, int64_t now_ns)
{
  static char bytes[64 * 1024];
  union
  {
    struct cmsghdr align;
    char room[CMSG_SPACE (sizeof (struct ucred))];
  } control;
  struct iovec vec = { .iov_base = bytes, .iov_len = sizeof bytes };
  struct msghdr message = {
    .msg_iov = &vec,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  struct cmsghdr *header;
  struct ucred sender = { 0 };
  ssize_t n = recvmsg (output->fds[stream], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return 0;
  if (n <= 0)
    {
      close (output->fds[stream]);
      output->fds[stream] = -1;
      return 0;
    }
  header = CMSG_FIRSTHDR (&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET
      && header->cmsg_type == SCM_CREDENTIALS)
    memcpy (&sender, CMSG_DATA (header), sizeof sender);
  output->n_bytes += (uint64_t)n;
  take_piece (output, sender.pid, stream_flags[stream], bytes, (size_t)n, now_ns);
  return (size_t)n;
}

/* At least 1, so that the end is noticed. */
static size_t
waiting_bytes (int fd)
{
  int n = 0;

  if (fd < 0)
    return 0;
  return ioctl (fd, FIONREAD, &n) == 0 && n > 0 ? (size_t)n : 1;
}

static int
make_stream (PnOutput *output, int stream)
{
  const int on = 1;
  struct stat info;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    return -errno;
  output->fds[stream] = pair[0];
  output->ends[stream] = pair[1];
  if (setsockopt (pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0
      || fstat (pair[1], &info) < 0)
    return -errno;
  output->inodes[stream] = info.st_ino;
  return 0;
}

int
pn_output_init (PnOutput *output, PnOnLine on_line, PnOnMark on_mark, void *data)
{
  int result = 0;

  memset (output, 0, sizeof *output);
  output->on_line = on_line;
  output->on_mark = on_mark;
  output->data = data;
  output->fds[0] = output->fds[1] = -1;
  output->ends[0] = output->ends[1] = -1;
  for (int i = 0; i < 2 && result == 0; i++)
    result = make_stream (output, i);
  if (result < 0)
    pn_output_clear (output);
  return result;
}

void
pn_output_clear (PnOutput *output)
{
  for (int i = 0; i < 2; i++)
    if (output->fds[i] >= 0)
      close (output->fds[i]);
  pn_output_close_ends (output);
  for (int i = 0; i < output->n_lines; i++)
    free (output->lines[i]);
  memset (output, 0, sizeof *output);
  output->fds[0] = output->fds[1] = -1;
  output->ends[0] = output->ends[1] = -1;
}

void
pn_output_close_ends (PnOutput *output)
{
  for (int i = 0; i < 2; i++)
    {
      if (output->ends[i] >= 0)
        close (output->ends[i]);
      output->ends[i] = -1;
    }
}

size_t
pn_output_read (PnOutput *output, int64_t now_ns)
{
  size_t left[2] = { waiting_bytes (output->fds[0]), waiting_bytes (output->fds[1]) };
  size_t total = 0;
  size_t before;

  do
    {
      before = total;
      for (int i = 0; i < 2; i++)
        if (left[i] > 0)
          {
            size_t n = read_piece (output, i, now_ns);

            left[i] = n > 0 && n < left[i] ? left[i] - n : 0;
            total += n;
          }
    }
  while (total > before);
  return total;
}

void
pn_output_flush_line (PnOutput *output, int pid, unsigned flags)
{
  for (int i = 0; i < output->n_lines; i++)
    {
      PnLine *line = output->lines[i];

      if (is_begun (line) && line->pid == pid && line->flags == flags)
        line_finish (output, line);
    }
}

void
pn_output_flush (PnOutput *output, int pid, int64_t now_ns)
{
  for (int i = 0; i < output->n_lines; i++)
    {
      PnLine *line = output->lines[i];

      if (!is_begun (line))
        continue;
      if (pid != 0 && line->pid != pid
          && (line->since_ns >= now_ns || now_ns - line->since_ns <= PN_LINE_WAIT_NS))
        continue;
      line_finish (output, line);
    }
}
