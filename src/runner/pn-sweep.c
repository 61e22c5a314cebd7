/* SPDX-License-Identifier: MIT */
#include "pn-sweep-private.h"

#include "pn-share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEEP_BYTES (64 * 1024)
#define MARK_NS (PN_OVERDUE_NS / 8)

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

/* It is empty, and may stay so for long. */
static void
stage_trim (PnStage *stage)
{
  if (stage->room <= KEEP_BYTES)
    return;
  free (stage->blocks);
  memset (stage, 0, sizeof *stage);
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

void
pn_sweep_init (PnSweep *sweep, PnArena *arena, PnOnEvent on_event, void *data)
{
  memset (sweep, 0, sizeof *sweep);
  sweep->arena = arena;
  sweep->staged_max = 32 * 1024 * 1024;
  sweep->on_event = on_event;
  sweep->data = data;
  for (uint32_t i = PN_SWEEP_OWN; i < PN_SWEEP_STREAMS; i++)
    sweep->streams[i].swept = true;
}

void
pn_sweep_clear (PnSweep *sweep)
{
  for (uint32_t i = 0; i < PN_SWEEP_STREAMS; i++)
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
  for (int i = 0; i < 2; i++)
    sweep->streams[PN_SWEEP_LINES + 2 * slot + i].mark = 0;
  if (slot >= sweep->n_used)
    sweep->n_used = slot + 1;
}

bool
pn_sweep_is_empty (const PnSweep *sweep, uint32_t slot)
{
  const PnStream *lines = &sweep->streams[PN_SWEEP_LINES + 2 * slot];

  return pn_stage_is_empty (&sweep->streams[slot].stage)
         && pn_stage_is_empty (&lines[0].stage) && pn_stage_is_empty (&lines[1].stage);
}

void
pn_sweep_settle (PnSweep *sweep, uint32_t slot)
{
  sweep->streams[slot].settled = true;
}

void
pn_sweep_close (PnSweep *sweep, uint32_t slot)
{
  sweep->streams[slot].open = false;
  stage_trim (&sweep->streams[slot].stage);
  for (int i = 0; i < 2; i++)
    stage_trim (&sweep->streams[PN_SWEEP_LINES + 2 * slot + i].stage);
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
  if (was_empty && !pn_stage_is_empty (&stream->stage))
    pn_heap_add (sweep, slot);
  stream->swept = true;
  sweep->output_behind = true;
  return n;
}

size_t
pn_sweep_all (PnSweep *sweep)
{
  size_t blocks = 0;

  /* With too much staged, only those are swept that the merge may be waiting for. */
  for (uint32_t i = 0; i < sweep->n_used; i++)
    if (sweep->staged_bytes < sweep->staged_max
        || pn_stage_is_empty (&sweep->streams[i].stage))
      blocks += pn_sweep_ring (sweep, i);
  return blocks;
}

void
pn_sweep_clear_below (PnSweep *sweep, uint32_t slot, uint64_t seq)
{
  sweep->streams[slot].clear_below = seq;
}

int
pn_stream_add (PnSweep *sweep, uint32_t stream, const PnEvent *event)
{
  PnStage *stage = &sweep->streams[stream].stage;
  bool was_empty = pn_stage_is_empty (stage);
  size_t bytes;

  if (stage_reserve (stage, PN_EVENT_MAX_BYTES) < 0)
    return -ENOMEM;
  bytes = pn_event_encode (event, stage->blocks + stage->end);
  stage->end += bytes;
  sweep->staged_bytes += bytes;
  if (was_empty)
    pn_heap_add (sweep, stream);
  return 0;
}

int
pn_sweep_emit (PnSweep *sweep, PnEvent *event)
{
  event->seq = atomic_fetch_add (&sweep->arena->next_seq, 1);
  event->time_ns = pn_now_ns ();
  return pn_stream_add (sweep, PN_SWEEP_OWN, event);
}

int
pn_sweep_add_line (PnSweep *sweep, uint32_t slot, PnEvent *event)
{
  uint32_t stream = pn_sweep_lines_of (slot, event->flags);
  uint64_t order = sweep->n_lines_read++;
  int result;

  sweep->streams[stream].process = event->process;
  event->seq = atomic_load (&sweep->arena->next_seq);
  event->time_ns = pn_now_ns ();
  event->object = (uint32_t)order;
  event->peer = (uint32_t)(order >> 32);
  event->value = (int64_t)sweep->streams[stream].mark;
  result = pn_stream_add (sweep, stream, event);
  if (result == 0)
    sweep->n_lines++;
  return result;
}

void
pn_sweep_mark (PnSweep *sweep, uint32_t slot, unsigned flags, uint64_t seq)
{
  PnStream *stream = &sweep->streams[pn_sweep_lines_of (slot, flags)];

  if (seq > stream->mark)
    stream->mark = seq;
}

void
pn_sweep_output_read (PnSweep *sweep)
{
  sweep->output_behind = false;
}

int64_t
pn_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}
