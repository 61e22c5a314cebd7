/* SPDX-License-Identifier: MIT */
#pragma once

/* PnOverview: the whole run, small, below its timeline; the visible stretch as a handle
 * that can be dragged. */

#include "pn-timeline.h"

G_BEGIN_DECLS

#define PN_TYPE_OVERVIEW (pn_overview_get_type ())
G_DECLARE_FINAL_TYPE (PnOverview, pn_overview, PN, OVERVIEW, GtkWidget)

void
pn_overview_set_timeline (PnOverview *self, PnTimeline *timeline, PnReplay *replay);

G_END_DECLS
