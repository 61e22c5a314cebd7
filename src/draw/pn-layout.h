/* SPDX-License-Identifier: MIT */
#pragma once

/* PnLayout: a history seen through a view, as items in pixels. What the widget draws,
 * what is exported, what the pointer hits and what the tests compare are these items.
 * Pure: no Cairo context, no global state; Pango measures text. */

#include "pn-model.h"
#include "pn-view.h"

G_BEGIN_DECLS

typedef struct _PnLayout PnLayout;

/* Lays out the visible part. Good until the model is updated or freed. Threads: that of
 * the model. Cost: O(visible items), and O(log n) a lane to find them. */
PnLayout *pn_layout_new (PnModel *model, const PnView *view);
void pn_layout_free (PnLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLayout, pn_layout_free)

/* The height that all lanes take (with the ruler), for scrolling and for pictures that
 * show the whole. */
double pn_layout_get_full_height (const PnLayout *layout);

/* Where the lanes begin and end, right of the heads: maps between x and the axis. */
double pn_layout_get_lanes_x (const PnLayout *layout);
double pn_layout_get_lanes_width (const PnLayout *layout);
double pn_layout_get_ruler_height (const PnLayout *layout);
double pn_layout_x_to_unit (const PnLayout *layout, double x);
double pn_layout_unit_to_x (const PnLayout *layout, double unit);

/* What lies at a point; the topmost. */
typedef struct
{
  PnThing thing;     /* what it stands for */
  guint32 process;   /* the lane, 0: none */
  guint32 object;    /* the object that it is about, or the lane's; 0: none */
  gsize event;       /* where it began; PN_EVENT_OPEN: none (a lane's head) */
  gsize other_event; /* an arrow's other end, or a stretch's end */
  double x, y, width, height;
} PnHit;

gboolean pn_layout_hit (const PnLayout *layout, double x, double y, PnHit *ret_hit);

/* A card for what was hit: a few lines of plain text, the first its title. Owned. */
char *pn_layout_dup_card (const PnLayout *layout, const PnHit *hit);

/* One item a line, with rounded pixels: for golden files. Owned. */
char *pn_layout_dup_text (const PnLayout *layout);

/* Shows the whole run from its first process on, with some margin. */
void pn_view_fit (PnView *view, PnModel *model);

/* Where event @index stands on the view's axis: its time, or the middle of its cell. */
double pn_view_event_unit (const PnView *view, PnModel *model, gsize index);

/* The same stretch on the other axis, and `axis_mix` back to 0: what to call when the
 * switch's animation has ended. */
void pn_view_set_axis (PnView *view, PnModel *model, PnAxis axis);

/* Keeps @unit where it is; factor 2: twice as near. Clamped to what makes sense: from
 * twice the run down to 100 ns, or two events. */
void pn_view_zoom (PnView *view, PnModel *model, double unit, double factor);

/* Some of the run stays in sight. */
void pn_view_pan (PnView *view, PnModel *model, double units);

G_END_DECLS
