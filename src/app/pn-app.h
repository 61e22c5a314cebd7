/* SPDX-License-Identifier: MIT */
#pragma once

/* The window's application. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_APP_ID "io.github.procession.Procession"

#define PN_TYPE_APP (pn_app_get_type ())
G_DECLARE_FINAL_TYPE (PnApp, pn_app, PN, APP, GtkApplication)

/* Shows the window; a recording named in @argv is opened in it. Needs a display: ask
 * gtk_init_check () first. Returns an exit status. */
int pn_app_run (int argc, char **argv);

G_END_DECLS
