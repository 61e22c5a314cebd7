/* SPDX-License-Identifier: MIT */
#include "pn-output.h"

#include "pn-template.h"

#include <string.h>

/* A text view slows down with a great text; a person looks at the end of it. */
#define SHOWN_BYTES (64 * 1024)

struct _PnOutput
{
  GtkWidget parent_instance;

  GtkWidget *heading;
  GtkWidget *scroller;
  GtkTextView *view;

  PnReplay *replay;
  char *shown; /* NULL: nothing */
};

G_DEFINE_FINAL_TYPE (PnOutput, pn_output, GTK_TYPE_WIDGET)

static const char *
get_tail (const char *text)
{
  gsize bytes = strlen (text);
  const char *line;

  if (bytes <= SHOWN_BYTES)
    return text;
  line = strchr (text + bytes - SHOWN_BYTES, '\n');
  return line != NULL ? line + 1 : text + bytes;
}

/* Nothing comes any more. */
static gboolean
is_at_end (PnOutput *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);

  return event != PN_EVENT_OPEN && !pn_document_is_running (document)
         && pn_document_find_step (document, event) + 1
                == pn_document_get_n_steps (document);
}

static void
show (PnOutput *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *tail = get_tail (text);
  gsize length = strlen (tail);
  GtkTextIter end;

  if (length > 0 && tail[length - 1] == '\n')
    length--;
  gtk_text_buffer_set_text (buffer, tail, (int)length);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (buffer));
}

static void
set_dim (PnOutput *self, gboolean dim)
{
  if (dim)
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "dim");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->view), "dim");
}

static void
update (PnOutput *self)
{
  gsize event = pn_replay_get_event (self->replay);
  g_autofree char *text = NULL;
  gboolean empty;

  if (event != PN_EVENT_OPEN)
    text = pn_model_dup_output (pn_replay_get_model (self->replay), event);
  empty = text == NULL || *text == '\0';
  if (empty)
    {
      g_free (text);
      text = g_strdup (is_at_end (self) ? "nothing" : "nothing yet");
    }
  set_dim (self, empty);
  if (g_strcmp0 (text, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&text);
  show (self, self->shown);
}

static void
pn_output_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  PnOutput *self = PN_OUTPUT (widget);
  int heading_minimum, heading_natural;

  gtk_widget_measure (self->heading,
                      orientation,
                      for_size,
                      &heading_minimum,
                      &heading_natural,
                      NULL,
                      NULL);
  gtk_widget_measure (
      self->scroller, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum += heading_minimum;
      *natural += heading_natural;
    }
  else
    {
      *minimum = MAX (*minimum, heading_minimum);
      *natural = MAX (*natural, heading_natural);
    }
}

static int
measure_line (PnOutput *self)
{
  g_autoptr (PangoLayout) layout
      = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), "X\nX");
  PangoRectangle first, both;

  pango_layout_get_extents (layout, NULL, &both);
  pango_layout_line_get_extents (
      pango_layout_get_line_readonly (layout, 0), NULL, &first);
  return MAX (PANGO_PIXELS (both.height - first.height), 1);
}

/* The text gets whole lines: what is scrolled to its end begins with no part of one. */
static void
pn_output_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PnOutput *self = PN_OUTPUT (widget);
  int line = measure_line (self);
  int top, least, text;

  gtk_widget_measure (
      self->heading, GTK_ORIENTATION_VERTICAL, width, &top, NULL, NULL, NULL);
  gtk_widget_measure (
      self->scroller, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  text = MAX ((height - top) / line * line, least);
  gtk_widget_size_allocate (self->heading, &(GtkAllocation){ 0, 0, width, top }, -1);
  gtk_widget_size_allocate (
      self->scroller, &(GtkAllocation){ 0, top, width, text }, -1);
}

static void
pn_output_dispose (GObject *object)
{
  PnOutput *self = PN_OUTPUT (object);

  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  g_clear_pointer (&self->shown, g_free);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_OUTPUT);

  G_OBJECT_CLASS (pn_output_parent_class)->dispose (object);
}

static void
pn_output_class_init (PnOutputClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_output_dispose;
  widget_class->measure = pn_output_measure;
  widget_class->size_allocate = pn_output_size_allocate;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-output.ui");
  gtk_widget_class_bind_template_child (widget_class, PnOutput, heading);
  gtk_widget_class_bind_template_child (widget_class, PnOutput, scroller);
  gtk_widget_class_bind_template_child (widget_class, PnOutput, view);
}

static void
pn_output_init (PnOutput *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pn_output_set_replay (PnOutput *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_OUTPUT (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (replay, "moved", G_CALLBACK (update), self);
  g_signal_connect_swapped (replay, "mode-changed", G_CALLBACK (update), self);
  update (self);
}
