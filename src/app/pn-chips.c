/* SPDX-License-Identifier: MIT */
#include "pn-chips.h"

#include "pn-text.h"
#include "pn-wrap-layout.h"

#define MAX_CHARS 28
#define MAX_TOOLTIP_CHARS 400

struct _PnChips
{
  GtkWidget parent_instance;

  GtkWidget *next; /* the label that the next add uses; NULL: a new one */
};

G_DEFINE_FINAL_TYPE (PnChips, pn_chips, GTK_TYPE_WIDGET)

static void
pn_chips_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (pn_chips_parent_class)->dispose (object);
}

static void
pn_chips_class_init (PnChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_chips_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, PN_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chips");
}

static void
pn_chips_init (PnChips *self)
{
}

void
pn_chips_begin (PnChips *self)
{
  self->next = gtk_widget_get_first_child (GTK_WIDGET (self));
}

void
pn_chips_add (PnChips *self,
              const char *text,
              const char *style_class,
              const char *color_class)
{
  GtkWidget *label = self->next;
  g_autofree char *visible = pn_text_dup_visible (text, MAX_TOOLTIP_CHARS);

  if (label == NULL)
    {
      label = gtk_label_new (NULL);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
      gtk_widget_insert_before (label, GTK_WIDGET (self), NULL);
    }
  self->next = gtk_widget_get_next_sibling (label);
  gtk_widget_set_css_classes (label,
                              (const char *[]){ style_class, color_class, NULL });
  gtk_label_set_label (GTK_LABEL (label), visible);
  gtk_widget_set_tooltip_text (
      label, g_utf8_strlen (visible, -1) > MAX_CHARS ? visible : NULL);
  gtk_widget_set_visible (label, TRUE);
}

void
pn_chips_end (PnChips *self)
{
  for (; self->next != NULL; self->next = gtk_widget_get_next_sibling (self->next))
    gtk_widget_set_visible (self->next, FALSE);
}
