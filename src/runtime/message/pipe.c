/* SPDX-License-Identifier: MIT */
#include "pipe-private.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int
make_descriptors (bool duplex, int ret_fds[2])
{
  if (!duplex)
    return pipe2 (ret_fds, O_CLOEXEC | O_NONBLOCK) < 0 ? MP_SYSTEM : MP_OK;
  return socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds)
                 < 0
             ? MP_SYSTEM
             : MP_OK;
}

/* 0 for a pipe. */
static int
get_send_buffer_bytes (int fd)
{
  int bytes = 0;
  socklen_t length = sizeof bytes;

  return getsockopt (fd, SOL_SOCKET, SO_SNDBUF, &bytes, &length) == 0 ? bytes : 0;
}

static MpPipeShared *
make_shared (void)
{
  MpPipeShared *shared = mmap (
      NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (shared == MAP_FAILED)
    return NULL;
  for (int i = 0; i < 2; i++)
    if (mp_guard_init (&shared->ways[i].send) != MP_OK
        || mp_guard_init (&shared->ways[i].recv) != MP_OK)
      {
        munmap (shared, sizeof *shared);
        return NULL;
      }
  return shared;
}

static MpPipe *
pipe_new (void)
{
  MpPipe *pipe = calloc (1, sizeof *pipe);

  if (pipe == NULL)
    return NULL;
  pipe->ends = 2;
  pipe->shared = make_shared ();
  if (pipe->shared == NULL)
    {
      free (pipe);
      return NULL;
    }
  return pipe;
}

static void
pipe_free (MpPipe *pipe)
{
  if (pipe == NULL)
    return;
  munmap (pipe->shared, sizeof *pipe->shared);
  free (pipe);
}

int
mp_pipe_at (const char *name,
            bool duplex,
            MpConnection **ret_a,
            MpConnection **ret_b,
            MpSite site)
{
  MpConnection *a = calloc (1, sizeof *a);
  MpConnection *b = calloc (1, sizeof *b);
  MpPipe *pipe = pipe_new ();
  int fds[2];
  int send_buffer_bytes;
  int error = MP_TOO_LARGE;

  if (a == NULL || b == NULL || pipe == NULL)
    goto fail;
  error = make_descriptors (duplex, fds);
  if (error != MP_OK)
    goto fail;
  send_buffer_bytes = get_send_buffer_bytes (fds[0]);
  pipe->object = mp_object_new (PN_OBJECT_PIPE, name, 0, site);
  *a = (MpConnection){ .pipe = pipe,
                       .end = 1,
                       .fd = fds[0],
                       .can_send = duplex,
                       .can_recv = true,
                       .send_buffer_bytes = send_buffer_bytes };
  *b = (MpConnection){ .pipe = pipe,
                       .end = 2,
                       .fd = fds[1],
                       .can_send = true,
                       .can_recv = duplex,
                       .send_buffer_bytes = send_buffer_bytes };
  *ret_a = a;
  *ret_b = b;
  return MP_OK;

fail:
  pipe_free (pipe);
  free (a);
  free (b);
  return error;
}

int
mp_send_at (MpConnection *connection, MpValue value, MpSite site)
{
  int error;

  mp_point (PN_KIND_PIPE_SEND, connection->pipe->object);
  error = mp_pipe_send_value (connection, value, site);
  if (error != MP_OK)
    mp_emit_failed (PN_KIND_PIPE_SEND,
                    connection->pipe->object,
                    (uint32_t)connection->end,
                    error,
                    site);
  mp_clear (&value);
  return error;
}

int
mp_recv_at (MpConnection *connection, MpValue *ret_value, MpSite site)
{
  MpValue value;
  int error;

  mp_point (PN_KIND_PIPE_RECV, connection->pipe->object);
  error = mp_pipe_recv_value (connection, &value, site);
  if (error != MP_OK)
    {
      mp_emit_failed (PN_KIND_PIPE_RECV,
                      connection->pipe->object,
                      (uint32_t)connection->end,
                      error,
                      site);
      return error;
    }
  if (ret_value != NULL)
    *ret_value = value;
  else
    mp_clear (&value);
  return MP_OK;
}

int
mp_poll (MpConnection *connection, double timeout)
{
  int events;

  if (connection->fd < 0)
    return MP_CLOSED;
  if (!connection->can_recv)
    return MP_INVALID;
  events = mp_wait_fd (connection->fd, POLLIN, mp_deadline (timeout));
  return events > 0 ? 1 : events;
}

int
mp_connection_close_at (MpConnection *connection, MpSite site)
{
  int fd;

  mp_point (PN_KIND_PIPE_CLOSE, connection->pipe->object);
  fd = atomic_exchange (&connection->fd, -1);
  if (fd < 0)
    return MP_OK;
  mp_emit (
      PN_KIND_PIPE_CLOSE, connection->pipe->object, (uint32_t)connection->end, 0, site);
  close (fd);
  return MP_OK;
}

void
mp_connection_free (MpConnection *connection)
{
  if (connection == NULL)
    return;
  if (connection->fd >= 0)
    mp_connection_close_at (connection, MP_SITE_NONE);
  if (atomic_fetch_sub (&connection->pipe->ends, 1) == 1)
    pipe_free (connection->pipe);
  free (connection);
}

int
mp_connection_fileno (MpConnection *connection)
{
  return connection->fd >= 0 ? connection->fd : MP_CLOSED;
}
