/* SPDX-License-Identifier: MIT */
#pragma once

/* PnScale: where on the picture an event or a time stands, on either axis or between
 * them; ticks; times in words. Plain data, no ownership but of the borrowed trace. */

#include "pn-trace.h"
#include "pn-view.h"

G_BEGIN_DECLS

typedef struct
{
  PnTrace *trace;
  gsize n_events;
  gint64 duration_ns; /* of the events; with a live view's `now_ns` if that is later */
  double x;           /* the lanes' left edge */
  double width;       /* of the lanes */
  PnAxis axis;
  double mix;          /* towards the other axis, 0 to 1 */
  double begin[2];     /* the visible stretch, by PnAxis */
  double px_a_unit[2]; /* by PnAxis */
} PnScale;

void pn_scale_init (PnScale *scale,
                    PnTrace *trace,
                    gsize n_events,
                    const PnView *view,
                    double x,
                    double width);

/* The x of event @event, which happened at @ns. PN_EVENT_OPEN: goes on; at the end of
 * what is known. */
double pn_scale_x (const PnScale *scale, gsize event, gint64 ns);
double pn_scale_event_x (const PnScale *scale, gsize event);

/* By the view's axis, whatever `mix` says. */
double pn_scale_unit_to_x (const PnScale *scale, double unit);
double pn_scale_x_to_unit (const PnScale *scale, double x);

/* From one axis to the other: between two events in proportion, before and after all of
 * them by their average distance. O(log n). */
double pn_axis_convert (
    PnTrace *trace, gsize n_events, PnAxis from, double unit, gint64 duration_ns);

/* The distance of ticks, 1, 2 or 5 times a power of ten (of a minute, from there on),
 * so that they stand at least @min_px apart; of PN_AXIS_ORDER at least 1. */
double pn_tick_step (PnAxis axis, double px_a_unit, double min_px);

/* "0.5 s", "250 µs", "12": enough digits to tell two ticks from each other. Owned.
 * @largest: the largest unit in sight; it picks the unit that all are written in. */
char *pn_tick_label (PnAxis axis, double unit, double step, double largest);

G_END_DECLS
