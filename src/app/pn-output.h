/* SPDX-License-Identifier: MIT */
#pragma once

/* PnOutput: what the program had printed by the moment shown. */

#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_OUTPUT (pn_output_get_type ())
G_DECLARE_FINAL_TYPE (PnOutput, pn_output, PN, OUTPUT, GtkWidget)

void pn_output_set_replay (PnOutput *self, PnReplay *replay);

G_END_DECLS
