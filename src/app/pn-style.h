/* SPDX-License-Identifier: MIT */
#pragma once

/* PnStyle: the application's CSS, and whether it is light or dark: as the person chose,
 * or as the system says (the settings portal's color-scheme, else GTK's own setting).
 *
 * Objects have the CSS classes object-0, object-1, … by creation; see
 * pn_style_get_object_class ().
 *
 * Signals:
 *   "theme-changed" */

#include "pn-theme.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  PN_SCHEME_SYSTEM,
  PN_SCHEME_LIGHT,
  PN_SCHEME_DARK
} PnScheme;

#define PN_TYPE_STYLE (pn_style_get_type ())
G_DECLARE_FINAL_TYPE (PnStyle, pn_style, PN, STYLE, GObject)

/* One for the default display. */
PnStyle *pn_style_new (void);

void pn_style_set_scheme (PnStyle *self, PnScheme scheme);
PnThemeKind pn_style_get_theme (PnStyle *self);

/* Static. */
const char *pn_style_get_object_class (guint order);

G_END_DECLS
