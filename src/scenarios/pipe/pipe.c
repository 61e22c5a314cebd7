/* SPDX-License-Identifier: MIT */
/* A pipe with two ends. Each end sends and receives. */
#include <procession/mp.h>

static MpConnection *near_end;
static MpConnection *far_end;

static int
answer (void *arg)
{
  MpValue question;

  mp_connection_close (near_end);               /* DOC: child-closes */
  while (mp_recv (far_end, &question) == MP_OK) /* DOC: child-receives */
    {
      mp_print ("P1: %s?", mp_as_text (question));                 /* DOC: question */
      mp_sleep (0.6);                                              /* DOC: work */
      mp_send (far_end, mp_format ("%s!", mp_as_text (question))); /* DOC: answer */
      mp_clear (&question);
    }
  mp_print ("P1: the other end is closed"); /* DOC: eof */
  return 0;
}

int
main (void)
{
  MpProcess *child = mp_process_new ("P1", answer, NULL);
  MpValue reply;

  mp_pipe (NULL, true, &near_end, &far_end); /* DOC: pipe */
  mp_process_start (child);                  /* DOC: start */
  mp_connection_close (far_end);             /* DOC: parent-closes */
  for (int n = 1; n <= mp_param_int ("questions", 3); n++)
    {
      mp_sleep (0.2);                            /* DOC: think */
      mp_send (near_end, mp_format ("%d", n));   /* DOC: ask */
      mp_recv (near_end, &reply);                /* DOC: parent-receives */
      mp_print ("main: %s", mp_as_text (reply)); /* DOC: reply */
      mp_clear (&reply);
    }
  mp_connection_close (near_end); /* DOC: close */
  mp_process_join (child);        /* DOC: join */
  mp_process_free (child);
  return 0;
}
