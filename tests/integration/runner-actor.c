/* SPDX-License-Identifier: MIT */

/* A program that does one thing to its runner, named by its first argument. */

#include "mp-emit.h"

#include <procession/mp.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
pause_ms (long ms)
{
  struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

  while (nanosleep (&time, &time) < 0)
    continue;
}

static void
emit_number (int64_t number)
{
  if (mp_is_observed ())
    mp_emit_plain (PN_KIND_VALUE_WRITE, 1, 0, number, NULL, 0);
}

static void
emit_many (long n)
{
  for (long i = 1; i <= n; i++)
    emit_number (i);
}

static int
storm_child (void *arg)
{
  emit_many (*(long *)arg);
  return 0;
}

/* storm PROCESSES EVENTS: as fast as they can. */
static int
act_storm (int processes, long events)
{
  MpProcess *children[64];

  for (int i = 0; i < processes; i++)
    {
      children[i] = mp_process_new (NULL, storm_child, &events);
      mp_process_start (children[i]);
    }
  for (int i = 0; i < processes; i++)
    {
      mp_process_join (children[i]);
      mp_process_free (children[i]);
    }
  return 0;
}

/* Emits for ever; says in shared memory what it has published. */
static void
publish_for_ever (volatile int64_t *published)
{
  for (int64_t i = 1;; i++)
    {
      emit_number (i);
      *published = i;
    }
}

/* killed CHILDREN: each is killed while it emits. Prints for each how many of its
 * events were published by then; the events must be there. */
static int
act_killed (int children)
{
  int64_t *published
      = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  for (int i = 0; i < children; i++)
    {
      pid_t child;
      int status;

      *published = 0;
      child = fork ();
      if (child == 0)
        publish_for_ever (published);
      while (*(volatile int64_t *)published == 0)
        sched_yield ();
      for (volatile int spin = rand () % 20000; spin > 0; spin--)
        continue;
      kill (child, SIGKILL);
      waitpid (child, &status, 0);
      printf ("%d %lld\n", (int)child, (long long)*published);
    }
  return 0;
}

static int
act_sleep (void)
{
  for (;;)
    pause_ms (1000);
  return 0;
}

static void
ignore_all_signals (void)
{
  for (int i = 1; i < NSIG; i++)
    signal (i, SIG_IGN);
}

/* Four that are hard to end, each with a child of its own. */
static void
be_hostile (int kind)
{
  ignore_all_signals ();
  if (kind == 0)
    setsid ();
  if (kind == 1 && fork () != 0)
    _exit (0); /* double fork: an orphan */
  if (fork () == 0 && kind == 2)
    setsid ();
  if (kind == 3)
    raise (SIGSTOP);
  for (;;)
    {
      emit_number (kind);
      pause_ms (1);
    }
}

/* hostile: never ends. */
static int
act_hostile (void)
{
  ignore_all_signals ();
  signal (SIGCHLD, SIG_DFL);
  for (int i = 0; i < 4; i++)
    if (fork () == 0)
      be_hostile (i);
  for (int i = 0;; i++)
    {
      pid_t child = fork ();

      if (child == 0)
        {
          emit_number (i);
          setsid ();
          if (fork () == 0)
            for (;;)
              pause_ms (1000);
          _exit (0);
        }
      waitpid (child, NULL, 0);
      pause_ms (i < 20 ? 1 : 1000);
    }
}

/* bomb: as many processes as it can get. */
static int
act_bomb (void)
{
  ignore_all_signals ();
  while (fork () >= 0)
    continue;
  return act_sleep ();
}

static int
die_with_lock (void *arg)
{
  mp_lock_acquire (arg);
  kill (getpid (), SIGKILL);
  return 0;
}

/* abandon: a child dies with a lock held. */
static int
act_abandon (void)
{
  MpProcess *child = mp_process_new ("holder", die_with_lock, mp_lock_new ("lock"));

  mp_process_start (child);
  mp_process_join (child);
  return 0;
}

static int
exit_five (void *arg)
{
  return 5;
}

/* zombie: a child ends, its parent does not join it for a while. */
static int
act_zombie (void)
{
  MpProcess *child = mp_process_new ("child", exit_five, NULL);

  mp_process_start (child);
  pause_ms (600);
  mp_print ("before join");
  mp_process_join (child);
  return 0;
}

/* gap: takes a number that it never publishes, and then dies. */
static int
act_gap (void)
{
  pid_t child = fork ();

  if (child == 0)
    {
      emit_number (1);
      atomic_fetch_add (&mp_arena ()->next_seq, 1);
      _exit (0);
    }
  waitpid (child, NULL, 0);
  emit_number (2);
  return 0;
}

/* liar HOW: a child writes nonsense into its own ring, then goes on. */
static int
act_liar (const char *how)
{
  pid_t child = fork ();

  if (child == 0)
    {
      PnSlot *slot;

      emit_number (1);
      slot = mp_own_slot ();
      if (strcmp (how, "head") == 0)
        atomic_fetch_add (&slot->head, 1ull << 40);
      else if (strcmp (how, "back") == 0)
        atomic_fetch_sub (&slot->head, 1);
      else if (strcmp (how, "junk") == 0)
        {
          uint32_t index = (uint32_t)(slot - mp_arena ()->slots);

          memset (pn_arena_block (mp_arena (), index, atomic_load (&slot->head)),
                  0xff,
                  PN_BLOCK_BYTES);
          atomic_fetch_add (&slot->head, 1);
        }
      else if (strcmp (how, "counter") == 0)
        atomic_fetch_add (&mp_arena ()->next_seq, 1ull << 60);
      else if (strcmp (how, "arena") == 0)
        memset (mp_arena ()->slots + 8, 0xff, 900 * sizeof (PnSlot));
      pause_ms (200);
      for (int i = 0; i < 100; i++)
        {
          emit_number (i);
          pause_ms (1);
        }
      _exit (0);
    }
  for (int i = 0; i < 100; i++)
    {
      emit_number (i);
      pause_ms (1);
    }
  waitpid (child, NULL, 0);
  mp_print ("done");
  return 0;
}

/* stop: a child is stopped and continued. */
static int
act_stop (void)
{
  pid_t child = fork ();

  if (child == 0)
    {
      emit_number (1);
      for (;;)
        pause_ms (1000);
    }
  pause_ms (200);
  kill (child, SIGSTOP);
  pause_ms (300);
  kill (child, SIGCONT);
  pause_ms (300);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  return 0;
}

/* print LINES: the same to stdout and, through the runtime, as events. */
static int
act_print (int lines)
{
  for (int i = 0; i < lines; i++)
    {
      printf ("plain %d\n", i);
      fflush (stdout);
      mp_print ("own %d", i);
    }
  return 7;
}

/* One line after the other, each way once; what is between two plain ways is there so
 * that the kernel has them in this order. */
static void
print_mixed (int who, int lines)
{
  for (int i = 0; i < lines; i++)
    switch (i % 12)
      {
      case 0:
      case 1:
        printf ("%d %d\n", who, i);
        break;
      case 3:
        dprintf (STDOUT_FILENO, "%d %d\n", who, i);
        break;
      case 5:
        printf ("%d %d\n", who, i);
        fflush (stdout);
        break;
      case 7:
        fprintf (stderr, "%d %d\n", who, i);
        break;
      case 9:
        printf ("%d %d", who, i); /* a line of its own: mp_print writes whole lines */
        break;
      default:
        mp_print ("%d %d", who, i);
        break;
      }
}

static int
mixed_child (void *arg)
{
  print_mixed (mp_process_rank (), *(int *)arg);
  if (mp_process_rank () % 2 == 0)
    kill (getpid (), SIGKILL);
  return 0;
}

/* mixed PROCESSES LINES: printf, write and mp_print by turns. Every second process is
 * killed right after its last line. */
static int
act_mixed (int processes, int lines)
{
  MpProcess *children[64];

  for (int i = 0; i < processes; i++)
    {
      children[i] = mp_process_new (NULL, mixed_child, &lines);
      mp_process_start (children[i]);
    }
  print_mixed (0, lines);
  for (int i = 0; i < processes; i++)
    {
      mp_process_join (children[i]);
      mp_process_free (children[i]);
    }
  return 0;
}

static pid_t
parent_of (pid_t pid)
{
  char path[32];
  FILE *file;
  int parent = 0;

  snprintf (path, sizeof path, "/proc/%d/stat", (int)pid);
  file = fopen (path, "r");
  if (file == NULL || fscanf (file, "%*d (%*[^)]) %*c %d", &parent) != 1)
    parent = 0;
  if (file != NULL)
    fclose (file);
  return parent;
}

/* stop-runner WHO: sends SIGSTOP to its "supervisor", its "guard", or "both"; or to the
 * guard, and SIGKILL to the supervisor ("kill"). Then more than fits into its ring. */
static int
act_stop_runner (const char *who)
{
  pid_t supervisor = getppid ();
  pid_t guard = parent_of (supervisor);

  if (strcmp (who, "supervisor") != 0)
    kill (guard, SIGSTOP);
  if (strcmp (who, "kill") == 0)
    kill (supervisor, SIGKILL);
  else if (strcmp (who, "guard") != 0)
    kill (supervisor, SIGSTOP);
  emit_many (100000);
  mp_print ("done");
  return 0;
}

/* print-line BYTES: one line. */
static int
act_print_line (int bytes)
{
  char *line = malloc ((size_t)bytes + 1);

  if (line == NULL)
    return 1;
  for (int i = 0; i < bytes; i++)
    line[i] = (char)('a' + i % 26);
  line[bytes] = '\0';
  mp_print ("%s", line);
  free (line);
  return 0;
}

int
main (int argc, char **argv)
{
  const char *act = argc > 1 ? argv[1] : "";
  const char *how = argc > 2 ? argv[2] : "0";

  if (strcmp (act, "storm") == 0 && argc == 4)
    return act_storm (atoi (how), atol (argv[3]));
  if (strcmp (act, "killed") == 0)
    return act_killed (atoi (how));
  if (strcmp (act, "hostile") == 0)
    return act_hostile ();
  if (strcmp (act, "bomb") == 0)
    return act_bomb ();
  if (strcmp (act, "abandon") == 0)
    return act_abandon ();
  if (strcmp (act, "zombie") == 0)
    return act_zombie ();
  if (strcmp (act, "gap") == 0)
    return act_gap ();
  if (strcmp (act, "liar") == 0)
    return act_liar (how);
  if (strcmp (act, "stop") == 0)
    return act_stop ();
  if (strcmp (act, "print") == 0)
    return act_print (atoi (how));
  if (strcmp (act, "mixed") == 0 && argc == 4)
    return act_mixed (atoi (how), atoi (argv[3]));
  if (strcmp (act, "stop-runner") == 0)
    return act_stop_runner (how);
  if (strcmp (act, "print-line") == 0)
    return act_print_line (atoi (how));
  fprintf (stderr, "runner-actor: unknown act %s\n", act);
  return 2;
}
