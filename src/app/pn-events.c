/* SPDX-License-Identifier: MIT */
#include "pn-events.h"

#include "pn-event-row.h"
#include "pn-template.h"

#include <math.h>
#include <string.h>

#define N_ROWS 3
#define LEAST_NUMBER_CHARS 3
#define LEAST_TIME_CHARS 7    /* "0.216 s" */
#define LEAST_PROCESS_CHARS 6 /* "runner" */
#define MOST_PROCESS_CHARS 14

struct _PnEvents
{
  GtkWidget parent_instance;

  GtkLabel *sentence;
  GtkBox *box;

  GtkWidget *rows[N_ROWS];
  PnReplay *replay;
};

G_DEFINE_FINAL_TYPE (PnEvents, pn_events, GTK_TYPE_WIDGET)

static int
get_longest_name (const PnHistory *history)
{
  glong longest = LEAST_PROCESS_CHARS;

  for (guint i = 0; i < history->processes->len && longest < MOST_PROCESS_CHARS; i++)
    {
      const PnProcessLane *lane = g_ptr_array_index (history->processes, i);

      longest = MAX (longest, g_utf8_strlen (lane->name, -1));
    }
  return (int)MIN (longest, MOST_PROCESS_CHARS);
}

static void
update_columns (PnEvents *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize n = document != NULL ? pn_document_get_n_steps (document) : 0;
  int number_chars = LEAST_NUMBER_CHARS;
  int time_chars = LEAST_TIME_CHARS;
  int process_chars = LEAST_PROCESS_CHARS;

  if (n > 0)
    {
      gint64 duration_ns = pn_trace_get_duration_ns (
          pn_model_get_trace (pn_document_get_model (document)));
      g_autofree char *time = pn_document_dup_time (document, duration_ns, 3);
      guint64 last
          = pn_document_get_number (document, pn_document_get_step (document, n - 1));

      while (number_chars < 20 && last >= exp10 (number_chars))
        number_chars++;
      time_chars = MAX (time_chars, (int)strlen (time));
      process_chars
          = get_longest_name (pn_model_get_history (pn_document_get_model (document)));
    }
  for (gsize i = 0; i < N_ROWS; i++)
    pn_event_row_set_columns (
        PN_EVENT_ROW (self->rows[i]), number_chars, time_chars, process_chars);
}

/* The current event in the middle, except at the ends. */
static void
update_rows (PnEvents *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);
  gsize n = 0;
  gsize current = 0;
  gsize first = 0;

  if (event != PN_EVENT_OPEN)
    {
      n = pn_document_get_n_steps (document);
      current = pn_document_find_step (document, event);
      first = current > N_ROWS / 2 ? current - N_ROWS / 2 : 0;
      first = MIN (first, n > N_ROWS ? n - N_ROWS : 0);
    }
  for (gsize i = 0; i < N_ROWS; i++)
    {
      gtk_widget_set_sensitive (self->rows[i], first + i < n);
      gtk_widget_set_opacity (self->rows[i], first + i < n ? 1 : 0);
      if (first + i < n)
        pn_event_row_set_step (
            PN_EVENT_ROW (self->rows[i]), document, first + i, first + i == current);
    }
}

static void
update (PnEvents *self)
{
  gsize event = pn_replay_get_event (self->replay);
  g_autofree char *sentence = NULL;

  if (event != PN_EVENT_OPEN)
    sentence = pn_model_dup_sentence (pn_replay_get_model (self->replay), event);
  gtk_label_set_label (self->sentence, sentence != NULL ? sentence : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sentence), sentence);
  update_rows (self);
}

static void
pn_events_dispose (GObject *object)
{
  PnEvents *self = PN_EVENTS (object);

  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_EVENTS);

  G_OBJECT_CLASS (pn_events_parent_class)->dispose (object);
}

static void
pn_events_class_init (PnEventsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_events_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-events.ui");
  gtk_widget_class_bind_template_child (widget_class, PnEvents, sentence);
  gtk_widget_class_bind_template_child (widget_class, PnEvents, box);
}

static void
pn_events_init (PnEvents *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->rows[i] = pn_event_row_new ();
      gtk_box_append (self->box, self->rows[i]);
    }
}

void
pn_events_set_replay (PnEvents *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_EVENTS (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (replay, "moved", G_CALLBACK (update), self);
  g_signal_connect_swapped (
      replay, "document-changed", G_CALLBACK (update_columns), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (update_columns), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (update_rows), self);
  update_columns (self);
  update (self);
}

const char *
pn_events_get_sentence (PnEvents *self)
{
  return gtk_label_get_label (self->sentence);
}
