/* SPDX-License-Identifier: MIT */
#include "pn-event-row.h"

#include "pn-snippet.h"

struct _PnEventRow
{
  GtkButton parent_instance;

  GtkLabel *number;
  GtkLabel *time;
  GtkLabel *process;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (PnEventRow, pn_event_row, GTK_TYPE_BUTTON)

static void
pn_event_row_class_init (PnEventRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-event-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PnEventRow, number);
  gtk_widget_class_bind_template_child (widget_class, PnEventRow, time);
  gtk_widget_class_bind_template_child (widget_class, PnEventRow, process);
  gtk_widget_class_bind_template_child (widget_class, PnEventRow, text);
}

static void
pn_event_row_init (PnEventRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "No event", -1);
}

GtkWidget *
pn_event_row_new (void)
{
  return g_object_new (PN_TYPE_EVENT_ROW, NULL);
}

void
pn_event_row_set_step (PnEventRow *self,
                       PnDocument *document,
                       gsize step,
                       gboolean current)
{
  PnModel *model = pn_document_get_model (document);
  gsize index = pn_document_get_step (document, step);
  PnTraceEvent event = pn_trace_get_event (pn_model_get_trace (model), index);
  const char *process = pn_model_get_process_name (model, event.process);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT,
                                             pn_document_get_number (document, index));
  g_autofree char *time = pn_document_dup_time (document, event.time_ns, 3);
  g_autofree char *sentence = pn_model_dup_sentence (model, index);
  g_autofree char *text = pn_snippet_dup_row (sentence, process);
  g_autofree char *label = g_strdup_printf ("Event %s: %s", number, sentence);

  gtk_label_set_label (self->number, number);
  gtk_label_set_label (self->time, time);
  gtk_label_set_label (self->process, process);
  gtk_label_set_label (self->text, text);
  if (current)
    gtk_widget_add_css_class (GTK_WIDGET (self), "current");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "current");
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), current ? NULL : sentence);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "t", (guint64)index);
}

void
pn_event_row_set_columns (PnEventRow *self,
                          int number_chars,
                          int time_chars,
                          int process_chars)
{
  gtk_label_set_width_chars (self->number, number_chars);
  gtk_label_set_width_chars (self->time, time_chars);
  gtk_label_set_width_chars (self->process, process_chars);
  gtk_label_set_max_width_chars (self->process, process_chars);
}
