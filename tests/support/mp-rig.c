/* SPDX-License-Identifier: MIT */
#include "mp-rig.h"

#include "pn-test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

static const char *program_path;

static gint
by_seq (gconstpointer a, gconstpointer b)
{
  const PnEvent *left = *(PnEvent *const *)a;
  const PnEvent *right = *(PnEvent *const *)b;

  return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static void
sweep_slot (MpRig *rig, uint32_t index)
{
  PnSlot *slot = &rig->arena->slots[index];
  uint64_t head = atomic_load_explicit (&slot->head, memory_order_acquire);
  unsigned char blocks[(1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES];
  uint64_t *taken = &rig->taken[index];

  while (*taken < head)
    {
      size_t n = MIN (head - *taken, 1 + PN_TAIL_MAX_BLOCKS);
      PnEvent event;
      int bytes;

      for (size_t i = 0; i < n; i++)
        memcpy (blocks + i * PN_BLOCK_BYTES,
                pn_arena_block (rig->arena, index, *taken + i),
                PN_BLOCK_BYTES);
      bytes = pn_event_decode (blocks, n * PN_BLOCK_BYTES, &event);
      g_assert_cmpint (bytes, >, 0);
      *taken += (uint64_t)bytes / PN_BLOCK_BYTES;
      g_ptr_array_add (
          rig->events,
          g_memdup2 (&event, G_STRUCT_OFFSET (PnEvent, text) + event.text_bytes + 1));
    }
  if (atomic_load (&slot->tail) == *taken)
    return;
  atomic_store_explicit (&slot->tail, *taken, memory_order_release);
  atomic_fetch_add (&slot->tail_wake, 1);
  syscall (SYS_futex, &slot->tail_wake, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void
exec_case (const char *name, const char *argument)
{
  execl ("/proc/self/exe", program_path, "--case", name, argument, NULL);
  _exit (127);
}

/* The pipe's write end becomes stdout; the child waits on `gate` before it goes on. */
static pid_t
spawn (
    const char *name, const char *argument, const char *environment, int out, int gate)
{
  pid_t pid = fork ();
  char byte;

  if (pid != 0)
    return pid;
  if (environment != NULL)
    g_setenv (PN_ARENA_ENV, environment, TRUE);
  else
    g_unsetenv (PN_ARENA_ENV);
  dup2 (out, STDOUT_FILENO);
  if (gate >= 0 && read (gate, &byte, 1) < 0)
    _exit (126);
  exec_case (name, argument);
  return -1;
}

int
mp_rig_main (int argc, char **argv, const MpRigCase *cases)
{
  program_path = argv[0];
  if (argc >= 3 && strcmp (argv[1], "--case") == 0)
    for (const MpRigCase *c = cases; c->name != NULL; c++)
      if (strcmp (c->name, argv[2]) == 0)
        return c->run ();
  /* Orphans of the observed program come to us. */
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  g_test_init (&argc, &argv, NULL);
  return -1;
}

MpRig *
mp_rig_new (void)
{
  MpRig *rig = g_new0 (MpRig, 1);
  struct stat status;

  rig->fd = memfd_create ("arena", MFD_CLOEXEC);
  g_assert_cmpint (ftruncate (rig->fd, (off_t)PN_ARENA_BYTES), ==, 0);
  rig->arena
      = mmap (NULL, PN_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, rig->fd, 0);
  g_assert_true (rig->arena != MAP_FAILED);
  rig->arena->magic = PN_ARENA_MAGIC;
  rig->arena->version = PN_FORMAT_VERSION;
  rig->arena->n_slots = PN_ARENA_SLOTS;
  rig->arena->ring_blocks = PN_RING_BLOCKS;
  rig->arena->runner_pid = getpid ();
  rig->arena->bytes = PN_ARENA_BYTES;
  atomic_store (&rig->arena->next_process, 2);
  atomic_store (&rig->arena->next_object, 1);
  g_assert_cmpint (fstat (rig->fd, &status), ==, 0);
  rig->environment = g_strdup_printf (
      "/proc/%d/fd/%d:%llu", getpid (), rig->fd, (unsigned long long)status.st_ino);
  rig->events = g_ptr_array_new_with_free_func (g_free);
  rig->output = g_string_new (NULL);
  rig->out = -1;
  return rig;
}

void
mp_rig_free (MpRig *rig)
{
  munmap (rig->arena, PN_ARENA_BYTES);
  close (rig->fd);
  if (rig->out >= 0)
    close (rig->out);
  g_ptr_array_unref (rig->events);
  g_string_free (rig->output, TRUE);
  g_free (rig->environment);
  g_free (rig);
}

void
mp_rig_start (MpRig *rig, const char *name, const char *argument)
{
  PnSlot *slot = &rig->arena->slots[0];
  struct stat status;
  int out[2];
  int gate[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out), ==, 0);
  g_assert_cmpint (pipe2 (gate, O_CLOEXEC), ==, 0);
  g_assert_cmpint (fstat (out[1], &status), ==, 0);
  fcntl (out[0], F_SETFL, O_NONBLOCK);
  rig->arena->output_inodes[0] = status.st_ino;
  rig->out = out[0];
  atomic_store (&slot->state, PN_SLOT_TAKEN);
  rig->pid = spawn (name, argument, rig->environment, out[1], gate[0]);
  atomic_store (&slot->pid, rig->pid);
  atomic_store (&slot->process, 1);
  g_assert_cmpint (write (gate[1], "g", 1), ==, 1);
  close (gate[0]);
  close (gate[1]);
  close (out[1]);
}

void
mp_rig_sweep (MpRig *rig)
{
  for (uint32_t i = 0; i < PN_ARENA_SLOTS; i++)
    if (atomic_load (&rig->arena->slots[i].state) != PN_SLOT_FREE)
      sweep_slot (rig, i);
}

void
mp_rig_read_output (MpRig *rig)
{
  char text[4096];
  ssize_t n;

  while ((n = read (rig->out, text, sizeof text)) > 0)
    g_string_append_len (rig->output, text, n);
}

int
mp_rig_wait (MpRig *rig)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  int code = 0;

  for (;;)
    {
      int status;
      pid_t pid = waitpid (-1, &status, WNOHANG);

      if (pid == rig->pid)
        code = pn_test_exit_code (status);
      if (pid < 0)
        break;
      if (!rig->frozen)
        mp_rig_sweep (rig);
      mp_rig_read_output (rig);
      if (pid == 0)
        g_usleep (500);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  mp_rig_sweep (rig);
  mp_rig_read_output (rig);
  g_ptr_array_sort (rig->events, by_seq);
  return code;
}

int
mp_rig_run (MpRig *rig, const char *name, const char *argument)
{
  mp_rig_start (rig, name, argument);
  return mp_rig_wait (rig);
}

int
mp_rig_run_alone (const char *name, const char *environment, char **ret_output)
{
  GString *output = g_string_new (NULL);
  char text[4096];
  int out[2];
  pid_t pid;
  ssize_t n;
  int code;

  g_assert_cmpint (pipe2 (out, O_CLOEXEC), ==, 0);
  pid = spawn (name, NULL, environment, out[1], -1);
  close (out[1]);
  while ((n = read (out[0], text, sizeof text)) > 0)
    g_string_append_len (output, text, n);
  close (out[0]);
  code = pn_test_wait (pid);
  if (ret_output != NULL)
    *ret_output = g_string_free (output, FALSE);
  else
    g_string_free (output, TRUE);
  return code;
}

void
mp_rig_assert_dense (MpRig *rig)
{
  for (guint i = 0; i < rig->events->len; i++)
    g_assert_cmpuint (mp_rig_event (rig, i)->seq, ==, i);
  g_assert_cmpuint (atomic_load (&rig->arena->next_seq), ==, rig->events->len);
}

void
mp_rig_assert_processes (MpRig *rig)
{
  mp_rig_assert_dense (rig);
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *start = mp_rig_event (rig, i);
      PnEvent *begin;
      PnEvent *end;

      if (start->kind != PN_KIND_PROCESS_START)
        continue;
      begin = mp_rig_find (rig, 0, PN_KIND_PROCESS_BEGIN, start->peer, 0);
      end = mp_rig_find (rig, 0, PN_KIND_PROCESS_END, start->peer, 0);
      g_assert_nonnull (end);
      g_assert_null (
          mp_rig_find (rig, (guint)end->seq + 1, PN_KIND_PROCESS_END, start->peer, 0));
      g_assert_cmpuint (end->seq, >, start->seq);
      if (begin == NULL) /* killed before it could */
        {
          g_assert_cmpint (end->value, <, 0);
          continue;
        }
      g_assert_cmpuint (begin->seq, >, start->seq);
      g_assert_cmpuint (begin->seq, <, end->seq);
      g_assert_cmpuint (begin->peer, ==, start->process);
      if (end->value >= 0)
        {
          PnEvent *leave = mp_rig_find (rig, 0, PN_KIND_PROCESS_EXIT, start->peer, 0);

          g_assert_nonnull (leave);
          g_assert_cmpuint (leave->seq, <, end->seq);
          g_assert_cmpint (leave->value, ==, end->value);
        }
    }
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *join = mp_rig_event (rig, i);

      if (join->kind == PN_KIND_PROCESS_JOIN && (join->flags & PN_FLAG_FAILED) == 0)
        g_assert_cmpuint (mp_rig_find (rig, 0, PN_KIND_PROCESS_END, join->peer, 0)->seq,
                          <,
                          join->seq);
    }
}

void
mp_rig_test_same (gconstpointer name)
{
  MpRig *rig = mp_rig_new ();

  g_assert_cmpint (mp_rig_run_alone (name, NULL, NULL), ==, 0);
  g_assert_cmpint (mp_rig_run (rig, name, NULL), ==, 0);
  mp_rig_assert_processes (rig);
  mp_rig_free (rig);
}

PnEvent *
mp_rig_event (MpRig *rig, guint n)
{
  return g_ptr_array_index (rig->events, n);
}

guint
mp_rig_count (MpRig *rig, PnKind kind)
{
  guint n = 0;

  for (guint i = 0; i < rig->events->len; i++)
    n += mp_rig_event (rig, i)->kind == kind;
  return n;
}

PnEvent *
mp_rig_find (MpRig *rig, guint from, PnKind kind, uint32_t process, uint32_t object)
{
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->seq >= from && event->kind == kind
          && (process == 0 || event->process == process)
          && (object == 0 || event->object == object))
        return event;
    }
  return NULL;
}

uint32_t
mp_rig_object (MpRig *rig, const char *name)
{
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind == PN_KIND_NAME && strcmp (event->text, name) == 0)
        return event->object;
    }
  return 0;
}

uint32_t
mp_rig_process (MpRig *rig, const char *name)
{
  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind == PN_KIND_PROCESS_START && strcmp (event->text, name) == 0)
        return event->peer;
    }
  return 0;
}

char *
mp_rig_kinds (MpRig *rig, uint32_t process)
{
  GString *kinds = g_string_new (NULL);

  for (guint i = 0; i < rig->events->len; i++)
    {
      PnEvent *event = mp_rig_event (rig, i);

      if (event->kind == PN_KIND_NAME || (process != 0 && event->process != process))
        continue;
      if (kinds->len > 0)
        g_string_append_c (kinds, ' ');
      g_string_append (kinds, pn_kind_name (event->kind));
    }
  return g_string_free (kinds, FALSE);
}

PnSlot *
mp_rig_slot (MpRig *rig, uint32_t process)
{
  for (uint32_t i = 0; i < PN_ARENA_SLOTS; i++)
    if (atomic_load (&rig->arena->slots[i].process) == process)
      return &rig->arena->slots[i];
  return NULL;
}
