/* SPDX-License-Identifier: MIT */
#pragma once

/* A runner in small, for tests of the runtime: makes an arena, runs this very test
 * program again as the observed one, and takes the events out of the rings.
 *
 * A test program gives its main () to mp_rig_main (). With "--case NAME" it runs that
 * case (it is then the observed program), without it the tests. */

#include "pn-arena.h"
#include "pn-event.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct
{
  const char *name;
  int (*run) (void); /* its return is the exit code of the observed program */
} MpRigCase;

typedef struct
{
  PnArena *arena;
  int fd;
  char *environment; /* what stands in PN_ARENA_ENV */
  GPtrArray *events; /* of PnEvent, by seq once mp_rig_wait () has returned */
  uint64_t taken[PN_ARENA_SLOTS];
  pid_t pid;       /* of the observed program */
  int out;         /* read end of its stdout */
  GString *output; /* what came through it, marks (PnMark) included */
  bool frozen;     /* takes nothing out of the rings */
} MpRig;

int mp_rig_main (int argc, char **argv, const MpRigCase *cases);

MpRig *mp_rig_new (void);
void mp_rig_free (MpRig *rig);

/* Starts the case, with one more argument (may be NULL). */
void mp_rig_start (MpRig *rig, const char *name, const char *argument);

/* Takes what is in the rings. */
void mp_rig_sweep (MpRig *rig);

/* Takes what has come through its stdout. */
void mp_rig_read_output (MpRig *rig);

/* Sweeps until the program and all its descendants have ended. Returns its exit code,
 * or -N for signal N. Then sorts the events. */
int mp_rig_wait (MpRig *rig);

/* start and wait. */
int mp_rig_run (MpRig *rig, const char *name, const char *argument);

/* The same without an arena, or with this text in PN_ARENA_ENV. */
int mp_rig_run_alone (const char *name, const char *environment, char **ret_output);

/* A test whose data is the name of a case: it must end with 0 alone and observed. */
void mp_rig_test_same (gconstpointer name);

/* Asserts that no number is missing from 0 on. */
void mp_rig_assert_dense (MpRig *rig);

/* Asserts what holds for any run whose program reaped all its children: each start has
 * its begin, exit and end in order, and no join comes before the end. */
void mp_rig_assert_processes (MpRig *rig);

PnEvent *mp_rig_event (MpRig *rig, guint n);
guint mp_rig_count (MpRig *rig, PnKind kind);

/* The first event of the kind at or after `from`, or NULL. `process` and `object` 0:
 * any. */
PnEvent *
mp_rig_find (MpRig *rig, guint from, PnKind kind, uint32_t process, uint32_t object);

/* The id that a name event gave to this name, or 0. */
uint32_t mp_rig_object (MpRig *rig, const char *name);

/* The number of the process that was started under this name. */
uint32_t mp_rig_process (MpRig *rig, const char *name);

/* "process.start process.begin …" of all but the name events, or of one process. */
char *mp_rig_kinds (MpRig *rig, uint32_t process);

PnSlot *mp_rig_slot (MpRig *rig, uint32_t process);
