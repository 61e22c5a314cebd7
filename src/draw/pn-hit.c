/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#include <math.h>

#define REACH_PX 4

static gboolean
in_clip (const PnLayout *layout, PnLayer layer, double x, double y)
{
  switch (pn_layer_clip (layer))
    {
    case PN_CLIP_LANES:
      return x >= layout->left && y >= layout->top;
    case PN_CLIP_HEADS:
      return x < layout->left && y >= layout->top;
    default:
      return y >= layout->top || layer > PN_LAYER_BACK;
    }
}

static double
distance_to_segment (PnPoint a, PnPoint b, double x, double y)
{
  double dx = b.x - a.x, dy = b.y - a.y;
  double length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length2 : 0;

  t = CLAMP (t, 0, 1);
  return hypot (a.x + t * dx - x, a.y + t * dy - y);
}

static gboolean
on_path (const PnLayout *layout, const PnItem *item, double x, double y)
{
  const PnPoint *points = &g_array_index (layout->points, PnPoint, item->first_point);

  for (guint i = 0; i + 1 < item->n_points; i++)
    if (distance_to_segment (points[i], points[i + 1], x, y) <= REACH_PX)
      return TRUE;
  return FALSE;
}

/* Narrow things may be missed by a pixel or two. */
static gboolean
covers (const PnLayout *layout, const PnItem *item, double x, double y)
{
  double reach = item->width < 4 ? 2 : 0;

  if (item->shape == PN_SHAPE_PATH)
    return on_path (layout, item, x, y);
  return x >= item->x - reach && x < item->x + item->width + reach && y >= item->y
         && y < item->y + item->height;
}

gboolean
pn_layout_hit (const PnLayout *layout, double x, double y, PnHit *ret_hit)
{
  for (guint i = layout->items->len; i-- > 0;)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->thing.kind == PN_THING_NONE || !in_clip (layout, item->layer, x, y)
          || !covers (layout, item, x, y))
        continue;
      *ret_hit = (PnHit){ item->thing, item->process,     item->object,
                          item->event, item->other_event, item->x,
                          item->y,     item->width,       item->height };
      return TRUE;
    }
  return FALSE;
}
