/* SPDX-License-Identifier: MIT */
#include "pn-output.h"

#include "pn-template.h"

#include <string.h>

/* A text view slows down with a great text; a person looks at the end of it. */
#define SHOWN_BYTES (64 * 1024)

struct _PnOutput
{
  GtkWidget parent_instance;

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

static void
show (PnOutput *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *tail = get_tail (text);
  gsize length = strlen (tail);
  GtkTextIter end;

  if (length > 0 && tail[length - 1] == '\n')
    length--;
  if (*text == '\0')
    gtk_text_buffer_set_text (buffer, "nothing yet", -1);
  else
    gtk_text_buffer_set_text (buffer, tail, (int)length);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (buffer));
  if (*text == '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "dim");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->view), "dim");
}

static void
update (PnOutput *self)
{
  gsize event = pn_replay_get_event (self->replay);
  g_autofree char *text = NULL;

  if (event != PN_EVENT_OPEN)
    text = pn_model_dup_output (pn_replay_get_model (self->replay), event);
  if (text == NULL)
    text = g_strdup ("");
  if (g_strcmp0 (text, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&text);
  show (self, self->shown);
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
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-output.ui");
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
  update (self);
}
