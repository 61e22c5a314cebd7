/* SPDX-License-Identifier: MIT */
#include "pn-output.h"
#include "pn-test.h"

#include <glib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000000ll

typedef struct
{
  PnOutput output;
  GPtrArray *lines; /* "e:" or "o:" and the text */
  GArray *pids;
} Fixture;

static void
on_line (int pid, unsigned flags, const char *text, size_t bytes, void *data)
{
  Fixture *f = data;
  GString *line = g_string_new (flags == PN_FLAG_STDERR ? "e:" : "o:");

  g_assert_cmpuint (bytes, <=, PN_TEXT_MAX_BYTES);
  g_assert_null (memchr (text, 0, bytes));
  g_string_append_len (line, text, (gssize)bytes);
  g_ptr_array_add (f->lines, g_string_free (line, FALSE));
  g_array_append_val (f->pids, pid);
}

static void
on_mark (int pid, unsigned flags, uint64_t seq, void *data)
{
  Fixture *f = data;

  g_assert_cmpint (pid, ==, getpid ());
  g_ptr_array_add (
      f->lines,
      g_strdup_printf (
          "%s%" G_GUINT64_FORMAT, flags == PN_FLAG_STDERR ? "me:" : "m:", seq));
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->lines = g_ptr_array_new_with_free_func (g_free);
  f->pids = g_array_new (FALSE, FALSE, sizeof (int));
  g_assert_cmpint (pn_output_init (&f->output, on_line, on_mark, f), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  pn_output_clear (&f->output);
  g_ptr_array_unref (f->lines);
  g_array_unref (f->pids);
}

static void
say_bytes (Fixture *f, int stream, const char *bytes, gsize n)
{
  g_assert_cmpint (write (f->output.ends[stream], bytes, n), ==, (gssize)n);
}

static void
say (Fixture *f, int stream, const char *text)
{
  say_bytes (f, stream, text, strlen (text));
}

static void
listen_at (Fixture *f, gint64 now_ns)
{
  pn_output_read (&f->output, now_ns);
  pn_output_flush (&f->output, -1, now_ns);
}

/* Compares and forgets what has come. */
static void
assert_lines (Fixture *f, const char *expected)
{
  char *got;

  g_ptr_array_add (f->lines, NULL);
  got = g_strjoinv ("|", (char **)f->lines->pdata);
  g_assert_cmpstr (got, ==, expected);
  g_free (got);
  g_ptr_array_set_size (f->lines, 0);
}

static void
test_lines (Fixture *f, gconstpointer unused)
{
  say (f, 0, "one\ntwo\n\nthr");
  listen_at (f, 0);
  assert_lines (f, "o:one|o:two|o:");
  say (f, 0, "ee\n");
  say (f, 1, "error\n");
  listen_at (f, 0);
  assert_lines (f, "o:three|e:error");
  g_assert_cmpint (g_array_index (f->pids, int, 0), ==, getpid ());
}

static void
test_unfinished_line_waits (Fixture *f, gconstpointer unused)
{
  say (f, 0, "prompt> ");
  listen_at (f, 0);
  listen_at (f, PN_LINE_WAIT_NS);
  assert_lines (f, "");
  listen_at (f, PN_LINE_WAIT_NS + MS);
  assert_lines (f, "o:prompt> ");
  listen_at (f, 10 * PN_LINE_WAIT_NS);
  assert_lines (f, "");
}

/* A program that prints little by little into a buffer: its line ends with the next
 * buffer, seconds later. */
static void
test_line_cut_by_a_full_buffer (Fixture *f, gconstpointer unused)
{
  GString *text = g_string_new (NULL);

  while (text->len < 4080)
    g_string_append (text, "first\n");
  while (text->len < 4096)
    g_string_append_c (text, 'x');
  say (f, 0, text->str);
  listen_at (f, 0);
  g_assert_cmpuint (f->lines->len, ==, 680);
  g_ptr_array_set_size (f->lines, 0);
  listen_at (f, 100 * PN_LINE_WAIT_NS);
  assert_lines (f, "");
  say (f, 0, "yz\nprompt");
  listen_at (f, 100 * PN_LINE_WAIT_NS);
  g_assert_cmpuint (f->lines->len, ==, 1);
  g_assert_true (g_str_has_suffix (f->lines->pdata[0], "xyz"));
  g_ptr_array_set_size (f->lines, 0);
  listen_at (f, 102 * PN_LINE_WAIT_NS);
  assert_lines (f, "o:prompt");
  g_string_free (text, TRUE);
}

static void
test_nul_and_bad_bytes (Fixture *f, gconstpointer unused)
{
  say_bytes (f, 0, "\0a\0\0b\xff\n", 7);
  listen_at (f, 0);
  assert_lines (f,
                "o:\xef\xbf\xbd"
                "a\xef\xbf\xbd\xef\xbf\xbd"
                "b\xff");
}

static void
say_mark (Fixture *f, int stream, guint64 seq, gsize first, gsize end)
{
  const PnMark mark = { .magic = PN_MARK_MAGIC, .seq = seq };

  say_bytes (f, stream, (const char *)&mark + first, end - first);
}

static void
test_marks (Fixture *f, gconstpointer unused)
{
  say (f, 0, "one\nhalf");
  say_mark (f, 0, 7, 0, sizeof (PnMark));
  say_mark (f, 1, 7, 0, sizeof (PnMark));
  say (f, 0, "more\n");
  say_mark (f, 0, 0x0a000a0a00ull, 0, sizeof (PnMark));
  say_mark (f, 0, 9, 0, sizeof (PnMark));
  listen_at (f, 0);
  assert_lines (f, "o:one|o:half|m:7|o:more|m:42950330880|m:9|me:7");
  g_assert_cmpuint (f->output.n_bytes, ==, strlen ("one\nhalfmore\n"));
}

/* A read may end anywhere. */
static void
test_mark_in_two_pieces (Fixture *f, gconstpointer unused)
{
  for (gsize cut = 1; cut < sizeof (PnMark); cut++)
    {
      say (f, 0, "x");
      say_mark (f, 0, cut, 0, cut);
      listen_at (f, 0);
      assert_lines (f, "");
      say_mark (f, 0, cut, cut, sizeof (PnMark));
      say (f, 0, "y\n");
      listen_at (f, 0);
      g_assert_cmpuint (f->lines->len, ==, 3);
      g_ptr_array_set_size (f->lines, 0);
    }
}

/* What only begins like one is text, and a mark may follow at once. */
static void
test_what_is_no_mark (Fixture *f, gconstpointer unused)
{
  say_bytes (f, 0, "a\0PNm\0\0PNmarx\n", 14);
  listen_at (f, 0);
  assert_lines (f, "o:a\xef\xbf\xbdPNm\xef\xbf\xbd\xef\xbf\xbdPNmarx");
  say_bytes (f, 0, "\0PNmar", 6);
  say_mark (f, 0, 3, 0, sizeof (PnMark));
  listen_at (f, 0);
  assert_lines (f, "o:\xef\xbf\xbdPNmar|m:3");
  say_bytes (f, 0, "\0PNmark", 8);
  listen_at (f, 0);
  listen_at (f, PN_LINE_WAIT_NS + MS);
  assert_lines (f, "o:\xef\xbf\xbdPNmark");
}

static void
test_long_line (Fixture *f, gconstpointer unused)
{
  GString *text = g_string_new ("x");
  GString *got = g_string_new (NULL);

  while (text->len < 3 * PN_TEXT_MAX_BYTES)
    g_string_append (text, "\xf0\x9f\x98\x80");
  for (gsize at = 0; at < text->len; at += 1000)
    say_bytes (f, 0, text->str + at, MIN (1000, text->len - at));
  say (f, 0, "\n");
  listen_at (f, 0);
  g_assert_cmpuint (f->lines->len, ==, 4);
  for (guint i = 0; i < f->lines->len; i++)
    {
      const char *line = (const char *)f->lines->pdata[i] + 2;

      g_assert_true (g_utf8_validate (line, -1, NULL));
      g_string_append (got, line);
    }
  g_assert_cmpstr (got->str, ==, text->str);
  g_string_free (text, TRUE);
  g_string_free (got, TRUE);
}

/* A continuation byte is no reason to cut nowhere. */
static void
test_long_line_of_bad_bytes (Fixture *f, gconstpointer unused)
{
  char bytes[PN_TEXT_MAX_BYTES + 100];
  gsize total = 0;

  memset (bytes, '\x80', sizeof bytes);
  say_bytes (f, 0, bytes, sizeof bytes);
  listen_at (f, 0);
  pn_output_flush (&f->output, 0, 0);
  for (guint i = 0; i < f->lines->len; i++)
    total += strlen (f->lines->pdata[i]) - 2;
  g_assert_cmpuint (total, ==, sizeof bytes);
}

static void
test_writers_do_not_mix (Fixture *f, gconstpointer unused)
{
  pid_t child;

  say (f, 0, "par");
  child = fork ();
  if (child == 0)
    _exit (write (f->output.ends[0], "chi", 3) == 3 ? 0 : 1);
  waitpid (child, NULL, 0);
  say (f, 0, "ent\n");
  listen_at (f, 0);
  assert_lines (f, "o:parent");

  /* The child is dead: what it left goes out, and is known as its own. */
  pn_output_flush (&f->output, child, 0);
  assert_lines (f, "o:chi");
  g_assert_cmpint (g_array_index (f->pids, int, 1), ==, child);
}

static int
write_half (void *fd)
{
  return write (GPOINTER_TO_INT (fd), "half", 4) == 4 ? 0 : 1;
}

/* The one that has waited longest goes out for each writer too many. */
static void
test_more_writers_than_places (Fixture *f, gconstpointer unused)
{
  pid_t first = 0;

  for (int i = 0; i < PN_LINES_MAX + 1; i++)
    {
      pid_t child = pn_test_fork (write_half, GINT_TO_POINTER (f->output.ends[0]));

      g_assert_cmpint (pn_test_wait (child), ==, 0);
      listen_at (f, i);
      first = i == 0 ? child : first;
    }
  assert_lines (f, "o:half");
  g_assert_cmpint (g_array_index (f->pids, int, 0), ==, first);
  listen_at (f, 10000 * MS);
  g_assert_cmpuint (f->lines->len, ==, PN_LINES_MAX);
}

static void
test_end_of_output (Fixture *f, gconstpointer unused)
{
  say (f, 1, "last");
  pn_output_close_ends (&f->output);
  while (pn_output_read (&f->output, 0) > 0)
    continue;
  g_assert_cmpint (f->output.fds[0], ==, -1);
  g_assert_cmpint (f->output.fds[1], ==, -1);
  pn_output_flush (&f->output, 0, 0);
  assert_lines (f, "e:last");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                            \
  g_test_add ("/output/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("lines", test_lines);
  ADD ("unfinished-line-waits", test_unfinished_line_waits);
  ADD ("line-cut-by-a-full-buffer", test_line_cut_by_a_full_buffer);
  ADD ("nul-and-bad-bytes", test_nul_and_bad_bytes);
  ADD ("marks", test_marks);
  ADD ("mark-in-two-pieces", test_mark_in_two_pieces);
  ADD ("what-is-no-mark", test_what_is_no_mark);
  ADD ("long-line", test_long_line);
  ADD ("long-line-of-bad-bytes", test_long_line_of_bad_bytes);
  ADD ("writers-do-not-mix", test_writers_do_not_mix);
  ADD ("more-writers-than-places", test_more_writers_than_places);
  ADD ("end-of-output", test_end_of_output);
  return g_test_run ();
}
