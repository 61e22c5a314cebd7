/* SPDX-License-Identifier: MIT */
#pragma once

/* PnRunPage: a run: its timeline with the overview, the transport bar, the events
 * around the moment shown, and the program's output. */

#include "pn-timeline.h"

G_BEGIN_DECLS

#define PN_TYPE_RUN_PAGE (pn_run_page_get_type ())
G_DECLARE_FINAL_TYPE (PnRunPage, pn_run_page, PN, RUN_PAGE, GtkWidget)

PnRunPage *pn_run_page_new (PnReplay *replay);

PnTimeline *pn_run_page_get_timeline (PnRunPage *self);

/* Says for some seconds that something was done. */
void pn_run_page_show_note (PnRunPage *self, const char *text);

/* Takes less room. */
void pn_run_page_set_narrow (PnRunPage *self, gboolean narrow);

G_END_DECLS
