/* SPDX-License-Identifier: MIT */
#include "pn-test.h"
#include "sweep-rig.h"

#include <glib.h>
#include <string.h>

#define MS 1000000ll
#define MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

static void
test_order_over_rings (SweepRig *f, gconstpointer unused)
{
  sweep_rig_open_slots (f, 3);
  sweep_rig_emit (f, 2, 1);
  sweep_rig_emit (f, 0, 2);
  sweep_rig_emit (f, 1, 3);
  sweep_rig_emit (f, 0, 4);
  sweep_rig_emit (f, 2, 5);
  sweep_rig_assert_out (f, "3:1 1:2 2:3 1:4 3:5");
}

static void
test_missing_number_is_waited_for (SweepRig *f, gconstpointer unused)
{
  guint64 missing;

  sweep_rig_open_slots (f, 2);
  sweep_rig_emit (f, 0, 1);
  missing = sweep_rig_take_number (f);
  sweep_rig_emit (f, 0, 3);
  sweep_rig_assert_out (f, "1:1");
  sweep_rig_assert_out (f, "");
  g_assert_true (pn_sweep_may_hold (f->sweep, 1));
  g_assert_false (pn_sweep_may_hold (f->sweep, 0)); /* it came with a later one */
  sweep_rig_publish (f, 1, missing, 2, 0);
  sweep_rig_assert_out (f, "2:2 1:3");
}

static void
test_number_of_the_dead_is_lost_at_once (SweepRig *f, gconstpointer unused)
{
  sweep_rig_open_slots (f, 2);
  sweep_rig_emit (f, 1, 1);
  sweep_rig_take_number (f);
  sweep_rig_emit (f, 0, 3);
  sweep_rig_assert_out (f, "2:1");
  pn_sweep_ring (f->sweep, 1);
  pn_sweep_settle (f->sweep, 1);
  sweep_rig_assert_out (f, "L1 1:3");
}

static void
test_number_of_a_sleeper_is_lost_once_it_is_seen_asleep (SweepRig *f,
                                                         gconstpointer unused)
{
  sweep_rig_open_slots (f, 3);
  sweep_rig_emit (f, 1, 1);
  sweep_rig_take_number (f);
  sweep_rig_take_number (f);
  sweep_rig_emit (f, 0, 4);
  sweep_rig_assert_out (f, "2:1");
  pn_sweep_clear_below (f->sweep, 1, 3);
  sweep_rig_assert_out (f, "");
  pn_sweep_clear_below (f->sweep, 2, 2);
  sweep_rig_assert_out (f, "L1"); /* number 2 could still be slot 2's */
  pn_sweep_clear_below (f->sweep, 2, 3);
  sweep_rig_assert_out (f, "L1 1:4");
}

/* Its process was stopped while it emitted. The order within the process stays. */
static void
test_late_event_is_passed_on (SweepRig *f, gconstpointer unused)
{
  guint64 missing;

  sweep_rig_open_slots (f, 2);
  missing = sweep_rig_take_number (f);
  sweep_rig_emit (f, 0, 2);
  for (int i = 0; i < 500; i++)
    sweep_rig_assert_out (f, "");
  f->now_ns += 1000 * MS;
  for (int i = 0; i < 10; i++)
    {
      f->now_ns += 130 * MS;
      sweep_rig_turn (f);
    }
  sweep_rig_assert_out (f, "L1 1:2");
  sweep_rig_emit (f, 0, 3);
  sweep_rig_publish (f, 1, missing, 1, 0);
  sweep_rig_emit (f, 1, 4);
  sweep_rig_assert_out (f, "2:1 1:3 2:4");
  sweep_rig_emit (f, 0, 5);
  sweep_rig_assert_out (f, "1:5");
}

/* The runner was held up itself: what is published by then is not overdue. */
static void
test_nothing_is_lost_by_a_pause_of_the_runner (SweepRig *f, gconstpointer unused)
{
  sweep_rig_open_slots (f, 2);
  sweep_rig_turn (f);
  sweep_rig_emit (f, 1, 1);
  sweep_rig_emit (f, 0, 2);
  f->now_ns += 100000 * MS;
  sweep_rig_assert_out (f, "2:1 1:2");
}

static void
test_own_events_are_in_order (SweepRig *f, gconstpointer unused)
{
  static PnEvent event;

  sweep_rig_open_slots (f, 1);
  sweep_rig_emit (f, 0, 1);
  event.kind = PN_KIND_PROCESS_STOP;
  event.value = 2;
  pn_sweep_emit (f->sweep, &event);
  sweep_rig_emit (f, 0, 3);
  sweep_rig_assert_out (f, "1:1 0:2 1:3");
}

static void
test_many_events_of_all_lengths (SweepRig *f, gconstpointer unused)
{
  guint64 n = 0;

  sweep_rig_open_slots (f, 4);
  for (int round = 0; round < 400; round++)
    {
      for (int i = 0; i < 100; i++)
        {
          guint32 slot = (guint32)g_test_rand_int_range (0, 4);
          gsize bytes = (gsize)g_test_rand_int_range (0, PN_TEXT_MAX_BYTES);

          if (g_test_rand_int_range (0, 10) != 0)
            bytes %= 40;
          if (!sweep_rig_has_room (f, slot, (guint)pn_event_blocks (bytes)))
            continue;
          sweep_rig_publish (f, slot, sweep_rig_take_number (f), (gint64)n, bytes);
          n++;
        }
      sweep_rig_turn (f);
      g_free (sweep_rig_take_out (f));
    }
  g_assert_cmpuint (f->next_seq, ==, n);
  g_assert_cmpuint (f->n_lost, ==, 0);
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
}

/* A reader that reads nothing: the rings fill up, and all comes when it goes on. */
static void
test_full_relay_holds_back (SweepRig *f, gconstpointer unused)
{
  gint64 n = 0;
  PnRelay small;

  sweep_rig_open_slots (f, 2);
  f->sweep->staged_max = 200 * 1024;
  g_assert_cmpint (pn_relay_init (&small, f->fds[1], 256 * 1024), ==, 0);
  for (int i = 0; i < 10; i++)
    {
      for (guint32 slot = 0; slot < 2; slot++)
        while (sweep_rig_has_room (f, slot, 1))
          sweep_rig_emit (f, slot, n++);
      pn_sweep_begin (f->sweep, f->now_ns);
      pn_sweep_all (f->sweep);
      pn_sweep_merge (f->sweep, &small);
    }
  g_assert_false (sweep_rig_has_room (f, 0, 1));
  g_assert_cmpuint (f->sweep->staged_bytes, <, 1024 * 1024);
  small.head = small.tail = 0;
  for (int i = 0; i < 10; i++)
    sweep_rig_turn (f);
  g_assert_cmpint (f->n_called, ==, n);
  pn_relay_clear (&small);
}

/* With too much staged, a ring is swept only when nothing of it is left: its next event
 * must not be taken for lost in between. */
static void
test_ring_not_swept_loses_nothing (SweepRig *f, gconstpointer unused)
{
  guint64 missing;

  sweep_rig_open_slots (f, 3);
  f->sweep->staged_max = 0;
  missing = sweep_rig_take_number (f);
  sweep_rig_emit (f, 0, 1);
  sweep_rig_assert_out (f, "");
  sweep_rig_emit (f, 0, 2);
  sweep_rig_emit (f, 1, 3);
  sweep_rig_assert_out (f, "");
  f->sweep->overdue_below = 3;
  sweep_rig_publish (f, 2, missing, 0, 0);
  sweep_rig_assert_out (f, "3:0 1:1");
  sweep_rig_assert_out (f, "1:2 2:3");
}

/* A process that does not look at the tail: what it overwrote can't be trusted. */
static void
test_overrun (SweepRig *f, gconstpointer unused)
{
  sweep_rig_open_slots (f, 2);
  for (int i = 0; i <= PN_RING_BLOCKS; i++)
    sweep_rig_emit (f, 1, i);
  sweep_rig_emit (f, 0, 1);
  pn_sweep_clear_below (f->sweep, 0, PN_RING_BLOCKS + 1);
  sweep_rig_turn (f);
  g_assert_true (f->sweep->streams[1].broken);
  g_free (sweep_rig_take_out (f));
  g_assert_cmpuint (f->n_lost, ==, PN_RING_BLOCKS + 1);
}

typedef struct
{
  const char *name;
  void (*lie) (SweepRig *f, PnSlot *slot);
} Lie;

static void
lie_head_ahead (SweepRig *f, PnSlot *slot)
{
  atomic_fetch_add (&slot->head, PN_RING_BLOCKS + 1);
}

static void
lie_head_back (SweepRig *f, PnSlot *slot)
{
  atomic_fetch_sub (&slot->head, 2);
}

static void
lie_half_event (SweepRig *f, PnSlot *slot)
{
  sweep_rig_publish (f, 1, sweep_rig_take_number (f), 7, 500);
  atomic_fetch_sub (&slot->head, 1);
}

static void
lie_kind (SweepRig *f, PnSlot *slot)
{
  sweep_rig_publish (f, 1, sweep_rig_take_number (f), 7, 0);
  ((PnRecord *)pn_arena_block (f->share.arena, 1, atomic_load (&slot->head) - 1))->kind
      = 0x7777;
}

static void
lie_length (SweepRig *f, PnSlot *slot)
{
  sweep_rig_publish (f, 1, sweep_rig_take_number (f), 7, 10);
  ((PnRecord *)pn_arena_block (f->share.arena, 1, atomic_load (&slot->head) - 1))->tail
      = 63;
}

static void
lie_number_twice (SweepRig *f, PnSlot *slot)
{
  sweep_rig_publish (f, 1, sweep_rig_take_number (f), 7, 0);
  sweep_rig_publish (f, 1, atomic_load (&f->share.arena->next_seq) - 1, 7, 0);
}

static const Lie lies[] = {
  { "head-ahead", lie_head_ahead }, { "head-back", lie_head_back },
  { "half-event", lie_half_event }, { "kind", lie_kind },
  { "length", lie_length },         { "number-twice", lie_number_twice },
};

static void
test_lie (SweepRig *f, gconstpointer data)
{
  const Lie *lie = data;
  PnSlot *slot = &f->share.arena->slots[1];
  guint64 emitted;

  sweep_rig_open_slots (f, 2);
  sweep_rig_emit (f, 0, 1);
  sweep_rig_emit (f, 1, 2);
  sweep_rig_assert_out (f, "1:1 2:2");
  lie->lie (f, slot);
  sweep_rig_turn (f);
  g_assert_true (f->sweep->streams[1].broken);
  g_assert_cmpuint (atomic_load (&slot->head), ==, atomic_load (&slot->tail));

  /* The others go on; its later numbers are lost. */
  sweep_rig_emit (f, 1, 3);
  sweep_rig_emit (f, 0, 4);
  sweep_rig_emit (f, 0, 5);
  pn_sweep_clear_below (f->sweep, 0, f->sweep->expected);
  sweep_rig_turn (f);
  g_free (sweep_rig_take_out (f));
  emitted = atomic_load (&f->share.arena->next_seq);
  g_assert_cmpuint (f->sweep->expected, ==, emitted);
  g_assert_cmpuint (f->next_seq, ==, emitted);
  g_assert_cmpuint (f->n_lost, >=, 1);
}

static void
test_counter_far_ahead_is_one_event (SweepRig *f, gconstpointer unused)
{
  const gint64 far = G_GINT64_CONSTANT (1) << 61;
  char *expected = g_strdup_printf ("L%" G_GINT64_FORMAT " 1:2", far);

  sweep_rig_open_slots (f, 2);
  sweep_rig_emit (f, 0, 1);
  atomic_fetch_add (&f->share.arena->next_seq, (guint64)far);
  sweep_rig_emit (f, 0, 2);
  sweep_rig_turn (f);
  pn_sweep_settle (f->sweep, 1);
  sweep_rig_turn (f);
  {
    char *text = sweep_rig_take_out (f);

    g_assert_true (g_str_has_suffix (text, expected));
    g_free (text);
  }
  /* Set back, the run goes on all the same. */
  atomic_store (&f->share.arena->next_seq, 0);
  pn_sweep_open (f->sweep, 2);
  sweep_rig_emit (f, 2, 3);
  sweep_rig_assert_out (f, "3:3");
  g_free (expected);
}

/* Whatever stands in the rings and slots, what comes out is good and dense. */
static void
test_random_rings (SweepRig *f, gconstpointer unused)
{
  const int rounds = pn_test_times (2000);
  const guint32 n_slots = 4;

  sweep_rig_open_slots (f, n_slots);
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
          sweep_rig_turn (f);
          if (!pn_sweep_is_empty (f->sweep, slot))
            break;
          pn_sweep_close (f->sweep, slot);
          pn_share_release (&f->share, slot);
          pn_sweep_open (f->sweep, slot);
          break;
        default:
          sweep_rig_publish (
              f, slot, sweep_rig_take_number (f), round, (gsize)round % 200);
        }
      sweep_rig_turn (f);
      g_free (sweep_rig_take_out (f));
    }
  f->sweep->final = true;
  sweep_rig_turn (f);
  g_free (sweep_rig_take_out (f));
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
  g_assert_cmpuint (f->next_seq, ==, f->n_called);
  g_assert_cmpuint (f->n_lost, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                            \
  g_test_add (                                                                         \
      "/sweep/" name, SweepRig, NULL, sweep_rig_set_up, function, sweep_rig_tear_down)
  ADD ("order-over-rings", test_order_over_rings);
  ADD ("missing-number-is-waited-for", test_missing_number_is_waited_for);
  ADD ("number-of-the-dead-is-lost-at-once", test_number_of_the_dead_is_lost_at_once);
  ADD ("number-of-a-sleeper-is-lost-once-it-is-seen-asleep",
       test_number_of_a_sleeper_is_lost_once_it_is_seen_asleep);
  ADD ("late-event-is-passed-on", test_late_event_is_passed_on);
  ADD ("nothing-is-lost-by-a-pause-of-the-runner",
       test_nothing_is_lost_by_a_pause_of_the_runner);
  ADD ("own-events-are-in-order", test_own_events_are_in_order);
  ADD ("many-events-of-all-lengths", test_many_events_of_all_lengths);
  ADD ("full-relay-holds-back", test_full_relay_holds_back);
  ADD ("counter-far-ahead-is-one-event", test_counter_far_ahead_is_one_event);
  ADD ("ring-not-swept-loses-nothing", test_ring_not_swept_loses_nothing);
  ADD ("overrun", test_overrun);
  ADD ("random-rings", test_random_rings);
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      char *path = g_strconcat ("/sweep/lie/", lies[i].name, NULL);

      g_test_add (
          path, SweepRig, &lies[i], sweep_rig_set_up, test_lie, sweep_rig_tear_down);
      g_free (path);
    }
  return g_test_run ();
}
