/* SPDX-License-Identifier: MIT */
#include "pn-style.h"

#define RESOURCES "/io/github/procession/Procession/"
#define PORTAL_TIMEOUT_MS 1000
#define SQUARE                                                                         \
  "tooltip, tooltip.background, popover > contents, window.solid-csd"                  \
  " { border-radius: 0; }"                                                             \
  "popover.background { background: @pn_popup; padding: 0; }"                          \
  "popover > contents { box-shadow: none; margin: 0; }"                                \
  "popover > arrow { background: none; border: none; min-width: 0; min-height: 0; }"

enum
{
  PORTAL_NO_PREFERENCE = 0,
  PORTAL_PREFER_DARK = 1
};

struct _PnStyle
{
  GObject parent_instance;

  PnScheme scheme;
  guint32 portal_scheme;
  gboolean gtk_dark; /* what GTK's own settings said at the start */
  PnThemeKind theme;
  GtkCssProvider *base;
  GtkCssProvider *colors;
  GtkCssProvider *objects;
  GDBusProxy *portal; /* NULL: none there */
  GCancellable *cancellable;
};

enum
{
  THEME_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PnStyle, pn_style, G_TYPE_OBJECT)

static void
add_object_rules (GString *css, PnThemeKind theme, guint order)
{
  g_autofree char *fill = pn_color_to_string (pn_theme_object_color (theme, order));
  g_autofree char *ink = pn_color_to_string (pn_theme_object_ink_color (theme, order));
  g_autofree char *text
      = pn_color_to_string (pn_theme_object_text_color (theme, order));
  const char *name = pn_style_get_object_class (order);

  g_string_append_printf (css, "label.%s { color: %s; }\n", name, ink);
  g_string_append_printf (
      css, "label.chip.%s { background: %s; color: %s; }\n", name, fill, text);
  g_string_append_printf (css,
                          "label.cell.%s { border-color: %s; color: @pn_text;"
                          " background: alpha(%s, 0.16); }\n",
                          name,
                          fill,
                          fill);
}

static void
load_objects (PnStyle *self)
{
  GString *css = g_string_new (NULL);

  for (guint i = 0; i < PN_N_OBJECT_COLORS; i++)
    add_object_rules (css, self->theme, i);
  gtk_css_provider_load_from_data (self->objects, css->str, (gssize)css->len);
  g_string_free (css, TRUE);
}

static PnThemeKind
choose_theme (PnStyle *self)
{
  gboolean dark = self->gtk_dark || self->portal_scheme == PORTAL_PREFER_DARK;

  if (self->scheme != PN_SCHEME_SYSTEM)
    dark = self->scheme == PN_SCHEME_DARK;
  return dark ? PN_THEME_DARK : PN_THEME_LIGHT;
}

/* Set to what it is, GTK would load its whole theme once more. */
static void
prefer_dark (gboolean dark)
{
  GtkSettings *settings = gtk_settings_get_default ();
  gboolean is_dark;

  g_object_get (settings, "gtk-application-prefer-dark-theme", &is_dark, NULL);
  if (is_dark != dark)
    g_object_set (settings, "gtk-application-prefer-dark-theme", dark, NULL);
}

static void
apply (PnStyle *self)
{
  gboolean dark;

  self->theme = choose_theme (self);
  dark = self->theme == PN_THEME_DARK;
  prefer_dark (dark);
  gtk_css_provider_load_from_resource (
      self->colors, dark ? RESOURCES "style-dark.css" : RESOURCES "style-light.css");
  load_objects (self);
  g_signal_emit (self, signals[THEME_CHANGED], 0);
}

static void
take_portal_scheme (PnStyle *self, GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  /* Read answers with a variant in a variant. */
  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *child = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = child;
    }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;
  self->portal_scheme = g_variant_get_uint32 (inner);
  if (choose_theme (self) != self->theme)
    apply (self);
}

static void
on_portal_signal (GDBusProxy *proxy,
                  const char *sender,
                  const char *signal,
                  GVariant *parameters,
                  PnStyle *self)
{
  const char *name_space, *key;
  g_autoptr (GVariant) value = NULL;

  if (g_strcmp0 (signal, "SettingChanged") != 0
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &name_space, &key, &value);
  if (g_str_equal (name_space, "org.freedesktop.appearance")
      && g_str_equal (key, "color-scheme"))
    take_portal_scheme (self, value);
}

static void
on_portal_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  g_autoptr (GVariant) value = NULL;

  /* Cancelled, or a portal without that setting: GTK's own stands. */
  if (answer == NULL)
    return;
  g_variant_get (answer, "(v)", &value);
  take_portal_scheme (PN_STYLE (user_data), value);
}

static void
on_portal_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusProxy *portal = g_dbus_proxy_new_for_bus_finish (result, NULL);
  PnStyle *self = user_data;

  if (portal == NULL)
    return;
  self->portal = portal;
  g_signal_connect (portal, "g-signal", G_CALLBACK (on_portal_signal), self);
  g_dbus_proxy_call (
      portal,
      "Read",
      g_variant_new ("(ss)", "org.freedesktop.appearance", "color-scheme"),
      G_DBUS_CALL_FLAGS_NONE,
      PORTAL_TIMEOUT_MS,
      self->cancellable,
      on_portal_read,
      self);
}

static GtkCssProvider *
add_provider (guint priority)
{
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_style_context_add_provider_for_display (
      gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), priority);
  return provider;
}

static void
pn_style_dispose (GObject *object)
{
  PnStyle *self = PN_STYLE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->portal != NULL)
    g_signal_handlers_disconnect_by_data (self->portal, self);
  g_clear_object (&self->portal);
  g_clear_object (&self->base);
  g_clear_object (&self->colors);
  g_clear_object (&self->objects);

  G_OBJECT_CLASS (pn_style_parent_class)->dispose (object);
}

static void
pn_style_class_init (PnStyleClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pn_style_dispose;
  signals[THEME_CHANGED] = g_signal_new ("theme-changed",
                                         G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         0);
}

static void
pn_style_init (PnStyle *self)
{
  g_autofree char *theme_name = NULL;

  g_object_get (gtk_settings_get_default (),
                "gtk-application-prefer-dark-theme",
                &self->gtk_dark,
                "gtk-theme-name",
                &theme_name,
                NULL);
  if (theme_name != NULL && g_str_has_suffix (theme_name, "-dark"))
    self->gtk_dark = TRUE;

  self->colors = add_provider (GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  self->objects = add_provider (GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  /* Round corners and shadows are black where nobody puts windows together. */
  if (!gdk_display_is_composited (gdk_display_get_default ()))
    gtk_css_provider_load_from_data (
        add_provider (GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1), SQUARE, -1);
  self->base = add_provider (GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_css_provider_load_from_resource (self->base, RESOURCES "style.css");
  apply (self);

  self->cancellable = g_cancellable_new ();
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION,
                            G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES
                                | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION,
                            NULL,
                            "org.freedesktop.portal.Desktop",
                            "/org/freedesktop/portal/desktop",
                            "org.freedesktop.portal.Settings",
                            self->cancellable,
                            on_portal_ready,
                            self);
}

PnStyle *
pn_style_new (void)
{
  return g_object_new (PN_TYPE_STYLE, NULL);
}

void
pn_style_set_scheme (PnStyle *self, PnScheme scheme)
{
  self->scheme = scheme;
  apply (self);
}

PnThemeKind
pn_style_get_theme (PnStyle *self)
{
  return self->theme;
}

const char *
pn_style_get_object_class (guint order)
{
  static char names[PN_N_OBJECT_COLORS][12];
  char *name = names[order % PN_N_OBJECT_COLORS];

  if (*name == '\0')
    g_snprintf (name, sizeof names[0], "object-%u", order % PN_N_OBJECT_COLORS);
  return name;
}
