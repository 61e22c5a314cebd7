/* SPDX-License-Identifier: MIT */
#include "pn-lesson-list.h"

#include "pn-template.h"

#include <string.h>

struct _PnLessonList
{
  GtkWidget parent_instance;

  GtkSearchEntry *entry;
  GtkListBox *list;

  GPtrArray *catalogue;
  char *wanted; /* case-folded; NULL: all */
  gboolean selecting;
};

enum
{
  CHOSEN,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PnLessonList, pn_lesson_list, GTK_TYPE_WIDGET)

static const PnLesson *
get_lesson (PnLessonList *self, GtkListBoxRow *row)
{
  /* All rows stay: their index is the lesson's. */
  return g_ptr_array_index (self->catalogue, gtk_list_box_row_get_index (row));
}

static GtkWidget *
create_heading (const char *group)
{
  g_autofree char *upper = g_utf8_strup (group, -1);
  GtkWidget *label = gtk_label_new (upper);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  PnLessonList *self = user_data;
  const PnLesson *lesson = get_lesson (self, row);
  const PnLesson *previous = before != NULL ? get_lesson (self, before) : NULL;
  GtkWidget *heading = NULL;

  if (lesson->group != NULL
      && (previous == NULL || g_strcmp0 (previous->group, lesson->group) != 0))
    heading = create_heading (lesson->group);
  gtk_list_box_row_set_header (row, heading);
}

static gboolean
contains (const char *text, const char *wanted)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return folded != NULL && strstr (folded, wanted) != NULL;
}

static gboolean
is_wanted (GtkListBoxRow *row, gpointer user_data)
{
  PnLessonList *self = user_data;
  const PnLesson *lesson = get_lesson (self, row);

  return self->wanted == NULL || contains (lesson->title, self->wanted)
         || contains (lesson->group, self->wanted)
         || contains (lesson->id, self->wanted)
         || contains (lesson->summary, self->wanted);
}

static void
on_search_changed (GtkSearchEntry *entry, PnLessonList *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  g_clear_pointer (&self->wanted, g_free);
  if (*text != '\0')
    self->wanted = g_utf8_casefold (text, -1);
  gtk_list_box_invalidate_filter (self->list);
}

/* Enter chooses the first lesson found. */
static void
on_search_activate (GtkSearchEntry *entry, PnLessonList *self)
{
  for (guint i = 0; i < self->catalogue->len; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)i);

      if (!is_wanted (row, self))
        continue;
      gtk_list_box_select_row (self->list, row);
      gtk_widget_grab_focus (GTK_WIDGET (row));
      return;
    }
}

static void
on_stop_search (GtkSearchEntry *entry, PnLessonList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, PnLessonList *self)
{
  if (row != NULL && !self->selecting)
    g_signal_emit (self, signals[CHOSEN], 0, get_lesson (self, row));
}

/* Enter, or a second click. */
static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, PnLessonList *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static gboolean
focus_list (PnLessonList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row != NULL && gtk_widget_get_child_visible (GTK_WIDGET (row)))
    return gtk_widget_grab_focus (GTK_WIDGET (row));
  return gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

/* Tab goes from the entry to the list and on: from row to row, as the list would have
 * it, each would be chosen, and a run end. The arrow keys do that. */
static gboolean
pn_lesson_list_focus_to (GtkWidget *widget, GtkDirectionType direction)
{
  PnLessonList *self = PN_LESSON_LIST (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  gboolean in_list
      = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list));
  gboolean in_entry
      = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));

  if (direction == GTK_DIR_TAB_FORWARD && in_list)
    return FALSE;
  if (direction == GTK_DIR_TAB_FORWARD && in_entry)
    return focus_list (self);
  if (direction == GTK_DIR_TAB_BACKWARD && in_list)
    return gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (direction == GTK_DIR_TAB_BACKWARD && !in_entry)
    return focus_list (self);
  return GTK_WIDGET_CLASS (pn_lesson_list_parent_class)->focus (widget, direction);
}

static void
pn_lesson_list_dispose (GObject *object)
{
  PnLessonList *self = PN_LESSON_LIST (object);

  self->selecting = TRUE;
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_LESSON_LIST);

  G_OBJECT_CLASS (pn_lesson_list_parent_class)->dispose (object);
}

static void
pn_lesson_list_finalize (GObject *object)
{
  PnLessonList *self = PN_LESSON_LIST (object);

  g_clear_pointer (&self->catalogue, g_ptr_array_unref);
  g_free (self->wanted);

  G_OBJECT_CLASS (pn_lesson_list_parent_class)->finalize (object);
}

static void
pn_lesson_list_class_init (PnLessonListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_lesson_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = pn_lesson_list_finalize;
  widget_class->focus = pn_lesson_list_focus_to;
  signals[CHOSEN] = g_signal_new ("chosen",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  G_TYPE_POINTER);
  signals[ACTIVATED] = g_signal_new ("activated",
                                     G_TYPE_FROM_CLASS (klass),
                                     G_SIGNAL_RUN_LAST,
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     G_TYPE_NONE,
                                     0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-lesson-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PnLessonList, entry);
  gtk_widget_class_bind_template_child (widget_class, PnLessonList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
pn_lesson_list_init (PnLessonList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->catalogue = g_ptr_array_new ();
  gtk_list_box_set_header_func (self->list, update_header, self, NULL);
  gtk_list_box_set_filter_func (self->list, is_wanted, self, NULL);
}

static GtkWidget *
create_row (const PnLesson *lesson)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (lesson->title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  /* No tooltip: it would cover the lessons below and the run, and what it said stands
   * on the lesson's page. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  lesson->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  lesson->summary != NULL ? lesson->summary : "",
                                  -1);
  return row;
}

void
pn_lesson_list_set_catalogue (PnLessonList *self, GPtrArray *catalogue)
{
  GtkListBoxRow *row;

  self->selecting = TRUE;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_ptr_array_ref (catalogue);
  g_ptr_array_unref (self->catalogue);
  self->catalogue = catalogue;
  for (guint i = 0; i < catalogue->len; i++)
    gtk_list_box_append (self->list, create_row (g_ptr_array_index (catalogue, i)));
  self->selecting = FALSE;
}

void
pn_lesson_list_select (PnLessonList *self, const PnLesson *lesson)
{
  GtkListBoxRow *row = NULL;
  guint index;

  if (lesson != NULL && g_ptr_array_find (self->catalogue, lesson, &index))
    row = gtk_list_box_get_row_at_index (self->list, (int)index);
  self->selecting = TRUE;
  gtk_list_box_select_row (self->list, row);
  self->selecting = FALSE;
}

void
pn_lesson_list_focus (PnLessonList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

void
pn_lesson_list_search (PnLessonList *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
