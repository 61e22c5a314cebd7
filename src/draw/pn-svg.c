/* SPDX-License-Identifier: MIT */
#include "pn-svg.h"

#include "pn-layout-private.h"
#include "pn-shapes.h"
#include "pn-theme.h"

#include <math.h>

typedef struct
{
  GString *svg;
  GString *path;
  const PnLayout *layout;
  PnThemeKind theme;
} Writer;

/* Locale-independent, at most two digits, none in vain. */
static void
append_number (GString *string, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (
      string, g_ascii_dtostr (buffer, sizeof buffer, round (number * 100) / 100 + 0.0));
}

static void
append_attribute (GString *string, const char *name, double number)
{
  g_string_append_printf (string, " %s=\"", name);
  append_number (string, number);
  g_string_append_c (string, '"');
}

static void
append_pair (GString *string, char command, double x, double y)
{
  g_string_append_c (string, command);
  append_number (string, x);
  g_string_append_c (string, ' ');
  append_number (string, y);
}

static void
move_to (gpointer sink, double x, double y)
{
  append_pair (sink, 'M', x, y);
}

static void
line_to (gpointer sink, double x, double y)
{
  append_pair (sink, 'L', x, y);
}

static void
curve_to (
    gpointer sink, double x1, double y1, double x2, double y2, double x3, double y3)
{
  append_pair (sink, 'C', x1, y1);
  append_pair (sink, ' ', x2, y2);
  append_pair (sink, ' ', x3, y3);
}

static void
close_path (gpointer sink)
{
  g_string_append_c (sink, 'Z');
}

static const PnPathSink svg_sink = { move_to, line_to, curve_to, close_path };

static void
append_color (Writer *w, const char *name, PnRole role, guint order, double alpha)
{
  g_autofree char *color = pn_color_to_string (pn_theme_color (w->theme, role, order));

  g_string_append_printf (w->svg, " %s=\"%s\"", name, color);
  if (alpha < 1)
    {
      g_autofree char *opacity = g_strdup_printf ("%s-opacity", name);
      append_attribute (w->svg, opacity, alpha);
    }
}

static void
append_stroke (Writer *w, const PnItem *item)
{
  append_color (w, "stroke", item->stroke, item->order, item->stroke_alpha);
  append_attribute (w->svg, "stroke-width", item->stroke_width);
  if (item->dash > 0)
    append_attribute (w->svg, "stroke-dasharray", item->dash);
}

static PnRole
pattern_role (const PnItem *item)
{
  return item->stroke != PN_ROLE_NONE && item->fill == PN_ROLE_BACKGROUND ? item->stroke
                                                                          : item->fill;
}

static char *
pattern_id (Writer *w, const PnItem *item)
{
  g_autofree char *color = pn_color_to_string (
      pn_theme_color (w->theme, pattern_role (item), item->order));

  return g_strdup_printf ("p%d-%s-%d",
                          (int)item->pattern,
                          color + 1,
                          (int)lround (item->pattern_alpha * 100));
}

static void
append_pattern (Writer *w, const PnItem *item, const char *id)
{
  const PnPatternCell *cell = pn_pattern_cell (item->pattern);

  g_string_append_printf (
      w->svg, "<pattern id=\"%s\" patternUnits=\"userSpaceOnUse\"", id);
  append_attribute (w->svg, "width", cell->size);
  append_attribute (w->svg, "height", cell->size);
  if (w->layout->lanes.factor != 1)
    {
      g_string_append (w->svg, " patternTransform=\"scale(");
      append_number (w->svg, w->layout->lanes.factor);
      g_string_append (w->svg, ")\"");
    }
  g_string_append (w->svg, "><path d=\"");
  for (guint i = 0; i < cell->n_points; i += 2)
    {
      append_pair (w->svg, 'M', cell->points[i].x, cell->points[i].y);
      append_pair (w->svg, 'L', cell->points[i + 1].x, cell->points[i + 1].y);
    }
  g_string_append (w->svg, "\" stroke-linecap=\"round\"");
  append_color (w, "stroke", pattern_role (item), item->order, item->pattern_alpha);
  append_attribute (w->svg, "stroke-width", cell->line_width);
  g_string_append (w->svg, "/></pattern>\n");
}

static void
append_patterns (Writer *w)
{
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < w->layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (w->layout->items, PnItem, i);
      char *id;

      if (item->pattern == PN_PATTERN_SOLID || item->fill == PN_ROLE_NONE)
        continue;
      id = pattern_id (w, item);
      if (!g_hash_table_contains (seen, id))
        append_pattern (w, item, id);
      g_hash_table_add (seen, id);
    }
}

static void
append_clip (Writer *w, const char *id, double x, double y, double width, double height)
{
  g_string_append_printf (w->svg, "<clipPath id=\"%s\"><rect", id);
  append_attribute (w->svg, "x", x);
  append_attribute (w->svg, "y", y);
  append_attribute (w->svg, "width", MAX (width, 0));
  append_attribute (w->svg, "height", MAX (height, 0));
  g_string_append (w->svg, "/></clipPath>\n");
}

static void
append_shape (Writer *w, const PnItem *item)
{
  g_string_append_printf (w->svg, "<path d=\"%s\"", w->path->str);
  if (item->fill != PN_ROLE_NONE && item->shape != PN_SHAPE_PATH)
    append_color (w, "fill", item->fill, item->order, item->fill_alpha);
  else
    g_string_append (w->svg, " fill=\"none\"");
  g_string_append (w->svg, "/>\n");
}

static void
append_hatch (Writer *w, const PnItem *item)
{
  g_autofree char *id = pattern_id (w, item);

  g_string_append_printf (
      w->svg, "<path d=\"%s\" fill=\"url(#%s)\"/>\n", w->path->str, id);
}

static void
append_outline (Writer *w, const PnItem *item)
{
  g_string_append_printf (w->svg, "<path d=\"%s\" fill=\"none\"", w->path->str);
  append_stroke (w, item);
  g_string_append (w->svg, "/>\n");
}

static void
append_area (Writer *w, const PnItem *item, const PnPoint *points)
{
  if (points != NULL)
    pn_shape_polygon (points, item->n_points, &svg_sink, w->path);
  else
    pn_shape_rect (item, 0, &svg_sink, w->path);
  if (item->fill != PN_ROLE_NONE)
    append_shape (w, item);
  if (item->fill != PN_ROLE_NONE && item->pattern != PN_PATTERN_SOLID)
    append_hatch (w, item);
  if (item->stroke == PN_ROLE_NONE)
    return;
  if (points == NULL)
    {
      g_string_truncate (w->path, 0);
      pn_shape_rect (item, item->stroke_width / 2, &svg_sink, w->path);
    }
  append_outline (w, item);
}

static void
append_line (Writer *w, const PnItem *item, const PnPoint *points)
{
  PnPoint corners[3];

  pn_shape_path (item, points, &svg_sink, w->path);
  append_outline (w, item);
  if (!item->head)
    return;
  pn_shape_head (item, points, corners);
  g_string_truncate (w->path, 0);
  pn_shape_polygon (corners, 3, &svg_sink, w->path);
  g_string_append_printf (w->svg, "<path d=\"%s\"", w->path->str);
  append_color (w, "fill", item->stroke, item->order, item->stroke_alpha);
  g_string_append (w->svg, "/>\n");
}

static void
append_circle (Writer *w, const PnItem *item)
{
  double radius = item->width / 2;

  g_string_append (w->svg, "<circle");
  append_attribute (w->svg, "cx", item->x + radius);
  append_attribute (w->svg, "cy", item->y + radius);
  append_attribute (w->svg, "r", radius - item->stroke_width / 2);
  append_color (w, "fill", item->fill, item->order, item->fill_alpha);
  append_stroke (w, item);
  g_string_append (w->svg, "/>\n");
}

static void
append_cross (Writer *w, const PnItem *item)
{
  double x0 = item->x + 1, x1 = item->x + item->width - 1;
  double y0 = item->y + 1, y1 = item->y + item->height - 1;

  append_pair (w->path, 'M', x0, y0);
  append_pair (w->path, 'L', x1, y1);
  append_pair (w->path, 'M', x0, y1);
  append_pair (w->path, 'L', x1, y0);
  append_outline (w, item);
}

static void
append_text (Writer *w, const PnItem *item)
{
  static const char *const anchors[] = { "start", "middle", "end" };
  double factor = w->layout->lanes.factor;
  PnExtents extents = pn_text_measure (item->font, factor, item->text);
  g_autofree char *escaped = g_markup_escape_text (item->text, -1);

  g_string_append (w->svg, "<text");
  append_attribute (w->svg, "x", item->x + item->width * item->align);
  append_attribute (w->svg, "y", item->y + extents.ascent);
  append_attribute (w->svg, "font-size", pn_font_px (item->font, factor));
  if (pn_font_weight (item->font) != 400)
    append_attribute (w->svg, "font-weight", pn_font_weight (item->font));
  if (pn_font_is_mono (item->font))
    g_string_append (w->svg, " font-family=\"" PN_FONT_FAMILY_MONO "\"");
  if (item->align > 0)
    g_string_append_printf (
        w->svg, " text-anchor=\"%s\"", anchors[item->align > 0.75 ? 2 : 1]);
  append_color (w, "fill", item->fill, item->order, item->fill_alpha);
  g_string_append_printf (w->svg, ">%s</text>\n", escaped);
}

static void
append_item (Writer *w, const PnItem *item)
{
  const PnPoint *points
      = item->n_points > 0
            ? &g_array_index (w->layout->points, PnPoint, item->first_point)
            : NULL;

  g_string_truncate (w->path, 0);
  switch (item->shape)
    {
    case PN_SHAPE_PATH:
      append_line (w, item, points);
      break;
    case PN_SHAPE_CIRCLE:
      append_circle (w, item);
      break;
    case PN_SHAPE_CROSS:
      append_cross (w, item);
      break;
    case PN_SHAPE_TEXT:
      append_text (w, item);
      break;
    default:
      append_area (w, item, points);
      break;
    }
}

static gboolean
is_seen (const PnItem *item)
{
  return item->fill != PN_ROLE_NONE || item->stroke != PN_ROLE_NONE;
}

static void
append_items (Writer *w)
{
  static const char *const clips[] = { "all", "lanes", "heads" };
  int layer = -1;

  for (guint i = 0; i < w->layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (w->layout->items, PnItem, i);

      if (!is_seen (item))
        continue;
      if (layer != (int)item->layer)
        g_string_append_printf (w->svg,
                                "%s<g id=\"%s\" clip-path=\"url(#clip-%s)\">\n",
                                layer >= 0 ? "</g>\n" : "",
                                pn_layer_name (item->layer),
                                clips[pn_layer_clip (item->layer)]);
      layer = (int)item->layer;
      append_item (w, item);
    }
  if (layer >= 0)
    g_string_append (w->svg, "</g>\n");
}

static void
append_root (Writer *w)
{
  const PnLayout *layout = w->layout;
  double width = layout->view.width, height = layout->view.height;
  const char *title = layout->view.title != NULL ? layout->view.title : "Procession";
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  g_string_append (w->svg,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<svg xmlns=\"http://www.w3.org/2000/svg\"");
  append_attribute (w->svg, "width", width);
  append_attribute (w->svg, "height", height);
  g_string_append (w->svg, " viewBox=\"0 0 ");
  append_number (w->svg, width);
  g_string_append_c (w->svg, ' ');
  append_number (w->svg, height);
  g_string_append_printf (w->svg,
                          "\" font-family=\"%s, sans-serif\" stroke-linejoin=\"round\""
                          " style=\"font-variant-numeric: tabular-nums\">\n"
                          "<title>%s</title>\n<defs>\n",
                          PN_FONT_FAMILY_SANS,
                          escaped);
  append_clip (w, "clip-all", 0, 0, width, height);
  append_clip (w,
               "clip-lanes",
               layout->left,
               layout->top,
               layout->right - layout->left,
               layout->bottom - layout->top);
  append_clip (
      w, "clip-heads", 0, layout->top, layout->left, layout->bottom - layout->top);
  append_patterns (w);
  g_string_append (w->svg, "</defs>\n");
}

char *
pn_svg_from_layout (const PnLayout *layout)
{
  Writer writer = {
    .svg = g_string_sized_new (64 * 1024),
    .path = g_string_new (NULL),
    .layout = layout,
    .theme = layout->view.theme,
  };

  append_root (&writer);
  append_items (&writer);
  g_string_append (writer.svg, "</svg>\n");
  g_string_free (writer.path, TRUE);
  return g_string_free (writer.svg, FALSE);
}
