/* SPDX-License-Identifier: MIT */
#include "emit-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The unit of /proc/<pid>/stat: USER_HZ, 100 on all that we run on. */
#define START_TICKS 100
#define START_TICK_NS 10000000

/* "/proc/<runner's pid>/fd/<n>:<inode>", and nothing else. */
static bool
parse_environment (const char *text, EmitSelf *self, pid_t *ret_runner)
{
  unsigned long long inode;
  unsigned runner;
  unsigned fd;
  int end = 0;

  if (sscanf (text, "/proc/%9u/fd/%9u:%20llu%n", &runner, &fd, &inode, &end) != 3
      || text[end] != '\0' || runner == 0)
    return false;
  snprintf (self->path, sizeof self->path, "/proc/%u/fd/%u", runner, fd);
  self->inode = inode;
  *ret_runner = (pid_t)runner;
  return true;
}

/* The descriptor is looked at before it is opened: to open a FIFO would block. */
static int
open_arena (const EmitSelf *self)
{
  struct stat status;
  int fd;

  if (stat (self->path, &status) < 0 || !S_ISREG (status.st_mode)
      || status.st_ino != self->inode || (uint64_t)status.st_size != PN_ARENA_BYTES)
    return -1;
  fd = open (self->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0)
    return -1;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode)
      && status.st_ino == self->inode && (uint64_t)status.st_size == PN_ARENA_BYTES)
    return fd;
  close (fd);
  return -1;
}

static bool
arena_is_good (const PnArena *arena, pid_t runner)
{
  return arena->magic == PN_ARENA_MAGIC && arena->version == PN_FORMAT_VERSION
         && arena->n_slots == PN_ARENA_SLOTS && arena->ring_blocks == PN_RING_BLOCKS
         && arena->bytes == PN_ARENA_BYTES && arena->runner_pid == runner
         && atomic_load (&arena->closed) == 0;
}

/* The runner hands out slots with all fields 0. `process` comes last: the runner looks
 * at nothing else before it. `stands`: the slot stands for the process, not for a
 * further thread. */
static PnSlot *
take_slot (uint32_t process, uint32_t parent, bool stands)
{
  PnArena *arena = emit_self.arena;
  uint32_t first = atomic_load_explicit (&arena->slot_hint, memory_order_relaxed);

  for (uint32_t i = 0; i < PN_ARENA_SLOTS; i++)
    {
      uint32_t index = (first + i) % PN_ARENA_SLOTS;
      PnSlot *slot = &arena->slots[index];
      uint32_t expected = PN_SLOT_FREE;

      if (atomic_load_explicit (&slot->state, memory_order_relaxed) != PN_SLOT_FREE
          || !atomic_compare_exchange_strong (&slot->state, &expected, PN_SLOT_TAKEN))
        continue;
      atomic_store_explicit (&arena->slot_hint, index + 1, memory_order_relaxed);
      atomic_store_explicit (&slot->parent, parent, memory_order_relaxed);
      atomic_store_explicit (&slot->end_claimed,
                             stands ? PN_END_OPEN : PN_END_FURTHER_THREAD,
                             memory_order_relaxed);
      atomic_store_explicit (&slot->process, process, memory_order_release);
      return slot;
    }
  return NULL;
}

static uint64_t
read_start_time (pid_t pid)
{
  char text[512];
  char path[32];
  ssize_t bytes;
  char *at;
  int fd;

  snprintf (path, sizeof path, "/proc/%d/stat", (int)pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  bytes = read (fd, text, sizeof text - 1);
  close (fd);
  if (bytes <= 0)
    return 0;
  text[bytes] = '\0';
  /* Field 2 is the name in parentheses, which may hold anything. */
  at = strrchr (text, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr (at + 1, ' ');
  return at == NULL ? 0 : strtoull (at + 1, NULL, 10);
}

bool
emit_arena_find (EmitSelf *self)
{
  const char *text = secure_getenv (PN_ARENA_ENV);
  PnArena *arena;
  pid_t runner;
  int fd;

  if (text == NULL || !parse_environment (text, self, &runner))
    return false;
  fd = open_arena (self);
  if (fd < 0)
    return false;
  arena = mmap (NULL, PN_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (arena == MAP_FAILED)
    return false;
  if (!arena_is_good (arena, runner))
    {
      munmap (arena, PN_ARENA_BYTES);
      return false;
    }
  madvise (arena, PN_ARENA_BYTES, MADV_DONTDUMP);
  self->arena = arena;
  return true;
}

bool
emit_runner_is_there (const EmitSelf *self)
{
  struct stat status;

  if (atomic_load (&self->arena->closed) != 0)
    return false;
  if (stat (self->path, &status) == 0)
    return status.st_ino == self->inode;
  /* Not allowed to look there, after a setuid (): ask for the pid alone. */
  if (errno == EACCES || errno == EPERM)
    return kill (self->arena->runner_pid, 0) == 0 || errno != ESRCH;
  return errno != ENOENT && errno != ESRCH;
}

PnSlot *
emit_slot_of_pid (PnArena *arena, pid_t pid, uint64_t start_time)
{
  for (int i = 0; i < PN_ARENA_SLOTS; i++)
    {
      PnSlot *slot = &arena->slots[i];
      uint32_t state = atomic_load (&slot->state);
      uint64_t slot_start = atomic_load (&slot->start_time);

      if (atomic_load (&slot->pid) == pid
          && (state == PN_SLOT_TAKEN || state == PN_SLOT_LIVE)
          && (slot_start == 0 || slot_start == start_time)
          && atomic_load (&slot->process) != 0)
        return slot;
    }
  return NULL;
}

uint32_t
emit_number_of_pid (PnArena *arena, pid_t pid)
{
  for (int i = 0; i < PN_ARENA_SLOTS; i++)
    if (atomic_load (&arena->slots[i].pid) == pid
        && atomic_load (&arena->slots[i].state) != PN_SLOT_FREE)
      return atomic_load (&arena->slots[i].process);
  return 0;
}

PnSlot *
emit_slot_for_thread (uint32_t process, uint32_t parent)
{
  PnSlot *slot = take_slot (process, parent, false);

  if (slot != NULL)
    mp_slot_go_live (slot, getpid (), mp_start_time (getpid (), 0));
  return slot;
}

PnSlot *
mp_slot_take (uint32_t process, uint32_t parent)
{
  return take_slot (process, parent, true);
}

void
mp_slot_give_back (PnSlot *slot)
{
  atomic_store (&slot->end_claimed, PN_END_CLAIMED);
  atomic_store (&slot->state, PN_SLOT_CLOSED);
}

uint64_t
mp_start_tick (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (uint64_t)now.tv_sec * START_TICKS + (uint64_t)now.tv_nsec / START_TICK_NS;
}

/* A process that was started within one tick has that tick as its start time. To read
 * it takes 9 us, and makes the kernel spend 10 more when the process is reaped. */
uint64_t
mp_start_time (pid_t pid, uint64_t tick)
{
  return tick != 0 && tick == mp_start_tick () ? tick : read_start_time (pid);
}

void
mp_slot_go_live (PnSlot *slot, pid_t pid, uint64_t start_time)
{
  uint32_t expected = PN_SLOT_TAKEN;

  if (atomic_load (&slot->state) != PN_SLOT_TAKEN)
    return;
  atomic_store (&slot->pid, pid);
  atomic_store (&slot->start_time, start_time);
  atomic_compare_exchange_strong (&slot->state, &expected, PN_SLOT_LIVE);
}

bool
mp_slot_claim_end (PnSlot *slot, uint32_t process)
{
  uint32_t open = PN_END_OPEN;

  /* The runner frees the slot of a process that was reaped. Whoever asks here is about
   * to reap it, so the number still fits, unless the kernel reaped it by itself. */
  return atomic_load (&slot->process) == process
         && atomic_compare_exchange_strong (&slot->end_claimed, &open, PN_END_CLAIMED);
}
