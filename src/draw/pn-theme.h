/* SPDX-License-Identifier: MIT */
#pragma once

/* Colours, by role and by object. Shape says state; colour says which object.
 *
 * Objects have the colours of Okabe and Ito, which people with any kind of colour
 * vision tell apart (https://jfly.uni-koeln.de/color/), in a fixed order; in the dark
 * theme lighter ones. All here is pure. */

#include "pn-item.h"

G_BEGIN_DECLS

typedef struct
{
  double red, green, blue, alpha; /* 0 to 1 */
} PnColor;

/* The colour of a role; of OBJECT, INK and ON_OBJECT that of object number @order. */
PnColor pn_theme_color (PnThemeKind theme, PnRole role, guint order);

/* Object colours that are too light for a shape's edge get a line around it. */
gboolean pn_theme_object_outlined (PnThemeKind theme, guint order);

/* What fills that object's things: SOLID, but in print each has its own. */
PnPattern pn_theme_object_pattern (PnThemeKind theme, guint order);

/* The colour of object number @order (by creation, never by drawing order). Number
 * PN_N_OBJECT_COLORS has that of number 0 again. */
#define PN_N_OBJECT_COLORS 6
PnColor pn_theme_object_color (PnThemeKind theme, guint order);

/* The same colour, darker or lighter as far as needed to be read as text on the theme's
 * background: contrast >= 4.5. */
PnColor pn_theme_object_ink_color (PnThemeKind theme, guint order);

/* What text on that colour is written in: contrast >= 4.5. */
PnColor pn_theme_object_text_color (PnThemeKind theme, guint order);

/* WCAG's, from 1 to 21; alpha is not looked at. */
double pn_color_contrast (PnColor a, PnColor b);

/* "#d55e00", for CSS and markup. Owned. */
char *pn_color_to_string (PnColor color);

G_END_DECLS
