/* SPDX-License-Identifier: MIT */
#pragma once

/* The inside of a queue: queue-store.c puts messages into memory and takes them out,
 * queue.c decides who waits.
 *
 * Messages lie one behind the other in segments, linked from head to tail. Putting and
 * getting have a guard each, so that a putter and a getter never wait for each other.
 *
 * Two words alone say what is in the queue: n_put and n_got. Storing one of them is the
 * act; all else (where head and tail stand) is a note of its guard's holder that can be
 * found again by walking a segment. So a process may be killed at any instruction: its
 * message is there or it is not. At worst a segment is lost. */

#include "guard.h"

#define QUEUE_TEXT_BYTES 200

/* Instead of a length: the next message is the first of the next segment. */
#define QUEUE_MOVED UINT32_MAX

typedef struct
{
  uint32_t bytes;  /* of the encoded value, or QUEUE_MOVED */
  uint32_t sender; /* its process number */
} QueueMessage;

typedef struct QueueSegment
{
  struct QueueSegment *next;
  uint64_t first; /* number of its first message */
  size_t room;    /* of `data` */
  _Alignas(8) unsigned char data[];
} QueueSegment;

struct MpQueue
{
  uint32_t object;
  int64_t created_ns; /* tells it from an earlier one at the same address */
  size_t maxsize;     /* 0: unbounded */
  QueueSegment *_Atomic spare;

  _Alignas(64) MpGuard put_guard;
  _Atomic uint64_t n_put;
  QueueSegment *_Atomic tail; /* no message after n_put lies before it */
  size_t tail_at;             /* where the next one goes */

  _Alignas(64) MpGuard get_guard;
  _Atomic uint64_t n_got;
  QueueSegment *_Atomic head;
  size_t head_at;

  _Alignas(64) MpSleepers getters;
  _Alignas(64) MpSleepers putters;
};

/* A segment with room for `room` bytes; NULL: no memory. */
QueueSegment *queue_take_segment (MpQueue *queue, size_t room);

/* What a holder of the guards left that was killed is made whole. */
void queue_repair_put (void *queue);
void queue_repair_get (void *queue);

/* Under put_guard, and the queue is not full. `text` NULL: no event. */
int queue_append (
    MpQueue *queue, MpValue value, size_t bytes, const char *text, MpSite site);

/* Under get_guard, and the queue is not empty. */
int queue_take (MpQueue *queue, MpValue *ret_value, MpSite site);
