/* SPDX-License-Identifier: MIT */
#include "pn-shapes.h"

#include <math.h>

/* How far a quarter circle's control points lie from its ends. */
#define ARC 0.5522847498

/* Of the head on a line of 1.5 pixels. */
#define HEAD_LENGTH_PX 6.5
#define HEAD_HALF_PX 2.75

void
pn_shape_rect (const PnItem *item, double inset, const PnPathSink *path, gpointer sink)
{
  double x0 = item->x + inset, x1 = item->x + item->width - inset;
  double y0 = item->y + inset, y1 = item->y + item->height - inset;
  double r = MIN (item->radius - inset, MIN (x1 - x0, y1 - y0) / 2);
  double k;

  if (r < 0.5)
    {
      path->move_to (sink, x0, y0);
      path->line_to (sink, x1, y0);
      path->line_to (sink, x1, y1);
      path->line_to (sink, x0, y1);
      path->close (sink);
      return;
    }
  k = r * (1 - ARC);
  path->move_to (sink, x0 + r, y0);
  path->line_to (sink, x1 - r, y0);
  path->curve_to (sink, x1 - k, y0, x1, y0 + k, x1, y0 + r);
  path->line_to (sink, x1, y1 - r);
  path->curve_to (sink, x1, y1 - k, x1 - k, y1, x1 - r, y1);
  path->line_to (sink, x0 + r, y1);
  path->curve_to (sink, x0 + k, y1, x0, y1 - k, x0, y1 - r);
  path->line_to (sink, x0, y0 + r);
  path->curve_to (sink, x0, y0 + k, x0 + k, y0, x0 + r, y0);
  path->close (sink);
}

void
pn_shape_polygon (const PnPoint *points,
                  guint n_points,
                  const PnPathSink *path,
                  gpointer sink)
{
  path->move_to (sink, points[0].x, points[0].y);
  for (guint i = 1; i < n_points; i++)
    path->line_to (sink, points[i].x, points[i].y);
  path->close (sink);
}

/* Heads grow with their line, but less. */
static double
head_growth (const PnItem *item)
{
  return 0.4 + 0.4 * item->stroke_width;
}

/* The point @distance before @to on the way from @from. */
static PnPoint
before (PnPoint from, PnPoint to, double distance)
{
  double length = hypot (to.x - from.x, to.y - from.y);
  double share = length > 0 ? MIN (distance / length, 1) : 0;

  return (PnPoint){ to.x + (from.x - to.x) * share, to.y + (from.y - to.y) * share };
}

static double
distance (PnPoint a, PnPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

void
pn_shape_path (const PnItem *item,
               const PnPoint *points,
               const PnPathSink *path,
               gpointer sink)
{
  guint last = item->n_points - 1;
  PnPoint end = item->head ? before (points[last - 1],
                                     points[last],
                                     HEAD_LENGTH_PX * head_growth (item) - 1)
                           : points[last];

  path->move_to (sink, points[0].x, points[0].y);
  for (guint i = 1; i < last; i++)
    {
      PnPoint next = i + 1 == last ? end : points[i + 1];
      double r = MIN (item->radius,
                      MIN (distance (points[i - 1], points[i]) / 2,
                           distance (points[i], next) / (i + 1 == last ? 1 : 2)));
      PnPoint in = before (points[i - 1], points[i], r);
      PnPoint out = before (next, points[i], r);
      PnPoint c1 = before (points[i - 1], points[i], r * (1 - ARC));
      PnPoint c2 = before (next, points[i], r * (1 - ARC));

      path->line_to (sink, in.x, in.y);
      if (r > 0.5)
        path->curve_to (sink, c1.x, c1.y, c2.x, c2.y, out.x, out.y);
    }
  path->line_to (sink, end.x, end.y);
}

void
pn_shape_head (const PnItem *item, const PnPoint *points, PnPoint ret_corners[3])
{
  PnPoint from = points[item->n_points - 2], tip = points[item->n_points - 1];
  double length = distance (from, tip);
  double dx = length > 0 ? (tip.x - from.x) / length : 1;
  double dy = length > 0 ? (tip.y - from.y) / length : 0;
  double back = HEAD_LENGTH_PX * head_growth (item);
  double half = HEAD_HALF_PX * head_growth (item);

  ret_corners[0] = tip;
  ret_corners[1]
      = (PnPoint){ tip.x - dx * back - dy * half, tip.y - dy * back + dx * half };
  ret_corners[2]
      = (PnPoint){ tip.x - dx * back + dy * half, tip.y - dy * back - dx * half };
}

const PnPatternCell *
pn_pattern_cell (PnPattern pattern)
{
  static const PnPatternCell cells[] = {
    [PN_PATTERN_HATCH]
    = { 10,
        2.9,
        6,
        { { -5, 5 }, { 5, -5 }, { -1, 11 }, { 11, -1 }, { 5, 15 }, { 15, 5 } } },
    [PN_PATTERN_BACK_HATCH]
    = { 7,
        1.7,
        6,
        { { -4, 3 }, { 4, 11 }, { -1, -1 }, { 8, 8 }, { 3, -4 }, { 11, 4 } } },
    [PN_PATTERN_CROSS_HATCH]
    = { 6, 1.1, 4, { { -1, -1 }, { 7, 7 }, { -1, 7 }, { 7, -1 } } },
    [PN_PATTERN_DOTS] = { 5, 2, 2, { { 2.5, 2.5 }, { 2.5, 2.5 } } },
    [PN_PATTERN_ROWS] = { 4, 1.5, 2, { { 0, 2 }, { 4, 2 } } },
    [PN_PATTERN_COLUMNS] = { 4, 1.5, 2, { { 2, 0 }, { 2, 4 } } },
    [PN_PATTERN_BRICKS] = { 8,
                            1.1,
                            10,
                            { { 0, 2 },
                              { 8, 2 },
                              { 0, 6 },
                              { 8, 6 },
                              { 2, 2 },
                              { 2, 6 },
                              { 6, 6 },
                              { 6, 10 },
                              { 6, -2 },
                              { 6, 2 } } },
  };

  return &cells[pattern];
}
