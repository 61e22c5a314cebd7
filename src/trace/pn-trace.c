/* SPDX-License-Identifier: MIT */
#include "pn-trace.h"

#include "pn-strings.h"
#include "pn-trace-private.h"

#include <stdatomic.h>
#include <string.h>

G_DEFINE_QUARK (pn - trace - error - quark, pn_trace_error)

/* Chunk k holds FIRST_CHUNK << k events: the directory of chunks is a small fixed array
 * that never moves, and at most half of the address space taken is not yet used (pages
 * that nobody wrote are not there). */
#define FIRST_CHUNK_BITS 10
#define FIRST_CHUNK ((gsize)1 << FIRST_CHUNK_BITS)
#define N_CHUNKS 40

#define EVENT_MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

/* The columns of one chunk; each points into `memory`. */
typedef struct
{
  gpointer memory;
  guint64 *seq;
  gint64 *time_ns;
  gint64 *value;
  const char **text;
  guint32 *process;
  guint32 *object;
  guint32 *peer;
  guint32 *site;
  guint16 *kind;
  guint16 *line;
  guint8 *flags;
} Chunk;

#define EVENT_COLUMNS_BYTES (3 * 8 + sizeof (char *) + 4 * 4 + 2 * 2 + 1)

struct _PnTrace
{
  gatomicrefcount references;

  /* Published with release after the columns and strings were written; chunk pointers
   * and columns below it are constant. */
  _Atomic gsize n_events;
  _Atomic guint64 n_lost;
  _Atomic int end; /* PnTraceEnd */
  Chunk chunks[N_CHUNKS];

  GMutex files_lock;
  GHashTable *files; /* files_lock: id -> path in strings */

  /* The writer's alone. */
  PnStrings *strings;
  gboolean failed;
  gboolean has_header;
  gboolean ended; /* the last event was run.end */
  guint64 offset; /* in the stream, of what is decoded next */
  guint64 next_seq;
  gboolean seq_used_up;
  gint64 last_time_ns;
  gsize pending_bytes;
  guint8 pending[EVENT_MAX_BYTES]; /* the begin of an event that is not whole yet */
  PnEvent event;                   /* scratch */

  /* Written before the first publish, constant then. */
  gint64 first_time_ns;
};

PnTrace *
pn_trace_new (void)
{
  PnTrace *trace = g_new0 (PnTrace, 1);

  g_atomic_ref_count_init (&trace->references);
  g_mutex_init (&trace->files_lock);
  trace->files = g_hash_table_new (NULL, NULL);
  trace->strings = pn_strings_new ();
  return trace;
}

PnTrace *
pn_trace_ref (PnTrace *trace)
{
  g_atomic_ref_count_inc (&trace->references);
  return trace;
}

void
pn_trace_unref (PnTrace *trace)
{
  if (!g_atomic_ref_count_dec (&trace->references))
    return;
  for (gsize i = 0; i < N_CHUNKS; i++)
    g_free (trace->chunks[i].memory);
  g_hash_table_unref (trace->files);
  g_mutex_clear (&trace->files_lock);
  pn_strings_free (trace->strings);
  g_free (trace);
}

/* Splits an event's index into its chunk and its place there. */
static inline Chunk *
locate (PnTrace *trace, gsize index, gsize *ret_at)
{
  gsize shifted = index + FIRST_CHUNK;
  guint top = 63 - (guint)__builtin_clzll ((unsigned long long)shifted);

  *ret_at = shifted - ((gsize)1 << top);
  return &trace->chunks[top - FIRST_CHUNK_BITS];
}

static void
chunk_allocate (Chunk *chunk, gsize n)
{
  /* calloc gives large areas as pages that are not there until they are written. */
  guint8 *at = g_malloc0_n (n, EVENT_COLUMNS_BYTES);

  chunk->memory = at;
#define TAKE(column)                                                                   \
  chunk->column = (void *)at;                                                          \
  at += n * sizeof *chunk->column
  TAKE (seq);
  TAKE (time_ns);
  TAKE (value);
  TAKE (text);
  TAKE (process);
  TAKE (object);
  TAKE (peer);
  TAKE (site);
  TAKE (kind);
  TAKE (line);
  TAKE (flags);
#undef TAKE
}

static guint64
add_saturated (guint64 a, guint64 b)
{
  return a > G_MAXUINT64 - b ? G_MAXUINT64 : a + b;
}

/* Gaps in seq and what run.lost says. A run.lost stands in for the number that it
 * has itself, so it counts what it says and no more. */
static void
count_lost (PnTrace *trace, const PnEvent *event)
{
  guint64 lost = event->seq - trace->next_seq;

  if (event->kind == PN_KIND_RUN_LOST && event->value > 0)
    lost = add_saturated (lost, (guint64)event->value);
  if (lost > 0)
    atomic_store_explicit (
        &trace->n_lost, add_saturated (trace->n_lost, lost), memory_order_relaxed);
}

/* A process takes its number before its time, or is stopped between the two, so that
 * times may step back a little from one event to the next. The order is the truth:
 * times are raised to the one before. */
static gint64
settle_time (PnTrace *trace, gsize index, gint64 time_ns)
{
  if (index == 0)
    trace->first_time_ns = time_ns;
  trace->last_time_ns = MAX (trace->last_time_ns, time_ns - trace->first_time_ns);
  return trace->last_time_ns;
}

static void
publish (PnTrace *trace, const PnEvent *event)
{
  gsize index = atomic_load_explicit (&trace->n_events, memory_order_relaxed);
  gsize at;
  Chunk *chunk = locate (trace, index, &at);
  const char *text = pn_strings_add (trace->strings, event->text, event->text_bytes);

  if (chunk->memory == NULL)
    chunk_allocate (chunk, FIRST_CHUNK << (chunk - trace->chunks));
  count_lost (trace, event);
  chunk->seq[at] = event->seq;
  chunk->time_ns[at] = settle_time (trace, index, event->time_ns);
  chunk->value[at] = event->value;
  chunk->text[at] = text;
  chunk->process[at] = event->process;
  chunk->object[at] = event->object;
  chunk->peer[at] = event->peer;
  chunk->site[at] = event->site;
  chunk->kind[at] = (guint16)event->kind;
  chunk->line[at] = event->line;
  chunk->flags[at] = event->flags;

  if (event->kind == PN_KIND_NAME && event->peer == PN_OBJECT_FILE)
    {
      gpointer id = GUINT_TO_POINTER (event->object);

      g_mutex_lock (&trace->files_lock);
      if (!g_hash_table_contains (trace->files, id))
        g_hash_table_insert (trace->files, id, (gpointer)text);
      g_mutex_unlock (&trace->files_lock);
    }
  trace->next_seq = event->seq + 1;
  trace->seq_used_up = event->seq == G_MAXUINT64;
  trace->ended = event->kind == PN_KIND_RUN_END;
  atomic_store_explicit (&trace->n_events, index + 1, memory_order_release);
}

static gboolean
fail (PnTrace *trace, PnTraceError code, const char *what, GError **error)
{
  trace->failed = TRUE;
  atomic_store_explicit (&trace->end, PN_TRACE_CUT, memory_order_release);
  g_set_error (error,
               PN_TRACE_ERROR,
               code,
               "at byte %" G_GUINT64_FORMAT ": %s",
               trace->offset,
               what);
  return FALSE;
}

/* Reads the header or one event. *ret_used is 0 when it is not whole. */
static gboolean
decode_one (
    PnTrace *trace, const guint8 *tainted, gsize bytes, gsize *ret_used, GError **error)
{
  int used = trace->has_header ? pn_event_decode (tainted, bytes, &trace->event)
                               : pn_stream_header_check (tainted, bytes);

  if (used < 0)
    {
      PnTraceError code = used == PN_DECODE_BAD_HEADER    ? PN_TRACE_ERROR_HEADER
                          : used == PN_DECODE_BAD_VERSION ? PN_TRACE_ERROR_VERSION
                                                          : PN_TRACE_ERROR_EVENT;

      return fail (trace, code, pn_decode_strerror (used), error);
    }
  if (used > 0 && !trace->has_header)
    trace->has_header = TRUE;
  else if (used > 0)
    {
      if (trace->event.seq < trace->next_seq || trace->seq_used_up)
        return fail (trace,
                     PN_TRACE_ERROR_ORDER,
                     "the number of an event is not above the one before it",
                     error);
      publish (trace, &trace->event);
    }
  trace->offset += (guint64)used;
  *ret_used = (gsize)used;
  return TRUE;
}

/* Adds to the pending bytes up to the end of their block, or of their event. */
static gsize
top_up (PnTrace *trace, const guint8 *tainted, gsize bytes)
{
  gsize whole = PN_BLOCK_BYTES;
  gsize n;

  /* The decoder has seen these 64 bytes and found the tail to be in its range. */
  if (trace->pending_bytes >= PN_BLOCK_BYTES)
    whole += trace->pending[offsetof (PnRecord, tail)] * PN_BLOCK_BYTES;
  n = MIN (bytes, whole - trace->pending_bytes);
  memcpy (trace->pending + trace->pending_bytes, tainted, n);
  trace->pending_bytes += n;
  return n;
}

gboolean
pn_trace_append (PnTrace *trace, const void *tainted, gsize bytes, GError **error)
{
  const guint8 *at = tainted;

  g_return_val_if_fail (trace != NULL, FALSE);

  if (trace->failed)
    return fail (trace, PN_TRACE_ERROR_EVENT, "the stream has failed before", error);
  while (bytes > 0)
    {
      gboolean is_pending = trace->pending_bytes > 0;
      gsize taken = is_pending ? top_up (trace, at, bytes) : 0;
      gsize used = 0;

      if (!decode_one (trace,
                       is_pending ? trace->pending : at,
                       is_pending ? trace->pending_bytes : bytes,
                       &used,
                       error))
        return FALSE;
      if (is_pending && used > 0)
        trace->pending_bytes = 0;
      else if (!is_pending && used > 0)
        taken = used;
      else if (!is_pending)
        {
          memcpy (trace->pending, at, bytes);
          trace->pending_bytes = taken = bytes;
        }
      at += taken;
      bytes -= taken;
    }
  return TRUE;
}

void
pn_trace_finish (PnTrace *trace)
{
  gboolean whole = trace->ended && !trace->failed && trace->pending_bytes == 0;

  atomic_store_explicit (
      &trace->end, whole ? PN_TRACE_COMPLETE : PN_TRACE_CUT, memory_order_release);
}

gboolean
pn_trace_has_header (PnTrace *trace)
{
  return trace->has_header;
}

gsize
pn_trace_get_n_events (PnTrace *trace)
{
  return atomic_load_explicit (&trace->n_events, memory_order_acquire);
}

PnTraceEnd
pn_trace_get_end (PnTrace *trace)
{
  return (PnTraceEnd)atomic_load_explicit (&trace->end, memory_order_acquire);
}

PnTraceEvent
pn_trace_get_event (PnTrace *trace, gsize index)
{
  PnTraceEvent event = { .text = "" };
  const Chunk *chunk;
  gsize at;

  g_return_val_if_fail (index < pn_trace_get_n_events (trace), event);

  chunk = locate (trace, index, &at);
  event.seq = chunk->seq[at];
  event.time_ns = chunk->time_ns[at];
  event.kind = (PnKind)chunk->kind[at];
  event.process = chunk->process[at];
  event.object = chunk->object[at];
  event.peer = chunk->peer[at];
  event.value = chunk->value[at];
  event.site = chunk->site[at];
  event.line = chunk->line[at];
  event.flags = chunk->flags[at];
  event.text = chunk->text[at];
  return event;
}

gint64
pn_trace_get_time_ns (PnTrace *trace, gsize index)
{
  gsize at;

  g_return_val_if_fail (index < pn_trace_get_n_events (trace), 0);

  return locate (trace, index, &at)->time_ns[at];
}

gint64
pn_trace_get_duration_ns (PnTrace *trace)
{
  gsize n = pn_trace_get_n_events (trace);

  return n > 0 ? pn_trace_get_time_ns (trace, n - 1) : 0;
}

gint64
pn_trace_get_start_ns (PnTrace *trace)
{
  return pn_trace_get_n_events (trace) > 0 ? trace->first_time_ns : 0;
}

gsize
pn_trace_find_time (PnTrace *trace, gint64 time_ns)
{
  gsize low = 0;
  gsize high = pn_trace_get_n_events (trace);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (pn_trace_get_time_ns (trace, middle) < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint64
pn_trace_get_n_lost (PnTrace *trace)
{
  return atomic_load_explicit (&trace->n_lost, memory_order_relaxed);
}

const char *
pn_trace_get_file (PnTrace *trace, guint32 site)
{
  const char *path;

  g_mutex_lock (&trace->files_lock);
  path = g_hash_table_lookup (trace->files, GUINT_TO_POINTER (site));
  g_mutex_unlock (&trace->files_lock);
  return path;
}

gsize
pn_trace_get_size_bytes (PnTrace *trace)
{
  return sizeof *trace + pn_trace_get_n_events (trace) * EVENT_COLUMNS_BYTES
         + pn_strings_get_size_bytes (trace->strings);
}
