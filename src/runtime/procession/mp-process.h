/* SPDX-License-Identifier: MIT */
#pragma once

/* Processes; time, output and parameters. */

#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpProcess MpProcess;

  /* What a child does; its return is the exit code (0 to 255). */
  typedef int (*MpTarget) (void *arg);

  /* `name` NULL: "Process-1", "Process-1:2" as in Python. The process is not started.
   * Free with mp_process_free. */
  MpProcess *mp_process_new (const char *name, MpTarget target, void *arg);

  /* Releases the object, not the process: a child that still runs goes on, and is
   * joined (a daemon: terminated) when its parent ends. NULL is allowed. */
  void mp_process_free (MpProcess *process);

  /* MP_STATE after the start, or if the current process is itself a daemon (start). */
  int mp_process_set_daemon (MpProcess *process, bool daemon);
  bool mp_process_daemon (MpProcess *process);

  /* Errors: MP_STATE (started already; not the creator; daemons have no children),
   * MP_SYSTEM. */
  int mp_process_start_at (MpProcess *process, MpSite site);
#define mp_process_start(process) mp_process_start_at ((process), MP_SITE)

  /* Waits until the child has ended and reaps it. MP_TIMEOUT if it has not by then;
   * MP_STATE if not started, not our child, or oneself. Joining again is allowed. */
  int mp_process_join_at (MpProcess *process, double timeout, MpSite site);
#define mp_process_join(process) mp_process_join_at ((process), MP_FOREVER, MP_SITE)
#define mp_process_join_timeout(process, seconds)                                      \
  mp_process_join_at ((process), (seconds), MP_SITE)

  /* Reaps a child of ours that has ended, as Python's does. Cost: a system call. */
  bool mp_process_is_alive (MpProcess *process);

  /* Borrowed, until the next set_name, which copies. Errors: MP_INVALID (NULL),
   * MP_SYSTEM. */
  const char *mp_process_name (MpProcess *process);
  int mp_process_set_name (MpProcess *process, const char *name);

  /* 0 before the start. */
  pid_t mp_process_pid (MpProcess *process);

  /* False while there is none (not started, or it runs): Python's None. -N: signal N.
   */
  bool mp_process_exitcode (MpProcess *process, int *ret_code);

  /* SIGTERM, SIGKILL, and any other. MP_STATE if not started; 0 if it has ended. */
  int mp_process_signal_at (MpProcess *process, int signal, MpSite site);
#define mp_process_terminate(process) mp_process_signal_at ((process), 15, MP_SITE)
#define mp_process_kill(process) mp_process_signal_at ((process), 9, MP_SITE)

  /* Releases what the object holds of an ended child. MP_INVALID while it runs. */
  int mp_process_close (MpProcess *process);

  /* Borrowed. The parent of the main process is NULL. */
  MpProcess *mp_current_process (void);
  MpProcess *mp_parent_process (void);

  /* The started children that have not ended, at most `max` of them; the others are
   * reaped. Returns how many there are. Borrowed. */
  size_t mp_active_children (MpProcess **ret_children, size_t max);

  /* Which child of its parent this process is: 1, 2, … ; 0 in the main process. */
  int mp_process_rank (void);

  /* Ends the current process as a return from its target would. */
  void mp_exit (int code) __attribute__ ((noreturn));

  /* Time, output, parameters. */

  /* Below 0: as 0. Signals do not cut it short. */
  void mp_sleep_at (double seconds, MpSite site);
#define mp_sleep(seconds) mp_sleep_at ((seconds), MP_SITE)

  /* A line to stdout, with its newline added, written whole, behind what stdio still
   * holds. Leaves errno alone. */
  void mp_print_at (MpSite site, const char *format, ...)
      __attribute__ ((format (printf, 2, 3)));
#define mp_print(...) mp_print_at (MP_SITE, __VA_ARGS__)

  /* A parameter of the program: NAME=VALUE on its command line, or `fallback`. One that
   * can't be read as its type counts as not given. The text lives until exit. Numbers
   * are written with a decimal point, whatever the locale. */
  int64_t mp_param_int (const char *name, int64_t fallback);
  double mp_param_float (const char *name, double fallback);
  bool mp_param_bool (const char *name, bool fallback); /* true/false, yes/no, 1/0 */
  const char *mp_param_text (const char *name, const char *fallback);

#ifdef __cplusplus
}
#endif
