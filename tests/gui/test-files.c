/* SPDX-License-Identifier: MIT */
#include "gui-rig.h"

#include "pn-sample.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static char *
dup_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
act_on (GuiRig *rig, const char *action, const char *path)
{
  g_autoptr (GVariant) text = g_variant_ref_sink (g_variant_new_string (path));
  g_autofree char *parameter = g_variant_print (text, FALSE);

  gui_act (rig, action, parameter);
}

/* NULL: none is shown. */
static const char *
get_note (GuiRig *rig)
{
  GtkWidget *page = gui_find (GTK_WIDGET (rig->window), "PnRunPage", NULL);
  GtkRevealer *revealer = GTK_REVEALER (gui_find (page, "GtkRevealer", NULL));

  if (!gtk_revealer_get_reveal_child (revealer))
    return NULL;
  return gtk_label_get_label (GTK_LABEL (gtk_revealer_get_child (revealer)));
}

static void
test_a_recording_can_be_saved_and_opened (GuiRig *rig, gconstpointer unused)
{
  g_autofree char *path = dup_path ("lock.procession");
  PnDocument *document;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *subtitle = NULL;

  gui_run_lesson (rig, "lock");
  document = pn_replay_get_document (rig->replay);
  before = pn_document_dup_subtitle (document);
  g_assert_cmpstr (get_note (rig), ==, NULL);
  act_on (rig, "save-file", path);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
  g_assert_cmpstr (get_note (rig), ==, "Saved as lock.procession");

  act_on (rig, "open-file", path);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
  g_assert_true (pn_replay_get_document (rig->replay) != document);
  after = pn_document_dup_subtitle (pn_replay_get_document (rig->replay));
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (rig->window)), ==, "Lock");
  subtitle = g_strdup_printf ("lock.procession · %s", after);
  g_assert_nonnull (gui_find (GTK_WIDGET (rig->window), "GtkLabel", subtitle));
  g_assert_cmpstr (
      pn_document_get_lesson (pn_replay_get_document (rig->replay))->id, ==, "lock");
  g_assert_true (gui_is_enabled (rig, "back"));
}

static void
test_what_is_no_recording_is_a_message (GuiRig *rig, gconstpointer unused)
{
  g_autofree char *path = dup_path ("garbage");
  g_autofree char *missing = dup_path ("missing");

  g_assert_true (g_file_set_contents (path, "no recording", -1, NULL));
  act_on (rig, "open-file", path);
  g_assert_nonnull (strstr (gui_get_message (rig), path));
  act_on (rig, "open-file", missing);
  g_assert_nonnull (strstr (gui_get_message (rig), missing));
  g_assert_null (pn_replay_get_document (rig->replay));
}

static void
write_recording (const char *path, const char *script)
{
  g_autoptr (GBytes) stream = pn_sample_compile (script);
  gsize bytes;
  const char *data = g_bytes_get_data (stream, &bytes);

  g_assert_true (g_file_set_contents (path, data, (gssize)bytes, NULL));
}

static GtkWidget *
find_run_button (GuiRig *rig)
{
  GtkWidget *header = gui_find (GTK_WIDGET (rig->window), "GtkHeaderBar", NULL);

  return gtk_widget_get_ancestor (gui_find (header, "GtkLabel", "Run"),
                                  GTK_TYPE_BUTTON);
}

/* It says what it is and what is missing, and nothing that can't be done is offered. */
static void
test_a_recording_of_another_program (GuiRig *rig, gconstpointer unused)
{
  static const char script[] = "0.0 runner run.begin \"Mine\"\n"
                               "0.0 main process.begin\n"
                               "0.1 main sleep.begin ~0.1 @/nowhere/mine-of-mine.c:2\n"
                               "0.2 main sleep.end\n";
  g_autofree char *path = dup_path ("mine.procession");
  g_autofree char *source = dup_path ("mine-of-mine.c");
  GtkWidget *window = GTK_WIDGET (rig->window);
  GtkWidget *code = gui_find (window, "PnCode", NULL);
  GtkWidget *reason;
  g_autofree char *text = NULL;

  write_recording (path, script);
  act_on (rig, "open-file", path);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
  g_assert_false (gui_is_enabled (rig, "run"));
  g_assert_false (gtk_widget_is_sensitive (find_run_button (rig)));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (find_run_button (rig)),
                            "none of the lessons"));
  reason = gui_find (code,
                     "GtkLabel",
                     "The source file mine-of-mine.c is not where it was recorded. Put "
                     "it beside the recording and open that again: then it stands "
                     "here, with the line where each process is.");
  g_assert_nonnull (reason);
  g_assert_true (gtk_widget_get_mapped (reason));
  g_assert_nonnull (gui_find (code, "GtkLabel", "Mine"));

  g_assert_true (g_file_set_contents (source, "int\nmain (void)\n", -1, NULL));
  act_on (rig, "open-file", path);
  g_assert_false (gtk_widget_get_mapped (reason));
  g_object_get (
      gtk_text_view_get_buffer (GTK_TEXT_VIEW (gui_find (code, "PnSourceView", NULL))),
      "text",
      &text,
      NULL);
  g_assert_cmpstr (text, ==, "int\nmain (void)\n");

  gui_act (rig, "lesson", "'lock'");
  g_assert_true (gui_is_enabled (rig, "run"));
  g_assert_true (gtk_widget_is_sensitive (find_run_button (rig)));
}

static void
test_a_crash_is_no_good_end (GuiRig *rig, gconstpointer unused)
{
  static const char script[] = "0.0 runner run.begin \"Crash\"\n"
                               "0.0 main process.begin\n"
                               "0.1 main process.start P1\n"
                               "0.1 P1 process.begin\n"
                               "0.2 P1 process.end =-11\n"
                               "0.3 main process.join P1 =-11\n"
                               "0.4 main process.end =0\n"
                               "0.4 runner run.end\n";
  g_autofree char *path = dup_path ("crash.procession");
  GtkWidget *verdict;

  write_recording (path, script);
  act_on (rig, "open-file", path);
  verdict = gui_find (GTK_WIDGET (rig->window), "GtkLabel", "All have ended.");
  g_assert_nonnull (verdict);
  g_assert_false (gtk_widget_has_css_class (verdict, "good"));

  gui_run_lesson (rig, "start-and-join");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (verdict)), ==, "All have ended.");
  g_assert_true (gtk_widget_has_css_class (verdict, "good"));
}

static void
test_a_run_that_was_ended_says_why (GuiRig *rig, gconstpointer unused)
{
  static const struct
  {
    const char *end;
    const char *trouble;
  } cases[] = {
    { "0.3 runner run.end\n", NULL },
    { "0.3 runner run.end =-9 \"stopped\"\n", NULL },
    { "0.3 runner run.end =-9 \"stopped after 60 s, the limit\"\n",
      "The run was stopped after 60 s, the limit" },
    { "0.3 runner run.end =127 \"cannot start x: look\"\n",
      "The run: cannot start x: look" },
    { "", "The run broke off: run it again." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = dup_path ("ended.procession");
      g_autofree char *script
          = g_strconcat ("0.0 runner run.begin \"Ended\"\n0.0 main process.begin\n"
                         "0.2 main process.end =-9\n",
                         cases[i].end,
                         NULL);
      g_autofree char *trouble = NULL;

      write_recording (path, script);
      act_on (rig, "open-file", path);
      trouble = pn_document_dup_trouble (pn_replay_get_document (rig->replay));
      g_assert_cmpstr (trouble, ==, cases[i].trouble);
    }
}

/* Where each row's last column begins. */
static void
collect_columns (GtkWidget *widget, GtkWidget *window, GArray *columns)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "PnEventRow"))
    {
      GtkWidget *box = gtk_widget_get_first_child (widget);
      graphene_rect_t bounds;
      int x;

      g_assert_true (
          gtk_widget_compute_bounds (gtk_widget_get_last_child (box), window, &bounds));
      x = (int)bounds.origin.x;
      g_array_append_val (columns, x);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_columns (child, window, columns);
}

static void
test_rows_are_a_table (GuiRig *rig, gconstpointer unused)
{
  static const char script[]
      = "0.0 runner run.begin \"Names\"\n"
        "0.0 main process.begin\n"
        "0.1 main process.start P1 \"a name of no few letters\"\n"
        "0.1 P1 process.begin\n"
        "0.2 P1 sleep.begin ~0.1\n"
        "0.4 main process.exit\n";
  g_autofree char *path = dup_path ("names.procession");
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (int));

  write_recording (path, script);
  act_on (rig, "open-file", path);
  gui_wait_ms (200);
  collect_columns (GTK_WIDGET (rig->window), GTK_WIDGET (rig->window), columns);
  g_assert_cmpuint (columns->len, ==, 3);
  g_assert_cmpint (g_array_index (columns, int, 0), >, 0);
  for (guint i = 1; i < columns->len; i++)
    g_assert_cmpint (
        g_array_index (columns, int, i), ==, g_array_index (columns, int, 0));
}

static void
test_pictures_are_written_in_each_format (GuiRig *rig, gconstpointer unused)
{
  static const struct
  {
    const char *name;
    const char *magic;
  } cases[] = {
    { "a.png", "\x89PNG" },
    { "a.svg", "<?xml" },
    { "a.pdf", "%PDF" },
  };

  gui_run_lesson (rig, "start-and-join");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = dup_path (cases[i].name);
      g_autofree char *bytes = NULL;
      gsize length;

      act_on (rig, "export-file", path);
      g_assert_cmpstr (gui_get_message (rig), ==, NULL);
      g_assert_true (g_str_has_suffix (get_note (rig), cases[i].name));
      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      g_assert_cmpuint (length, >, 1000);
      g_assert_true (g_str_has_prefix (bytes, cases[i].magic));
    }
}

static void
test_a_picture_that_cannot_be_written_is_a_message (GuiRig *rig, gconstpointer unused)
{
  g_autofree char *format = dup_path ("a.docx");
  g_autofree char *nowhere = dup_path ("no/such/folder/a.png");

  gui_run_lesson (rig, "start-and-join");
  act_on (rig, "export-file", format);
  g_assert_nonnull (gui_get_message (rig));
  act_on (rig, "save-file", nowhere);
  g_assert_nonnull (strstr (gui_get_message (rig), nowhere));
  act_on (rig, "export-file", nowhere);
  g_assert_nonnull (strstr (gui_get_message (rig), nowhere));
  g_assert_cmpstr (get_note (rig), ==, NULL);

  gui_act (rig, "copy-picture", NULL);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
}

static void
on_texture (GObject *clipboard, GAsyncResult *result, gpointer texture)
{
  g_autoptr (GError) error = NULL;

  *(GdkTexture **)texture
      = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (clipboard), result, &error);
  g_assert_no_error (error);
}

static void
test_the_picture_is_copied_as_png_and_svg (GuiRig *rig, gconstpointer unused)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (rig->window));
  GdkContentFormats *formats;
  GdkTexture *texture = NULL;

  gui_run_lesson (rig, "start-and-join");
  gui_act (rig, "copy-picture", NULL);
  g_assert_cmpstr (get_note (rig), ==, "Picture copied: paste it into a slide");
  formats = gdk_clipboard_get_formats (clipboard);
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/png"));
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/svg+xml"));

  gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, &texture);
  while (texture == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 3200);
  g_object_unref (texture);
}

static GtkWindow *
find_dialog (GuiRig *rig)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window)
          && gtk_widget_get_visible (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

static gboolean
has_dialog (GuiRig *rig)
{
  return find_dialog (rig) != NULL;
}

static gboolean
has_no_dialog (GuiRig *rig)
{
  return !has_dialog (rig);
}

/* Without a portal the native chooser is GTK's own dialog. */
static void
test_choosers_open_and_close (GuiRig *rig, gconstpointer unused)
{
  static const char *const actions[] = { "open", "save", "export" };

  gui_run_lesson (rig, "start-and-join");
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gui_act (rig, actions[i], NULL);
      gui_wait (rig, has_dialog);
      /* It complains about a folder that it could not list in time. */
      gui_wait_ms (500);
      gtk_dialog_response (GTK_DIALOG (find_dialog (rig)), GTK_RESPONSE_CANCEL);
      gui_wait (rig, has_no_dialog);
    }
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
}

static void
clear_folder (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = dup_path (name);

      g_unlink (path);
    }
  g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  int status;

  gui_init (&argc, &argv);
  folder = g_dir_make_tmp ("procession-gui-XXXXXX", NULL);

#define ADD(name, function)                                                            \
  g_test_add ("/files/" name, GuiRig, NULL, gui_set_up, test_##function, gui_tear_down)
  ADD ("save-and-open", a_recording_can_be_saved_and_opened);
  ADD ("no-recording", what_is_no_recording_is_a_message);
  ADD ("another-program", a_recording_of_another_program);
  ADD ("crash", a_crash_is_no_good_end);
  ADD ("ended", a_run_that_was_ended_says_why);
  ADD ("rows", rows_are_a_table);
  ADD ("formats", pictures_are_written_in_each_format);
  ADD ("not-written", a_picture_that_cannot_be_written_is_a_message);
  ADD ("copy", the_picture_is_copied_as_png_and_svg);
  ADD ("choosers", choosers_open_and_close);
#undef ADD
  status = g_test_run ();
  clear_folder ();
  return status;
}
