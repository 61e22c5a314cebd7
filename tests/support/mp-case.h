/* SPDX-License-Identifier: MIT */
#pragma once

/* For the observed side of a test of processes. A case counts what it finds wrong and
 * returns that as its exit code. */

#include "mp-private.h"

#include <glib.h>
#include <stdio.h>

#define CASE_PROCESSES_MAX 256

static int n_wrong;

#define EXPECT(condition)                                                              \
  do                                                                                   \
    if (!(condition))                                                                  \
      {                                                                                \
        fprintf (stderr, "# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);     \
        n_wrong++;                                                                     \
      }                                                                                \
  while (0)

static inline int
return_rank (void *unused)
{
  return mp_process_rank ();
}

static inline int
sleep_long (void *unused)
{
  mp_sleep (100);
  return 0;
}

/* Never freed, but never out of reach: no leak. */
static inline MpProcess *
made (const char *name, MpTarget target, void *arg)
{
  static MpProcess *all[CASE_PROCESSES_MAX];
  static int n;

  g_assert_cmpint (n, <, CASE_PROCESSES_MAX);
  all[n] = mp_process_new (name, target, arg);
  EXPECT (all[n] != NULL);
  return all[n++];
}

static inline MpProcess *
started (const char *name, MpTarget target, void *arg)
{
  MpProcess *process = made (name, target, arg);

  EXPECT (mp_process_start (process) == MP_OK);
  return process;
}

static inline int
code_of (MpProcess *process)
{
  int code = 1000;

  EXPECT (mp_process_join (process) == MP_OK);
  EXPECT (mp_process_exitcode (process, &code));
  return code;
}
