/* SPDX-License-Identifier: MIT */
#include "guard.h"
#include "value-private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Messages lie one behind the other in segments, linked from head to tail. Putting and
 * getting have a guard each, so that a putter and a getter never wait for each other.
 *
 * Two words alone say what is in the queue: n_put and n_got. Storing one of them is the
 * act; all else (where head and tail stand) is a note of its guard's holder that can be
 * found again by walking a segment. So a process may be killed at any instruction: its
 * message is there or it is not. At worst a segment is lost. */

#define SEGMENT_BYTES ((size_t)32 * 1024 - 16)

/* Instead of a length: the next message is the first of the next segment. */
#define MESSAGE_MOVED UINT32_MAX

/* Rounds that a getter looks for a message before it sleeps: some 10 µs, which is what
 * a sleep and a wake cost. */
#define SPIN_ROUNDS 200

#define TEXT_BYTES 200

typedef struct
{
  uint32_t bytes;  /* of the encoded value, or MESSAGE_MOVED */
  uint32_t sender; /* its process number */
} Message;

typedef struct Segment
{
  struct Segment *next;
  uint64_t first; /* number of its first message */
  size_t room;    /* of `data` */
  _Alignas(8) unsigned char data[];
} Segment;

struct MpQueue
{
  uint32_t object;
  int64_t created_ns; /* tells it from an earlier one at the same address */
  size_t maxsize;     /* 0: unbounded */
  Segment *_Atomic spare;

  _Alignas(64) MpGuard put_guard;
  _Atomic uint64_t n_put;
  Segment *_Atomic tail; /* no message after n_put lies before it */
  size_t tail_at;        /* where the next one goes */

  _Alignas(64) MpGuard get_guard;
  _Atomic uint64_t n_got;
  Segment *_Atomic head;
  size_t head_at;

  _Alignas(64) MpSleepers getters;
  _Alignas(64) MpSleepers putters;
};

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

static size_t
message_bytes (size_t value_bytes)
{
  return sizeof (Message) + ((value_bytes + 7) & ~(size_t)7);
}

static Message *
message_at (Segment *segment, size_t at)
{
  return (Message *)(void *)(segment->data + at);
}

static Segment *
take_segment (MpQueue *queue, size_t room)
{
  size_t bytes = sizeof (Segment) + room;
  Segment *segment = NULL;

  if (bytes <= SEGMENT_BYTES)
    segment = atomic_exchange (&queue->spare, NULL);
  if (segment == NULL)
    {
      segment = mp_heap_alloc (bytes > SEGMENT_BYTES ? bytes : SEGMENT_BYTES);
      if (segment == NULL)
        return NULL;
      segment->room = mp_heap_block_bytes (segment) - sizeof *segment;
    }
  segment->next = NULL;
  return segment;
}

/* One is kept, unless it is large. */
static void
give_segment (MpQueue *queue, Segment *segment)
{
  if (segment->room <= 2 * SEGMENT_BYTES)
    segment = atomic_exchange (&queue->spare, segment);
  mp_heap_free (segment);
}

/* Where message `number` lies or will lie, searched from the beginning of *segment. */
static void
walk (Segment **segment, size_t *ret_at, uint64_t number)
{
  size_t at = 0;

  for (uint64_t here = (*segment)->first; here < number;)
    {
      const Message *message = message_at (*segment, at);

      if (message->bytes == MESSAGE_MOVED)
        {
          *segment = (*segment)->next;
          at = 0;
          continue;
        }
      at += message_bytes (message->bytes);
      here++;
    }
  *ret_at = at;
}

static void
repair_put (void *data)
{
  MpQueue *queue = data;
  Segment *tail = atomic_load (&queue->tail);

  walk (&tail, &queue->tail_at, atomic_load (&queue->n_put) + 1);
  /* Linked, but no message in it counts. */
  mp_heap_free (tail->next);
  tail->next = NULL;
  atomic_store (&queue->tail, tail);
}

static void
repair_get (void *data)
{
  MpQueue *queue = data;
  Segment *head = atomic_load (&queue->head);

  walk (&head, &queue->head_at, atomic_load (&queue->n_got) + 1);
  atomic_store (&queue->head, head);
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

/* Under put_guard. */
static int
append (MpQueue *queue, MpValue value, size_t bytes, const char *text, MpSite site)
{
  uint64_t number = atomic_load_explicit (&queue->n_put, memory_order_relaxed) + 1;
  Segment *segment = atomic_load_explicit (&queue->tail, memory_order_relaxed);
  size_t at = queue->tail_at;
  size_t need = message_bytes (bytes);
  Message *message = message_at (segment, at);

  if (at + need + sizeof (Message) > segment->room)
    {
      Segment *next = take_segment (queue, need + sizeof (Message));

      if (next == NULL)
        return MP_TOO_LARGE;
      next->first = number;
      segment->next = next;
      message->bytes = MESSAGE_MOVED;
      segment = next;
      at = 0;
      message = message_at (segment, 0);
    }
  message->bytes = (uint32_t)bytes;
  message->sender = mp_process_number ();
  mp_value_encode (value, (unsigned char *)(message + 1));

  if (text != NULL)
    mp_emit_text (PN_KIND_QUEUE_PUT, queue->object, 0, (int64_t)number, site, text);
  atomic_store_explicit (&queue->n_put, number, memory_order_release);
  queue->tail_at = at + need;
  /* After n_put: a getter that finds the old one here knows to leave it alone. */
  atomic_store_explicit (&queue->tail, segment, memory_order_release);
  return MP_OK;
}

/* Under get_guard, the head's messages are all taken. A putter may not have noted yet
 * that it left this segment; if it does not come to it soon (stopped in between, say),
 * the segment is lost rather than waited for. */
static void
move_head (MpQueue *queue, Segment *old)
{
  bool is_left = atomic_load_explicit (&queue->tail, memory_order_acquire) != old;

  if (!is_left && mp_guard_lock (&queue->put_guard, 0, repair_put, queue) == MP_OK)
    {
      is_left = true;
      mp_guard_unlock (&queue->put_guard);
    }
  atomic_store_explicit (&queue->head, old->next, memory_order_relaxed);
  queue->head_at = 0;
  if (is_left)
    give_segment (queue, old);
}

/* Under get_guard, and the queue is not empty. The event stands before the act, since a
 * putter may react to the act. A message that is no value is taken all the same. */
static int
take (MpQueue *queue, MpValue *ret_value, MpSite site)
{
  uint64_t number = atomic_load_explicit (&queue->n_got, memory_order_relaxed) + 1;
  Segment *segment = atomic_load_explicit (&queue->head, memory_order_relaxed);
  const Message *message = message_at (segment, queue->head_at);
  char text[TEXT_BYTES];
  uint32_t bytes;
  int error;

  if (message->bytes == MESSAGE_MOVED)
    {
      move_head (queue, segment);
      segment = atomic_load_explicit (&queue->head, memory_order_relaxed);
      message = message_at (segment, 0);
    }
  bytes = message->bytes;
  if (bytes > segment->room - queue->head_at - sizeof *message)
    return MP_INVALID;
  error = mp_value_decode (message + 1, bytes, ret_value);
  if (error == MP_TOO_LARGE)
    return error;
  if (error == MP_OK && mp_is_observed ())
    mp_emit_text (PN_KIND_QUEUE_GET,
                  queue->object,
                  message->sender,
                  (int64_t)number,
                  site,
                  mp_repr (*ret_value, text, sizeof text));
  atomic_store_explicit (&queue->n_got, number, memory_order_release);
  queue->head_at += message_bytes (bytes);
  return error;
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
  if (mp_guard_lock (&queue->put_guard, deadline, repair_put, queue) != MP_OK)
    return MP_FULL;
  error = is_full (queue) ? MP_FULL : append (queue, value, bytes, text, site);
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
  if (mp_guard_lock (&queue->get_guard, deadline, repair_get, queue) != MP_OK)
    return MP_EMPTY;
  error = is_empty (queue) ? MP_EMPTY : take (queue, ret_value, site);
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
  char text[TEXT_BYTES] = "";
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
  Segment *segment;

  if (queue == NULL)
    return NULL;
  segment = take_segment (queue, 0);
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
  Segment *next;

  if (queue == NULL)
    return;
  for (Segment *segment = queue->head; segment != NULL; segment = next)
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

size_t
mp_queue_qsize (MpQueue *queue)
{
  uint64_t n_got = atomic_load (&queue->n_got);

  return (size_t)(atomic_load (&queue->n_put) - n_got);
}

bool
mp_queue_empty (MpQueue *queue)
{
  return mp_queue_qsize (queue) == 0;
}

bool
mp_queue_full (MpQueue *queue)
{
  return is_full (queue);
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
