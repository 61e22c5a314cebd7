/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For dispose of a widget with a template: takes away all its children.
 * gtk_widget_dispose_template () leaves those that no field is bound to. */
void pn_template_dispose (GtkWidget *widget, GType type);

G_END_DECLS
