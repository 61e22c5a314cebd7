/* SPDX-License-Identifier: MIT */
#include "manager-private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One thread's connection to one manager. A forked child finds its parent's here; they
 * are not its own, and it opens others. */
typedef struct Channel
{
  struct Channel *next;
  const MpManager *manager;
  int64_t created_ns;
  pid_t pid;
  int fd;
} Channel;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* the thread's first Channel */

static void
free_channels (void *data)
{
  Channel *next;

  for (Channel *channel = data; channel != NULL; channel = next)
    {
      next = channel->next;
      close (channel->fd);
      free (channel);
    }
}

static void
make_key (void)
{
  pthread_key_create (&key, free_channels);
}

/* Does no other hold the address meanwhile? A server that has ended leaves it free. */
static bool
is_server (const MpManager *manager, int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
         && peer.pid == manager->server_pid;
}

static int
connect_to (const MpManager *manager, int *ret_fd)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error;

  if (fd < 0)
    return MP_SYSTEM;
  do
    error = connect (
        fd, (const struct sockaddr *)&manager->address, manager->address_bytes);
  while (error < 0 && errno == EINTR);
  if (error < 0 || !is_server (manager, fd))
    {
      close (fd);
      return MP_EOF;
    }
  *ret_fd = fd;
  return MP_OK;
}

/* This thread's place for a connection to `manager`: where it is, or a NULL at the end.
 * Others that a fork left are closed on the way. */
static Channel **
find_channel (Channel **first, const MpManager *manager)
{
  Channel **place = first;

  while (*place != NULL)
    {
      Channel *channel = *place;

      if (channel->pid != getpid ())
        {
          *place = channel->next;
          close (channel->fd);
          free (channel);
        }
      else if (channel->manager == manager
               && channel->created_ns == manager->created_ns)
        return place;
      else
        place = &channel->next;
    }
  return place;
}

static int
get_channel (const MpManager *manager, int *ret_fd)
{
  Channel *first;
  Channel **place;
  Channel *channel;
  int error;

  pthread_once (&key_once, make_key);
  first = pthread_getspecific (key);
  place = find_channel (&first, manager);
  if (*place != NULL)
    {
      *ret_fd = (*place)->fd;
      return MP_OK;
    }
  channel = malloc (sizeof *channel);
  error = channel != NULL ? connect_to (manager, ret_fd) : MP_TOO_LARGE;
  if (error == MP_OK)
    {
      *channel = (Channel){ .manager = manager,
                            .created_ns = manager->created_ns,
                            .pid = getpid (),
                            .fd = *ret_fd };
      *place = channel;
    }
  else
    free (channel);
  pthread_setspecific (key, first);
  return error;
}

static int
send_all (int fd, const unsigned char *bytes, size_t n, int64_t deadline)
{
  while (n > 0)
    {
      ssize_t sent = send (fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (sent >= 0)
        {
          bytes += sent;
          n -= (size_t)sent;
        }
      else if (errno == EAGAIN)
        {
          if (mp_wait_fd (fd, POLLOUT, deadline) == 0)
            return MP_TIMEOUT;
        }
      else if (errno != EINTR)
        return MP_EOF;
    }
  return MP_OK;
}

static int
recv_all (int fd, unsigned char *ret_bytes, size_t n, int64_t deadline)
{
  while (n > 0)
    {
      ssize_t got = recv (fd, ret_bytes, n, MSG_DONTWAIT);

      if (got > 0)
        {
          ret_bytes += got;
          n -= (size_t)got;
        }
      else if (got < 0 && errno == EAGAIN)
        {
          if (mp_wait_fd (fd, POLLIN, deadline) == 0)
            return MP_TIMEOUT;
        }
      else if (got == 0 || errno != EINTR)
        return MP_EOF;
    }
  return MP_OK;
}

static int
send_request (int fd, ManagerHead *head, MpValue args, int64_t deadline)
{
  size_t bytes = mp_value_encoded_bytes (args);
  unsigned char *frame;
  int error;

  if (bytes > MANAGER_BODY_MAX)
    return MP_TOO_LARGE;
  frame = malloc (sizeof *head + bytes);
  if (frame == NULL)
    return MP_TOO_LARGE;
  head->magic = MANAGER_MAGIC;
  head->bytes = (uint32_t)bytes;
  memcpy (frame, head, sizeof *head);
  mp_value_encode (args, frame + sizeof *head);
  error = send_all (fd, frame, sizeof *head + bytes, deadline);
  free (frame);
  return error;
}

/* The server's word for its length is taken: it is one that this run started. */
static int
recv_reply (int fd, const ManagerHead *request, MpValue *ret_result, int64_t deadline)
{
  unsigned char *body;
  MpValue result;
  ManagerHead head;
  int error = recv_all (fd, (unsigned char *)&head, sizeof head, deadline);

  if (error != MP_OK)
    return error;
  if (head.magic != MANAGER_MAGIC || head.number != request->number
      || head.bytes > MANAGER_BODY_MAX || head.error > 0)
    return MP_EOF;
  body = malloc (head.bytes);
  if (body == NULL)
    return MP_TOO_LARGE;
  error = recv_all (fd, body, head.bytes, deadline);
  if (error == MP_OK && mp_value_decode (body, head.bytes, &result) != MP_OK)
    error = MP_EOF;
  free (body);
  if (error != MP_OK)
    return error;
  if (head.error == 0 && ret_result != NULL)
    *ret_result = result;
  else
    mp_clear (&result);
  return head.error;
}

/* Errors that leave the connection in the middle of something. */
static bool
is_broken (int error)
{
  return error == MP_EOF || error == MP_TIMEOUT || error == MP_TOO_LARGE;
}

int
manager_channel_call (MpManager *manager,
                      ManagerHead *head,
                      MpValue args,
                      MpValue *ret_result,
                      int64_t deadline)
{
  int fd;
  int error = get_channel (manager, &fd);

  if (error == MP_OK)
    error = send_request (fd, head, args, deadline);
  mp_clear (&args);
  if (error == MP_OK)
    {
      mp_point (PN_KIND_MANAGER_REPLY, manager->object);
      error = recv_reply (fd, head, ret_result, deadline);
    }
  if (is_broken (error))
    manager_channel_close (manager);
  return error;
}

void
manager_channel_close (const MpManager *manager)
{
  Channel *first;
  Channel **place;

  pthread_once (&key_once, make_key);
  first = pthread_getspecific (key);
  place = find_channel (&first, manager);
  if (*place != NULL)
    {
      Channel *channel = *place;

      *place = channel->next;
      close (channel->fd);
      free (channel);
    }
  pthread_setspecific (key, first);
}
