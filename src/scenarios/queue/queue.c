/* SPDX-License-Identifier: MIT */
/* Messages wait in a queue until one of the readers is free to take the next. */
#include <procession/mp.h>
#include <stdio.h>

#define MAX_READERS 4

static int
read_messages (void *arg)
{
  MpQueue *queue = arg;
  MpValue message;

  for (;;)
    {
      mp_queue_get (queue, &message); /* DOC: get */
      if (message.type == MP_NONE)
        return 0;
      mp_print ("read %s", mp_as_text (message)); /* DOC: print */
      mp_clear (&message);
      mp_sleep (0.8); /* DOC: work */
    }
}

int
main (void)
{
  MpQueue *queue = mp_queue_new (NULL, 0); /* DOC: queue */
  int readers = (int)mp_param_int ("readers", 2);
  MpProcess *children[MAX_READERS];
  char name[16];

  for (int i = 0; i < readers; i++)
    {
      snprintf (name, sizeof name, "P%d", i + 1);
      children[i] = mp_process_new (name, read_messages, queue);
      mp_process_start (children[i]); /* DOC: start */
    }
  for (int n = 1; n <= mp_param_int ("messages", 6); n++)
    {
      mp_sleep (0.25);                                   /* DOC: pause */
      mp_queue_put (queue, mp_format ("message %d", n)); /* DOC: put */
    }
  for (int i = 0; i < readers; i++)
    mp_queue_put (queue, mp_none ()); /* DOC: stop */
  for (int i = 0; i < readers; i++)
    {
      mp_process_join (children[i]); /* DOC: join */
      mp_process_free (children[i]);
    }
  mp_queue_free (queue);
  return 0;
}
