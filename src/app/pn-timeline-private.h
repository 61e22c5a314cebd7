/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-timeline.h"

G_BEGIN_DECLS

typedef enum
{
  PN_DRAG_NONE,
  PN_DRAG_PRESSED, /* not moved far enough yet: still a click */
  PN_DRAG_SCRUB,   /* the playhead */
  PN_DRAG_PAN
} PnDragKind;

struct _PnTimeline
{
  GtkWidget parent_instance;

  PnReplay *replay;
  PnView view;
  PnLayout *layout; /* NULL: to be made at the next draw */
  gboolean fitted;  /* shows the whole, whatever comes */
  GtkAdjustment *vadjustment;
  guint refresh; /* tick callback that brings it in line with the layout */

  guint animation; /* tick callback while the axis changes */
  gint64 animation_begin_us;

  double pointer_x; /* below 0: not over the widget */
  double pointer_y;
  PnDragKind drag;
  double drag_x; /* of the last update */
  double drag_y;
  double pinch_scale; /* of the last update */
};

/* The layout is made anew, and all drawn, at the next frame. */
void pn_timeline_invalidate (PnTimeline *self);

/* The stretch has changed: it is no longer the whole by itself. */
void pn_timeline_take_stretch (PnTimeline *self);

void pn_timeline_set_selected (PnTimeline *self, PnThing thing);

/* Gestures, wheel, pointer, tooltip. */
void pn_timeline_init_input (PnTimeline *self);

G_END_DECLS
