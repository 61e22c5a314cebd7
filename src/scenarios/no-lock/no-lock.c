/* SPDX-License-Identifier: MIT */
/* No lock: the output is mixed up, and updates of the shared counter are lost. */
#include <procession/mp.h>
#include <stdio.h>

#define MAX_CHILDREN 8
#define ROUNDS 2

static int
count (void *arg)
{
  MpShared *counter = arg;

  for (int round = 0; round < ROUNDS; round++)
    {
      int64_t seen = mp_shared_get_int (counter);                     /* DOC: read */
      mp_print ("process %d read %d", mp_process_rank (), (int)seen); /* DOC: print */
      mp_sleep (0.8); /* Meanwhile the others read the same. */       /* DOC: pause */
      mp_shared_set_int (counter, seen + 1);                          /* DOC: write */
    }
  return 0;
}

int
main (void)
{
  MpShared *counter = mp_shared_int ("counter", 0); /* DOC: counter */
  int children = (int)mp_param_int ("children", 3);
  MpProcess *child[MAX_CHILDREN];
  char name[16];
  int total;

  for (int i = 0; i < children; i++)
    {
      snprintf (name, sizeof name, "P%d", i + 1);
      child[i] = mp_process_new (name, count, counter);
      mp_process_start (child[i]); /* DOC: start */
      mp_sleep (0.08);             /* DOC: stagger */
    }
  for (int i = 0; i < children; i++)
    {
      mp_process_join (child[i]); /* DOC: join */
      mp_process_free (child[i]);
    }
  total = (int)mp_shared_get_int (counter);                     /* DOC: total */
  mp_print ("counter is %d, not %d", total, children * ROUNDS); /* DOC: result */
  mp_shared_free (counter);
  return 0;
}
