/* SPDX-License-Identifier: MIT */
#include "sweep-rig.h"

#include <stdlib.h>
#include <string.h>

#define MS 1000000ll

/* Number 0 is no print's: it is run.begin's. */
static void
open_slots_and_begin (SweepRig *f, guint32 n)
{
  sweep_rig_open_slots (f, n);
  sweep_rig_take_number (f);
  f->sweep->expected = 1;
}

static guint64
print (SweepRig *f, guint32 slot, gint64 value)
{
  guint64 seq = sweep_rig_take_number (f);

  sweep_rig_publish_kind (f, PN_KIND_OUTPUT_LINE, slot, seq, value, 0);
  return seq;
}

/* Read from the output; its text is one letter. It comes out as "2:=a". */
static void
read_line (SweepRig *f, guint32 slot, unsigned flags, char letter)
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
sweep_and_read (SweepRig *f)
{
  f->now_ns += MS;
  pn_sweep_begin (f->sweep, f->now_ns);
  pn_sweep_all (f->sweep);
  pn_sweep_output_read (f->sweep);
}

static void
assert_merged (SweepRig *f, const char *expected)
{
  char *text;

  pn_sweep_merge (f->sweep, &f->relay);
  text = sweep_rig_take_out (f);
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_line_stands_where_it_was_read (SweepRig *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  sweep_rig_emit (f, 0, 1);
  read_line (f, 1, 0, 'a');
  read_line (f, PN_SWEEP_NOBODY, 0, 'b');
  read_line (f, 1, PN_FLAG_STDERR, 'c');
  read_line (f, 0, 0, 'd');
  read_line (f, 1, 0, 'e');
  sweep_rig_emit (f, 0, 2);
  sweep_and_read (f);
  assert_merged (f, "1:1 2:=a 0:=b 2:=c 1:=d 2:=e 1:2");
  g_assert_cmpuint (f->sweep->n_lines, ==, 0);
  g_assert_cmpuint (f->sweep->staged_bytes, ==, 0);
}

/* All is there at once: line, print, mark, line, print, mark, line. */
static void
test_lines_before_a_print (SweepRig *f, gconstpointer unused)
{
  guint64 first, second;

  open_slots_and_begin (f, 2);
  first = print (f, 0, 1);
  second = print (f, 0, 2);
  sweep_rig_emit (f, 0, 3);
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
test_lines_before_a_print_without_a_mark (SweepRig *f, gconstpointer unused)
{
  open_slots_and_begin (f, 1);
  print (f, 0, 1);
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1");
}

static void
test_lines_before_an_exit (SweepRig *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  sweep_rig_publish_kind (f, PN_KIND_PROCESS_EXIT, 0, sweep_rig_take_number (f), 1, 0);
  read_line (f, 1, 0, 'x');
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1 2:=x");
}

static void
test_print_waits_until_the_output_was_read (SweepRig *f, gconstpointer unused)
{
  open_slots_and_begin (f, 1);
  sweep_rig_emit (f, 0, 1);
  print (f, 0, 2);
  sweep_rig_emit (f, 0, 3);
  sweep_rig_assert_out (f, "1:1");
  g_assert_true (f->sweep->held);
  pn_sweep_output_read (f->sweep);
  assert_merged (f, "1:2 1:3");
  print (f, 0, 4);
  f->sweep->final = true;
  sweep_rig_assert_out (f, "1:4");
}

static void
test_line_before_a_missing_number_waits (SweepRig *f, gconstpointer unused)
{
  guint64 missing;

  open_slots_and_begin (f, 2);
  missing = sweep_rig_take_number (f);
  read_line (f, 0, 0, 'a');
  sweep_and_read (f);
  assert_merged (f, "");
  sweep_rig_publish_kind (f, PN_KIND_OUTPUT_LINE, 0, missing, 1, 0);
  sweep_and_read (f);
  assert_merged (f, "1:=a 1:1");
}

static void
half_line (guint32 slot, guint64 seq, void *data)
{
  SweepRig *f = data;

  g_assert_cmpuint (slot, ==, 1);
  if (seq == 2)
    read_line (f, slot, 0, 'h');
}

static void
test_half_a_line_before_a_print (SweepRig *f, gconstpointer unused)
{
  open_slots_and_begin (f, 2);
  f->sweep->on_turn = half_line;
  sweep_rig_emit (f, 0, 1);
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
test_many_lines_and_prints (SweepRig *f, gconstpointer unused)
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
      text = sweep_rig_take_out (f);
      assert_counts (text, seen);
    }
  for (int i = 0; i < N; i++)
    g_assert_cmpuint (made[i], ==, seen[i + 1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                            \
  g_test_add (                                                                         \
      "/lines/" name, SweepRig, NULL, sweep_rig_set_up, function, sweep_rig_tear_down)
  ADD ("line-stands-where-it-was-read", test_line_stands_where_it_was_read);
  ADD ("lines-before-a-print", test_lines_before_a_print);
  ADD ("lines-before-a-print-without-a-mark", test_lines_before_a_print_without_a_mark);
  ADD ("lines-before-an-exit", test_lines_before_an_exit);
  ADD ("print-waits-until-the-output-was-read",
       test_print_waits_until_the_output_was_read);
  ADD ("line-before-a-missing-number-waits", test_line_before_a_missing_number_waits);
  ADD ("half-a-line-before-a-print", test_half_a_line_before_a_print);
  ADD ("many-lines-and-prints", test_many_lines_and_prints);
  return g_test_run ();
}
