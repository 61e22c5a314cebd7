/* SPDX-License-Identifier: MIT */
#include "pn-window-private.h"

G_DEFINE_FINAL_TYPE (PnWindow, pn_window, GTK_TYPE_APPLICATION_WINDOW)

static char *
dup_title (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);

  if (document != NULL)
    return pn_document_dup_title (document);
  return g_strdup (self->lesson != NULL ? self->lesson->title : "Procession");
}

static char *
dup_subtitle (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  g_autofree char *counts = NULL;
  g_autofree char *file_name = NULL;

  if (document == NULL)
    return g_strdup (self->lesson != NULL ? "not run yet" : "");
  counts = pn_document_dup_subtitle (document);
  if (pn_document_is_running (document))
    return g_strdup_printf ("running · %s", counts);
  file_name = pn_document_dup_file_name (document);
  if (file_name != NULL)
    return g_strdup_printf ("%s · %s", file_name, counts);
  return g_steal_pointer (&counts);
}

static void
update_titles (PnWindow *self)
{
  g_autofree char *title = dup_title (self);
  g_autofree char *subtitle = dup_subtitle (self);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), *subtitle != '\0');
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
update_run_tooltip (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  const char *text = "Run the lesson (Ctrl+R)";

  if (document != NULL && pn_document_is_running (document))
    text = "It runs already: stop it first (Ctrl+.)";
  else if (self->lesson == NULL)
    text = "This recording is of none of the lessons: choose one to run";
  gtk_widget_set_tooltip_text (self->run_button, text);
}

void
pn_window_update (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);

  update_titles (self);
  update_run_tooltip (self);
  gtk_stack_set_visible_child_name (self->centre, document != NULL ? "run" : "lesson");
  pn_window_update_actions (self);
}

static void
on_document_changed (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  const PnLesson *lesson = self->lesson;
  g_autofree char *source = NULL;

  if (document != NULL)
    {
      lesson = pn_document_get_lesson (document);
      source = pn_document_dup_source_path (document);
    }
  else if (lesson != NULL)
    source = g_strdup (lesson->c_path);
  pn_code_show (
      self->code, lesson, source, lesson != NULL ? lesson->python_path : NULL);
  pn_window_update (self);
}

static void
on_grown (PnWindow *self)
{
  update_titles (self);
}

static void
on_selected (PnTimeline *timeline, guint process, PnWindow *self)
{
  pn_now_select_process (self->now, process);
}

static void
on_theme_changed (PnWindow *self)
{
  PnThemeKind theme = pn_style_get_theme (self->style);

  if (self->run_page != NULL)
    pn_timeline_set_theme (pn_run_page_get_timeline (self->run_page), theme);
  pn_code_set_theme (self->code, theme);
}

static void
on_lesson_chosen (PnLessonList *list, const PnLesson *lesson, PnWindow *self)
{
  pn_window_choose_lesson (self, lesson);
}

static void
on_lesson_activated (PnLessonList *list, PnWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.run", NULL);
}

static void
on_message_response (GtkInfoBar *bar, int response, PnWindow *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

static void
pn_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (pn_window_parent_class)->realize (widget);
  pn_window_watch_size (PN_WINDOW (widget));
}

static void
pn_window_unrealize (GtkWidget *widget)
{
  pn_window_unwatch_size (PN_WINDOW (widget));
  GTK_WIDGET_CLASS (pn_window_parent_class)->unrealize (widget);
}

static void
pn_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (pn_window_parent_class)
      ->size_allocate (widget, width, height, baseline);
  pn_window_note_allocation (PN_WINDOW (widget));
}

static void
pn_window_dispose (GObject *object)
{
  PnWindow *self = PN_WINDOW (object);

  pn_window_forget_size (self);
  g_clear_handle_id (&self->complete_source, g_source_remove);
  if (self->style != NULL)
    g_signal_handlers_disconnect_by_data (self->style, self);
  g_clear_object (&self->style);
  if (self->replay != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->replay, self);
      pn_replay_set_document (self->replay, NULL);
    }
  g_clear_object (&self->replay);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->catalogue, g_ptr_array_unref);
  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), PN_TYPE_WINDOW);

  G_OBJECT_CLASS (pn_window_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (PN_TYPE_CODE);
  g_type_ensure (PN_TYPE_LESSON_LIST);
  g_type_ensure (PN_TYPE_LESSON_PAGE);
  g_type_ensure (PN_TYPE_NOW);
  g_type_ensure (PN_TYPE_PARAMETERS);
}

static void
pn_window_class_init (PnWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_window_dispose;
  widget_class->realize = pn_window_realize;
  widget_class->unrealize = pn_window_unrealize;
  widget_class->size_allocate = pn_window_size_allocate;
  ensure_types ();
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PnWindow, name)
  BIND (run_button);
  BIND (title);
  BIND (subtitle);
  BIND (menu_button);
  BIND (main_menu);
  BIND (message_bar);
  BIND (message);
  BIND (sidebar);
  BIND (paned);
  BIND (side_panel);
  BIND (lessons);
  BIND (parameters);
  BIND (centre);
  BIND (lesson_page);
  BIND (intro_run);
  BIND (code);
  BIND (now);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_lesson_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_lesson_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_message_response);
}

static void
add_run_page (PnWindow *self)
{
  PnTimeline *timeline;

  self->run_page = pn_run_page_new (self->replay);
  gtk_stack_add_named (self->centre, GTK_WIDGET (self->run_page), "run");
  pn_run_page_set_narrow (self->run_page, self->narrow);
  timeline = pn_run_page_get_timeline (self->run_page);
  pn_timeline_set_theme (timeline, pn_style_get_theme (self->style));
  g_signal_connect_object (timeline, "selected", G_CALLBACK (on_selected), self, 0);
}

/* What the first frame does without: code takes long to load, and nothing has run. */
static gboolean
complete (gpointer user_data)
{
  PnWindow *self = user_data;

  self->complete_source = 0;
  if (self->run_page != NULL) /* a document came first */
    return G_SOURCE_REMOVE;
  on_document_changed (self);
  add_run_page (self);
  return G_SOURCE_REMOVE;
}

/* In the first frame; when the main loop is idle, it has been painted. */
static gboolean
on_first_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PnWindow *self = PN_WINDOW (widget);

  self->complete_source = g_idle_add (complete, self);
  return G_SOURCE_REMOVE;
}

static void
connect_replay (PnWindow *self)
{
  PnReplay *replay = self->replay;

  pn_code_set_replay (self->code, replay);
  pn_now_set_replay (self->now, replay);

  g_signal_connect_swapped (
      replay, "document-changed", G_CALLBACK (on_document_changed), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (on_grown), self);
  g_signal_connect_swapped (
      replay, "moved", G_CALLBACK (pn_window_update_actions), self);
  g_signal_connect_swapped (
      replay, "mode-changed", G_CALLBACK (pn_window_update), self);
}

/* Not with the window: a menu has some 80 widgets, and the first frame would wait for
 * them. */
static void
create_menu (GtkMenuButton *button, gpointer user_data)
{
  PnWindow *self = user_data;

  if (gtk_menu_button_get_menu_model (button) == NULL)
    gtk_menu_button_set_menu_model (button, self->main_menu);
}

static void
pn_window_init (PnWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu, self, NULL);
  pn_window_init_size (self);
  self->replay = pn_replay_new ();
  self->runs = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  connect_replay (self);

  pn_window_add_actions (self);
  pn_window_add_keys (self);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_first_tick, NULL, NULL);
}

static void
take_lesson (PnWindow *self, const PnLesson *lesson)
{
  self->lesson = lesson;
  pn_lesson_list_select (self->lessons, lesson);
  pn_parameters_set_lesson (self->parameters, lesson);
  pn_lesson_page_set_lesson (self->lesson_page, lesson);
  gtk_widget_set_visible (self->intro_run, lesson != NULL);
}

PnWindow *
pn_window_new (GtkApplication *app, PnStyle *style, GPtrArray *catalogue)
{
  PnWindow *self = g_object_new (PN_TYPE_WINDOW, "application", app, NULL);

  self->style = g_object_ref (style);
  self->catalogue = g_ptr_array_ref (catalogue);
  pn_lesson_list_set_catalogue (self->lessons, catalogue);
  g_signal_connect_swapped (
      style, "theme-changed", G_CALLBACK (on_theme_changed), self);
  on_theme_changed (self);
  take_lesson (self, NULL);
  pn_window_update (self);
  return self;
}

static void
on_document_ended (PnDocument *document, PnWindow *self)
{
  g_autofree char *trouble = pn_document_dup_trouble (document);

  if (trouble != NULL && document == pn_replay_get_document (self->replay))
    pn_window_show_error (self, trouble);
}

/* What runs ends; its events stay as the lesson's last run. */
static void
show_document (PnWindow *self, PnDocument *document)
{
  PnDocument *shown = pn_replay_get_document (self->replay);

  if (self->run_page == NULL)
    add_run_page (self);
  if (shown != NULL && shown != document)
    pn_document_stop (shown);
  gtk_info_bar_set_revealed (self->message_bar, FALSE);
  pn_replay_set_document (self->replay, document);
  pn_window_update (self);
}

void
pn_window_choose_lesson (PnWindow *self, const PnLesson *lesson)
{
  PnDocument *shown = pn_replay_get_document (self->replay);

  take_lesson (self, lesson);
  if (shown == NULL)
    on_document_changed (self);
  show_document (self, g_hash_table_lookup (self->runs, lesson));
}

void
pn_window_choose_first (PnWindow *self)
{
  if (self->catalogue->len == 0)
    return;
  take_lesson (self, g_ptr_array_index (self->catalogue, 0));
  pn_window_update (self);
  pn_lesson_list_focus (self->lessons);
}

void
pn_window_run (PnWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) settings = NULL;
  g_autoptr (PnDocument) document = NULL;

  g_return_if_fail (self->lesson != NULL);

  settings = pn_parameters_dup_settings (self->parameters);
  document = pn_document_run (
      self->catalogue, self->lesson, (const char *const *)settings, &error);
  if (document == NULL)
    {
      pn_window_show_error (self, error->message);
      return;
    }
  g_signal_connect_object (document, "ended", G_CALLBACK (on_document_ended), self, 0);
  g_hash_table_insert (self->runs, (gpointer)self->lesson, g_object_ref (document));
  show_document (self, document);
}

gboolean
pn_window_open (PnWindow *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PnDocument) document = pn_document_open (self->catalogue, path, &error);

  if (document == NULL)
    {
      pn_window_show_error (self, error->message);
      return FALSE;
    }
  take_lesson (self, pn_document_get_lesson (document));
  show_document (self, document);
  return TRUE;
}

void
pn_window_show_error (PnWindow *self, const char *message)
{
  gtk_label_set_label (self->message, message);
  gtk_info_bar_set_revealed (self->message_bar, TRUE);
}

PnReplay *
pn_window_get_replay (PnWindow *self)
{
  return self->replay;
}

PnTimeline *
pn_window_get_timeline (PnWindow *self)
{
  return self->run_page != NULL ? pn_run_page_get_timeline (self->run_page) : NULL;
}
