/* SPDX-License-Identifier: MIT */
#include "pn-sweep.h"

#include "pn-share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENT_MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)
#define MARK_NS (PN_OVERDUE_NS / 8)

static PnRecord *
stage_first (const PnStage *stage)
{
  return (PnRecord *)(stage->blocks + stage->begin);
}

static bool
stage_is_empty (const PnStage *stage)
{
  return stage->begin == stage->end;
}

/* Makes room for `bytes` more at the end. */
static int
stage_reserve (PnStage *stage, size_t bytes)
{
  size_t used = stage->end - stage->begin;
  size_t room = stage->room > 0 ? stage->room : 16 * 1024;
  unsigned char *blocks;

  if (stage->room - stage->end >= bytes)
    return 0;
  while (room - used < bytes)
    room *= 2;
  if (room == stage->room && stage->begin >= room / 2)
    {
      memmove (stage->blocks, stage->blocks + stage->begin, used);
    }
  else
    {
      room = room == stage->room ? 2 * room : room;
      blocks = malloc (room);
      if (blocks == NULL)
        return -ENOMEM;
      if (used > 0)
        memcpy (blocks, stage->blocks + stage->begin, used);
      free (stage->blocks);
      stage->blocks = blocks;
      stage->room = room;
    }
  stage->begin = 0;
  stage->end = used;
  return 0;
}

static uint64_t
heap_key (const PnSweep *sweep, size_t i)
{
  return stage_first (&sweep->streams[sweep->heap[i]].stage)->seq;
}

static void
heap_swap (PnSweep *sweep, size_t i, size_t j)
{
  uint16_t stream = sweep->heap[i];

  sweep->heap[i] = sweep->heap[j];
  sweep->heap[j] = stream;
}

static void
heap_sink (PnSweep *sweep)
{
  size_t i = 0;

  for (;;)
    {
      size_t least = i;

      for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < sweep->n_heap;
           child++)
        if (heap_key (sweep, child) < heap_key (sweep, least))
          least = child;
      if (least == i)
        return;
      heap_swap (sweep, i, least);
      i = least;
    }
}

static void
heap_add (PnSweep *sweep, uint32_t stream)
{
  size_t i = sweep->n_heap++;

  sweep->heap[i] = (uint16_t)stream;
  while (i > 0 && heap_key (sweep, i) < heap_key (sweep, (i - 1) / 2))
    {
      heap_swap (sweep, i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
}

/* The first event of the heap's top has gone. */
static void
heap_advance (PnSweep *sweep)
{
  PnStream *top = &sweep->streams[sweep->heap[0]];

  if (stage_is_empty (&top->stage))
    {
      top->stage.begin = 0;
      top->stage.end = 0;
      if (!top->swept)
        sweep->n_hungry++;
      sweep->heap[0] = sweep->heap[--sweep->n_heap];
    }
  heap_sink (sweep);
}

/* Looks at what was just copied behind `checked` bytes; keeps what is good. */
static void
check_staged (PnStream *stream, size_t checked)
{
  PnStage *stage = &stream->stage;

  while (checked < stage->end)
    {
      const PnRecord *record = (const PnRecord *)(stage->blocks + checked);
      int bytes = pn_event_check (record, stage->end - checked);

      if (bytes <= 0 || (stream->any && record->seq <= stream->last_seq))
        {
          stream->broken = true;
          stage->end = checked;
          return;
        }
      stream->any = true;
      stream->last_seq = record->seq;
      checked += (size_t)bytes;
    }
}

/* A broken ring is kept empty, so that its process goes on. */
static void
skip_broken (PnStream *stream, PnSlot *slot)
{
  stream->tail = atomic_load_explicit (&slot->head, memory_order_acquire);
  atomic_store_explicit (&slot->tail, stream->tail, memory_order_release);
  pn_share_wake (slot);
}

static void
copy_out (PnSweep *sweep, uint32_t slot, size_t n)
{
  PnStream *stream = &sweep->streams[slot];
  const unsigned char *ring = pn_arena_ring (sweep->arena, slot);
  size_t at = stream->tail % PN_RING_BLOCKS;
  size_t first = n < PN_RING_BLOCKS - at ? n : PN_RING_BLOCKS - at;
  unsigned char *to = stream->stage.blocks + stream->stage.end;

  memcpy (to, ring + at * PN_BLOCK_BYTES, first * PN_BLOCK_BYTES);
  memcpy (to + first * PN_BLOCK_BYTES, ring, (n - first) * PN_BLOCK_BYTES);
  stream->stage.end += n * PN_BLOCK_BYTES;
  stream->tail += n;
}

/* The lowest missing number that the stream's owner could still come with. */
static uint64_t
may_hold_from (const PnStream *stream)
{
  uint64_t from = stream->any ? stream->last_seq + 1 : 0;

  if (!stream->open || stream->settled || stream->broken)
    return UINT64_MAX;
  return from > stream->clear_below ? from : stream->clear_below;
}

/* Missing numbers below this will never come. */
static uint64_t
lost_below (const PnSweep *sweep)
{
  uint64_t below = UINT64_MAX;

  if (sweep->final)
    return UINT64_MAX;
  if (sweep->n_hungry > 0)
    return 0;
  for (uint32_t i = 0; i < sweep->n_used; i++)
    {
      uint64_t from = may_hold_from (&sweep->streams[i]);

      below = from < below ? from : below;
    }
  return below > sweep->overdue_below ? below : sweep->overdue_below;
}

static void
write_out (PnSweep *sweep, PnRelay *relay, PnRecord *record)
{
  size_t bytes = (1 + (size_t)record->tail) * PN_BLOCK_BYTES;

  record->seq = sweep->written++;
  sweep->written_ns = record->time_ns;
  pn_relay_put (relay, record, bytes);
  sweep->on_event (record, sweep->data);
}

/* `expected` is missing, `next` is there. Returns the events written, 0 if the missing
 * one may still come. */
static size_t
write_lost (PnSweep *sweep, PnRelay *relay, uint64_t next)
{
  uint64_t below = lost_below (sweep);
  uint64_t end = below < next ? below : next;
  size_t n = 0;

  while (sweep->expected < end && pn_relay_has_room (relay, EVENT_MAX_BYTES))
    {
      uint64_t gap = end - sweep->expected;
      uint64_t lost = gap > PN_GAP_SINGLE ? gap : 1;
      PnRecord record = {
        .time_ns = sweep->written_ns,
        .kind = PN_KIND_RUN_LOST,
        .value = lost > INT64_MAX ? INT64_MAX : (int64_t)lost,
      };

      sweep->expected += lost;
      sweep->n_lost += lost;
      write_out (sweep, relay, &record);
      n++;
    }
  return n;
}

void
pn_sweep_init (PnSweep *sweep, PnArena *arena, PnOnEvent on_event, void *data)
{
  memset (sweep, 0, sizeof *sweep);
  sweep->arena = arena;
  sweep->staged_max = 32 * 1024 * 1024;
  sweep->on_event = on_event;
  sweep->data = data;
  sweep->streams[PN_SWEEP_OWN].swept = true;
}

void
pn_sweep_clear (PnSweep *sweep)
{
  for (uint32_t i = 0; i <= PN_ARENA_SLOTS; i++)
    free (sweep->streams[i].stage.blocks);
  memset (sweep, 0, sizeof *sweep);
}

void
pn_sweep_open (PnSweep *sweep, uint32_t slot)
{
  PnStream *stream = &sweep->streams[slot];
  PnStage stage = stream->stage;

  memset (stream, 0, sizeof *stream);
  stream->stage = stage;
  stream->open = true;
  if (slot >= sweep->n_used)
    sweep->n_used = slot + 1;
}

void
pn_sweep_settle (PnSweep *sweep, uint32_t slot)
{
  sweep->streams[slot].settled = true;
}

bool
pn_sweep_is_empty (const PnSweep *sweep, uint32_t slot)
{
  return stage_is_empty (&sweep->streams[slot].stage);
}

void
pn_sweep_close (PnSweep *sweep, uint32_t slot)
{
  PnStream *stream = &sweep->streams[slot];

  stream->open = false;
  if (stream->stage.room > 64 * 1024)
    {
      free (stream->stage.blocks);
      memset (&stream->stage, 0, sizeof stream->stage);
    }
}

void
pn_sweep_begin (PnSweep *sweep, int64_t now_ns)
{
  const unsigned n_marks = sizeof sweep->marks / sizeof *sweep->marks;

  for (uint32_t i = 0; i < sweep->n_used; i++)
    sweep->streams[i].swept = false;
  sweep->n_hungry = 0;
  if (now_ns - sweep->marked_ns < MARK_NS)
    return;

  /* The mark that this one replaces is at least PN_OVERDUE_NS old. */
  sweep->marked_ns = now_ns;
  if (sweep->n_marks >= n_marks)
    sweep->overdue_below = sweep->marks[sweep->n_marks % n_marks];
  sweep->marks[sweep->n_marks++ % n_marks] = atomic_load (&sweep->arena->next_seq);
}

size_t
pn_sweep_ring (PnSweep *sweep, uint32_t slot)
{
  PnStream *stream = &sweep->streams[slot];
  PnSlot *shared = &sweep->arena->slots[slot];
  size_t checked = stream->stage.end - stream->stage.begin;
  bool was_empty = checked == 0;
  uint64_t n;

  if (!stream->open || stream->settled)
    return 0;
  n = atomic_load_explicit (&shared->head, memory_order_acquire) - stream->tail;
  if (n > PN_RING_BLOCKS)
    stream->broken = true;
  if (stream->broken)
    skip_broken (stream, shared);
  if (n == 0 || stream->broken)
    {
      stream->swept = true;
      return 0;
    }
  if (stage_reserve (&stream->stage, n * PN_BLOCK_BYTES) < 0)
    return 0;
  checked += stream->stage.begin;
  copy_out (sweep, slot, n);
  atomic_store_explicit (&shared->tail, stream->tail, memory_order_release);
  if (n >= PN_RING_BLOCKS / 2)
    pn_share_wake (shared);
  sweep->staged_bytes -= checked - stream->stage.begin;
  check_staged (stream, checked);
  sweep->staged_bytes += stream->stage.end - stream->stage.begin;
  if (was_empty && !stage_is_empty (&stream->stage))
    heap_add (sweep, slot);
  stream->swept = true;
  return n;
}

size_t
pn_sweep_all (PnSweep *sweep)
{
  size_t blocks = 0;

  /* With too much staged, only those are swept that the merge may be waiting for. */
  for (uint32_t i = 0; i < sweep->n_used; i++)
    if (sweep->staged_bytes < sweep->staged_max
        || stage_is_empty (&sweep->streams[i].stage))
      blocks += pn_sweep_ring (sweep, i);
  return blocks;
}

bool
pn_sweep_may_hold (const PnSweep *sweep, uint32_t slot)
{
  return sweep->stuck && may_hold_from (&sweep->streams[slot]) <= sweep->expected;
}

void
pn_sweep_clear_below (PnSweep *sweep, uint32_t slot, uint64_t seq)
{
  sweep->streams[slot].clear_below = seq;
}

int
pn_sweep_emit (PnSweep *sweep, PnEvent *event)
{
  PnStream *own = &sweep->streams[PN_SWEEP_OWN];
  bool was_empty = stage_is_empty (&own->stage);
  size_t bytes;

  event->seq = atomic_fetch_add (&sweep->arena->next_seq, 1);
  event->time_ns = pn_now_ns ();
  if (stage_reserve (&own->stage, EVENT_MAX_BYTES) < 0)
    return -ENOMEM;
  bytes = pn_event_encode (event, own->stage.blocks + own->stage.end);
  own->stage.end += bytes;
  sweep->staged_bytes += bytes;
  if (was_empty)
    heap_add (sweep, PN_SWEEP_OWN);
  return 0;
}

size_t
pn_sweep_merge (PnSweep *sweep, PnRelay *relay)
{
  size_t n = 0;

  sweep->stuck = false;
  while (sweep->n_heap > 0 && pn_relay_has_room (relay, EVENT_MAX_BYTES))
    {
      PnStage *stage = &sweep->streams[sweep->heap[0]].stage;
      PnRecord *record = stage_first (stage);
      size_t bytes = (1 + (size_t)record->tail) * PN_BLOCK_BYTES;

      if (record->seq > sweep->expected)
        {
          size_t lost = write_lost (sweep, relay, record->seq);

          n += lost;
          sweep->stuck = lost == 0;
          if (sweep->stuck)
            break;
          continue;
        }
      if (record->seq == sweep->expected)
        sweep->expected++;
      write_out (sweep, relay, record);
      stage->begin += bytes;
      sweep->staged_bytes -= bytes;
      heap_advance (sweep);
      n++;
    }
  return n;
}

int64_t
pn_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}
