/* SPDX-License-Identifier: MIT */
#include "pn-timeline-private.h"

#include "pn-paint.h"

#define ANIMATION_US (300 * 1000)
#define PLAYHEAD_MARGIN 0.1 /* of the stretch, where a moment is scrolled into view */

enum
{
  VIEW_CHANGED,
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PnTimeline, pn_timeline, GTK_TYPE_WIDGET)

static PnDocument *
get_document (PnTimeline *self)
{
  return self->replay != NULL ? pn_replay_get_document (self->replay) : NULL;
}

static PnModel *
get_model (PnTimeline *self)
{
  return self->replay != NULL ? pn_replay_get_model (self->replay) : NULL;
}

static void
update_vadjustment (PnTimeline *self)
{
  double ruler = pn_layout_get_ruler_height (self->layout);
  double full = pn_layout_get_full_height (self->layout) - ruler;
  double page = MAX (self->view.height - ruler, 1);
  double value = CLAMP (self->view.scroll_y, 0, MAX (full - page, 0));

  gtk_adjustment_configure (
      self->vadjustment, value, 0, MAX (full, page), 40, page * 0.9, page);
}

/* Before the frame is laid out: a scroll bar that changed while it is drawn would be
 * drawn without its place. */
static gboolean
on_refresh (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  PnTimeline *self = PN_TIMELINE (widget);

  self->refresh = 0;
  if (pn_timeline_get_layout (self) != NULL)
    update_vadjustment (self);
  return G_SOURCE_REMOVE;
}

void
pn_timeline_invalidate (PnTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_clear_pointer (&self->layout, pn_layout_free);
  gtk_widget_queue_draw (widget);
  if (self->refresh == 0)
    self->refresh = gtk_widget_add_tick_callback (widget, on_refresh, NULL, NULL);
}

void
pn_timeline_take_stretch (PnTimeline *self)
{
  self->fitted = FALSE;
  pn_timeline_invalidate (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
take_moment (PnTimeline *self)
{
  PnDocument *document = get_document (self);

  self->view.playhead = pn_replay_get_event (self->replay);
  if (self->view.playhead == PN_EVENT_OPEN)
    self->view.playhead = G_MAXSIZE;
  self->view.playhead_after = 0;
  if (pn_replay_get_axis (self->replay) == self->view.axis)
    self->view.playhead_after = pn_replay_get_after (self->replay);
  self->view.now_ns = 0;
  if (!pn_document_is_running (document))
    return;
  self->view.now_ns = pn_document_get_now_ns (document);
  /* One look at the clock for both: nothing comes after the newest moment. */
  if (pn_replay_get_following (self->replay))
    self->view.now_ns = pn_replay_get_time_ns (self->replay);
}

static void
ensure_layout (PnTimeline *self)
{
  PnDocument *document = get_document (self);

  self->view.device_scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  self->view.width = gtk_widget_get_width (GTK_WIDGET (self));
  self->view.height = gtk_widget_get_height (GTK_WIDGET (self));
  if (self->layout != NULL || document == NULL || self->view.width < 1)
    return;
  take_moment (self);
  if (self->fitted)
    pn_view_fit (&self->view, pn_document_get_model (document));
  self->layout = pn_layout_new (pn_document_get_model (document), &self->view);
}

static void
pn_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PnTimeline *self = PN_TIMELINE (widget);
  cairo_t *cr;

  ensure_layout (self);
  if (self->layout == NULL)
    return;

  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, self->view.width, self->view.height));
  pn_paint (cr, self->layout);
  cairo_destroy (cr);
}

static void
pn_timeline_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = horizontal ? 240 : 120;
  *natural = horizontal ? 600 : 300;
}

static void
pn_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PnTimeline *self = PN_TIMELINE (widget);

  pn_timeline_invalidate (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
on_vadjustment_changed (PnTimeline *self)
{
  double value = gtk_adjustment_get_value (self->vadjustment);

  if (value == self->view.scroll_y)
    return;
  self->view.scroll_y = value;
  pn_timeline_invalidate (self);
}

static double
get_playhead_unit (PnTimeline *self)
{
  gsize event = pn_replay_get_event (self->replay);

  if (event == PN_EVENT_OPEN)
    return 0;
  return pn_view_event_unit (&self->view, get_model (self), event)
         + self->view.playhead_after;
}

static void
scroll_playhead_into_view (PnTimeline *self)
{
  double unit = get_playhead_unit (self);
  double length = self->view.end - self->view.begin;

  if (self->fitted || (unit >= self->view.begin && unit <= self->view.end))
    return;
  if (unit < self->view.begin)
    pn_timeline_scroll_to (self, unit - length * PLAYHEAD_MARGIN);
  else
    pn_timeline_scroll_to (self, unit - length * (1 - PLAYHEAD_MARGIN));
}

static void
stop_animation (PnTimeline *self)
{
  if (self->animation != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->animation);
  self->animation = 0;
  self->view.axis_mix = 0;
}

static void
adopt_axis (PnTimeline *self, PnAxis axis)
{
  stop_animation (self);
  if (get_model (self) != NULL)
    pn_view_set_axis (&self->view, get_model (self), axis);
  self->view.axis = axis;
  pn_timeline_invalidate (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static gboolean
on_animation_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  PnTimeline *self = PN_TIMELINE (widget);
  gint64 now_us = gdk_frame_clock_get_frame_time (clock);
  double part;

  if (self->animation_begin_us == 0)
    self->animation_begin_us = now_us;
  part = (double)(now_us - self->animation_begin_us) / ANIMATION_US;
  if (part >= 1)
    {
      self->animation = 0;
      adopt_axis (self, pn_replay_get_axis (self->replay));
      return G_SOURCE_REMOVE;
    }
  self->view.axis_mix = part * part * (3 - 2 * part);
  pn_timeline_invalidate (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
are_animations_on (PnTimeline *self)
{
  gboolean on = FALSE;

  g_object_get (
      gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &on, NULL);
  return on;
}

static void
on_mode_changed (PnTimeline *self)
{
  PnAxis axis = pn_replay_get_axis (self->replay);

  if (axis == self->view.axis)
    {
      if (self->animation != 0)
        adopt_axis (self, axis);
      return;
    }
  if (self->animation != 0)
    return;
  if (get_document (self) == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || !are_animations_on (self))
    {
      adopt_axis (self, axis);
      return;
    }
  self->animation_begin_us = 0;
  self->animation
      = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_animation_tick, NULL, NULL);
}

static void
on_document_changed (PnTimeline *self)
{
  self->fitted = TRUE;
  self->view.scroll_y = 0;
  self->view.hovered.kind = PN_THING_NONE;
  pn_timeline_set_selected (self, (PnThing){ PN_THING_NONE, 0 });
  adopt_axis (self, pn_replay_get_axis (self->replay));
}

static void
on_grown (PnTimeline *self)
{
  pn_timeline_invalidate (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
on_ticked (PnTimeline *self)
{
  if (get_document (self) == NULL)
    return;
  take_moment (self);
  scroll_playhead_into_view (self);
  on_grown (self);
}

static void
pn_timeline_dispose (GObject *object)
{
  PnTimeline *self = PN_TIMELINE (object);

  stop_animation (self);
  if (self->refresh != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->refresh);
  self->refresh = 0;
  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  g_clear_pointer (&self->layout, pn_layout_free);
  g_clear_object (&self->vadjustment);

  G_OBJECT_CLASS (pn_timeline_parent_class)->dispose (object);
}

static void
pn_timeline_class_init (PnTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_timeline_dispose;
  widget_class->snapshot = pn_timeline_snapshot;
  widget_class->measure = pn_timeline_measure;
  widget_class->size_allocate = pn_timeline_size_allocate;

  signals[VIEW_CHANGED] = g_signal_new (
      "view-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SELECTED] = g_signal_new ("selected",
                                    type,
                                    G_SIGNAL_RUN_LAST,
                                    0,
                                    NULL,
                                    NULL,
                                    NULL,
                                    G_TYPE_NONE,
                                    1,
                                    G_TYPE_UINT);

  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pn_timeline_init (PnTimeline *self)
{
  pn_view_init (&self->view);
  self->fitted = TRUE;
  self->vadjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 1, 1, 1, 1));
  g_signal_connect_swapped (
      self->vadjustment, "value-changed", G_CALLBACK (on_vadjustment_changed), self);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  pn_timeline_set_description (self, "Timeline");
  pn_timeline_init_input (self);
}

void
pn_timeline_set_replay (PnTimeline *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_TIMELINE (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (
      replay, "document-changed", G_CALLBACK (on_document_changed), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (on_grown), self);
  g_signal_connect_swapped (replay, "ticked", G_CALLBACK (on_ticked), self);
  g_signal_connect_swapped (replay, "mode-changed", G_CALLBACK (on_mode_changed), self);
  on_document_changed (self);
}

void
pn_timeline_set_theme (PnTimeline *self, PnThemeKind theme)
{
  self->view.theme = theme;
  on_grown (self);
}

void
pn_timeline_set_description (PnTimeline *self, const char *text)
{
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

const PnLayout *
pn_timeline_get_layout (PnTimeline *self)
{
  ensure_layout (self);
  return self->layout;
}

const PnView *
pn_timeline_get_view (PnTimeline *self)
{
  ensure_layout (self);
  return &self->view;
}

GtkAdjustment *
pn_timeline_get_vadjustment (PnTimeline *self)
{
  return self->vadjustment;
}

void
pn_timeline_zoom (PnTimeline *self, double factor)
{
  double unit;

  ensure_layout (self);
  if (self->layout == NULL)
    return;
  unit = get_playhead_unit (self);
  if (self->pointer_x >= pn_layout_get_lanes_x (self->layout))
    unit = pn_layout_x_to_unit (self->layout, self->pointer_x);
  pn_view_zoom (&self->view, get_model (self), unit, factor);
  pn_timeline_take_stretch (self);
}

void
pn_timeline_pan (PnTimeline *self, double part)
{
  if (get_model (self) == NULL)
    return;
  pn_view_pan (
      &self->view, get_model (self), part * (self->view.end - self->view.begin));
  pn_timeline_take_stretch (self);
}

void
pn_timeline_fit (PnTimeline *self)
{
  self->fitted = TRUE;
  on_grown (self);
}

gboolean
pn_timeline_is_fitted (PnTimeline *self)
{
  return self->fitted;
}

void
pn_timeline_scroll_to (PnTimeline *self, double unit)
{
  if (get_model (self) == NULL)
    return;
  pn_view_pan (&self->view, get_model (self), unit - self->view.begin);
  pn_timeline_take_stretch (self);
}

void
pn_timeline_set_selected (PnTimeline *self, PnThing thing)
{
  self->view.selected = thing;
  pn_timeline_invalidate (self);
  g_signal_emit (
      self, signals[SELECTED], 0, thing.kind == PN_THING_PROCESS ? (guint)thing.id : 0);
}

void
pn_timeline_select_process (PnTimeline *self, guint32 process)
{
  PnThing thing = { process != 0 ? PN_THING_PROCESS : PN_THING_NONE, process };

  if (process == pn_timeline_get_selected_process (self))
    return;
  pn_timeline_set_selected (self, thing);
}

guint32
pn_timeline_get_selected_process (PnTimeline *self)
{
  PnThing thing = self->view.selected;

  return thing.kind == PN_THING_PROCESS ? (guint32)thing.id : 0;
}
