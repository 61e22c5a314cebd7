/* SPDX-License-Identifier: MIT */
#include "pn-random.h"
#include "pn-sample.h"
#include "pn-text.h"
#include "pn-trace.h"

#include <glib/gstdio.h>
#include <string.h>

static void
assert_same_event (const PnTraceEvent *a, const PnTraceEvent *b)
{
  g_assert_cmpuint (a->seq, ==, b->seq);
  g_assert_cmpint (a->time_ns, ==, b->time_ns);
  g_assert_cmpuint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->process, ==, b->process);
  g_assert_cmpuint (a->object, ==, b->object);
  g_assert_cmpuint (a->peer, ==, b->peer);
  g_assert_cmpint (a->value, ==, b->value);
  g_assert_cmpuint (a->site, ==, b->site);
  g_assert_cmpuint (a->line, ==, b->line);
  g_assert_cmpuint (a->flags, ==, b->flags);
  g_assert_cmpstr (a->text, ==, b->text);
}

static void
assert_same (PnTrace *a, PnTrace *b)
{
  gsize n = pn_trace_get_n_events (a);

  g_assert_cmpuint (n, ==, pn_trace_get_n_events (b));
  g_assert_cmpuint (pn_trace_get_n_lost (a), ==, pn_trace_get_n_lost (b));
  for (gsize i = 0; i < n; i++)
    {
      PnTraceEvent event_a = pn_trace_get_event (a, i);
      PnTraceEvent event_b = pn_trace_get_event (b, i);

      assert_same_event (&event_a, &event_b);
    }
}

static void
test_keeps_every_field (void)
{
  g_autoptr (PnTrace) trace
      = pn_sample_trace ("1.0 main name lock L \"my lock\" =7\n"
                         "1.5 P1 lock.acquire L !failed !stalled =-1 @dir/a.c:77\n"
                         "1.6 main process.start P2 \"worker\" !daemon\n");
  PnTraceEvent event = pn_trace_get_event (trace, 0);

  g_assert_cmpuint (pn_trace_get_n_events (trace), ==, 4);
  g_assert_cmpstr (event.text, ==, "my lock");
  g_assert_cmpint (event.value, ==, 7);
  g_assert_cmpint (event.time_ns, ==, 0);
  event = pn_trace_get_event (trace, 2);
  g_assert_cmpuint (event.seq, ==, 2);
  g_assert_cmpint (event.time_ns, ==, 500000000);
  g_assert_cmpuint (event.kind, ==, PN_KIND_LOCK_ACQUIRE);
  g_assert_cmpuint (event.flags, ==, PN_FLAG_FAILED | PN_FLAG_STALLED);
  g_assert_cmpuint (event.line, ==, 77);
  g_assert_cmpstr (pn_trace_get_file (trace, event.site), ==, "dir/a.c");
  g_assert_null (pn_trace_get_file (trace, 99));
  event = pn_trace_get_event (trace, 3);
  g_assert_cmpstr (event.text, ==, "worker");
  g_assert_cmpuint (event.flags, ==, PN_FLAG_DAEMON);
  g_assert_cmpint (pn_trace_get_duration_ns (trace), ==, 600000000);
}

/* However the bytes come, the same events stand there, and no event before its last
 * byte has come. */
static void
test_bytes_in_any_pieces (void)
{
  static const gsize pieces[] = { 1, 3, 63, 64, 65, 100, 4096, 100000 };

  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
      {
        g_autoptr (GBytes) stream = pn_sample_by_name (*name);
        g_autoptr (PnTrace) whole = pn_sample_trace_take (g_bytes_ref (stream));
        g_autoptr (PnTrace) trace = pn_trace_new ();
        gsize n;
        const guint8 *bytes = g_bytes_get_data (stream, &n);

        for (gsize at = 0; at < n; at += pieces[i])
          {
            g_assert_true (
                pn_trace_append (trace, bytes + at, MIN (pieces[i], n - at), NULL));
            g_assert_cmpuint (
                pn_trace_get_n_events (trace), <=, (at + pieces[i]) / PN_BLOCK_BYTES);
          }
        g_assert_cmpint (pn_trace_get_end (trace), ==, PN_TRACE_LIVE);
        pn_trace_finish (trace);
        assert_same (whole, trace);
      }
}

static void
test_end_is_told (void)
{
  g_autoptr (PnTrace) whole = pn_sample_trace_take (pn_sample_lock ());
  g_autoptr (PnTrace) cut = pn_sample_trace ("0 main process.begin\n");
  g_autoptr (PnTrace) torn = pn_trace_new ();
  g_autoptr (GBytes) stream = pn_sample_lock ();
  gsize n;
  const guint8 *bytes = g_bytes_get_data (stream, &n);

  g_assert_cmpint (pn_trace_get_end (whole), ==, PN_TRACE_COMPLETE);
  g_assert_cmpint (pn_trace_get_end (cut), ==, PN_TRACE_CUT);
  g_assert_true (pn_trace_append (torn, bytes, n - 1, NULL));
  pn_trace_finish (torn);
  g_assert_cmpint (pn_trace_get_end (torn), ==, PN_TRACE_CUT);
  g_assert_cmpuint (
      pn_trace_get_n_events (torn), ==, pn_trace_get_n_events (whole) - 1);
}

static void
test_losses_are_counted (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autoptr (PnTrace) trace = NULL;

  pn_sample_builder_skip_seq (builder, 2);
  pn_sample_builder_add (builder, "0 main process.begin\n");
  pn_sample_builder_skip_seq (builder, 5);
  pn_sample_builder_add (builder, "1 runner run.lost =3\n2 main process.end\n");
  trace = pn_sample_trace_take (pn_sample_builder_end (builder));
  g_assert_cmpuint (pn_trace_get_n_lost (trace), ==, 2 + 5 + 3);
  g_assert_cmpuint (pn_trace_get_event (trace, 1).seq, ==, 8);
}

static void
test_time_never_steps_back (void)
{
  g_autoptr (PnTrace) trace = pn_sample_trace ("5.0 main sleep.begin\n"
                                               "5.2 main sleep.end\n"
                                               "5.1 P1 sleep.begin\n"
                                               "4.0 P1 sleep.end\n"
                                               "5.3 P1 sleep.begin\n");
  static const gint64 expected[] = { 0, 200, 200, 200, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (pn_trace_get_time_ns (trace, i), ==, expected[i] * 1000000);
  g_assert_cmpuint (pn_trace_find_time (trace, -1), ==, 0);
  g_assert_cmpuint (pn_trace_find_time (trace, 200000000), ==, 1);
  g_assert_cmpuint (pn_trace_find_time (trace, 200000001), ==, 4);
  g_assert_cmpuint (pn_trace_find_time (trace, 300000001), ==, 5);
}

typedef struct
{
  const char *name;
  gsize offset; /* of the byte that is set */
  guint8 byte;
  PnTraceError code;
  const char *says;
  gsize n_events; /* that stay */
} Damage;

static const Damage damages[] = {
  { "magic", 0, 'x', PN_TRACE_ERROR_HEADER, "at byte 0: ", 0 },
  { "version", 8, 99, PN_TRACE_ERROR_VERSION, "version", 0 },
  { "reserved", 20, 1, PN_TRACE_ERROR_HEADER, "recording", 0 },
  { "kind", 64 + 64 + 20, 0xff, PN_TRACE_ERROR_EVENT, "at byte 128: ", 1 },
  { "flags", 64 + 22, 0x80, PN_TRACE_ERROR_EVENT, "flags", 0 },
  { "tail", 64 + 23, 9, PN_TRACE_ERROR_EVENT, "length", 0 },
  { "time", 64 + 15, 0x80, PN_TRACE_ERROR_EVENT, "range", 0 },
  { "padding", 64 + 63, 1, PN_TRACE_ERROR_EVENT, "text", 0 },
  { "same number", 64 + 64, 0, PN_TRACE_ERROR_ORDER, "at byte 128: ", 1 },
};

static void
test_damage_is_named (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      const Damage *damage = &damages[i];
      g_autoptr (GBytes) stream
          = pn_sample_compile ("0 main process.begin\n1 main process.exit\n");
      g_autoptr (PnTrace) trace = pn_trace_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) again = NULL;
      gsize n;
      g_autofree guint8 *bytes = g_bytes_unref_to_data (g_bytes_ref (stream), &n);

      g_test_message ("%s", damage->name);
      bytes[damage->offset] = damage->byte;
      g_assert_false (pn_trace_append (trace, bytes, n, &error));
      g_assert_error (error, PN_TRACE_ERROR, (int)damage->code);
      g_assert_nonnull (strstr (error->message, damage->says));
      g_assert_cmpuint (pn_trace_get_n_events (trace), ==, damage->n_events);
      g_assert_cmpint (pn_trace_get_end (trace), ==, PN_TRACE_CUT);

      /* Nothing can be appended any more, good bytes neither. */
      g_assert_false (pn_trace_append (trace, bytes, 1, &again));
      g_assert_nonnull (again);
      pn_trace_finish (trace);
      g_assert_cmpint (pn_trace_get_end (trace), ==, PN_TRACE_CUT);
    }
}

static void
test_text_is_made_valid (void)
{
  g_autoptr (PnTrace) trace = pn_sample_trace_take (pn_random_stream (11, 5000));

  for (gsize i = 0; i < pn_trace_get_n_events (trace); i++)
    g_assert_true (g_utf8_validate (pn_trace_get_event (trace, i).text, -1, NULL));
}

/* Names that come a thousand times are kept once; whatever comes, memory stays in
 * proportion to the stream. */
static void
test_memory_is_in_proportion (void)
{
  g_autoptr (GBytes) generated = pn_sample_generated (100000);
  g_autoptr (GBytes) random = pn_random_stream (3, 20000);
  g_autoptr (PnTrace) trace = pn_sample_trace_take (g_bytes_ref (generated));
  g_autoptr (PnTrace) wild = pn_sample_trace_take (g_bytes_ref (random));

  g_assert_cmpuint (pn_trace_get_size_bytes (trace), <, 100000 * 64);
  g_assert_cmpuint (pn_trace_get_size_bytes (wild), <, 3 * g_bytes_get_size (random));
}

static char *
make_path (const char *name)
{
  g_autofree char *directory = g_dir_make_tmp ("procession-XXXXXX", NULL);

  return g_build_filename (directory, name, NULL);
}

static void
remove_path (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  g_unlink (path);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_saves_and_opens (void)
{
  g_autofree char *path = make_path ("a.recording");

  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnTrace) trace = pn_sample_trace_take (pn_sample_by_name (*name));
      g_autoptr (GError) error = NULL;
      g_autoptr (PnTrace) opened = NULL;

      g_assert_true (pn_trace_save (trace, path, &error));
      g_assert_no_error (error);
      opened = pn_trace_open (path, &error);
      g_assert_no_error (error);
      assert_same (trace, opened);
      g_assert_cmpint (pn_trace_get_end (trace), ==, pn_trace_get_end (opened));
    }
  remove_path (path);
}

/* Mending can triple a text: it is cut again, and says so. */
static void
test_saves_what_grew (void)
{
  g_autofree char *path = make_path ("grown.recording");
  g_autofree char *bad = g_strnfill (PN_TEXT_MAX_BYTES, '\xff');
  PnSampleBuilder *builder = pn_sample_builder_new ();
  PnEvent event = { .kind = PN_KIND_OUTPUT_LINE, .process = 1 };
  g_autoptr (PnTrace) trace = NULL;
  g_autoptr (PnTrace) opened = NULL;
  PnTraceEvent read;

  event.text_bytes = PN_TEXT_MAX_BYTES;
  memcpy (event.text, bad, PN_TEXT_MAX_BYTES);
  pn_sample_builder_add_event (builder, &event);
  trace = pn_sample_trace_take (pn_sample_builder_end (builder));
  g_assert_cmpuint (
      strlen (pn_trace_get_event (trace, 0).text), ==, 3 * PN_TEXT_MAX_BYTES);
  g_assert_true (pn_trace_save (trace, path, NULL));
  opened = pn_trace_open (path, NULL);
  g_assert_nonnull (opened);
  read = pn_trace_get_event (opened, 0);
  g_assert_cmpuint (strlen (read.text), >, PN_TEXT_MAX_BYTES - 3);
  g_assert_true (g_utf8_validate (read.text, -1, NULL));
  g_assert_cmpuint (read.flags, ==, PN_FLAG_TRUNCATED);
  remove_path (path);
}

static void
test_open_says_what_is_wrong (void)
{
  static const struct
  {
    const char *bytes;
    gssize n;
    PnTraceError code;
  } files[] = {
    { "", 0, PN_TRACE_ERROR_HEADER },
    { "PNEVE", 5, PN_TRACE_ERROR_HEADER },
    { "#!/bin/sh\n", 10, PN_TRACE_ERROR_HEADER },
  };
  g_autofree char *path = make_path ("bad.recording");
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *missing = g_build_filename (directory, "none", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, files[i].bytes, files[i].n, NULL));
      g_assert_null (pn_trace_open (path, &error));
      g_assert_error (error, PN_TRACE_ERROR, (int)files[i].code);
      g_assert_nonnull (strstr (error->message, "bad.recording"));
    }
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (pn_trace_open (i == 0 ? directory : missing, &error));
      g_assert_error (error, PN_TRACE_ERROR, PN_TRACE_ERROR_IO);
    }
  remove_path (path);
}

/* A directory in the place of the file: what was written beside it is taken away. */
static void
test_failed_save_leaves_nothing (void)
{
  g_autofree char *path = make_path ("taken");
  g_autoptr (PnTrace) trace = pn_sample_trace_take (pn_sample_lock ());
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_false (pn_trace_save (trace, path, &error));
  g_assert_error (error, PN_TRACE_ERROR, PN_TRACE_ERROR_IO);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  remove_path (path); /* fails if anything else is left in its directory */
}

static void
test_save_to_nowhere (void)
{
  g_autoptr (PnTrace) trace = pn_sample_trace_take (pn_sample_lock ());
  g_autoptr (GError) error = NULL;

  g_assert_false (pn_trace_save (trace, "/nowhere/at/all.recording", &error));
  g_assert_error (error, PN_TRACE_ERROR, PN_TRACE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all.recording"));
}

/* How many events end at or before this byte of the stream. */
static gsize
count_whole (PnTrace *trace, gsize offset)
{
  gsize end = PN_BLOCK_BYTES;
  gsize i;

  for (i = 0; i < pn_trace_get_n_events (trace); i++)
    {
      end += PN_BLOCK_BYTES
             * pn_event_blocks (strlen (pn_trace_get_event (trace, i).text));
      if (end > offset)
        break;
    }
  return i;
}

/* Each byte of a recording, set to each of some values: all before it is read. */
static void
test_any_byte_may_be_wrong (void)
{
  static const guint8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
  g_autoptr (GBytes) stream = pn_sample_deadlock ();
  g_autoptr (PnTrace) good = pn_sample_trace_take (g_bytes_ref (stream));
  gsize n;
  g_autofree guint8 *bytes = g_bytes_unref_to_data (g_steal_pointer (&stream), &n);

  for (gsize at = 0; at < n; at++)
    for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autoptr (PnTrace) trace = pn_trace_new ();
        guint8 before = bytes[at];

        bytes[at] = values[i];
        if (pn_trace_append (trace, bytes, n, NULL))
          g_assert_cmpuint (
              pn_trace_get_n_events (trace), ==, pn_trace_get_n_events (good));
        else
          g_assert_cmpuint (pn_trace_get_n_events (trace), >=, count_whole (good, at));
        bytes[at] = before;
      }
}

/* Readers see whole events, and each event once it is counted: while one thread
 * appends in odd pieces, the others compare all they can see with what must be there.
 */
typedef struct
{
  PnTrace *trace;
  PnTrace *expected;
} Race;

static gpointer
read_along (gpointer pointer)
{
  Race *race = pointer;
  gsize n_expected = pn_trace_get_n_events (race->expected);
  gsize seen = 0;

  while (seen < n_expected)
    {
      gsize n = pn_trace_get_n_events (race->trace);

      g_assert_cmpuint (n, >=, seen);
      for (; seen < n; seen++)
        {
          PnTraceEvent event = pn_trace_get_event (race->trace, seen);
          PnTraceEvent expected = pn_trace_get_event (race->expected, seen);
          gsize before = seen / 2;

          assert_same_event (&event, &expected);
          g_assert_cmpint (pn_trace_get_time_ns (race->trace, before),
                           ==,
                           pn_trace_get_time_ns (race->expected, before));
          if (event.site != 0)
            g_assert_nonnull (pn_trace_get_file (race->trace, event.site));
        }
      if (n > 0)
        g_assert_cmpuint (
            pn_trace_find_time (race->trace, pn_trace_get_duration_ns (race->expected)),
            <=,
            n_expected);
    }
  return NULL;
}

static void
test_readers_beside_the_writer (void)
{
  g_autoptr (GBytes) stream = pn_sample_generated (20000);
  g_autoptr (PnTrace) expected = pn_sample_trace_take (g_bytes_ref (stream));
  GRand *rand = g_rand_new_with_seed (7);
  gsize n;
  const guint8 *bytes = g_bytes_get_data (stream, &n);

  for (int round = 0; round < 3; round++)
    {
      g_autoptr (PnTrace) trace = pn_trace_new ();
      Race race = { .trace = trace, .expected = expected };
      GThread *readers[3];
      gsize piece;

      for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
        readers[i] = g_thread_new ("reader", read_along, &race);
      for (gsize at = 0; at < n; at += piece)
        {
          piece = (gsize)g_rand_int_range (rand, 1, 1000);
          piece = MIN (n - at, piece);
          g_assert_true (pn_trace_append (trace, bytes + at, piece, NULL));
        }
      pn_trace_finish (trace);
      for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
        g_thread_join (readers[i]);
      g_assert_cmpint (pn_trace_get_end (trace), ==, PN_TRACE_COMPLETE);
    }
  g_rand_free (rand);
}

static void
test_durations_for_people (void)
{
  static const struct
  {
    gint64 ns;
    const char *text;
  } cases[] = {
    { 0, "0 ns" },
    { 250, "250 ns" },
    { 999, "999 ns" },
    { 1000, "1 µs" },
    { 3400, "3.4 µs" },
    { 12345, "12 µs" },
    { 999400, "999 µs" },
    { 999600, "1 ms" },
    { 12000000, "12 ms" },
    { 99000000, "99 ms" },
    { 100000000, "0.1 s" },
    { 850000000, "0.85 s" },
    { 1100000000, "1.1 s" },
    { 2000000000, "2 s" },
    { 2340000000, "2.3 s" },
    { 9960000000, "10 s" },
    { 59400000000, "59 s" },
    { G_GINT64_CONSTANT (125000000000), "2 min 5 s" },
    { G_GINT64_CONSTANT (3600000000000), "60 min" },
    { -850000000, "−0.85 s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pn_text_dup_duration (cases[i].ns);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_text_is_made_visible (void)
{
  static const struct
  {
    const char *text;
    guint max_chars;
    const char *visible;
  } cases[] = {
    { "", 0, "" },
    { "plain äöü 漢字", 0, "plain äöü 漢字" },
    { "a\tb\nc\r", 0, "a␉b␊c␍" },
    { "\x1b[31m\x7f", 0, "␛[31m␡" },
    { "\xc2\x9b", 0, "‹U+009B›" },
    { "\xe2\x80\xae"
      "exe",
      0,
      "‹U+202E›exe" },
    { "\xe2\x80\xa8", 0, "‹U+2028›" },
    { "👩\xe2\x80\x8d👧", 0, "👩\xe2\x80\x8d👧" },
    { "abcdef", 3, "abc…" },
    { "abc", 3, "abc" },
    { "äöü", 2, "äö…" },
    { "<b>&amp;", 0, "<b>&amp;" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pn_text_dup_visible (cases[i].text, cases[i].max_chars);

      g_assert_cmpstr (text, ==, cases[i].visible);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/keeps-every-field", test_keeps_every_field);
  g_test_add_func ("/trace/bytes-in-any-pieces", test_bytes_in_any_pieces);
  g_test_add_func ("/trace/end-is-told", test_end_is_told);
  g_test_add_func ("/trace/losses-are-counted", test_losses_are_counted);
  g_test_add_func ("/trace/time-never-steps-back", test_time_never_steps_back);
  g_test_add_func ("/trace/damage-is-named", test_damage_is_named);
  g_test_add_func ("/trace/text-is-made-valid", test_text_is_made_valid);
  g_test_add_func ("/trace/memory-is-in-proportion", test_memory_is_in_proportion);
  g_test_add_func ("/trace/saves-and-opens", test_saves_and_opens);
  g_test_add_func ("/trace/saves-what-grew", test_saves_what_grew);
  g_test_add_func ("/trace/open-says-what-is-wrong", test_open_says_what_is_wrong);
  g_test_add_func ("/trace/failed-save-leaves-nothing",
                   test_failed_save_leaves_nothing);
  g_test_add_func ("/trace/save-to-nowhere", test_save_to_nowhere);
  g_test_add_func ("/trace/any-byte-may-be-wrong", test_any_byte_may_be_wrong);
  g_test_add_func ("/trace/readers-beside-the-writer", test_readers_beside_the_writer);
  g_test_add_func ("/trace/durations-for-people", test_durations_for_people);
  g_test_add_func ("/trace/text-is-made-visible", test_text_is_made_visible);
  return g_test_run ();
}
