/* SPDX-License-Identifier: MIT */

/* How the window's parts share its width. */

#include "pn-window-private.h"

#define NARROW_PX 1280 /* all of it at its full size takes some 1240 */
#define WIDE_PX 1400   /* room for lines of code of 52 characters */
#define SIDE_LEAST_PX 240

static int
get_side_width (PnWindow *self)
{
  return self->narrow ? 288 : self->wide ? 404 : 360;
}

/* With its padding; 0: none yet. */
static int
get_given_width (PnWindow *self)
{
  graphene_rect_t bounds;

  if (gtk_widget_get_width (self->side_panel) == 0
      || !gtk_widget_compute_bounds (
          self->side_panel, GTK_WIDGET (self->paned), &bounds))
    return 0;
  return (int)bounds.size.width;
}

/* Until it has a size, the panel's is what it asks for. From then on it is the paned's
 * position, so that a person can make it narrower; who did so is left alone. */
static void
adapt_side_panel (PnWindow *self)
{
  int wanted = get_side_width (self);
  int given = get_given_width (self);
  int position = gtk_paned_get_position (self->paned);

  if (given == 0)
    {
      if (self->side_px == 0)
        gtk_widget_set_size_request (self->side_panel, wanted, -1);
      return;
    }
  if (self->side_px == 0)
    gtk_widget_set_size_request (self->side_panel, SIDE_LEAST_PX, -1);
  if (self->side_px == 0 || given == self->side_px)
    {
      gtk_paned_set_position (self->paned, position + given - wanted);
      self->side_px = wanted;
    }
}

static void
adapt (PnWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->narrow)
    gtk_widget_add_css_class (widget, "narrow");
  else
    gtk_widget_remove_css_class (widget, "narrow");
  gtk_widget_set_size_request (self->sidebar, self->narrow ? 176 : 212, -1);
  adapt_side_panel (self);
  if (self->run_page != NULL)
    pn_run_page_set_narrow (self->run_page, self->narrow);
}

static gboolean
on_adapt_idle (gpointer user_data)
{
  PnWindow *self = user_data;

  self->adapt_source = 0;
  adapt (self);
  return G_SOURCE_REMOVE;
}

static void
queue_adapt (PnWindow *self)
{
  if (self->adapt_source == 0)
    self->adapt_source
        = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_adapt_idle, self, NULL);
}

/* Returns whether that changes what adapt () does. */
static gboolean
take_width (PnWindow *self, int width)
{
  gboolean narrow = width < NARROW_PX;
  gboolean wide = width >= WIDE_PX;

  if (narrow == self->narrow && wide == self->wide)
    return FALSE;
  self->narrow = narrow;
  self->wide = wide;
  return TRUE;
}

/* Not larger than the smallest screen: where there is no window manager nobody else
 * would see to it. That width is the first frame's. */
void
pn_window_init_size (PnWindow *self)
{
  GtkWindow *window = GTK_WINDOW (self);
  GListModel *monitors = gdk_display_get_monitors (gdk_display_get_default ());
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  for (guint i = 0; i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);
      GdkRectangle area;

      gdk_monitor_get_geometry (monitor, &area);
      width = MIN (width, area.width);
      height = MIN (height, area.height);
    }
  gtk_window_set_default_size (window, width, height);
  take_width (self, width);
  adapt (self);
}

/* The surface's size is known before its children have theirs; they can't change while
 * they are allocated. */
static void
on_surface_layout (GdkSurface *surface, int width, int height, PnWindow *self)
{
  if (take_width (self, width))
    queue_adapt (self);
}

void
pn_window_watch_size (PnWindow *self)
{
  g_signal_connect (gtk_native_get_surface (GTK_NATIVE (self)),
                    "layout",
                    G_CALLBACK (on_surface_layout),
                    self);
}

void
pn_window_unwatch_size (PnWindow *self)
{
  /* Not by data: GTK has handlers with the same. */
  g_signal_handlers_disconnect_by_func (
      gtk_native_get_surface (GTK_NATIVE (self)), on_surface_layout, self);
}

void
pn_window_note_allocation (PnWindow *self)
{
  if (self->side_px == 0 && get_given_width (self) > 0)
    queue_adapt (self);
}

void
pn_window_forget_size (PnWindow *self)
{
  g_clear_handle_id (&self->adapt_source, g_source_remove);
}
