/* SPDX-License-Identifier: MIT */
#include "pn-app.h"

#include "pn-resources.h"
#include "pn-window.h"

struct _PnApp
{
  GtkApplication parent_instance;

  PnStyle *style;
  GPtrArray *catalogue;
  char *complaint; /* why a lesson is not in the catalogue; NULL: all are */
};

G_DEFINE_FINAL_TYPE (PnApp, pn_app, GTK_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *accels[3];
} accels[] = {
  { "win.run", { "<Control>r", NULL } },
  { "win.stop", { "<Control>period", NULL } },
  { "win.open", { "<Control>o", NULL } },
  { "win.save", { "<Control>s", NULL } },
  { "win.export", { "<Control>e", NULL } },
  { "win.copy-picture", { "<Control><Shift>c", NULL } },
  { "win.fit", { "<Control>0", "<Control>KP_0", NULL } },
  { "win.zoom-in", { "<Control>plus", "<Control>equal", NULL } },
  { "win.zoom-out", { "<Control>minus", NULL } },
  { "win.search", { "<Control>f", NULL } },
  { "win.lessons", { "F9", NULL } },
  { "win.panel", { "<Shift>F9", NULL } },
  { "win.keys", { "<Control>question", "F1", NULL } },
  { "app.quit", { "<Control>q", NULL } },
};

static void
show_about (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  gtk_show_about_dialog (
      gtk_application_get_active_window (GTK_APPLICATION (app)),
      "program-name",
      "Procession",
      "logo-icon-name",
      PN_APP_ID,
      "comments",
      "Shows what processes do to each other: who starts whom, who waits for whom, who "
      "holds which lock, and which message went where.",
      "license-type",
      GTK_LICENSE_MIT_X11,
      NULL);
}

static void
quit (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (app))) != NULL)
    gtk_window_destroy (windows->data);
}

static void
set_theme (GSimpleAction *action, GVariant *value, gpointer app)
{
  const char *name = g_variant_get_string (value, NULL);
  PnScheme scheme = PN_SCHEME_SYSTEM;

  if (g_str_equal (name, "light"))
    scheme = PN_SCHEME_LIGHT;
  else if (g_str_equal (name, "dark"))
    scheme = PN_SCHEME_DARK;
  else if (!g_str_equal (name, "system"))
    return;
  g_simple_action_set_state (action, value);
  pn_style_set_scheme (PN_APP (app)->style, scheme);
}

static const GActionEntry entries[] = {
  { "about", show_about, NULL, NULL, NULL, { 0 } },
  { "quit", quit, NULL, NULL, NULL, { 0 } },
  { "theme", NULL, "s", "'system'", set_theme, { 0 } },
};

static void
load_catalogue (PnApp *self)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);

  self->catalogue = pn_catalogue_load (errors);
  if (errors->len > 0)
    self->complaint = g_strdup_printf ("A lesson is left out: %s",
                                       (const char *)g_ptr_array_index (errors, 0));
  else if (self->catalogue->len == 0)
    self->complaint = g_strdup (
        "No lessons are here: build them with ninja, or install Procession.");
}

static void
pn_app_startup (GApplication *app)
{
  PnApp *self = PN_APP (app);

  /* Before GTK looks for what lies under the application's path. */
  pn_register_resource ();
  G_APPLICATION_CLASS (pn_app_parent_class)->startup (app);
  gtk_window_set_default_icon_name (PN_APP_ID);
  self->style = pn_style_new ();
  load_catalogue (self);
  g_action_map_add_action_entries (
      G_ACTION_MAP (app), entries, G_N_ELEMENTS (entries), app);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (app), accels[i].action, accels[i].accels);
}

static gboolean
is_in_browser (void)
{
  return g_strcmp0 (g_getenv ("GDK_BACKEND"), "broadway") == 0;
}

static PnWindow *
create_window (PnApp *self)
{
  PnWindow *window
      = pn_window_new (GTK_APPLICATION (self), self->style, self->catalogue);

  if (self->complaint != NULL)
    pn_window_show_error (window, self->complaint);
  /* How large the page is comes with the browser; who is maximized fills it then. */
  if (is_in_browser ())
    gtk_window_maximize (GTK_WINDOW (window));
  return window;
}

static void
pn_app_activate (GApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (window == NULL)
    {
      PnWindow *first = create_window (PN_APP (app));

      pn_window_choose_first (first);
      window = GTK_WINDOW (first);
    }
  gtk_window_present (window);
}

static void
pn_app_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);
      PnWindow *window = create_window (PN_APP (app));

      if (path != NULL)
        pn_window_open (window, path);
      else
        pn_window_show_error (
            window, "That file is not on this computer: copy it here, then open it.");
      gtk_window_present (GTK_WINDOW (window));
    }
}

static void
pn_app_finalize (GObject *object)
{
  PnApp *self = PN_APP (object);

  g_clear_object (&self->style);
  g_clear_pointer (&self->catalogue, g_ptr_array_unref);
  g_free (self->complaint);

  G_OBJECT_CLASS (pn_app_parent_class)->finalize (object);
}

static void
pn_app_class_init (PnAppClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pn_app_finalize;
  app_class->startup = pn_app_startup;
  app_class->activate = pn_app_activate;
  app_class->open = pn_app_open;
}

static void
pn_app_init (PnApp *self)
{
}

int
pn_app_run (int argc, char **argv)
{
  /* A window in a browser is none that an instance on another display could open. */
  g_autoptr (PnApp) app = g_object_new (
      PN_TYPE_APP,
      "application-id",
      PN_APP_ID,
      "flags",
      G_APPLICATION_HANDLES_OPEN | (is_in_browser () ? G_APPLICATION_NON_UNIQUE : 0),
      NULL);

  g_set_application_name ("Procession");
  return g_application_run (G_APPLICATION (app), argc, argv);
}
