/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int
case_print (void)
{
  char line[3 * PN_TEXT_MAX_BYTES];

  printf ("printf first\n"); /* still in the buffer */
  mp_print ("number %d", 7);
  mp_print ("%s", "");
  mp_print ("two\nlines");
  memset (line, 'x', sizeof line);
  line[2 * PN_TEXT_MAX_BYTES + 10] = '\0';
  mp_print ("%s", line);
  return 0;
}

static int
case_print_elsewhere (void)
{
  int fd = memfd_create ("elsewhere", MFD_CLOEXEC);
  char text[32] = "";

  dup2 (fd, STDOUT_FILENO);
  mp_print ("not captured");
  return pread (fd, text, sizeof text, 0) == 13 && strcmp (text, "not captured\n") == 0
             ? 0
             : 1;
}

/* Nobody reads the captured stdout any more: no SIGPIPE, the program goes on. */
static int
case_print_to_nobody (void)
{
  for (int i = 0; i < 5000; i++)
    mp_print ("line %d", i);
  return 6;
}

static int
case_params (void)
{
  setlocale (LC_ALL, "");
  mp_print ("%lld %g %d %s",
            (long long)mp_param_int ("n", -1),
            mp_param_float ("n", -1.5),
            mp_param_bool ("n", true),
            mp_param_text ("n", "none"));
  return 0;
}

static int
case_sleep (void)
{
  int64_t begin = mp_now_ns ();

  pn_test_begin_interruptions ();
  mp_sleep (0.1);
  if (mp_now_ns () - begin < 100000000 || pn_test_interruptions () < 5)
    return 1;
  mp_sleep (-1); /* as nothing */
  mp_sleep (0);
  return mp_now_ns () - begin < 5000000000 ? 0 : 2;
}

static int
case_shared (void)
{
  MpShared *integer = mp_shared_int ("integer", -5);
  MpShared *number = mp_shared_float ("number", 0.1);
  MpShared *unnamed = mp_shared_int (NULL, 0);

  mp_shared_set_int (integer, INT64_MIN);
  if (mp_shared_get_int (integer) != INT64_MIN)
    return 1;
  mp_shared_set_float (number, 2.5);
  if (mp_shared_get_float (number) != 2.5 || mp_shared_get_int (number) != 2)
    return 2;
  mp_shared_set_int (number, 4);
  if (mp_shared_get_float (number) != 4.0)
    return 3;
  mp_shared_set_float (unnamed, 7.9);
  if (mp_shared_get_int (unnamed) != 7 || mp_shared_get_float (unnamed) != 7.0)
    return 4;
  mp_lock_acquire (mp_shared_get_lock (unnamed));
  if (mp_shared_get_lock (unnamed) != mp_shared_get_lock (unnamed))
    return 5;
  return mp_shared_get_lock (unnamed) != mp_shared_get_lock (integer) ? 0 : 6;
}

/* Each end is closed once, whoever closes it. */
static int
case_pipe (void)
{
  MpConnection *a;
  MpConnection *b;

  mp_pipe ("pipe", true, &a, &b);
  mp_connection_close (a);
  mp_connection_close (a);
  mp_connection_free (a);
  mp_connection_free (b);
  return 0;
}

static const MpRigCase cases[] = {
  { "pipe", case_pipe },
  { "print", case_print },
  { "print-elsewhere", case_print_elsewhere },
  { "print-to-nobody", case_print_to_nobody },
  { "params", case_params },
  { "sleep", case_sleep },
  { "shared", case_shared },
  { NULL, NULL },
};

static void
test_print_alone (void)
{
  char *output = NULL;
  char **lines;

  g_assert_cmpint (mp_rig_run_alone ("print", NULL, &output), ==, 0);
  lines = g_strsplit (output, "\n", -1);
  g_assert_cmpint (g_strv_length (lines), ==, 7);
  g_assert_cmpstr (lines[0], ==, "printf first");
  g_assert_cmpstr (lines[1], ==, "number 7");
  g_assert_cmpstr (lines[2], ==, "");
  g_assert_cmpstr (lines[3], ==, "two");
  g_assert_cmpstr (lines[4], ==, "lines");
  g_assert_cmpint (strlen (lines[5]), ==, 2 * PN_TEXT_MAX_BYTES + 10);
  g_strfreev (lines);
  g_free (output);
}

/* What printf wrote, and behind it a mark a print, with the print's last number. */
static void
assert_marks (MpRig *rig)
{
  static const char before[] = "printf first\n";
  static const guint last_events[] = { 0, 1, 3, 6 };
  const char *at = rig->output->str + sizeof before - 1;
  guint numbers[7];
  guint n = 0;

  for (guint i = 0; i < rig->events->len; i++)
    if (mp_rig_event (rig, i)->kind == PN_KIND_OUTPUT_LINE)
      numbers[n++] = i;
  g_assert_cmpuint (rig->output->len, ==, sizeof before - 1 + 4 * sizeof (PnMark));
  g_assert_true (g_str_has_prefix (rig->output->str, before));
  for (guint i = 0; i < 4; i++, at += sizeof (PnMark))
    {
      PnMark mark;

      memcpy (&mark, at, sizeof mark);
      g_assert_cmpmem (mark.magic, sizeof mark.magic, PN_MARK_MAGIC, 8);
      g_assert_cmpuint (mark.seq, ==, numbers[last_events[i]]);
    }
}

static void
test_print_observed (void)
{
  static const size_t long_parts[] = { PN_TEXT_MAX_BYTES, PN_TEXT_MAX_BYTES, 10 };
  static const char *const short_lines[] = { "number 7", "", "two", "lines" };
  MpRig *rig = mp_rig_new ();
  gsize n = 0;

  g_assert_cmpint (mp_rig_run (rig, "print", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  assert_marks (rig);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind != PN_KIND_OUTPUT_LINE)
        continue;
      g_assert_cmpint (event->line, !=, 0);
      if (n < 4)
        g_assert_cmpstr (event->text, ==, short_lines[n]);
      else
        g_assert_cmpuint (event->text_bytes, ==, long_parts[n - 4]);
      n++;
    }
  g_assert_cmpuint (n, ==, 7);
  mp_rig_free (rig);
}

static void
test_print_elsewhere (void)
{
  MpRig *rig = mp_rig_new ();

  g_assert_cmpint (mp_rig_run (rig, "print-elsewhere", NULL), ==, 0);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_OUTPUT_LINE), ==, 0);
  mp_rig_free (rig);
}

/* Until the program waits: for room in its ring, or, if nobody reads that either, in
 * the socket. */
static void
wait_until_full (MpRig *rig, gboolean reads_output)
{
  int before = 0;
  int now = 0;

  do
    {
      if (reads_output)
        mp_rig_read_output (rig);
      g_usleep (20000);
      before = now;
      ioctl (rig->out, FIONREAD, &now);
    }
  while (reads_output ? atomic_load (&rig->arena->slots[0].stalls) == 0
                      : now == 0 || now != before);
}

static void
test_print_to_nobody (gconstpointer reads_output)
{
  MpRig *rig = mp_rig_new ();

  rig->frozen = true;
  mp_rig_start (rig, "print-to-nobody", NULL);
  wait_until_full (rig, reads_output != NULL);
  close (rig->out);
  rig->out = -1;
  atomic_store (&rig->arena->closed, 1);
  g_assert_cmpint (mp_rig_wait (rig), ==, 6);
  mp_rig_free (rig);
}

static void
test_params (void)
{
  static const struct
  {
    const char *argument;
    const char *expected;
  } table[] = {
    { "n=5", "5 5 1 5" },
    { "n=-3", "-3 -3 1 -3" },
    { "n=0", "0 0 0 0" },
    { "n=0.25", "-1 0.25 1 0.25" },
    { "n=1e3", "-1 1000 1 1e3" },
    { "n=no", "-1 -1.5 0 no" },
    { "n=FALSE", "-1 -1.5 0 FALSE" },
    { "n=Yes", "-1 -1.5 1 Yes" },
    { "n=", "-1 -1.5 1 " },
    { "n= 5", "-1 -1.5 1  5" },
    { "n=5x", "-1 -1.5 1 5x" },
    { "n=nan", "-1 -1.5 1 nan" },
    { "n=99999999999999999999", "-1 1e+20 1 99999999999999999999" },
    { "nn=5", "-1 -1.5 1 none" },
    { "n", "-1 -1.5 1 none" },
    { "n=a=b", "-1 -1.5 1 a=b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      MpRig *rig = mp_rig_new ();

      g_test_message ("%s", table[i].argument);
      mp_rig_run (rig, "params", table[i].argument);
      g_assert_cmpstr (
          mp_rig_find (rig, 0, PN_KIND_OUTPUT_LINE, 1, 0)->text, ==, table[i].expected);
      mp_rig_free (rig);
    }
}

static void
test_ends_are_closed_once (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t pipe;

  g_assert_cmpint (mp_rig_run (rig, "pipe", NULL), ==, 0);
  pipe = mp_rig_object (rig, "pipe");
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PIPE_CLOSE), ==, 2);
  g_assert_cmpuint (mp_rig_find (rig, 0, PN_KIND_PIPE_CLOSE, 1, pipe)->peer, ==, 1);
  mp_rig_free (rig);
}

static void
test_sleep (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *begin;
  PnEvent *end;

  g_assert_cmpint (mp_rig_run (rig, "sleep", NULL), ==, 0);
  begin = mp_rig_find (rig, 0, PN_KIND_SLEEP_BEGIN, 1, 0);
  end = mp_rig_find (rig, 0, PN_KIND_SLEEP_END, 1, 0);
  g_assert_cmpint (begin->value, ==, 100000000);
  g_assert_cmpint (end->time_ns - begin->time_ns, >=, 100000000);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_SLEEP_BEGIN), ==, 2);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_SLEEP_END), ==, 2);
  mp_rig_free (rig);
}

static void
test_shared (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t integer;
  uint32_t number;
  PnEvent *event;

  g_assert_cmpint (mp_rig_run_alone ("shared", NULL, NULL), ==, 0);
  g_assert_cmpint (mp_rig_run (rig, "shared", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  integer = mp_rig_object (rig, "integer");
  number = mp_rig_object (rig, "number");
  event = mp_rig_find (rig, 0, PN_KIND_VALUE_WRITE, 1, integer);
  g_assert_cmpstr (event->text, ==, "-5");
  event = mp_rig_find (rig, 0, PN_KIND_VALUE_READ, 1, integer);
  g_assert_cmpint (event->value, ==, INT64_MIN);
  g_assert_cmpint (event->flags, ==, PN_FLAG_INTEGER);
  g_assert_cmpstr (event->text, ==, "-9223372036854775808");
  event = mp_rig_find (rig, 0, PN_KIND_VALUE_WRITE, 1, number);
  g_assert_cmpstr (event->text, ==, "0.1");
  g_assert_cmpint (event->flags, ==, 0);
  event = mp_rig_find (rig, 0, PN_KIND_VALUE_READ, 1, number);
  g_assert_cmpstr (event->text, ==, "2.5");
  /* Only the lock that was asked for became an object. */
  g_assert_cmpuint (mp_rig_object (rig, "value.lock"), !=, 0);
  g_assert_cmpuint (mp_rig_object (rig, "integer.lock"), !=, 0);
  g_assert_cmpuint (mp_rig_object (rig, "number.lock"), ==, 0);
  mp_rig_free (rig);
}

static void
test_deadlines (void)
{
  _Atomic uint32_t word = 1;
  int64_t begin = mp_now_ns ();

  g_assert_cmpint (mp_deadline (MP_FOREVER), ==, MP_NO_DEADLINE);
  g_assert_cmpint (mp_deadline (NAN), ==, MP_NO_DEADLINE);
  g_assert_cmpint (mp_deadline (INFINITY), ==, MP_NO_DEADLINE);
  g_assert_cmpint (mp_deadline (1e300), ==, MP_NO_DEADLINE);
  g_assert_cmpint (mp_deadline (1.5), >=, begin + 1500000000);
  g_assert_cmpint (mp_deadline (-0.5), <=, mp_now_ns ());
  g_assert_cmpint (mp_deadline (-INFINITY), <=, mp_now_ns ());
  g_assert_cmpint (mp_timeout_ns (-0.5), ==, 0);
  g_assert_cmpint (mp_timeout_ns (1.5), ==, 1500000000);
  g_assert_cmpint (mp_timeout_ns (MP_FOREVER), ==, -1);
  g_assert_cmpint (mp_deadline_poll_ms (MP_NO_DEADLINE), ==, -1);
  g_assert_cmpint (mp_deadline_poll_ms (begin), ==, 0);
  g_assert_cmpint (mp_deadline_poll_ms (mp_now_ns () + 999001000), >=, 999);
  g_assert_cmpint (mp_deadline_poll_ms (mp_now_ns () + 1), <=, 1);
  g_assert_cmpint (mp_deadline_poll_ms (MP_NO_DEADLINE - 1), ==, INT_MAX);
  g_assert_cmpint (mp_futex_wait (&word, 0, MP_NO_DEADLINE), ==, MP_OK);
  g_assert_cmpint (mp_futex_wait (&word, 1, mp_now_ns () + 20000000), ==, MP_TIMEOUT);
  g_assert_cmpint (mp_futex_wait (&word, 1, begin), ==, MP_TIMEOUT);
  g_assert_cmpint (mp_now_ns (), >=, begin + 20000000);
}

static void
test_errors_have_texts (void)
{
  for (int error = MP_FAILED; error < 0; error++)
    {
      g_assert_cmpstr (mp_strerror (error), !=, "unknown error");
      g_assert_false (g_str_has_suffix (mp_strerror (error), "."));
    }
  g_assert_cmpstr (mp_strerror (MP_OK), ==, "no error");
  g_assert_cmpstr (mp_strerror (MP_FAILED - 1), ==, "unknown error");
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_func ("/misc/print-alone", test_print_alone);
  g_test_add_func ("/misc/print-observed", test_print_observed);
  g_test_add_func ("/misc/print-elsewhere", test_print_elsewhere);
  g_test_add_data_func ("/misc/print-to-nobody/ring", "reads", test_print_to_nobody);
  g_test_add_data_func ("/misc/print-to-nobody/socket", NULL, test_print_to_nobody);
  g_test_add_func ("/misc/params", test_params);
  g_test_add_func ("/misc/ends-are-closed-once", test_ends_are_closed_once);
  g_test_add_func ("/misc/sleep", test_sleep);
  g_test_add_func ("/misc/shared", test_shared);
  g_test_add_func ("/misc/deadlines", test_deadlines);
  g_test_add_func ("/misc/errors-have-texts", test_errors_have_texts);
  return g_test_run ();
}
