/* SPDX-License-Identifier: MIT */

/* What an event costs, against one write(2) of 64 bytes into a pipe that is drained: in
 * bursts that the runner keeps up with, and without a pause, which is as fast as the
 * runner can empty the ring. */

#include "bench.h"

#include "mp-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 9
#define EVENTS 200000
#define WRITES 30000

typedef void (*Work) (int fd);

static void
emit_plain (int fd)
{
  for (int i = 0; i < EVENTS; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 1, 2, i, MP_SITE);
}

static void
write_blocks (int fd)
{
  char block[64] = { 0 };

  for (int i = 0; i < WRITES; i++)
    if (write (fd, block, sizeof block) != sizeof block)
      _exit (1);
}

static double
ns_each (Work work, int fd, int times)
{
  int64_t begin = bench_now_ns ();

  work (fd);
  return (double)(bench_now_ns () - begin) / times;
}

static void
burst (void *arg, int n_events)
{
  for (int i = 0; i < n_events; i++)
    mp_emit (PN_KIND_QUEUE_PUT, 1, 2, i, MP_SITE);
}

static void
burst_of_text (void *arg, int n_events)
{
  for (int i = 0; i < n_events; i++)
    mp_emit_text (PN_KIND_QUEUE_PUT, 1, 2, i, MP_SITE, "(3, 'hello')");
}

static void
burst_of_clocks (void *arg, int n_events)
{
  for (int i = 0; i < n_events; i++)
    mp_now_ns ();
}

/* A reader that takes what it gets. */
static pid_t
open_drained_pipe (int *ret_fd)
{
  static char buffer[65536];
  int ends[2];
  pid_t pid;

  if (pipe2 (ends, O_CLOEXEC) < 0)
    return -1;
  pid = fork ();
  if (pid == 0)
    {
      close (ends[1]);
      while (read (ends[0], buffer, sizeof buffer) > 0)
        ;
      _exit (0);
    }
  close (ends[0]);
  *ret_fd = ends[1];
  return pid;
}

int
main (void)
{
  double plain[ROUNDS];
  double writes[ROUNDS];
  BenchBursts bursts;
  int fd = -1;
  pid_t reader = open_drained_pipe (&fd);

  if (reader < 0)
    return 1;
  ns_each (emit_plain, fd, EVENTS); /* the ring's pages become warm */
  for (int i = 0; i < ROUNDS; i++)
    {
      plain[i] = ns_each (emit_plain, fd, EVENTS);
      writes[i] = ns_each (write_blocks, fd, WRITES);
    }
  close (fd);
  waitpid (reader, NULL, 0);
  bursts = bench_bursts (burst, NULL);
  bench_result ("emit_ns", bursts.warm_ns);
  bench_result ("emit_cold_ns", bursts.cold_ns);
  bench_result ("emit_text_ns", bench_bursts (burst_of_text, NULL).warm_ns);
  bench_result ("clock_ns", bench_bursts (burst_of_clocks, NULL).warm_ns);
  bench_result ("emit_sustained_ns", bench_median (plain, ROUNDS));
  bench_result ("write_ns", bench_median (writes, ROUNDS));
  return 0;
}
