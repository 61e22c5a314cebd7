/* SPDX-License-Identifier: MIT */
#include "pn-now.h"

#include "pn-now-object.h"
#include "pn-process-row.h"
#include "pn-style.h"
#include "pn-template.h"

#include <string.h>

struct _PnNow
{
  GtkWidget parent_instance;

  GtkLabel *moment;
  GtkStack *stack;
  GtkBox *objects;
  GtkBox *processes;
  GtkLabel *verdict;

  PnReplay *replay;
  guint32 selected;
};

G_DEFINE_FINAL_TYPE (PnNow, pn_now, GTK_TYPE_WIDGET)

/* The @index-th child, made by @make if there are not so many yet. */
static GtkWidget *
get_nth (GtkBox *box, guint index, GtkWidget *(*make) (void))
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (box));

  for (guint i = 0; i < index && child != NULL; i++)
    child = gtk_widget_get_next_sibling (child);
  if (child == NULL)
    {
      child = make ();
      gtk_box_append (box, child);
    }
  gtk_widget_set_visible (child, TRUE);
  return child;
}

static void
hide_from (GtkBox *box, guint index)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (box));

  for (guint i = 0; child != NULL; i++, child = gtk_widget_get_next_sibling (child))
    if (i >= index)
      gtk_widget_set_visible (child, FALSE);
}

static const char *
get_color_class (PnNow *self, guint32 object)
{
  const PnHistory *history = pn_model_get_history (pn_replay_get_model (self->replay));
  const PnObjectLane *lane;

  if (object == 0)
    return NULL;
  lane = pn_history_get_object (history, object);
  return lane != NULL ? pn_style_get_object_class (lane->order) : NULL;
}

static void
update_objects (PnNow *self, const PnState *state)
{
  const PnHistory *history = pn_model_get_history (pn_replay_get_model (self->replay));
  guint shown = 0;

  for (guint i = 0; i < state->objects->len; i++)
    {
      const PnObject *object = g_ptr_array_index (state->objects, i);
      const PnObjectLane *lane = pn_history_get_object (history, object->id);

      if (!pn_now_object_is_for (object))
        continue;
      pn_now_object_set_state (
          PN_NOW_OBJECT (get_nth (self->objects, shown++, pn_now_object_new)),
          state,
          object,
          lane != NULL ? lane->order : i);
    }
  hide_from (self->objects, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->objects), shown > 0);
}

static void
update_processes (PnNow *self, const PnState *state)
{
  for (guint i = 0; i < state->processes->len; i++)
    {
      const PnProcess *process = g_ptr_array_index (state->processes, i);

      pn_process_row_set_state (
          PN_PROCESS_ROW (get_nth (self->processes, i, pn_process_row_new)),
          state,
          process,
          get_color_class (self, process->wait_object),
          process->id == self->selected);
    }
  hide_from (self->processes, state->processes->len);
}

static gboolean
has_failed (const PnState *state)
{
  for (guint i = 0; i < state->processes->len; i++)
    {
      const PnProcess *process = g_ptr_array_index (state->processes, i);

      if (process->exit_known && process->exit_code != 0)
        return TRUE;
    }
  return FALSE;
}

/* Green is no word for a crash, even if all have ended. */
static const char *
get_verdict_class (const PnState *state)
{
  if (state->deadlock->len > 0)
    return "bad";
  return has_failed (state) ? "neutral" : "good";
}

static void
update_verdict (PnNow *self, gsize event, const PnState *state)
{
  g_autofree char *verdict
      = pn_model_dup_verdict (pn_replay_get_model (self->replay), event);

  gtk_label_set_label (self->verdict, verdict != NULL ? verdict : "");
  gtk_widget_set_css_classes (
      GTK_WIDGET (self->verdict),
      (const char *[]){ "verdict", get_verdict_class (state), NULL });
}

static void
update_moment (PnNow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);
  g_autofree char *text = NULL;

  if (event != PN_EVENT_OPEN)
    {
      g_autofree char *position = pn_document_dup_position (document, event);

      g_autofree char *time
          = pn_document_dup_time (document, pn_replay_get_time_ns (self->replay), 2);

      text = g_strdup_printf ("at %s · %s", time, position);
    }
  if (g_strcmp0 (gtk_label_get_label (self->moment), text) != 0)
    gtk_label_set_label (self->moment, text != NULL ? text : "");
}

static void
update (PnNow *self)
{
  gsize event = pn_replay_get_event (self->replay);
  const PnState *state;

  update_moment (self);
  gtk_stack_set_visible_child_name (self->stack,
                                    event == PN_EVENT_OPEN ? "empty" : "state");
  if (event == PN_EVENT_OPEN)
    return;
  state = pn_model_get_state (pn_replay_get_model (self->replay), event);
  update_objects (self, state);
  update_processes (self, state);
  update_verdict (self, event, state);
}

static void
pn_now_dispose (GObject *object)
{
  PnNow *self = PN_NOW (object);

  if (self->replay != NULL)
    g_signal_handlers_disconnect_by_data (self->replay, self);
  g_clear_object (&self->replay);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_NOW);

  G_OBJECT_CLASS (pn_now_parent_class)->dispose (object);
}

static void
pn_now_class_init (PnNowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_now_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-now.ui");
  gtk_widget_class_bind_template_child (widget_class, PnNow, moment);
  gtk_widget_class_bind_template_child (widget_class, PnNow, stack);
  gtk_widget_class_bind_template_child (widget_class, PnNow, objects);
  gtk_widget_class_bind_template_child (widget_class, PnNow, processes);
  gtk_widget_class_bind_template_child (widget_class, PnNow, verdict);
}

static void
pn_now_init (PnNow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
pn_now_set_replay (PnNow *self, PnReplay *replay)
{
  g_return_if_fail (PN_IS_NOW (self) && self->replay == NULL);

  self->replay = g_object_ref (replay);
  g_signal_connect_swapped (replay, "moved", G_CALLBACK (update), self);
  g_signal_connect_swapped (replay, "ticked", G_CALLBACK (update_moment), self);
  g_signal_connect_swapped (replay, "grown", G_CALLBACK (update_moment), self);
  update (self);
}

void
pn_now_select_process (PnNow *self, guint32 process)
{
  self->selected = process;
  if (self->replay != NULL)
    update (self);
}
