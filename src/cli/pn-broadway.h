/* SPDX-License-Identifier: MIT */
#pragma once

/* GTK's display server for web browsers (Broadway), for the time of this process: it
 * ends with it, however it ends. It asks for no password: loopback only. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PnBroadway PnBroadway;

/* Starts it on a free port and sets the environment so that GTK uses it. Call it before
 * GTK, from the main thread: it ends with that. */
PnBroadway *pn_broadway_start (GError **error);
void pn_broadway_stop (PnBroadway *broadway);

guint pn_broadway_get_port (const PnBroadway *broadway);

G_END_DECLS
