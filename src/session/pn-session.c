/* SPDX-License-Identifier: MIT */
#include "pn-session.h"

#include "pn-tee.h"
#include "pn-runner-process.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE_BYTES (64 * 1024)
#define NOTIFY_INTERVAL_US (15 * 1000)
#define STOP_TIMEOUT_US (3 * G_USEC_PER_SEC)
#define REAP_TIMEOUT_MS 1000
#define MESSAGE_MAX_BYTES 4096

/* So many events may be in the trace that the main context has not been told of: some
 * 50 ms of a model's work, and no more than a window can do without being drawn. */
#define LAG_MAX_EVENTS 131072

struct _PnSession
{
  GObject parent_instance;

  /* Set before the thread starts. */
  PnTrace *trace;
  PnRunnerProcess runner; /* its pid and pidfd are the thread's */
  GMainContext *context;
  GSource *source; /* wakes `context`; its ready time is set from both threads */
  GThread *thread;
  guint64 events_max;
  int wake_fd; /* eventfd: the flags below have changed */

  /* The thread's, until it has set `over`. */
  PnTee *tee;        /* NULL: nothing is saved */
  gint64 give_up_us; /* monotonic; 0: no stop was asked for */
  gboolean refused;  /* the trace takes no more */
  GString *message;  /* what the runner said on stderr */
  GError *error;

  gint over;       /* atomic: the stream has ended, `error` is final */
  gint pending;    /* atomic: `source` is going to be dispatched */
  gint stop_asked; /* atomic */
  gint lags;       /* atomic: the thread waits for the main context */
  gsize n_told;    /* atomic: events that the main context has been told of */

  /* The main context's. */
  gint64 notified_us;
  gboolean ended;
};

enum
{
  SIGNAL_EVENTS,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_QUARK (pn - session - error - quark, pn_session_error)
G_DEFINE_FINAL_TYPE (PnSession, pn_session, G_TYPE_OBJECT)

/* The first error is the one that tells most. */
static void G_GNUC_PRINTF (3, 4)
    keep_error (PnSession *self, PnSessionError code, const char *format, ...)
{
  va_list args;

  if (self->error)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (PN_SESSION_ERROR, (int)code, format, args);
  va_end (args);
}

/* What was published before comes with a dispatch that is already pending. */
static void
notify (PnSession *self)
{
  if (!g_atomic_int_exchange (&self->pending, TRUE))
    g_source_set_ready_time (self->source, 0);
}

static void
begin_stop (PnSession *self)
{
  if (self->give_up_us == 0)
    self->give_up_us = g_get_monotonic_time () + STOP_TIMEOUT_US;
  pn_runner_process_stop (&self->runner);
}

/* What is not written is told once; the run goes on. */
static void
keep_record_error (PnSession *self, GError *error)
{
  if (!self->error)
    self->error = error;
  else
    g_error_free (error);
}

static void
take_piece (PnSession *self, const unsigned char *tainted, gsize n)
{
  g_autoptr (GError) record_error = NULL;
  g_autoptr (GError) error = NULL;

  if (!pn_tee_write (self->tee, tainted, n, &record_error))
    keep_record_error (self, g_steal_pointer (&record_error));
  if (self->refused)
    return;
  if (!pn_trace_append (self->trace, tainted, n, &error))
    {
      self->refused = TRUE;
      keep_error (self,
                  PN_SESSION_ERROR_RUNNER,
                  "the run was stopped: the runner's stream is damaged: %s; install "
                  "Procession again",
                  error->message);
      begin_stop (self);
    }
  else if (pn_trace_get_n_events (self->trace) > self->events_max
           && self->give_up_us == 0)
    {
      keep_error (self,
                  PN_SESSION_ERROR_LIMIT,
                  "the run was stopped: more than %" G_GUINT64_FORMAT
                  " events; set “events” in [limits] of its lesson.ini higher",
                  self->events_max);
      begin_stop (self);
    }
  notify (self);
}

/* Returns FALSE at the end of the stream. */
static gboolean
read_stream (PnSession *self, unsigned char *buffer)
{
  ssize_t n = read (self->runner.output_fd, buffer, PIECE_BYTES);

  if (n > 0)
    take_piece (self, buffer, (gsize)n);
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Keeps the beginning, reads on all the same, so that nobody blocks. Returns what
 * read () does. */
static ssize_t
read_message (PnSession *self)
{
  char buffer[1024];
  ssize_t n = read (self->runner.message_fd, buffer, sizeof buffer);

  if (n > 0 && self->message->len < MESSAGE_MAX_BYTES)
    g_string_append_len (self->message, buffer, n);
  return n;
}

static int
get_timeout_ms (const PnSession *self)
{
  gint64 left_us;

  if (self->give_up_us == 0)
    return -1;
  left_us = self->give_up_us - g_get_monotonic_time ();
  return left_us <= 0 ? 0 : (int)(left_us / 1000) + 1;
}

/* A main context that can't follow holds the program up, not the other way round: what
 * waits in between would fill the memory, and is nothing that a person can see live. */
static gboolean
is_far_ahead (PnSession *self)
{
  gsize n_told = (gsize)g_atomic_pointer_get (&self->n_told);

  return self->give_up_us == 0
         && pn_trace_get_n_events (self->trace) > n_told + LAG_MAX_EVENTS;
}

/* Whether the stream is to be read now; if not, the main context will wake the thread.
 */
static gboolean
may_read (PnSession *self)
{
  gboolean far_ahead = is_far_ahead (self);

  g_atomic_int_set (&self->lags, far_ahead);
  /* Once more: it may have caught up before it could see that it is waited for. */
  return !far_ahead || !is_far_ahead (self);
}

static void
take_wakeup (PnSession *self)
{
  guint64 count;

  (void)!read (self->wake_fd, &count, sizeof count);
  if (g_atomic_int_get (&self->stop_asked) && self->give_up_us == 0)
    begin_stop (self);
}

static void
wake_thread (PnSession *self)
{
  guint64 one = 1;

  /* It fails only if nobody has read for 2^64 times. */
  (void)!write (self->wake_fd, &one, sizeof one);
}

static void
read_until_end (PnSession *self)
{
  g_autofree unsigned char *buffer = g_malloc (PIECE_BYTES);
  struct pollfd fds[] = {
    { .fd = self->runner.output_fd, .events = POLLIN },
    { .fd = self->runner.message_fd, .events = POLLIN },
    { .fd = self->wake_fd, .events = POLLIN },
  };

  for (;;)
    {
      int n;

      fds[0].fd = may_read (self) ? self->runner.output_fd : -1;
      n = poll (fds, G_N_ELEMENTS (fds), get_timeout_ms (self));

      if (n == 0 && get_timeout_ms (self) == 0)
        return;
      if (n <= 0)
        continue;
      if (fds[0].revents && !read_stream (self, buffer))
        return;
      if (fds[1].revents && read_message (self) == 0)
        fds[1].fd = -1;
      if (fds[2].revents)
        take_wakeup (self);
    }
}

/* The runner's last line, as a sentence without its own name before it. */
static char *
dup_message (PnSession *self)
{
  g_autofree char *valid = g_utf8_make_valid (self->message->str, -1);
  const char *line;
  char *end;

  g_strstrip (valid);
  line = strrchr (valid, '\n');
  line = line ? line + 1 : valid;
  if (g_str_has_prefix (line, "procession-runner: "))
    line += strlen ("procession-runner: ");
  for (end = (char *)line; *end; end++)
    if (g_ascii_iscntrl (*end))
      *end = ' ';
  return g_strdup (line);
}

static void
explain_end (PnSession *self, int status)
{
  g_autofree char *message = dup_message (self);

  if (pn_trace_get_end (self->trace) == PN_TRACE_COMPLETE)
    return;
  if (*message)
    keep_error (self, PN_SESSION_ERROR_RUNNER, "%s", message);
  else if (status >= 0 && WIFSIGNALED (status))
    keep_error (self,
                PN_SESSION_ERROR_RUNNER,
                "the run broke off: the runner was killed by signal %d; run it again",
                WTERMSIG (status));
  else
    keep_error (self,
                PN_SESSION_ERROR_RUNNER,
                "the run broke off: the runner ended too early; run it again");
}

static gpointer
run_reader (gpointer data)
{
  PnSession *self = data;
  g_autoptr (GError) record_error = NULL;
  int status;

  read_until_end (self);
  /* It ends by itself right after the stream; if it does not, it is killed, and the
   * second of the two sub-reapers ends what is left. */
  status = pn_runner_process_reap (&self->runner, REAP_TIMEOUT_MS);
  while (read_message (self) > 0)
    ;
  pn_runner_process_clear (&self->runner);
  if (!pn_tee_close (self->tee, &record_error))
    keep_record_error (self, g_steal_pointer (&record_error));
  pn_trace_finish (self->trace);
  explain_end (self, status);
  g_atomic_int_set (&self->over, TRUE);
  g_source_set_ready_time (self->source, 0);
  return NULL;
}

/* The main context's half. */

typedef struct
{
  GSource source;
  PnSession *session; /* outlives the source */
} SessionSource;

static void
emit_events (PnSession *self)
{
  gsize n_events = pn_trace_get_n_events (self->trace);

  g_signal_emit (self, signals[SIGNAL_EVENTS], 0);
  g_atomic_pointer_set (&self->n_told, n_events);
  if (g_atomic_int_get (&self->lags))
    wake_thread (self);
}

static gboolean
on_source (GSource *source, GSourceFunc callback, gpointer data)
{
  PnSession *self = ((SessionSource *)source)->session;
  gboolean over = g_atomic_int_get (&self->over);
  gint64 now_us = g_get_monotonic_time ();

  if (!over && now_us < self->notified_us + NOTIFY_INTERVAL_US)
    {
      g_source_set_ready_time (source, self->notified_us + NOTIFY_INTERVAL_US);
      return G_SOURCE_CONTINUE;
    }
  g_source_set_ready_time (source, -1);
  self->notified_us = now_us;
  g_object_ref (self);
  if (g_atomic_int_exchange (&self->pending, FALSE))
    emit_events (self);
  if (over)
    {
      self->ended = TRUE;
      g_signal_emit (self, signals[SIGNAL_ENDED], 0);
    }
  g_object_unref (self);
  return over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static GSource *
new_source (PnSession *self)
{
  static GSourceFuncs funcs = { .dispatch = on_source };
  GSource *source = g_source_new (&funcs, sizeof (SessionSource));

  ((SessionSource *)source)->session = self;
  g_source_set_static_name (source, "PnSession");
  g_source_attach (source, self->context);
  return source;
}

static void
pn_session_finalize (GObject *object)
{
  PnSession *self = PN_SESSION (object);

  if (self->thread)
    {
      pn_session_stop (self);
      g_thread_join (self->thread);
    }
  if (self->source)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  pn_tee_free (self->tee);
  pn_runner_process_clear (&self->runner);
  pn_trace_unref (self->trace);
  g_main_context_unref (self->context);
  g_string_free (self->message, TRUE);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (pn_session_parent_class)->finalize (object);
}

static void
pn_session_class_init (PnSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pn_session_finalize;
  signals[SIGNAL_EVENTS] = g_signal_new ("events",
                                         PN_TYPE_SESSION,
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         0);
  signals[SIGNAL_ENDED] = g_signal_new (
      "ended", PN_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pn_session_init (PnSession *self)
{
  pn_runner_process_init (&self->runner);
  self->trace = pn_trace_new ();
  self->context = g_main_context_ref_thread_default ();
  self->message = g_string_new (NULL);
  self->wake_fd = -1;
}

static gboolean
start_thread (PnSession *self, GError **error)
{
  g_autoptr (GError) inner = NULL;

  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd >= 0)
    {
      self->source = new_source (self);
      self->thread = g_thread_try_new ("pn-session", run_reader, self, &inner);
    }
  if (self->thread)
    return TRUE;
  g_set_error (error,
               PN_SESSION_ERROR,
               PN_SESSION_ERROR_START,
               "can't read what the runner sends: %s; close other programs",
               inner ? inner->message : g_strerror (errno));
  pn_runner_process_stop (&self->runner);
  pn_runner_process_reap (&self->runner, REAP_TIMEOUT_MS);
  return FALSE;
}

PnSession *
pn_session_start (const char *const *argv,
                  const char *title,
                  const PnLimits *limits,
                  const char *record_path,
                  GError **error)
{
  g_autoptr (PnSession) self = g_object_new (PN_TYPE_SESSION, NULL);
  PnLimits defaults;

  g_return_val_if_fail (argv != NULL && argv[0] != NULL && title != NULL, NULL);

  pn_limits_init (&defaults);
  if (!limits)
    limits = &defaults;
  self->events_max = limits->events;
  if (record_path && !(self->tee = pn_tee_open (record_path, error)))
    return NULL;
  if (!pn_runner_process_start (&self->runner, argv, title, limits, error)
      || !start_thread (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

PnTrace *
pn_session_get_trace (PnSession *self)
{
  g_return_val_if_fail (PN_IS_SESSION (self), NULL);

  return self->trace;
}

gboolean
pn_session_is_running (PnSession *self)
{
  g_return_val_if_fail (PN_IS_SESSION (self), FALSE);

  return !self->ended;
}

void
pn_session_stop (PnSession *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_int_set (&self->stop_asked, TRUE);
  wake_thread (self);
}

const GError *
pn_session_get_error (PnSession *self)
{
  g_return_val_if_fail (PN_IS_SESSION (self), NULL);

  return self->ended ? self->error : NULL;
}

void
pn_session_wait (PnSession *self)
{
  g_return_if_fail (PN_IS_SESSION (self));

  g_object_ref (self);
  while (!self->ended)
    g_main_context_iteration (self->context, TRUE);
  g_object_unref (self);
}
