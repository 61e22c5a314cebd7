/* SPDX-License-Identifier: MIT */
#include "manager-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_BYTES 65536

/* How often it looks whether its creator is there, where it can't be told. */
#define LOOK_NS 1000000000

typedef struct
{
  unsigned char *bytes;
  size_t begin; /* of what is still to be used */
  size_t n;
  size_t room;
} Buffer;

typedef struct
{
  int fd;
  Buffer in;  /* requests that are not whole yet */
  Buffer out; /* replies that the client has not taken yet */
} Client;

typedef struct
{
  MpManager *manager;
  int listen_fd;
  int creator_fd; /* pidfd, or -1 */
  Client *clients;
  size_t n_clients;
  struct pollfd *polls; /* listen_fd, creator_fd, then the clients */
  ManagerObject *objects;
  size_t n_objects;
  bool is_over;
  bool is_idle; /* and has said so */
} Server;

static volatile sig_atomic_t got_sigterm;

static void
on_sigterm (int signal)
{
  got_sigterm = 1;
}

static bool
buffer_reserve (Buffer *buffer, size_t n)
{
  unsigned char *larger;
  size_t room = buffer->room > 0 ? buffer->room : READ_BYTES;

  if (buffer->begin > 0)
    {
      memmove (buffer->bytes, buffer->bytes + buffer->begin, buffer->n - buffer->begin);
      buffer->n -= buffer->begin;
      buffer->begin = 0;
    }
  if (buffer->n + n <= buffer->room)
    return true;
  while (room < buffer->n + n)
    room *= 2;
  larger = realloc (buffer->bytes, room);
  if (larger == NULL)
    return false;
  buffer->bytes = larger;
  buffer->room = room;
  return true;
}

static size_t
buffer_left (const Buffer *buffer)
{
  return buffer->n - buffer->begin;
}

static void
close_client (Client *client)
{
  close (client->fd);
  client->fd = -1;
  free (client->in.bytes);
  free (client->out.bytes);
  client->in = client->out = (Buffer){ NULL };
}

static void
drop_closed (Server *server)
{
  size_t kept = 0;

  for (size_t i = 0; i < server->n_clients; i++)
    if (server->clients[i].fd >= 0)
      server->clients[kept++] = server->clients[i];
  server->n_clients = kept;
}

/* Other users of the machine can reach the address too. */
static bool
is_own_user (int fd)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
         && peer.uid == geteuid ();
}

/* One more in each array, before it is needed. */
static bool
reserve_client (Server *server)
{
  size_t n = server->n_clients + 1;
  Client *clients = realloc (server->clients, n * sizeof *clients);
  struct pollfd *polls;

  if (clients == NULL)
    return false;
  server->clients = clients;
  polls = realloc (server->polls, (n + 2) * sizeof *polls);
  if (polls == NULL)
    return false;
  server->polls = polls;
  return true;
}

static void
accept_client (Server *server)
{
  struct timespec pause = mp_timespec (10000000);
  int fd = accept4 (server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    {
      /* No descriptor is free: the socket stays readable, so do not spin. */
      if (errno == EMFILE || errno == ENFILE)
        nanosleep (&pause, NULL);
      return;
    }
  if (!is_own_user (fd) || !reserve_client (server))
    {
      close (fd);
      return;
    }
  server->clients[server->n_clients++] = (Client){ .fd = fd };
}

static int
add_object (Server *server, MpType type, MpValue args, MpValue *ret_place)
{
  ManagerObject *objects
      = realloc (server->objects, (server->n_objects + 1) * sizeof *objects);

  if (objects == NULL)
    return MP_TOO_LARGE;
  server->objects = objects;
  objects[server->n_objects]
      = (ManagerObject){ .object = (uint32_t)mp_as_int (mp_at (args, 0)),
                         .value = type == MP_LIST ? mp_list () : mp_dict () };
  *ret_place = mp_int ((int64_t)server->n_objects++);
  return MP_OK;
}

static void
emit_contents (const ManagerObject *object)
{
  char text[MANAGER_TEXT_BYTES];

  if (mp_is_observed ())
    mp_emit_text (PN_KIND_VALUE_WRITE,
                  object->object,
                  0,
                  0,
                  MP_SITE_NONE,
                  mp_repr (object->value, text, sizeof text));
}

static void
emit_serve (uint32_t object, const ManagerHead *head, MpValue args)
{
  char text[MANAGER_TEXT_BYTES];

  if (mp_is_observed ())
    mp_emit_text (PN_KIND_MANAGER_SERVE,
                  object,
                  head->client,
                  (int64_t)head->number,
                  MP_SITE_NONE,
                  manager_call_text ((ManagerCall)head->call, args, text));
}

static int
serve_manager (Server *server, const ManagerHead *head, MpValue args, MpValue *result)
{
  int error = MP_OK;

  emit_serve (server->manager->object, head, args);
  if (head->call == CALL_SHUTDOWN)
    server->is_over = true;
  else
    error = add_object (
        server, head->call == CALL_NEW_LIST ? MP_LIST : MP_DICT, args, result);
  if (error == MP_OK && head->call != CALL_SHUTDOWN)
    emit_contents (&server->objects[server->n_objects - 1]);
  return error;
}

/* A call that can't be is answered, not believed. */
static int
serve_call (Server *server, const ManagerHead *head, MpValue *args, MpValue *result)
{
  ManagerObject *object;
  MpType type;
  bool changed;
  int error;

  if (head->call >= N_CALLS || args->type != MP_LIST
      || mp_len (*args) != manager_call_n_args ((ManagerCall)head->call))
    return MP_INVALID;
  type = manager_call_type ((ManagerCall)head->call);
  if (type == MP_NONE)
    return serve_manager (server, head, *args, result);
  if (head->place >= server->n_objects
      || server->objects[head->place].value.type != type)
    return MP_INVALID;
  object = &server->objects[head->place];
  emit_serve (object->object, head, *args);
  error = manager_object_call (object, (ManagerCall)head->call, args, result, &changed);
  if (changed)
    emit_contents (object);
  return error;
}

static bool
put_reply (Client *client, const ManagerHead *request, int error, MpValue result)
{
  size_t bytes = mp_value_encoded_bytes (result);
  ManagerHead head = *request;
  unsigned char *at;

  if (bytes > MANAGER_BODY_MAX || !buffer_reserve (&client->out, sizeof head + bytes))
    return false;
  head.bytes = (uint32_t)bytes;
  head.error = error;
  at = client->out.bytes + client->out.n;
  memcpy (at, &head, sizeof head);
  mp_value_encode (result, at + sizeof head);
  client->out.n += sizeof head + bytes;
  return true;
}

/* False: the client is to be dropped. */
static bool
serve_request (Server *server, Client *client, const ManagerHead *head)
{
  const unsigned char *body = client->in.bytes + client->in.begin + sizeof *head;
  MpValue result = mp_none ();
  MpValue args;
  bool is_good;
  int error;

  server->is_idle = false;
  mp_point (PN_KIND_MANAGER_SERVE, server->manager->object);
  if (mp_value_decode (body, head->bytes, &args) != MP_OK)
    return false;
  client->in.begin += sizeof *head + head->bytes;
  error = serve_call (server, head, &args, &result);
  is_good = put_reply (client, head, error, result);
  mp_clear (&result);
  mp_clear (&args);
  return is_good;
}

/* All that is whole. */
static bool
serve_requests (Server *server, Client *client)
{
  while (buffer_left (&client->in) >= sizeof (ManagerHead))
    {
      ManagerHead head;

      memcpy (&head, client->in.bytes + client->in.begin, sizeof head);
      if (head.magic != MANAGER_MAGIC || head.bytes > MANAGER_BODY_MAX)
        return false;
      if (buffer_left (&client->in) - sizeof head < head.bytes)
        return true;
      if (!serve_request (server, client, &head))
        return false;
    }
  return true;
}

static bool
read_client (Server *server, Client *client)
{
  ssize_t got;

  if (!buffer_reserve (&client->in, READ_BYTES))
    return false;
  got = recv (client->fd, client->in.bytes + client->in.n, READ_BYTES, 0);
  if (got <= 0)
    return got < 0 && (errno == EAGAIN || errno == EINTR);
  client->in.n += (size_t)got;
  return serve_requests (server, client);
}

static bool
write_client (Client *client)
{
  Buffer *out = &client->out;

  while (buffer_left (out) > 0)
    {
      ssize_t sent
          = send (client->fd, out->bytes + out->begin, buffer_left (out), MSG_NOSIGNAL);

      if (sent < 0)
        return errno == EAGAIN || errno == EINTR;
      out->begin += (size_t)sent;
    }
  out->begin = out->n = 0;
  return true;
}

/* Who does not take its replies is not listened to meanwhile, and nobody waits for it.
 */
static void
handle_client (Server *server, Client *client, short events)
{
  bool is_good = true;

  if (events & (POLLIN | POLLHUP | POLLERR) && buffer_left (&client->out) == 0)
    is_good = read_client (server, client);
  else if (events & (POLLHUP | POLLERR))
    is_good = false;
  if (is_good)
    is_good = write_client (client);
  if (!is_good)
    close_client (client);
}

static void
fill_polls (Server *server)
{
  server->polls[0] = (struct pollfd){ .fd = server->listen_fd, .events = POLLIN };
  server->polls[1] = (struct pollfd){ .fd = server->creator_fd, .events = POLLIN };
  for (size_t i = 0; i < server->n_clients; i++)
    {
      const Client *client = &server->clients[i];
      short events = buffer_left (&client->out) > 0 ? POLLOUT : POLLIN;

      server->polls[i + 2] = (struct pollfd){ .fd = client->fd, .events = events };
    }
}

/* The one place where a server waits. SIGTERM comes only while it sleeps here. */
static int
wait_for_call (Server *server, const sigset_t *unblocked)
{
  struct timespec look = mp_timespec (LOOK_NS);
  struct timespec no_time = { 0, 0 };
  nfds_t n = server->n_clients + 2;
  int n_ready = ppoll (server->polls, n, &no_time, unblocked);

  if (n_ready == 0)
    {
      if (!server->is_idle)
        mp_emit (
            PN_KIND_MANAGER_SERVE_WAIT, server->manager->object, 0, -1, MP_SITE_NONE);
      server->is_idle = true;
      n_ready = ppoll (server->polls, n, &look, unblocked);
    }
  return n_ready;
}

static void
serve_until_over (Server *server)
{
  sigset_t sigterm, old;

  sigemptyset (&sigterm);
  sigaddset (&sigterm, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &sigterm, &old);
  sigdelset (&old, SIGTERM);
  while (!server->is_over && !got_sigterm && getppid () == server->manager->creator)
    {
      size_t n = server->n_clients;

      fill_polls (server);
      if (wait_for_call (server, &old) <= 0)
        continue;
      for (size_t i = 0; i < n; i++)
        if (server->polls[i + 2].revents != 0)
          handle_client (server, &server->clients[i], server->polls[i + 2].revents);
      drop_closed (server);
      if (server->polls[0].revents != 0)
        accept_client (server);
    }
}

static int
listen_at_address (MpManager *manager)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    return -1;
  /* Only the family is given: the kernel chooses a free abstract name. */
  manager->address.sun_family = AF_UNIX;
  manager->address_bytes = sizeof manager->address;
  if (bind (fd, (struct sockaddr *)&manager->address, sizeof (sa_family_t)) == 0
      && getsockname (fd, (struct sockaddr *)&manager->address, &manager->address_bytes)
             == 0
      && listen (fd, SOMAXCONN) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
set_signals (void)
{
  struct sigaction action = { .sa_handler = on_sigterm };

  sigaction (SIGTERM, &action, NULL);
  /* As Python's: Ctrl+C is for the program, which then shuts the server down. */
  signal (SIGINT, SIG_IGN);
}

int
manager_serve (void *data)
{
  MpManager *manager = data;
  Server server = { .manager = manager, .creator_fd = -1 };

  set_signals ();
  manager->server_pid = getpid ();
  server.listen_fd = listen_at_address (manager);
  if (server.listen_fd >= 0 && reserve_client (&server))
    {
      server.creator_fd = (int)syscall (SYS_pidfd_open, manager->creator, 0);
      atomic_store (&manager->is_ready, 1);
      mp_futex_wake (&manager->is_ready, INT_MAX);
      serve_until_over (&server);
    }
  for (size_t i = 0; i < server.n_clients; i++)
    close_client (&server.clients[i]);
  for (size_t i = 0; i < server.n_objects; i++)
    mp_clear (&server.objects[i].value);
  free (server.clients);
  free (server.polls);
  free (server.objects);
  return server.listen_fd >= 0 ? 0 : 1;
}
