/* SPDX-License-Identifier: MIT */
#include "pn-process-row.h"

#include "pn-text.h"

#include <string.h>

#define INDENT_PX 18
#define MAX_NAME_CHARS 240

struct _PnProcessRow
{
  GtkButton parent_instance;

  GtkWidget *elbow;
  GtkLabel *name;
  GtkLabel *pid;
  GtkLabel *what;
};

G_DEFINE_FINAL_TYPE (PnProcessRow, pn_process_row, GTK_TYPE_BUTTON)

static void
pn_process_row_class_init (PnProcessRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-process-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PnProcessRow, elbow);
  gtk_widget_class_bind_template_child (widget_class, PnProcessRow, name);
  gtk_widget_class_bind_template_child (widget_class, PnProcessRow, pid);
  gtk_widget_class_bind_template_child (widget_class, PnProcessRow, what);
}

static void
pn_process_row_init (PnProcessRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pn_process_row_new (void)
{
  return g_object_new (PN_TYPE_PROCESS_ROW, NULL);
}

static int
get_depth (const PnState *state, const PnProcess *process)
{
  int depth = 0;

  /* A parent starts before its child: the walk ends. */
  while (process->parent != 0 && process->parent < process->id)
    {
      process = pn_state_get_process (state, process->parent);
      if (process == NULL)
        break;
      depth++;
    }
  return depth;
}

static const char *
get_color_class (const PnProcess *process, const char *wait_color)
{
  if (process->deadlock)
    return "bad";
  /* Who was ended with the whole run has done nothing wrong. */
  if (process->exit_known && process->exit_code != 0)
    return *process->end_reason != '\0' ? "dim" : "bad";
  if (wait_color != NULL)
    return wait_color;
  if (process->state == PN_PROCESS_RUNNING || process->state == PN_PROCESS_SLEEPING)
    return "busy";
  return "dim";
}

/* "sleeps, holds lock" */
static char *
dup_what (const PnState *state, const PnProcess *process)
{
  g_autofree char *does = pn_process_describe (state, process);
  GString *what = g_string_new (does);

  for (guint i = 0; i < process->holds->len; i++)
    {
      guint32 id = g_array_index (process->holds, guint32, i);
      const PnObject *object = pn_state_get_object (state, id);

      if (object != NULL && strstr (does, "holds") == NULL)
        {
          g_string_append (what, i == 0 ? ", holds " : ", ");
          pn_text_append_visible (what, object->name, MAX_NAME_CHARS);
        }
    }
  return g_string_free (what, FALSE);
}

void
pn_process_row_set_state (PnProcessRow *self,
                          const PnState *state,
                          const PnProcess *process,
                          const char *wait_color,
                          gboolean selected)
{
  int depth = get_depth (state, process);
  g_autofree char *name = pn_text_dup_visible (process->name, MAX_NAME_CHARS);
  g_autofree char *what = dup_what (state, process);
  g_autofree char *pid = NULL;
  g_autofree char *label = NULL;

  if (process->pid != 0)
    pid = g_strdup_printf ("%" G_GINT64_FORMAT, process->pid);
  gtk_widget_set_visible (self->elbow, depth > 0);
  gtk_widget_set_margin_start (self->elbow, MAX (depth - 1, 0) * INDENT_PX + 5);
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->pid, pid != NULL ? pid : "");
  gtk_label_set_label (self->what, what);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what), what); /* it may be cut */
  gtk_widget_set_css_classes (
      GTK_WIDGET (self->what),
      (const char *[]){ get_color_class (process, wait_color), NULL });
  if (selected)
    gtk_widget_add_css_class (GTK_WIDGET (self), "selected");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "selected");

  label = g_strdup_printf ("%s, %s", name, what);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_target (
      GTK_ACTIONABLE (self), "u", selected ? 0 : process->id);
}
