/* SPDX-License-Identifier: MIT */
#include "pn-paint-private.h"

#include "pn-layout-private.h"

static gboolean
is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_SVG;
}

static void
set_clip (cairo_t *cr, const PnLayout *layout, PnClip clip)
{
  double top = layout->top, height = layout->bottom - top;

  cairo_restore (cr);
  cairo_save (cr);
  switch (clip)
    {
    case PN_CLIP_LANES:
      cairo_rectangle (cr, layout->left, top, layout->right - layout->left, height);
      break;
    case PN_CLIP_HEADS:
      cairo_rectangle (cr, 0, top, layout->left, height);
      break;
    default:
      cairo_rectangle (cr, 0, 0, layout->view.width, layout->view.height);
      break;
    }
  cairo_clip (cr);
}

void
pn_paint (cairo_t *cr, const PnLayout *layout)
{
  PnPainter painter = {
    .cr = cr,
    .layout = layout,
    .theme = layout->view.theme,
    .factor = layout->lanes.factor,
    .device_scale = is_vector (cr) ? 0 : CLAMP (layout->view.device_scale, 0.25, 8),
  };
  int clip = -1;

  cairo_save (cr);
  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (clip != (int)pn_layer_clip (item->layer))
        {
          clip = (int)pn_layer_clip (item->layer);
          set_clip (cr, layout, clip);
        }
      pn_paint_item (&painter, item);
    }
  cairo_restore (cr);
  cairo_restore (cr);
}
