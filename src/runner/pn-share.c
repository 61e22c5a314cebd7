/* SPDX-License-Identifier: MIT */
#include "pn-share.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WARM_AHEAD 4

static long
futex (_Atomic uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
  return syscall (SYS_futex, word, op, value, timeout, NULL, 0);
}

static int
make_memory (PnShare *share)
{
  struct stat info;
  void *memory;

  /* Without the seals a program could cut the file and so end the runner by SIGBUS. */
  share->fd = memfd_create ("procession", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (share->fd < 0 || ftruncate (share->fd, (off_t)PN_ARENA_BYTES) < 0
      || fcntl (share->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0
      || fstat (share->fd, &info) < 0)
    return -errno;
  memory
      = mmap (NULL, PN_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, share->fd, 0);
  if (memory == MAP_FAILED)
    return -errno;
  share->arena = memory;
  snprintf (share->name,
            sizeof share->name,
            "/proc/%d/fd/%d:%ju",
            (int)getpid (),
            share->fd,
            (uintmax_t)info.st_ino);
  return 0;
}

int
pn_share_init (PnShare *share)
{
  int result;

  memset (share, 0, sizeof *share);
  share->fd = -1;
  result = make_memory (share);
  if (result < 0)
    {
      pn_share_clear (share);
      return result;
    }
  share->arena->magic = PN_ARENA_MAGIC;
  share->arena->version = PN_FORMAT_VERSION;
  share->arena->n_slots = PN_ARENA_SLOTS;
  share->arena->ring_blocks = PN_RING_BLOCKS;
  share->arena->runner_pid = getpid ();
  share->arena->bytes = PN_ARENA_BYTES;
  atomic_store (&share->arena->next_process, 2);
  atomic_store (&share->arena->next_object, 1);
  pn_share_warm (share);
  return 0;
}

void
pn_share_clear (PnShare *share)
{
  if (share->arena != NULL)
    munmap (share->arena, PN_ARENA_BYTES);
  if (share->fd >= 0)
    close (share->fd);
  share->arena = NULL;
  share->fd = -1;
}

void
pn_share_warm (PnShare *share)
{
  int ahead = 0;

  for (uint32_t i = 0; i < PN_ARENA_SLOTS && ahead < WARM_AHEAD; i++)
    {
      uint64_t bit = 1ull << (i % 64);

      if (atomic_load_explicit (&share->arena->slots[i].state, memory_order_relaxed)
          != PN_SLOT_FREE)
        continue;
      ahead++;
      if ((share->warm[i / 64] & bit) != 0)
        continue;
      share->warm[i / 64] |= bit;
      madvise (pn_arena_ring (share->arena, i), PN_RING_BYTES, MADV_POPULATE_WRITE);
    }
}

void
pn_share_release (PnShare *share, uint32_t slot)
{
  PnSlot *s = &share->arena->slots[slot];

  atomic_store (&s->process, 0);
  atomic_store (&s->parent, 0);
  atomic_store (&s->pid, 0);
  atomic_store (&s->start_time, 0);
  atomic_store (&s->end_claimed, 0);
  atomic_store (&s->stalls, 0);
  atomic_store (&s->head, 0);
  atomic_store (&s->tail, 0);
  for (int i = 0; i < PN_HELD_MAX; i++)
    atomic_store (&s->held[i], 0);
  atomic_store_explicit (&s->state, PN_SLOT_FREE, memory_order_release);
  if (slot < atomic_load_explicit (&share->arena->slot_hint, memory_order_relaxed))
    atomic_store_explicit (&share->arena->slot_hint, slot, memory_order_relaxed);
}

void
pn_share_wake (PnSlot *slot)
{
  atomic_fetch_add (&slot->tail_wake, 1);
  futex (&slot->tail_wake, FUTEX_WAKE, 1, NULL);
}

void
pn_share_wait (PnShare *share, uint32_t seen, int64_t timeout_ns)
{
  struct timespec timeout
      = { .tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000 };

  futex (&share->arena->runner_wake, FUTEX_WAIT, seen, &timeout);
}
