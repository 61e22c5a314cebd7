/* SPDX-License-Identifier: MIT */
#include "process-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_STEP_NS 1000000

static void
emit_end (MpProcess *process, const siginfo_t *info)
{
  if (process->number == 0
      || (process->slot != NULL && !mp_slot_claim_end (process->slot, process->number)))
    return;
  mp_emit_note (&(MpNote){
      .kind = PN_KIND_PROCESS_END,
      .process = process->number,
      .value = info->si_code == CLD_EXITED ? info->si_status : -info->si_status,
  });
}

static void
remove_child (ProcessSelf *self, MpProcess *process)
{
  for (MpProcess **place = &self->children; *place != NULL; place = &(*place)->next)
    if (*place == process)
      {
        *place = process->next;
        process->next = NULL;
        process_unref (process);
        return;
      }
}

/* It is a zombie: said first, reaped then, so that its pid is not another's before. */
static void
reap (MpProcess *process, const siginfo_t *info)
{
  siginfo_t again;

  emit_end (process, info);
  process->code_known = true;
  process->code = info->si_code == CLD_EXITED ? info->si_status : -info->si_status;
  while (waitid (P_PID, (id_t)process->pid, &again, WEXITED) < 0 && errno == EINTR)
    ;
}

/* With the lock held. True if it has ended. */
static bool
look_locked (ProcessSelf *self, MpProcess *process)
{
  siginfo_t info = { .si_pid = 0 };

  if (process->ended)
    return true;
  if (waitid (P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
    {
      if (info.si_pid == 0)
        return false;
      reap (process, &info);
    }
  /* Else somebody else has reaped it: SIGCHLD is ignored, or the program called wait
   * (). Its code is not known. */
  process->ended = true;
  if (process->pidfd >= 0)
    close (process->pidfd);
  process->pidfd = -1;
  remove_child (self, process);
  return true;
}

/* Returns when the child has ended; it is not reaped. */
static void
wait_forever (MpProcess *process)
{
  siginfo_t info;

  while (waitid (P_PID, (id_t)process->pid, &info, WEXITED | WNOWAIT) < 0
         && errno == EINTR)
    ;
}

static int
wait_until (ProcessSelf *self, MpProcess *process, int64_t deadline)
{
  struct pollfd end = { .fd = -1, .events = POLLIN };

  while (!process_look (self, process))
    {
      struct timespec step = mp_timespec (POLL_STEP_NS);

      if (mp_now_ns () >= deadline)
        return MP_TIMEOUT;
      end.fd = mp_process_pidfd (process);
      if (end.fd >= 0)
        poll (&end, 1, mp_deadline_poll_ms (deadline));
      else /* no descriptor was free */
        nanosleep (&step, NULL);
    }
  return MP_OK;
}

/* The one place where a join decides to wait. */
static int
wait_for_end (ProcessSelf *self, MpProcess *process, double timeout, MpSite site)
{
  int64_t deadline = mp_deadline (timeout);

  if (process_look (self, process))
    return MP_OK;
  if (timeout <= 0)
    return MP_TIMEOUT;
  mp_emit (
      PN_KIND_PROCESS_JOIN_WAIT, 0, process->number, mp_timeout_ns (timeout), site);
  if (deadline == MP_NO_DEADLINE)
    wait_forever (process);
  return wait_until (self, process, deadline);
}

/* Where there is no pidfd, for want of descriptors or of a kernel that knows them, the
 * pid of our own child is as good: it stays its own until we reap it. */
static int
send_signal (ProcessSelf *self, MpProcess *process, int signal)
{
  int fd = process_open_pidfd (self, process);
  int result;

  if (fd >= 0)
    {
      result = (int)syscall (SYS_pidfd_send_signal, fd, signal, NULL, 0);
      close (fd);
      return result;
    }
  if (errno == ESRCH || (process != self->current && process->creator != self->pid))
    return -1;
  return kill (mp_process_pid (process), signal);
}

/* With the lock held: no thread can reap it in between. */
static int
signal_locked (ProcessSelf *self, MpProcess *process, int signal, MpSite site)
{
  if (process->ended || (process->creator == self->pid && look_locked (self, process)))
    return MP_OK;
  mp_emit (PN_KIND_PROCESS_SIGNAL, 0, mp_process_number_of (process), signal, site);
  if (send_signal (self, process, signal) == 0 || errno == ESRCH)
    return MP_OK;
  return MP_SYSTEM;
}

static void
hold (ProcessSelf *self, MpProcess *process)
{
  pthread_mutex_lock (&self->lock);
  process->refs++;
  pthread_mutex_unlock (&self->lock);
}

static void
let_go (ProcessSelf *self, MpProcess *process)
{
  pthread_mutex_lock (&self->lock);
  process_unref (process);
  pthread_mutex_unlock (&self->lock);
}

int
process_open_pidfd (ProcessSelf *self, MpProcess *process)
{
  pid_t pid = mp_process_pid (process);
  int fd = (int)syscall (SYS_pidfd_open, pid, 0);

  /* Our own child keeps its pid until we reap it. */
  if (fd < 0 || process == self->current || process->creator == self->pid
      || (process == self->parent && getppid () == pid)
      || (process->start_time != 0 && mp_start_time (pid, 0) == process->start_time))
    return fd;
  close (fd);
  errno = ESRCH;
  return -1;
}

bool
process_look (ProcessSelf *self, MpProcess *process)
{
  bool ended;

  pthread_mutex_lock (&self->lock);
  ended = look_locked (self, process);
  pthread_mutex_unlock (&self->lock);
  return ended;
}

void
process_look_at_all (ProcessSelf *self)
{
  MpProcess *next;

  pthread_mutex_lock (&self->lock);
  for (MpProcess *child = self->children; child != NULL; child = next)
    {
      next = child->next;
      look_locked (self, child);
    }
  pthread_mutex_unlock (&self->lock);
}

int
mp_process_join_at (MpProcess *process, double timeout, MpSite site)
{
  ProcessSelf *self = process_self ();
  int error = MP_OK;

  if (process->closed)
    return MP_CLOSED;
  if (!process->started || process->creator != self->pid)
    return MP_STATE;
  mp_point (PN_KIND_PROCESS_JOIN, process->number);
  hold (self, process);
  error = wait_for_end (self, process, timeout, site);
  if (error < 0)
    mp_emit_failed (PN_KIND_PROCESS_JOIN, 0, process->number, error, site);
  else
    mp_emit_note (&(MpNote){
        .kind = PN_KIND_PROCESS_JOIN,
        .flags = process->code_known ? 0 : PN_FLAG_UNKNOWN,
        .peer = process->number,
        .value = process->code,
        .file = site.file,
        .line = site.line,
    });
  let_go (self, process);
  return error;
}

int
mp_process_signal_at (MpProcess *process, int signal, MpSite site)
{
  ProcessSelf *self = process_self ();
  int error;

  if (process->closed)
    return MP_CLOSED;
  if (!process_has_started (self, process))
    return MP_STATE;
  if (signal < 1 || signal > SIGRTMAX)
    return MP_INVALID;
  mp_point (PN_KIND_PROCESS_SIGNAL, mp_process_number_of (process));
  pthread_mutex_lock (&self->lock);
  error = signal_locked (self, process, signal, site);
  pthread_mutex_unlock (&self->lock);
  return error;
}
