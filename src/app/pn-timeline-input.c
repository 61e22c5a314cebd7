/* SPDX-License-Identifier: MIT */
#include "pn-timeline-private.h"

#include "pn-text.h"

#include <math.h>

#define CARD_CHARS 60
#define CLICK_SLACK_PX 4
#define GRAB_PLAYHEAD_PX 5
#define ZOOM_STEP 1.25
#define WHEEL_PAN 0.1      /* of the stretch, a notch */
#define WHEEL_SCROLL_PX 60 /* of the lanes, a notch */

/* The layout under the pointer, made anew if need be. */
static const PnLayout *
get_layout (PnTimeline *self)
{
  return pn_timeline_get_layout (self);
}

static PnModel *
get_model (PnTimeline *self)
{
  return pn_replay_get_model (self->replay);
}

static gboolean
is_same_thing (PnThing a, PnThing b)
{
  return a.kind == b.kind && (a.kind == PN_THING_NONE || a.id == b.id);
}

static double
get_event_x (PnTimeline *self, gsize event)
{
  return pn_layout_unit_to_x (
      get_layout (self), pn_view_event_unit (&self->view, get_model (self), event));
}

static gboolean
is_on_playhead (PnTimeline *self, double x)
{
  double unit;

  if (self->view.playhead == G_MAXSIZE)
    return FALSE;
  unit = pn_view_event_unit (&self->view, get_model (self), self->view.playhead)
         + self->view.playhead_after;
  return fabs (x - pn_layout_unit_to_x (get_layout (self), unit)) <= GRAB_PLAYHEAD_PX;
}

/* Where a press begins to move the playhead. */
static gboolean
is_handle (PnTimeline *self, double x, double y)
{
  const PnLayout *layout = get_layout (self);

  return layout != NULL && x >= pn_layout_get_lanes_x (layout)
         && (y < pn_layout_get_ruler_height (layout) || is_on_playhead (self, x));
}

static void
go_to_x (PnTimeline *self, double x)
{
  const PnLayout *layout = get_layout (self);
  double left = pn_layout_get_lanes_x (layout);
  double right = left + pn_layout_get_lanes_width (layout);

  pn_replay_go_to_unit (self->replay,
                        pn_layout_x_to_unit (layout, CLAMP (x, left, right)));
}

static gboolean
is_arrow (const PnHit *hit)
{
  return hit->thing.kind == PN_THING_EVENT && hit->event != PN_EVENT_OPEN
         && hit->other_event != PN_EVENT_OPEN;
}

/* To the end of the arrow that is farther from @x. */
static void
jump_along (PnTimeline *self, const PnHit *hit, double x)
{
  double begin_x = get_event_x (self, hit->event);
  double end_x = get_event_x (self, hit->other_event);
  gboolean at_begin = fabs (x - begin_x) <= fabs (x - end_x);
  gsize shown = pn_replay_get_event (self->replay);

  /* An upright arrow has both ends below the pointer: change sides at each click. */
  if (shown == hit->event)
    at_begin = TRUE;
  else if (shown == hit->other_event)
    at_begin = FALSE;
  pn_replay_go_to (self->replay, at_begin ? hit->other_event : hit->event);
}

static void
click (PnTimeline *self, double x, double y)
{
  const PnLayout *layout = get_layout (self);
  PnHit hit;

  if (x < pn_layout_get_lanes_x (layout))
    {
      PnThing none = { PN_THING_NONE, 0 };

      if (!pn_layout_hit (layout, x, y, &hit)
          || is_same_thing (hit.thing, self->view.selected))
        pn_timeline_set_selected (self, none);
      else
        pn_timeline_set_selected (self, hit.thing);
      return;
    }
  if (pn_layout_hit (layout, x, y, &hit) && is_arrow (&hit))
    jump_along (self, &hit, x);
  else
    go_to_x (self, x);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PnTimeline *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (get_layout (self) == NULL)
    return;
  self->drag_x = 0;
  self->drag_y = 0;
  if (is_handle (self, x, y))
    {
      self->drag = PN_DRAG_SCRUB;
      if (!is_on_playhead (self, x))
        go_to_x (self, x);
    }
  else
    self->drag = PN_DRAG_PRESSED;
}

static void
pan_by_px (PnTimeline *self, double by_x, double by_y)
{
  double per_px = (self->view.end - self->view.begin)
                  / MAX (pn_layout_get_lanes_width (get_layout (self)), 1);

  if (by_x != 0)
    {
      pn_view_pan (&self->view, get_model (self), -by_x * per_px);
      pn_timeline_take_stretch (self);
    }
  gtk_adjustment_set_value (self->vadjustment,
                            gtk_adjustment_get_value (self->vadjustment) - by_y);
}

static void
on_drag_update (GtkGestureDrag *gesture, double by_x, double by_y, PnTimeline *self)
{
  double x;

  if (self->drag == PN_DRAG_NONE || get_layout (self) == NULL)
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, NULL);
  if (self->drag == PN_DRAG_PRESSED && hypot (by_x, by_y) > CLICK_SLACK_PX)
    {
      self->drag = PN_DRAG_PAN;
      gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
    }
  if (self->drag == PN_DRAG_PAN)
    pan_by_px (self, by_x - self->drag_x, by_y - self->drag_y);
  else if (self->drag == PN_DRAG_SCRUB && by_x != 0)
    go_to_x (self, x + by_x);
  self->drag_x = by_x;
  self->drag_y = by_y;
}

static void
on_drag_end (GtkGestureDrag *gesture, double by_x, double by_y, PnTimeline *self)
{
  double x, y;

  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  if (self->drag == PN_DRAG_PRESSED && get_layout (self) != NULL)
    {
      gtk_gesture_drag_get_start_point (gesture, &x, &y);
      click (self, x, y);
    }
  self->drag = PN_DRAG_NONE;
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, PnTimeline *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  gboolean tall = gtk_adjustment_get_upper (self->vadjustment)
                  > gtk_adjustment_get_page_size (self->vadjustment);

  /* A touchpad speaks in pixels: some 50 of them are a notch. */
  if (gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_SURFACE)
    {
      dx /= 50;
      dy /= 50;
    }
  if (get_layout (self) == NULL)
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_CONTROL_MASK)
    pn_timeline_zoom (self, pow (ZOOM_STEP, -dy));
  else if ((state & GDK_SHIFT_MASK) || dx != 0 || !tall)
    pn_timeline_pan (self, (dx + dy) * WHEEL_PAN);
  else
    gtk_adjustment_set_value (self->vadjustment,
                              gtk_adjustment_get_value (self->vadjustment)
                                  + dy * WHEEL_SCROLL_PX);
  return GDK_EVENT_STOP;
}

static void
set_hovered (PnTimeline *self, PnThing thing)
{
  if (is_same_thing (thing, self->view.hovered))
    return;
  self->view.hovered = thing;
  pn_timeline_invalidate (self);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, PnTimeline *self)
{
  const PnLayout *layout = get_layout (self);
  const char *cursor = NULL;
  PnHit hit;

  self->pointer_x = x;
  self->pointer_y = y;
  if (layout == NULL || self->drag != PN_DRAG_NONE)
    return;
  if (pn_layout_hit (layout, x, y, &hit))
    {
      if (is_arrow (&hit))
        cursor = "pointer";
      set_hovered (self, hit.thing);
    }
  else
    set_hovered (self, (PnThing){ PN_THING_NONE, 0 });
  if (is_handle (self, x, y))
    cursor = "ew-resize";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursor);
}

static void
on_leave (GtkEventControllerMotion *motion, PnTimeline *self)
{
  self->pointer_x = -1;
  self->pointer_y = -1;
  set_hovered (self, (PnThing){ PN_THING_NONE, 0 });
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, PnTimeline *self)
{
  self->pinch_scale = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, PnTimeline *self)
{
  pn_timeline_zoom (self, scale / self->pinch_scale);
  self->pinch_scale = scale;
}

/* The first line of a card is its title. A name without a space can't be wrapped. */
static char *
dup_card_markup (const char *card)
{
  g_auto (GStrv) lines = g_strsplit (card, "\n", -1);
  GString *markup = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *shown = pn_text_dup_visible (lines[i], CARD_CHARS);
      g_autofree char *line
          = g_markup_printf_escaped (i == 0 ? "<b>%s</b>" : "\n%s", shown);

      g_string_append (markup, line);
    }
  return g_string_free (markup, FALSE);
}

static gboolean
on_query_tooltip (GtkWidget *widget,
                  int x,
                  int y,
                  gboolean by_keyboard,
                  GtkTooltip *tooltip,
                  PnTimeline *self)
{
  const PnLayout *layout = get_layout (self);
  g_autofree char *card = NULL;
  g_autofree char *markup = NULL;
  PnHit hit;

  if (layout == NULL || by_keyboard || self->drag != PN_DRAG_NONE
      || !pn_layout_hit (layout, x, y, &hit))
    return FALSE;
  card = pn_layout_dup_card (layout, &hit);
  if (card == NULL || *card == '\0')
    return FALSE;
  markup = dup_card_markup (card);
  gtk_tooltip_set_markup (tooltip, markup);
  /* Stretches are long: the card stays by the pointer. */
  gtk_tooltip_set_tip_area (
      tooltip,
      &(GdkRectangle){
          x - 8, (int)hit.y, 16, (int)CLAMP (hit.height, 1, self->view.height) });
  return TRUE;
}

void
pn_timeline_init_input (PnTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->pointer_x = -1;
  self->pointer_y = -1;

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);

  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query_tooltip), self);
}
