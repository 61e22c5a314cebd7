/* SPDX-License-Identifier: MIT */
#include "pn-relay.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 64
#define SIZE (1024 * 1024)

typedef struct
{
  int fds[2];
  PnRelay relay;
  guint64 n_put;
  guint64 n_got;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  memset (f, 0, sizeof *f);
  g_assert_cmpint (pipe2 (f->fds, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pn_relay_init (&f->relay, f->fds[1], SIZE), ==, 0);
  g_assert_cmpint (fcntl (f->fds[0], F_SETFL, O_NONBLOCK), ==, 0);
  /* Small, so that the relay is seldom empty and goes round. */
  g_assert_cmpint (fcntl (f->fds[1], F_SETPIPE_SZ, 64 * 1024), >, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  pn_relay_clear (&f->relay);
  close (f->fds[0]);
  close (f->fds[1]);
}

static void
put (Fixture *f, int blocks)
{
  guint64 bytes[64 * BLOCK / sizeof (guint64)];

  for (int i = 0; i < blocks * BLOCK / (int)sizeof (guint64); i++)
    bytes[i] = f->n_put++;
  pn_relay_put (&f->relay, bytes, (gsize)blocks * BLOCK);
}

/* Reads what there is; it goes on where it ended. Returns the bytes. */
static gsize
get (Fixture *f)
{
  static guint64 bytes[64 * 1024];
  gsize total = 0;
  gssize n;

  while ((n = read (f->fds[0], bytes, sizeof bytes)) > 0)
    {
      g_assert_cmpint (n % BLOCK, ==, 0);
      for (gsize i = 0; i < (gsize)n / sizeof *bytes; i++)
        g_assert_cmpuint (bytes[i], ==, f->n_got++);
      total += (gsize)n;
    }
  return total;
}

static void
test_all_comes_in_order (Fixture *f, gconstpointer unused)
{
  for (int i = 0; i < 20000; i++)
    {
      int blocks = g_test_rand_int_range (1, 65);

      if (!pn_relay_has_room (&f->relay, (gsize)blocks * BLOCK))
        {
          g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
          get (f);
          continue;
        }
      put (f, blocks);
      if (g_test_rand_int_range (0, 10) == 0)
        g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
      if (g_test_rand_int_range (0, 50) == 0)
        get (f);
    }
  while (!pn_relay_is_empty (&f->relay))
    {
      g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
      get (f);
    }
  get (f);
  g_assert_cmpuint (f->n_got, ==, f->n_put);
}

static void
test_full_pipe_waits (Fixture *f, gconstpointer unused)
{
  while (pn_relay_has_room (&f->relay, 64 * BLOCK))
    put (f, 64);
  g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
  for (int i = 0; i < 100; i++)
    {
      while (pn_relay_has_room (&f->relay, 64 * BLOCK))
        put (f, 64);
      g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
    }
  g_assert_false (pn_relay_has_room (&f->relay, 64 * BLOCK));
  g_assert_cmpuint (get (f), >, 0);
  g_assert_cmpint (pn_relay_flush (&f->relay), ==, 0);
  g_assert_true (pn_relay_has_room (&f->relay, 64 * BLOCK));
}

static void
test_reader_gone (Fixture *f, gconstpointer unused)
{
  put (f, 1);
  close (f->fds[0]);
  g_assert_cmpint (pn_relay_flush (&f->relay), ==, -EPIPE);
  f->fds[0] = dup (f->fds[1]); /* for tear_down */
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                            \
  g_test_add ("/relay/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("all-comes-in-order", test_all_comes_in_order);
  ADD ("full-pipe-waits", test_full_pipe_waits);
  ADD ("reader-gone", test_reader_gone);
  return g_test_run ();
}
