/* SPDX-License-Identifier: MIT */
#pragma once

/* Processes, in three parts: process.c the objects and what this process is,
 * process-start.c the life of a child, process-join.c waiting for one and ending it. */

#include "mp-private.h"

#include <pthread.h>

/* Private to the process that made it; a fork copies it. */
struct MpProcess
{
  unsigned refs; /* the user's, and the list's while it runs; of no account in the
                  * process itself, which keeps its own object */
  char *name;
  int rank; /* the last number of its identity */
  MpTarget target;
  void *arg;
  bool daemon;
  bool started;
  bool closed;
  pid_t creator;
  pid_t pid;           /* the current process's need not stand here */
  uint64_t start_time; /* with the pid its identity; 0: not known */
  int pidfd;           /* opened when first needed; -1: none */

  /* Written with the lock of ProcessSelf held. */
  bool ended; /* reaped, by us or by others */
  bool code_known;
  int code;

  uint32_t number; /* in the run; 0: not observed */
  PnSlot *slot;

  /* In the list of children. Of a parent: its own parent, which nobody looks at, but
   * the program may still hold. */
  MpProcess *next;

  char identity[]; /* "1:2": second child of the first child; "" is the main process */
};

typedef struct EndHook EndHook;
struct EndHook
{
  void (*function) (void *data);
  void *data;
  EndHook *next;
};

/* What this process is. A raw fork () leaves a child that has no children yet. */
typedef struct
{
  pid_t pid;
  bool is_child; /* made by mp_process_start (): ends with _exit () */
  bool ending;
  int n_made;          /* MpProcess objects, for names and ranks */
  MpProcess *current;  /* NULL until asked for */
  MpProcess *parent;   /* NULL in the main process */
  MpProcess *children; /* started and not reaped, in order */
  EndHook *hooks;      /* latest first */

  /* Protects the list, the hooks and the reaping. Never held while waiting. */
  pthread_mutex_t lock;
} ProcessSelf;

/* Of this process, also after a raw fork. */
ProcessSelf *process_self (void);

/* The object of the process itself. */
MpProcess *process_current (ProcessSelf *self);

/* A child of `parent` that is not in any list, or NULL; `name` NULL: from its rank. */
MpProcess *
process_make (const char *name, const MpProcess *parent, int rank, pid_t creator);

void process_unref (MpProcess *process);

/* A descriptor for the process that this object means, and no other that has come to
 * its pid; below 0 if it has gone. The caller's. */
int process_open_pidfd (ProcessSelf *self, MpProcess *process);

/* Whether the child has ended; if so, it is reaped, and out of the list. Does not wait.
 */
bool process_look (ProcessSelf *self, MpProcess *process);

/* The same for all children. */
void process_look_at_all (ProcessSelf *self);

/* Makes the current process in the child's side of a fork. */
void process_become_child (ProcessSelf *self, MpProcess *process);

/* True for the process itself, in whose object it may not stand. */
bool process_has_started (const ProcessSelf *self, const MpProcess *process);

/* What a process does before it ends in good order: hooks, daemons, children, exit. */
void process_finish (ProcessSelf *self, int code);
