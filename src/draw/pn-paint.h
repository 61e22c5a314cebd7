/* SPDX-License-Identifier: MIT */
#pragma once

/* Paint: items into Cairo calls, and nothing else. */

#include "pn-layout.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Paints background, lanes, ruler, heads, playhead: the whole picture of the layout's
 * view, at the context's origin. Cost: O(items). */
void pn_paint (cairo_t *cr, const PnLayout *layout);

/* The whole run, small, for the strip below the timeline: bars, the visible stretch as
 * a handle, the playhead. Spans the same x range as the lanes of @layout. */
void pn_paint_overview (
    cairo_t *cr, PnModel *model, const PnLayout *layout, double width, double height);

/* The axis unit at @x of such a strip. */
double
pn_overview_x_to_unit (PnModel *model, const PnLayout *layout, double width, double x);

G_END_DECLS
