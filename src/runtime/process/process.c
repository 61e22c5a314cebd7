/* SPDX-License-Identifier: MIT */
#include "process-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ":", an int, NUL */
#define RANK_BYTES 13

static ProcessSelf self_elsewhere = { .lock = PTHREAD_MUTEX_INITIALIZER };
static MP_THREAD_LOCAL ProcessSelf main_self = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Where the main thread's own data is, if it is the first to ask. */
static ProcessSelf *_Atomic the_self;

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

static ProcessSelf *
make_self (void)
{
  ProcessSelf *self = mp_is_main_thread () ? &main_self : &self_elsewhere;
  ProcessSelf *expected = NULL;

  return atomic_compare_exchange_strong (&the_self, &expected, self) ? self : expected;
}

ProcessSelf *
process_self (void)
{
  ProcessSelf *self = atomic_load_explicit (&the_self, memory_order_acquire);

  if (self == NULL)
    self = make_self ();
  if (self->pid != getpid ())
    forget_inherited (self);
  return self;
}

MpProcess *
process_current (ProcessSelf *self)
{
  if (self->current == NULL)
    self->current = make_main (self);
  return self->current;
}

/* "1:2". No printf: it takes so much stack that a process which has forked must copy
 * one more page. */
static void
write_identity (char *to, const char *above, int rank)
{
  char digits[RANK_BYTES];
  char *at = digits + sizeof digits;

  *--at = '\0';
  for (int rest = rank; rest > 0; rest /= 10)
    *--at = (char)('0' + rest % 10);
  to = stpcpy (to, above);
  if (*above != '\0' && rank > 0)
    *to++ = ':';
  strcpy (to, at);
}

static char *
default_name (const char *identity)
{
  static const char prefix[] = "Process-";
  char *name = malloc (sizeof prefix + strlen (identity));

  if (name != NULL)
    stpcpy (stpcpy (name, prefix), identity);
  return name;
}

MpProcess *
process_make (const char *name, const MpProcess *parent, int rank, pid_t creator)
{
  const char *above = parent != NULL ? parent->identity : "";
  MpProcess *process = malloc (sizeof *process + strlen (above) + RANK_BYTES);

  if (process == NULL)
    return mp_fail (MP_SYSTEM);
  *process = (MpProcess){ .refs = 1, .pidfd = -1, .rank = rank, .creator = creator };
  write_identity (process->identity, above, rank);
  process->name = name != NULL ? strdup (name) : default_name (process->identity);
  if (process->name != NULL)
    return process;
  free (process);
  return mp_fail (MP_SYSTEM);
}

void
process_unref (MpProcess *process)
{
  if (--process->refs > 0)
    return;
  if (process->pidfd >= 0)
    close (process->pidfd);
  free (process->name);
  free (process);
}

/* The object of the parent is the copy of what it was to itself. Neither that nor the
 * child's own need be written to: both lie on pages that would have to be copied. */
void
process_become_child (ProcessSelf *self, MpProcess *process)
{
  MpProcess *parent = process_current (self);

  if (parent->pid != self->pid)
    parent->pid = self->pid;
  if (parent->next != self->parent)
    parent->next = self->parent;
  forget_inherited (self);
  /* A pid that has come to this process from its grandparent. */
  if (parent->creator == self->pid)
    parent->creator = 0;
  self->is_child = true;
  self->parent = parent;
  self->current = process;
}

bool
process_has_started (const ProcessSelf *self, const MpProcess *process)
{
  return process->started || process == self->current;
}

int
mp_process_pidfd (MpProcess *process)
{
  ProcessSelf *self = process_self ();

  pthread_mutex_lock (&self->lock);
  if (process->pidfd < 0 && process_has_started (self, process) && !process->ended
      && !process->closed)
    process->pidfd = process_open_pidfd (self, process);
  pthread_mutex_unlock (&self->lock);
  return process->pidfd;
}

uint32_t
mp_process_number_of (MpProcess *process)
{
  if (process == process_self ()->current)
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

  if (process == NULL || process == self->parent || process == self->current)
    return;
  pthread_mutex_lock (&self->lock);
  process_unref (process);
  pthread_mutex_unlock (&self->lock);
}

int
mp_process_set_daemon (MpProcess *process, bool daemon)
{
  if (process_has_started (process_self (), process))
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
  ProcessSelf *self = process_self ();

  return process == self->current ? self->pid : process->pid;
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
