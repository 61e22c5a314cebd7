/* SPDX-License-Identifier: MIT */
/* A child starts a child of its own. Only the one who started it can join it. */
#include <procession/mp.h>

static int
grandchild (void *arg)
{
  double *seconds = arg;

  mp_print ("P2: my parent is P1"); /* DOC: deepest */
  mp_sleep (*seconds);              /* DOC: sleep */
  return 0;
}

static int
child (void *arg)
{
  MpProcess *process = mp_process_new ("P2", grandchild, arg);

  mp_print ("P1: my parent is main"); /* DOC: nested */
  mp_sleep (0.5);                     /* DOC: work */
  mp_process_start (process);         /* DOC: start-nested */
  mp_process_join (process);          /* DOC: join-nested */
  mp_print ("P1: P2 has ended");      /* DOC: nested-ended */
  mp_process_free (process);
  return 0;
}

int
main (void)
{
  double seconds = mp_param_float ("seconds", 1.5);
  MpProcess *process = mp_process_new ("P1", child, &seconds);

  mp_process_start (process);      /* DOC: start */
  mp_process_join (process);       /* DOC: join */
  mp_print ("main: P1 has ended"); /* DOC: ended */
  mp_process_free (process);
  return 0;
}
