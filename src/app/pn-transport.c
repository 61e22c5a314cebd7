/* SPDX-License-Identifier: MIT */
#include "pn-transport.h"

#include "pn-template.h"

struct _PnTransport
{
  GtkWidget parent_instance;

  GtkButton *play;
  GtkLabel *position;
  GtkMenuButton *speed;
  GtkLabel *speed_label;
  GtkWidget *follow;

  PnReplay *replay;
};

G_DEFINE_FINAL_TYPE (PnTransport, pn_transport, GTK_TYPE_WIDGET)

static void
pn_transport_dispose (GObject *object)
{
  PnTransport *self = PN_TRANSPORT (object);

  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_TRANSPORT);

  G_OBJECT_CLASS (pn_transport_parent_class)->dispose (object);
}

static void
pn_transport_class_init (PnTransportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_transport_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-transport.ui");
  gtk_widget_class_bind_template_child (widget_class, PnTransport, play);
  gtk_widget_class_bind_template_child (widget_class, PnTransport, position);
  gtk_widget_class_bind_template_child (widget_class, PnTransport, speed);
  gtk_widget_class_bind_template_child (widget_class, PnTransport, speed_label);
  gtk_widget_class_bind_template_child (widget_class, PnTransport, follow);
}

static void
pn_transport_init (PnTransport *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
update_position (PnTransport *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);
  g_autofree char *text = NULL;

  if (event != PN_EVENT_OPEN)
    text = pn_document_dup_position (document, event);
  gtk_label_set_label (self->position, text != NULL ? text : "no events yet");
}

static void
update_mode (PnTransport *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gboolean playing
      = pn_replay_get_playing (self->replay) || pn_replay_get_following (self->replay);
  const char *name = playing ? "Pause" : "Play";
  g_autofree char *speed
      = g_strdup_printf ("speed %g×", pn_replay_get_speed (self->replay));

  gtk_button_set_icon_name (self->play,
                            playing ? "media-playback-pause-symbolic"
                                    : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play),
                               playing ? "Pause (Space)" : "Play (Space)");
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_label_set_label (self->speed_label, speed);
  gtk_widget_set_visible (self->follow,
                          document != NULL && pn_document_is_running (document)
                              && !pn_replay_get_following (self->replay));
}

void
pn_transport_set_replay (PnTransport *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_TRANSPORT (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (replay, "moved", G_CALLBACK (update_position), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (update_position), self);
  g_signal_connect_swapped (replay, "mode-changed", G_CALLBACK (update_mode), self);
  update_position (self);
  update_mode (self);
}

void
pn_transport_set_narrow (PnTransport *self, gboolean narrow)
{
  gtk_widget_set_visible (GTK_WIDGET (self->position), !narrow);
}
