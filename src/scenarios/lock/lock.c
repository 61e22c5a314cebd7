/* SPDX-License-Identifier: MIT */
/* Children want the same lock. They take turns: one holds it, the others wait. */
#include <procession/mp.h>
#include <stdio.h>

#define MAX_CHILDREN 8

static int
take_turn (void *arg)
{
  MpLock *lock = arg;

  mp_lock_acquire (lock);                      /* DOC: acquire */
  mp_print ("process %d", mp_process_rank ()); /* DOC: print */
  mp_sleep (0.8);                              /* DOC: sleep */
  mp_lock_release (lock);                      /* DOC: release */
  return 0;
}

int
main (void)
{
  MpLock *lock = mp_lock_new (NULL); /* DOC: lock */
  int children = (int)mp_param_int ("children", 3);
  MpProcess *child[MAX_CHILDREN];
  char name[16];

  for (int i = 0; i < children; i++)
    {
      snprintf (name, sizeof name, "P%d", i + 1);
      child[i] = mp_process_new (name, take_turn, lock);
      mp_process_start (child[i]); /* DOC: start */
      mp_sleep (0.1);              /* DOC: pause */
    }
  for (int i = 0; i < children; i++)
    {
      mp_process_join (child[i]); /* DOC: join */
      mp_process_free (child[i]);
    }
  mp_lock_free (lock);
  return 0;
}
