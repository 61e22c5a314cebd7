/* SPDX-License-Identifier: MIT */

/* Adding items: clipped, labelled, and told what they stand for. */

#include "pn-layout-private.h"

#include <math.h>

#define MIN_LABEL_CHARS 7
#define PLATE_ALPHA 0.9

static void
init_item (PnItem *item, PnLayer layer, PnItemKind kind, PnShape shape)
{
  *item = (PnItem){
    .kind = kind,
    .layer = layer,
    .shape = shape,
    .event = PN_EVENT_OPEN,
    .other_event = PN_EVENT_OPEN,
    .count = 1,
  };
}

static PnItem *
append (PnLayout *layout, const PnItem *item)
{
  g_array_append_val (layout->items, *item);
  return &g_array_index (layout->items, PnItem, layout->items->len - 1);
}

PnItem *
pn_layout_add_rect (PnLayout *layout,
                    PnLayer layer,
                    PnItemKind kind,
                    double x,
                    double y,
                    double width,
                    double height)
{
  double x0 = MAX (x, -PN_CLIP_MARGIN_PX);
  double x1 = MIN (x + width, layout->view.width + PN_CLIP_MARGIN_PX);
  double y0 = MAX (y, -PN_CLIP_MARGIN_PX);
  double y1 = MIN (y + height, layout->view.height + PN_CLIP_MARGIN_PX);
  PnItem item;

  if (pn_layer_clip (layer) == PN_CLIP_LANES)
    {
      x0 = MAX (x0, layout->left - PN_CLIP_MARGIN_PX);
      x1 = MIN (x1, layout->right + PN_CLIP_MARGIN_PX);
      y0 = MAX (y0, layout->top - PN_CLIP_MARGIN_PX);
    }
  /* Also rejects NaN. */
  if (!(x1 >= x0 && y1 >= y0))
    return NULL;
  init_item (&item, layer, kind, PN_SHAPE_RECT);
  item.x = x0;
  item.y = y0;
  item.width = x1 - x0;
  item.height = y1 - y0;
  return append (layout, &item);
}

/* Cuts the segment to the clip and its margin (Liang and Barsky); FALSE: outside. */
static gboolean
clip_segment (const PnLayout *layout, PnPoint *a, PnPoint *b)
{
  double dx = b->x - a->x, dy = b->y - a->y, enter = 0, leave = 1;
  const double p[] = { -dx, dx, -dy, dy };
  const double q[] = { a->x - (layout->left - PN_CLIP_MARGIN_PX),
                       layout->right + PN_CLIP_MARGIN_PX - a->x,
                       a->y - (layout->top - PN_CLIP_MARGIN_PX),
                       layout->bottom + PN_CLIP_MARGIN_PX - a->y };
  PnPoint from = *a;

  for (int i = 0; i < 4; i++)
    {
      if (p[i] == 0 && q[i] < 0)
        return FALSE;
      if (p[i] < 0)
        enter = MAX (enter, q[i] / p[i]);
      else if (p[i] > 0)
        leave = MIN (leave, q[i] / p[i]);
    }
  if (!(enter <= leave))
    return FALSE;
  *a = (PnPoint){ from.x + dx * enter, from.y + dy * enter };
  *b = (PnPoint){ from.x + dx * leave, from.y + dy * leave };
  return TRUE;
}

static void
clamp_point (const PnLayout *layout, PnPoint *point)
{
  point->x = CLAMP (
      point->x, layout->left - PN_CLIP_MARGIN_PX, layout->right + PN_CLIP_MARGIN_PX);
  point->y = CLAMP (
      point->y, layout->top - PN_CLIP_MARGIN_PX, layout->bottom + PN_CLIP_MARGIN_PX);
}

static gboolean
is_finite (const PnPoint *points, guint n_points)
{
  for (guint i = 0; i < n_points; i++)
    if (!isfinite (points[i].x) || !isfinite (points[i].y))
      return FALSE;
  return TRUE;
}

/* Lines of more than two points run along the axes, so that moving a point that lies
 * outside to the edge leaves what is inside as it was. */
static gboolean
clip_points (const PnLayout *layout, PnPoint *points, guint n_points)
{
  if (n_points == 2)
    return clip_segment (layout, &points[0], &points[1]);
  for (guint i = 0; i < n_points; i++)
    clamp_point (layout, &points[i]);
  return TRUE;
}

static void
cover (PnItem *item, const PnPoint *points, guint n_points)
{
  double x0 = points[0].x, x1 = x0, y0 = points[0].y, y1 = y0;

  for (guint i = 1; i < n_points; i++)
    {
      x0 = MIN (x0, points[i].x);
      x1 = MAX (x1, points[i].x);
      y0 = MIN (y0, points[i].y);
      y1 = MAX (y1, points[i].y);
    }
  item->x = x0;
  item->y = y0;
  item->width = x1 - x0;
  item->height = y1 - y0;
}

PnItem *
pn_layout_add_points (PnLayout *layout,
                      PnLayer layer,
                      PnItemKind kind,
                      PnShape shape,
                      const PnPoint *points,
                      guint n_points)
{
  guint first = layout->points->len;
  PnPoint *own;
  PnItem item;

  if (n_points < 2 || !is_finite (points, n_points))
    return NULL;
  g_array_append_vals (layout->points, points, n_points);
  own = &g_array_index (layout->points, PnPoint, first);
  if (pn_layer_clip (layer) == PN_CLIP_LANES && !clip_points (layout, own, n_points))
    {
      g_array_set_size (layout->points, first);
      return NULL;
    }
  init_item (&item, layer, kind, shape);
  item.first_point = first;
  item.n_points = n_points;
  cover (&item, own, n_points);
  return append (layout, &item);
}

PnItem *
pn_layout_add_text (PnLayout *layout,
                    PnLayer layer,
                    PnFont font,
                    PnRole role,
                    double align,
                    double x,
                    double y,
                    double width,
                    double height,
                    const char *text)
{
  double factor = layout->lanes.factor;
  g_autofree char *visible = pn_text_dup_visible (text, PN_TEXT_SHOWN_CHARS);
  g_autofree char *fitting = pn_text_fit (font, factor, visible, width);
  PnExtents extents;
  PnItem item;

  if (fitting == NULL || !isfinite (x) || !isfinite (y))
    return NULL;
  extents = pn_text_measure (font, factor, fitting);
  init_item (&item, layer, PN_ITEM_LABEL, PN_SHAPE_TEXT);
  item.x = x + (width - extents.width) * align;
  item.y = y + (height - extents.height) / 2;
  item.width = extents.width;
  item.height = extents.height;
  item.font = font;
  item.align = align;
  item.text = g_string_chunk_insert (layout->strings, fitting);
  pn_item_fill (&item, role, 1);
  return append (layout, &item);
}

gboolean
pn_label_is_worth_reading (const char *shown, const char *whole)
{
  return g_str_equal (shown, whole) || g_utf8_strlen (shown, -1) >= MIN_LABEL_CHARS;
}

/* @text if it fits, or @shorter, or a part of that. */
static char *
choose_wording (
    PnFont font, double factor, const char *text, const char *shorter, double width)
{
  g_autofree char *visible = pn_text_dup_visible (text, PN_TEXT_SHOWN_CHARS);
  g_autofree char *fitting = NULL;

  if (shorter != NULL && pn_text_measure (font, factor, visible).width > width)
    {
      g_free (visible);
      visible = pn_text_dup_visible (shorter, PN_TEXT_SHOWN_CHARS);
    }
  fitting = pn_text_fit (font, factor, visible, width);
  if (fitting == NULL || !pn_label_is_worth_reading (fitting, visible))
    return NULL;
  return g_steal_pointer (&fitting);
}

static void
add_plate (PnLayout *layout,
           const PnItem *about,
           PnRole role,
           double alpha,
           double middle_x,
           double width,
           double height)
{
  PnItem *plate = pn_layout_add_rect (layout,
                                      PN_LAYER_LABEL,
                                      about->kind,
                                      middle_x - width / 2,
                                      about->y + (about->height - height) / 2,
                                      width,
                                      height);

  if (plate == NULL)
    return;
  plate->radius = height / 2;
  plate->order = about->order;
  pn_item_fill (plate, role, alpha);
  pn_item_about (
      plate, about->process, about->object, about->event, about->other_event);
}

/* What crosses the item goes behind the label. A plate of the item's own colour is not
 * to be seen otherwise. */
static void
add_plates (PnLayout *layout,
            const PnItem *about,
            PnRole role,
            double middle_x,
            double width,
            double height)
{
  gboolean own = role == about->fill && about->fill_alpha < 1;

  if (own)
    add_plate (layout, about, PN_ROLE_BACKGROUND, 1, middle_x, width, height);
  add_plate (layout,
             about,
             role,
             own ? about->fill_alpha : PLATE_ALPHA,
             middle_x,
             width,
             height);
}

void
pn_layout_add_label (PnLayout *layout,
                     const PnItem *item,
                     PnFont font,
                     PnRole role,
                     PnRole plate,
                     const char *text,
                     const char *shorter)
{
  PnItem about = *item; /* adding moves the array */
  double factor = layout->lanes.factor;
  double x0 = MAX (about.x, layout->left),
         x1 = MIN (about.x + about.width, layout->right);
  double pad = (plate == PN_ROLE_BACKGROUND ? 12 : 4) * factor;
  g_autofree char *fitting
      = choose_wording (font, factor, text, shorter, MIN (x1 - x0 - 2 * pad, 4096));
  PnExtents extents;
  PnItem *label;

  if (fitting == NULL)
    return;
  extents = pn_text_measure (font, factor, fitting);
  if (extents.height > about.height + 4 * factor)
    return;
  if (plate != PN_ROLE_NONE)
    add_plates (layout,
                &about,
                plate,
                (x0 + x1) / 2,
                extents.width + 2 * MAX (pad - 3 * factor, 3 * factor),
                MIN (round (16 * factor),
                     MAX (about.height - 4 * factor, MIN (about.height, 9 * factor))));
  label = pn_layout_add_text (layout,
                              PN_LAYER_LABEL,
                              font,
                              role,
                              0.5,
                              (x0 + x1 - extents.width) / 2 - 1,
                              about.y + (about.height - extents.height) / 2,
                              extents.width + 2,
                              extents.height,
                              fitting);
  if (label == NULL)
    return;
  label->order = about.order;
  pn_item_about (label, about.process, about.object, about.event, about.other_event);
}

void
pn_item_fill (PnItem *item, PnRole role, double alpha)
{
  item->fill = role;
  item->fill_alpha = alpha;
}

void
pn_item_stroke (PnItem *item, PnRole role, double alpha, double width)
{
  item->stroke = role;
  item->stroke_alpha = alpha;
  item->stroke_width = width;
}

void
pn_item_hatch (PnItem *item, PnPattern pattern, double alpha)
{
  item->pattern = pattern;
  item->pattern_alpha = alpha;
}

void
pn_item_about (
    PnItem *item, guint32 process, guint32 object, gsize event, gsize other_event)
{
  item->process = process;
  item->object = object;
  item->event = event;
  item->other_event = other_event;
  if (event != PN_EVENT_OPEN)
    item->thing = (PnThing){ PN_THING_EVENT, event };
  else if (process != 0)
    item->thing = (PnThing){ PN_THING_PROCESS, process };
  else if (object != 0)
    item->thing = (PnThing){ PN_THING_OBJECT, object };
}

/* A solid thing of an object: in print a pattern on white with a line around it. */
void
pn_layout_fill_object (const PnLayout *layout, PnItem *item, double alpha)
{
  PnThemeKind theme = layout->view.theme;

  if (theme == PN_THEME_PRINT)
    {
      pn_item_fill (item, PN_ROLE_BACKGROUND, 1);
      pn_item_hatch (item, pn_theme_object_pattern (theme, item->order), 0.85);
    }
  else
    pn_item_fill (item, PN_ROLE_OBJECT, alpha);
  if (pn_theme_object_outlined (theme, item->order))
    pn_item_stroke (item, PN_ROLE_INK, 1, 1);
}

guint
pn_layout_object_order (const PnLayout *layout, guint32 object)
{
  const PnLane *lane = pn_lanes_get_object (&layout->lanes, object);

  return lane != NULL ? lane->object->order : 0;
}

gboolean
pn_layout_is_lit (const PnLayout *layout, PnThingKind kind, guint64 id)
{
  const PnView *view = &layout->view;

  return (view->hovered.kind == kind && view->hovered.id == id)
         || (view->selected.kind == kind && view->selected.id == id);
}

double
pn_layout_lane_begin_x (const PnLayout *layout, const PnLane *lane)
{
  return pn_scale_x (
      &layout->scale, lane->object->created_event, lane->object->created_ns);
}

double
pn_layout_end_x (const PnLayout *layout)
{
  return pn_scale_x (&layout->scale, PN_EVENT_OPEN, 0);
}

void
pn_layout_add_life (
    PnLayout *layout, const PnLane *lane, double y, double dash, double width)
{
  PnPoint line[] = { { pn_layout_lane_begin_x (layout, lane), y },
                     { pn_layout_end_x (layout), y } };
  PnItem *item = pn_layout_add_points (
      layout, PN_LAYER_BAR, PN_ITEM_FREE, PN_SHAPE_PATH, line, G_N_ELEMENTS (line));

  if (item == NULL)
    return;
  item->order = lane->object->order;
  item->dash = dash;
  pn_item_stroke (item, PN_ROLE_OBJECT, 1, width);
  pn_item_about (item, 0, lane->object->object, PN_EVENT_OPEN, PN_EVENT_OPEN);
}

void
pn_layout_label_count (PnLayout *layout, const PnItem *item)
{
  g_autofree char *count = g_strdup_printf ("×%u", item->count);

  if (item->width >= 40 * layout->lanes.factor)
    pn_layout_add_label (
        layout, item, PN_FONT_BAR_SMALL, PN_ROLE_INK, PN_ROLE_BACKGROUND, count, NULL);
}
