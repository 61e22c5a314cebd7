/* SPDX-License-Identifier: MIT */
#include "pn-members.h"

#include "pn-proc.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that takes longer to say its pid after its parent's end was never forked. */
#define ORPHAN_NS (1000 * 1000 * 1000ll)
#define STOPPED_WHY "the run was stopped"
#define RESERVE 8
#define KNOWN_MAX (1u << 22)
#define SEEN_MANY (PN_ARENA_SLOTS * 3 / 4)

enum
{
  KNOWN_STARTED = 1 << 0,
  KNOWN_END_SAID = 1 << 1, /* by the runner; on its way */
  KNOWN_ENDED = 1 << 2     /* has gone out */
};

static unsigned
known_get (const PnMembers *members, uint32_t process)
{
  return process < members->n_known ? members->known[process] : 0;
}

/* Numbers that no honest program reaches are not kept. */
static void
known_set (PnMembers *members, uint32_t process, unsigned flag)
{
  if (process >= KNOWN_MAX)
    return;
  if (process >= members->n_known)
    {
      size_t n = members->n_known > 0 ? members->n_known : 1024;
      unsigned char *known;

      while (n <= process)
        n *= 2;
      known = realloc (members->known, n);
      if (known == NULL)
        return;
      memset (known + members->n_known, 0, n - members->n_known);
      members->known = known;
      members->n_known = n;
    }
  members->known[process] |= (unsigned char)flag;
}

static void
emit (PnMembers *members, PnKind kind, uint32_t process, uint32_t object, int value)
{
  static PnEvent event;

  event.kind = kind;
  event.process = process;
  event.object = object;
  event.value = value;
  event.flags = 0;
  pn_sweep_emit (members->sweep, &event);
}

static void
emit_end (
    PnMembers *members, uint32_t process, bool value_known, int value, bool by_runner)
{
  static PnEvent event;

  if (process >= KNOWN_MAX
      || (known_get (members, process) & (KNOWN_END_SAID | KNOWN_ENDED)) != 0)
    return;
  known_set (members, process, KNOWN_END_SAID);
  event.kind = PN_KIND_PROCESS_END;
  event.process = process;
  event.value = value_known ? value : 0;
  event.flags = value_known ? 0 : PN_FLAG_UNKNOWN;
  event.text_bytes = by_runner ? strlen (STOPPED_WHY) : 0;
  memcpy (event.text, STOPPED_WHY, event.text_bytes);
  pn_sweep_emit (members->sweep, &event);
}

/* The pidfd stays open until the slot is freed: it also says when the zombie has gone.
 */
static void
member_die (PnMembers *members, PnMember *member, bool value_known, int value)
{
  if (member->dead)
    return;
  if (member->pidfd >= 0)
    epoll_ctl (members->epoll_fd, EPOLL_CTL_DEL, member->pidfd, NULL);
  member->dead = true;
  member->value_known = value_known;
  member->value = value;
  member->by_runner = members->stopping && value_known && value == -SIGKILL;
}

/* Without the last few nobody could be looked for in /proc any more, and so nobody be
 * ended. A new descriptor is the lowest that is free. */
static bool
is_in_reserve (int fd)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0
         && (rlim_t)fd + RESERVE > limit.rlim_cur;
}

static void
member_watch (PnMembers *members, uint32_t slot)
{
  PnMember *member = &members->members[slot];
  PnSlot *shared = &members->share->arena->slots[slot];
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = slot };
  uint64_t start_time = atomic_load (&shared->start_time);
  int pid = atomic_load (&shared->pid);
  int pidfd;

  if (pid <= 0 || start_time == 0)
    return;
  member->pid = pid;
  member->start_time = start_time;
  pidfd = pn_proc_open (pid, start_time);
  if (pidfd >= 0 && is_in_reserve (pidfd))
    {
      close (pidfd);
      pidfd = -EMFILE;
    }
  if (pidfd < 0 && pidfd != -ESRCH)
    return; /* again next time */
  member->watched = true;
  member->pidfd = pidfd < 0 ? -1 : pidfd;
  if (pidfd < 0)
    member_die (members, member, false, 0); /* ended and reaped already */
  else if (epoll_ctl (members->epoll_fd, EPOLL_CTL_ADD, pidfd, &event) < 0)
    member_die (members, member, false, 0);
}

static void
member_see (PnMembers *members, uint32_t slot, uint32_t process)
{
  PnMember *member = &members->members[slot];
  PnSlot *shared = &members->share->arena->slots[slot];

  memset (member, 0, sizeof *member);
  member->seen = true;
  member->pidfd = -1;
  member->process = process;
  member->parent = atomic_load (&shared->parent);
  member->further = atomic_load (&shared->end_claimed) == PN_END_FURTHER_THREAD;
  if (slot >= members->n_used)
    members->n_used = slot + 1;
  members->n_seen++;
  pn_sweep_open (members->sweep, slot);
}

static void
member_free (PnMembers *members, uint32_t slot)
{
  PnMember *member = &members->members[slot];

  if (member->pidfd >= 0)
    close (member->pidfd); /* leaves the epoll set with it */
  memset (member, 0, sizeof *member);
  member->pidfd = -1;
  members->n_seen--;
  pn_sweep_close (members->sweep, slot);
  pn_share_release (members->share, slot);
}

static bool
holds_any (const PnSlot *shared)
{
  for (int i = 0; i < PN_HELD_MAX; i++)
    if (atomic_load_explicit (&shared->held[i], memory_order_relaxed) != 0)
      return true;
  return false;
}

static void
emit_end_of (PnMembers *members, const PnMember *member)
{
  emit_end (
      members, member->process, member->value_known, member->value, member->by_runner);
}

/* Says the end of a settled process, if that falls to us. */
static void
say_end (PnMembers *members, uint32_t slot)
{
  PnMember *member = &members->members[slot];
  PnSlot *shared = &members->share->arena->slots[slot];
  uint32_t unclaimed = 0;

  /* Its start, or its own begin, has not gone out yet; or never will, if its ring or
   * its parent's was broken. */
  if ((known_get (members, member->process) & KNOWN_STARTED) == 0)
    return;
  if (atomic_compare_exchange_strong (&shared->end_claimed, &unclaimed, 1))
    {
      emit_end_of (members, member);
      return;
    }

  /* Claimed by the parent. With its own end gone out, all that it had published has
   * gone before: it never came to it. */
  if (member->parent == 0 || (known_get (members, member->parent) & KNOWN_ENDED) != 0)
    emit_end_of (members, member);
}

static bool
is_reaped (const PnMember *member)
{
  return member->pidfd < 0
         || (pidfd_send_signal (member->pidfd, 0, NULL, 0) < 0 && errno == ESRCH);
}

/* The process.end has gone out. A parent may look at the slot until it has reaped its
 * child: so long it is kept, unless slots become scarce. */
static void
wind_up (PnMembers *members, uint32_t slot)
{
  PnMember *member = &members->members[slot];
  PnSlot *shared = &members->share->arena->slots[slot];

  for (int i = 0; i < PN_HELD_MAX; i++)
    {
      uint32_t lock = atomic_exchange (&shared->held[i], 0);

      if (lock != 0)
        emit (members, PN_KIND_LOCK_ABANDON, member->process, lock, 0);
    }
  if (is_reaped (member) || members->n_seen > SEEN_MANY)
    member_free (members, slot);
}

static bool
is_given_back (const PnMembers *members, uint32_t slot)
{
  return members->members[slot].pid == 0
         && atomic_load (&members->share->arena->slots[slot].state) == PN_SLOT_CLOSED;
}

static void
settle_dead (PnMembers *members, uint32_t slot, int64_t now_ns)
{
  PnMember *member = &members->members[slot];
  PnSweep *sweep = members->sweep;

  if (!member->settled)
    {
      pn_sweep_ring (sweep, slot);
      if (!sweep->streams[slot].swept)
        return;
      pn_sweep_settle (sweep, slot);
      pn_output_flush (members->output, member->pid, now_ns);
      member->settled = true;
    }
  if ((known_get (members, member->process) & KNOWN_ENDED) == 0)
    say_end (members, slot);
  else if (pn_sweep_is_empty (sweep, slot))
    wind_up (members, slot);
}

/* Its parent took the slot and died before, or while, it forked. The slot stays taken:
 * a child could still turn up. */
static void
settle_orphan (PnMembers *members, uint32_t slot, int64_t now_ns)
{
  PnMember *member = &members->members[slot];

  if ((known_get (members, member->parent) & KNOWN_ENDED) == 0)
    return;
  if (member->orphan_since_ns == 0)
    member->orphan_since_ns = now_ns;
  if (now_ns - member->orphan_since_ns < ORPHAN_NS)
    return;
  if ((known_get (members, member->process) & KNOWN_STARTED) != 0)
    emit_end (members, member->process, false, 0, false);
}

/* A further thread that has ended in good order, or a process that could not be forked
 * and so was given back. */
static void
settle_closed (PnMembers *members, uint32_t slot)
{
  PnSlot *shared = &members->share->arena->slots[slot];

  if (atomic_load_explicit (&shared->state, memory_order_acquire) != PN_SLOT_CLOSED
      || holds_any (shared))
    return;
  pn_sweep_ring (members->sweep, slot);
  if (members->sweep->streams[slot].swept && pn_sweep_is_empty (members->sweep, slot))
    member_free (members, slot);
}

void
pn_members_init (
    PnMembers *members, PnShare *share, PnSweep *sweep, PnOutput *output, int epoll_fd)
{
  memset (members, 0, sizeof *members);
  members->share = share;
  members->sweep = sweep;
  members->output = output;
  members->epoll_fd = epoll_fd;
  for (uint32_t i = 0; i < PN_ARENA_SLOTS; i++)
    members->members[i].pidfd = -1;
}

void
pn_members_look (PnMembers *members)
{
  for (uint32_t i = 0; i < PN_ARENA_SLOTS; i++)
    {
      PnSlot *shared = &members->share->arena->slots[i];
      PnMember *member = &members->members[i];
      uint32_t process;

      if (atomic_load_explicit (&shared->state, memory_order_acquire) == PN_SLOT_FREE)
        continue;
      process = atomic_load_explicit (&shared->process, memory_order_acquire);
      if (!member->seen && process != 0)
        member_see (members, i, process);
      if (member->seen && !member->watched && !member->dead)
        member_watch (members, i);
    }
}

uint32_t
pn_members_find (const PnMembers *members, int pid)
{
  for (uint32_t i = 0; i < members->n_used && pid > 0; i++)
    {
      const PnMember *member = &members->members[i];

      if (member->seen && !member->further && member->pid == pid)
        return i;
    }
  return PN_SWEEP_NOBODY;
}

void
pn_members_on_death (PnMembers *members, uint32_t slot)
{
  PnMember *member = &members->members[slot];
  PnProc proc;

  if (!member->seen || member->dead || member->pidfd < 0)
    return;
  if (pn_proc_read (member->pid, &proc) == 0 && proc.start_time == member->start_time)
    member_die (members,
                member,
                true,
                WIFSIGNALED (proc.wait_status) ? -WTERMSIG (proc.wait_status)
                                               : WEXITSTATUS (proc.wait_status));
  else
    member_die (members, member, false, 0);
}

void
pn_members_on_exit (PnMembers *members, int pid, int value)
{
  pn_members_look (members);
  for (uint32_t i = 0; i < members->n_used; i++)
    if (members->members[i].seen && members->members[i].pid == pid)
      member_die (members, &members->members[i], true, value);
}

void
pn_members_on_event (PnMembers *members, const PnRecord *record)
{
  if (record->kind == PN_KIND_PROCESS_START)
    known_set (members, record->peer, KNOWN_STARTED);
  else if (record->kind == PN_KIND_PROCESS_BEGIN) /* of a raw fork: it has no start */
    known_set (members, record->process, KNOWN_STARTED);
  else if (record->kind == PN_KIND_PROCESS_END)
    known_set (members, record->process, KNOWN_ENDED);
}

void
pn_members_settle (PnMembers *members, int64_t now_ns)
{
  for (uint32_t i = 0; i < members->n_used; i++)
    {
      PnMember *member = &members->members[i];

      if (!member->seen)
        continue;
      if (member->dead)
        settle_dead (members, i, now_ns);
      else if (member->further || is_given_back (members, i))
        settle_closed (members, i);
      else if (member->pid == 0)
        settle_orphan (members, i, now_ns);
    }
}

void
pn_members_watch (PnMembers *members)
{
  for (uint32_t i = 0; i < members->n_used; i++)
    {
      PnMember *member = &members->members[i];
      PnProc proc;
      bool stopped;

      if (!member->seen || member->dead || member->further || member->pid == 0
          || pn_proc_read (member->pid, &proc) < 0
          || proc.start_time != member->start_time)
        continue;
      stopped = proc.state == 'T';
      if (stopped == member->stopped)
        continue;
      member->stopped = stopped;
      emit (members,
            stopped ? PN_KIND_PROCESS_STOP : PN_KIND_PROCESS_CONTINUE,
            member->process,
            0,
            0);
    }
}

void
pn_members_prove (PnMembers *members)
{
  PnArena *arena = members->share->arena;

  for (uint32_t i = 0; i < members->n_used; i++)
    {
      PnMember *member = &members->members[i];
      uint64_t counter = atomic_load (&arena->next_seq);
      PnProc proc;

      if (!member->seen || member->pid == 0 || !pn_sweep_may_hold (members->sweep, i))
        continue;

      /* Who sleeps in the kernel does not stand between taking a number and
       * publishing: emit makes no system call there. The order matters: the counter,
       * then the look at the process, then the ring. Of several threads /proc shows
       * the first only. */
      if (pn_proc_read (member->pid, &proc) < 0 || proc.state != 'S'
          || proc.threads != 1
          || atomic_load (&arena->slots[i].head) != members->sweep->streams[i].tail)
        continue;
      pn_sweep_clear_below (members->sweep, i, counter);
    }
}

void
pn_members_finish (PnMembers *members)
{
  pn_members_look (members);
  for (uint32_t i = 0; i < members->n_used; i++)
    {
      PnMember *member = &members->members[i];

      if (!member->seen)
        continue;
      if (member->pidfd >= 0)
        pn_members_on_death (members, i);
      member_die (members, member, false, 0);
    }
}

size_t
pn_members_finish_rest (PnMembers *members)
{
  size_t n = 0;

  for (uint32_t i = 0; i < members->n_known; i++)
    if ((members->known[i] & KNOWN_STARTED) != 0
        && (members->known[i] & (KNOWN_END_SAID | KNOWN_ENDED)) == 0)
      {
        emit_end (members, i, false, 0, false);
        n++;
      }
  return n;
}
