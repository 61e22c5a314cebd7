/* SPDX-License-Identifier: MIT */
#pragma once

/* Text as the picture needs it: safe to show, measured, cut to fit.
 *
 * Pango layouts are kept from frame to frame, each thread its own, as making one costs
 * ten times what showing it does. That is a memo: the same text gives the same pixels,
 * whether it was there or not. */

#include "pn-item.h"
#include "pn-text.h"

#include <pango/pango.h>

G_BEGIN_DECLS

/* No label is longer; what programs send may be. */
#define PN_TEXT_SHOWN_CHARS 240

/* In logical pixels. */
typedef struct
{
  double width;
  double height;
  double ascent; /* from the top to the baseline */
} PnExtents;

/* Borrowed; good until the next call of this thread. @factor: the view's font size
 * against the normal one. */
PangoLayout *pn_text_get_layout (PnFont font, double factor, const char *text);
PnExtents pn_text_measure (PnFont font, double factor, const char *text);

/* @text, or as much of it as fits into @width with an ellipsis at its end (of values,
 * which often differ only there: in the middle); NULL if nothing worth reading fits.
 * Owned. */
char *pn_text_fit (PnFont font, double factor, const char *text, double width);

/* What SVG needs to name the font. */
double pn_font_px (PnFont font, double factor);
int pn_font_weight (PnFont font);
gboolean pn_font_is_mono (PnFont font);

#define PN_FONT_FAMILY_SANS "Cantarell, Inter, Noto Sans, Sans"
#define PN_FONT_FAMILY_MONO "JetBrains Mono, Source Code Pro, Monospace"

G_END_DECLS
