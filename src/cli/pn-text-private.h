/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-canvas.h"
#include "pn-text-timeline.h"

G_BEGIN_DECLS

/* What things look like; see the legend in pn-text-timeline.c. */
typedef enum
{
  PN_GLYPH_RUN,
  PN_GLYPH_SLEEP,
  PN_GLYPH_WAIT,
  PN_GLYPH_DEADLOCK,
  PN_GLYPH_JOIN_WAIT,
  PN_GLYPH_STOPPED,
  PN_GLYPH_STARTING,
  PN_GLYPH_HOLD,
  PN_GLYPH_EXIT,
  PN_GLYPH_EXIT_CODE,
  PN_GLYPH_SIGNAL,
  PN_GLYPH_UNKNOWN_END,
  PN_GLYPH_ZOMBIE,
  PN_GLYPH_START,
  PN_GLYPH_JOIN,
  PN_GLYPH_LINE,
  PN_GLYPH_SEND,
  PN_GLYPH_RECEIVE,
  PN_GLYPH_ALIVE,
  PN_GLYPH_BLOCK,
  PN_GLYPH_BLOCK_BEGIN,
  PN_GLYPH_BLOCK_END,
  PN_GLYPH_BLOCK_THIN,
  PN_GLYPH_EMPTY,
  PN_GLYPH_VALUE_BEGIN,
  PN_GLYPH_VALUE_END,
  PN_GLYPH_VALUE_THIN,
  PN_GLYPH_RULER,
  PN_GLYPH_TICK,
  PN_GLYPH_BRANCH,
  PN_GLYPH_ELLIPSIS,
  PN_N_GLYPHS
} PnGlyph;

typedef struct
{
  PnModel *model;
  const PnHistory *history;
  PnCanvas *canvas;
  const gunichar *glyphs;
  PnAxis axis;
  double begin; /* of the axis, in its units */
  double end;
  guint head_columns;  /* names, and a blank */
  guint lanes_columns; /* where times lie */
  guint64 seen;        /* a bit a glyph: for the legend */
} PnTextTimeline;

/* Cells that a stretch takes: `end` is begin if it is narrower than a half. */
typedef struct
{
  guint begin;
  guint end;
} PnCells;

/* In columns of the canvas. @unit: of the axis. */
guint pn_text_timeline_get_unit_column (const PnTextTimeline *timeline, double unit);
PnCells pn_text_timeline_get_cells (const PnTextTimeline *timeline, const PnSpan *span);
guint pn_text_timeline_get_column (const PnTextTimeline *timeline,
                                   gint64 time_ns,
                                   gsize event);

/* Remembers it for the legend. */
void pn_text_timeline_put (
    PnTextTimeline *timeline, guint row, guint column, PnGlyph glyph, guint style);

/* For any label. Ask before making one: of millions of stretches few are that wide. */
gboolean pn_text_timeline_has_room (PnCells cells);

/* The first of the NULL-terminated @labels that fits into the middle of @cells, with a
 * blank at either side and something to be seen of what lies below. */
void pn_text_timeline_label (PnTextTimeline *timeline,
                             guint row,
                             PnCells cells,
                             const char *const *labels,
                             guint style);

/* How many there are, as a digit or '+' above 9; nothing for 0. */
void pn_text_timeline_count (
    PnTextTimeline *timeline, guint row, guint column, gint64 count, guint style);

void pn_text_timeline_head (PnTextTimeline *timeline,
                            guint row,
                            guint indent,
                            const char *tainted_name,
                            guint style);

guint pn_text_timeline_get_style (const PnTextTimeline *timeline, guint32 object);

/* What stands behind the end of a lane: "3", " SIGKILL", "". Owned. */
char *pn_text_dup_end_label (const PnProcessLane *lane);

/* Adds rows for the processes, and draws what they do with each other. */
void pn_text_timeline_add_processes (PnTextTimeline *timeline);

/* Adds rows for the objects of which something is to be seen. */
void pn_text_timeline_add_objects (PnTextTimeline *timeline);

G_END_DECLS
