/* SPDX-License-Identifier: MIT */
#include "pn-now-object.h"

#include "pn-chips.h"
#include "pn-message.h"
#include "pn-style.h"
#include "pn-template.h"
#include "pn-text.h"

#define MAX_CELLS 24
#define MAX_NAME_CHARS 240
#define N_ROWS 3

struct _PnNowObject
{
  GtkWidget parent_instance;

  GtkLabel *title;
  GtkLabel *detail;
  GtkWidget *labels[N_ROWS];
  GtkWidget *chips[N_ROWS];
  guint n_rows; /* in use by the state shown */
};

G_DEFINE_FINAL_TYPE (PnNowObject, pn_now_object, GTK_TYPE_WIDGET)

static void
pn_now_object_dispose (GObject *object)
{
  pn_template_dispose (GTK_WIDGET (object), PN_TYPE_NOW_OBJECT);

  G_OBJECT_CLASS (pn_now_object_parent_class)->dispose (object);
}

static void
pn_now_object_class_init (PnNowObjectClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_now_object_dispose;
  g_type_ensure (PN_TYPE_CHIPS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-now-object.ui");
  gtk_widget_class_bind_template_child (widget_class, PnNowObject, title);
  gtk_widget_class_bind_template_child (widget_class, PnNowObject, detail);
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *label = g_strdup_printf ("label_%u", i);
      g_autofree char *chips = g_strdup_printf ("chips_%u", i);

      gtk_widget_class_bind_template_child_full (
          widget_class,
          g_intern_string (label),
          FALSE,
          G_STRUCT_OFFSET (PnNowObject, labels) + i * (gssize)sizeof (GtkWidget *));
      gtk_widget_class_bind_template_child_full (
          widget_class,
          g_intern_string (chips),
          FALSE,
          G_STRUCT_OFFSET (PnNowObject, chips) + i * (gssize)sizeof (GtkWidget *));
    }
}

static void
pn_now_object_init (PnNowObject *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pn_now_object_new (void)
{
  return g_object_new (PN_TYPE_NOW_OBJECT, NULL);
}

/* Chips without a label begin where labels do. */
static void
place_chips (GtkWidget *chips, gboolean labelled)
{
  GtkWidget *grid = gtk_widget_get_parent (chips);
  GtkLayoutChild *child = gtk_layout_manager_get_layout_child (
      gtk_widget_get_layout_manager (grid), chips);

  gtk_grid_layout_child_set_column (GTK_GRID_LAYOUT_CHILD (child), labelled ? 1 : 0);
  gtk_grid_layout_child_set_column_span (GTK_GRID_LAYOUT_CHILD (child),
                                         labelled ? 1 : 2);
}

static PnChips *
begin_row (PnNowObject *self, const char *label)
{
  guint row = self->n_rows++;

  g_assert (row < N_ROWS);
  gtk_label_set_label (GTK_LABEL (self->labels[row]), label);
  gtk_widget_set_visible (self->labels[row], *label != '\0');
  place_chips (self->chips[row], *label != '\0');
  gtk_widget_set_visible (self->chips[row], TRUE);
  pn_chips_begin (PN_CHIPS (self->chips[row]));
  return PN_CHIPS (self->chips[row]);
}

static const char *
get_name (const PnState *state, guint32 id)
{
  const PnProcess *process = pn_state_get_process (state, id);

  return process != NULL ? process->name : "?";
}

static void
add_waiters (PnNowObject *self,
             const PnState *state,
             const PnObject *object,
             const char *color)
{
  PnChips *chips;

  if (object->waiters->len == 0)
    return;
  chips = begin_row (self, "waiting");
  for (guint i = 0; i < object->waiters->len; i++)
    pn_chips_add (chips,
                  get_name (state, g_array_index (object->waiters, guint32, i)),
                  "chip",
                  color);
  pn_chips_end (chips);
}

static void
add_owner (PnNowObject *self, const PnState *state, const PnObject *object)
{
  PnChips *chips = begin_row (self, "held by");

  if (object->owner != 0)
    pn_chips_add (chips, get_name (state, object->owner), "chip", NULL);
  else
    pn_chips_add (chips, "nobody", "nothing", NULL);
  if (object->abandoned)
    pn_chips_add (chips, "which has ended", "nothing", NULL);
  pn_chips_end (chips);
}

/* The cells that fit, and how many more there are. */
static void
end_cells (PnChips *chips, gsize count)
{
  if (count == 0)
    pn_chips_add (chips, "empty", "nothing", NULL);
  if (count > MAX_CELLS)
    {
      g_autofree char *more
          = g_strdup_printf ("and %" G_GSIZE_FORMAT " more", count - MAX_CELLS);

      pn_chips_add (chips, more, "nothing", NULL);
    }
  pn_chips_end (chips);
}

/* @end: only those sent from that end of a pipe; 0: all. */
static void
add_messages (PnNowObject *self,
              const PnObject *object,
              const char *label,
              guint32 end,
              const char *color)
{
  PnChips *chips = begin_row (self, label);
  gsize count = 0;

  for (guint i = 0; i < object->n_messages; i++)
    {
      const PnMessage *message = &object->messages[i];

      if (end != 0 && message->end != end)
        continue;
      if (count++ < MAX_CELLS)
        pn_chips_add (chips, message->text, "cell", color);
    }
  end_cells (chips, count);
}

static void
add_tasks (PnNowObject *self,
           const PnState *state,
           const PnObject *object,
           const char *label,
           PnTaskState which,
           const char *color)
{
  PnChips *chips = NULL;
  gsize count = 0;

  for (guint i = 0; i < object->n_tasks; i++)
    {
      const PnTask *task = &object->tasks[i];
      g_autofree char *text = NULL;

      if (task->state != which || count++ >= MAX_CELLS)
        continue;
      if (chips == NULL)
        chips = begin_row (self, label);
      if (task->worker != 0)
        text = g_strdup_printf ("%s: %s", get_name (state, task->worker), task->text);
      pn_chips_add (chips, text != NULL ? text : task->text, "cell", color);
    }
  if (chips != NULL)
    end_cells (chips, count);
}

static void
add_value (PnNowObject *self, const PnObject *object, const char *color)
{
  PnChips *chips = begin_row (self, "");
  g_autoptr (GPtrArray) items = NULL;

  if (object->kind == PN_OBJECT_LIST && object->value != NULL)
    items = pn_message_split_list (object->value);
  if (items != NULL)
    {
      for (guint i = 0; i < MIN (items->len, MAX_CELLS); i++)
        pn_chips_add (chips, g_ptr_array_index (items, i), "cell", color);
      end_cells (chips, items->len);
      return;
    }
  if (object->value != NULL)
    pn_chips_add (chips, object->value, "cell", color);
  else
    pn_chips_add (chips, "not known", "nothing", NULL);
  pn_chips_end (chips);
}

static char *
dup_detail (const PnObject *object)
{
  const char *kind = pn_object_kind_name (object->kind);
  guint count;

  switch (object->kind)
    {
    case PN_OBJECT_LOCK:
      return g_strdup ("");
    case PN_OBJECT_QUEUE:
    case PN_OBJECT_PIPE:
      count = object->n_messages;
      if (object->kind == PN_OBJECT_QUEUE && object->detail > 0)
        return g_strdup_printf (
            "(%s, %u of %" G_GINT64_FORMAT " items)", kind, count, object->detail);
      return g_strdup_printf (
          "(%s, %u %s)", kind, count, count == 1 ? "item" : "items");
    case PN_OBJECT_POOL:
      return g_strdup_printf (
          "(%s, %" G_GINT64_FORMAT " workers)", kind, object->detail);
    default:
      return g_strdup_printf ("(%s)", kind);
    }
}

static void
fill_rows (PnNowObject *self,
           const PnState *state,
           const PnObject *object,
           const char *color)
{
  switch (object->kind)
    {
    case PN_OBJECT_LOCK:
      add_owner (self, state, object);
      add_waiters (self, state, object, color);
      break;
    case PN_OBJECT_QUEUE:
      add_messages (self, object, "", 0, color);
      add_waiters (self, state, object, color);
      break;
    case PN_OBJECT_PIPE:
      add_messages (self, object, "to end 2", 1, color);
      add_messages (self, object, "to end 1", 2, color);
      add_waiters (self, state, object, color);
      break;
    case PN_OBJECT_POOL:
      add_tasks (self, state, object, "queued", PN_TASK_QUEUED, color);
      add_tasks (self, state, object, "running", PN_TASK_RUNNING, color);
      add_tasks (self, state, object, "done", PN_TASK_DONE, color);
      break;
    default:
      add_value (self, object, color);
      add_waiters (self, state, object, color);
      break;
    }
}

void
pn_now_object_set_state (PnNowObject *self,
                         const PnState *state,
                         const PnObject *object,
                         guint order)
{
  const char *color = pn_style_get_object_class (order);
  g_autofree char *name = pn_text_dup_visible (object->name, MAX_NAME_CHARS);
  g_autofree char *detail = dup_detail (object);

  gtk_label_set_label (self->title, name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->title),
                              (const char *[]){ "object-title", color, NULL });
  gtk_label_set_label (self->detail, detail);
  gtk_widget_set_css_classes (GTK_WIDGET (self->detail),
                              (const char *[]){ "object-title", color, NULL });
  self->n_rows = 0;
  fill_rows (self, state, object, color);
  for (guint i = self->n_rows; i < N_ROWS; i++)
    {
      gtk_widget_set_visible (self->labels[i], FALSE);
      gtk_widget_set_visible (self->chips[i], FALSE);
    }
}

gboolean
pn_now_object_is_for (const PnObject *object)
{
  return object->kind != PN_OBJECT_MANAGER && object->kind != PN_OBJECT_FILE;
}
