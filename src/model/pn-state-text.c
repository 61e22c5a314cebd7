/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"
#include "pn-text.h"

#include <signal.h>

const char *
pn_signal_name (int number)
{
  static const char *const names[] = {
    [SIGHUP] = "SIGHUP",       [SIGINT] = "SIGINT",       [SIGQUIT] = "SIGQUIT",
    [SIGILL] = "SIGILL",       [SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT",
    [SIGBUS] = "SIGBUS",       [SIGFPE] = "SIGFPE",       [SIGKILL] = "SIGKILL",
    [SIGUSR1] = "SIGUSR1",     [SIGSEGV] = "SIGSEGV",     [SIGUSR2] = "SIGUSR2",
    [SIGPIPE] = "SIGPIPE",     [SIGALRM] = "SIGALRM",     [SIGTERM] = "SIGTERM",
    [SIGSTKFLT] = "SIGSTKFLT", [SIGCHLD] = "SIGCHLD",     [SIGCONT] = "SIGCONT",
    [SIGSTOP] = "SIGSTOP",     [SIGTSTP] = "SIGTSTP",     [SIGTTIN] = "SIGTTIN",
    [SIGTTOU] = "SIGTTOU",     [SIGURG] = "SIGURG",       [SIGXCPU] = "SIGXCPU",
    [SIGXFSZ] = "SIGXFSZ",     [SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF",
    [SIGWINCH] = "SIGWINCH",   [SIGIO] = "SIGIO",         [SIGPWR] = "SIGPWR",
    [SIGSYS] = "SIGSYS",
  };
  /* A recording may name any number; only those that a kernel has are kept. */
  char text[32];

  if (number > 0 && number < (int)G_N_ELEMENTS (names) && names[number] != NULL)
    return names[number];
  if (number < 0 || number > 128)
    return "an unknown signal";
  g_snprintf (text, sizeof text, "signal %d", number);
  return g_intern_string (text);
}

const char *
pn_exit_signal_name (gint64 exit_code)
{
  return pn_signal_name (exit_code < -128 ? G_MAXINT : (int)-exit_code);
}

static void
append_end (GString *string, const PnProcess *process)
{
  if (!process->exit_known)
    g_string_append (string, "ended");
  else if (process->exit_code < 0)
    g_string_append_printf (
        string, "killed by %s", pn_exit_signal_name (process->exit_code));
  else
    g_string_append_printf (
        string, "exited (%" G_GINT64_FORMAT ")", process->exit_code);
  if (process->end_reason[0] != '\0')
    {
      g_string_append (string, ": ");
      pn_text_append_visible (string, process->end_reason, PN_NAME_MAX_CHARS);
    }
  else if (process->state == PN_PROCESS_ZOMBIE)
    g_string_append (string, ", not joined");
}

static void
append_object (GString *string, const PnState *state, guint32 id)
{
  const PnObject *object = pn_state_get_object (state, id);

  if (object != NULL)
    pn_text_append_visible (string, object->name, PN_NAME_MAX_CHARS);
  else
    g_string_append (string, "something");
}

static void
append_waiting (GString *string, const PnState *state, const PnProcess *process)
{
  if (pn_kind_is_idle (process->wait_kind))
    g_string_append (string, "idle");
  else
    {
      g_string_append (string, "waits for ");
      append_object (string, state, process->wait_object);
    }
}

static void
append_joining (GString *string, const PnState *state, const PnProcess *process)
{
  const PnProcess *child = pn_state_get_process (state, process->wait_process);

  g_string_append (string, "waits to join ");
  if (child != NULL)
    pn_text_append_visible (string, child->name, PN_NAME_MAX_CHARS);
  else
    g_string_append_printf (string, "process %u", process->wait_process);
}

static void
append_running (GString *string, const PnState *state, const PnProcess *process)
{
  const PnProcess *client = pn_state_get_process (state, process->serves_process);

  if (client != NULL)
    {
      g_string_append (string, "serves ");
      pn_text_append_visible (string, client->name, PN_NAME_MAX_CHARS);
    }
  else if (process->exiting)
    g_string_append (string, "exits");
  else
    g_string_append (string, "runs");
}

static void
append_extras (GString *string, const PnState *state, const PnProcess *process)
{
  if (process->task_object != 0)
    g_string_append_printf (
        string, ", works on task %" G_GINT64_FORMAT, process->task_number);
  for (guint i = 0; i < process->holds->len && i < 3; i++)
    {
      g_string_append (string, i == 0 ? ", holds " : " and ");
      append_object (string, state, g_array_index (process->holds, guint32, i));
    }
  if (process->holds->len > 3)
    g_string_append_printf (string, " and %u more", process->holds->len - 3);
}

char *
pn_process_describe (const PnState *state, const PnProcess *process)
{
  GString *string = g_string_new (NULL);

  if (process->stopped)
    g_string_append (string, "stopped: ");
  switch (process->state)
    {
    case PN_PROCESS_STARTING:
      g_string_append (string, "starts");
      break;
    case PN_PROCESS_RUNNING:
      append_running (string, state, process);
      break;
    case PN_PROCESS_SLEEPING:
      g_string_append (string, "sleeps");
      break;
    case PN_PROCESS_WAITING:
      append_waiting (string, state, process);
      break;
    case PN_PROCESS_JOINING:
      append_joining (string, state, process);
      break;
    case PN_PROCESS_ZOMBIE:
    case PN_PROCESS_GONE:
      append_end (string, process);
      break;
    }
  append_extras (string, state, process);
  return g_string_free (string, FALSE);
}
