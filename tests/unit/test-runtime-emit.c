/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define MANY 20000

static int
case_nothing (void)
{
  return 7;
}

static int
case_fields (void)
{
  mp_emit (PN_KIND_QUEUE_PUT, 11, 12, -13, MP_SITE);
  mp_emit (PN_KIND_QUEUE_GET, 1, 2, 3, MP_SITE_NONE);
  mp_emit_failed (PN_KIND_QUEUE_PUT, 5, 0, MP_FULL, MP_SITE);
  return 0;
}

static int
case_texts (void)
{
  char text[PN_TEXT_MAX_BYTES + 64];

  for (size_t n = 0; n <= 200; n++)
    {
      memset (text, 'a' + (int)(n % 26), n);
      text[n] = '\0';
      mp_emit_text (PN_KIND_QUEUE_PUT, 1, 0, (int64_t)n, MP_SITE_NONE, text);
    }
  memset (text, 'x', sizeof text);
  /* A two-byte character across the cut. */
  memcpy (text + PN_TEXT_MAX_BYTES - 1, "\xc3\xa4", 2);
  text[sizeof text - 1] = '\0';
  mp_emit_text (PN_KIND_QUEUE_PUT, 2, 0, 0, MP_SITE_NONE, text);
  mp_emit_note (&(MpNote){
      .kind = PN_KIND_QUEUE_PUT, .object = 3, .text = "a\0b", .text_bytes = 3 });
  return 0;
}

static int
case_many (void)
{
  for (int64_t i = 0; i < MANY; i++)
    if (i % 7 == 0)
      mp_emit_text (PN_KIND_QUEUE_PUT, 1, 0, i, MP_SITE, "longer than sixteen bytes");
    else
      mp_emit (PN_KIND_QUEUE_PUT, 1, 0, i, MP_SITE);
  return 0;
}

static volatile sig_atomic_t n_signals;

static void
on_alarm (int number)
{
  n_signals++;
  mp_emit (PN_KIND_QUEUE_GET, 1, 0, 0, MP_SITE_NONE);
}

static int
case_handler (void)
{
  struct itimerval often = { { 0, 50 }, { 0, 50 } };

  signal (SIGALRM, on_alarm);
  setitimer (ITIMER_REAL, &often, NULL);
  for (int64_t i = 0; i < MANY * 10; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 1, 0, i, MP_SITE);
  return n_signals > 0 ? 0 : 1;
}

/* Emits one event and dies of SIGKILL right after. */
static int
case_kill_after (void)
{
  mp_emit (PN_KIND_QUEUE_PUT, 1, 0, 4711, MP_SITE);
  syscall (SYS_kill, getpid (), SIGKILL);
  return 0;
}

static int
case_killed_anywhere (void)
{
  while (
      mp_emit_text (PN_KIND_QUEUE_PUT, 1, 0, 1, MP_SITE, "longer than sixteen bytes"))
    ;
  return 0;
}

static const MpRigCase cases[] = {
  { "nothing", case_nothing },
  { "fields", case_fields },
  { "texts", case_texts },
  { "many", case_many },
  { "handler", case_handler },
  { "kill-after", case_kill_after },
  { "killed-anywhere", case_killed_anywhere },
  { NULL, NULL },
};

static void
test_main_begins_and_exits (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *begin;

  g_assert_cmpint (mp_rig_run (rig, "nothing", NULL), ==, 7);
  mp_rig_assert_dense (rig);
  g_assert_cmpuint (rig->events->len, ==, 2);
  begin = mp_rig_event (rig, 0);
  g_assert_cmpint (begin->kind, ==, PN_KIND_PROCESS_BEGIN);
  g_assert_cmpint (begin->process, ==, 1);
  g_assert_cmpint (begin->peer, ==, 0);
  g_assert_cmpint (begin->value, ==, rig->pid);
  g_assert_cmpint (mp_rig_event (rig, 1)->kind, ==, PN_KIND_PROCESS_EXIT);
  g_assert_cmpint (mp_rig_event (rig, 1)->value, ==, 7);
  g_assert_cmpint (atomic_load (&rig->arena->slots[0].state), ==, PN_SLOT_LIVE);
  g_assert_cmpint (atomic_load (&rig->arena->slots[0].start_time), >, 0);
  mp_rig_free (rig);
}

static void
test_fields (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *put;
  PnEvent *get;
  PnEvent *full;

  mp_rig_run (rig, "fields", NULL);
  mp_rig_assert_dense (rig);
  put = mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 11);
  g_assert_cmpuint (put->peer, ==, 12);
  g_assert_cmpint (put->value, ==, -13);
  g_assert_cmpint (put->flags, ==, 0);
  g_assert_cmpint (put->line, >, 1);
  g_assert_cmpuint (put->site, ==, mp_rig_object (rig, __FILE__));
  g_assert_cmpuint (put->site, !=, 0);
  get = mp_rig_find (rig, 0, PN_KIND_QUEUE_GET, 1, 1);
  g_assert_cmpint (get->line, ==, 0);
  g_assert_cmpuint (get->site, ==, 0);
  full = mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 5);
  g_assert_cmpint (full->flags, ==, PN_FLAG_FAILED);
  g_assert_cmpint (full->value, ==, MP_FULL);
  g_assert_cmpint (full->line, ==, put->line + 2);
  /* Times do not go back. */
  for (guint i = 1; i < rig->events->len; i++)
    g_assert_cmpint (
        mp_rig_event (rig, i)->time_ns, >=, mp_rig_event (rig, i - 1)->time_ns);
  /* The file is named once. */
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_NAME), ==, 1);
  mp_rig_free (rig);
}

static void
test_texts (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *cut;

  mp_rig_run (rig, "texts", NULL);
  mp_rig_assert_dense (rig);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind != PN_KIND_QUEUE_PUT || event->object != 1)
        continue;
      g_assert_cmpint (event->text_bytes, ==, event->value);
      for (size_t j = 0; j < event->text_bytes; j++)
        g_assert_cmpint (event->text[j], ==, 'a' + event->value % 26);
    }
  cut = mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 2);
  g_assert_cmpuint (cut->text_bytes, ==, PN_TEXT_MAX_BYTES - 1);
  g_assert_cmpint (cut->flags, ==, PN_FLAG_TRUNCATED);
  g_assert_cmpstr (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 3)->text, ==, "a");
  mp_rig_free (rig);
}

static void
test_full_ring_waits (void)
{
  MpRig *rig = mp_rig_new ();
  int64_t expected = 0;
  bool stalled = false;

  mp_rig_start (rig, "many", NULL);
  while (atomic_load (&rig->arena->slots[0].stalls) == 0)
    g_usleep (1000);
  g_usleep (50000); /* some rounds of waiting */
  g_assert_cmpuint (
      atomic_load (&rig->arena->slots[0].head), <=, (guint64)PN_RING_BLOCKS);
  g_assert_cmpint (mp_rig_wait (rig), ==, 0);
  mp_rig_assert_dense (rig);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind != PN_KIND_QUEUE_PUT)
        continue;
      g_assert_cmpint (event->value, ==, expected);
      stalled |= (event->flags & PN_FLAG_STALLED) != 0;
      expected++;
    }
  g_assert_cmpint (expected, ==, MANY);
  g_assert_true (stalled);
  g_assert_cmpuint (atomic_load (&rig->arena->runner_wake), >, 0);
  mp_rig_free (rig);
}

static void
test_quarter_wakes_runner (void)
{
  MpRig *rig = mp_rig_new ();

  rig->frozen = true;
  mp_rig_run (rig, "texts", NULL);
  g_assert_cmpuint (atomic_load (&rig->arena->slots[0].head), >, PN_RING_BLOCKS / 4);
  g_assert_cmpuint (atomic_load (&rig->arena->runner_wake), >, 0);
  mp_rig_free (rig);

  rig = mp_rig_new ();
  mp_rig_run (rig, "fields", NULL);
  g_assert_cmpuint (atomic_load (&rig->arena->runner_wake), ==, 0);
  mp_rig_free (rig);
}

static void
test_signal_handler_does_not_tear (void)
{
  MpRig *rig = mp_rig_new ();
  int64_t expected = 0;

  g_assert_cmpint (mp_rig_run (rig, "handler", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  for (guint i = 0; i < rig->events->len; i++)
    if (mp_rig_event (rig, i)->kind == PN_KIND_QUEUE_PUT)
      g_assert_cmpint (mp_rig_event (rig, i)->value, ==, expected++);
  g_assert_cmpint (expected, ==, MANY * 10);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_QUEUE_GET), >, 0);
  mp_rig_free (rig);
}

static void
test_published_survives_kill (void)
{
  int times = pn_test_times (100);

  for (int i = 0; i < times; i++)
    {
      MpRig *rig = mp_rig_new ();

      g_assert_cmpint (mp_rig_run (rig, "kill-after", NULL), ==, -SIGKILL);
      mp_rig_assert_dense (rig);
      g_assert_cmpint (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 1)->value, ==, 4711);
      mp_rig_free (rig);
    }
}

/* At a random moment: what is there is whole, and at most the one number that was being
 * written is missing. */
static void
test_kill_loses_one_at_most (void)
{
  int times = pn_test_times (20);

  for (int i = 0; i < times; i++)
    {
      MpRig *rig = mp_rig_new ();

      mp_rig_start (rig, "killed-anywhere", NULL);
      while (rig->events->len < 100)
        mp_rig_sweep (rig);
      g_usleep ((gulong)g_test_rand_int_range (0, 2000));
      kill (rig->pid, SIGKILL);
      g_assert_cmpint (mp_rig_wait (rig), ==, -SIGKILL);
      g_assert_cmpuint (atomic_load (&rig->arena->next_seq) - rig->events->len, <=, 1);
      for (guint j = 0; j < rig->events->len; j++)
        g_assert_cmpuint (mp_rig_event (rig, j)->seq, ==, j);
      mp_rig_free (rig);
    }
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_func ("/emit/main-begins-and-exits", test_main_begins_and_exits);
  g_test_add_func ("/emit/fields", test_fields);
  g_test_add_func ("/emit/texts", test_texts);
  g_test_add_func ("/emit/full-ring-waits", test_full_ring_waits);
  g_test_add_func ("/emit/quarter-wakes-runner", test_quarter_wakes_runner);
  g_test_add_func ("/emit/signal-handler-does-not-tear",
                   test_signal_handler_does_not_tear);
  g_test_add_func ("/emit/published-survives-kill", test_published_survives_kill);
  g_test_add_func ("/emit/kill-loses-one-at-most", test_kill_loses_one_at_most);
  return g_test_run ();
}
