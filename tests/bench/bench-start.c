/* SPDX-License-Identifier: MIT */

/* What start and join cost, against fork, _exit and waitpid: some of these, some of
 * those, and the median of many such rounds, so that what else the machine does falls
 * upon both or upon a few. */

#include "bench.h"

#include <procession/mp.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 45
#define STARTS 20

static int
do_nothing (void *unused)
{
  return 0;
}

static double
measure_process (void)
{
  int64_t begin = bench_now_ns ();

  for (int i = 0; i < STARTS; i++)
    {
      MpProcess *process = mp_process_new ("child", do_nothing, NULL);

      if (mp_process_start (process) < 0 || mp_process_join (process) < 0)
        exit (1);
      mp_process_free (process);
    }
  return (double)(bench_now_ns () - begin) / STARTS / 1000;
}

static double
measure_fork (void)
{
  int64_t begin = bench_now_ns ();

  for (int i = 0; i < STARTS; i++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        _exit (0);
      if (waitpid (pid, NULL, 0) != pid)
        exit (1);
    }
  return (double)(bench_now_ns () - begin) / STARTS / 1000;
}

int
main (void)
{
  double processes[ROUNDS];
  double forks[ROUNDS];

  measure_process ();
  for (int i = 0; i < ROUNDS; i++)
    {
      processes[i] = measure_process ();
      forks[i] = measure_fork ();
    }
  bench_result ("start_join_us", bench_median (processes, ROUNDS));
  bench_result ("fork_wait_us", bench_median (forks, ROUNDS));
  return 0;
}
