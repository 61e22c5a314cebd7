/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-paint.h"
#include "pn-theme.h"

G_BEGIN_DECLS

/* Where the items go, and what they are drawn with. */
typedef struct
{
  cairo_t *cr;
  const PnLayout *layout;
  PnThemeKind theme;
  double factor;       /* of fonts */
  double device_scale; /* 0: vectors; nothing is put on pixels */
} PnPainter;

void pn_paint_item (PnPainter *painter, const PnItem *item);

/* A repeating source: @pattern's lines in @color on a ground of @base, @factor times as
 * large as normal. Owned by the caller. */
cairo_pattern_t *pn_pattern_source (
    PnPattern pattern, PnColor base, PnColor color, double factor, double device_scale);

/* The same lines as vectors, over the rectangle: for a clip. */
void pn_pattern_stroke (cairo_t *cr,
                        PnPattern pattern,
                        PnColor color,
                        double factor,
                        double x,
                        double y,
                        double width,
                        double height);

G_END_DECLS
