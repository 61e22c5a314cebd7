/* SPDX-License-Identifier: MIT */
#include "pipe-private.h"
#include "value-private.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_MAGIC 0x4d50464du

/* What is written at once, or not at all: PIPE_BUF. */
#define CHUNK_BYTES 4096

#define BODY_BYTES_MAX ((size_t)1 << 30)
#define TEXT_BYTES 200

typedef struct
{
  uint32_t magic;
  uint32_t bytes; /* of the value that follows */
  uint64_t number;
  uint32_t sender;
  uint32_t zero;
} Frame;

static MpWay *
way_out (MpConnection *connection)
{
  return &connection->pipe->shared->ways[connection->end - 1];
}

static MpWay *
way_in (MpConnection *connection)
{
  return &connection->pipe->shared->ways[2 - connection->end];
}

static void
repair_send (void *data)
{
  MpWay *way = data;

  if (atomic_load (&way->is_sending))
    atomic_store (&way->is_torn, true);
}

static void
repair_recv (void *data)
{
  MpWay *way = data;

  if (atomic_load (&way->is_receiving))
    atomic_store (&way->is_torn, true);
}

static int
error_of_errno (void)
{
  switch (errno)
    {
    case EPIPE:
    case ECONNRESET:
      return MP_BROKEN_PIPE;
    case EBADF:
      return MP_CLOSED;
    default:
      return MP_SYSTEM;
    }
}

/* A pipe has no MSG_NOSIGNAL: the signal is kept away, and taken back if it came. A
 * caller who has it blocked may have one pending, which stays. */
static ssize_t
write_pipe (int fd, const void *bytes, size_t n)
{
  static const struct timespec now = { 0, 0 };
  sigset_t sigpipe, old, pending;
  ssize_t written;
  int saved_errno;

  sigemptyset (&sigpipe);
  sigaddset (&sigpipe, SIGPIPE);
  sigemptyset (&pending);
  pthread_sigmask (SIG_BLOCK, &sigpipe, &old);
  if (sigismember (&old, SIGPIPE))
    sigpending (&pending);
  written = write (fd, bytes, n);
  saved_errno = errno;
  if (written < 0 && saved_errno == EPIPE && !sigismember (&pending, SIGPIPE))
    while (sigtimedwait (&sigpipe, NULL, &now) < 0 && errno == EINTR)
      ;
  if (!sigismember (&old, SIGPIPE))
    pthread_sigmask (SIG_SETMASK, &old, NULL);
  errno = saved_errno;
  return written;
}

static ssize_t
write_some (MpConnection *connection, const void *bytes, size_t n)
{
  ssize_t written;

  do
    written = connection->send_buffer_bytes > 0
                  ? send (connection->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT)
                  : write_pipe (connection->fd, bytes, n);
  while (written < 0 && errno == EINTR);
  return written;
}

static void
say_send_wait (MpConnection *connection, bool *has_waited, MpSite site)
{
  if (!*has_waited)
    mp_emit (PN_KIND_PIPE_SEND_WAIT,
             connection->pipe->object,
             (uint32_t)connection->end,
             -1,
             site);
  *has_waited = true;
}

/* poll () calls a socket full when it is to a quarter: it is what wakes a writer that
 * found it full, and no reason to wait. */
static bool
has_room (MpConnection *connection)
{
  int queued;

  return connection->send_buffer_bytes > 0
         && ioctl (connection->fd, SIOCOUTQ, &queued) == 0
         && queued < connection->send_buffer_bytes;
}

/* Until it can be written; says so, once a message, if that is not at once. */
static int
wait_writable (MpConnection *connection, bool *has_waited, MpSite site)
{
  int events = mp_wait_fd (connection->fd, POLLOUT, 0);

  if (events == 0 && has_room (connection))
    return MP_OK;
  if (events == 0)
    {
      say_send_wait (connection, has_waited, site);
      events = mp_wait_fd (connection->fd, POLLOUT, MP_NO_DEADLINE);
    }
  if (events < 0)
    return events;
  return events & (POLLERR | POLLHUP) ? MP_BROKEN_PIPE : MP_OK;
}

static int
write_all (MpConnection *connection,
           const unsigned char *bytes,
           size_t n,
           bool *has_waited,
           MpSite site)
{
  while (n > 0)
    {
      ssize_t written = write_some (connection, bytes, n);
      int error = MP_OK;

      if (written < 0 && errno == EAGAIN)
        error = wait_writable (connection, has_waited, site);
      else if (written < 0)
        error = error_of_errno ();
      if (error != MP_OK)
        return error;
      if (written > 0)
        {
          bytes += written;
          n -= (size_t)written;
        }
    }
  return MP_OK;
}

static int
lock_send (MpConnection *connection, bool *has_waited, MpSite site)
{
  MpWay *way = way_out (connection);

  if (mp_guard_try (&way->send, repair_send, way) != MP_OK)
    {
      say_send_wait (connection, has_waited, site);
      mp_guard_lock (&way->send, MP_NO_DEADLINE, repair_send, way);
    }
  if (!atomic_load (&way->is_torn))
    return MP_OK;
  mp_guard_unlock (&way->send);
  return MP_BROKEN_PIPE;
}

/* Under the guard. All but the last chunk goes first; the event (of `text`, if it is
 * wanted) stands before that one, since nobody can have the message without it. */
static int
write_frame (MpConnection *connection,
             unsigned char *frame,
             size_t n,
             const char *text,
             bool *has_waited,
             MpSite site)
{
  MpPipe *pipe = connection->pipe;
  MpWay *way = way_out (connection);
  size_t first = n > CHUNK_BYTES ? n - CHUNK_BYTES : 0;
  Frame *head = (Frame *)(void *)frame;
  int error;

  head->number = atomic_fetch_add (&pipe->shared->n_sent, 1) + 1;
  atomic_store (&way->is_sending, first > 0);
  error = write_all (connection, frame, first, has_waited, site);
  if (error == MP_OK && text != NULL)
    error = wait_writable (connection, has_waited, site);
  if (error == MP_OK)
    {
      if (text != NULL)
        mp_emit_text (PN_KIND_PIPE_SEND,
                      pipe->object,
                      (uint32_t)connection->end,
                      (int64_t)head->number,
                      site,
                      text);
      error = write_all (connection, frame + first, n - first, has_waited, site);
    }
  atomic_store (&way->is_sending, false);
  return error;
}

/* Exactly `n` bytes of a message that has begun. */
static int
read_all (MpConnection *connection, unsigned char *ret_bytes, size_t n)
{
  while (n > 0)
    {
      ssize_t got = read (connection->fd, ret_bytes, n);

      if (got > 0)
        {
          ret_bytes += got;
          n -= (size_t)got;
        }
      else if (got == 0)
        return MP_EOF;
      else if (errno == EAGAIN)
        mp_wait_fd (connection->fd, POLLIN, MP_NO_DEADLINE);
      else if (errno != EINTR)
        return error_of_errno ();
    }
  return MP_OK;
}

/* MP_EMPTY if there is nothing to read now. */
static int
read_head (MpConnection *connection, Frame *ret_head)
{
  ssize_t got;

  do
    got = read (connection->fd, ret_head, sizeof *ret_head);
  while (got < 0 && errno == EINTR);
  if (got == 0)
    return MP_EOF;
  if (got < 0)
    return errno == EAGAIN ? MP_EMPTY : error_of_errno ();
  return read_all (
      connection, (unsigned char *)ret_head + got, sizeof *ret_head - (size_t)got);
}

/* The length is what the other end says: memory is taken as the bytes come. */
static int
read_body (MpConnection *connection, size_t bytes, unsigned char **ret_body)
{
  unsigned char *body = NULL;
  size_t have = 0;
  int error = MP_OK;

  while (have < bytes && error == MP_OK)
    {
      size_t room = have == 0 ? 65536 : 2 * have;
      unsigned char *larger;

      if (room > bytes)
        room = bytes;
      larger = realloc (body, room);
      if (larger == NULL)
        error = MP_TOO_LARGE;
      else
        {
          body = larger;
          error = read_all (connection, body + have, room - have);
          have = room;
        }
    }
  if (error == MP_OK)
    *ret_body = body;
  else
    free (body);
  return error;
}

/* Under the guard. After an error in the middle nobody can tell where the next message
 * begins. */
static int
read_frame (MpConnection *connection, Frame *ret_head, MpValue *ret_value)
{
  MpWay *way = way_in (connection);
  unsigned char *body = NULL;
  int error;

  if (atomic_load (&way->is_torn))
    return MP_EOF;
  error = read_head (connection, ret_head);
  if (error == MP_EMPTY)
    return error;
  atomic_store (&way->is_receiving, true);
  if (error == MP_OK
      && (ret_head->magic != FRAME_MAGIC || ret_head->bytes > BODY_BYTES_MAX))
    {
      atomic_store (&way->is_torn, true);
      error = MP_EOF;
    }
  if (error == MP_OK)
    {
      error = read_body (connection, ret_head->bytes, &body);
      if (error != MP_OK)
        atomic_store (&way->is_torn, true);
    }
  atomic_store (&way->is_receiving, false);
  if (error == MP_OK)
    error = mp_value_decode (body, ret_head->bytes, ret_value);
  free (body);
  return error;
}

/* MP_EMPTY if it has to wait. */
static int
try_recv (MpConnection *connection, MpValue *ret_value, MpSite site)
{
  MpWay *way = way_in (connection);
  char text[TEXT_BYTES];
  Frame head;
  int error;

  if (mp_guard_lock (&way->recv, 0, repair_recv, way) != MP_OK)
    return MP_EMPTY;
  error = read_frame (connection, &head, ret_value);
  if (error == MP_OK && mp_is_observed ())
    mp_emit_text (PN_KIND_PIPE_RECV,
                  connection->pipe->object,
                  (uint32_t)connection->end,
                  (int64_t)head.number,
                  site,
                  mp_repr (*ret_value, text, sizeof text));
  mp_guard_unlock (&way->recv);
  return error;
}

int
mp_pipe_send_value (MpConnection *connection, MpValue value, MpSite site)
{
  size_t bytes = mp_value_encoded_bytes (value);
  bool has_waited = false;
  char text[TEXT_BYTES];
  unsigned char *frame;
  int error;

  if (connection->fd < 0)
    return MP_CLOSED;
  if (!connection->can_send)
    return MP_INVALID;
  if (bytes > BODY_BYTES_MAX)
    return MP_TOO_LARGE;
  frame = malloc (sizeof (Frame) + bytes);
  if (frame == NULL)
    return MP_TOO_LARGE;
  *(Frame *)(void *)frame = (Frame){ .magic = FRAME_MAGIC,
                                     .bytes = (uint32_t)bytes,
                                     .sender = mp_process_number () };
  mp_value_encode (value, frame + sizeof (Frame));
  if (mp_is_observed ())
    mp_repr (value, text, sizeof text);

  error = lock_send (connection, &has_waited, site);
  if (error == MP_OK)
    {
      error = write_frame (connection,
                           frame,
                           sizeof (Frame) + bytes,
                           mp_is_observed () ? text : NULL,
                           &has_waited,
                           site);
      mp_guard_unlock (&way_out (connection)->send);
    }
  free (frame);
  return error;
}

int
mp_pipe_recv_value (MpConnection *connection, MpValue *ret_value, MpSite site)
{
  bool has_waited = false;

  for (;;)
    {
      int fd = connection->fd;
      int error;

      if (fd < 0)
        return MP_CLOSED;
      if (!connection->can_recv)
        return MP_INVALID;
      error = try_recv (connection, ret_value, site);
      if (error != MP_EMPTY)
        return error;
      if (!has_waited)
        mp_emit (PN_KIND_PIPE_RECV_WAIT,
                 connection->pipe->object,
                 (uint32_t)connection->end,
                 -1,
                 site);
      has_waited = true;
      error = mp_wait_fd (fd, POLLIN, MP_NO_DEADLINE);
      if (error < 0)
        return error;
    }
}
