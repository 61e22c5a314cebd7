/* SPDX-License-Identifier: MIT */
#include "sweep-rig.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MS 1000000ll
#define MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

static void
on_event (const PnRecord *record, void *data)
{
  SweepRig *f = data;

  g_assert_cmpuint (record->seq, ==, f->n_called);
  f->n_called++;
}

void
sweep_rig_set_up (SweepRig *f, gconstpointer unused)
{
  memset (f, 0, sizeof *f);
  g_assert_cmpint (pipe2 (f->fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pn_share_init (&f->share), ==, 0);
  g_assert_cmpint (pn_relay_init (&f->relay, f->fds[1], 16 * 1024 * 1024), ==, 0);
  f->sweep = g_new0 (PnSweep, 1);
  f->now_ns = 1000 * MS;
  pn_sweep_init (f->sweep, f->share.arena, on_event, f);
}

void
sweep_rig_tear_down (SweepRig *f, gconstpointer unused)
{
  pn_sweep_clear (f->sweep);
  g_free (f->sweep);
  pn_relay_clear (&f->relay);
  pn_share_clear (&f->share);
  close (f->fds[0]);
  close (f->fds[1]);
}

guint64
sweep_rig_take_number (SweepRig *f)
{
  return atomic_fetch_add (&f->share.arena->next_seq, 1);
}

void
sweep_rig_publish_kind (
    SweepRig *f, PnKind kind, guint32 slot, guint64 seq, gint64 value, gsize text_bytes)
{
  static PnEvent event;
  static guchar blocks[MAX_BYTES];
  PnSlot *shared = &f->share.arena->slots[slot];
  guint64 head = atomic_load (&shared->head);
  gsize bytes;

  event.seq = seq;
  event.kind = kind;
  event.process = slot + 1;
  event.value = value;
  event.text_bytes = text_bytes;
  memset (event.text, 'x', text_bytes);
  bytes = pn_event_encode (&event, blocks);
  for (gsize i = 0; i < bytes / PN_BLOCK_BYTES; i++)
    memcpy (pn_arena_block (f->share.arena, slot, head + i),
            blocks + i * PN_BLOCK_BYTES,
            PN_BLOCK_BYTES);
  atomic_store (&shared->head, head + bytes / PN_BLOCK_BYTES);
}

void
sweep_rig_publish (
    SweepRig *f, guint32 slot, guint64 seq, gint64 value, gsize text_bytes)
{
  sweep_rig_publish_kind (f, PN_KIND_VALUE_WRITE, slot, seq, value, text_bytes);
}

void
sweep_rig_emit (SweepRig *f, guint32 slot, gint64 value)
{
  sweep_rig_publish (f, slot, sweep_rig_take_number (f), value, 0);
}

gboolean
sweep_rig_has_room (SweepRig *f, guint32 slot, guint blocks)
{
  PnSlot *shared = &f->share.arena->slots[slot];

  return atomic_load (&shared->head) + blocks - atomic_load (&shared->tail)
         <= PN_RING_BLOCKS;
}

void
sweep_rig_turn (SweepRig *f)
{
  f->now_ns += MS;
  pn_sweep_begin (f->sweep, f->now_ns);
  pn_sweep_all (f->sweep);
  pn_sweep_merge (f->sweep, &f->relay);
}

char *
sweep_rig_take_out (SweepRig *f)
{
  static PnEvent event;
  GString *text = g_string_new (NULL);

  while (f->relay.tail < f->relay.head)
    {
      int taken = pn_event_decode (
          f->relay.bytes + f->relay.tail, f->relay.head - f->relay.tail, &event);

      g_assert_cmpint (taken, >, 0);
      g_assert_cmpuint (event.seq, ==, f->next_seq);
      f->next_seq++;
      f->relay.tail += (gsize)taken;
      if (text->len > 0)
        g_string_append_c (text, ' ');
      if (event.kind == PN_KIND_RUN_LOST)
        {
          f->n_lost += (guint64)event.value;
          g_assert_cmpint (event.time_ns, ==, f->last_ns); /* of its place, not later */
          g_string_append_printf (text, "L%" G_GINT64_FORMAT, event.value);
        }
      else if (event.text_bytes == 1 && event.kind == PN_KIND_OUTPUT_LINE)
        {
          g_assert_cmpint (event.value, ==, 0);
          g_assert_cmpuint (event.object, ==, 0);
          g_string_append_printf (text, "%u:=%s", event.process, event.text);
        }
      else
        g_string_append_printf (
            text, "%u:%" G_GINT64_FORMAT, event.process, event.value);
      f->last_ns = event.time_ns;
    }
  f->relay.head = f->relay.tail = 0;
  return g_string_free (text, FALSE);
}

void
sweep_rig_assert_out (SweepRig *f, const char *expected)
{
  char *text;

  sweep_rig_turn (f);
  text = sweep_rig_take_out (f);
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

void
sweep_rig_open_slots (SweepRig *f, guint32 n)
{
  for (guint32 i = 0; i < n; i++)
    pn_sweep_open (f->sweep, i);
}
