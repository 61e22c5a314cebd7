/* SPDX-License-Identifier: MIT */
#include "pn-document.h"

#include "pn-session.h"
#include "pn-snippet.h"
#include "pn-text.h"

struct _PnDocument
{
  GObject parent_instance;

  GPtrArray *catalogue;
  const PnLesson *lesson; /* borrowed from the catalogue */
  char *path;             /* of a recording */
  PnTrace *trace;
  PnModel *model;
  PnSession *session;
  GArray *steps; /* gsize: events */
  gsize n_scanned;
  gint64 origin_us; /* monotonic time of the trace's 0; G_MAXINT64: not known */
};

enum
{
  GROWN,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PnDocument, pn_document, G_TYPE_OBJECT)

static void
take_in_events (PnDocument *self)
{
  gsize n = pn_model_update (self->model);
  gint64 last_us;

  for (; self->n_scanned < n; self->n_scanned++)
    if (pn_model_is_step (self->model, self->n_scanned))
      g_array_append_val (self->steps, self->n_scanned);

  /* The trace starts its time at its first event. Of all arrivals, the one that was
   * on its way the shortest tells best when that was. */
  last_us = pn_trace_get_duration_ns (self->trace) / 1000;
  if (n > 0)
    self->origin_us = MIN (self->origin_us, g_get_monotonic_time () - last_us);
}

static void
on_session_events (PnSession *session, PnDocument *self)
{
  take_in_events (self);
  g_signal_emit (self, signals[GROWN], 0);
}

static void
on_session_ended (PnSession *session, PnDocument *self)
{
  take_in_events (self);
  g_signal_emit (self, signals[GROWN], 0);
  g_signal_emit (self, signals[ENDED], 0);
}

static void
set_trace (PnDocument *self, PnTrace *trace)
{
  self->trace = pn_trace_ref (trace);
  self->model = pn_model_new (trace);
  take_in_events (self);
}

static void
pn_document_dispose (GObject *object)
{
  PnDocument *self = PN_DOCUMENT (object);

  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      pn_session_stop (self->session);
    }
  g_clear_object (&self->session);

  G_OBJECT_CLASS (pn_document_parent_class)->dispose (object);
}

static void
pn_document_finalize (GObject *object)
{
  PnDocument *self = PN_DOCUMENT (object);

  g_clear_pointer (&self->model, pn_model_free);
  g_clear_pointer (&self->trace, pn_trace_unref);
  g_clear_pointer (&self->catalogue, g_ptr_array_unref);
  g_array_unref (self->steps);
  g_free (self->path);

  G_OBJECT_CLASS (pn_document_parent_class)->finalize (object);
}

static void
pn_document_class_init (PnDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = pn_document_dispose;
  object_class->finalize = pn_document_finalize;

  signals[GROWN] = g_signal_new (
      "grown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new (
      "ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pn_document_init (PnDocument *self)
{
  self->steps = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->origin_us = G_MAXINT64;
}

PnDocument *
pn_document_run (GPtrArray *catalogue,
                 const PnLesson *lesson,
                 const char *const *settings,
                 GError **error)
{
  g_autoptr (PnDocument) self = g_object_new (PN_TYPE_DOCUMENT, NULL);
  g_auto (GStrv) argv = pn_lesson_dup_argv (lesson, settings, error);

  if (argv == NULL)
    return NULL;

  self->catalogue = g_ptr_array_ref (catalogue);
  self->lesson = lesson;
  self->session = pn_session_start (
      (const char *const *)argv, lesson->title, &lesson->limits, NULL, error);
  if (self->session == NULL)
    return NULL;

  set_trace (self, pn_session_get_trace (self->session));
  g_signal_connect (self->session, "events", G_CALLBACK (on_session_events), self);
  g_signal_connect (self->session, "ended", G_CALLBACK (on_session_ended), self);
  return g_steal_pointer (&self);
}

/* The first source file that an event of the program names. */
static const char *
get_recorded_file (PnTrace *trace)
{
  gsize n = pn_trace_get_n_events (trace);

  for (gsize i = 0; i < n; i++)
    {
      PnTraceEvent event = pn_trace_get_event (trace, i);

      if (event.process != 0 && event.site != 0)
        return pn_trace_get_file (trace, event.site);
    }
  return NULL;
}

static const PnLesson *
find_lesson_of_file (GPtrArray *catalogue, const char *file)
{
  g_autofree char *wanted = g_path_get_basename (file);

  for (guint i = 0; i < catalogue->len; i++)
    {
      const PnLesson *lesson = g_ptr_array_index (catalogue, i);
      g_autofree char *name = NULL;

      if (lesson->c_path == NULL)
        continue;
      name = g_path_get_basename (lesson->c_path);
      if (g_str_equal (name, wanted))
        return lesson;
    }
  return NULL;
}

PnDocument *
pn_document_open (GPtrArray *catalogue, const char *path, GError **error)
{
  g_autoptr (PnTrace) trace = pn_trace_open (path, error);
  g_autoptr (PnDocument) self = NULL;
  const char *file;

  if (trace == NULL)
    return NULL;

  self = g_object_new (PN_TYPE_DOCUMENT, NULL);
  self->catalogue = g_ptr_array_ref (catalogue);
  self->path = g_strdup (path);
  set_trace (self, trace);
  file = get_recorded_file (trace);
  if (file != NULL)
    self->lesson = find_lesson_of_file (catalogue, file);
  return g_steal_pointer (&self);
}

PnModel *
pn_document_get_model (PnDocument *self)
{
  return self->model;
}

const PnLesson *
pn_document_get_lesson (PnDocument *self)
{
  return self->lesson;
}

char *
pn_document_dup_source_path (PnDocument *self)
{
  const char *file = get_recorded_file (self->trace);
  g_autofree char *name = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *beside = NULL;

  if (self->lesson != NULL)
    return g_strdup (self->lesson->c_path);
  if (file == NULL)
    return NULL;
  if (g_path_is_absolute (file) && g_file_test (file, G_FILE_TEST_IS_REGULAR))
    return g_strdup (file);
  name = g_path_get_basename (file);
  folder = g_path_get_dirname (self->path);
  beside = g_build_filename (folder, name, NULL);
  return g_file_test (beside, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&beside)
                                                      : NULL;
}

char *
pn_document_dup_source_name (PnDocument *self)
{
  const char *file = get_recorded_file (self->trace);
  g_autofree char *name = file != NULL ? g_path_get_basename (file) : NULL;

  return name != NULL ? pn_text_dup_visible (name, 0) : NULL;
}

/* What ran, in the recording's own words; "" if it has none. */
static const char *
get_recorded_title (PnTrace *trace)
{
  PnTraceEvent first;

  if (pn_trace_get_n_events (trace) == 0)
    return "";
  first = pn_trace_get_event (trace, 0);
  return first.kind == PN_KIND_RUN_BEGIN ? first.text : "";
}

char *
pn_document_dup_title (PnDocument *self)
{
  const char *title = get_recorded_title (self->trace);

  if (self->path == NULL)
    return g_strdup (self->lesson->title);
  if (*title != '\0')
    return pn_text_dup_visible (title, 0);
  return g_filename_display_basename (self->path);
}

char *
pn_document_dup_file_name (PnDocument *self)
{
  return self->path != NULL ? g_filename_display_basename (self->path) : NULL;
}

guint64
pn_document_get_number (PnDocument *self, gsize event)
{
  return pn_trace_get_event (self->trace, event).seq;
}

static guint64
get_last_number (PnDocument *self)
{
  gsize n = self->steps->len;

  return n > 0 ? pn_document_get_number (self, pn_document_get_step (self, n - 1)) : 0;
}

static void
add_count (GString *text, guint64 count, const char *one, const char *many)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append_printf (
      text, "%" G_GUINT64_FORMAT " %s", count, count == 1 ? one : many);
}

static gsize
count_objects (const PnHistory *history, PnObjectKind kind)
{
  gsize count = 0;

  for (guint i = 0; i < history->objects->len; i++)
    {
      const PnObjectLane *lane = g_ptr_array_index (history->objects, i);

      count += lane->kind == kind;
    }
  return count;
}

char *
pn_document_dup_subtitle (PnDocument *self)
{
  static const struct
  {
    PnObjectKind kind;
    const char *one;
    const char *many;
  } kinds[] = {
    { PN_OBJECT_LOCK, "lock", "locks" },    { PN_OBJECT_QUEUE, "queue", "queues" },
    { PN_OBJECT_PIPE, "pipe", "pipes" },    { PN_OBJECT_POOL, "pool", "pools" },
    { PN_OBJECT_VALUE, "value", "values" }, { PN_OBJECT_LIST, "list", "lists" },
    { PN_OBJECT_DICT, "dict", "dicts" },
  };
  const PnHistory *history = pn_model_get_history (self->model);
  guint64 lost = pn_trace_get_n_lost (self->trace);
  GString *text = g_string_new (NULL);
  g_autofree char *duration = NULL;

  add_count (text, history->processes->len, "process", "processes");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize count = count_objects (history, kinds[i].kind);

      if (count > 0)
        add_count (text, count, kinds[i].one, kinds[i].many);
    }
  add_count (text, get_last_number (self), "event", "events");
  /* While it runs, the last event's time is not how long. */
  duration = pn_document_dup_time (self, pn_trace_get_duration_ns (self->trace), 2);
  if (!pn_document_is_running (self))
    g_string_append_printf (text, " · %s", duration);
  if (lost > 0)
    g_string_append_printf (text, " · %" G_GUINT64_FORMAT " lost", lost);
  if (pn_trace_get_end (self->trace) == PN_TRACE_CUT)
    g_string_append (text, " · cut short");
  return g_string_free (text, FALSE);
}

char *
pn_document_dup_time (PnDocument *self, gint64 ns, int digits)
{
  gint64 duration_ns = pn_trace_get_duration_ns (self->trace);

  /* The unit does not change while it runs. */
  return pn_snippet_dup_time (
      ns, pn_document_is_running (self) ? G_MAXINT64 : duration_ns, digits);
}

gsize
pn_document_get_n_steps (PnDocument *self)
{
  return self->steps->len;
}

gsize
pn_document_get_step (PnDocument *self, gsize number)
{
  g_return_val_if_fail (number < self->steps->len, 0);

  return g_array_index (self->steps, gsize, number);
}

char *
pn_document_dup_position (PnDocument *self, gsize event)
{
  g_return_val_if_fail (self->steps->len > 0, NULL);

  return g_strdup_printf ("event %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                          pn_document_get_number (self, event),
                          get_last_number (self));
}

gsize
pn_document_find_step (PnDocument *self, gsize event)
{
  gsize low = 0;
  gsize high = self->steps->len;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (g_array_index (self->steps, gsize, middle) <= event)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? low - 1 : 0;
}

gboolean
pn_document_is_running (PnDocument *self)
{
  return self->session != NULL && pn_session_is_running (self->session);
}

gint64
pn_document_get_now_ns (PnDocument *self)
{
  gint64 duration_ns = pn_trace_get_duration_ns (self->trace);

  if (!pn_document_is_running (self) || self->origin_us == G_MAXINT64)
    return duration_ns;
  return MAX (duration_ns, (g_get_monotonic_time () - self->origin_us) * 1000);
}

void
pn_document_stop (PnDocument *self)
{
  if (pn_document_is_running (self))
    pn_session_stop (self->session);
}

char *
pn_document_dup_trouble (PnDocument *self)
{
  const GError *error
      = self->session != NULL ? pn_session_get_error (self->session) : NULL;
  gsize n = pn_trace_get_n_events (self->trace);
  g_autofree char *text = NULL;
  PnTraceEvent last;

  if (error != NULL)
    return g_strdup (error->message);
  if (n > 0)
    last = pn_trace_get_event (self->trace, n - 1);
  if (n == 0 || last.kind != PN_KIND_RUN_END)
    return g_strdup ("The run broke off: run it again.");
  /* What the runner says when it was asked to stop. */
  if (*last.text == '\0' || g_str_equal (last.text, "stopped"))
    return NULL;
  text = pn_text_dup_visible (last.text, 0);
  return g_strdup_printf (
      g_str_has_prefix (text, "stopped") ? "The run was %s" : "The run: %s", text);
}

gboolean
pn_document_save (PnDocument *self, const char *path, GError **error)
{
  return pn_trace_save (self->trace, path, error);
}
