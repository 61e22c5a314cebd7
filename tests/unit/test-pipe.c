/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "pn-test.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE 20.0

typedef struct
{
  MpConnection *a;
  MpConnection *b;
} Ends;

static Ends
ends_new (bool duplex)
{
  Ends ends;

  g_assert_cmpint (mp_pipe ("pipe", duplex, &ends.a, &ends.b), ==, MP_OK);
  return ends;
}

static void
ends_free (Ends *ends)
{
  mp_connection_free (ends->a);
  mp_connection_free (ends->b);
}

static MpValue
letters (size_t n, char letter)
{
  g_autofree char *bytes = g_malloc (n + 1);

  memset (bytes, letter, n);
  return mp_bytes (bytes, n);
}

static bool
is_letters (MpValue value)
{
  size_t n;
  const char *bytes = mp_as_bytes (value, &n);

  for (size_t i = 0; i < n; i++)
    if (bytes[i] != bytes[0])
      return false;
  return value.type == MP_BYTES;
}

static void
both_ends_of_a_duplex_send_and_receive (void)
{
  Ends ends = ends_new (true);
  MpValue value;

  g_assert_cmpint (mp_poll (ends.b, 0.0), ==, 0);
  g_assert_cmpint (mp_send (ends.a, mp_text ("there")), ==, MP_OK);
  g_assert_cmpint (mp_send (ends.a, mp_int (2)), ==, MP_OK);
  g_assert_cmpint (mp_send (ends.b, mp_text ("back")), ==, MP_OK);
  g_assert_cmpint (mp_poll (ends.b, 0.0), ==, 1);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (value), ==, "there");
  mp_clear (&value);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_OK);
  g_assert_cmpint (mp_as_int (value), ==, 2);
  g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (value), ==, "back");
  mp_clear (&value);
  ends_free (&ends);
}

static void
one_way_goes_one_way (void)
{
  Ends ends = ends_new (false);
  MpValue value;

  g_assert_cmpint (mp_send (ends.a, mp_int (1)), ==, MP_INVALID);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_INVALID);
  g_assert_cmpint (mp_poll (ends.b, 0.0), ==, MP_INVALID);
  g_assert_cmpint (mp_send (ends.b, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_OK);
  g_assert_cmpint (mp_as_int (value), ==, 1);
  ends_free (&ends);
}

static void
closed_ends (gconstpointer data)
{
  bool duplex = data != NULL;
  Ends ends = ends_new (duplex);
  MpValue value;

  /* What was sent before the close still arrives. */
  g_assert_cmpint (mp_send (ends.b, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_connection_close (ends.b), ==, MP_OK);
  g_assert_cmpint (mp_connection_close (ends.b), ==, MP_OK);
  g_assert_cmpint (mp_send (ends.b, mp_int (1)), ==, MP_CLOSED);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_CLOSED);
  g_assert_cmpint (mp_poll (ends.b, 0.0), ==, MP_CLOSED);
  g_assert_cmpint (mp_connection_fileno (ends.b), ==, MP_CLOSED);
  g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_OK);
  g_assert_cmpint (mp_as_int (value), ==, 1);
  g_assert_cmpint (mp_poll (ends.a, 0.0), ==, 1);
  g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_EOF);
  ends_free (&ends);
}

/* SIGPIPE has its default here: it would kill this test. */
static void
nobody_can_receive (gconstpointer data)
{
  bool duplex = data != NULL;
  Ends ends = ends_new (duplex);

  mp_connection_close (ends.a);
  g_assert_cmpint (mp_send (ends.b, mp_int (1)), ==, MP_BROKEN_PIPE);
  g_assert_cmpint (mp_send (ends.b, letters (1000000, 'x')), ==, MP_BROKEN_PIPE);
  ends_free (&ends);
}

static int
keep_open (void *unused)
{
  pause ();
  return 0;
}

/* As in Python: an end that a child has a copy of is not closed. */
static void
eof_comes_when_the_last_copy_is_closed (gconstpointer data)
{
  Ends ends = ends_new (data != NULL);
  pid_t pid = pn_test_fork (keep_open, &ends);
  MpValue value;

  mp_connection_close (ends.b);
  g_assert_cmpint (mp_poll (ends.a, 0.05), ==, 0);
  kill (pid, SIGKILL);
  g_assert_cmpint (pn_test_wait (pid), ==, -SIGKILL);
  g_assert_cmpint (mp_poll (ends.a, PATIENCE), ==, 1);
  g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_EOF);
  ends_free (&ends);
}

static int
send_sizes (void *data)
{
  Ends *ends = data;
  for (size_t n = 1; n <= 4000000; n = n * 3 + 1)
    if (mp_send (ends->b, letters (n, 'y')) != MP_OK)
      return 1;
  return 0;
}

static void
messages_of_any_size (gconstpointer data)
{
  Ends ends = ends_new (data != NULL);
  pid_t pid = pn_test_fork (send_sizes, &ends);
  MpValue value;

  for (size_t n = 1; n <= 4000000; n = n * 3 + 1)
    {
      g_assert_cmpint (mp_recv (ends.a, &value), ==, MP_OK);
      g_assert_cmpuint (mp_len (value), ==, n);
      g_assert_true (is_letters (value));
      mp_clear (&value);
    }
  g_assert_cmpint (pn_test_wait (pid), ==, 0);
  ends_free (&ends);
}

static void
on_alarm (int signal)
{
}

static int
recv_and_report (void *data)
{
  Ends *ends = data;
  struct sigaction action = { .sa_handler = on_alarm };
  MpValue value;

  sigaction (SIGUSR1, &action, NULL);
  mp_send (ends->a, mp_text ("ready"));
  return mp_recv (ends->a, &value) == MP_OK && mp_as_int (value) == 7 ? 0 : 1;
}

static void
a_signal_does_not_end_a_wait (void)
{
  Ends ends = ends_new (true);
  pid_t pid = pn_test_fork (recv_and_report, &ends);

  g_assert_cmpint (mp_recv (ends.b, NULL), ==, MP_OK);
  for (int i = 0; i < 20; i++)
    {
      g_usleep (1000);
      kill (pid, SIGUSR1);
    }
  g_assert_cmpint (mp_send (ends.b, mp_int (7)), ==, MP_OK);
  g_assert_cmpint (pn_test_wait (pid), ==, 0);
  ends_free (&ends);
}

/* Several at one end. */

#define CROWD 6
#define CROWD_MESSAGES 200

/* Shared with the receivers: what each has got, added up. */
static _Atomic int *crowd_received;

static int
send_crowd (void *data)
{
  Ends *ends = data;
  for (int i = 0; i < CROWD_MESSAGES; i++)
    if (mp_send (ends->b, letters ((size_t)i % 7 == 0 ? 70000 : 50, 'a' + i % 26))
        != MP_OK)
      return 1;
  return 0;
}

static int
recv_crowd (void *data)
{
  Ends *ends = data;
  int n = 0;
  MpValue value;

  mp_connection_close (ends->b);
  for (;;)
    {
      int error = mp_recv (ends->a, &value);

      if (error == MP_EOF)
        {
          atomic_fetch_add (crowd_received, n);
          return 0;
        }
      if (error != MP_OK)
        return 1;
      if (!is_letters (value))
        return 2;
      mp_clear (&value);
      n++;
    }
}

static void
messages_stay_whole_in_a_crowd (gconstpointer data)
{
  Ends ends = ends_new (data != NULL);
  pid_t senders[CROWD];
  pid_t receivers[2];

  crowd_received = mmap (NULL,
                         sizeof *crowd_received,
                         PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS,
                         -1,
                         0);
  g_assert_true (crowd_received != MAP_FAILED);
  for (int i = 0; i < 2; i++)
    receivers[i] = pn_test_fork (recv_crowd, &ends);
  for (int i = 0; i < CROWD; i++)
    senders[i] = pn_test_fork (send_crowd, &ends);
  mp_connection_close (ends.b);
  mp_connection_close (ends.a);
  for (int i = 0; i < CROWD; i++)
    g_assert_cmpint (pn_test_wait (senders[i]), ==, 0);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (pn_test_wait (receivers[i]), ==, 0);
  g_assert_cmpint (*crowd_received, ==, CROWD * CROWD_MESSAGES);
  munmap ((void *)crowd_received, sizeof *crowd_received);
  ends_free (&ends);
}

static int
send_for_ever (void *data)
{
  Ends *ends = data;
  for (int i = 0;; i++)
    if (mp_send (ends->b, letters (i % 9 == 0 ? 100000 : 30, 'a' + i % 26)) != MP_OK)
      return 1;
}

/* The survivor's messages arrive whole, or the receiver learns that it is over. */
static void
a_killed_sender_corrupts_nothing (gconstpointer data)
{
  for (int round = 0; round < pn_test_times (100); round++)
    {
      Ends ends = ends_new (data != NULL);
      pid_t first = pn_test_fork (send_for_ever, &ends);
      pid_t second = pn_test_fork (send_for_ever, &ends);
      int n = g_test_rand_int_range (1, 60);
      int error = MP_OK;
      MpValue value;

      mp_connection_close (ends.b);
      for (int i = 0; error == MP_OK; i++)
        {
          error = mp_recv (ends.a, &value);
          if (error == MP_OK)
            {
              g_assert_true (is_letters (value));
              mp_clear (&value);
            }
          if (i == n)
            kill (first, SIGKILL);
          if (i == n + 20)
            break;
        }
      g_assert_true (error == MP_OK || error == MP_EOF);
      kill (first, SIGKILL);
      kill (second, SIGKILL);
      pn_test_wait (first);
      pn_test_wait (second);
      ends_free (&ends);
    }
}

static int
recv_for_ever (void *data)
{
  Ends *ends = data;
  MpValue value;

  for (;;)
    {
      int error = mp_recv (ends->a, &value);

      if (error != MP_OK)
        return 1;
      if (!is_letters (value))
        return 2;
      mp_clear (&value);
    }
}

static void
a_killed_receiver_corrupts_nothing (gconstpointer data)
{
  for (int round = 0; round < pn_test_times (100); round++)
    {
      Ends ends = ends_new (data != NULL);
      pid_t sender = pn_test_fork (send_for_ever, &ends);
      pid_t first = pn_test_fork (recv_for_ever, &ends);
      pid_t second = pn_test_fork (recv_for_ever, &ends);
      int status;

      g_usleep ((gulong)g_test_rand_int_range (0, 3000));
      kill (first, SIGKILL);
      g_usleep ((gulong)g_test_rand_int_range (0, 1000));
      kill (second, SIGKILL);
      kill (sender, SIGKILL);
      pn_test_wait (first);
      status = pn_test_wait (second);
      g_assert_true (status == -SIGKILL || status == 1);
      pn_test_wait (sender);
      ends_free (&ends);
    }
}

/* The other end's bytes are not to be trusted. */
static void
hostile_bytes_are_no_message (void)
{
  for (int round = 0; round < pn_test_times (200); round++)
    {
      Ends ends = ends_new (true);
      unsigned char noise[200];
      size_t n = (size_t)g_test_rand_int_range (1, sizeof noise);
      MpValue value;

      for (size_t i = 0; i < n; i++)
        noise[i] = (unsigned char)g_test_rand_int ();
      /* A frame that promises a gigabyte. */
      if (round % 2 == 0 && n >= 8)
        memcpy (noise, "MFPM\xff\xff\xff\x3f", 8);
      g_assert_cmpint (write (mp_connection_fileno (ends.a), noise, n), ==, (ssize_t)n);
      mp_connection_close (ends.a);
      g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_EOF);
      g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_EOF);
      ends_free (&ends);
    }
}

static unsigned n_points;
static PnKind last_point;

static void
note_point (PnKind operation, uint32_t object)
{
  last_point = operation;
  n_points++;
}

static void
each_operation_passes_the_point_once (void)
{
  Ends ends = ends_new (false);

  mp_gate = note_point;
  g_assert_cmpint (mp_send (ends.b, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_PIPE_SEND);
  g_assert_cmpint (mp_recv (ends.a, NULL), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_PIPE_RECV);
  g_assert_cmpuint (n_points, ==, 2);
  g_assert_cmpint (mp_connection_close (ends.b), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_PIPE_CLOSE);
  g_assert_cmpuint (n_points, ==, 3);
  mp_gate = NULL;
  ends_free (&ends);
}

/* A whole message, of which the first byte is another. */
static void
a_frame_without_its_mark_is_no_message (void)
{
  Ends ends = ends_new (true);
  unsigned char frame[200];
  MpValue value;
  ssize_t n;

  g_assert_cmpint (mp_send (ends.a, mp_int (7)), ==, MP_OK);
  n = read (mp_connection_fileno (ends.b), frame, sizeof frame);
  g_assert_cmpint (n, >, 4);
  g_assert_cmpint (write (mp_connection_fileno (ends.a), frame, (size_t)n), ==, n);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_OK);
  g_assert_cmpint (mp_as_int (value), ==, 7);
  frame[0] ^= 1;
  g_assert_cmpint (write (mp_connection_fileno (ends.a), frame, (size_t)n), ==, n);
  g_assert_cmpint (mp_recv (ends.b, &value), ==, MP_EOF);
  ends_free (&ends);
}

static void
add (const char *name, GTestDataFunc function)
{
  g_autofree char *one_way = g_strdup_printf ("/pipe/%s/one-way", name);
  g_autofree char *duplex = g_strdup_printf ("/pipe/%s/duplex", name);

  g_test_add_data_func (one_way, NULL, function);
  g_test_add_data_func (duplex, "duplex", function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipe/both-ends-of-a-duplex-send-and-receive",
                   both_ends_of_a_duplex_send_and_receive);
  g_test_add_func ("/pipe/one-way-goes-one-way", one_way_goes_one_way);
  g_test_add_func ("/pipe/a-signal-does-not-end-a-wait", a_signal_does_not_end_a_wait);
  g_test_add_func ("/pipe/each-operation-passes-the-point-once",
                   each_operation_passes_the_point_once);
  g_test_add_func ("/pipe/a-frame-without-its-mark-is-no-message",
                   a_frame_without_its_mark_is_no_message);
  g_test_add_func ("/pipe/hostile-bytes-are-no-message", hostile_bytes_are_no_message);
  add ("closed-ends", closed_ends);
  add ("nobody-can-receive", nobody_can_receive);
  add ("eof-comes-when-the-last-copy-is-closed",
       eof_comes_when_the_last_copy_is_closed);
  add ("messages-of-any-size", messages_of_any_size);
  add ("messages-stay-whole-in-a-crowd", messages_stay_whole_in_a_crowd);
  add ("a-killed-sender-corrupts-nothing", a_killed_sender_corrupts_nothing);
  add ("a-killed-receiver-corrupts-nothing", a_killed_receiver_corrupts_nothing);
  return g_test_run ();
}
