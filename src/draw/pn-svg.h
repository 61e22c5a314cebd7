/* SPDX-License-Identifier: MIT */
#pragma once

/* A layout as SVG with real text: sharp, and it can be selected, searched and edited.
 * (Cairo's SVG turns text into outlines.) */

#include "pn-layout.h"

G_BEGIN_DECLS

/* Well-formed whatever the names in it are. Owned. */
char *pn_svg_from_layout (const PnLayout *layout);

G_END_DECLS
