/* SPDX-License-Identifier: MIT */
#pragma once

/* PnParameters: a lesson's parameters as controls. Hidden if it has none. */

#include "pn-lesson.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_PARAMETERS (pn_parameters_get_type ())
G_DECLARE_FINAL_TYPE (PnParameters, pn_parameters, PN, PARAMETERS, GtkWidget)

/* With the defaults. NULL: none. */
void pn_parameters_set_lesson (PnParameters *self, const PnLesson *lesson);

/* NAME=VALUE each. Owned. */
GStrv pn_parameters_dup_settings (PnParameters *self);

G_END_DECLS
