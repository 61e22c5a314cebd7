/* SPDX-License-Identifier: MIT */
#include "process-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ProcessSelf the_self = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Nothing of what a forked process inherits is its own. */
static void
forget_inherited (ProcessSelf *self)
{
  for (MpProcess *next, *child = self->children; child != NULL; child = next)
    {
      next = child->next;
      process_unref (child);
    }
  for (EndHook *next, *hook = self->hooks; hook != NULL; hook = next)
    {
      next = hook->next;
      free (hook);
    }
  self->pid = getpid ();
  self->ending = false;
  self->n_made = 0;
  self->children = NULL;
  self->hooks = NULL;
  self->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

static MpProcess *
make_main (ProcessSelf *self)
{
  MpProcess *process = process_make ("MainProcess", NULL, 0, getppid ());

  if (process == NULL)
    return NULL;
  process->pid = self->pid;
  process->started = true;
  return process;
}

/* A sister that was started before this process. For want of a descriptor its pid alone
 * must do: to take it for dead would be the worse mistake. */
static bool
is_running (ProcessSelf *self, MpProcess *process)
{
  struct pollfd end = { .fd = process_open_pidfd (self, process), .events = POLLIN };
  bool running;

  if (end.fd < 0)
    return errno != ESRCH && kill (mp_process_pid (process), 0) == 0;
  running = poll (&end, 1, 0) == 0;
  close (end.fd);
  return running;
}

ProcessSelf *
process_self (void)
{
  if (the_self.pid != getpid ())
    forget_inherited (&the_self);
  return &the_self;
}

MpProcess *
process_current (ProcessSelf *self)
{
  if (self->current == NULL)
    self->current = make_main (self);
  return self->current;
}

MpProcess *
process_make (const char *name, const MpProcess *parent, int rank, pid_t creator)
{
  MpProcess *process = calloc (1, sizeof *process);
  const char *above = parent != NULL ? parent->identity : "";
  int failed = 0;

  if (process == NULL)
    return mp_fail (MP_SYSTEM);
  process->refs = 1;
  process->pidfd = -1;
  process->rank = rank;
  process->creator = creator;
  if (rank == 0)
    process->identity = strdup ("");
  else if (asprintf (
               &process->identity, "%s%s%d", above, *above != '\0' ? ":" : "", rank)
           < 0)
    process->identity = NULL;
  if (name != NULL)
    process->name = strdup (name);
  else if (process->identity != NULL)
    failed = asprintf (&process->name, "Process-%s", process->identity);
  if (failed >= 0 && process->name != NULL && process->identity != NULL)
    return process;
  if (failed < 0)
    process->name = NULL;
  process_unref (process);
  return mp_fail (MP_SYSTEM);
}

void
process_unref (MpProcess *process)
{
  if (--process->refs > 0)
    return;
  if (process->pidfd >= 0)
    close (process->pidfd);
  free (process->identity);
  free (process->name);
  free (process);
}

void
process_become_child (ProcessSelf *self, MpProcess *process)
{
  /* The copy of what the parent was to itself: nothing to allocate. */
  MpProcess *parent = process_current (self);

  parent->pid = self->pid;
  parent->creator = 0;
  parent->next = self->parent;
  forget_inherited (self);
  self->is_child = true;
  self->parent = parent;
  self->current = process;
  process->refs++;
  process->started = true;
  process->pid = self->pid;
}

int
mp_process_pidfd (MpProcess *process)
{
  ProcessSelf *self = process_self ();

  pthread_mutex_lock (&self->lock);
  if (process->pidfd < 0 && process->started && !process->ended && !process->closed)
    process->pidfd = process_open_pidfd (self, process);
  pthread_mutex_unlock (&self->lock);
  return process->pidfd;
}

uint32_t
mp_process_number_of (MpProcess *process)
{
  if (process == the_self.current)
    return mp_process_number ();
  return process->number;
}

MpProcess *
mp_process_new (const char *name, MpTarget target, void *arg)
{
  ProcessSelf *self = process_self ();
  MpProcess *current;
  MpProcess *process;
  int rank;

  pthread_mutex_lock (&self->lock);
  current = process_current (self);
  rank = ++self->n_made;
  pthread_mutex_unlock (&self->lock);
  if (current == NULL)
    return NULL;
  process = process_make (name, current, rank, self->pid);
  if (process == NULL)
    return NULL;
  process->target = target;
  process->arg = arg;
  return process;
}

void
mp_process_free (MpProcess *process)
{
  ProcessSelf *self = process_self ();

  if (process == NULL || process == self->parent)
    return;
  pthread_mutex_lock (&self->lock);
  process_unref (process);
  pthread_mutex_unlock (&self->lock);
}

int
mp_process_set_daemon (MpProcess *process, bool daemon)
{
  if (process->started)
    return MP_STATE;
  process->daemon = daemon;
  return MP_OK;
}

bool
mp_process_daemon (MpProcess *process)
{
  return process->daemon;
}

const char *
mp_process_name (MpProcess *process)
{
  return process->name;
}

int
mp_process_set_name (MpProcess *process, const char *name)
{
  char *copy;

  if (name == NULL)
    return MP_INVALID;
  copy = strdup (name);
  if (copy == NULL)
    return MP_SYSTEM;
  free (process->name);
  process->name = copy;
  return MP_OK;
}

pid_t
mp_process_pid (MpProcess *process)
{
  return process == the_self.current ? getpid () : process->pid;
}

bool
mp_process_is_alive (MpProcess *process)
{
  ProcessSelf *self = process_self ();

  if (process == self->current)
    return true;
  if (process == self->parent)
    return getppid () == process->pid;
  if (!process->started || process->closed || process->ended)
    return false;
  if (process->creator == self->pid)
    return !process_look (self, process);
  return is_running (self, process);
}

bool
mp_process_exitcode (MpProcess *process, int *ret_code)
{
  ProcessSelf *self = process_self ();

  if (!process->started || process == self->current || process == self->parent)
    return false;
  if (!process->ended && !process->closed && process->creator == self->pid)
    process_look (self, process);
  if (!process->code_known)
    return false;
  *ret_code = process->code;
  return true;
}

int
mp_process_close (MpProcess *process)
{
  ProcessSelf *self = process_self ();

  if (process == self->current || process == self->parent)
    return MP_INVALID;
  if (process->started && mp_process_is_alive (process))
    return MP_INVALID;
  if (process->pidfd >= 0)
    close (process->pidfd);
  process->pidfd = -1;
  process->closed = true;
  return MP_OK;
}

MpProcess *
mp_current_process (void)
{
  return process_current (process_self ());
}

MpProcess *
mp_parent_process (void)
{
  return process_self ()->parent;
}

size_t
mp_active_children (MpProcess **ret_children, size_t max)
{
  ProcessSelf *self = process_self ();
  size_t n = 0;

  process_look_at_all (self);
  pthread_mutex_lock (&self->lock);
  for (MpProcess *child = self->children; child != NULL; child = child->next)
    {
      if (n < max)
        ret_children[n] = child;
      n++;
    }
  pthread_mutex_unlock (&self->lock);
  return n;
}

int
mp_process_rank (void)
{
  ProcessSelf *self = process_self ();

  return self->current != NULL ? self->current->rank : 0;
}
