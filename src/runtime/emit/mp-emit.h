/* SPDX-License-Identifier: MIT */
#pragma once

/* Events of this process: found arena, own ring, own number. Used by the runtime and by
 * a preloaded library; stands on src/event and libc alone.
 *
 * Life: a constructor looks for the arena before main () runs. Found: mp_observed is 1,
 * the process has a slot, and process.begin is written. Not found, or anything wrong
 * with it: mp_observed stays 0 for good and nothing is set up. It also falls to 0 when
 * the runner has gone; the program runs on.
 *
 * A thread takes a slot of its own at its first event, a child of a raw fork () takes a
 * number and a slot at its first event; neither ever writes into its maker's ring.
 *
 * Threads: any. Signal handlers: an event from a handler that interrupted an event is
 * dropped (it has no number yet, so it is no loss). Cost: 10 to 30 ns without text, no
 * system call, but for the first event of a page, a quarter and a source file. */

#include "pn-arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* 1: events are wanted. Read it through mp_is_observed (). */
extern int mp_observed;

/* True in the thread whose __thread variables last as long as the process. What is
 * written both before and after a fork is kept there if it can be: parent and child
 * have to copy that page in any case, as the kernel and libc write to it, and each
 * further page takes 2 us. */
static inline bool
mp_is_main_thread (void)
{
  return gettid () == getpid ();
}

#define MP_THREAD_LOCAL __thread __attribute__ ((tls_model ("initial-exec")))

/* 0 is said where a thing is not known; `file` NULL means no call site. `file` must
 * live as long as the process, as __FILE__ does: it is known by its address. */
typedef struct
{
  PnKind kind;
  unsigned flags;   /* PN_FLAG_… */
  uint32_t process; /* 0: the current one */
  uint32_t object;
  uint32_t peer;
  int64_t value;
  const char *file;
  int line;
  const char *text; /* need not end with a NUL; cut at PN_TEXT_MAX_BYTES */
  size_t text_bytes;
  uint64_t *ret_seq; /* NULL, or where the event's number goes */
} MpNote;

/* Numbers the event and publishes it in this thread's ring; it survives SIGKILL from
 * then on. Waits while the ring is full. False if it was not emitted. */
bool mp_emit_note (const MpNote *note);

/* The same for an event without text, flags or another process. */
bool mp_emit_plain (PnKind kind,
                    uint32_t object,
                    uint32_t peer,
                    int64_t value,
                    const char *file,
                    int line);

/* lock.acquire and lock.release. `held_at` lies beside the lock, is 0 at first, and is
 * known here alone: where this thread's slot says that it holds the lock, for the case
 * that it dies. A lock that finds no place there works all the same; its abandonment
 * would go unseen. Any process may release it. */
void
mp_emit_acquired (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line);
void
mp_emit_release (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line);

static inline bool
mp_is_observed (void)
{
  return __builtin_expect (mp_observed, 0);
}

/* The arena, also after the runner has gone; NULL if there never was one. */
PnArena *mp_arena (void);

/* This process's number in the run; 0 if it is not observed. Takes one if need be. */
uint32_t mp_process_number (void);

/* The slot of this thread; NULL if there is none. */
PnSlot *mp_own_slot (void);

/* A number for a new object or file. */
uint32_t mp_object_number (void);

/* Takes a free slot for a child that is about to be forked, and writes its number and
 * its parent's there. NULL if there is none. */
PnSlot *mp_slot_take (uint32_t process, uint32_t parent);

/* Gives back a slot whose process could not be made: CLOSED and claimed, so that the
 * runner frees it and says nothing. */
void mp_slot_give_back (PnSlot *slot);

/* The start time of a process as /proc/<pid>/stat says it (field 22), which together
 * with its pid is its identity; 0 if it can't be read. `tick` 0: read it. Else it is
 * mp_start_tick () from before the fork, and mostly need not be read. */
uint64_t mp_start_tick (void);
uint64_t mp_start_time (pid_t pid, uint64_t tick);

/* Writes pid and start time of a process into its slot and makes it LIVE. By the
 * parent and the child: whoever comes first. */
void mp_slot_go_live (PnSlot *slot, pid_t pid, uint64_t start_time);

/* In the child, after the fork: this process is `process`, and writes into `slot`
 * (NULL: is not observed). Emits process.begin. `tick` as above. */
void mp_emit_become (PnSlot *slot, uint32_t process, uint32_t parent, uint64_t tick);

/* True for one caller only: it may emit process.end for `process`, which had `slot`. */
bool mp_slot_claim_end (PnSlot *slot, uint32_t process);

/* The program's arguments, as main () gets them; argc 0 if they are not known. */
void mp_arguments (int *ret_argc, char ***ret_argv);
