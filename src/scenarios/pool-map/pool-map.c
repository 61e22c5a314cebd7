/* SPDX-License-Identifier: MIT */
/* map: the tasks are done by a pool of workers, and the parent waits for the list. */
#include <procession/mp.h>

static MpValue
square (MpValue number)
{
  int64_t n = mp_as_int (number);

  mp_sleep (1.0); /* DOC: work */
  return mp_int (n * n);
}

int
main (void)
{
  MpPool *pool = mp_pool_new (NULL, (int)mp_param_int ("workers", 5)); /* DOC: pool */
  MpValue numbers = mp_list ();
  MpValue squares;
  char text[256];

  for (int64_t n = 1; n <= mp_param_int ("tasks", 3); n++)
    mp_append (&numbers, mp_int (n));

  mp_print ("main: map begins");                               /* DOC: before */
  mp_pool_map (pool, square, numbers, &squares);               /* DOC: map */
  mp_print ("main: %s", mp_repr (squares, text, sizeof text)); /* DOC: after */

  mp_clear (&squares);
  mp_pool_close (pool); /* DOC: close */
  mp_pool_join (pool);  /* DOC: join */
  mp_pool_free (pool);
  return 0;
}
