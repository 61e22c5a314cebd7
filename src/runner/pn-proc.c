/* SPDX-License-Identifier: MIT */
#include "pn-proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

static int
by_pid (const void *a, const void *b)
{
  const PnProc *left = a;
  const PnProc *right = b;

  return (left->pid > right->pid) - (left->pid < right->pid);
}

static int
list_append (PnProcList *list, const PnProc *proc)
{
  if (list->n == list->room)
    {
      size_t room = list->room > 0 ? 2 * list->room : 256;
      PnProc *procs = realloc (list->procs, room * sizeof *procs);

      if (procs == NULL)
        return -ENOMEM;
      list->procs = procs;
      list->room = room;
    }
  list->procs[list->n++] = *proc;
  return 0;
}

static int
list_everybody (PnProcList *list)
{
  DIR *dir = opendir ("/proc");
  struct dirent *entry;
  int result = 0;

  list->n = 0;
  if (dir == NULL)
    return -errno;
  while (result == 0 && (entry = readdir (dir)) != NULL)
    {
      int pid = atoi (entry->d_name);
      PnProc proc;

      if (pid > 0 && pn_proc_read (pid, &proc) == 0)
        result = list_append (list, &proc);
    }
  closedir (dir);
  if (list->n > 0)
    qsort (list->procs, list->n, sizeof *list->procs, by_pid);
  return result;
}

/* The fields after the name. The name may hold anything, parentheses too. */
static int
parse_stat (const char *text, PnProc *ret_proc)
{
  const char *rest = strrchr (text, ')');
  int fields = 0;
  int wait_status = 0;

  if (rest == NULL)
    return -EINVAL;
  fields = sscanf (rest + 1,
                   " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                   "%d %*d %" SCNu64,
                   &ret_proc->state,
                   &ret_proc->parent,
                   &ret_proc->threads,
                   &ret_proc->start_time);
  if (fields != 4)
    return -EINVAL;
  rest = strrchr (rest, ' ');
  if (rest != NULL)
    wait_status = atoi (rest + 1);
  ret_proc->wait_status = wait_status;
  return 0;
}

int
pn_proc_check (void)
{
  char text[32];
  ssize_t n = readlink ("/proc/self", text, sizeof text - 1);

  if (n < 0)
    return -errno;
  text[n] = '\0';
  return atoi (text) == getpid () ? 0 : -ESRCH;
}

int
pn_proc_read (int pid, PnProc *ret_proc)
{
  char path[32];
  char text[1024];
  ssize_t n;
  int fd;
  PnProc proc = { .pid = pid };

  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? -ESRCH : -errno;
  n = read (fd, text, sizeof text - 1);
  close (fd);
  if (n <= 0)
    return -ESRCH;
  while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
    n--;
  text[n] = '\0';
  if (parse_stat (text, &proc) < 0)
    return -EINVAL;
  *ret_proc = proc;
  return 0;
}

int
pn_proc_list_descendants (PnProcList *list, int root)
{
  int result = list_everybody (list);
  size_t n = 0;
  size_t found;

  if (result < 0)
    return result;

  /* A parent's number can be the higher one (numbers wrap): go round until nothing
   * new is found. Descendants are marked by the root as their parent. */
  do
    {
      found = 0;
      for (size_t i = 0; i < list->n; i++)
        {
          PnProc *proc = &list->procs[i];
          const PnProc *parent;

          if (proc->parent == root)
            continue;
          parent = pn_proc_list_find (list, proc->parent);
          if (parent != NULL && parent->pid != root && parent->parent == root)
            {
              proc->parent = root;
              found++;
            }
        }
    }
  while (found > 0);

  for (size_t i = 0; i < list->n; i++)
    if (list->procs[i].parent == root && list->procs[i].pid != root)
      list->procs[n++] = list->procs[i];
  list->n = n;
  return 0;
}

int
pn_proc_count_tasks (void)
{
  char text[128];
  const char *slash;
  int fd = open ("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  ssize_t n;

  if (fd < 0)
    return -errno;
  n = read (fd, text, sizeof text - 1);
  close (fd);
  text[n > 0 ? n : 0] = '\0';
  slash = strchr (text, '/'); /* "0.20 0.18 0.12 1/80 11206" */
  return slash != NULL ? atoi (slash + 1) : -EINVAL;
}

void
pn_proc_list_clear (PnProcList *list)
{
  free (list->procs);
  memset (list, 0, sizeof *list);
}

const PnProc *
pn_proc_list_find (const PnProcList *list, int pid)
{
  const PnProc key = { .pid = pid };

  if (list->n == 0)
    return NULL;
  return bsearch (&key, list->procs, list->n, sizeof key, by_pid);
}

int
pn_proc_open (int pid, uint64_t start_time)
{
  int pidfd = pidfd_open (pid, 0);
  PnProc now;
  int result;

  if (pidfd < 0)
    return -errno;

  /* Read after the pidfd was opened: if the start time still fits, nobody else can
   * have had the number in between. */
  result = pn_proc_read (pid, &now);
  if (result == 0 && now.start_time == start_time)
    return pidfd;
  close (pidfd);
  return result < 0 ? result : -ESRCH;
}

int
pn_proc_signal (const PnProc *proc, int signal)
{
  int pidfd = pn_proc_open (proc->pid, proc->start_time);
  int result = 0;

  if (pidfd == -EMFILE || pidfd == -ENFILE)
    return kill (proc->pid, signal) < 0 ? -errno : 0;
  if (pidfd < 0)
    return pidfd;
  if (pidfd_send_signal (pidfd, signal, NULL, 0) < 0)
    result = -errno;
  close (pidfd);
  return result;
}
