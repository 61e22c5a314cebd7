/* SPDX-License-Identifier: MIT */
#include "fake-runner.h"

#include "pn-event.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int output_fd = -1;
static int control_fd = -1;

static void
write_all (const void *bytes, size_t n)
{
  const char *at = bytes;

  while (n > 0)
    {
      ssize_t written = write (output_fd, at, n);

      if (written < 0)
        _exit (9);
      at += written;
      n -= (size_t)written;
    }
}

static void
emit (PnKind kind, uint64_t seq, const char *text)
{
  unsigned char blocks[PN_BLOCK_BYTES * (1 + PN_TAIL_MAX_BLOCKS)];
  PnEvent event = { .seq = seq, .time_ns = (int64_t)seq + 1, .kind = kind };

  if (kind != PN_KIND_RUN_BEGIN && kind != PN_KIND_RUN_END)
    event.process = 1;
  event.text_bytes = strlen (text);
  memcpy (event.text, text, event.text_bytes + 1);
  write_all (blocks, pn_event_encode (&event, blocks));
}

static void
begin_stream (void)
{
  PnStreamHeader header;

  pn_stream_header_init (&header);
  write_all (&header, sizeof header);
  emit (PN_KIND_RUN_BEGIN, 0, "test");
}

/* Returns whether a stop was asked for; FALSE: the app has gone. */
static gboolean
wait_for_stop (void)
{
  char byte = 0;

  return read (control_fd, &byte, 1) == 1 && byte == 's';
}

static int
behave_whole (const char *arg)
{
  uint64_t n = strtoull (arg, NULL, 10);

  begin_stream ();
  for (uint64_t i = 1; i <= n; i++)
    emit (PN_KIND_OUTPUT_LINE, i, "a line that is longer than a record has room for");
  emit (PN_KIND_RUN_END, n + 1, "");
  return 0;
}

static int
behave_until_stop (const char *arg)
{
  begin_stream ();
  if (!wait_for_stop ())
    return 0;
  emit (PN_KIND_RUN_END, 1, "stopped");
  return 0;
}

static int
behave_flood (const char *arg)
{
  struct pollfd control = { .fd = control_fd, .events = POLLIN };
  uint64_t seq = 1;

  begin_stream ();
  while (poll (&control, 1, 0) == 0)
    for (int i = 0; i < 100; i++)
      emit (PN_KIND_OUTPUT_LINE, seq++, "flood");
  emit (PN_KIND_RUN_END, seq, "stopped");
  return 0;
}

static int
behave_hang (const char *arg)
{
  begin_stream ();
  sleep (60);
  return 0;
}

static int
behave_message (const char *arg)
{
  fprintf (stderr, "first line\nprocession-runner: %s\n", arg);
  return 1;
}

static int
behave_garbage (const char *arg)
{
  begin_stream ();
  write_all ("garbage garbage garbage garbage garbage garbage garbage garbage ...", 64);
  wait_for_stop ();
  return 0;
}

static int
behave_killed (const char *arg)
{
  begin_stream ();
  raise (SIGKILL);
  return 0;
}

static gboolean
is_stopped (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int)pid);
  g_autofree char *stat = NULL;

  return !g_file_get_contents (path, &stat, NULL, NULL)
         || strstr (stat, ") T ") != NULL;
}

/* It is stopped, and then its stream is over: a child has the last copy of it. It says
 * whether it was continued. */
static int
behave_stopped (const char *arg)
{
  pid_t self = getpid ();

  begin_stream ();
  if (fork () == 0)
    {
      while (!is_stopped (self))
        g_usleep (1000);
      _exit (0);
    }
  close (output_fd);
  raise (SIGSTOP);
  fprintf (stderr, "%s\n", arg);
  return 1;
}

/* Output as lines: what this process was given. */
static int
behave_inspect (const char *arg)
{
  uint64_t seq = 1;
  sigset_t mask;

  begin_stream ();
  for (int fd = 0; fd < 1024; fd++)
    if (fcntl (fd, F_GETFD) >= 0)
      {
        g_autofree char *line = g_strdup_printf ("fd %d", fd);

        emit (PN_KIND_OUTPUT_LINE, seq++, line);
      }
  sigprocmask (SIG_SETMASK, NULL, &mask);
  emit (PN_KIND_OUTPUT_LINE,
        seq++,
        sigismember (&mask, SIGUSR1) ? "SIGUSR1 blocked" : "SIGUSR1 open");
  emit (PN_KIND_OUTPUT_LINE,
        seq++,
        signal (SIGPIPE, SIG_DFL) == SIG_IGN ? "SIGPIPE ignored" : "SIGPIPE default");
  emit (PN_KIND_OUTPUT_LINE, seq++, getsid (0) == getpid () ? "leader" : "follower");
  emit (PN_KIND_OUTPUT_LINE, seq++, arg);
  emit (PN_KIND_RUN_END, seq, "");
  return 0;
}

gboolean
fake_runner_is_meant (int argc, char **argv)
{
  return argc > 1 && strcmp (argv[1], "--output-fd") == 0;
}

int
fake_runner_main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    int (*behave) (const char *arg);
  } behaviours[] = {
    { "whole", behave_whole },     { "until-stop", behave_until_stop },
    { "flood", behave_flood },     { "hang", behave_hang },
    { "message", behave_message }, { "garbage", behave_garbage },
    { "killed", behave_killed },   { "inspect", behave_inspect },
    { "stopped", behave_stopped },
  };
  int program = 1;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (; program < argc && strcmp (argv[program], "--") != 0; program += 2)
    if (strcmp (argv[program], "--output-fd") == 0)
      output_fd = atoi (argv[program + 1]);
    else if (strcmp (argv[program], "--control-fd") == 0)
      control_fd = atoi (argv[program + 1]);
  for (gsize i = 0; program + 2 < argc && i < G_N_ELEMENTS (behaviours); i++)
    if (strcmp (argv[program + 1], behaviours[i].name) == 0)
      return behaviours[i].behave (argv[program + 2]);
  return 8;
}
