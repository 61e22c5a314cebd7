/* SPDX-License-Identifier: MIT */
#pragma once

/* What the layout's files share. */

#include "pn-item.h"
#include "pn-lanes.h"
#include "pn-layout.h"
#include "pn-scale.h"
#include "pn-measure.h"
#include "pn-theme.h"

G_BEGIN_DECLS

/* A span narrower than this is folded with its neighbours. */
#define PN_MIN_SPAN_PX 2.5

/* How far beyond the clip an item may reach: rounded ends and edges stay out of sight,
 * and no coordinate becomes huge (Cairo's are 24 bits). */
#define PN_CLIP_MARGIN_PX 24

struct _PnLayout
{
  PnModel *model;
  const PnHistory *history; /* the model's; good while it is not updated */
  PnView view;              /* `title` is the layout's own */
  PnScale scale;
  PnLanes lanes;
  double left; /* the lanes' clip */
  double right;
  double top;
  double bottom;
  GArray *items;  /* PnItem, by layer once laid out */
  GArray *points; /* PnPoint */
  GStringChunk *strings;
};

/* Returned items are good until the next is added. Edges that would lie far outside
 * the clip are brought near to it; what is wholly outside is not added: NULL. */
PnItem *pn_layout_add_rect (PnLayout *layout,
                            PnLayer layer,
                            PnItemKind kind,
                            double x,
                            double y,
                            double width,
                            double height);
PnItem *pn_layout_add_points (PnLayout *layout,
                              PnLayer layer,
                              PnItemKind kind,
                              PnShape shape,
                              const PnPoint *points,
                              guint n_points);

/* Cut to fit into @width; NULL if nothing of it fits. @text is made visible. */
PnItem *pn_layout_add_text (PnLayout *layout,
                            PnLayer layer,
                            PnFont font,
                            PnRole role,
                            double align,
                            double x,
                            double y,
                            double width,
                            double height,
                            const char *text);

/* A text in the middle of the visible part of @item's rectangle, on a plate if @plate
 * is not NONE. Stands for the same as @item. @shorter: what to say where there is no
 * room for @text, or NULL. */
void pn_layout_add_label (PnLayout *layout,
                          const PnItem *item,
                          PnFont font,
                          PnRole role,
                          PnRole plate,
                          const char *text,
                          const char *shorter);

/* Not a few letters and an ellipsis. */
gboolean pn_label_is_worth_reading (const char *shown, const char *whole);

void pn_item_fill (PnItem *item, PnRole role, double alpha);
void pn_item_stroke (PnItem *item, PnRole role, double alpha, double width);
void pn_item_hatch (PnItem *item, PnPattern pattern, double alpha);

/* What it stands for; `thing` becomes its event if there is one. */
void pn_item_about (
    PnItem *item, guint32 process, guint32 object, gsize event, gsize other_event);

void pn_layout_fill_object (const PnLayout *layout, PnItem *item, double alpha);

guint pn_layout_object_order (const PnLayout *layout, guint32 object);

/* Whether it is pointed at: hovered or selected. */
gboolean pn_layout_is_lit (const PnLayout *layout, PnThingKind kind, guint64 id);

/* Spans as they are drawn: one by one, or folded where they are too narrow. `x`,
 * `right` are clipped. A fold speaks of the most telling of its spans: `span`. */
typedef struct
{
  const PnSpan *span;
  const PnSpan *last;
  guint count;
  double x;
  double right;
} PnPiece;

typedef void (*PnPieceFunc) (PnLayout *layout,
                             const PnLane *lane,
                             const PnPiece *piece);

/* Disjoint spans, or all rows as one. */
void pn_layout_walk (PnLayout *layout,
                     const PnLane *lane,
                     const GArray *spans,
                     PnPieceFunc func);

/* Spans in @n_rows rows; each row is disjoint. */
void pn_layout_walk_rows (PnLayout *layout,
                          const PnLane *lane,
                          const GArray *spans,
                          guint n_rows,
                          PnPieceFunc func);

/* When an object began to be, and the end of what is known. */
double pn_layout_lane_begin_x (const PnLayout *layout, const PnLane *lane);
double pn_layout_end_x (const PnLayout *layout);

/* A line through the lane for as long as the object is there. */
void pn_layout_add_life (
    PnLayout *layout, const PnLane *lane, double y, double dash, double width);

/* "×123" on a fold. */
void pn_layout_label_count (PnLayout *layout, const PnItem *item);

void pn_layout_process_lane (PnLayout *layout, const PnLane *lane);
void pn_layout_object_lane (PnLayout *layout, const PnLane *lane);
void pn_layout_depth (PnLayout *layout, const PnLane *lane);
void pn_layout_cells (PnLayout *layout, const PnLane *lane);
void pn_layout_arrows (PnLayout *layout);
void pn_layout_deadlocks (PnLayout *layout);
void pn_layout_frame (PnLayout *layout);
void pn_layout_playhead (PnLayout *layout);

/* Where the top of an object's drawing is at an event: arrows end there. */
double pn_layout_object_y (const PnLayout *layout, const PnLane *lane, gsize event);

/* The first entry of a sorted array for which @x_of is at or beyond @x. */
typedef double (*PnEntryX) (const PnScale *scale, gconstpointer entry);
guint pn_lower_bound (
    const PnScale *scale, const GArray *entries, guint from, double x, PnEntryX x_of);

double pn_span_begin_x (const PnScale *scale, gconstpointer span);
double pn_step_x (const PnScale *scale, gconstpointer step);

G_END_DECLS
