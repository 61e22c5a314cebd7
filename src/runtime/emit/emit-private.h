/* SPDX-License-Identifier: MIT */
#pragma once

/* Between the parts of emission: arena.c finds the arena and hands out slots, self.c
 * knows who this process and thread are, emit.c writes events. */

#include "emit-clock.h"
#include "mp-emit.h"

#include <stdatomic.h>
#include <sys/types.h>

#define EMIT_PROGRAM_NAME_BYTES 64

/* Which process of the run this is: in a raw fork's child its maker, until it emits. */
typedef struct
{
  _Atomic uint32_t process;
  uint32_t parent;
} EmitNumbers;

/* What this process knows about itself. Private to the process: a fork copies it. */
typedef struct
{
  EmitNumbers *numbers; /* where the main thread's own data is, if it can be */
  PnArena *arena;
  uint64_t inode;
  char path[64]; /* the arena, as /proc/<runner>/fd/<n> */
  char program[EMIT_PROGRAM_NAME_BYTES];
} EmitSelf;

/* This thread's ring. `look_at` is how far it may write before it has to look at the
 * runner's side: so that the hot path touches no line that another process writes, but
 * for the counter. */
typedef struct
{
  unsigned char *blocks; /* NULL: no ring yet */
  PnArena *arena;
  PnSlot *slot;
  uint64_t head;
  uint64_t look_at;
  uint32_t process;
  uint32_t last_site; /* the number of last_file */
  const char *last_file;
  bool busy;    /* in the middle of an event: a signal handler stays out */
  bool refused; /* there was no slot for this thread */
  EmitClock clock;
} EmitRing;

/* A page that the kernel clears in the child of any fork, also of one that does not run
 * the handlers of pthread_atfork (). All 0 means: not set up in this process. */
typedef struct
{
  _Atomic uint32_t set_up;
  _Atomic uint32_t locked; /* spin lock of emit_attach (), free again in a child */
} EmitPage;

extern EmitSelf emit_self;
extern EmitPage *emit_page;
extern MP_THREAD_LOCAL EmitRing emit_ring;

/* arena.c */

/* Fills `arena`, `inode` and `path` from the environment. False: run without. */
bool emit_arena_find (EmitSelf *self);

/* False once the runner or its arena is gone. */
bool emit_runner_is_there (const EmitSelf *self);

/* The slot that a process of this pid and start time has, or NULL: the main program's,
 * made by the runner, or that of a process which has just called exec (). */
PnSlot *emit_slot_of_pid (PnArena *arena, pid_t pid, uint64_t start_time);

/* The number of the process with this pid; 0 if there is none. */
uint32_t emit_number_of_pid (PnArena *arena, pid_t pid);

/* For a further thread of a process. The runner frees it once it is CLOSED. */
PnSlot *emit_slot_for_thread (uint32_t process, uint32_t parent);

/* self.c */

/* Gives this thread its ring, and this process its number. Busy must be set. */
bool emit_attach (EmitRing *ring);

/* emit.c */

/* Into a ring that is there; `site` is the number of note->file. Busy must be set. */
bool emit_write_note (EmitRing *ring, const MpNote *note, uint32_t site);

static inline bool
emit_is_attached (const EmitRing *ring)
{
  return __builtin_expect (
             atomic_load_explicit (&emit_page->set_up, memory_order_relaxed) != 0, 1)
         && __builtin_expect (ring->blocks != NULL, 1);
}

/* False: nothing may be emitted here now. Else emit_leave () must follow. */
static inline bool
emit_enter (EmitRing *ring)
{
  if (__builtin_expect (ring->busy, 0))
    return false;
  ring->busy = true;
  atomic_signal_fence (memory_order_seq_cst);
  if (emit_is_attached (ring) || emit_attach (ring))
    return true;
  ring->busy = false;
  return false;
}

static inline void
emit_leave (EmitRing *ring)
{
  atomic_signal_fence (memory_order_seq_cst);
  ring->busy = false;
}
