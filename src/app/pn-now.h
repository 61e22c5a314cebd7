/* SPDX-License-Identifier: MIT */
#pragma once

/* PnNow: the world at the moment shown: objects, the tree of processes, the verdict. */

#include "pn-replay.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_NOW (pn_now_get_type ())
G_DECLARE_FINAL_TYPE (PnNow, pn_now, PN, NOW, GtkWidget)

void pn_now_set_replay (PnNow *self, PnReplay *replay);

/* The process whose row is marked; 0: none. */
void pn_now_select_process (PnNow *self, guint32 process);

G_END_DECLS
