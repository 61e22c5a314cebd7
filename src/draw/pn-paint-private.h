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

/* A repeating source: @pattern's lines in @color on a ground of @base. Owned by the
 * caller. */
cairo_pattern_t *
pn_pattern_source (PnPattern pattern, PnColor base, PnColor color, double device_scale);

G_END_DECLS
