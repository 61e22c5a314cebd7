/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#include <math.h>

#define COLUMN_PX 3
#define MAX_PER_COLUMN 12
#define MAX_EXACT 4000
#define MAX_ARROWS 300
#define MAX_BEYOND 4000
#define MANY 40
#define MAX_LABELS 200
#define MAX_MESSAGE_PX 110

/* An arrow with its lanes found. */
typedef struct
{
  const PnArrow *arrow;
  const PnLane *from;
  const PnLane *to;
  double from_x;
  double to_x;
  guint count;
} Placed;

static double
arrow_to_x (const PnScale *scale, gconstpointer entry)
{
  const PnArrow *arrow = entry;

  return pn_scale_x (scale, arrow->to_event, arrow->to_ns);
}

static gboolean
is_above (const PnLayout *layout, const PnLane *lane)
{
  return lane->y + lane->height < layout->top;
}

static gboolean
is_below (const PnLayout *layout, const PnLane *lane)
{
  return lane->y > layout->bottom;
}

static gboolean
place (const PnLayout *layout, const PnArrow *arrow, Placed *ret)
{
  const PnLanes *lanes = &layout->lanes;
  Placed placed = { .arrow = arrow };

  placed.from = arrow->kind == PN_ARROW_OUT
                    ? pn_lanes_get_object (lanes, arrow->object)
                    : pn_lanes_get_process (lanes, arrow->from_process);
  placed.to = arrow->kind == PN_ARROW_IN
                  ? pn_lanes_get_object (lanes, arrow->object)
                  : pn_lanes_get_process (lanes, arrow->to_process);
  if (placed.from == NULL || placed.to == NULL || placed.from == placed.to)
    return FALSE;
  if ((is_above (layout, placed.from) && is_above (layout, placed.to))
      || (is_below (layout, placed.from) && is_below (layout, placed.to)))
    return FALSE;
  placed.to_x = pn_scale_x (&layout->scale, arrow->to_event, arrow->to_ns);
  placed.from_x = pn_scale_x (&layout->scale, arrow->from_event, arrow->from_ns);
  /* The line of a join and of what an object does stands where it ends. */
  if (arrow->kind == PN_ARROW_JOIN)
    placed.from_x = placed.to_x;
  if (MAX (placed.from_x, placed.to_x) < layout->left - PN_CLIP_MARGIN_PX
      || MIN (placed.from_x, placed.to_x) > layout->right + PN_CLIP_MARGIN_PX)
    return FALSE;
  *ret = placed;
  return TRUE;
}

static gboolean
is_related (const PnThing *thing, const PnArrow *arrow)
{
  switch (thing->kind)
    {
    case PN_THING_PROCESS:
      return arrow->from_process == thing->id || arrow->to_process == thing->id;
    case PN_THING_OBJECT:
      return arrow->object == thing->id;
    case PN_THING_EVENT:
      return arrow->from_event == thing->id || arrow->to_event == thing->id;
    default:
      return FALSE;
    }
}

static gboolean
is_pointed_at (const PnView *view, const PnArrow *arrow)
{
  return is_related (&view->hovered, arrow) || is_related (&view->selected, arrow);
}

static gboolean
is_message (const PnArrow *arrow)
{
  return arrow->kind == PN_ARROW_IN || arrow->kind == PN_ARROW_OUT;
}

static guint64
fold_key (const Placed *placed)
{
  guint64 column = (guint64)(gint64)floor (placed->to_x / COLUMN_PX) & 0xffff;

  return column << 48 ^ (guint64)placed->arrow->kind << 44
         ^ (guint64)GPOINTER_TO_SIZE (placed->from) * 31
         ^ (guint64)GPOINTER_TO_SIZE (placed->to) * 0x9e3779b9;
}

typedef struct
{
  GArray *placed;   /* Placed */
  GHashTable *seen; /* fold_key -> index in `placed` */
  gboolean folds;   /* one arrow a column between two lanes */
} Collection;

static void
collect_one (const PnLayout *layout, Collection *c, const PnArrow *arrow)
{
  Placed placed;
  gpointer index;
  guint64 key;

  if (!place (layout, arrow, &placed))
    return;
  placed.count = 1;
  if (c->folds)
    {
      key = fold_key (&placed);
      if (g_hash_table_lookup_extended (c->seen, &key, NULL, &index))
        {
          g_array_index (c->placed, Placed, GPOINTER_TO_UINT (index)).count++;
          return;
        }
      g_hash_table_insert (
          c->seen, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (c->placed->len));
    }
  g_array_append_val (c->placed, placed);
}

/* All in sight, or where there are very many, some of each column of pixels. */
static void
collect (const PnLayout *layout, Collection *c)
{
  const GArray *arrows = layout->history->arrows;
  const PnScale *scale = &layout->scale;
  double right = layout->right + PN_CLIP_MARGIN_PX;
  double x = layout->left - PN_CLIP_MARGIN_PX;
  guint first = pn_lower_bound (scale, arrows, 0, x, arrow_to_x);
  guint end = pn_lower_bound (scale, arrows, first, right, arrow_to_x);
  guint beyond = MIN (arrows->len, end + MAX_BEYOND);

  c->folds = end - first > MAX_ARROWS;
  if (end - first <= MAX_EXACT)
    {
      for (guint i = first; i < beyond; i++)
        collect_one (layout, c, &g_array_index (arrows, PnArrow, i));
      return;
    }
  for (guint i = first; i < end;)
    {
      double column
          = arrow_to_x (scale, &g_array_index (arrows, PnArrow, i)) + COLUMN_PX;
      guint next = pn_lower_bound (scale, arrows, i + 1, column, arrow_to_x);

      for (guint j = i; j < MIN (next, i + MAX_PER_COLUMN); j++)
        collect_one (layout, c, &g_array_index (arrows, PnArrow, j));
      i = next;
    }
}

/* What is too much to be read is left out, but for what is pointed at: messages first,
 * as their objects' lanes tell of them too. */
static void
thin_out (const PnLayout *layout, Collection *c)
{
  for (int messages_only = TRUE; messages_only >= FALSE; messages_only--)
    {
      guint kept = 0;

      if (c->placed->len <= MAX_ARROWS)
        return;
      for (guint i = 0; i < c->placed->len; i++)
        {
          const Placed *placed = &g_array_index (c->placed, Placed, i);

          if (is_pointed_at (&layout->view, placed->arrow)
              || (messages_only && !is_message (placed->arrow)))
            g_array_index (c->placed, Placed, kept++) = *placed;
        }
      g_array_set_size (c->placed, MIN (kept, 4 * MAX_ARROWS));
    }
}

/* Where arrows touch a process's bar from below: under its strips. */
static double
process_bottom (const PnLane *lane)
{
  return lane->process->holds->len > 0 ? pn_lane_rows_end (lane) + 1
                                       : lane->bar_y + lane->bar_height + 1;
}

static double
edge_y (const PnLayout *layout, const PnLane *lane, gsize event, gboolean from_below)
{
  if (lane->object != NULL)
    return pn_layout_object_y (layout, lane, event) - 1;
  return from_below ? process_bottom (lane) : lane->bar_y - 1;
}

/* Down from the parent, round the corner, into the child's bar; straight onto it where
 * there is no room for a corner. */
static guint
start_points (const PnLayout *layout, const Placed *p, PnPoint *points)
{
  double factor = layout->lanes.factor;
  double from_y = p->from->bar_y + p->from->bar_height;
  double to_y = p->to->bar_y + p->to->bar_height / 2;
  gboolean down = p->to->bar_y > p->from->bar_y;

  if (!down)
    from_y = p->from->bar_y;
  if (p->to_x - p->from_x >= 9 * factor)
    {
      points[0] = (PnPoint){ p->from_x, from_y };
      points[1] = (PnPoint){ p->from_x, to_y };
      points[2] = (PnPoint){ p->to_x, to_y };
      return 3;
    }
  points[0] = (PnPoint){ p->to_x + 1, from_y };
  points[1] = (PnPoint){ p->to_x + 1,
                         down ? p->to->bar_y : p->to->bar_y + p->to->bar_height };
  return 2;
}

/* From the end of the tail that a zombie leaves, or beside the mark of its end. */
static double
join_y (const PnLayout *layout, const Placed *p)
{
  const PnProcessLane *child = p->from->process;
  double end = pn_scale_x (&layout->scale, child->end_event, child->end_ns);
  double factor = layout->lanes.factor;

  return p->from->bar_y + p->from->bar_height / 2
         - (p->to_x - end > 9 * factor ? 0 : 6 * factor);
}

static guint
arrow_points (const PnLayout *layout, const Placed *p, PnPoint *points)
{
  gboolean down = p->to->y > p->from->y;
  const PnArrow *arrow = p->arrow;

  if (arrow->kind == PN_ARROW_START)
    return start_points (layout, p, points);
  points[0] = (PnPoint){ p->from_x, edge_y (layout, p->from, arrow->from_event, down) };
  points[1] = (PnPoint){ p->to_x, edge_y (layout, p->to, arrow->to_event, !down) };
  if (arrow->kind == PN_ARROW_JOIN)
    points[0].y = join_y (layout, p);
  if (arrow->kind == PN_ARROW_JOIN)
    points[1].y = p->to->bar_y + (down ? 0 : p->to->bar_height) + (down ? -1 : 1);
  return 2;
}

static void
style (const PnLayout *layout, PnItem *item, const PnArrow *arrow, double crowd)
{
  static const struct
  {
    PnRole role;
    double alpha;
  } looks[] = {
    [PN_ARROW_START] = { PN_ROLE_RUN, 1 },
    [PN_ARROW_JOIN] = { PN_ROLE_JOIN, 0.8 },
    [PN_ARROW_IN] = { PN_ROLE_OBJECT, 0.78 },
    [PN_ARROW_OUT] = { PN_ROLE_OBJECT, 0.78 },
    [PN_ARROW_HANDOFF] = { PN_ROLE_OBJECT, 1 },
    [PN_ARROW_SIGNAL] = { PN_ROLE_TEXT, 0.8 },
  };
  const PnView *view = &layout->view;
  gboolean pointed
      = view->hovered.kind != PN_THING_NONE || view->selected.kind != PN_THING_NONE;
  gboolean related
      = is_related (&view->hovered, arrow) || is_related (&view->selected, arrow);
  double alpha = looks[arrow->kind].alpha * crowd;

  if (related)
    alpha = 1;
  else if (pointed)
    alpha *= 0.35;
  pn_item_stroke (item, looks[arrow->kind].role, alpha, related ? 2.25 : 1.5);
  item->head = TRUE;
  item->radius = 5 * layout->lanes.factor;
  item->dash = arrow->kind == PN_ARROW_SIGNAL ? 3 : 0;
  item->order = pn_layout_object_order (layout, arrow->object);
}

static void
add_arrow (PnLayout *layout, const Placed *placed, double crowd)
{
  PnPoint points[3];
  guint n_points = arrow_points (layout, placed, points);
  PnItem *item = pn_layout_add_points (
      layout, PN_LAYER_ARROW, PN_ITEM_ARROW, PN_SHAPE_PATH, points, n_points);

  if (item == NULL)
    return;
  style (layout, item, placed->arrow, crowd);
  item->count = placed->count;
  pn_item_about (item,
                 placed->arrow->from_process != 0 ? placed->arrow->from_process
                                                  : placed->arrow->to_process,
                 placed->arrow->object,
                 placed->arrow->from_event,
                 placed->arrow->to_event);
}

/* What is read, written or answered stands in the lane's own cells. */
static gboolean
is_told_by_lane (const PnObjectLane *lane, gboolean in)
{
  switch (lane->kind)
    {
    case PN_OBJECT_VALUE:
      return TRUE;
    case PN_OBJECT_LIST:
    case PN_OBJECT_DICT:
      return !in;
    default:
      return FALSE;
    }
}

/* The text of a message stands right of its line, where that meets the object's lane,
 * as far as the next line leaves room. */
static void
add_message (PnLayout *layout, const GArray *placed, guint i)
{
  const Placed *p = &g_array_index (placed, Placed, i);
  gboolean in = p->arrow->kind == PN_ARROW_IN;
  const PnLane *lane = in ? p->to : p->from;
  double factor = layout->lanes.factor;
  double x = in ? p->to_x : p->from_x, next = layout->right;
  double y
      = edge_y (layout, lane, in ? p->arrow->to_event : p->arrow->from_event, FALSE);
  g_autofree char *visible = NULL;
  g_autofree char *fitting = NULL;
  PnItem *label;

  for (guint j = 0; j < placed->len; j++)
    {
      const Placed *other = &g_array_index (placed, Placed, j);
      double other_x = other->arrow->kind == PN_ARROW_OUT ? other->from_x : other->to_x;

      if (j != i && other->arrow->object == p->arrow->object && other_x >= x
          && (other_x > x || j > i))
        next = MIN (next, other_x);
    }
  if (x < layout->left || is_told_by_lane (lane->object, in))
    return;
  visible = pn_text_dup_visible (p->arrow->text, PN_TEXT_SHOWN_CHARS);
  fitting = pn_text_fit (PN_FONT_SMALL,
                         factor,
                         visible,
                         MIN (next - x - 6 * factor, MAX_MESSAGE_PX * factor));
  if (fitting == NULL || !pn_label_is_worth_reading (fitting, visible))
    return;
  label = pn_layout_add_text (layout,
                              PN_LAYER_LABEL,
                              PN_FONT_SMALL,
                              PN_ROLE_INK,
                              0,
                              x + 4 * factor,
                              y - 13 * factor,
                              MAX_MESSAGE_PX * factor,
                              12 * factor,
                              fitting);
  if (label == NULL)
    return;
  label->order = lane->object->order;
  pn_item_about (label,
                 in ? p->arrow->from_process : p->arrow->to_process,
                 p->arrow->object,
                 p->arrow->from_event,
                 p->arrow->to_event);
}

void
pn_layout_arrows (PnLayout *layout)
{
  Collection c = {
    .placed = g_array_new (FALSE, FALSE, sizeof (Placed)),
    .seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
  };
  double crowd;

  collect (layout, &c);
  thin_out (layout, &c);
  crowd
      = c.placed->len > MANY ? MAX (0.2, pow ((double)MANY / c.placed->len, 0.75)) : 1;
  for (guint i = 0; i < c.placed->len; i++)
    add_arrow (layout, &g_array_index (c.placed, Placed, i), crowd);
  if (!c.folds && c.placed->len <= MAX_LABELS
      && layout->lanes.density != PN_DENSITY_DENSE)
    for (guint i = 0; i < c.placed->len; i++)
      {
        const PnArrow *arrow = g_array_index (c.placed, Placed, i).arrow;

        if (is_message (arrow) && *arrow->text != '\0')
          add_message (layout, c.placed, i);
      }
  g_array_unref (c.placed);
  g_hash_table_unref (c.seen);
}
