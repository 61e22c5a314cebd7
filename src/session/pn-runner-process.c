/* SPDX-License-Identifier: MIT */
#include "pn-runner-process.h"

#include "pn-session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the runner finds its descriptors. Ours lie above, so that no dup2 in the child
 * hits one that is still needed. */
#define RUNNER_OUTPUT_FD 3
#define RUNNER_CONTROL_FD 4
#define OWN_FDS_FROM 10

void
pn_runner_process_init (PnRunnerProcess *process)
{
  *process = (PnRunnerProcess){
    .pidfd = -1, .output_fd = -1, .message_fd = -1, .control_fd = -1
  };
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
pn_runner_process_clear (PnRunnerProcess *process)
{
  close_fd (&process->pidfd);
  close_fd (&process->output_fd);
  close_fd (&process->message_fd);
  close_fd (&process->control_fd);
}

static gboolean
lift_fd (int *fd)
{
  int lifted = fcntl (*fd, F_DUPFD_CLOEXEC, OWN_FDS_FROM);

  if (lifted < 0)
    {
      /* What it says where not even OWN_FDS_FROM are allowed. */
      if (errno == EINVAL)
        errno = EMFILE;
      return FALSE;
    }
  close (*fd);
  *fd = lifted;
  return TRUE;
}

/* The read end does not block. */
static gboolean
open_pipe (int *ret_read, int *ret_write)
{
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC) < 0)
    return FALSE;
  *ret_read = fds[0];
  *ret_write = fds[1];
  return lift_fd (ret_read) && lift_fd (ret_write)
         && fcntl (*ret_read, F_SETFL, O_NONBLOCK) == 0;
}

/* A socket, because write () to a pipe without reader raises SIGPIPE. */
static gboolean
open_control (int *ret_own, int *ret_runner)
{
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    return FALSE;
  *ret_own = fds[0];
  *ret_runner = fds[1];
  return lift_fd (ret_own) && lift_fd (ret_runner);
}

static char **
dup_runner_argv (const char *runner,
                 const char *const *argv,
                 const char *title,
                 const PnLimits *limits)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *output_fd = g_strdup_printf ("%d", RUNNER_OUTPUT_FD);
  g_autofree char *control_fd = g_strdup_printf ("%d", RUNNER_CONTROL_FD);
  g_autofree char *processes = g_strdup_printf ("%u", limits->processes);
  g_autofree char *seconds = g_strdup_printf ("%u", limits->seconds);
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, limits->output_bytes);

  g_strv_builder_add_many (builder,
                           runner,
                           "--output-fd",
                           output_fd,
                           "--control-fd",
                           control_fd,
                           "--processes",
                           processes,
                           "--seconds",
                           seconds,
                           "--output-bytes",
                           bytes,
                           "--name",
                           title,
                           "--",
                           NULL);
  g_strv_builder_addv (builder, (const char **)argv);
  return g_strv_builder_end (builder);
}

/* In a session of its own, with default signals and no descriptor but the five. */
static int
spawn (pid_t *ret_pid, char **argv, int output_fd, int message_fd, int control_fd)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  int error;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_init (&actions);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);

  error = posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
  if (!error)
    error = posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_WRONLY, 0);
  if (!error)
    error = posix_spawn_file_actions_adddup2 (&actions, message_fd, 2);
  if (!error)
    error = posix_spawn_file_actions_adddup2 (&actions, output_fd, RUNNER_OUTPUT_FD);
  if (!error)
    error = posix_spawn_file_actions_adddup2 (&actions, control_fd, RUNNER_CONTROL_FD);
  if (!error)
    error = posix_spawn_file_actions_addclosefrom_np (&actions, RUNNER_CONTROL_FD + 1);
  if (!error)
    error = posix_spawn (ret_pid, argv[0], &actions, &attributes, argv, environ);

  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return error;
}

static const char *
get_advice (int code)
{
  switch (code)
    {
    case EAGAIN:
    case ENOMEM:
      return "close other programs";
    case EMFILE:
    case ENFILE:
      return "allow more open files (ulimit -n) or close other programs";
    case E2BIG:
      return "set shorter parameters";
    default:
      return "install Procession again";
    }
}

static gboolean
fail (GError **error, int code)
{
  g_set_error (error,
               PN_SESSION_ERROR,
               PN_SESSION_ERROR_START,
               "can't start the runner: %s; %s",
               g_strerror (code),
               get_advice (code));
  return FALSE;
}

gboolean
pn_runner_process_start (PnRunnerProcess *process,
                         const char *const *argv,
                         const char *title,
                         const PnLimits *limits,
                         GError **error)
{
  g_autofree char *runner = pn_catalogue_find_runner (error);
  g_auto (GStrv) runner_argv = NULL;
  int output_fd = -1, message_fd = -1, control_fd = -1;
  int code = 0;

  if (!runner)
    return FALSE;
  runner_argv = dup_runner_argv (runner, argv, title, limits);
  if (!open_pipe (&process->output_fd, &output_fd)
      || !open_pipe (&process->message_fd, &message_fd)
      || !open_control (&process->control_fd, &control_fd))
    code = errno;
  if (!code)
    code = spawn (&process->pid, runner_argv, output_fd, message_fd, control_fd);
  close_fd (&output_fd);
  close_fd (&message_fd);
  close_fd (&control_fd);
  if (code)
    {
      pn_runner_process_clear (process);
      return fail (error, code);
    }
  /* Without one (an old kernel) it is reaped without a time limit. */
  process->pidfd = pidfd_open (process->pid, 0);
  return TRUE;
}

/* The program may have stopped the outer of its two supervisors, so that it does not do
 * what it is there for. */
static void
continue_runner (const PnRunnerProcess *process)
{
  if (process->pidfd >= 0)
    pidfd_send_signal (process->pidfd, SIGCONT, NULL, 0);
}

void
pn_runner_process_stop (const PnRunnerProcess *process)
{
  /* An error means that the runner has gone, which is what was asked for. */
  if (process->control_fd >= 0)
    (void)!send (process->control_fd, "s", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  continue_runner (process);
}

int
pn_runner_process_reap (PnRunnerProcess *process, int timeout_ms)
{
  struct pollfd ended = { .fd = process->pidfd, .events = POLLIN };
  int status = -1;
  pid_t pid;

  if (process->pid == 0)
    return -1;
  if (process->pidfd >= 0)
    {
      int n;

      continue_runner (process);
      do
        n = poll (&ended, 1, timeout_ms);
      while (n < 0 && errno == EINTR);
      if (n == 0)
        pidfd_send_signal (process->pidfd, SIGKILL, NULL, 0);
    }
  do
    pid = waitpid (process->pid, &status, 0);
  while (pid < 0 && errno == EINTR);
  process->pid = 0;
  return pid < 0 ? -1 : status;
}
