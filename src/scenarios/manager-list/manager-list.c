/* SPDX-License-Identifier: MIT */
/* A manager's server keeps a list. The children append to it, the parent reads it. */
#include <procession/mp.h>
#include <stdio.h>

#define MAX_CHILDREN 8

static int
add_name (void *arg)
{
  MpListProxy *names = arg;
  const char *name = mp_process_name (mp_current_process ());

  mp_list_append (names, mp_text (name)); /* DOC: append */
  mp_sleep (1.4);                         /* DOC: work */
  mp_list_append (names, mp_text (name)); /* DOC: append-again */
  return 0;
}

int
main (void)
{
  MpManager *manager = mp_manager_new (NULL);              /* DOC: manager */
  MpListProxy *names = mp_manager_list (manager, "names"); /* DOC: list */
  int children = (int)mp_param_int ("children", 3);
  MpProcess *child[MAX_CHILDREN];
  char text[256];
  MpValue copy;

  for (int i = 0; i < children; i++)
    {
      snprintf (text, sizeof text, "P%d", i + 1);
      child[i] = mp_process_new (text, add_name, names);
      mp_process_start (child[i]); /* DOC: start */
      mp_sleep (0.4);              /* DOC: pause */
    }
  for (int i = 0; i < children; i++)
    {
      mp_process_join (child[i]); /* DOC: join */
      mp_process_free (child[i]);
    }
  mp_list_copy (names, &copy);                        /* DOC: copy */
  mp_print ("%s", mp_repr (copy, text, sizeof text)); /* DOC: print */
  mp_clear (&copy);
  mp_manager_shutdown (manager); /* DOC: shutdown */
  mp_manager_free (manager);
  return 0;
}
