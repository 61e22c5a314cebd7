/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
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

static void *
emit_some (void *data)
{
  for (int64_t i = 0; i < 1000; i++)
    mp_emit (PN_KIND_QUEUE_PUT, GPOINTER_TO_UINT (data), 0, i, MP_SITE);
  return NULL;
}

static int
case_threads (void)
{
  pthread_t threads[4];

  for (guint i = 0; i < 4; i++)
    pthread_create (&threads[i], NULL, emit_some, GUINT_TO_POINTER (i + 1));
  emit_some (GUINT_TO_POINTER (9));
  for (guint i = 0; i < 4; i++)
    pthread_join (threads[i], NULL);
  return 0;
}

static int
case_raw_fork (void)
{
  pid_t pid;

  mp_emit (PN_KIND_QUEUE_PUT, 1, 0, 0, MP_SITE);
  pid = fork ();
  if (pid == 0)
    {
      for (int64_t i = 0; i < 500; i++)
        mp_emit (PN_KIND_QUEUE_PUT, 2, 0, i, MP_SITE);
      _exit (0);
    }
  for (int64_t i = 0; i < 500; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 3, 0, i, MP_SITE);
  waitpid (pid, NULL, 0);
  return 0;
}

/* A fork that runs no handlers. */
static int
case_bare_fork (void)
{
  pid_t pid;

  mp_emit (PN_KIND_QUEUE_PUT, 1, 0, 0, MP_SITE);
  pid = (pid_t)syscall (SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0)
    {
      mp_emit (PN_KIND_QUEUE_PUT, 2, 0, 0, MP_SITE);
      _exit (0);
    }
  waitpid (pid, NULL, 0);
  mp_emit (PN_KIND_QUEUE_PUT, 3, 0, 0, MP_SITE);
  return 0;
}

static int
case_silent_fork (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  waitpid (pid, NULL, 0);
  return 0;
}

static int
case_exec (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      execl ("/proc/self/exe", "/some/where/other", "--case", "fields", NULL);
      _exit (127);
    }
  waitpid (pid, NULL, 0);
  execl ("/proc/self/exe", "again", "--case", "fields", NULL);
  return 1;
}

static volatile sig_atomic_t n_signals;

static void
on_alarm (int number)
{
  (void)number;
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

static int
case_print_many (void)
{
  for (int i = 0; i < MANY; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 1, 0, i, MP_SITE);
  printf ("done\n");
  return 5;
}

static const MpRigCase cases[] = {
  { "nothing", case_nothing },
  { "fields", case_fields },
  { "texts", case_texts },
  { "many", case_many },
  { "threads", case_threads },
  { "raw-fork", case_raw_fork },
  { "bare-fork", case_bare_fork },
  { "silent-fork", case_silent_fork },
  { "exec", case_exec },
  { "handler", case_handler },
  { "kill-after", case_kill_after },
  { "killed-anywhere", case_killed_anywhere },
  { "print-many", case_print_many },
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
test_threads_have_own_rings (void)
{
  MpRig *rig = mp_rig_new ();
  int64_t next[10] = { 0 };
  int n_closed = 0;

  g_assert_cmpint (mp_rig_run (rig, "threads", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      g_assert_cmpuint (event->process, ==, 1);
      if (event->kind == PN_KIND_QUEUE_PUT)
        g_assert_cmpint (event->value, ==, next[event->object]++);
    }
  for (int i = 0; i < PN_ARENA_SLOTS; i++)
    {
      PnSlot *slot = &rig->arena->slots[i];

      if (atomic_load (&slot->state) != PN_SLOT_CLOSED)
        continue;
      n_closed++;
      g_assert_cmpuint (atomic_load (&slot->process), ==, 1);
      g_assert_cmpint (atomic_load (&slot->pid), ==, rig->pid);
      g_assert_cmpuint (atomic_load (&slot->end_claimed), ==, PN_END_FURTHER_THREAD);
    }
  g_assert_cmpint (n_closed, ==, 4);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_BEGIN), ==, 1);
  mp_rig_free (rig);
}

static void
test_raw_fork (gconstpointer name)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *begin;

  g_assert_cmpint (mp_rig_run (rig, name, NULL), ==, 0);
  mp_rig_assert_dense (rig);
  begin = mp_rig_find (rig, 1, PN_KIND_PROCESS_BEGIN, 2, 0);
  g_assert_nonnull (begin);
  g_assert_cmpuint (begin->peer, ==, 1);
  g_assert_cmpint (begin->value, !=, rig->pid);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind == PN_KIND_QUEUE_PUT)
        g_assert_cmpuint (event->process, ==, event->object == 2 ? 2 : 1);
    }
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 2, 2));
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 3));
  mp_rig_free (rig);
}

static void
test_silent_fork_is_not_seen (void)
{
  MpRig *rig = mp_rig_new ();

  mp_rig_run (rig, "silent-fork", NULL);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_BEGIN), ==, 1);
  mp_rig_free (rig);
}

/* A program started by the program gets a number and is known by its name; one that
 * replaces itself keeps its number and does not begin again. */
static void
test_exec (void)
{
  MpRig *rig = mp_rig_new ();
  PnEvent *begin;

  g_assert_cmpint (mp_rig_run (rig, "exec", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_BEGIN), ==, 2);
  begin = mp_rig_find (rig, 0, PN_KIND_PROCESS_BEGIN, 2, 0);
  g_assert_cmpuint (begin->peer, ==, 1);
  g_assert_cmpstr (begin->text, ==, "other");
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 11));
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 2, 11));
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_PROCESS_EXIT, 1, 0));
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

/* The runner says so, or is gone without a word. */
static void
test_no_runner_any_more (void)
{
  MpRig *rig = mp_rig_new ();

  rig->frozen = true;
  mp_rig_start (rig, "print-many", NULL);
  while (atomic_load (&rig->arena->slots[0].stalls) == 0)
    g_usleep (1000);
  atomic_store (&rig->arena->closed, 1);
  g_assert_cmpint (mp_rig_wait (rig), ==, 5);
  g_assert_cmpstr (rig->output->str, ==, "done\n");
  mp_rig_free (rig);

  rig = mp_rig_new ();
  rig->frozen = true;
  mp_rig_start (rig, "print-many", NULL);
  while (atomic_load (&rig->arena->slots[0].stalls) == 0)
    g_usleep (1000);
  g_usleep (30000);
  g_assert_cmpint (atomic_load (&rig->arena->closed), ==, 0);
  close (rig->fd); /* the descriptor that the path leads to */
  rig->fd = -1;
  g_assert_cmpint (mp_rig_wait (rig), ==, 5);
  g_assert_cmpstr (rig->output->str, ==, "done\n");
  mp_rig_free (rig);
}

static void
test_bad_environment (void)
{
  MpRig *rig = mp_rig_new ();
  char *fifo = g_build_filename (g_get_tmp_dir (), "mp-rig-fifo", NULL);
  struct stat status;
  int fd;
  char *bad[16];
  int n = 0;

  g_assert_cmpint (fstat (rig->fd, &status), ==, 0);
  unlink (fifo);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  fd = open (fifo, O_RDWR);
  bad[n++] = g_strdup ("");
  bad[n++] = g_strdup ("x");
  bad[n++] = g_strdup ("/dev/zero:1");
  bad[n++] = g_strdup_printf ("%s ", rig->environment);
  bad[n++] = g_strdup_printf ("%s0", rig->environment);
  bad[n++] = g_strdup_printf ("/proc/%d/fd/%d", getpid (), rig->fd);
  bad[n++] = g_strdup_printf (
      "/proc/%d/fd/0:%llu", getpid (), (unsigned long long)status.st_ino);
  bad[n++] = g_strdup_printf (
      "/proc/1/fd/%d:%llu", rig->fd, (unsigned long long)status.st_ino);
  bad[n++] = g_strdup_printf (
      "/proc/0/fd/%d:%llu", rig->fd, (unsigned long long)status.st_ino);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  bad[n++] = g_strdup_printf (
      "/proc/%d/fd/%d:%llu", getpid (), fd, (unsigned long long)status.st_ino);
  bad[n++] = g_strnfill (5000, '9');
  for (int i = 0; i < n; i++)
    {
      g_assert_cmpint (mp_rig_run_alone ("fields", bad[i], NULL), ==, 0);
      g_free (bad[i]);
    }
  g_assert_cmpuint (atomic_load (&rig->arena->next_seq), ==, 0);
  close (fd);
  unlink (fifo);
  g_free (fifo);
  mp_rig_free (rig);
}

static void
test_bad_arena (void)
{
  static const struct
  {
    const char *what;
    size_t offset;
  } fields[] = {
    { "magic", offsetof (PnArena, magic) },
    { "version", offsetof (PnArena, version) },
    { "n_slots", offsetof (PnArena, n_slots) },
    { "ring_blocks", offsetof (PnArena, ring_blocks) },
    { "runner_pid", offsetof (PnArena, runner_pid) },
    { "bytes", offsetof (PnArena, bytes) },
    { "closed", offsetof (PnArena, closed) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      MpRig *rig = mp_rig_new ();

      g_test_message ("%s", fields[i].what);
      ((unsigned char *)rig->arena)[fields[i].offset] ^= 1;
      g_assert_cmpint (mp_rig_run (rig, "fields", NULL), ==, 0);
      g_assert_cmpuint (rig->events->len, ==, 0);
      mp_rig_free (rig);
    }
}

static void
test_no_slot_left (void)
{
  MpRig *rig = mp_rig_new ();

  for (int i = 0; i < PN_ARENA_SLOTS; i++)
    atomic_store (&rig->arena->slots[i].state, PN_SLOT_CLOSED);
  g_assert_cmpint (mp_rig_run (rig, "raw-fork", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_BEGIN), ==, 1);
  g_assert_null (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 0, 2));
  g_assert_nonnull (mp_rig_find (rig, 0, PN_KIND_QUEUE_PUT, 1, 3));
  mp_rig_free (rig);
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
  g_test_add_func ("/emit/threads-have-own-rings", test_threads_have_own_rings);
  g_test_add_data_func ("/emit/raw-fork", "raw-fork", test_raw_fork);
  g_test_add_data_func ("/emit/bare-fork", "bare-fork", test_raw_fork);
  g_test_add_func ("/emit/silent-fork-is-not-seen", test_silent_fork_is_not_seen);
  g_test_add_func ("/emit/exec", test_exec);
  g_test_add_func ("/emit/signal-handler-does-not-tear",
                   test_signal_handler_does_not_tear);
  g_test_add_func ("/emit/published-survives-kill", test_published_survives_kill);
  g_test_add_func ("/emit/kill-loses-one-at-most", test_kill_loses_one_at_most);
  g_test_add_func ("/emit/no-runner-any-more", test_no_runner_any_more);
  g_test_add_func ("/emit/bad-environment", test_bad_environment);
  g_test_add_func ("/emit/bad-arena", test_bad_arena);
  g_test_add_func ("/emit/no-slot-left", test_no_slot_left);
  return g_test_run ();
}
