/* SPDX-License-Identifier: MIT */
#include "pn-window-private.h"

/* Keys without Ctrl would be taken from whoever is typing if they were the
 * application's accelerators. These are asked for first as well, so that a list or a
 * text view doesn't take ← and →, but not while something is typed or chosen. */

typedef struct
{
  guint key;
  GdkModifierType modifiers;
  const char *action;
} PnKey;

static const PnKey keys[] = {
  { GDK_KEY_Right, 0, "win.forward" },
  { GDK_KEY_KP_Right, 0, "win.forward" },
  { GDK_KEY_period, 0, "win.forward" },
  { GDK_KEY_Left, 0, "win.back" },
  { GDK_KEY_KP_Left, 0, "win.back" },
  { GDK_KEY_comma, 0, "win.back" },
  { GDK_KEY_Right, GDK_SHIFT_MASK, "win.process-forward" },
  { GDK_KEY_Left, GDK_SHIFT_MASK, "win.process-back" },
  { GDK_KEY_Home, 0, "win.first" },
  { GDK_KEY_KP_Home, 0, "win.first" },
  { GDK_KEY_End, 0, "win.last" },
  { GDK_KEY_KP_End, 0, "win.last" },
  { GDK_KEY_space, 0, "win.play" },
  { GDK_KEY_plus, 0, "win.zoom-in" },
  { GDK_KEY_equal, 0, "win.zoom-in" },
  { GDK_KEY_KP_Add, 0, "win.zoom-in" },
  { GDK_KEY_w, 0, "win.zoom-in" },
  { GDK_KEY_minus, 0, "win.zoom-out" },
  { GDK_KEY_KP_Subtract, 0, "win.zoom-out" },
  { GDK_KEY_s, 0, "win.zoom-out" },
  { GDK_KEY_a, 0, "win.pan-left" },
  { GDK_KEY_d, 0, "win.pan-right" },
};

static gboolean
is_in (GtkWidget *widget, GType type)
{
  return gtk_widget_get_ancestor (widget, type) != NULL;
}

/* Whether the keyboard's place has a use of its own for such a key. */
static gboolean
is_taken (GtkWidget *focus, guint key)
{
  if (focus == NULL)
    return FALSE;
  if (is_in (focus, GTK_TYPE_TEXT) || is_in (focus, GTK_TYPE_POPOVER)
      || is_in (focus, GTK_TYPE_SPIN_BUTTON))
    return TRUE;
  return key == GDK_KEY_space
         && (is_in (focus, GTK_TYPE_BUTTON) || is_in (focus, GTK_TYPE_MENU_BUTTON)
             || is_in (focus, GTK_TYPE_SWITCH) || is_in (focus, GTK_TYPE_DROP_DOWN));
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                GtkWidget *window)
{
  /* Where + is typed with Shift, that is no modifier of its own. */
  gboolean shifted = key == GDK_KEY_plus;
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ()
                              & ~(shifted ? GDK_SHIFT_MASK : 0);

  if (is_taken (gtk_root_get_focus (GTK_ROOT (window)), key))
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == gdk_keyval_to_lower (key) && keys[i].modifiers == modifiers)
      {
        gtk_widget_activate_action (window, keys[i].action, NULL);
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

void
pn_window_add_keys (PnWindow *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}
