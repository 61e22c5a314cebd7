/* SPDX-License-Identifier: MIT */
#pragma once

/* The memory that a program's processes share with their runner: who they are, and a
 * ring of events for each. Made by the runner as a memfd; found by the processes
 * through PN_ARENA_ENV. For the runner, all that a process can write is tainted.
 *
 *   PnArena header | slots[PN_ARENA_SLOTS] | rings[PN_ARENA_SLOTS][PN_RING_BLOCKS]
 *
 * The rings begin at a page of their own, so that each can be faulted in by itself.
 *
 * Life of a slot (one a process; further threads of a process take their own):
 *   FREE -> TAKEN   by the parent, before it forks (compare-and-swap); it writes
 *                   `process` and `parent`, resets head, end_claimed and held
 *   TAKEN -> LIVE   by parent or child, whoever is first, once `pid` and `start_time`
 *                   stand there
 *   LIVE -> CLOSED  by the owner thread when it ends in good order (optional)
 *   any -> FREE     by the runner alone, after the process has ended (a CLOSED further
 *                   thread: at once), its ring is empty and its process.end was passed
 *                   on
 *
 * The runner hands out a FREE slot with all its fields 0, so that a TAKEN one with
 * `process` 0 is one that its parent has not filled in yet: it writes `process` last.
 *
 * A further thread takes a slot with the same `process`, `parent`, `pid` and
 * `start_time`, and with `end_claimed` PN_END_FURTHER_THREAD from the start: it does
 * not stand for the process. A slot whose process could not be forked is given back as
 * CLOSED and PN_END_CLAIMED.
 *
 * Who says that a process ended: whoever sets `end_claimed` first; a child may be so
 * short-lived that this is before the runner sees the slot. A parent that waits
 * for its child does so without reaping it (WNOWAIT), claims, emits process.end, and
 * only then reaps; the runner reads the exit status of the zombie and then claims. */

#include "pn-event.h"

#include <stdatomic.h>

/* "/proc/<runner's pid>/fd/<n>:<inode>" */
#define PN_ARENA_ENV "PROCESSION_ARENA"
#define PN_ARENA_MAGIC 0x616e6572614e5032ull
#define PN_ARENA_SLOTS 1024
#define PN_RING_BLOCKS 2048 /* 128 KiB; a power of two */
#define PN_HELD_MAX 12

typedef enum
{
  PN_SLOT_FREE,
  PN_SLOT_TAKEN,
  PN_SLOT_LIVE,
  PN_SLOT_CLOSED
} PnSlotState;

typedef enum
{
  PN_END_OPEN,          /* nobody has said yet that the process ended */
  PN_END_CLAIMED,       /* somebody emits, or has emitted, process.end */
  PN_END_FURTHER_THREAD /* not to be said for this slot */
} PnEndState;

typedef struct
{
  _Atomic uint32_t state;   /* PnSlotState */
  _Atomic uint32_t process; /* number in this run */
  _Atomic uint32_t parent;  /* its parent's number */
  _Atomic int32_t pid;
  _Atomic uint64_t start_time;  /* field 22 of /proc/<pid>/stat */
  _Atomic uint32_t end_claimed; /* PnEndState */
  _Atomic uint32_t stalls;      /* times that the ring was full */

  /* Blocks ever published, written by the process with release order. An event's
   * blocks are published together. */
  _Alignas(64) _Atomic uint64_t head;

  /* Blocks ever taken, written by the runner with release order. A process with a full
   * ring sleeps on `tail_wake`, at most 10 ms at a time, and looks whether the runner
   * is still there. */
  _Alignas(64) _Atomic uint64_t tail;
  _Atomic uint32_t tail_wake;

  /* The locks that this process holds, by object id; 0 is an empty place. The runner
   * emits lock.abandon for what stands there when the process has ended. */
  _Alignas(64) _Atomic uint32_t held[PN_HELD_MAX];
} PnSlot;

typedef struct
{
  uint64_t magic;
  uint32_t version; /* PN_FORMAT_VERSION */
  uint32_t n_slots;
  uint32_t ring_blocks;
  int32_t runner_pid;
  uint64_t bytes;            /* of the whole arena */
  uint64_t output_inodes[2]; /* of the captured stdout and stderr, as st_ino */

  _Alignas(64) _Atomic uint64_t next_seq;
  _Alignas(64) _Atomic uint32_t next_process; /* starts at 2 */
  _Atomic uint32_t next_object;               /* starts at 1 */
  _Atomic uint32_t slot_hint;
  _Atomic uint32_t closed; /* 1: the runner takes nothing any more; stop emitting */

  /* A process that has filled a quarter of its ring adds 1 and wakes the runner, which
   * sleeps on it (futex) for a few ms at a time. */
  _Alignas(64) _Atomic uint32_t runner_wake;
  _Alignas(64) PnSlot slots[PN_ARENA_SLOTS];
} PnArena;

_Static_assert(sizeof (PnSlot) == 256, "a slot is four cache lines");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2,
               "shared between processes");

/* The largest page of what this runs on. */
#define PN_ARENA_PAGE_BYTES ((size_t)65536)
#define PN_ARENA_RINGS                                                                 \
  ((sizeof (PnArena) + PN_ARENA_PAGE_BYTES - 1) / PN_ARENA_PAGE_BYTES                  \
   * PN_ARENA_PAGE_BYTES)
#define PN_RING_BYTES ((size_t)PN_RING_BLOCKS * PN_BLOCK_BYTES)
#define PN_ARENA_BYTES (PN_ARENA_RINGS + PN_ARENA_SLOTS * PN_RING_BYTES)

_Static_assert(PN_RING_BYTES % PN_ARENA_PAGE_BYTES == 0, "each ring has its pages");

/* A print of the runtime is an event; what else a process writes to its stdout and
 * stderr goes through a socket each. So that the runner knows the order of both, the
 * process sends this to the sockets once the event is published: what it wrote before
 * the print stands before the mark, what it writes after, behind it. */
#define PN_MARK_MAGIC "\0PNmark" /* with the NUL at its end */

typedef struct
{
  char magic[8];
  uint64_t seq; /* the event's */
} PnMark;

_Static_assert(sizeof (PnMark) == 16 && sizeof PN_MARK_MAGIC == 8, "goes out as it is");

static inline unsigned char *
pn_arena_ring (PnArena *arena, uint32_t slot)
{
  return (unsigned char *)arena + PN_ARENA_RINGS + slot * PN_RING_BYTES;
}

static inline unsigned char *
pn_arena_block (PnArena *arena, uint32_t slot, uint64_t block)
{
  return pn_arena_ring (arena, slot) + (block % PN_RING_BLOCKS) * PN_BLOCK_BYTES;
}
