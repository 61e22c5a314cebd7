/* SPDX-License-Identifier: MIT */
#pragma once

/* PnTransport: step, play, speed, and the axis. Its buttons are the window's actions.
 */

#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_TRANSPORT (pn_transport_get_type ())
G_DECLARE_FINAL_TYPE (PnTransport, pn_transport, PN, TRANSPORT, GtkWidget)

void pn_transport_set_replay (PnTransport *self, PnReplay *replay);

/* Leaves out what is said elsewhere too. */
void pn_transport_set_narrow (PnTransport *self, gboolean narrow);

G_END_DECLS
