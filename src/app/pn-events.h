/* SPDX-License-Identifier: MIT */
#pragma once

/* PnEvents: the sentence of the moment shown, in large type, and the events around it
 * as rows. A click on a row goes there ("win.go-to"). */

#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_EVENTS (pn_events_get_type ())
G_DECLARE_FINAL_TYPE (PnEvents, pn_events, PN, EVENTS, GtkWidget)

void pn_events_set_replay (PnEvents *self, PnReplay *replay);

/* Borrowed; "" without an event. */
const char *pn_events_get_sentence (PnEvents *self);

G_END_DECLS
