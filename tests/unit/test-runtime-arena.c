/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "mp-rig.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a process finds the arena and gets a ring in it, and what it does without. */

static int
case_put (void)
{
  mp_emit (PN_KIND_QUEUE_PUT, 11, 12, -13, MP_SITE);
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
      execl ("/proc/self/exe", "/some/where/other", "--case", "put", NULL);
      _exit (127);
    }
  waitpid (pid, NULL, 0);
  execl ("/proc/self/exe", "again", "--case", "put", NULL);
  return 1;
}

#define MANY 20000

static int
case_print_many (void)
{
  for (int i = 0; i < MANY; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 1, 0, i, MP_SITE);
  printf ("done\n");
  return 5;
}

static const MpRigCase cases[] = {
  { "put", case_put },
  { "threads", case_threads },
  { "raw-fork", case_raw_fork },
  { "bare-fork", case_bare_fork },
  { "silent-fork", case_silent_fork },
  { "exec", case_exec },
  { "print-many", case_print_many },
  { NULL, NULL },
};

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
      g_assert_cmpint (mp_rig_run_alone ("put", bad[i], NULL), ==, 0);
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
      g_assert_cmpint (mp_rig_run (rig, "put", NULL), ==, 0);
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
  g_test_add_func ("/arena/threads-have-own-rings", test_threads_have_own_rings);
  g_test_add_data_func ("/arena/raw-fork", "raw-fork", test_raw_fork);
  g_test_add_data_func ("/arena/bare-fork", "bare-fork", test_raw_fork);
  g_test_add_func ("/arena/silent-fork-is-not-seen", test_silent_fork_is_not_seen);
  g_test_add_func ("/arena/exec", test_exec);
  g_test_add_func ("/arena/no-runner-any-more", test_no_runner_any_more);
  g_test_add_func ("/arena/bad-environment", test_bad_environment);
  g_test_add_func ("/arena/bad-arena", test_bad_arena);
  g_test_add_func ("/arena/no-slot-left", test_no_slot_left);
  return g_test_run ();
}
