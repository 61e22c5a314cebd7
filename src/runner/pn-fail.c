/* SPDX-License-Identifier: MIT */
#include "pn-fail.h"

#include "pn-options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *
advice (int error)
{
  switch (error)
    {
    case ENOSYS:
    case EINVAL:
    case EPERM:
    case EACCES:
      return "it needs Linux 5.3 or later with /proc, and a container or sandbox that "
             "forbids nothing of it";
    case EMFILE:
    case ENFILE:
      return "allow more open files (ulimit -n) or close other programs";
    case EAGAIN:
      return "allow more processes (ulimit -u) or close other programs";
    case ENOMEM:
    case ENOSPC:
      return "free memory, or allow more of it (ulimit -v)";
    case EFBIG:
      return "allow larger files (ulimit -f)";
    case ENOENT:
    case ESRCH:
      return "mount this container's own: mount -t proc proc /proc";
    default:
      return "run it again";
    }
}

int
pn_fail (const char *what, int error)
{
  fprintf (stderr,
           "procession-runner: cannot %s: %s; %s\n",
           what,
           strerror (error),
           advice (error));
  return PN_EXIT_FAILED;
}

const char *
pn_launch_advice (int error)
{
  switch (error)
    {
    case ENOENT:
    case ENOTDIR:
      return "is it there, and what its first line (#!) names?";
    case EACCES:
    case EPERM:
      return "allow it to be executed (chmod +x)";
    default:
      return advice (error);
    }
}
