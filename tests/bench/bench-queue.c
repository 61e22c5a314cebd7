/* SPDX-License-Identifier: MIT */
/* Messages of 64 bytes a second through a queue and a pipe, one process to another. */
#include "bench.h"

#include <procession/mp.h>
#include <string.h>

#define MESSAGES 500000

typedef struct
{
  MpQueue *queue;
  MpConnection *sender;
} Ways;

static MpValue
message (void)
{
  char text[62];

  memset (text, 'm', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  return mp_text (text);
}

static int
put_all (void *data)
{
  const Ways *ways = data;

  for (int i = 0; i < MESSAGES; i++)
    if (mp_queue_put (ways->queue, message ()) != MP_OK)
      return 1;
  return 0;
}

static int
send_all (void *data)
{
  const Ways *ways = data;

  for (int i = 0; i < MESSAGES; i++)
    if (mp_send (ways->sender, message ()) != MP_OK)
      return 1;
  return 0;
}

static double
per_second (int64_t begin_ns)
{
  return MESSAGES / ((double)(bench_now_ns () - begin_ns) / 1e9);
}

static void
join (MpProcess *process)
{
  int code = 1;

  mp_process_join (process);
  if (!mp_process_exitcode (process, &code) || code != 0)
    exit (1);
  mp_process_free (process);
}

static double
time_queue (Ways *ways)
{
  MpProcess *process = mp_process_new (NULL, put_all, ways);
  int64_t begin_ns = bench_now_ns ();

  mp_process_start (process);
  for (int i = 0; i < MESSAGES; i++)
    mp_queue_get (ways->queue, NULL);
  join (process);
  return per_second (begin_ns);
}

static double
time_pipe (Ways *ways, MpConnection *receiver)
{
  MpProcess *process = mp_process_new (NULL, send_all, ways);
  int64_t begin_ns = bench_now_ns ();

  mp_process_start (process);
  for (int i = 0; i < MESSAGES; i++)
    mp_recv (receiver, NULL);
  join (process);
  return per_second (begin_ns);
}

int
main (void)
{
  Ways ways = { .queue = mp_queue_new (NULL, 0) };
  MpConnection *receiver;

  if (ways.queue == NULL || mp_pipe (NULL, false, &receiver, &ways.sender) != MP_OK)
    return 1;
  bench_result ("queue_per_s", time_queue (&ways));
  bench_result ("pipe_per_s", time_pipe (&ways, receiver));
  mp_queue_free (ways.queue);
  mp_connection_free (receiver);
  mp_connection_free (ways.sender);
  return 0;
}
