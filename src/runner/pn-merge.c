/* SPDX-License-Identifier: MIT */
#include "pn-sweep-private.h"

static const PnRecord *
heap_first (const PnSweep *sweep, size_t i)
{
  return pn_stage_first (&sweep->streams[sweep->heap[i]].stage);
}

/* Lines come before the event that bears their number, in the order in which they were
 * read. */
static uint64_t
line_order (const PnSweep *sweep, size_t i)
{
  const PnRecord *record = heap_first (sweep, i);

  if (sweep->heap[i] < PN_SWEEP_LINES)
    return UINT64_MAX;
  return record->object | (uint64_t)record->peer << 32;
}

static bool
heap_is_before (const PnSweep *sweep, size_t i, size_t j)
{
  uint64_t a = heap_first (sweep, i)->seq;
  uint64_t b = heap_first (sweep, j)->seq;

  return a != b ? a < b : line_order (sweep, i) < line_order (sweep, j);
}

static void
heap_swap (PnSweep *sweep, size_t i, size_t j)
{
  uint16_t stream = sweep->heap[i];

  sweep->heap[i] = sweep->heap[j];
  sweep->heap[j] = stream;
}

static void
heap_sink (PnSweep *sweep, size_t i)
{
  for (;;)
    {
      size_t least = i;

      for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < sweep->n_heap;
           child++)
        if (heap_is_before (sweep, child, least))
          least = child;
      if (least == i)
        return;
      heap_swap (sweep, i, least);
      i = least;
    }
}

static void
heap_rise (PnSweep *sweep, size_t i)
{
  for (; i > 0 && heap_is_before (sweep, i, (i - 1) / 2); i = (i - 1) / 2)
    heap_swap (sweep, i, (i - 1) / 2);
}

/* The first event of the stream at this place has gone. */
static void
heap_advance (PnSweep *sweep, size_t i)
{
  PnStream *stream = &sweep->streams[sweep->heap[i]];

  if (!pn_stage_is_empty (&stream->stage))
    {
      heap_sink (sweep, i);
      return;
    }
  stream->stage.begin = 0;
  stream->stage.end = 0;
  if (!stream->swept)
    sweep->n_hungry++;
  sweep->heap[i] = sweep->heap[--sweep->n_heap];
  if (i == sweep->n_heap)
    return;
  heap_sink (sweep, i);
  heap_rise (sweep, i);
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

  while (sweep->expected < end && pn_relay_has_room (relay, PN_EVENT_MAX_BYTES))
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

/* The first event of the stream at this place of the heap. */
static void
write_first (PnSweep *sweep, PnRelay *relay, size_t i)
{
  PnStage *stage = &sweep->streams[sweep->heap[i]].stage;
  PnRecord *record = pn_stage_first (stage);
  size_t bytes = (1 + (size_t)record->tail) * PN_BLOCK_BYTES;

  if (sweep->heap[i] >= PN_SWEEP_LINES)
    {
      record->object = record->peer = 0;
      record->value = 0;
      sweep->n_lines--;
    }
  write_out (sweep, relay, record);
  stage->begin += bytes;
  sweep->staged_bytes -= bytes;
  heap_advance (sweep, i);
}

/* What must have all lines before it that its process wrote before it. */
static bool
wants_lines (const PnRecord *record, uint32_t stream)
{
  return stream < PN_SWEEP_OWN
         && (record->kind == PN_KIND_OUTPUT_LINE
             || record->kind == PN_KIND_PROCESS_EXIT);
}

static bool
is_line_before (const PnSweep *sweep, size_t i, const PnRecord *event)
{
  return sweep->heap[i] >= PN_SWEEP_LINES
         && sweep->streams[sweep->heap[i]].process == event->process
         && (uint64_t)heap_first (sweep, i)->value < event->seq;
}

/* They were read later than the event was numbered, and so are further down. Returns
 * how many were written. */
static size_t
write_lines_before (PnSweep *sweep, PnRelay *relay, const PnRecord *event)
{
  size_t n = 0;

  if (sweep->on_turn != NULL)
    sweep->on_turn (sweep->heap[0], event->seq, sweep->data);
  for (size_t i = 1; i < sweep->n_heap && sweep->n_lines > 0;)
    {
      PnRecord *line = pn_stage_first (&sweep->streams[sweep->heap[i]].stage);

      if (!is_line_before (sweep, i, event))
        {
          i++;
          continue;
        }
      if (!pn_relay_has_room (relay, PN_EVENT_MAX_BYTES))
        break;
      if (line->time_ns > event->time_ns)
        line->time_ns = event->time_ns;
      write_first (sweep, relay, i);
      n++;
      i = 1;
    }
  return n;
}

void
pn_heap_add (PnSweep *sweep, uint32_t stream)
{
  sweep->heap[sweep->n_heap] = (uint16_t)stream;
  heap_rise (sweep, sweep->n_heap++);
}

bool
pn_sweep_may_hold (const PnSweep *sweep, uint32_t slot)
{
  return sweep->stuck && may_hold_from (&sweep->streams[slot]) <= sweep->expected;
}

size_t
pn_sweep_merge (PnSweep *sweep, PnRelay *relay)
{
  size_t n = 0;

  sweep->stuck = sweep->held = false;
  while (sweep->n_heap > 0 && pn_relay_has_room (relay, PN_EVENT_MAX_BYTES))
    {
      const PnRecord *record = heap_first (sweep, 0);
      uint32_t stream = sweep->heap[0];

      if (record->seq > sweep->expected)
        {
          size_t lost = write_lost (sweep, relay, record->seq);

          n += lost;
          sweep->stuck = lost == 0;
          if (sweep->stuck)
            break;
          continue;
        }
      if (wants_lines (record, stream))
        {
          sweep->held = sweep->output_behind && !sweep->final;
          if (sweep->held)
            break;
          n += write_lines_before (sweep, relay, record);
          if (!pn_relay_has_room (relay, PN_EVENT_MAX_BYTES))
            break;
          if (sweep->heap[0] != stream)
            continue; /* the counter was set back: a line is before it */
        }
      if (record->seq == sweep->expected && stream < PN_SWEEP_LINES)
        sweep->expected++;
      write_first (sweep, relay, 0);
      n++;
    }
  return n;
}
