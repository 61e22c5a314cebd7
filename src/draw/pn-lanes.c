/* SPDX-License-Identifier: MIT */
#include "pn-lanes.h"

#include "pn-measure.h"

#include <math.h>

#define MAX_INDENT_DEPTH 6
#define HEAD_MARGIN 16
#define MIN_HEAD_WIDTH 112
#define MAX_HEAD_SHARE 0.24
#define MAX_ROWS 64
#define BOTTOM_PX 12

/* By density, in pixels at the normal font. */
typedef struct
{
  double pad;    /* above a bar */
  double bar;    /* its height */
  double gap;    /* between bar and strips */
  double strip;  /* a strip's height */
  double bottom; /* below the strips */
  double block;  /* of objects: owner blocks, cells */
  double object_pad;
  double object_bottom;
  double depth; /* the area of a queue's steps */
  double task;  /* a worker's row */
  double section_gap;
  double section;
} Sizes;

static const Sizes sizes[] = {
  [PN_DENSITY_ROOMY] = { 22, 26, 3, 9, 8, 24, 21, 17, 48, 18, 13, 24 },
  [PN_DENSITY_COMPACT] = { 11, 22, 2, 8, 5, 20, 11, 9, 34, 15, 8, 22 },
  [PN_DENSITY_DENSE] = { 4, 16, 1, 3, 4, 16, 5, 5, 24, 12, 4, 18 },
};

static double
scaled (const PnLanes *lanes, double px)
{
  return round (px * lanes->factor);
}

static void
place_process (const PnLanes *lanes, PnLane *lane)
{
  const Sizes *s = &sizes[lanes->density];

  lane->bar_y = lane->y + scaled (lanes, s->pad);
  lane->bar_height = scaled (lanes, s->bar);
  lane->row_y = lane->bar_y + lane->bar_height + scaled (lanes, s->gap);
  lane->row_height = scaled (lanes, s->strip);
  lane->row_pitch = lane->row_height + 1;
  lane->n_rows = CLAMP (lane->process->hold_rows, 1, MAX_ROWS);
  lane->height = pn_lane_rows_end (lane) + scaled (lanes, s->bottom) - lane->y;
}

static void
place_lock (const PnLanes *lanes, PnLane *lane)
{
  const Sizes *s = &sizes[lanes->density];
  guint rows = MIN (lane->object->waiter_rows, MAX_ROWS);
  double row = rows <= 6 ? 5 : MAX (1.5, 36.0 / rows);

  if (lanes->density == PN_DENSITY_DENSE)
    row = MIN (row, 3);
  lane->n_rows = rows;
  lane->bar_height = scaled (lanes, s->block);
  lane->row_y = lane->bar_y + lane->bar_height + scaled (lanes, s->object_pad * 0.42);
  lane->row_height = row * lanes->factor;
  lane->row_pitch = lane->row_height + (row > 2 ? 1 : 0.5);
  lane->height
      = (rows > 0 ? pn_lane_rows_end (lane) + scaled (lanes, s->object_bottom - 5)
                  : lane->bar_y + lane->bar_height + scaled (lanes, s->object_bottom))
        - lane->y;
}

static void
place_pool (const PnLanes *lanes, PnLane *lane)
{
  const Sizes *s = &sizes[lanes->density];

  lane->n_rows = CLAMP (lane->object->owned_rows, 1, MAX_ROWS);
  lane->row_y = lane->bar_y;
  lane->row_height = scaled (lanes, s->task);
  lane->row_pitch = lane->row_height + 2;
  lane->bar_height = pn_lane_rows_end (lane) - lane->row_y;
  lane->height
      = lane->bar_y + lane->bar_height + scaled (lanes, s->object_bottom) - lane->y;
}

static void
place_object (const PnLanes *lanes, PnLane *lane)
{
  const Sizes *s = &sizes[lanes->density];

  lane->bar_y = lane->y + scaled (lanes, s->object_pad);
  switch (lane->object->kind)
    {
    case PN_OBJECT_LOCK:
      place_lock (lanes, lane);
      return;
    case PN_OBJECT_POOL:
      place_pool (lanes, lane);
      return;
    case PN_OBJECT_QUEUE:
    case PN_OBJECT_PIPE:
      lane->bar_height = scaled (lanes, s->depth);
      break;
    default:
      lane->bar_height = scaled (lanes, s->block - 2);
      break;
    }
  lane->row_y = lane->bar_y + lane->bar_height;
  lane->height = lane->row_y + scaled (lanes, s->object_bottom) - lane->y;
}

static void
place (PnLanes *lanes)
{
  const Sizes *s = &sizes[lanes->density];
  double y = lanes->top;

  lanes->section_y = -1;
  lanes->section_height = 0;
  for (guint i = 0; i < lanes->lanes->len; i++)
    {
      PnLane *lane = &g_array_index (lanes->lanes, PnLane, i);

      if (i == lanes->n_processes)
        {
          lanes->section_y = y + scaled (lanes, s->section_gap);
          lanes->section_height = scaled (lanes, s->section);
          y = lanes->section_y + lanes->section_height;
        }
      lane->y = y;
      if (lane->process != NULL)
        place_process (lanes, lane);
      else
        place_object (lanes, lane);
      y += lane->height;
    }
  lanes->full_height = y + scaled (lanes, BOTTOM_PX);
}

/* As roomy as the height allows; dense lanes scroll. A picture that may be as high as
 * it needs is roomy, unless that were a very long one. */
static void
choose_density (PnLanes *lanes, const PnView *view)
{
  double room = view->height > 0 ? view->height : 2000 * lanes->factor;

  for (int density = PN_DENSITY_ROOMY; density <= PN_DENSITY_DENSE; density++)
    {
      lanes->density = density;
      place (lanes);
      if (lanes->full_height <= room + scaled (lanes, BOTTOM_PX))
        {
          /* The margin gives way: nobody scrolls for it. */
          lanes->full_height = MIN (lanes->full_height, room);
          return;
        }
    }
}

static void
collect (PnLanes *lanes, const PnHistory *history)
{
  for (guint i = 0; i < history->processes->len; i++)
    {
      PnLane lane = { .process = g_ptr_array_index (history->processes, i) };

      g_array_append_val (lanes->lanes, lane);
      g_hash_table_insert (lanes->by_process,
                           GUINT_TO_POINTER (lane.process->process),
                           GUINT_TO_POINTER (lanes->lanes->len));
    }
  lanes->n_processes = lanes->lanes->len;
  for (guint i = 0; i < history->objects->len; i++)
    {
      PnLane lane = { .object = g_ptr_array_index (history->objects, i) };

      if (lane.object->kind == PN_OBJECT_FILE)
        continue;
      g_array_append_val (lanes->lanes, lane);
      g_hash_table_insert (lanes->by_object,
                           GUINT_TO_POINTER (lane.object->object),
                           GUINT_TO_POINTER (lanes->lanes->len));
    }
}

static double
lane_head_width (const PnLanes *lanes, const PnLane *lane)
{
  const char *name = lane->process != NULL ? lane->process->name : lane->object->name;
  g_autofree char *visible = pn_text_dup_visible (name, PN_TEXT_SHOWN_CHARS);
  g_autofree char *subtitle = pn_lane_dup_subtitle (lane);
  double width = pn_text_measure (PN_FONT_NAME, lanes->factor, visible).width;
  double below = pn_text_measure (PN_FONT_SMALL, lanes->factor, subtitle).width;

  return pn_lanes_indent (lanes, lane)
         + (lanes->density == PN_DENSITY_DENSE ? width + below + 8
                                               : MAX (width, below));
}

static void
choose_head_width (PnLanes *lanes, const PnView *view)
{
  double widest = 0;

  if (!view->with_heads)
    {
      lanes->head_width = scaled (lanes, 10);
      return;
    }
  for (guint i = 0; i < lanes->lanes->len; i++)
    widest = MAX (widest,
                  lane_head_width (lanes, &g_array_index (lanes->lanes, PnLane, i)));
  widest += 2 * scaled (lanes, HEAD_MARGIN);
  widest = MAX (widest, scaled (lanes, MIN_HEAD_WIDTH));
  lanes->head_width = ceil (
      MIN (widest, MAX (view->width * MAX_HEAD_SHARE, scaled (lanes, MIN_HEAD_WIDTH))));
}

void
pn_lanes_init (PnLanes *lanes, const PnHistory *history, const PnView *view)
{
  double factor = view->font_px > 0 ? CLAMP (view->font_px / 13, 0.4, 8) : 1;

  *lanes = (PnLanes){
    .factor = factor,
    .lanes = g_array_new (FALSE, FALSE, sizeof (PnLane)),
    .by_process = g_hash_table_new (NULL, NULL),
    .by_object = g_hash_table_new (NULL, NULL),
  };
  lanes->title_height = view->title != NULL ? scaled (lanes, 48) : 0;
  lanes->ruler_height = view->with_ruler ? scaled (lanes, 32) : 0;
  lanes->top = lanes->title_height + lanes->ruler_height;
  collect (lanes, history);
  choose_density (lanes, view);
  choose_head_width (lanes, view);
  for (guint i = 0; i < lanes->lanes->len; i++)
    {
      PnLane *lane = &g_array_index (lanes->lanes, PnLane, i);

      lane->y -= view->scroll_y;
      lane->bar_y -= view->scroll_y;
      lane->row_y -= view->scroll_y;
    }
  if (lanes->section_height > 0)
    lanes->section_y -= view->scroll_y;
}

void
pn_lanes_clear (PnLanes *lanes)
{
  g_clear_pointer (&lanes->lanes, g_array_unref);
  g_clear_pointer (&lanes->by_process, g_hash_table_unref);
  g_clear_pointer (&lanes->by_object, g_hash_table_unref);
}

static const PnLane *
look_up (const PnLanes *lanes, GHashTable *table, guint32 id)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (table, GUINT_TO_POINTER (id)));

  return index > 0 ? &g_array_index (lanes->lanes, PnLane, index - 1) : NULL;
}

const PnLane *
pn_lanes_get_process (const PnLanes *lanes, guint32 process)
{
  return process != 0 ? look_up (lanes, lanes->by_process, process) : NULL;
}

const PnLane *
pn_lanes_get_object (const PnLanes *lanes, guint32 object)
{
  return object != 0 ? look_up (lanes, lanes->by_object, object) : NULL;
}

double
pn_lane_rows_end (const PnLane *lane)
{
  if (lane->n_rows == 0)
    return lane->row_y;
  return lane->row_y + (lane->n_rows - 1) * lane->row_pitch + lane->row_height;
}

double
pn_lanes_indent (const PnLanes *lanes, const PnLane *lane)
{
  if (lane->process == NULL)
    return 0;
  return scaled (lanes, 14) * MIN (lane->process->depth, MAX_INDENT_DEPTH);
}

char *
pn_lane_dup_subtitle (const PnLane *lane)
{
  const char *type;

  if (lane->process != NULL)
    return lane->process->pid > 0
               ? g_strdup_printf ("pid %" G_GINT64_FORMAT "%s",
                                  lane->process->pid,
                                  lane->process->daemon ? ", daemon" : "")
               : g_strdup (lane->process->daemon ? "daemon" : "");
  type = pn_object_kind_type (lane->object->kind);
  switch (lane->object->kind)
    {
    case PN_OBJECT_QUEUE:
    case PN_OBJECT_PIPE:
      return g_strdup_printf ("%s, depth", type);
    default:
      return g_strdup (type);
    }
}
