/* SPDX-License-Identifier: MIT */
/* A parent starts a child, and waits until the child has ended. */
#include <procession/mp.h>

static int
rest (void *arg)
{
  double *seconds = arg;

  mp_sleep (*seconds);      /* DOC: sleep */
  mp_print ("P1: I slept"); /* DOC: slept */
  return 0;
}

int
main (void)
{
  double seconds = mp_param_float ("seconds", 2.0);
  MpProcess *child = mp_process_new ("P1", rest, &seconds);

  mp_process_start (child);         /* DOC: start */
  mp_print ("main: P1 is started"); /* DOC: before */
  mp_process_join (child);          /* DOC: join */
  mp_print ("main: P1 has ended");  /* DOC: after */
  mp_process_free (child);
  return 0;
}
