/* SPDX-License-Identifier: MIT */
#include "pn-share.h"
#include "pn-sweep.h"
#include "pn-test.h"

#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS 1000000ll
#define MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

typedef struct
{
  PnShare share;
  PnSweep *sweep;
  PnRelay relay;
  int fds[2];
  gint64 now_ns;
  guint64 next_seq; /* of the next event that comes out */
  guint64 n_lost;
  guint n_called; /* on_event */
  gint64 last_ns; /* of the last event that came out */
} Fixture;

static void
on_event (const PnRecord *record, void *data)
{
  Fixture *f = data;

  g_assert_cmpuint (record->seq, ==, f->n_called);
  f->n_called++;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  memset (f, 0, sizeof *f);
  g_assert_cmpint (pipe2 (f->fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pn_share_init (&f->share), ==, 0);
  g_assert_cmpint (pn_relay_init (&f->relay, f->fds[1], 16 * 1024 * 1024), ==, 0);
  f->sweep = g_new0 (PnSweep, 1);
  f->now_ns = 1000 * MS;
  pn_sweep_init (f->sweep, f->share.arena, on_event, f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  pn_sweep_clear (f->sweep);
  g_free (f->sweep);
  pn_relay_clear (&f->relay);
  pn_share_clear (&f->share);
  close (f->fds[0]);
  close (f->fds[1]);
}

static guint64
take_number (Fixture *f)
{
  return atomic_fetch_add (&f->share.arena->next_seq, 1);
}

/* As a process would, with a number that it has taken. */
static void
publish_kind (
    Fixture *f, PnKind kind, guint32 slot, guint64 seq, gint64 value, gsize text_bytes)
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

static void
publish (Fixture *f, guint32 slot, guint64 seq, gint64 value, gsize text_bytes)
{
  publish_kind (f, PN_KIND_VALUE_WRITE, slot, seq, value, text_bytes);
}

static void
emit (Fixture *f, guint32 slot, gint64 value)
{
  publish (f, slot, take_number (f), value, 0);
}

static gboolean
has_room (Fixture *f, guint32 slot, guint blocks)
{
  PnSlot *shared = &f->share.arena->slots[slot];

  return atomic_load (&shared->head) + blocks - atomic_load (&shared->tail)
         <= PN_RING_BLOCKS;
}

static void
turn (Fixture *f)
{
  f->now_ns += MS;
  pn_sweep_begin (f->sweep, f->now_ns);
  pn_sweep_all (f->sweep);
  pn_sweep_merge (f->sweep, &f->relay);
}

/* Decodes what has come out, all of which must be good and dense. Returns it as text:
 * "1:10 L1 2:20", slot + 1 and value. */
static char *
take_out (Fixture *f)
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

static void
assert_out (Fixture *f, const char *expected)
{
  char *text;

  turn (f);
  text = take_out (f);
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
open_slots (Fixture *f, guint32 n)
{
  for (guint32 i = 0; i < n; i++)
    pn_sweep_open (f->sweep, i);
}

static void
test_order_over_rings (Fixture *f, gconstpointer unused)
{
  open_slots (f, 3);
  emit (f, 2, 1);
  emit (f, 0, 2);
  emit (f, 1, 3);
  emit (f, 0, 4);
  emit (f, 2, 5);
  assert_out (f, "3:1 1:2 2:3 1:4 3:5");
}

static void
test_missing_number_is_waited_for (Fixture *f, gconstpointer unused)
{
  guint64 missing;

  open_slots (f, 2);
  emit (f, 0, 1);
  missing = take_number (f);
  emit (f, 0, 3);
  assert_out (f, "1:1");
  assert_out (f, "");
  g_assert_true (pn_sweep_may_hold (f->sweep, 1));
  g_assert_false (pn_sweep_may_hold (f->sweep, 0)); /* it came with a later one */
  publish (f, 1, missing, 2, 0);
  assert_out (f, "2:2 1:3");
}

static void
test_number_of_the_dead_is_lost_at_once (Fixture *f, gconstpointer unused)
{
  open_slots (f, 2);
  emit (f, 1, 1);
  take_number (f);
  emit (f, 0, 3);
  assert_out (f, "2:1");
  pn_sweep_ring (f->sweep, 1);
  pn_sweep_settle (f->sweep, 1);
  assert_out (f, "L1 1:3");
}

static void
test_number_of_a_sleeper_is_lost_once_it_is_seen_asleep (Fixture *f,
                                                         gconstpointer unused)
{
  open_slots (f, 3);
  emit (f, 1, 1);
  take_number (f);
  take_number (f);
  emit (f, 0, 4);
  assert_out (f, "2:1");
  pn_sweep_clear_below (f->sweep, 1, 3);
  assert_out (f, "");
  pn_sweep_clear_below (f->sweep, 2, 2);
  assert_out (f, "L1"); /* number 2 could still be slot 2's */
  pn_sweep_clear_below (f->sweep, 2, 3);
  assert_out (f, "L1 1:4");
}

/* Its process was stopped while it emitted. The order within the process stays. */
static void
test_late_event_is_passed_on (Fixture *f, gconstpointer unused)
{
  guint64 missing;

  open_slots (f, 2);
  missing = take_number (f);
  emit (f, 0, 2);
  for (int i = 0; i < 500; i++)
    assert_out (f, "");
  f->now_ns += 1000 * MS;
  for (int i = 0; i < 10; i++)
    {
      f->now_ns += 130 * MS;
      turn (f);
    }
  assert_out (f, "L1 1:2");
  emit (f, 0, 3);
  publish (f, 1, missing, 1, 0);
  emit (f, 1, 4);
  assert_out (f, "2:1 1:3 2:4");
  emit (f, 0, 5);
  assert_out (f, "1:5");
}

/* The runner was held up itself: what is published by then is not overdue. */
static void
test_nothing_is_lost_by_a_pause_of_the_runner (Fixture *f, gconstpointer unused)
{
  open_slots (f, 2);
  turn (f);
  emit (f, 1, 1);
  emit (f, 0, 2);
  f->now_ns += 100000 * MS;
  assert_out (f, "2:1 1:2");
}

static void
test_own_events_are_in_order (Fixture *f, gconstpointer unused)
{
  static PnEvent event;

  open_slots (f, 1);
  emit (f, 0, 1);
  event.kind = PN_KIND_PROCESS_STOP;
  event.value = 2;
  pn_sweep_emit (f->sweep, &event);
  emit (f, 0, 3);
  assert_out (f, "1:1 0:2 1:3");
}

/* Number 0 is no print's: it is run.begin's. */
static void
open_slots_and_begin (Fixture *f, guint32 n)
{
  open_slots (f, n);
  take_number (f);
  f->sweep->expected = 1;
}

static guint64
print (Fixture *f, guint32 slot, gint64 value)
{
  guint64 seq = take_number (f);

  publish_kind (f, PN_KIND_OUTPUT_LINE, slot, seq, value, 0);
  return seq;
}

/* Read from the output; its text is one letter. It comes out as "2:=a". */
static void
read_line (Fixture *f, guint32 slot, unsigned flags, char letter)
{
  static PnEvent event;

  event.kind = PN_KIND_OUTPUT_LINE;
  event.process = slot == PN_SWEEP_NOBODY ? 0 : slot + 1;
  event.flags = (guint8)flags;
  event.text[0] = letter;
  event.text_bytes = 1;
  g_assert_cmpint (pn_sweep_add_line (f->sweep, slot, &event), ==, 0);
}

static void
sweep_and_read (Fixture *f)
{
  f->now_ns += MS;
  pn_sweep_begin (f->sweep, f->now_ns);
  pn_sweep_all (f->sweep);
  pn_sweep_output_read (f->sweep);
}

static void
assert_merged (Fixture *f, const char *expected)
{
  char *text;

  pn_sweep_merge (f->sweep, &f->relay);
  text = take_out (f);
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_line_stands_where_it_was_read (Fixture *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  emit (f, 0, 1);
  read_line (f, 1, 0, 'a');
  read_line (f, PN_SWEEP_NOBODY, 0, 'b');
  read_line (f, 1, PN_FLAG_STDERR, 'c');
  read_line (f, 0, 0, 'd');
  read_line (f, 1, 0, 'e');
  emit (f, 0, 2);
  sweep_and_read (f);
  assert_merged (f, "1:1 2:=a 0:=b 2:=c 1:=d 2:=e 1:2");
  g_assert_cmpuint (f->sweep->n_lines, ==, 0);
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
}

/* All is there at once: line, print, mark, line, print, mark, line. */
static void
test_lines_before_a_print (Fixture *f, gconstpointer unused)
{
  guint64 first, second;

  open_slots_and_begin (f, 2);
  first = print (f, 0, 1);
  second = print (f, 0, 2);
  emit (f, 0, 3);
  read_line (f, 0, 0, 'a');
  pn_sweep_mark (f->sweep, 0, 0, first);
  read_line (f, 0, 0, 'b');
  read_line (f, 1, 0, 'x');
  pn_sweep_mark (f->sweep, 0, 0, second);
  read_line (f, 0, 0, 'c');
  read_line (f, 0, PN_FLAG_STDERR, 'A');
  pn_sweep_mark (f->sweep, 0, PN_FLAG_STDERR, first);
  pn_sweep_mark (f->sweep, 0, PN_FLAG_STDERR, second);
  read_line (f, 0, PN_FLAG_STDERR, 'C');
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:=A 1:1 1:=b 1:2 1:3 2:=x 1:=c 1:=C");
}

/* The mark is on its way: what was read by now was written before the print. */
static void
test_lines_before_a_print_without_a_mark (Fixture *f, gconstpointer unused)
{
  open_slots_and_begin (f, 1);
  print (f, 0, 1);
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1");
}

static void
test_lines_before_an_exit (Fixture *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  publish_kind (f, PN_KIND_PROCESS_EXIT, 0, take_number (f), 1, 0);
  read_line (f, 1, 0, 'x');
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1 2:=x");
}

static void
test_print_waits_until_the_output_was_read (Fixture *f, gconstpointer unused)
{
  open_slots_and_begin (f, 1);
  emit (f, 0, 1);
  print (f, 0, 2);
  emit (f, 0, 3);
  assert_out (f, "1:1");
  g_assert_true (f->sweep->held);
  pn_sweep_output_read (f->sweep);
  assert_merged (f, "1:2 1:3");
  print (f, 0, 4);
  f->sweep->final = true;
  assert_out (f, "1:4");
}

static void
test_line_before_a_missing_number_waits (Fixture *f, gconstpointer unused)
{
  guint64 missing;

  open_slots_and_begin (f, 2);
  missing = take_number (f);
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "");
  publish_kind (f, PN_KIND_OUTPUT_LINE, 0, missing, 1, 0);
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1");
}

static void
half_line (guint32 slot, guint64 seq, void *data)
{
  Fixture *f = data;

  g_assert_cmpuint (slot, ==, 1);
  if (seq == 2)
    read_line (f, slot, 0, 'h');
}

static void
test_half_a_line_before_a_print (Fixture *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  f->sweep->on_turn = half_line;
  emit (f, 0, 1);
  print (f, 1, 2);
  print (f, 1, 3);
  sweep_and_read (f);
  assert_merged (f, "1:1 2:=h 2:2 2:3");
}

/* Each process's own count, in what came out as value or as letter. */
static void
assert_counts (const char *text, guint *next)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    {
      char *what;
      guint64 process = g_ascii_strtoull (words[i], &what, 10);
      guint got = what[1] == '=' ? (guint)(what[2] - 'A') : (guint)atoi (what + 1);

      g_assert_cmpuint (got, ==, next[process]++ % 26);
    }
}

/* Of many processes, which print and write in turn; all is read late. */
static void
test_many_lines_and_prints (Fixture *f, gconstpointer unused)
{
  enum
  {
    N = 40
  };
  guint made[N] = { 0 };
  guint seen[N + 1] = { 0 };

  open_slots_and_begin (f, N);
  for (int round = 0; round < 200; round++)
    {
      g_autofree char *text = NULL;

      for (int i = 0; i < 100; i++)
        {
          guint32 slot = (guint32)g_test_rand_int_range (0, N);
          guint number = made[slot]++ % 26;

          if (g_test_rand_bit ())
            pn_sweep_mark (f->sweep, slot, 0, print (f, slot, number));
          else
            read_line (f, slot, 0, (char)('A' + number));
        }
      sweep_and_read (f);
      pn_sweep_merge (f->sweep, &f->relay);
      text = take_out (f);
      assert_counts (text, seen);
    }
  for (int i = 0; i < N; i++)
    g_assert_cmpuint (made[i], ==, seen[i + 1]);
}

static void
test_many_events_of_all_lengths (Fixture *f, gconstpointer unused)
{
  guint64 n = 0;

  open_slots (f, 4);
  for (int round = 0; round < 400; round++)
    {
      for (int i = 0; i < 100; i++)
        {
          guint32 slot = (guint32)g_test_rand_int_range (0, 4);
          gsize bytes = (gsize)g_test_rand_int_range (0, PN_TEXT_MAX_BYTES);

          if (g_test_rand_int_range (0, 10) != 0)
            bytes %= 40;
          if (!has_room (f, slot, (guint)pn_event_blocks (bytes)))
            continue;
          publish (f, slot, take_number (f), (gint64)n, bytes);
          n++;
        }
      turn (f);
      g_free (take_out (f));
    }
  g_assert_cmpuint (f->next_seq, ==, n);
  g_assert_cmpuint (f->n_lost, ==, 0);
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
}

/* A reader that reads nothing: the rings fill up, and all comes when it goes on. */
static void
test_full_relay_holds_back (Fixture *f, gconstpointer unused)
{
  gint64 n = 0;
  PnRelay small;

  open_slots (f, 2);
  f->sweep->staged_max = 200 * 1024;
  g_assert_cmpint (pn_relay_init (&small, f->fds[1], 256 * 1024), ==, 0);
  for (int i = 0; i < 10; i++)
    {
      for (guint32 slot = 0; slot < 2; slot++)
        while (has_room (f, slot, 1))
          emit (f, slot, n++);
      pn_sweep_begin (f->sweep, f->now_ns);
      pn_sweep_all (f->sweep);
      pn_sweep_merge (f->sweep, &small);
    }
  g_assert_false (has_room (f, 0, 1));
  g_assert_cmpuint (f->sweep->staged_bytes, <, 1024 * 1024);
  small.head = small.tail = 0;
  for (int i = 0; i < 10; i++)
    turn (f);
  g_assert_cmpint (f->n_called, ==, n);
  pn_relay_clear (&small);
}

/* With too much staged, a ring is swept only when nothing of it is left: its next event
 * must not be taken for lost in between. */
static void
test_ring_not_swept_loses_nothing (Fixture *f, gconstpointer unused)
{
  guint64 missing;

  open_slots (f, 3);
  f->sweep->staged_max = 0;
  missing = take_number (f);
  emit (f, 0, 1);
  assert_out (f, "");
  emit (f, 0, 2);
  emit (f, 1, 3);
  assert_out (f, "");
  f->sweep->overdue_below = 3;
  publish (f, 2, missing, 0, 0);
  assert_out (f, "3:0 1:1");
  assert_out (f, "1:2 2:3");
}

/* A process that does not look at the tail: what it overwrote can't be trusted. */
static void
test_overrun (Fixture *f, gconstpointer unused)
{
  open_slots (f, 2);
  for (int i = 0; i <= PN_RING_BLOCKS; i++)
    emit (f, 1, i);
  emit (f, 0, 1);
  pn_sweep_clear_below (f->sweep, 0, PN_RING_BLOCKS + 1);
  turn (f);
  g_assert_true (f->sweep->streams[1].broken);
  g_free (take_out (f));
  g_assert_cmpuint (f->n_lost, ==, PN_RING_BLOCKS + 1);
}

typedef struct
{
  const char *name;
  void (*lie) (Fixture *f, PnSlot *slot);
} Lie;

static void
lie_head_ahead (Fixture *f, PnSlot *slot)
{
  atomic_fetch_add (&slot->head, PN_RING_BLOCKS + 1);
}

static void
lie_head_back (Fixture *f, PnSlot *slot)
{
  atomic_fetch_sub (&slot->head, 2);
}

static void
lie_half_event (Fixture *f, PnSlot *slot)
{
  publish (f, 1, take_number (f), 7, 500);
  atomic_fetch_sub (&slot->head, 1);
}

static void
lie_kind (Fixture *f, PnSlot *slot)
{
  publish (f, 1, take_number (f), 7, 0);
  ((PnRecord *)pn_arena_block (f->share.arena, 1, atomic_load (&slot->head) - 1))->kind
      = 0x7777;
}

static void
lie_length (Fixture *f, PnSlot *slot)
{
  publish (f, 1, take_number (f), 7, 10);
  ((PnRecord *)pn_arena_block (f->share.arena, 1, atomic_load (&slot->head) - 1))->tail
      = 63;
}

static void
lie_number_twice (Fixture *f, PnSlot *slot)
{
  publish (f, 1, take_number (f), 7, 0);
  publish (f, 1, atomic_load (&f->share.arena->next_seq) - 1, 7, 0);
}

static const Lie lies[] = {
  { "head-ahead", lie_head_ahead }, { "head-back", lie_head_back },
  { "half-event", lie_half_event }, { "kind", lie_kind },
  { "length", lie_length },         { "number-twice", lie_number_twice },
};

static void
test_lie (Fixture *f, gconstpointer data)
{
  const Lie *lie = data;
  PnSlot *slot = &f->share.arena->slots[1];
  guint64 emitted;

  open_slots (f, 2);
  emit (f, 0, 1);
  emit (f, 1, 2);
  assert_out (f, "1:1 2:2");
  lie->lie (f, slot);
  turn (f);
  g_assert_true (f->sweep->streams[1].broken);
  g_assert_cmpuint (atomic_load (&slot->head), ==, atomic_load (&slot->tail));

  /* The others go on; its later numbers are lost. */
  emit (f, 1, 3);
  emit (f, 0, 4);
  emit (f, 0, 5);
  pn_sweep_clear_below (f->sweep, 0, f->sweep->expected);
  turn (f);
  g_free (take_out (f));
  emitted = atomic_load (&f->share.arena->next_seq);
  g_assert_cmpuint (f->sweep->expected, ==, emitted);
  g_assert_cmpuint (f->next_seq, ==, emitted);
  g_assert_cmpuint (f->n_lost, >=, 1);
}

static void
test_counter_far_ahead_is_one_event (Fixture *f, gconstpointer unused)
{
  const gint64 far = G_GINT64_CONSTANT (1) << 61;
  char *expected = g_strdup_printf ("L%" G_GINT64_FORMAT " 1:2", far);

  open_slots (f, 2);
  emit (f, 0, 1);
  atomic_fetch_add (&f->share.arena->next_seq, (guint64)far);
  emit (f, 0, 2);
  turn (f);
  pn_sweep_settle (f->sweep, 1);
  turn (f);
  {
    char *text = take_out (f);

    g_assert_true (g_str_has_suffix (text, expected));
    g_free (text);
  }
  /* Set back, the run goes on all the same. */
  atomic_store (&f->share.arena->next_seq, 0);
  pn_sweep_open (f->sweep, 2);
  emit (f, 2, 3);
  assert_out (f, "3:3");
  g_free (expected);
}

/* Whatever stands in the rings and slots, what comes out is good and dense. */
static void
test_random_rings (Fixture *f, gconstpointer unused)
{
  const int rounds = pn_test_times (2000);
  const guint32 n_slots = 4;

  open_slots (f, n_slots);
  for (int round = 0; round < rounds; round++)
    {
      guint32 slot = (guint32)g_test_rand_int_range (0, (gint32)n_slots);
      PnSlot *shared = &f->share.arena->slots[slot];
      guint64 head = atomic_load (&shared->head);

      switch (g_test_rand_int_range (0, 8))
        {
        case 0:
          atomic_store (&shared->head,
                        head + (guint64)g_test_rand_int_range (-10, 3000));
          break;
        case 1:
          memset (pn_arena_block (f->share.arena, slot, head),
                  g_test_rand_int () & 0xff,
                  PN_BLOCK_BYTES);
          atomic_store (&shared->head, head + 1);
          break;
        case 2:
          ((guint32 *)pn_arena_block (
              f->share.arena, slot, head - 1))[g_test_rand_int_range (0, 16)]
              ^= 1u << g_test_rand_int_range (0, 32);
          break;
        case 3:
          atomic_store (&shared->tail, (guint64)g_test_rand_int ());
          break;
        case 4: /* a new process in the place of the old one */
          pn_sweep_ring (f->sweep, slot);
          pn_sweep_settle (f->sweep, slot);
          turn (f);
          if (!pn_sweep_is_empty (f->sweep, slot))
            break;
          pn_sweep_close (f->sweep, slot);
          pn_share_release (&f->share, slot);
          pn_sweep_open (f->sweep, slot);
          break;
        default:
          publish (f, slot, take_number (f), round, (gsize)round % 200);
        }
      turn (f);
      g_free (take_out (f));
    }
  f->sweep->final = true;
  turn (f);
  g_free (take_out (f));
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
  g_assert_cmpuint (f->next_seq, ==, f->n_called);
  g_assert_cmpuint (f->n_lost, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                            \
  g_test_add ("/sweep/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("order-over-rings", test_order_over_rings);
  ADD ("missing-number-is-waited-for", test_missing_number_is_waited_for);
  ADD ("number-of-the-dead-is-lost-at-once", test_number_of_the_dead_is_lost_at_once);
  ADD ("number-of-a-sleeper-is-lost-once-it-is-seen-asleep",
       test_number_of_a_sleeper_is_lost_once_it_is_seen_asleep);
  ADD ("late-event-is-passed-on", test_late_event_is_passed_on);
  ADD ("nothing-is-lost-by-a-pause-of-the-runner",
       test_nothing_is_lost_by_a_pause_of_the_runner);
  ADD ("own-events-are-in-order", test_own_events_are_in_order);
  ADD ("line-stands-where-it-was-read", test_line_stands_where_it_was_read);
  ADD ("lines-before-a-print", test_lines_before_a_print);
  ADD ("lines-before-a-print-without-a-mark", test_lines_before_a_print_without_a_mark);
  ADD ("lines-before-an-exit", test_lines_before_an_exit);
  ADD ("print-waits-until-the-output-was-read",
       test_print_waits_until_the_output_was_read);
  ADD ("line-before-a-missing-number-waits", test_line_before_a_missing_number_waits);
  ADD ("half-a-line-before-a-print", test_half_a_line_before_a_print);
  ADD ("many-lines-and-prints", test_many_lines_and_prints);
  ADD ("many-events-of-all-lengths", test_many_events_of_all_lengths);
  ADD ("full-relay-holds-back", test_full_relay_holds_back);
  ADD ("counter-far-ahead-is-one-event", test_counter_far_ahead_is_one_event);
  ADD ("ring-not-swept-loses-nothing", test_ring_not_swept_loses_nothing);
  ADD ("overrun", test_overrun);
  ADD ("random-rings", test_random_rings);
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      char *path = g_strconcat ("/sweep/lie/", lies[i].name, NULL);

      g_test_add (path, Fixture, &lies[i], set_up, test_lie, tear_down);
      g_free (path);
    }
  return g_test_run ();
}
