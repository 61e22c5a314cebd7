/* SPDX-License-Identifier: MIT */
#include "gui-rig.h"

#include <stdlib.h>

/* GTK 4.8 complains if a window goes while one of its adjustments is on its way to
 * another value (gtk_adjustment_enable_animation), and a complaint ends a test. The way
 * takes 200 ms. */
#define SCROLLED_MS 400
#define PATIENCE_US (20 * G_USEC_PER_SEC)

static GHashTable *activated;

void
gui_init (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE); /* its drivers leak */
  g_test_init (argc, argv, NULL);
  if (!gtk_init_check ())
    {
      puts ("1..0 # SKIP no display");
      exit (0);
    }
  activated = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* One for all tests: GApplication can be registered once in a process. */
static GtkApplication *
get_app (void)
{
  static GtkApplication *app;
  g_autoptr (GError) error = NULL;

  if (app != NULL)
    return app;
  app = g_object_new (PN_TYPE_APP,
                      "application-id",
                      PN_APP_ID,
                      "flags",
                      G_APPLICATION_NON_UNIQUE,
                      NULL);
  g_assert_true (g_application_register (G_APPLICATION (app), NULL, &error));
  g_assert_no_error (error);
  return app;
}

static gboolean
is_complete (GuiRig *rig)
{
  return pn_window_get_timeline (rig->window) != NULL;
}

void
gui_set_up (GuiRig *rig, gconstpointer unused)
{
  rig->app = get_app ();
  g_application_activate (G_APPLICATION (rig->app));
  rig->window = PN_WINDOW (gtk_application_get_active_window (rig->app));
  g_assert_nonnull (rig->window);
  rig->replay = pn_window_get_replay (rig->window);
  gui_wait (rig, is_complete);
  rig->timeline = pn_window_get_timeline (rig->window);
  gui_wait_ms (50);
}

void
gui_tear_down (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *window = GTK_WIDGET (rig->window);

  g_object_add_weak_pointer (G_OBJECT (rig->window), (gpointer *)&rig->window);
  gui_wait_ms (SCROLLED_MS);
  gtk_window_destroy (GTK_WINDOW (window));
  gui_wait_ms (50);
  g_assert_null (rig->window);
}

void
gui_wait (GuiRig *rig, GuiCondition condition)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (rig))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

void
gui_wait_ms (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);

  while (g_get_monotonic_time () < deadline)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

gboolean
gui_is_enabled (GuiRig *rig, const char *name)
{
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (rig->window), name));
  return g_action_group_get_action_enabled (G_ACTION_GROUP (rig->window), name);
}

void
gui_act (GuiRig *rig, const char *name, const char *parameter)
{
  GVariant *value = parameter != NULL ? g_variant_new_parsed (parameter) : NULL;

  g_hash_table_add (activated, g_strdup (name));
  g_assert_true (gui_is_enabled (rig, name));
  g_action_group_activate_action (G_ACTION_GROUP (rig->window), name, value);
}

GHashTable *
gui_get_activated (void)
{
  return activated;
}

gboolean
gui_is_running (GuiRig *rig)
{
  PnDocument *document = pn_replay_get_document (rig->replay);

  return document != NULL && pn_document_is_running (document);
}

gboolean
gui_is_over (GuiRig *rig)
{
  return !gui_is_running (rig);
}

void
gui_run_lesson (GuiRig *rig, const char *id)
{
  g_autofree char *parameter = g_strdup_printf ("'%s'", id);

  gui_act (rig, "lesson", parameter);
  gui_act (rig, "run", NULL);
  gui_wait (rig, gui_is_over);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
}

gsize
gui_get_event (GuiRig *rig)
{
  return pn_replay_get_event (rig->replay);
}

gsize
gui_get_n_steps (GuiRig *rig)
{
  return pn_document_get_n_steps (pn_replay_get_document (rig->replay));
}

static gboolean
has_text (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget))
    return g_strcmp0 (gtk_label_get_label (GTK_LABEL (widget)), text) == 0;
  if (GTK_IS_BUTTON (widget))
    return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0;
  return FALSE;
}

GtkWidget *
gui_find (GtkWidget *widget, const char *type, const char *text)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type)
      && (text == NULL || has_text (widget, text)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gui_find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

const char *
gui_get_message (GuiRig *rig)
{
  GtkWidget *bar = gui_find (GTK_WIDGET (rig->window), "GtkInfoBar", NULL);

  g_assert_nonnull (bar);
  if (!gtk_info_bar_get_revealed (GTK_INFO_BAR (bar)))
    return NULL;
  return gtk_label_get_label (GTK_LABEL (gui_find (bar, "GtkLabel", NULL)));
}
