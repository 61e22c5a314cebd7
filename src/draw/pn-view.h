/* SPDX-License-Identifier: MIT */
#pragma once

/* PnView: how a person looks at a history: what stretch, at what size, in which theme.
 * Plain data; a widget changes it, layout reads it. Sizes are in logical pixels. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PN_AXIS_TIME, /* units: ns since the first event */
  PN_AXIS_ORDER /* units: events; event i takes [i, i + 1) */
} PnAxis;

typedef enum
{
  PN_THEME_LIGHT,
  PN_THEME_DARK,
  PN_THEME_PRINT /* black and white, patterns only */
} PnThemeKind;

/* A process, an object or an event that is pointed at, or none (kind 0). */
typedef enum
{
  PN_THING_NONE,
  PN_THING_PROCESS,
  PN_THING_OBJECT,
  PN_THING_EVENT
} PnThingKind;

typedef struct
{
  PnThingKind kind;
  guint64 id;
} PnThing;

typedef struct
{
  double width; /* of the whole picture: heads, ruler and lanes */
  double height;
  PnAxis axis;
  double axis_mix; /* 0: by `axis`; towards 1: on its way to the other one */
  double begin;    /* the visible stretch, in units of `axis`; begin < end */
  double end;
  double scroll_y;       /* of the lanes, 0: top */
  gsize playhead;        /* event; G_MAXSIZE: none, and nothing is veiled */
  double playhead_after; /* how far behind its event the line stands, in units of
                          * `axis`; 0: at it. So a playing line moves smoothly */
  gint64 now_ns;         /* live: open stretches reach to here; 0: to the last event */
  PnThemeKind theme;
  PnThing hovered;
  PnThing selected;
  gboolean with_ruler;
  gboolean with_heads; /* the names at the left */
  const char *title;   /* above a picture for a slide; NULL: none */
  double font_px;      /* 13 is normal; the lanes grow with it */
  double device_scale; /* device pixels a logical pixel: edges are put on them */
} PnView;

/* A view of 1600 by 900 with nothing in it yet, in real time, light. */
void pn_view_init (PnView *view);

G_END_DECLS
