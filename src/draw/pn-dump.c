/* SPDX-License-Identifier: MIT */

/* A layout as text, one item a line, for golden files. Widths of text depend on the
 * fonts that a machine has, so texts are written with where they are anchored only. */

#include "pn-layout-private.h"

#include <math.h>

static void
dump_text (GString *dump, const PnItem *item)
{
  g_string_append_printf (dump,
                          " at %.0f,%.0f \"%s\"",
                          item->x + item->width * item->align,
                          item->y + item->height / 2,
                          item->text);
}

static void
dump_points (GString *dump, const PnLayout *layout, const PnItem *item)
{
  for (guint i = 0; i < item->n_points; i++)
    {
      const PnPoint *point
          = &g_array_index (layout->points, PnPoint, item->first_point + i);

      g_string_append_printf (dump, " %.0f,%.0f", point->x, point->y);
    }
}

static void
dump_look (GString *dump, const PnItem *item)
{
  if (item->fill != PN_ROLE_NONE)
    g_string_append_printf (
        dump, " fill %s/%.2f", pn_role_name (item->fill), item->fill_alpha);
  if (item->pattern != PN_PATTERN_SOLID)
    g_string_append_printf (
        dump, " pattern %d/%.2f", item->pattern, item->pattern_alpha);
  if (item->stroke != PN_ROLE_NONE)
    g_string_append_printf (
        dump, " stroke %s/%.2f", pn_role_name (item->stroke), item->stroke_alpha);
  if (item->dash > 0)
    g_string_append (dump, " dashed");
  if (item->fill >= PN_ROLE_OBJECT || item->stroke >= PN_ROLE_OBJECT)
    g_string_append_printf (dump, " order %u", item->order);
}

static void
dump_meaning (GString *dump, const PnItem *item)
{
  if (item->process != 0)
    g_string_append_printf (dump, " process %u", item->process);
  if (item->object != 0)
    g_string_append_printf (dump, " object %u", item->object);
  if (item->event != PN_EVENT_OPEN)
    g_string_append_printf (dump, " event %" G_GSIZE_FORMAT, item->event);
  if (item->other_event != PN_EVENT_OPEN)
    g_string_append_printf (dump, "-%" G_GSIZE_FORMAT, item->other_event);
  if (item->count > 1)
    g_string_append_printf (dump, " count %u", item->count);
}

char *
pn_layout_dup_text (const PnLayout *layout)
{
  GString *dump = g_string_new (NULL);

  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      g_string_append_printf (
          dump, "%s %s", pn_layer_name (item->layer), pn_item_kind_name (item->kind));
      if (item->shape == PN_SHAPE_TEXT)
        dump_text (dump, item);
      else if (item->n_points > 0)
        dump_points (dump, layout, item);
      else
        g_string_append_printf (
            dump, " %.0f,%.0f %.0fx%.0f", item->x, item->y, item->width, item->height);
      dump_look (dump, item);
      dump_meaning (dump, item);
      g_string_append_c (dump, '\n');
    }
  return g_string_free (dump, FALSE);
}
