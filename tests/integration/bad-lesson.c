/* SPDX-License-Identifier: MIT */
/* A lesson with a bug in it; `how` says which. */
#include <procession/mp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
crash (void *arg)
{
  /* A sanitizer would make an exit code of it. */
  signal (SIGSEGV, SIG_DFL);
  raise (SIGSEGV);
  return 0;
}

static int
fail (void *arg)
{
  return 3;
}

static int
loop (void *arg)
{
  volatile int *forever = arg;

  mp_print ("loops");
  while (*forever)
    ;
  return 0;
}

/* Neither SIGINT nor SIGTERM ends it, and it is in no group that is known. */
static int
hide (void *arg)
{
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  setsid ();
  return loop (arg);
}

static int
stop (void *arg)
{
  mp_print ("stops");
  raise (SIGSTOP);
  return 0;
}

static int
flood (void *arg)
{
  volatile int *forever = arg;

  while (*forever)
    mp_print ("A line of which there are too many.");
  return 0;
}

static int
rattle (void *arg)
{
  volatile int *forever = arg;
  MpLock *lock = mp_lock_new (NULL);

  while (*forever)
    {
      mp_lock_acquire (lock);
      mp_lock_release (lock);
    }
  return 0;
}

static int
sleep_long (void *arg)
{
  mp_sleep (600);
  return 0;
}

/* Starts what sleeps, until there are too many. */
static int
breed (void *arg)
{
  for (;;)
    mp_process_start (mp_process_new (NULL, sleep_long, arg));
  return 0;
}

static MpConnection *ends[2];

static int
hear (void *arg)
{
  return mp_recv (ends[1], NULL);
}

/* Each waits for a message of the other. */
static int
hear_both (void *arg)
{
  mp_pipe ("pipe", true, &ends[0], &ends[1]);
  mp_process_start (mp_process_new ("P2", hear, NULL));
  return mp_recv (ends[0], NULL);
}

static int
say_escapes (void *arg)
{
  mp_print ("\033[31mred\033[0m \007 \302\233 \342\200\256 \377");
  return 0;
}

static const struct
{
  const char *how;
  MpTarget target;
} bugs[] = {
  { "crash", crash },         { "fail", fail },      { "loop", loop },
  { "hide", hide },           { "stop", stop },      { "flood", flood },
  { "rattle", rattle },       { "breed", breed },    { "sleep", sleep_long },
  { "escapes", say_escapes }, { "hear", hear_both },
};

int
main (int argc, char **argv)
{
  static int forever = 1;
  const char *how = mp_param_text ("how", "");
  const char *who = mp_param_text ("who", "child");

  for (size_t i = 0; i < sizeof bugs / sizeof *bugs; i++)
    if (strcmp (how, bugs[i].how) == 0)
      {
        MpProcess *child = mp_process_new ("P1", bugs[i].target, &forever);

        if (strcmp (who, "main") == 0)
          return bugs[i].target (&forever);
        mp_process_start (child);
        mp_process_join (child);
        mp_print ("main: joined P1");
        return 0;
      }
  return 99;
}
