/* SPDX-License-Identifier: MIT */
#include "pn-window-private.h"

#include "pn-export.h"

#include <string.h>

#define COPY_SCALE 2

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *patterns)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (; *patterns != NULL; patterns++)
    gtk_file_filter_add_pattern (filter, *patterns);
  gtk_file_chooser_add_filter (chooser, filter);
  g_object_unref (filter);
}

static void
add_recording_filters (GtkFileChooser *chooser)
{
  add_filter (chooser, "Recordings", (const char *const[]){ "*.procession", NULL });
  add_filter (chooser, "All files", (const char *const[]){ "*", NULL });
}

/* One at a time: the window keeps it alive. */
static GtkFileChooser *
create_chooser (PnWindow *self,
                const char *title,
                GtkFileChooserAction action,
                const char *accept)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), action, accept, "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  return GTK_FILE_CHOOSER (self->chooser);
}

static void
show_chooser (PnWindow *self, GCallback on_response)
{
  g_signal_connect (self->chooser, "response", on_response, self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* The path that was chosen; NULL if none was. Lets the chooser go at the next one. */
static char *
dup_chosen (PnWindow *self, int response)
{
  g_autoptr (GFile) file = NULL;
  char *path;

  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  if (response != GTK_RESPONSE_ACCEPT)
    return NULL;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path == NULL)
    pn_window_show_error (self, "That place is not on this computer: choose a folder.");
  return path;
}

static char *
dup_file_name (PnWindow *self, const char *ending)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  const PnLesson *lesson = document != NULL ? pn_document_get_lesson (document) : NULL;
  g_autofree char *title = NULL;
  char *dot;

  if (lesson != NULL)
    return g_strconcat (lesson->id, ending, NULL);
  if (document != NULL)
    title = pn_document_dup_file_name (document);
  if (title == NULL)
    title = g_strdup ("procession");
  dot = strrchr (title, '.');
  if (dot != NULL && dot > title)
    *dot = '\0';
  return g_strconcat (title, ending, NULL);
}

static void
on_open_response (GtkNativeDialog *dialog, int response, PnWindow *self)
{
  g_autofree char *path = dup_chosen (self, response);

  if (path != NULL)
    pn_window_open (self, path);
}

void
pn_window_ask_open (PnWindow *self)
{
  GtkFileChooser *chooser = create_chooser (
      self, "Open a recording", GTK_FILE_CHOOSER_ACTION_OPEN, "_Open");

  add_recording_filters (chooser);
  show_chooser (self, G_CALLBACK (on_open_response));
}

static void
on_save_response (GtkNativeDialog *dialog, int response, PnWindow *self)
{
  g_autofree char *path = dup_chosen (self, response);

  if (path != NULL)
    pn_window_save_to (self, path);
}

void
pn_window_ask_save (PnWindow *self)
{
  GtkFileChooser *chooser = create_chooser (
      self, "Save the recording", GTK_FILE_CHOOSER_ACTION_SAVE, "_Save");
  g_autofree char *name = dup_file_name (self, ".procession");

  add_recording_filters (chooser);
  gtk_file_chooser_set_current_name (chooser, name);
  show_chooser (self, G_CALLBACK (on_save_response));
}

/* A person who asked for it has to know that it is done. */
static void
note_done (PnWindow *self, const char *text)
{
  gtk_info_bar_set_revealed (self->message_bar, FALSE);
  pn_run_page_show_note (self->run_page, text);
}

static void
note_written (PnWindow *self, const char *what, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text = g_strdup_printf ("%s %s", what, name);

  note_done (self, text);
}

void
pn_window_save_to (PnWindow *self, const char *path)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  g_autoptr (GError) error = NULL;

  if (document == NULL)
    return;
  if (pn_document_save (document, path, &error))
    note_written (self, "Saved as", path);
  else
    pn_window_show_error (self, error->message);
}

/* As it is shown: the stretch, the axis, the theme and the moment. */
static void
take_view (PnWindow *self, PnExportOptions *options)
{
  const PnView *view = pn_timeline_get_view (pn_window_get_timeline (self));
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);
  gsize n = pn_document_get_n_steps (document);

  pn_export_options_init (options);
  options->axis = view->axis;
  options->theme = view->theme;
  if (!pn_timeline_is_fitted (pn_window_get_timeline (self)))
    {
      options->begin = view->begin;
      options->end = view->end;
    }
  /* At the end there is no future to veil. */
  options->at = G_MAXSIZE;
  if (event != PN_EVENT_OPEN && pn_document_find_step (document, event) + 1 < n)
    options->at = event;
}

static void
write_picture (PnWindow *self, PnExportOptions *options, const char *path)
{
  g_autofree char *title
      = pn_document_dup_title (pn_replay_get_document (self->replay));
  g_autoptr (GError) error = NULL;

  options->title = title;
  if (pn_format_from_path (path, &options->format, &error)
      && pn_export_file (pn_replay_get_model (self->replay), options, path, &error))
    note_written (self, "Exported as", path);
  else
    pn_window_show_error (self, error->message);
}

void
pn_window_export_to (PnWindow *self, const char *path)
{
  PnExportOptions options;

  if (pn_replay_get_document (self->replay) == NULL)
    return;
  take_view (self, &options);
  write_picture (self, &options, path);
}

/* The first is chosen: GTK 4.8 does not heed gtk_file_chooser_set_choice () for lists.
 */
static void
add_export_choices (GtkFileChooser *chooser, gboolean whole)
{
  gtk_file_chooser_add_choice (chooser,
                               "format",
                               "Format",
                               (const char *[]){ "png", "svg", "pdf", NULL },
                               (const char *[]){ "PNG", "SVG", "PDF", NULL });
  gtk_file_chooser_add_choice (
      chooser,
      "size",
      "Size",
      (const char *[]){ "wide", "classic", "needed", NULL },
      (const char *[]){ "Slide 16:9", "Slide 4:3", "As high as the lanes need", NULL });
  gtk_file_chooser_add_choice (
      chooser,
      "theme",
      "Colours",
      (const char *[]){ "shown", "light", "dark", "print", NULL },
      (const char *[]){ "As shown", "Light", "Dark", "Black and white", NULL });
  gtk_file_chooser_add_choice (
      chooser,
      "stretch",
      "Stretch",
      whole ? (const char *[]){ "whole", "shown", NULL }
            : (const char *[]){ "shown", "whole", NULL },
      whole ? (const char *[]){ "The whole run", "As shown", NULL }
            : (const char *[]){ "As shown", "The whole run", NULL });
  gtk_file_chooser_add_choice (
      chooser, "veil", "Veil what comes after the event shown", NULL, NULL);
  gtk_file_chooser_set_choice (chooser, "veil", "true");
}

static gboolean
is_chosen (GtkFileChooser *chooser, const char *id, const char *option)
{
  return g_strcmp0 (gtk_file_chooser_get_choice (chooser, id), option) == 0;
}

static void
take_choices (GtkFileChooser *chooser, PnExportOptions *options)
{
  options->width = 1600;
  if (is_chosen (chooser, "size", "wide"))
    options->height = 900;
  else if (is_chosen (chooser, "size", "classic"))
    options->height = 1200;
  else
    options->height = 0;
  if (is_chosen (chooser, "theme", "light"))
    options->theme = PN_THEME_LIGHT;
  else if (is_chosen (chooser, "theme", "dark"))
    options->theme = PN_THEME_DARK;
  else if (is_chosen (chooser, "theme", "print"))
    options->theme = PN_THEME_PRINT;
  if (is_chosen (chooser, "stretch", "whole"))
    options->begin = options->end = 0;
  if (!is_chosen (chooser, "veil", "true"))
    options->at = G_MAXSIZE;
  options->scale = COPY_SCALE;
}

/* What was typed stands, if it names a format; else the one chosen is added. */
static char *
dup_export_path (GtkFileChooser *chooser, const char *path)
{
  const char *ending = gtk_file_chooser_get_choice (chooser, "format");
  const char *dot = strrchr (path, '.');
  PnFormat format;

  if (pn_format_from_path (path, &format, NULL)
      && (ending == NULL || g_strcmp0 (dot + 1, "png") != 0))
    return g_strdup (path);
  if (pn_format_from_path (path, &format, NULL))
    return g_strdup_printf ("%.*s.%s", (int)(dot - path), path, ending);
  return g_strdup_printf ("%s.%s", path, ending != NULL ? ending : "png");
}

static void
on_export_response (GtkNativeDialog *dialog, int response, PnWindow *self)
{
  g_autofree char *chosen = dup_chosen (self, response);
  g_autofree char *path = NULL;
  PnExportOptions options;

  if (chosen == NULL)
    return;
  take_view (self, &options);
  take_choices (GTK_FILE_CHOOSER (dialog), &options);
  path = dup_export_path (GTK_FILE_CHOOSER (dialog), chosen);
  write_picture (self, &options, path);
}

void
pn_window_ask_export (PnWindow *self)
{
  GtkFileChooser *chooser = create_chooser (
      self, "Export a picture", GTK_FILE_CHOOSER_ACTION_SAVE, "_Export");
  g_autofree char *name = dup_file_name (self, ".png");

  add_filter (
      chooser, "Pictures", (const char *const[]){ "*.png", "*.svg", "*.pdf", NULL });
  add_export_choices (chooser, pn_timeline_is_fitted (pn_window_get_timeline (self)));
  gtk_file_chooser_set_current_name (chooser, name);
  show_chooser (self, G_CALLBACK (on_export_response));
}

static GdkContentProvider *
create_provider (PnWindow *self,
                 PnExportOptions *options,
                 PnFormat format,
                 const char *type,
                 GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  options->format = format;
  bytes = pn_export_bytes (pn_replay_get_model (self->replay), options, error);
  return bytes != NULL ? gdk_content_provider_new_for_bytes (type, bytes) : NULL;
}

void
pn_window_copy_picture (PnWindow *self)
{
  GdkContentProvider *providers[2] = { NULL, NULL };
  g_autoptr (GdkContentProvider) both = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  PnExportOptions options;

  if (pn_replay_get_document (self->replay) == NULL)
    return;
  title = pn_document_dup_title (pn_replay_get_document (self->replay));
  take_view (self, &options);
  options.title = title;
  options.scale = COPY_SCALE;
  providers[0] = create_provider (self, &options, PN_FORMAT_PNG, "image/png", &error);
  if (providers[0] != NULL)
    providers[1]
        = create_provider (self, &options, PN_FORMAT_SVG, "image/svg+xml", &error);
  if (providers[1] == NULL)
    {
      g_clear_object (&providers[0]);
      pn_window_show_error (self, error->message);
      return;
    }
  both = gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), both);
  note_done (self, "Picture copied: paste it into a slide");
}
