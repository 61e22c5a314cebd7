/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-model.h"
#include "pn-view.h"

G_BEGIN_DECLS

/* Where the whole run with its margin ends, in units of the view's axis; it begins at
 * 0. */
double pn_view_whole_end (const PnView *view, PnModel *model);

G_END_DECLS
