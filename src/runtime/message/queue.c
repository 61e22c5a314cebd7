/* SPDX-License-Identifier: MIT */
#include "queue-private.h"
#include "value-private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Rounds that a getter looks for a message before it sleeps: some 10 µs, which is what
 * a sleep and a wake cost. */
#define SPIN_ROUNDS 200

/* The queues that this process has closed. A child inherits them, as in Python. */
typedef struct Closed
{
  struct Closed *next;
  const MpQueue *queue;
  int64_t created_ns;
} Closed;

static Closed *_Atomic closed_queues;

static bool
is_closed (const MpQueue *queue)
{
  const Closed *closed = atomic_load_explicit (&closed_queues, memory_order_acquire);

  for (; closed != NULL; closed = closed->next)
    if (closed->queue == queue && closed->created_ns == queue->created_ns)
      return true;
  return false;
}

static bool
is_full (MpQueue *queue)
{
  uint64_t n_got;

  if (queue->maxsize == 0)
    return false;
  n_got = atomic_load_explicit (&queue->n_got, memory_order_acquire);
  return atomic_load_explicit (&queue->n_put, memory_order_relaxed) - n_got
         >= queue->maxsize;
}

static bool
is_empty (MpQueue *queue)
{
  uint64_t n_got = atomic_load_explicit (&queue->n_got, memory_order_relaxed);

  return atomic_load_explicit (&queue->n_put, memory_order_acquire) == n_got;
}

/* MP_FULL if it has to wait. */
static int
try_put (MpQueue *queue,
         MpValue value,
         size_t bytes,
         int64_t deadline,
         const char *text,
         MpSite site)
{
  int error;

  if (is_full (queue))
    return MP_FULL;
  if (mp_guard_lock (&queue->put_guard, deadline, queue_repair_put, queue) != MP_OK)
    return MP_FULL;
  error = is_full (queue) ? MP_FULL : queue_append (queue, value, bytes, text, site);
  mp_guard_unlock (&queue->put_guard);
  if (error == MP_OK)
    mp_sleepers_wake (&queue->getters, 1);
  return error;
}

/* MP_EMPTY if it has to wait. */
static int
try_get (MpQueue *queue, MpValue *ret_value, int64_t deadline, MpSite site)
{
  int error;

  if (is_empty (queue))
    return MP_EMPTY;
  if (mp_guard_lock (&queue->get_guard, deadline, queue_repair_get, queue) != MP_OK)
    return MP_EMPTY;
  error = is_empty (queue) ? MP_EMPTY : queue_take (queue, ret_value, site);
  mp_guard_unlock (&queue->get_guard);
  if (error == MP_OK && queue->maxsize > 0)
    mp_sleepers_wake (&queue->putters, 1);
  return error;
}

/* Returns when it may be worth a try. */
static void
wait_while (MpQueue *queue,
            bool (*has_to_wait) (MpQueue *),
            MpSleepers *sleepers,
            int64_t deadline)
{
  uint32_t seen = mp_sleepers_enter (sleepers);

  if (has_to_wait (queue))
    mp_sleepers_sleep (sleepers, seen, deadline);
  mp_sleepers_leave (sleepers);
}

static bool
spin_while (MpQueue *queue, bool (*has_to_wait) (MpQueue *))
{
  for (int round = 0; round < SPIN_ROUNDS; round++)
    {
      if (!has_to_wait (queue))
        return false;
      mp_spin_pause ();
    }
  return true;
}

static int
put (MpQueue *queue, MpValue value, double timeout, MpSite site)
{
  int64_t deadline = mp_deadline (timeout);
  size_t bytes = mp_value_encoded_bytes (value);
  bool has_waited = false;
  char text[QUEUE_TEXT_BYTES] = "";
  int error;

  if (is_closed (queue))
    return MP_CLOSED;
  if (bytes > MP_HEAP_BLOCK_MAX / 2)
    return MP_TOO_LARGE;
  if (mp_is_observed ())
    mp_repr (value, text, sizeof text);
  for (;;)
    {
      error = try_put (
          queue, value, bytes, deadline, mp_is_observed () ? text : NULL, site);
      if (error != MP_FULL || deadline <= mp_now_ns ())
        return error;
      if (!has_waited && !spin_while (queue, is_full))
        continue;
      if (!has_waited)
        mp_emit (
            PN_KIND_QUEUE_PUT_WAIT, queue->object, 0, mp_timeout_ns (timeout), site);
      has_waited = true;
      wait_while (queue, is_full, &queue->putters, deadline);
    }
}

static int
get (MpQueue *queue, MpValue *ret_value, double timeout, MpSite site)
{
  int64_t deadline = mp_deadline (timeout);
  bool has_waited = false;
  int error;

  if (is_closed (queue))
    return MP_CLOSED;
  for (;;)
    {
      error = try_get (queue, ret_value, deadline, site);
      if (error != MP_EMPTY || deadline <= mp_now_ns ())
        return error;
      if (!has_waited && !spin_while (queue, is_empty))
        continue;
      if (!has_waited)
        mp_emit (
            PN_KIND_QUEUE_GET_WAIT, queue->object, 0, mp_timeout_ns (timeout), site);
      has_waited = true;
      wait_while (queue, is_empty, &queue->getters, deadline);
    }
}

MpQueue *
mp_queue_new_at (const char *name, size_t maxsize, MpSite site)
{
  MpQueue *queue = mp_heap_alloc0 (sizeof *queue);
  QueueSegment *segment;

  if (queue == NULL)
    return NULL;
  segment = queue_take_segment (queue, 0);
  if (segment == NULL)
    {
      mp_heap_free (queue);
      return NULL;
    }
  if (mp_guard_init (&queue->put_guard) != MP_OK
      || mp_guard_init (&queue->get_guard) != MP_OK)
    {
      mp_heap_free (segment);
      mp_heap_free (queue);
      return mp_fail (MP_SYSTEM);
    }
  segment->first = 1;
  queue->head = queue->tail = segment;
  queue->created_ns = mp_now_ns ();
  queue->maxsize = maxsize;
  queue->object = mp_object_new (PN_OBJECT_QUEUE, name, (int64_t)maxsize, site);
  return queue;
}

void
mp_queue_free (MpQueue *queue)
{
  QueueSegment *next;

  if (queue == NULL)
    return;
  for (QueueSegment *segment = queue->head; segment != NULL; segment = next)
    {
      next = segment == queue->tail ? NULL : segment->next;
      mp_heap_free (segment);
    }
  mp_heap_free (queue->spare);
  mp_heap_free (queue);
}

int
mp_queue_put_at (MpQueue *queue, MpValue value, double timeout, MpSite site)
{
  int error;

  mp_point (PN_KIND_QUEUE_PUT, queue->object);
  error = put (queue, value, timeout, site);
  if (error != MP_OK)
    mp_emit_failed (PN_KIND_QUEUE_PUT, queue->object, 0, error, site);
  mp_clear (&value);
  return error;
}

int
mp_queue_get_at (MpQueue *queue, MpValue *ret_value, double timeout, MpSite site)
{
  MpValue value;
  int error;

  mp_point (PN_KIND_QUEUE_GET, queue->object);
  error = get (queue, &value, timeout, site);
  if (error != MP_OK)
    {
      mp_emit_failed (PN_KIND_QUEUE_GET, queue->object, 0, error, site);
      return error;
    }
  if (ret_value != NULL)
    *ret_value = value;
  else
    mp_clear (&value);
  return MP_OK;
}

/* Exact at one moment: nobody got anything between the two looks at n_got. */
size_t
mp_queue_qsize (MpQueue *queue)
{
  uint64_t n_got = atomic_load (&queue->n_got);

  for (;;)
    {
      uint64_t n_put = atomic_load (&queue->n_put);
      uint64_t again = atomic_load (&queue->n_got);

      if (again == n_got)
        return (size_t)(n_put - n_got);
      n_got = again;
    }
}

bool
mp_queue_empty (MpQueue *queue)
{
  return mp_queue_qsize (queue) == 0;
}

bool
mp_queue_full (MpQueue *queue)
{
  return queue->maxsize > 0 && mp_queue_qsize (queue) >= queue->maxsize;
}

int
mp_queue_close_at (MpQueue *queue, MpSite site)
{
  Closed *closed;

  mp_point (PN_KIND_QUEUE_CLOSE, queue->object);
  if (is_closed (queue))
    return MP_OK;
  closed = malloc (sizeof *closed);
  if (closed == NULL)
    return MP_TOO_LARGE;
  closed->queue = queue;
  closed->created_ns = queue->created_ns;
  closed->next = atomic_load (&closed_queues);
  while (!atomic_compare_exchange_weak (&closed_queues, &closed->next, closed))
    ;
  mp_emit (PN_KIND_QUEUE_CLOSE, queue->object, 0, 0, site);
  return MP_OK;
}
