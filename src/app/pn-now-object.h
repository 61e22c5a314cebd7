/* SPDX-License-Identifier: MIT */
#pragma once

/* PnNowObject: one object in the Now panel: its name in its colour, who holds it and
 * who waits, what is in it. */

#include "pn-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PN_TYPE_NOW_OBJECT (pn_now_object_get_type ())
G_DECLARE_FINAL_TYPE (PnNowObject, pn_now_object, PN, NOW_OBJECT, GtkWidget)

GtkWidget *pn_now_object_new (void);

/* @order: its colour's number. */
void pn_now_object_set_state (PnNowObject *self,
                              const PnState *state,
                              const PnObject *object,
                              guint order);

/* Whether there is anything to show of such an object. */
gboolean pn_now_object_is_for (const PnObject *object);

G_END_DECLS
