/* SPDX-License-Identifier: MIT */
#include "pn-tee.h"

#include "pn-session.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct _PnTee
{
  int fd;     /* -1: closed */
  char *path; /* for messages */
};

PnTee *
pn_tee_open (const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int code = errno;
  g_autofree char *shown = g_filename_display_name (path);
  PnTee *self;

  if (fd < 0)
    {
      g_set_error (error,
                   PN_SESSION_ERROR,
                   PN_SESSION_ERROR_RECORD,
                   "can't record to “%s”: %s; choose another place",
                   shown,
                   g_strerror (code));
      return NULL;
    }
  self = g_new0 (PnTee, 1);
  self->fd = fd;
  self->path = g_steal_pointer (&shown);
  return self;
}

static gboolean
fail (PnTee *self, int code, GError **error)
{
  g_set_error (error,
               PN_SESSION_ERROR,
               PN_SESSION_ERROR_RECORD,
               "%s: the recording is not whole: %s; record to another place",
               self->path,
               g_strerror (code));
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  return FALSE;
}

gboolean
pn_tee_write (PnTee *self, const void *bytes, gsize n, GError **error)
{
  const char *at = bytes;

  while (self && self->fd >= 0 && n > 0)
    {
      ssize_t written = write (self->fd, at, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail (self, errno, error);
      at += written;
      n -= (gsize)written;
    }
  return TRUE;
}

gboolean
pn_tee_close (PnTee *self, GError **error)
{
  int fd;

  if (!self || self->fd < 0)
    return TRUE;
  fd = self->fd;
  self->fd = -1;
  /* Some file systems tell only here that the disk is full. */
  return close (fd) == 0 || fail (self, errno, error);
}

void
pn_tee_free (PnTee *self)
{
  if (!self)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}
