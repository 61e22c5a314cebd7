/* SPDX-License-Identifier: MIT */
#include "pn-event.h"
#include "pn-test.h"

#include <glib.h>
#include <string.h>

#define MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

static const PnKind kinds[] = {
#define X(symbol, number, name) number,
  PN_KINDS (X)
#undef X
};

static void
fill_text (PnEvent *event, size_t bytes)
{
  event->text_bytes = bytes;
  for (size_t i = 0; i < bytes; i++)
    event->text[i] = (char)('a' + i % 26);
  event->text[bytes] = '\0';
}

static void
fill_random (PnEvent *event)
{
  memset (event, 0, sizeof *event);
  event->seq = (guint64)g_test_rand_int () << 32 | (guint32)g_test_rand_int ();
  event->time_ns = g_test_rand_int_range (0, G_MAXINT32);
  event->kind = kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))];
  event->process = (guint32)g_test_rand_int ();
  event->object = (guint32)g_test_rand_int ();
  event->peer = (guint32)g_test_rand_int_range (1, 3); /* good for all kinds */
  event->value = g_test_rand_int ();
  event->site = (guint32)g_test_rand_int ();
  event->line = (guint16)g_test_rand_int ();
  event->flags = (guint8)(g_test_rand_int () & PN_FLAGS_ALL);
  fill_text (event, (gsize)g_test_rand_int_range (0, PN_TEXT_MAX_BYTES + 1));
}

static void
assert_same (const PnEvent *a, const PnEvent *b)
{
  g_assert_cmpuint (a->seq, ==, b->seq);
  g_assert_cmpint (a->time_ns, ==, b->time_ns);
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpuint (a->process, ==, b->process);
  g_assert_cmpuint (a->object, ==, b->object);
  g_assert_cmpuint (a->peer, ==, b->peer);
  g_assert_cmpint (a->value, ==, b->value);
  g_assert_cmpuint (a->site, ==, b->site);
  g_assert_cmpuint (a->line, ==, b->line);
  g_assert_cmpuint (a->flags, ==, b->flags);
  g_assert_cmpuint (a->text_bytes, ==, b->text_bytes);
  g_assert_cmpstr (a->text, ==, b->text);
}

static void
test_round_trip (void)
{
  static guchar blocks[MAX_BYTES];
  static PnEvent event;
  static PnEvent back;

  for (int i = 0; i < 2000; i++)
    {
      size_t bytes;

      fill_random (&event);
      bytes = pn_event_encode (&event, blocks);
      g_assert_cmpuint (bytes, ==, pn_event_blocks (event.text_bytes) * PN_BLOCK_BYTES);
      g_assert_cmpint (pn_event_decode (blocks, sizeof blocks, &back), ==, (int)bytes);
      assert_same (&event, &back);
    }
}

static void
test_text_of_every_length (void)
{
  static guchar blocks[MAX_BYTES];
  static PnEvent event;
  static PnEvent back;

  event.kind = PN_KIND_OUTPUT_LINE;
  for (size_t n = 0; n <= PN_TEXT_MAX_BYTES; n++)
    {
      size_t bytes;

      fill_text (&event, n);
      bytes = pn_event_encode (&event, blocks);
      g_assert_cmpint (pn_event_decode (blocks, bytes, &back), ==, (int)bytes);
      assert_same (&event, &back);
    }
}

/* Whatever stands after an event, the event alone decides; cut off anywhere it is
 * short, and the result is left alone. */
static void
test_cut_at_every_length (void)
{
  static guchar blocks[MAX_BYTES];
  static PnEvent event;
  static PnEvent back;
  static PnEvent untouched;

  event.kind = PN_KIND_OUTPUT_LINE;
  for (size_t n = 0; n <= 300; n += 50)
    {
      size_t bytes;

      fill_text (&event, n);
      bytes = pn_event_encode (&event, blocks);
      for (size_t cut = 0; cut < bytes; cut++)
        {
          guchar *copy = g_memdup2 (blocks, cut); /* exactly, for ASan */

          memset (&back, 0x55, sizeof back);
          memcpy (&untouched, &back, sizeof back);
          g_assert_cmpint (pn_event_decode (copy, cut, &back), ==, PN_DECODE_SHORT);
          g_assert_cmpint (pn_event_check (copy, cut), ==, PN_DECODE_SHORT);
          g_assert_cmpmem (&back, sizeof back, &untouched, sizeof untouched);
          g_free (copy);
        }
    }
}

typedef struct
{
  const char *name;
  int error;
  void (*spoil) (PnRecord *record);
} BadCase;

#define BAD(label, statement)                                                          \
  static void spoil_##label (PnRecord *record) { statement; }
BAD (kind_zero, record->kind = 0)
BAD (kind_unknown, record->kind = 0x0105)
BAD (flags, record->flags = 0x80)
BAD (tail_short, record->tail--)
BAD (tail_long, record->tail++)
BAD (tail_all, record->tail = 255)
BAD (text_long, record->text_bytes = PN_TEXT_MAX_BYTES + 1)
BAD (text_huge, record->text_bytes = UINT16_MAX)
BAD (text_end, record->text_bytes -= 3)
BAD (text_nul, record->text[4] = '\0')
BAD (tail_nul, ((char *)(record + 1))[5] = '\0')
BAD (tail_rest, ((char *)(record + 1))[PN_BLOCK_BYTES - 1] = 'x')
BAD (time, record->time_ns = -1)
BAD (object_kind, record->kind = PN_KIND_NAME; record->peer = 99)
BAD (pipe_end, record->kind = PN_KIND_PIPE_SEND; record->peer = 3)

static const BadCase bad_cases[] = {
  { "kind 0", PN_DECODE_BAD_KIND, spoil_kind_zero },
  { "unknown kind", PN_DECODE_BAD_KIND, spoil_kind_unknown },
  { "unknown flag", PN_DECODE_BAD_FLAGS, spoil_flags },
  { "a block too few", PN_DECODE_BAD_TAIL, spoil_tail_short },
  { "a block too many", PN_DECODE_BAD_TAIL, spoil_tail_long },
  { "255 blocks", PN_DECODE_BAD_TAIL, spoil_tail_all },
  { "text too long", PN_DECODE_BAD_TAIL, spoil_text_long },
  { "text of 65535 bytes", PN_DECODE_BAD_TAIL, spoil_text_huge },
  { "bytes after the text", PN_DECODE_BAD_TEXT, spoil_text_end },
  { "NUL in the record", PN_DECODE_BAD_TEXT, spoil_text_nul },
  { "NUL in a tail", PN_DECODE_BAD_TEXT, spoil_tail_nul },
  { "last byte not 0", PN_DECODE_BAD_TEXT, spoil_tail_rest },
  { "time below 0", PN_DECODE_BAD_VALUE, spoil_time },
  { "unknown kind of object", PN_DECODE_BAD_VALUE, spoil_object_kind },
  { "third end of a pipe", PN_DECODE_BAD_VALUE, spoil_pipe_end },
};

static void
test_bad_events (void)
{
  static guchar blocks[MAX_BYTES];
  static PnEvent event;
  static PnEvent back;

  event.kind = PN_KIND_OUTPUT_LINE;
  for (gsize i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      const BadCase *bad = &bad_cases[i];

      g_test_message ("%s", bad->name);
      memset (blocks, 0, sizeof blocks);
      fill_text (&event, 40);
      pn_event_encode (&event, blocks);
      g_assert_cmpint (pn_event_decode (blocks, sizeof blocks, &back), >, 0);
      bad->spoil ((PnRecord *)blocks);
      g_assert_cmpint (pn_event_decode (blocks, sizeof blocks, &back), ==, bad->error);
      g_assert_cmpint (pn_event_check (blocks, sizeof blocks), ==, bad->error);
      g_assert_cmpstr (pn_decode_strerror (bad->error), !=, "unknown error");
    }
}

static void
test_a_cut_splits_no_character (void)
{
  const char *text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
  static const size_t cuts[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11 };

  for (size_t max = 0; max < G_N_ELEMENTS (cuts); max++)
    g_assert_cmpuint (pn_text_cut (text, strlen (text), max), ==, cuts[max]);
  g_assert_cmpuint (pn_text_cut ("\x80\x80\x80\x80\x80\x80", 6, 5), ==, 5);
}

static void
test_long_text_is_cut_between_characters (void)
{
  static guchar blocks[MAX_BYTES];
  static PnEvent event;
  static PnEvent back;

  event.kind = PN_KIND_OUTPUT_LINE;
  fill_text (&event, PN_TEXT_MAX_BYTES - 1);
  memcpy (event.text + PN_TEXT_MAX_BYTES - 1, "\xc3", 1);
  /* The second byte of the character lies beyond the field; encode reads text_bytes. */
  G_STATIC_ASSERT (sizeof event.text == PN_TEXT_MAX_BYTES + 1);
  event.text[PN_TEXT_MAX_BYTES] = '\xa9';
  event.text_bytes = PN_TEXT_MAX_BYTES + 1;
  pn_event_encode (&event, blocks);
  g_assert_cmpint (pn_event_decode (blocks, sizeof blocks, &back), >, 0);
  g_assert_cmpuint (back.text_bytes, ==, PN_TEXT_MAX_BYTES - 1);
  g_assert_cmpuint (back.flags, ==, PN_FLAG_TRUNCATED);

  /* What is not UTF-8 is cut as well, and not thrown away. */
  memset (event.text, '\x80', sizeof event.text);
  pn_event_encode (&event, blocks);
  g_assert_cmpint (pn_event_decode (blocks, sizeof blocks, &back), >, 0);
  g_assert_cmpuint (back.text_bytes, ==, PN_TEXT_MAX_BYTES);
}

static void
test_random_bytes (void)
{
  static guint32 words[MAX_BYTES / sizeof (guint32)];
  static PnEvent back;
  const int n = pn_test_times (20000);
  int good = 0;

  for (int i = 0; i < n; i++)
    {
      PnRecord *record = (PnRecord *)words;
      int taken;

      for (gsize j = 0; j < 64; j++)
        words[j] = (guint32)g_test_rand_int ();
      /* So that more than the first check is reached. */
      record->kind = kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))];
      record->flags &= PN_FLAGS_ALL;
      record->text_bytes %= 200;
      record->tail = (guint8)(pn_event_blocks (record->text_bytes) - 1);
      if (g_test_rand_bit ())
        memset (record->text, record->text_bytes < 16 ? 0 : 'x', sizeof record->text);
      if (g_test_rand_bit ())
        record->text_bytes = record->tail = 0;
      taken = pn_event_decode (words, sizeof words, &back);
      g_assert_cmpint (taken, ==, pn_event_check (words, sizeof words));
      if (taken > 0)
        {
          good++;
          g_assert_cmpuint (strlen (back.text), ==, back.text_bytes);
        }
    }
  g_assert_cmpint (good, >, 0);
}

static void
test_header (void)
{
  PnStreamHeader header;

  pn_stream_header_init (&header);
  g_assert_cmpint (pn_stream_header_check (&header, sizeof header), ==, PN_BLOCK_BYTES);
  for (gsize cut = 0; cut < sizeof header; cut++)
    g_assert_cmpint (pn_stream_header_check (&header, cut), ==, PN_DECODE_SHORT);
  g_assert_cmpint (pn_stream_header_check ("PNEX", 4), ==, PN_DECODE_BAD_HEADER);
  header.version++;
  g_assert_cmpint (
      pn_stream_header_check (&header, sizeof header), ==, PN_DECODE_BAD_VERSION);
  pn_stream_header_init (&header);
  header.reserved[47] = 1;
  g_assert_cmpint (
      pn_stream_header_check (&header, sizeof header), ==, PN_DECODE_BAD_HEADER);
  pn_stream_header_init (&header);
  header.block_bytes = 128;
  g_assert_cmpint (
      pn_stream_header_check (&header, sizeof header), ==, PN_DECODE_BAD_HEADER);
}

static void
test_names (void)
{
  GHashTable *seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *name = pn_kind_name (kinds[i]);

      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (seen, (char *)name));
    }
  g_assert_null (pn_kind_name (0));
  g_assert_null (pn_kind_name (0x10101)); /* not taken for 0x0101 */
  g_assert_cmpstr (pn_kind_name (PN_KIND_LOCK_ACQUIRE), ==, "lock.acquire");
  g_assert_cmpstr (pn_object_kind_name (PN_OBJECT_QUEUE), ==, "queue");
  g_assert_null (pn_object_kind_name (0));
  g_hash_table_unref (seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/round-trip", test_round_trip);
  g_test_add_func ("/event/text-of-every-length", test_text_of_every_length);
  g_test_add_func ("/event/cut-at-every-length", test_cut_at_every_length);
  g_test_add_func ("/event/bad-events", test_bad_events);
  g_test_add_func ("/event/a-cut-splits-no-character", test_a_cut_splits_no_character);
  g_test_add_func ("/event/long-text-is-cut-between-characters",
                   test_long_text_is_cut_between_characters);
  g_test_add_func ("/event/random-bytes", test_random_bytes);
  g_test_add_func ("/event/header", test_header);
  g_test_add_func ("/event/names", test_names);
  return g_test_run ();
}
