/* SPDX-License-Identifier: MIT */
#pragma once

/* The runner's side of the arena (pn-arena.h): its memory, and handing out slots. */

#include "pn-arena.h"

typedef struct
{
  PnArena *arena;
  int fd;
  char name[64];                      /* the value of PN_ARENA_ENV */
  uint64_t warm[PN_ARENA_SLOTS / 64]; /* a bit for each ring whose pages are there */
} PnShare;

/* A memfd that nobody can shrink; this process is the runner. 0 or -errno. */
int pn_share_init (PnShare *share);
void pn_share_clear (PnShare *share);

/* Makes the pages of the next few free rings, so that a new process finds them.
 * Cheap when there is nothing to do. */
void pn_share_warm (PnShare *share);

/* Makes a slot FREE. Nobody may use it any more. */
void pn_share_release (PnShare *share, uint32_t slot);

/* Wakes the owner of a slot that may wait for room in its ring. */
void pn_share_wake (PnSlot *slot);

/* Sleeps until a process wakes the runner, or `timeout_ns` is over. `seen` is
 * runner_wake as it was before the last sweep. */
void pn_share_wait (PnShare *share, uint32_t seen, int64_t timeout_ns);
