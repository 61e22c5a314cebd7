/* SPDX-License-Identifier: MIT */
#include "pn-tree.h"

#include "pn-proc.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A scan can miss what is forked meanwhile; who has been stopped forks no more. */
#define STOP_ROUNDS_MAX 8

/* That many are a fork bomb: while they are stopped one after the other, the rest forks
 * more. They are killed at once, again and again: who has been killed forks no more
 * either, and what is left is scanned the faster. */
#define BOMB 256

static bool
is_dead (const PnProc *proc)
{
  return proc->state == 'Z' || proc->state == 'X';
}

static bool
was_stopped (const PnProcList *before, const PnProc *proc)
{
  const PnProc *same = pn_proc_list_find (before, proc->pid);

  return same != NULL && same->start_time == proc->start_time;
}

/* Returns how many were not there before. */
static int
stop_new (const PnProcList *list, const PnProcList *before)
{
  int n = 0;

  for (size_t i = 0; i < list->n; i++)
    if (!is_dead (&list->procs[i]) && !was_stopped (before, &list->procs[i]))
      {
        pn_proc_signal (&list->procs[i], SIGSTOP);
        n++;
      }
  return n;
}

void
pn_tree_hurry (void)
{
  const struct sched_param first = { .sched_priority = 1 };

  sched_setscheduler (0, SCHED_RR, &first);
}

int
pn_tree_kill (void)
{
  PnProcList lists[2] = { 0 };
  PnProcList *list = &lists[0];
  int result = 0;
  int alive = 0;

  pn_tree_hurry ();
  for (int round = 0; round < STOP_ROUNDS_MAX; round++)
    {
      list = &lists[round % 2];
      result = pn_proc_list_descendants (list, getpid ());
      if (result < 0 || list->n > BOMB || stop_new (list, &lists[(round + 1) % 2]) == 0)
        break;
    }
  for (size_t i = 0; i < list->n; i++)
    if (!is_dead (&list->procs[i]))
      {
        pn_proc_signal (&list->procs[i], SIGKILL);
        alive++;
      }
  pn_proc_list_clear (&lists[0]);
  pn_proc_list_clear (&lists[1]);
  return result < 0 ? result : alive;
}

void
pn_tree_end (void)
{
  struct timespec pause = { .tv_nsec = 500 * 1000 };

  for (;;)
    {
      int pid;

      pn_tree_kill ();
      while ((pid = waitpid (-1, NULL, WNOHANG | __WALL)) > 0)
        continue;
      if (pid < 0 && errno == ECHILD)
        return;
      nanosleep (&pause, NULL);
      if (pause.tv_nsec < 20 * 1000 * 1000)
        pause.tv_nsec *= 2;
    }
}
