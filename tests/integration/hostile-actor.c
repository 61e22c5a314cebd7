/* SPDX-License-Identifier: MIT */

/* A program that a runner must be able to bear, named by its first argument; the second
 * is a number. */

#include <procession/mp.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int
print_rank (void *unused)
{
  (void)unused;
  mp_print ("child %d", mp_process_rank ());
  return 0;
}

static int
start_one (void)
{
  MpProcess *child = mp_process_new (NULL, print_rank, NULL);
  int error = mp_process_start (child);

  if (error == MP_OK)
    mp_process_join (child);
  mp_process_free (child);
  return error;
}

/* Whatever has a descriptor of its own. */
static void
use_everything (void)
{
  MpPool *pool = mp_pool_new (NULL, 2);
  MpManager *manager = mp_manager_new (NULL);
  MpLock *lock = mp_lock_new (NULL);

  mp_lock_acquire (lock);
  mp_lock_release (lock);
  start_one ();
  if (manager != NULL)
    mp_list_append (mp_manager_list (manager, "list"), mp_int (1));
  mp_manager_shutdown (manager);
  mp_manager_free (manager);
  mp_pool_close (pool);
  mp_pool_join (pool);
  mp_pool_free (pool);
  mp_lock_free (lock);
}

static int
act_close_all (int n)
{
  for (int fd = 0; fd < n; fd++)
    close (fd);
  use_everything ();
  return 0;
}

static int
act_change_user (int uid)
{
  mp_print ("before");
  if (setgid ((gid_t)uid) < 0 || setuid ((uid_t)uid) < 0)
    return 77;
  mp_print ("after");
  use_everything ();
  return 0;
}

/* Each time the same process under the same number. */
static int
act_exec (int times)
{
  char text[16];

  mp_print ("%d", times);
  snprintf (text, sizeof text, "%d", times - 1);
  if (times > 0)
    execl ("/proc/self/exe", "again", "exec", text, NULL);
  execlp ("sh", "sh", "-c", "echo something else; exit 6", NULL);
  return 1;
}

static int
kill_parent (void *unused)
{
  pid_t parent = getppid ();

  (void)unused;
  kill (parent, SIGKILL);
  while (getppid () == parent)
    mp_sleep (0.001);
  mp_print ("the parent is dead");
  return 0;
}

static int
act_kill_parent (int unused)
{
  MpProcess *child = mp_process_new (NULL, kill_parent, NULL);

  (void)unused;
  mp_process_start (child);
  mp_process_join (child);
  return 0;
}

/* An orphan without terminal, session or descriptors, which ends after a while. */
static int
act_daemonise (int unused)
{
  (void)unused;
  if (fork () == 0)
    {
      setsid ();
      if (fork () != 0)
        _exit (0);
      for (int fd = 0; fd < 3; fd++)
        close (fd);
      mp_sleep (0.2);
      _exit (7);
    }
  wait (NULL);
  mp_print ("gone");
  return 0;
}

static int
sleep_for_ever (void *unused)
{
  (void)unused;
  for (;;)
    mp_sleep (1000);
  return 0;
}

static int
pass_gate (void *gate)
{
  mp_lock_acquire (gate);
  mp_lock_release (gate);
  return 0;
}

/* So many alive at the same time. */
static int
act_processes (int n)
{
  MpProcess **children = calloc ((size_t)n, sizeof *children);
  MpLock *gate = mp_lock_new ("gate");

  mp_lock_acquire (gate);
  for (int i = 0; i < n; i++)
    {
      children[i] = mp_process_new (NULL, pass_gate, gate);
      if (mp_process_start (children[i]) != MP_OK)
        return 1;
    }
  mp_lock_release (gate);
  for (int i = 0; i < n; i++)
    mp_process_join (children[i]);
  return 0;
}

/* All of them sleep, and their parent too. */
static int
act_processes_for_ever (int n)
{
  for (int i = 0; i < n; i++)
    if (mp_process_start (mp_process_new (NULL, sleep_for_ever, NULL)) != MP_OK)
      return 1;
  mp_print ("all are there");
  return sleep_for_ever (NULL);
}

/* Ends with all of them held. */
static int
act_locks (int n)
{
  for (int i = 0; i < n; i++)
    if (mp_lock_acquire (mp_lock_new (NULL)) != MP_OK)
      return 1;
  return 0;
}

static void *
count_up (void *shared)
{
  for (int i = 0; i < 10; i++)
    {
      mp_lock_acquire (mp_shared_get_lock (shared));
      mp_shared_set_int (shared, mp_shared_get_int (shared) + 1);
      mp_lock_release (mp_shared_get_lock (shared));
    }
  return NULL;
}

/* More than there are rings. */
static int
act_threads (int n)
{
  MpShared *shared = mp_shared_int ("count", 0);
  pthread_t *threads = calloc ((size_t)n, sizeof *threads);
  pthread_attr_t small;

  pthread_attr_init (&small);
  pthread_attr_setstacksize (&small, 65536);
  mp_lock_acquire (mp_shared_get_lock (shared));
  for (int i = 0; i < n; i++)
    if (pthread_create (&threads[i], &small, count_up, shared) != 0)
      return 77;
  mp_lock_release (mp_shared_get_lock (shared));
  for (int i = 0; i < n; i++)
    pthread_join (threads[i], NULL);
  return mp_shared_get_int (shared) == 10 * n && start_one () == MP_OK ? 0 : 1;
}

/* Its stdout is at its end, for all that share it; nothing else is. */
static int
act_shut_down (int unused)
{
  (void)unused;
  signal (SIGPIPE, SIG_IGN);
  printf ("before\n");
  fflush (stdout);
  shutdown (STDOUT_FILENO, SHUT_RDWR);
  printf ("nowhere\n");
  mp_print ("an event");
  fprintf (stderr, "stderr\n");
  return 0;
}

/* Half a mark, a whole one of an event that never was, and NULs. */
static int
act_forge_marks (int unused)
{
  static const char junk[]
      = "a\0PNmark\0\377\377\377\377\377\377\377\177b\n\0PNma\0c\0\0\n";

  (void)unused;
  if (write (STDOUT_FILENO, junk, sizeof junk - 1) != sizeof junk - 1)
    return 1;
  mp_print ("own");
  printf ("after\n");
  return 0;
}

static int
act_few_descriptors (int n)
{
  const struct rlimit limit = { (rlim_t)n, (rlim_t)n };

  setrlimit (RLIMIT_NOFILE, &limit);
  return start_one () == MP_OK ? 0 : 1;
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    int (*act) (int number);
  } acts[] = {
    { "close-all", act_close_all },
    { "change-user", act_change_user },
    { "exec", act_exec },
    { "kill-parent", act_kill_parent },
    { "daemonise", act_daemonise },
    { "processes", act_processes },
    { "processes-for-ever", act_processes_for_ever },
    { "locks", act_locks },
    { "threads", act_threads },
    { "shut-down", act_shut_down },
    { "forge-marks", act_forge_marks },
    { "few-descriptors", act_few_descriptors },
  };

  for (size_t i = 0; argc > 1 && i < sizeof acts / sizeof *acts; i++)
    if (strcmp (argv[1], acts[i].name) == 0)
      return acts[i].act (argc > 2 ? atoi (argv[2]) : 0);
  fprintf (stderr, "hostile-actor: unknown act\n");
  return 2;
}
