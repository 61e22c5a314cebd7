/* SPDX-License-Identifier: MIT */
#include "queue-private.h"
#include "value-private.h"

#include <string.h>

#define SEGMENT_BYTES ((size_t)32 * 1024 - 16)

static size_t
message_bytes (size_t value_bytes)
{
  return sizeof (QueueMessage) + ((value_bytes + 7) & ~(size_t)7);
}

static QueueMessage *
message_at (QueueSegment *segment, size_t at)
{
  return (QueueMessage *)(void *)(segment->data + at);
}

/* One is kept, unless it is large. */
static void
give_segment (MpQueue *queue, QueueSegment *segment)
{
  if (segment->room <= 2 * SEGMENT_BYTES)
    segment = atomic_exchange (&queue->spare, segment);
  mp_heap_free (segment);
}

/* Where message `number` lies or will lie, searched from the beginning of *segment. */
static void
walk (QueueSegment **segment, size_t *ret_at, uint64_t number)
{
  size_t at = 0;

  for (uint64_t here = (*segment)->first; here < number;)
    {
      const QueueMessage *message = message_at (*segment, at);

      if (message->bytes == QUEUE_MOVED)
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

/* Under get_guard, the head's messages are all taken. A putter may not have noted yet
 * that it left this segment; if it does not come to it soon (stopped in between, say),
 * the segment is lost rather than waited for. */
static void
move_head (MpQueue *queue, QueueSegment *old)
{
  bool is_left = atomic_load_explicit (&queue->tail, memory_order_acquire) != old;

  if (!is_left
      && mp_guard_lock (&queue->put_guard, 0, queue_repair_put, queue) == MP_OK)
    {
      is_left = true;
      mp_guard_unlock (&queue->put_guard);
    }
  atomic_store_explicit (&queue->head, old->next, memory_order_relaxed);
  queue->head_at = 0;
  if (is_left)
    give_segment (queue, old);
}

QueueSegment *
queue_take_segment (MpQueue *queue, size_t room)
{
  size_t bytes = sizeof (QueueSegment) + room;
  QueueSegment *segment = NULL;

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

void
queue_repair_put (void *data)
{
  MpQueue *queue = data;
  QueueSegment *tail = atomic_load (&queue->tail);

  walk (&tail, &queue->tail_at, atomic_load (&queue->n_put) + 1);
  /* Linked, but no message in it counts. */
  mp_heap_free (tail->next);
  tail->next = NULL;
  atomic_store (&queue->tail, tail);
}

void
queue_repair_get (void *data)
{
  MpQueue *queue = data;
  QueueSegment *head = atomic_load (&queue->head);

  walk (&head, &queue->head_at, atomic_load (&queue->n_got) + 1);
  atomic_store (&queue->head, head);
}

/* Under put_guard. */
int
queue_append (
    MpQueue *queue, MpValue value, size_t bytes, const char *text, MpSite site)
{
  uint64_t number = atomic_load_explicit (&queue->n_put, memory_order_relaxed) + 1;
  QueueSegment *segment = atomic_load_explicit (&queue->tail, memory_order_relaxed);
  size_t at = queue->tail_at;
  size_t need = message_bytes (bytes);
  QueueMessage *message = message_at (segment, at);

  if (at + need + sizeof (QueueMessage) > segment->room)
    {
      QueueSegment *next = queue_take_segment (queue, need + sizeof (QueueMessage));

      if (next == NULL)
        return MP_TOO_LARGE;
      next->first = number;
      segment->next = next;
      message->bytes = QUEUE_MOVED;
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

/* Under get_guard, and the queue is not empty. The event stands before the act, since a
 * putter may react to the act. A message that is no value is taken all the same. */
int
queue_take (MpQueue *queue, MpValue *ret_value, MpSite site)
{
  uint64_t number = atomic_load_explicit (&queue->n_got, memory_order_relaxed) + 1;
  QueueSegment *segment = atomic_load_explicit (&queue->head, memory_order_relaxed);
  const QueueMessage *message = message_at (segment, queue->head_at);
  char text[QUEUE_TEXT_BYTES];
  uint32_t bytes;
  int error;

  if (message->bytes == QUEUE_MOVED)
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
