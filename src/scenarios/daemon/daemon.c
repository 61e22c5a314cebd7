/* SPDX-License-Identifier: MIT */
/* The parent ends first. A daemon child is ended with it, another is waited for. */
#include <procession/mp.h>

static int
work (void *arg)
{
  for (int step = 1; step <= 5; step++)
    {
      mp_print ("P1: step %d of 5", step); /* DOC: step */
      mp_sleep (0.6);                      /* DOC: work */
    }
  mp_print ("P1: done"); /* DOC: done */
  return 0;
}

int
main (void)
{
  MpProcess *child = mp_process_new ("P1", work, NULL);

  mp_process_set_daemon (child, mp_param_bool ("daemon", true));
  mp_process_start (child); /* DOC: start */
  mp_sleep (2.1);           /* DOC: sleep */
  mp_print ("main: I end"); /* DOC: end */
  return 0;
}
