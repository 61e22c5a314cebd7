/* SPDX-License-Identifier: MIT */
#include "pn-overview.h"

#include "pn-paint.h"

#define HEIGHT_PX 44

struct _PnOverview
{
  GtkWidget parent_instance;

  PnTimeline *timeline;
  PnReplay *replay;
  double grab; /* from the handle's begin to where it was taken, in units */
};

G_DEFINE_FINAL_TYPE (PnOverview, pn_overview, GTK_TYPE_WIDGET)

static const PnLayout *
get_layout (PnOverview *self)
{
  return self->timeline != NULL ? pn_timeline_get_layout (self->timeline) : NULL;
}

static void
pn_overview_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PnOverview *self = PN_OVERVIEW (widget);
  const PnLayout *layout = get_layout (self);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cr;

  if (layout == NULL)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  pn_paint_overview (cr, pn_replay_get_model (self->replay), layout, width, height);
  cairo_destroy (cr);
}

static void
pn_overview_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 120;
  *natural = *minimum;
}

static double
get_unit (PnOverview *self, const PnLayout *layout, double x)
{
  return pn_overview_x_to_unit (pn_replay_get_model (self->replay),
                                layout,
                                gtk_widget_get_width (GTK_WIDGET (self)),
                                x);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PnOverview *self)
{
  const PnLayout *layout = get_layout (self);
  const PnView *view;
  double unit, length;

  if (layout == NULL)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  view = pn_timeline_get_view (self->timeline);
  unit = get_unit (self, layout, x);
  length = view->end - view->begin;
  if (unit >= view->begin && unit < view->end)
    self->grab = unit - view->begin;
  else
    {
      self->grab = length / 2;
      pn_timeline_scroll_to (self->timeline, unit - self->grab);
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, double by_x, double by_y, PnOverview *self)
{
  const PnLayout *layout = get_layout (self);
  double x;

  if (layout == NULL || by_x == 0)
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, NULL);
  pn_timeline_scroll_to (self->timeline,
                         get_unit (self, layout, x + by_x) - self->grab);
}

static void
pn_overview_dispose (GObject *object)
{
  PnOverview *self = PN_OVERVIEW (object);

  if (self->timeline != NULL)
    g_signal_handlers_disconnect_by_data (self->timeline, self);
  g_clear_object (&self->timeline);
  g_clear_object (&self->replay);

  G_OBJECT_CLASS (pn_overview_parent_class)->dispose (object);
}

static void
pn_overview_class_init (PnOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_overview_dispose;
  widget_class->snapshot = pn_overview_snapshot;
  widget_class->measure = pn_overview_measure;
  gtk_widget_class_set_css_name (widget_class, "overview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pn_overview_init (PnOverview *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Overview of the whole run",
                                  -1);
}

void
pn_overview_set_timeline (PnOverview *self, PnTimeline *timeline, PnReplay *replay)
{
  g_return_if_fail (PN_IS_OVERVIEW (self) && self->timeline == NULL);

  self->timeline = g_object_ref (timeline);
  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (
      timeline, "view-changed", G_CALLBACK (gtk_widget_queue_draw), self);
}
