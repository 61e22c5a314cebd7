/* SPDX-License-Identifier: MIT */
#pragma once

/* What /proc says of processes. A process is one (pid, start_time): a pid alone comes
 * back. All functions return 0 or -errno. */

#include <stddef.h>
#include <stdint.h>

typedef struct
{
  int pid;
  int parent;
  char state; /* R S D T t Z X */
  int threads;
  uint64_t start_time; /* clock ticks since boot */
  int wait_status;     /* of a zombie, as waitpid gives it */
} PnProc;

/* Sorted by pid. Zero it before the first use, pn_proc_list_clear() it after the last;
 * in between its memory is used again. */
typedef struct
{
  PnProc *procs;
  size_t n;
  size_t room;
} PnProcList;

/* Whether /proc is there, and shows the processes by the numbers that they have here.
 */
int pn_proc_check (void);

int pn_proc_read (int pid, PnProc *ret_proc);

/* All processes below `root`, which is not among them. Not atomic: what is forked
 * during the scan may be missing. Cost: 8 us for each process of the machine. */
int pn_proc_list_descendants (PnProcList *list, int root);

/* All tasks (processes and threads) of the machine, or -errno. Cost: 5 us. */
int pn_proc_count_tasks (void);

void pn_proc_list_clear (PnProcList *list);

/* NULL if there is none. */
const PnProc *pn_proc_list_find (const PnProcList *list, int pid);

/* Sends `signal` to exactly this process; -ESRCH if it is gone. */
int pn_proc_signal (const PnProc *proc, int signal);

/* A pidfd of exactly this process; -ESRCH if it is gone, -EMFILE and others if that
 * can't be told. */
int pn_proc_open (int pid, uint64_t start_time);
