/* SPDX-License-Identifier: MIT */
#include "pn-test.h"
#include "queue-private.h"
#include "step.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20.0

static void
values_come_out_in_order (void)
{
  MpQueue *queue = mp_queue_new ("queue", 0);
  MpValue list = mp_list ();
  MpValue value;

  mp_append (&list, mp_int (1));
  mp_append (&list, mp_text ("two"));
  g_assert_true (mp_queue_empty (queue));
  g_assert_cmpint (mp_queue_put (queue, mp_none ()), ==, MP_OK);
  g_assert_cmpint (mp_queue_put (queue, list), ==, MP_OK);
  g_assert_cmpint (mp_queue_put (queue, mp_bytes ("\0\1", 2)), ==, MP_OK);
  g_assert_cmpuint (mp_queue_qsize (queue), ==, 3);

  g_assert_cmpint (mp_queue_get (queue, &value), ==, MP_OK);
  g_assert_cmpint (value.type, ==, MP_NONE);
  g_assert_cmpint (mp_queue_get (queue, &value), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (mp_at (value, 1)), ==, "two");
  mp_clear (&value);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  g_assert_true (mp_queue_empty (queue));
  mp_queue_free (queue);
}

static void
bound_and_timeouts (void)
{
  MpQueue *queue = mp_queue_new (NULL, 2);
  int64_t begin_ns;
  MpValue value;

  g_assert_cmpint (mp_queue_get_timeout (queue, &value, 0.0), ==, MP_EMPTY);
  g_assert_cmpint (mp_queue_put (queue, mp_int (1)), ==, MP_OK);
  g_assert_false (mp_queue_full (queue));
  g_assert_cmpint (mp_queue_put_timeout (queue, mp_int (2), 0.0), ==, MP_OK);
  g_assert_true (mp_queue_full (queue));
  g_assert_cmpint (mp_queue_put_timeout (queue, mp_text ("x"), 0.0), ==, MP_FULL);
  begin_ns = mp_now_ns ();
  g_assert_cmpint (mp_queue_put_timeout (queue, mp_text ("x"), 0.05), ==, MP_FULL);
  g_assert_cmpint (mp_now_ns () - begin_ns, >=, 50000000);

  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  begin_ns = mp_now_ns ();
  g_assert_cmpint (mp_queue_get_timeout (queue, &value, 0.05), ==, MP_EMPTY);
  g_assert_cmpint (mp_now_ns () - begin_ns, >=, 50000000);
  mp_queue_free (queue);
}

static int
put_one (void *data)
{
  return mp_queue_put (data, mp_text ("from the child")) == MP_OK ? 0 : 1;
}

static void
close_is_each_process_own (void)
{
  MpQueue *queue = mp_queue_new ("queue", 0);
  pid_t before = pn_test_fork (put_one, queue);
  MpValue value;

  g_assert_cmpint (pn_test_wait (before), ==, 0);
  g_assert_cmpint (mp_queue_get (queue, &value), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (value), ==, "from the child");
  mp_clear (&value);

  g_assert_cmpint (mp_queue_close (queue), ==, MP_OK);
  g_assert_cmpint (mp_queue_close (queue), ==, MP_OK);
  g_assert_cmpint (mp_queue_put (queue, mp_text ("x")), ==, MP_CLOSED);
  g_assert_cmpint (mp_queue_get (queue, &value), ==, MP_CLOSED);
  /* Forked later: it has the closed one, as in Python. */
  g_assert_cmpint (pn_test_wait (pn_test_fork (put_one, queue)), ==, 1);
  mp_queue_free (queue);

  queue = mp_queue_new ("queue", 0);
  g_assert_cmpint (mp_queue_put (queue, mp_int (1)), ==, MP_OK);
  mp_queue_free (queue);
}

static void
messages_of_any_size (void)
{
  static const size_t sizes[] = { 0, 1, 1000, 32000, 32768, 40000, 100000, 3000000, 5 };
  MpQueue *queue = mp_queue_new ("queue", 0);
  g_autofree char *bytes = g_malloc (MP_HEAP_BLOCK_MAX);

  memset (bytes, 'x', MP_HEAP_BLOCK_MAX);
  for (int round = 0; round < 20; round++)
    for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
      g_assert_cmpint (mp_queue_put (queue, mp_bytes (bytes, sizes[i])), ==, MP_OK);
  for (int round = 0; round < 20; round++)
    for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        MpValue value;

        g_assert_cmpint (mp_queue_get (queue, &value), ==, MP_OK);
        g_assert_cmpuint (mp_len (value), ==, sizes[i]);
        mp_clear (&value);
      }
  g_assert_cmpint (
      mp_queue_put (queue, mp_bytes (bytes, MP_HEAP_BLOCK_MAX)), ==, MP_TOO_LARGE);
  g_assert_cmpint (mp_queue_put (queue, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  mp_queue_free (queue);
}

/* Many producers and consumers. */

#define PRODUCERS 20
#define CONSUMERS 20
#define MESSAGES 1000

typedef struct
{
  MpQueue *queue;
  size_t bound;
  _Atomic int next_producer;
  _Atomic int failed;
  _Atomic unsigned char got[PRODUCERS * MESSAGES];
} Crowd;

static int
crowd_produce (void *data)
{
  Crowd *crowd = data;
  int producer = atomic_fetch_add (&crowd->next_producer, 1);

  for (int i = 0; i < MESSAGES; i++)
    if (mp_queue_put_timeout (crowd->queue, mp_int (producer * MESSAGES + i), PATIENCE)
        != MP_OK)
      return 1;
  return 0;
}

static int
crowd_consume (void *data)
{
  Crowd *crowd = data;
  int last[PRODUCERS];
  MpValue value;

  for (int i = 0; i < PRODUCERS; i++)
    last[i] = -1;
  for (;;)
    {
      int number;

      if (mp_queue_get_timeout (crowd->queue, &value, PATIENCE) != MP_OK)
        return 1;
      if (value.type == MP_NONE)
        return 0;
      number = (int)mp_as_int (value);
      if (number % MESSAGES <= last[number / MESSAGES])
        return 2;
      if (crowd->bound > 0 && mp_queue_qsize (crowd->queue) > crowd->bound)
        return 3;
      last[number / MESSAGES] = number % MESSAGES;
      atomic_fetch_add (&crowd->got[number], 1);
    }
}

static void
each_message_arrives_once (gconstpointer data)
{
  size_t bound = GPOINTER_TO_SIZE (data);
  Crowd *crowd = mp_heap_alloc0 (sizeof *crowd);
  pid_t producers[PRODUCERS];
  pid_t consumers[CONSUMERS];

  crowd->bound = bound;
  crowd->queue = mp_queue_new ("crowd", bound);
  for (int i = 0; i < CONSUMERS; i++)
    consumers[i] = pn_test_fork (crowd_consume, crowd);
  for (int i = 0; i < PRODUCERS; i++)
    producers[i] = pn_test_fork (crowd_produce, crowd);
  for (int i = 0; i < PRODUCERS; i++)
    g_assert_cmpint (pn_test_wait (producers[i]), ==, 0);
  for (int i = 0; i < CONSUMERS; i++)
    g_assert_cmpint (
        mp_queue_put_timeout (crowd->queue, mp_none (), PATIENCE), ==, MP_OK);
  for (int i = 0; i < CONSUMERS; i++)
    g_assert_cmpint (pn_test_wait (consumers[i]), ==, 0);
  for (int i = 0; i < PRODUCERS * MESSAGES; i++)
    g_assert_cmpint (crowd->got[i], ==, 1);
  mp_queue_free (crowd->queue);
  mp_heap_free (crowd);
}

/* Kills. A message says its length and is filled with one letter. */

static MpValue
make_message (unsigned number)
{
  char text[3000];
  size_t bytes = (number * 7919u) % (number % 50 == 0 ? sizeof text - 1 : 100);

  memset (text, 'a' + (int)(number % 26), bytes);
  text[bytes] = '\0';
  return mp_format ("%zu %s", bytes, text);
}

static bool
check_message (MpValue message)
{
  const char *text = mp_as_text (message);
  const char *letters = strchr (text, ' ');
  size_t bytes;

  if (letters == NULL)
    return false;
  bytes = (size_t)g_ascii_strtoull (text, NULL, 10);
  letters++;
  return strlen (letters) == bytes
         && (bytes == 0 || strspn (letters, (char[]){ *letters, 0 }) == bytes);
}

static int
produce_for_ever (void *data)
{
  for (unsigned i = (unsigned)getpid ();; i++)
    {
      int error = mp_queue_put_timeout (data, make_message (i), PATIENCE);

      if (error != MP_OK)
        return 10 - error;
    }
}

static int
consume_for_ever (void *data)
{
  MpValue message;

  for (;;)
    {
      int error = mp_queue_get_timeout (data, &message, PATIENCE);

      if (error != MP_OK)
        return 10 - error;
      if (!check_message (message))
        return 1;
      mp_clear (&message);
    }
}

/* The survivors go on, nothing is torn, and the queue serves whoever comes next. */
static void
survives_kills (gconstpointer data)
{
  MpQueue *queue = mp_queue_new ("queue", GPOINTER_TO_SIZE (data));

  for (int round = 0; round < pn_test_times (100); round++)
    {
      pid_t pids[4];
      MpValue message;

      for (int i = 0; i < 4; i++)
        pids[i] = pn_test_fork (i % 2 ? produce_for_ever : consume_for_ever, queue);
      for (int i = 0; i < 4; i++)
        {
          g_usleep ((gulong)g_test_rand_int_range (0, 1500));
          kill (pids[i], SIGKILL);
        }
      for (int i = 0; i < 4; i++)
        g_assert_cmpint (pn_test_wait (pids[i]), ==, -SIGKILL);
      while (mp_queue_get_timeout (queue, &message, 0.0) == MP_OK)
        {
          g_assert_true (check_message (message));
          mp_clear (&message);
        }
      g_assert_true (mp_queue_empty (queue));
      g_assert_cmpint (
          mp_queue_put_timeout (queue, mp_int (round), PATIENCE), ==, MP_OK);
      g_assert_cmpint (mp_queue_get_timeout (queue, &message, PATIENCE), ==, MP_OK);
      g_assert_cmpint (mp_as_int (message), ==, round);
    }
  mp_queue_free (queue);
}

/* Killed at each instruction of a put and two gets that cross from one segment to the
 * next. Messages are short, since each byte that is copied may be an instruction. */

#define SHORT 40

static MpValue
letters_of (size_t n, char letter)
{
  g_autofree char *text = g_malloc0 (n + 1);

  memset (text, letter, n);
  return mp_text (text);
}

/* Leaves "c" in it, in a segment that has no room for one more message. */
static MpQueue *
make_nearly_full_segment (void)
{
  MpQueue *queue = mp_queue_new ("queue", 3);
  size_t short_bytes;
  size_t room;

  g_assert_cmpint (mp_queue_put (queue, letters_of (SHORT, 'a')), ==, MP_OK);
  short_bytes = queue->tail_at;
  room = atomic_load (&queue->tail)->room;
  g_assert_cmpint (
      mp_queue_put (queue, letters_of (room - 3 * short_bytes, 'b')), ==, MP_OK);
  g_assert_cmpint (mp_queue_put (queue, letters_of (SHORT, 'c')), ==, MP_OK);
  g_assert_cmpuint (room - queue->tail_at, <, short_bytes);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  return queue;
}

/* "cd": first letters of all that is in the queue. */
static const char *
drain (MpQueue *queue, char ret_letters[16])
{
  size_t n = 0;
  MpValue value;

  while (mp_queue_get_timeout (queue, &value, 0.0) == MP_OK)
    {
      const char *text = mp_as_text (value);

      g_assert_cmpuint (n, <, 15);
      g_assert_cmpuint (strlen (text), ==, SHORT);
      g_assert_cmpuint (strspn (text, (char[]){ *text, 0 }), ==, SHORT);
      ret_letters[n++] = *text;
      mp_clear (&value);
    }
  ret_letters[n] = '\0';
  return ret_letters;
}

static int
put_and_get_twice (void *data)
{
  return mp_queue_put (data, mp_text ("dddddddddddddddddddddddddddddddddddddddd"))
                     == MP_OK
                 && mp_queue_get_timeout (data, NULL, 0.0) == MP_OK
                 && mp_queue_get_timeout (data, NULL, 0.0) == MP_OK
             ? 0
             : 1;
}

/* Returns the instructions that the child ran. */
static long
kill_after (long steps)
{
  MpQueue *queue = make_nearly_full_segment ();
  int64_t begin_ns;
  char left[16];
  int status;

  steps = step_and_kill (put_and_get_twice, queue, steps, &status);
  begin_ns = mp_now_ns ();
  if (steps >= 0)
    {
      g_assert_true (WIFSIGNALED (status) || WEXITSTATUS (status) == 0);
      g_assert_cmpuint (mp_queue_qsize (queue), <=, 2);
      g_assert_cmpint (
          mp_queue_put_timeout (queue, letters_of (SHORT, 'e'), 0.0), ==, MP_OK);
      drain (queue, left);
      g_assert_true (g_str_equal (left, "ce") || g_str_equal (left, "cde")
                     || g_str_equal (left, "de") || g_str_equal (left, "e"));
    }
  g_assert_cmpint (mp_now_ns () - begin_ns, <, 5000000000);
  mp_queue_free (queue);
  return steps;
}

static void
survives_a_kill_at_each_instruction (void)
{
  long all = kill_after (LONG_MAX);
  /* Under ASan there are ten times as many. */
  long trials
      = all > 0 ? MIN (pn_test_times (100), pn_test_times (600000) / all + 10) : 1;
  long stride = all / trials + 1;

  if (all < 0)
    {
      g_test_skip ("no process may be traced here");
      return;
    }
  g_test_message ("%ld instructions, every %ld", all, stride);
  for (long steps = g_test_rand_int_range (0, (int)stride); steps < all;
       steps += stride)
    kill_after (steps);
}

/* Whoever was woken for a message and is killed before it takes it must not leave the
 * message to nobody. */
static void
a_killed_sleeper_keeps_nobody_asleep (void)
{
  MpQueue *queue = mp_queue_new ("queue", 0);

  for (int round = 0; round < pn_test_times (10); round++)
    {
      pid_t victims[3];
      pid_t survivor;

      for (int i = 0; i < 3; i++)
        victims[i] = pn_test_fork (consume_for_ever, queue);
      g_usleep (3000);
      survivor = pn_test_fork (consume_for_ever, queue);
      g_usleep (3000);
      g_assert_cmpint (mp_queue_put (queue, make_message (1)), ==, MP_OK);
      for (int i = 0; i < 3; i++)
        kill (victims[i], SIGKILL);
      for (int i = 0; i < 500 && !mp_queue_empty (queue); i++)
        g_usleep (1000);
      g_assert_true (mp_queue_empty (queue));
      kill (survivor, SIGKILL);
      for (int i = 0; i < 3; i++)
        pn_test_wait (victims[i]);
      pn_test_wait (survivor);
    }
  mp_queue_free (queue);
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
  MpQueue *queue = mp_queue_new ("queue", 1);

  mp_gate = note_point;
  g_assert_cmpint (mp_queue_put (queue, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_QUEUE_PUT);
  g_assert_cmpint (mp_queue_put_timeout (queue, mp_int (2), 0.01), ==, MP_FULL);
  g_assert_cmpuint (n_points, ==, 2);
  g_assert_cmpint (mp_queue_get (queue, NULL), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_QUEUE_GET);
  g_assert_cmpint (mp_queue_get_timeout (queue, NULL, 0.01), ==, MP_EMPTY);
  g_assert_cmpuint (n_points, ==, 4);
  g_assert_cmpint (mp_queue_close (queue), ==, MP_OK);
  g_assert_cmpint (last_point, ==, PN_KIND_QUEUE_CLOSE);
  g_assert_cmpuint (n_points, ==, 5);
  mp_gate = NULL;
  mp_queue_free (queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/values-come-out-in-order", values_come_out_in_order);
  g_test_add_func ("/queue/bound-and-timeouts", bound_and_timeouts);
  g_test_add_func ("/queue/close-is-each-process-own", close_is_each_process_own);
  g_test_add_func ("/queue/each-operation-passes-the-point-once",
                   each_operation_passes_the_point_once);
  g_test_add_func ("/queue/messages-of-any-size", messages_of_any_size);
  g_test_add_data_func (
      "/queue/each-message-arrives-once", NULL, each_message_arrives_once);
  g_test_add_data_func ("/queue/each-message-arrives-once/bounded",
                        GSIZE_TO_POINTER (3),
                        each_message_arrives_once);
  g_test_add_data_func ("/queue/survives-kills", NULL, survives_kills);
  g_test_add_data_func (
      "/queue/survives-kills/bounded", GSIZE_TO_POINTER (5), survives_kills);
  g_test_add_func ("/queue/survives-a-kill-at-each-instruction",
                   survives_a_kill_at_each_instruction);
  g_test_add_func ("/queue/a-killed-sleeper-keeps-nobody-asleep",
                   a_killed_sleeper_keeps_nobody_asleep);
  return g_test_run ();
}
