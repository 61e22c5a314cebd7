/* SPDX-License-Identifier: MIT */
#pragma once

/* PnItem: one thing of the picture, in logical pixels. Layout makes them, in the order
 * in which they are painted; paint, SVG, hit-testing and tests read them. An item says
 * both how it looks (shape, colours by role) and what it stands for. */

#include "pn-history.h"
#include "pn-view.h"

G_BEGIN_DECLS

/* From back to front; each layer has one clip. X (symbol, clip, name). */
#define PN_LAYERS(X)                                                                   \
  X (BACK, ALL, "back")                                                                \
  X (GRID, LANES, "grid")                                                              \
  X (BAR, LANES, "bar")                                                                \
  X (ARROW, LANES, "arrow")                                                            \
  X (LABEL, LANES, "label")                                                            \
  X (VEIL, LANES, "veil")                                                              \
  X (MARK, LANES, "mark")                                                              \
  X (HEAD, HEADS, "head")                                                              \
  X (RULER, ALL, "ruler")                                                              \
  X (PLAYHEAD, LANES, "playhead")                                                      \
  X (BUBBLE, ALL, "bubble")

typedef enum
{
#define X(symbol, clip, name) PN_LAYER_##symbol,
  PN_LAYERS (X)
#undef X
      PN_N_LAYERS
} PnLayer;

typedef enum
{
  PN_CLIP_ALL,
  PN_CLIP_LANES, /* below the ruler, right of the heads */
  PN_CLIP_HEADS
} PnClip;

/* What an item stands for. X (symbol, name). */
#define PN_ITEMS(X)                                                                    \
  X (BACKGROUND, "background")                                                         \
  X (LANE, "lane")                                                                     \
  X (LINE, "line")                                                                     \
  X (GRID, "grid")                                                                     \
  X (SECTION, "section")                                                               \
  X (STARTING, "starting")                                                             \
  X (RUN, "run")                                                                       \
  X (SLEEP, "sleep")                                                                   \
  X (WAIT, "wait")                                                                     \
  X (JOIN, "join")                                                                     \
  X (ZOMBIE, "zombie")                                                                 \
  X (FOLD, "fold")                                                                     \
  X (HOLD, "hold")                                                                     \
  X (END, "end")                                                                       \
  X (OWNED, "owned")                                                                   \
  X (ABANDONED, "abandoned")                                                           \
  X (FREE, "free")                                                                     \
  X (WAITER, "waiter")                                                                 \
  X (DEPTH, "depth")                                                                   \
  X (CELL, "cell")                                                                     \
  X (TASK, "task")                                                                     \
  X (ARROW, "arrow")                                                                   \
  X (LABEL, "label")                                                                   \
  X (DEADLOCK, "deadlock")                                                             \
  X (VEIL, "veil")                                                                     \
  X (HEAD, "head")                                                                     \
  X (TICK, "tick")                                                                     \
  X (PLAYHEAD, "playhead")                                                             \
  X (TITLE, "title")

typedef enum
{
#define X(symbol, name) PN_ITEM_##symbol,
  PN_ITEMS (X)
#undef X
} PnItemKind;

typedef enum
{
  PN_SHAPE_RECT,    /* with rounded corners, by `radius` */
  PN_SHAPE_POLYGON, /* closed */
  PN_SHAPE_PATH,    /* open; corners rounded by `radius`; a head at its end if `head` */
  PN_SHAPE_CIRCLE,  /* inside the rectangle */
  PN_SHAPE_CROSS,   /* the rectangle's diagonals */
  PN_SHAPE_TEXT     /* inside the rectangle, by `align`, in the middle of its height */
} PnShape;

/* What a colour is for. OBJECT, INK and ON_OBJECT also need the item's `order`; INK is
 * for text in the object's colour. X (symbol, name). */
#define PN_ROLES(X)                                                                    \
  X (NONE, "none")                                                                     \
  X (BACKGROUND, "background")                                                         \
  X (PANEL, "panel")                                                                   \
  X (LINE, "line")                                                                     \
  X (GRID, "grid")                                                                     \
  X (TICK, "tick")                                                                     \
  X (TEXT, "text")                                                                     \
  X (DIM, "dim")                                                                       \
  X (RUN, "run")                                                                       \
  X (ON_RUN, "on-run")                                                                 \
  X (JOIN, "join")                                                                     \
  X (ACCENT, "accent")                                                                 \
  X (ON_ACCENT, "on-accent")                                                           \
  X (DANGER, "danger")                                                                 \
  X (ON_DANGER, "on-danger")                                                           \
  X (OBJECT, "object")                                                                 \
  X (INK, "ink")                                                                       \
  X (ON_OBJECT, "on-object")

typedef enum
{
#define X(symbol, name) PN_ROLE_##symbol,
  PN_ROLES (X)
#undef X
} PnRole;

typedef enum
{
  PN_PATTERN_SOLID,
  PN_PATTERN_HATCH, /* 45 degrees, rising */
  PN_PATTERN_BACK_HATCH,
  PN_PATTERN_CROSS_HATCH,
  PN_PATTERN_DOTS,
  PN_PATTERN_ROWS,
  PN_PATTERN_COLUMNS,
  PN_PATTERN_BRICKS,
  PN_N_PATTERNS
} PnPattern;

/* X (symbol, px at the view's 13, weight, family, name). DIGITS: sans, with digits of
 * one width. */
#define PN_FONTS(X)                                                                    \
  X (TITLE, 18, 700, SANS, "title")                                                    \
  X (NAME, 13, 600, SANS, "name")                                                      \
  X (SMALL, 10, 400, SANS, "small")                                                    \
  X (SECTION, 9, 600, SANS, "section")                                                 \
  X (BAR, 11, 600, SANS, "bar")                                                        \
  X (PLAIN, 11, 400, SANS, "plain")                                                    \
  X (BAR_SMALL, 9.5, 500, SANS, "bar-small")                                           \
  X (STRIP, 8.5, 700, SANS, "strip")                                                   \
  X (BLOCK, 11.5, 700, SANS, "block")                                                  \
  X (RULER, 10.5, 400, DIGITS, "ruler")                                                \
  X (BUBBLE, 11, 700, DIGITS, "bubble")                                                \
  X (VALUE, 11, 400, MONO, "value")

typedef enum
{
#define X(symbol, px, weight, family, name) PN_FONT_##symbol,
  PN_FONTS (X)
#undef X
      PN_N_FONTS
} PnFont;

typedef struct
{
  double x, y;
} PnPoint;

typedef struct
{
  PnItemKind kind;
  PnLayer layer;
  PnShape shape;
  double x, y, width, height; /* of polygons and paths: what they cover */
  double radius;

  PnRole fill; /* NONE: not filled; of a text: its colour */
  double fill_alpha;
  PnPattern pattern; /* over `fill`, at `pattern_alpha`, if it is not SOLID */
  double pattern_alpha;
  PnRole stroke; /* of rectangles drawn inside them */
  double stroke_alpha;
  double stroke_width;
  double dash; /* length of a dash and of a gap; 0: none */
  gboolean head;

  guint first_point; /* in the layout's points */
  guint n_points;

  const char *text; /* owned by the layout; of shapes: NULL */
  PnFont font;
  double align; /* 0: left, 0.5: middle, 1: right */

  guint order;       /* of the object that gives the colour */
  guint32 process;   /* the lane, 0: none */
  guint32 object;    /* that it is about; 0: none */
  gsize event;       /* where it began; PN_EVENT_OPEN: none */
  gsize other_event; /* where it ends; PN_EVENT_OPEN: none, or not yet */
  guint count;       /* folded: how many; else 1 */
  PnThing thing;
} PnItem;

const char *pn_layer_name (PnLayer layer);
PnClip pn_layer_clip (PnLayer layer);
const char *pn_item_kind_name (PnItemKind kind);
const char *pn_role_name (PnRole role);

G_END_DECLS
