/* SPDX-License-Identifier: MIT */
#include "pn-code.h"

#include "pn-lesson-page.h"
#include "pn-snippet.h"
#include "pn-source-view.h"
#include "pn-template.h"
#include "pn-theme.h"

#define BAND_ALPHA 0.15f
#define CURRENT_BAND_ALPHA 0.28f

struct _PnCode
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkStack *c_stack;
  GtkStack *python_stack;
  GtkScrolledWindow *c_place;
  GtkScrolledWindow *python_place;
  GtkLabel *c_none; /* says why there is no code */
  GtkLabel *python_none;
  PnLessonPage *lesson_page;

  PnSourceView *c_view; /* NULL until pn_code_show () */
  PnSourceView *python_view;
  PnReplay *replay;
  PnThemeKind theme;
  char *c_name;      /* base name of the C file; NULL: none */
  GHashTable *twins; /* C line -> Python line, as pointers */
  guint scrolled_c;  /* lines last scrolled to */
  guint scrolled_python;
};

G_DEFINE_FINAL_TYPE (PnCode, pn_code, GTK_TYPE_WIDGET)

static GdkRGBA
to_rgba (PnColor color, double alpha)
{
  return (GdkRGBA){ (float)color.red,
                    (float)color.green,
                    (float)color.blue,
                    (float)(color.alpha * alpha) };
}

/* Where a process is, and in what colour that is said. */
typedef struct
{
  guint line;
  const char *name;
  guint32 wait_object;
  gboolean current; /* it is the process of the event shown */
} PnPlace;

static gboolean
is_in_file (PnCode *self, PnTrace *trace, guint32 site)
{
  const char *path = site != 0 ? pn_trace_get_file (trace, site) : NULL;
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  return name != NULL && self->c_name != NULL && g_str_equal (name, self->c_name);
}

static GArray *
find_places (PnCode *self, gsize event)
{
  PnModel *model = pn_replay_get_model (self->replay);
  PnTrace *trace = pn_model_get_trace (model);
  const PnState *state = pn_model_get_state (model, event);
  guint32 current = pn_trace_get_event (trace, event).process;
  GArray *places = g_array_new (FALSE, TRUE, sizeof (PnPlace));

  for (guint i = 0; i < state->processes->len; i++)
    {
      const PnProcess *process = g_ptr_array_index (state->processes, i);
      PnPlace place = {
        process->line, process->name, process->wait_object, process->id == current
      };

      if (process->state < PN_PROCESS_ZOMBIE && process->line > 0
          && is_in_file (self, trace, process->site))
        g_array_append_val (places, place);
    }
  return places;
}

/* Whom the event is about comes first in its line: not all names may have room. */
static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const PnPlace *place_a = a;
  const PnPlace *place_b = b;

  if (place_a->line != place_b->line)
    return place_a->line > place_b->line ? 1 : -1;
  return place_b->current - place_a->current;
}

static PnColor
get_place_color (PnCode *self, const PnPlace *place)
{
  const PnHistory *history = pn_model_get_history (pn_replay_get_model (self->replay));
  const PnObjectLane *lane = NULL;

  if (place->wait_object != 0)
    lane = pn_history_get_object (history, place->wait_object);
  if (lane != NULL)
    return pn_theme_object_ink_color (self->theme, lane->order);
  if (self->theme == PN_THEME_DARK)
    return (PnColor){ 0.58, 0.64, 0.74, 1 };
  return (PnColor){ 0.29, 0.35, 0.44, 1 };
}

/* The places of one line are one mark. */
static GArray *
make_marks (PnCode *self, GArray *places)
{
  GArray *marks = pn_source_marks_new ();
  PnSourceMark *mark = NULL;

  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++)
    {
      const PnPlace *place = &g_array_index (places, PnPlace, i);
      PnColor color = get_place_color (self, place);
      float alpha = place->current ? CURRENT_BAND_ALPHA : BAND_ALPHA;

      if (mark != NULL && mark->line == place->line)
        {
          char *names = g_strconcat (mark->names, "  ", place->name, NULL);

          g_free (mark->names);
          mark->names = names;
          mark->band.alpha = MAX (mark->band.alpha, alpha);
          continue;
        }
      g_array_set_size (marks, marks->len + 1);
      mark = &g_array_index (marks, PnSourceMark, marks->len - 1);
      mark->line = place->line;
      mark->names = g_strdup (place->name);
      mark->band = to_rgba (color, alpha);
      mark->color = to_rgba (color, 1);
    }
  return marks;
}

static GArray *
to_python (PnCode *self, GArray *places)
{
  GArray *twins = g_array_new (FALSE, TRUE, sizeof (PnPlace));

  for (guint i = 0; i < places->len; i++)
    {
      PnPlace place = g_array_index (places, PnPlace, i);

      place.line = GPOINTER_TO_UINT (
          g_hash_table_lookup (self->twins, GUINT_TO_POINTER (place.line)));
      if (place.line != 0)
        g_array_append_val (twins, place);
    }
  return twins;
}

static void
scroll_to_current (PnSourceView *view, GArray *places, guint *line)
{
  for (guint i = 0; i < places->len; i++)
    {
      const PnPlace *place = &g_array_index (places, PnPlace, i);

      if (!place->current || place->line == *line)
        continue;
      *line = place->line;
      pn_source_view_scroll_to_line (view, place->line);
    }
}

static void
update (PnCode *self)
{
  gsize event = pn_replay_get_event (self->replay);
  g_autoptr (GArray) places = NULL;
  g_autoptr (GArray) twins = NULL;

  if (self->c_view == NULL)
    return;
  if (event == PN_EVENT_OPEN)
    {
      pn_source_view_take_marks (self->c_view, pn_source_marks_new ());
      pn_source_view_take_marks (self->python_view, pn_source_marks_new ());
      return;
    }
  places = find_places (self, event);
  twins = to_python (self, places);
  pn_source_view_take_marks (self->c_view, make_marks (self, places));
  pn_source_view_take_marks (self->python_view, make_marks (self, twins));
  scroll_to_current (self->c_view, places, &self->scrolled_c);
  scroll_to_current (self->python_view, twins, &self->scrolled_python);
}

static void
pn_code_dispose (GObject *object)
{
  PnCode *self = PN_CODE (object);

  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  g_clear_pointer (&self->twins, g_hash_table_unref);
  g_clear_pointer (&self->c_name, g_free);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_CODE);

  G_OBJECT_CLASS (pn_code_parent_class)->dispose (object);
}

static void
pn_code_class_init (PnCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_code_dispose;
  g_type_ensure (PN_TYPE_LESSON_PAGE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-code.ui");
  gtk_widget_class_bind_template_child (widget_class, PnCode, stack);
  gtk_widget_class_bind_template_child (widget_class, PnCode, c_stack);
  gtk_widget_class_bind_template_child (widget_class, PnCode, python_stack);
  gtk_widget_class_bind_template_child (widget_class, PnCode, c_place);
  gtk_widget_class_bind_template_child (widget_class, PnCode, python_place);
  gtk_widget_class_bind_template_child (widget_class, PnCode, c_none);
  gtk_widget_class_bind_template_child (widget_class, PnCode, python_none);
  gtk_widget_class_bind_template_child (widget_class, PnCode, lesson_page);
}

static void
pn_code_init (PnCode *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->twins = g_hash_table_new (NULL, NULL);
}

void
pn_code_set_replay (PnCode *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_CODE (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (replay, "moved", G_CALLBACK (update), self);
}

static void
set_scheme (PnCode *self, PnSourceView *view)
{
  gtk_source_buffer_set_style_scheme (
      GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view))),
      gtk_source_style_scheme_manager_get_scheme (
          gtk_source_style_scheme_manager_get_default (),
          self->theme == PN_THEME_DARK ? "Adwaita-dark" : "Adwaita"));
}

void
pn_code_set_theme (PnCode *self, PnThemeKind theme)
{
  self->theme = theme;
  if (self->c_view == NULL)
    return;
  set_scheme (self, self->c_view);
  set_scheme (self, self->python_view);
  update (self);
}

static PnSourceView *
create_view (PnCode *self,
             GtkScrolledWindow *place,
             const char *language,
             const char *label)
{
  PnSourceView *view = pn_source_view_new (language);

  gtk_accessible_update_property (
      GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_scrolled_window_set_child (place, GTK_WIDGET (view));
  set_scheme (self, view);
  return view;
}

/* Not part of the template: with the first view GtkSourceView reads all of its colour
 * schemes, and the window's first frame would wait for that. */
static void
create_views (PnCode *self)
{
  self->c_view = create_view (self, self->c_place, "c", "C program");
  self->python_view
      = create_view (self, self->python_place, "python3", "Python program");
}

/* The file's text without its marks, or where there is none, @reason. */
static void
show_file (PnSourceView *view,
           GtkStack *stack,
           GtkLabel *none,
           const char *path,
           const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;

  if (path != NULL && g_file_get_contents (path, &raw, NULL, &error))
    {
      text = g_utf8_make_valid (raw, -1);
      shown = pn_snippet_strip_marks (text);
    }
  gtk_label_set_label (none, error != NULL ? error->message : reason);
  pn_source_view_set_text (view, shown != NULL ? shown : "");
  gtk_stack_set_visible_child_name (stack, shown != NULL ? "code" : "none");
}

static void
tie_twins (PnCode *self, const char *c_path, const char *python_path)
{
  g_autoptr (GHashTable) c_marks = NULL;
  g_autoptr (GHashTable) python_marks = NULL;
  GHashTableIter iter;
  gpointer mark, line;

  g_hash_table_remove_all (self->twins);
  if (c_path == NULL || python_path == NULL)
    return;
  c_marks = pn_lesson_read_marks (c_path, NULL);
  python_marks = pn_lesson_read_marks (python_path, NULL);
  if (c_marks == NULL || python_marks == NULL)
    return;
  g_hash_table_iter_init (&iter, c_marks);
  while (g_hash_table_iter_next (&iter, &mark, &line))
    {
      gpointer twin = g_hash_table_lookup (python_marks, mark);

      if (twin != NULL)
        g_hash_table_insert (self->twins, line, twin);
    }
}

static char *
dup_c_reason (PnDocument *document)
{
  g_autofree char *name
      = document != NULL ? pn_document_dup_source_name (document) : NULL;

  if (document == NULL)
    return g_strdup ("A lesson’s C program stands here, with the line where each "
                     "process is.");
  if (name == NULL)
    return g_strdup ("This recording names no source file.");
  return g_strdup_printf ("The source file %s is not where it was recorded. Put it "
                          "beside the recording and open that again: then it stands "
                          "here, with the line where each process is.",
                          name);
}

static const char *
get_python_reason (const PnLesson *lesson, PnDocument *document)
{
  if (lesson != NULL)
    return "This lesson has no Python twin.";
  if (document != NULL)
    return "Only a lesson has a Python twin: this recording is of another program.";
  return "A lesson’s Python twin stands here, in step with the C program.";
}

static void
show_text (PnCode *self, const PnLesson *lesson, PnDocument *document)
{
  g_autofree char *title = NULL;

  if (lesson != NULL || document == NULL)
    {
      pn_lesson_page_set_lesson (self->lesson_page, lesson);
      return;
    }
  title = pn_document_dup_title (document);
  pn_lesson_page_set_recording (self->lesson_page, title);
}

void
pn_code_show (PnCode *self,
              const PnLesson *lesson,
              const char *c_path,
              const char *python_path)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  g_autofree char *c_reason = dup_c_reason (document);

  g_clear_pointer (&self->c_name, g_free);
  if (c_path != NULL)
    self->c_name = g_path_get_basename (c_path);
  if (self->c_view == NULL)
    create_views (self);
  self->scrolled_c = 0;
  self->scrolled_python = 0;
  show_file (self->c_view, self->c_stack, self->c_none, c_path, c_reason);
  show_file (self->python_view,
             self->python_stack,
             self->python_none,
             python_path,
             get_python_reason (lesson, document));
  tie_twins (self, c_path, python_path);
  show_text (self, lesson, document);
  update (self);
}

void
pn_code_set_page (PnCode *self, const char *page)
{
  if (gtk_stack_get_child_by_name (self->stack, page) != NULL)
    gtk_stack_set_visible_child_name (self->stack, page);
}

const char *
pn_code_get_page (PnCode *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}
