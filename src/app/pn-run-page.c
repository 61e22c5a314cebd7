/* SPDX-License-Identifier: MIT */
#include "pn-run-page.h"

#include "pn-events.h"
#include "pn-output.h"
#include "pn-overview.h"
#include "pn-template.h"
#include "pn-transport.h"

#define NOTE_S 4

struct _PnRunPage
{
  GtkWidget parent_instance;

  PnTimeline *timeline;
  GtkScrollbar *vscrollbar;
  PnOverview *overview;
  PnTransport *transport;
  PnEvents *events;
  PnOutput *output;
  GtkRevealer *note_revealer;
  GtkLabel *note;

  guint note_source; /* hides the note */
};

G_DEFINE_FINAL_TYPE (PnRunPage, pn_run_page, GTK_TYPE_WIDGET)

static void
on_moved (PnRunPage *self)
{
  const char *sentence = pn_events_get_sentence (self->events);
  g_autofree char *label = g_strdup_printf (
      "Timeline. %s", *sentence != '\0' ? sentence : "Nothing has run yet.");

  pn_timeline_set_description (self->timeline, label);
}

static void
on_vadjustment_changed (GtkAdjustment *adjustment, PnRunPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->vscrollbar),
                          gtk_adjustment_get_upper (adjustment)
                              > gtk_adjustment_get_page_size (adjustment));
}

static void
pn_run_page_dispose (GObject *object)
{
  g_clear_handle_id (&PN_RUN_PAGE (object)->note_source, g_source_remove);
  pn_template_dispose (GTK_WIDGET (object), PN_TYPE_RUN_PAGE);

  G_OBJECT_CLASS (pn_run_page_parent_class)->dispose (object);
}

static void
pn_run_page_class_init (PnRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_run_page_dispose;
  g_type_ensure (PN_TYPE_EVENTS);
  g_type_ensure (PN_TYPE_OUTPUT);
  g_type_ensure (PN_TYPE_OVERVIEW);
  g_type_ensure (PN_TYPE_TIMELINE);
  g_type_ensure (PN_TYPE_TRANSPORT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, vscrollbar);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, overview);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, transport);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, events);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, output);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, note_revealer);
  gtk_widget_class_bind_template_child (widget_class, PnRunPage, note);
}

static void
pn_run_page_init (PnRunPage *self)
{
  GtkAdjustment *vadjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  vadjustment = pn_timeline_get_vadjustment (self->timeline);
  gtk_scrollbar_set_adjustment (self->vscrollbar, vadjustment);
  g_signal_connect_object (
      vadjustment, "changed", G_CALLBACK (on_vadjustment_changed), self, 0);
  on_vadjustment_changed (vadjustment, self);
}

PnRunPage *
pn_run_page_new (PnReplay *replay)
{
  PnRunPage *self = g_object_new (PN_TYPE_RUN_PAGE, NULL);

  pn_timeline_set_replay (self->timeline, replay);
  pn_overview_set_timeline (self->overview, self->timeline, replay);
  pn_transport_set_replay (self->transport, replay);
  pn_events_set_replay (self->events, replay);
  pn_output_set_replay (self->output, replay);
  /* Behind the events: it speaks of what they show. */
  g_signal_connect_object (
      replay, "moved", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  on_moved (self);
  return self;
}

PnTimeline *
pn_run_page_get_timeline (PnRunPage *self)
{
  return self->timeline;
}

static gboolean
hide_note (gpointer user_data)
{
  PnRunPage *self = user_data;

  self->note_source = 0;
  gtk_revealer_set_reveal_child (self->note_revealer, FALSE);
  return G_SOURCE_REMOVE;
}

void
pn_run_page_show_note (PnRunPage *self, const char *text)
{
  gtk_label_set_label (self->note, text);
  gtk_revealer_set_reveal_child (self->note_revealer, TRUE);
  g_clear_handle_id (&self->note_source, g_source_remove);
  self->note_source = g_timeout_add_seconds (NOTE_S, hide_note, self);
}

void
pn_run_page_set_narrow (PnRunPage *self, gboolean narrow)
{
  gtk_widget_set_size_request (GTK_WIDGET (self->output), narrow ? 136 : 230, -1);
  pn_transport_set_narrow (self->transport, narrow);
}
