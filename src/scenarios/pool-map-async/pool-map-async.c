/* SPDX-License-Identifier: MIT */
/* map_async: the parent goes on while the workers work, and asks for the list later. */
#include <procession/mp.h>

static MpValue
work (MpValue seconds)
{
  mp_sleep (mp_as_float (seconds)); /* DOC: work */
  return seconds;
}

int
main (void)
{
  MpPool *pool = mp_pool_new (NULL, (int)mp_param_int ("workers", 3)); /* DOC: pool */
  MpValue tasks = mp_list ();
  MpAsyncResult *result;
  MpValue results;
  char text[256];

  mp_append (&tasks, mp_int (1));
  mp_append (&tasks, mp_int (1));
  mp_append (&tasks, mp_int (5));

  result = mp_pool_map_async (pool, work, tasks); /* DOC: map */
  mp_print ("main: I go on");                     /* DOC: on */
  mp_sleep (2.0);                                 /* DOC: sleep */
  mp_print ("main: is it ready? %s",              /* DOC: ready */
            mp_async_ready (result) ? "yes" : "no");

  mp_pool_close (pool);                                        /* DOC: close */
  mp_pool_join (pool);                                         /* DOC: join */
  mp_async_get (result, &results);                             /* DOC: get */
  mp_print ("main: %s", mp_repr (results, text, sizeof text)); /* DOC: after */

  mp_clear (&results);
  mp_async_free (result);
  mp_pool_free (pool);
  return 0;
}
