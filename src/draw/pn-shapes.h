/* SPDX-License-Identifier: MIT */
#pragma once

/* Geometry that Cairo and SVG share: an item's outline as moves, lines and curves. */

#include "pn-item.h"

G_BEGIN_DECLS

typedef struct
{
  void (*move_to) (gpointer sink, double x, double y);
  void (*line_to) (gpointer sink, double x, double y);
  void (*curve_to) (
      gpointer sink, double x1, double y1, double x2, double y2, double x3, double y3);
  void (*close) (gpointer sink);
} PnPathSink;

/* @inset: how far inside the item's edge. */
void
pn_shape_rect (const PnItem *item, double inset, const PnPathSink *path, gpointer sink);
void pn_shape_polygon (const PnPoint *points,
                       guint n_points,
                       const PnPathSink *path,
                       gpointer sink);

/* The line of a path, with round corners, shortened where a head stands. */
void pn_shape_path (const PnItem *item,
                    const PnPoint *points,
                    const PnPathSink *path,
                    gpointer sink);

/* The three corners of the head at a path's end. */
void pn_shape_head (const PnItem *item, const PnPoint *points, PnPoint ret_corners[3]);

/* One cell of a pattern: lines from point to point, `n_points` even; dots are lines of
 * no length with round caps. */
typedef struct
{
  double size;
  double line_width;
  guint n_points;
  PnPoint points[10];
} PnPatternCell;

const PnPatternCell *pn_pattern_cell (PnPattern pattern);

G_END_DECLS
