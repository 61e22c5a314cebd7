/* SPDX-License-Identifier: MIT */
#include "pn-broadway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PORT 8085
#define LAST_PORT 8125
#define START_TIMEOUT_US (5 * G_USEC_PER_SEC)
#define RETRY_US 20000

struct _PnBroadway
{
  pid_t pid;
  guint port;
  int claim_fd;
};

static int
open_socket (guint port, struct sockaddr_in *ret_address)
{
  *ret_address = (struct sockaddr_in){ .sin_family = AF_INET,
                                       .sin_port = htons ((uint16_t)port),
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  return socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static gboolean
is_free (guint port)
{
  struct sockaddr_in address;
  int fd = open_socket (port, &address);
  int one = 1;
  gboolean free;

  /* As the server does: a port that was in use a moment ago counts as free. */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  free = fd >= 0 && bind (fd, (struct sockaddr *)&address, sizeof address) == 0;
  if (fd >= 0)
    close (fd);
  return free;
}

/* Two that start at once both find a port free, and the one whose server ends would
 * take the other's for its own. So a port belongs to who has this name, until it ends.
 */
static int
claim (guint port)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  int length = snprintf (
      name.sun_path + 1, sizeof name.sun_path - 1, "procession-browser-%u", port);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd >= 0
      && bind (fd,
               (struct sockaddr *)&name,
               (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1 + length))
             == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
connects (int fd, const void *address, socklen_t length)
{
  gboolean connected = fd >= 0 && connect (fd, address, length) == 0;

  if (fd >= 0)
    close (fd);
  return connected;
}

static gboolean
answers_browsers (guint port)
{
  struct sockaddr_in address;
  int fd = open_socket (port, &address);

  return connects (fd, &address, sizeof address);
}

/* GTK's side of the server, which it opens after that for browsers. GTK looks for it at
 * the same place; one that is too long is told of there. */
static gboolean
answers_programs (guint port)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int length = snprintf (address.sun_path,
                         sizeof address.sun_path,
                         "%s/broadway%u.socket",
                         g_get_user_runtime_dir (),
                         port + 1);

  if (length >= (int)sizeof address.sun_path)
    return TRUE;
  return connects (
      socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), &address, sizeof address);
}

/* setpriv, because a process that is killed can't end its children itself. In a group
 * of its own: Ctrl+C is for this process. */
static int
spawn_server (PnBroadway *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *display = g_strdup_printf (":%u", self->port);
  char *argv[] = { "setpriv",   "--pdeathsig", "TERM",   "--", "gtk4-broadwayd",
                   "--address", "127.0.0.1",   "--port", port, display,
                   NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error;

  posix_spawn_file_actions_init (&actions);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETPGROUP);
  error = posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDWR, 0);
  if (!error)
    error = posix_spawn_file_actions_adddup2 (&actions, 0, 1);
  if (!error)
    error = posix_spawn_file_actions_adddup2 (&actions, 0, 2);
  if (!error)
    error = posix_spawnp (&self->pid, argv[0], &actions, &attributes, argv, environ);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return error;
}

static gboolean
wait_until_ready (PnBroadway *self)
{
  gint64 deadline_us = g_get_monotonic_time () + START_TIMEOUT_US;

  while (g_get_monotonic_time () < deadline_us)
    {
      if (waitpid (self->pid, NULL, WNOHANG) != 0)
        {
          self->pid = 0;
          return FALSE;
        }
      if (answers_browsers (self->port) && answers_programs (self->port))
        return TRUE;
      g_usleep (RETRY_US);
    }
  return FALSE;
}

static void
end_server (PnBroadway *self)
{
  if (self->pid != 0)
    {
      kill (self->pid, SIGTERM);
      while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
        ;
      self->pid = 0;
    }
  close (self->claim_fd);
}

static gboolean
start_on_any_port (PnBroadway *self, GError **error)
{
  for (self->port = FIRST_PORT; self->port <= LAST_PORT; self->port++)
    {
      int code;

      self->claim_fd = claim (self->port);
      if (self->claim_fd < 0)
        continue;
      if (!is_free (self->port))
        {
          end_server (self);
          continue;
        }
      code = spawn_server (self);
      if (code)
        {
          end_server (self);
          g_set_error (error,
                       G_IO_ERROR,
                       g_io_error_from_errno (code),
                       "can't start setpriv, of the package util-linux: %s",
                       g_strerror (code));
          return FALSE;
        }
      if (wait_until_ready (self))
        return TRUE;
      end_server (self);
    }
  g_set_error (error,
               G_IO_ERROR,
               G_IO_ERROR_FAILED,
               "gtk4-broadwayd does not start; are the ports %d to %d taken?",
               FIRST_PORT,
               LAST_PORT);
  return FALSE;
}

PnBroadway *
pn_broadway_start (GError **error)
{
  g_autofree char *server = g_find_program_in_path ("gtk4-broadwayd");
  g_autofree char *display = NULL;
  PnBroadway *self;

  if (!server)
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_NOT_FOUND,
                   "gtk4-broadwayd is missing; install the package libgtk-4-bin");
      return NULL;
    }
  self = g_new0 (PnBroadway, 1);
  if (!start_on_any_port (self, error))
    {
      g_free (self);
      return NULL;
    }
  display = g_strdup_printf (":%u", self->port);
  g_setenv ("GDK_BACKEND", "broadway", TRUE);
  g_setenv ("BROADWAY_DISPLAY", display, TRUE);
  return self;
}

void
pn_broadway_stop (PnBroadway *self)
{
  if (!self)
    return;
  end_server (self);
  g_free (self);
}

guint
pn_broadway_get_port (const PnBroadway *self)
{
  return self->port;
}
