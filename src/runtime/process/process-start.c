/* SPDX-License-Identifier: MIT */
#include "process-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/single_threaded.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* glibc's list of open streams; NULL where the C library has none. */
extern FILE *_IO_list_all __attribute__ ((weak));

/* Wide ones keep their buffer elsewhere. */
static bool
may_have_unwritten (const FILE *stream)
{
  return stream->_IO_write_ptr > stream->_IO_write_base || stream->_mode > 0;
}

/* fflush (NULL) takes locks and code that a process just forked has to fault in: four
 * pages, 5 us. Only while there is one thread. */
static bool
all_are_written (void)
{
  if (&_IO_list_all == NULL)
    return false;
  for (const FILE *stream = _IO_list_all; stream != NULL; stream = stream->_chain)
    if (may_have_unwritten (stream))
      return false;
  return true;
}

/* So that what stands in a buffer is not written twice. With threads, only what we
 * write to ourselves: one of them may hold a stream for long, such as stdin in a read.
 */
static void
flush_streams (void)
{
  if (!__libc_single_threaded)
    {
      fflush (stdout);
      fflush (stderr);
    }
  else if (!all_are_written ())
    fflush (NULL);
}

static bool
is_null_device (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && S_ISCHR (status.st_mode)
         && status.st_rdev == makedev (1, 3);
}

/* Like Python's: a child does not compete with its parent for the terminal. A child is
 * short of pages: what is not written to need not be copied. */
static void
close_stdin (void)
{
  int fd;

  if (stdin->_IO_read_ptr != stdin->_IO_read_end)
    __fpurge (stdin);
  if (feof_unlocked (stdin) || ferror_unlocked (stdin))
    clearerr (stdin);
  fd = open ("/dev/null", O_RDONLY);
  if (fd < 0 || fd == STDIN_FILENO)
    return;
  dup2 (fd, STDIN_FILENO);
  close (fd);
}

static void __attribute__ ((noreturn)) end_child (ProcessSelf *self, int code)
{
  process_finish (self, code);
  _exit (code & 0xff);
}

static void __attribute__ ((noreturn)) run_child (ProcessSelf *self,
                                                  MpProcess *process,
                                                  uint32_t parent,
                                                  uint64_t tick,
                                                  bool has_stdin)
{
  process_become_child (self, process);
  if (has_stdin)
    close_stdin ();
  mp_emit_become (process->slot, process->number, parent, tick);
  end_child (self, process->target != NULL ? process->target (process->arg) : 0);
}

/* Its number and its place in the arena, before it exists. */
static void
announce (MpProcess *process, uint32_t parent, MpSite site)
{
  process->number = atomic_fetch_add (&mp_arena ()->next_process, 1);
  process->slot = mp_slot_take (process->number, parent);
  mp_emit_note (&(MpNote){
      .kind = PN_KIND_PROCESS_START,
      .flags = process->daemon ? PN_FLAG_DAEMON : 0,
      .peer = process->number,
      .file = site.file,
      .line = site.line,
      .text = process->name,
      .text_bytes = SIZE_MAX,
  });
}

static void
announce_failure (MpProcess *process, MpSite site)
{
  mp_emit_note (&(MpNote){
      .kind = PN_KIND_PROCESS_END,
      .flags = PN_FLAG_FAILED,
      .process = process->number,
      .value = MP_SYSTEM,
      .file = site.file,
      .line = site.line,
  });
  if (process->slot != NULL)
    mp_slot_give_back (process->slot);
  process->slot = NULL;
  process->number = 0;
}

static void
add_child (ProcessSelf *self, MpProcess *process)
{
  MpProcess **place = &self->children;

  pthread_mutex_lock (&self->lock);
  while (*place != NULL)
    place = &(*place)->next;
  *place = process;
  process->next = NULL;
  process->refs++;
  pthread_mutex_unlock (&self->lock);
}

/* As in Python, a start reaps what has ended. With many children that run, one look for
 * all of them is enough. */
static void
reap_ended (ProcessSelf *self)
{
  siginfo_t info = { .si_pid = 0 };

  if (self->children == NULL
      || (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0
          && info.si_pid == 0))
    return;
  process_look_at_all (self);
}

static bool
may_start (ProcessSelf *self, MpProcess *process)
{
  return !process->started && process->creator == self->pid
         && !process_current (self)->daemon;
}

static void
run_hooks (ProcessSelf *self)
{
  for (;;)
    {
      EndHook *hook;

      pthread_mutex_lock (&self->lock);
      hook = self->hooks;
      if (hook != NULL)
        self->hooks = hook->next;
      pthread_mutex_unlock (&self->lock);
      if (hook == NULL)
        return;
      hook->function (hook->data);
      free (hook);
    }
}

/* The list is long-lived only here: nothing else runs that could take from it. */
static void
end_children (ProcessSelf *self)
{
  MpProcess *child;

  for (child = self->children; child != NULL;)
    {
      MpProcess *next = child->next;

      if (child->daemon)
        mp_process_signal_at (child, SIGTERM, MP_SITE_NONE);
      child = next;
    }
  while ((child = self->children) != NULL)
    mp_process_join_at (child, MP_FOREVER, MP_SITE_NONE);
}

void
process_finish (ProcessSelf *self, int code)
{
  if (self->ending)
    return;
  self->ending = true;
  if (self->hooks != NULL || self->children != NULL)
    {
      flush_streams ();
      run_hooks (self);
      end_children (self);
    }
  mp_point (PN_KIND_PROCESS_EXIT, 0);
  flush_streams ();
  mp_emit (PN_KIND_PROCESS_EXIT, 0, 0, code & 0xff, MP_SITE_NONE);
}

void
mp_process_on_exit (int code, void *unused)
{
  process_finish (process_self (), code);
}

int
mp_process_start_at (MpProcess *process, MpSite site)
{
  ProcessSelf *self = process_self ();
  uint32_t parent = 0;
  bool has_stdin;
  uint64_t tick;
  pid_t pid;

  if (process->closed)
    return MP_CLOSED;
  if (!may_start (self, process))
    return MP_STATE;
  mp_point (PN_KIND_PROCESS_START, 0);
  reap_ended (self);
  mp_heap_init ();
  if (mp_is_observed ())
    {
      parent = mp_process_number ();
      process_current (self)->number = parent;
      announce (process, parent, site);
    }
  has_stdin = !is_null_device (STDIN_FILENO);
  flush_streams ();
  tick = mp_start_tick ();
  pid = fork ();
  if (pid == 0)
    run_child (self, process, parent, tick, has_stdin);
  if (pid < 0)
    {
      int saved_errno = errno;

      if (process->number != 0)
        announce_failure (process, site);
      errno = saved_errno;
      return MP_SYSTEM;
    }
  process->pid = pid;
  process->started = true;
  process->start_time = mp_start_time (pid, tick);
  if (process->slot != NULL)
    mp_slot_go_live (process->slot, pid, process->start_time);
  add_child (self, process);
  return MP_OK;
}

void
mp_exit (int code)
{
  ProcessSelf *self = process_self ();

  if (self->is_child)
    end_child (self, code);
  exit (code & 0xff);
}

int
mp_on_end (void (*function) (void *data), void *data)
{
  ProcessSelf *self = process_self ();
  EndHook *hook = malloc (sizeof *hook);

  if (hook == NULL)
    return MP_SYSTEM;
  hook->function = function;
  hook->data = data;
  pthread_mutex_lock (&self->lock);
  hook->next = self->hooks;
  self->hooks = hook;
  pthread_mutex_unlock (&self->lock);
  return MP_OK;
}

void
mp_on_end_cancel (void (*function) (void *data), void *data)
{
  ProcessSelf *self = process_self ();

  pthread_mutex_lock (&self->lock);
  for (EndHook **place = &self->hooks; *place != NULL; place = &(*place)->next)
    if ((*place)->function == function && (*place)->data == data)
      {
        EndHook *hook = *place;

        *place = hook->next;
        free (hook);
        break;
      }
  pthread_mutex_unlock (&self->lock);
}
