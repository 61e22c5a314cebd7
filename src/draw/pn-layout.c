/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

static void
lay_out_lanes (PnLayout *layout)
{
  for (guint i = 0; i < layout->lanes.lanes->len; i++)
    {
      const PnLane *lane = &g_array_index (layout->lanes.lanes, PnLane, i);

      if (lane->y > layout->bottom || lane->y + lane->height < layout->top)
        continue;
      if (lane->process != NULL)
        pn_layout_process_lane (layout, lane);
      else
        pn_layout_object_lane (layout, lane);
    }
}

/* A stable counting sort: items of one layer keep the order in which they were made. */
static void
sort_by_layer (PnLayout *layout)
{
  guint next[PN_N_LAYERS + 1] = { 0 };
  GArray *sorted;

  for (guint i = 0; i < layout->items->len; i++)
    next[g_array_index (layout->items, PnItem, i).layer + 1]++;
  for (guint i = 1; i <= PN_N_LAYERS; i++)
    next[i] += next[i - 1];
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (PnItem), layout->items->len);
  g_array_set_size (sorted, layout->items->len);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      g_array_index (sorted, PnItem, next[item->layer]++) = *item;
    }
  g_array_unref (layout->items);
  layout->items = sorted;
}

/* Lines grow with the text. */
static void
scale_lines (PnLayout *layout)
{
  double factor = layout->lanes.factor;

  for (guint i = 0; i < layout->items->len && factor != 1; i++)
    {
      PnItem *item = &g_array_index (layout->items, PnItem, i);

      item->stroke_width *= factor;
      item->dash *= factor;
    }
}

static void
take_view (PnLayout *layout, const PnView *view)
{
  layout->view = *view;
  if (view->title != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (view->title, -1);
      g_autofree char *visible = pn_text_dup_visible (valid, PN_TEXT_SHOWN_CHARS);

      layout->view.title = g_string_chunk_insert (layout->strings, visible);
    }
  if (!(layout->view.width >= 1))
    layout->view.width = 1;
  layout->view.width = MIN (layout->view.width, 32767);
  pn_lanes_init (&layout->lanes, layout->history, &layout->view);
  if (!(layout->view.height > 0))
    layout->view.height = layout->lanes.full_height;
  layout->view.height = MIN (layout->view.height, 32767);
  layout->left = layout->lanes.head_width - 4;
  layout->right = layout->view.width;
  layout->top = layout->lanes.top;
  layout->bottom = layout->view.height;
}

PnLayout *
pn_layout_new (PnModel *model, const PnView *view)
{
  PnLayout *layout = g_new0 (PnLayout, 1);

  layout->model = model;
  layout->history = pn_model_get_history (model);
  layout->items = g_array_sized_new (FALSE, FALSE, sizeof (PnItem), 512);
  layout->points = g_array_sized_new (FALSE, FALSE, sizeof (PnPoint), 512);
  layout->strings = g_string_chunk_new (1024);
  take_view (layout, view);
  pn_scale_init (&layout->scale,
                 pn_model_get_trace (model),
                 layout->history->n_events,
                 &layout->view,
                 layout->lanes.head_width,
                 layout->view.width - layout->lanes.head_width);
  pn_layout_frame (layout);
  lay_out_lanes (layout);
  pn_layout_arrows (layout);
  pn_layout_deadlocks (layout);
  pn_layout_playhead (layout);
  scale_lines (layout);
  sort_by_layer (layout);
  return layout;
}

void
pn_layout_free (PnLayout *layout)
{
  if (layout == NULL)
    return;
  pn_lanes_clear (&layout->lanes);
  g_array_unref (layout->items);
  g_array_unref (layout->points);
  g_string_chunk_free (layout->strings);
  g_free (layout);
}

double
pn_layout_get_full_height (const PnLayout *layout)
{
  return layout->lanes.full_height;
}

double
pn_layout_get_lanes_x (const PnLayout *layout)
{
  return layout->scale.x;
}

double
pn_layout_get_lanes_width (const PnLayout *layout)
{
  return layout->scale.width;
}

double
pn_layout_get_ruler_height (const PnLayout *layout)
{
  return layout->lanes.top;
}

double
pn_layout_x_to_unit (const PnLayout *layout, double x)
{
  return pn_scale_x_to_unit (&layout->scale, x);
}

double
pn_layout_unit_to_x (const PnLayout *layout, double unit)
{
  return pn_scale_unit_to_x (&layout->scale, unit);
}
