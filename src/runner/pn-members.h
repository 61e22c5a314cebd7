/* SPDX-License-Identifier: MIT */
#pragma once

/* The processes that take part: who has a slot, who lives, who has ended and how.
 *
 * Life of a member, a slot's process as the runner sees it:
 *   seen      the slot has a number; its ring is swept
 *   watched   its pid stands there; a pidfd says when it dies
 *   dead      exit code or signal are known, or will never be
 *   settled   all it had printed and published is on its way
 *   ended     its process.end has gone out, by its parent or by us; then lock.abandon
 *             for each lock it held; the slot is free once the zombie was reaped
 *
 * Each process.start gets one process.end, also where the one who had claimed to say it
 * died before it did. Single-threaded. */

#include "pn-output.h"
#include "pn-share.h"
#include "pn-sweep.h"

typedef struct
{
  bool seen;
  bool further; /* a further thread of its process */
  bool watched;
  bool dead;
  bool settled;
  bool stopped;
  bool value_known;
  bool by_runner; /* which stopped the run */
  int pid;        /* 0 until it is known */
  int pidfd;      /* -1 also while it waits for a free descriptor to be watched */
  int value;      /* exit code or -signal */
  uint32_t process;
  uint32_t parent;
  uint64_t start_time;
  int64_t orphan_since_ns; /* its parent ended and its pid is still unknown */
} PnMember;

typedef struct
{
  PnShare *share;
  PnSweep *sweep;
  PnOutput *output;
  int epoll_fd; /* pidfds are added with the slot as data */
  PnMember members[PN_ARENA_SLOTS];
  uint32_t n_used; /* slots above were never seen */
  uint32_t n_seen;
  bool stopping; /* the runner kills all: who dies of SIGKILL from now on, dies of that
                  */
  unsigned char *known; /* by process number: what has gone by */
  size_t n_known;
} PnMembers;

void pn_members_init (
    PnMembers *members, PnShare *share, PnSweep *sweep, PnOutput *output, int epoll_fd);

/* Finds new slots and pids. */
void pn_members_look (PnMembers *members);

/* The slot that stands for the process with this pid, or PN_SWEEP_NOBODY. */
uint32_t pn_members_find (const PnMembers *members, int pid);

/* The pidfd of this slot says that the process has ended. */
void pn_members_on_death (PnMembers *members, uint32_t slot);

/* A child of ours has ended, and is about to be reaped. */
void pn_members_on_exit (PnMembers *members, int pid, int value);

/* An event goes out. */
void pn_members_on_event (PnMembers *members, const PnRecord *record);

/* Stages the last events of the dead, emits ends and abandons, frees slots. Call it
 * after the program's output was read. */
void pn_members_settle (PnMembers *members, int64_t now_ns);

/* Emits process.stop and process.continue. Reads /proc once for each member. */
void pn_members_watch (PnMembers *members);

/* Tells the sweep, when it is stuck, who can't hold the missing event. */
void pn_members_prove (PnMembers *members);

/* Nobody is left: ends everybody. */
void pn_members_finish (PnMembers *members);

/* Emits an end for each start that still has none; after a merge. Returns how many. */
size_t pn_members_finish_rest (PnMembers *members);
