/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-model.h"
#include "pn-view.h"

G_BEGIN_DECLS

/* Where the whole run begins and ends, each with its margin, in units of the view's
 * axis. It begins when its first process does, but not before the first event. */
double pn_view_whole_begin (const PnView *view, PnModel *model);
double pn_view_whole_end (const PnView *view, PnModel *model);

G_END_DECLS
