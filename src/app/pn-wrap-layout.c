/* SPDX-License-Identifier: MIT */
#include "pn-wrap-layout.h"

struct _PnWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (PnWrapLayout, pn_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static void
measure_child (GtkWidget *child, int width, GtkRequisition *ret_size)
{
  int minimum, natural;

  gtk_widget_measure (
      child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  ret_size->width = MAX (minimum, MIN (natural, width));
  gtk_widget_measure (child,
                      GTK_ORIENTATION_VERTICAL,
                      ret_size->width,
                      NULL,
                      &ret_size->height,
                      NULL,
                      NULL);
}

/* Places the children within @width, or only measures. Returns the height. */
static int
flow (GtkWidget *widget, int width, gboolean place)
{
  int x = 0;
  int y = 0;
  int line_height = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkRequisition size;

      if (!gtk_widget_should_layout (child))
        continue;
      measure_child (child, width, &size);
      if (x > 0 && x + size.width > width)
        {
          x = 0;
          y += line_height + PN_WRAP_SPACING_PX;
          line_height = 0;
        }
      if (place)
        gtk_widget_size_allocate (
            child, &(GtkAllocation){ x, y, size.width, size.height }, -1);
      x += size.width + PN_WRAP_SPACING_PX;
      line_height = MAX (line_height, size.height);
    }
  return y + line_height;
}

static GtkSizeRequestMode
pn_wrap_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pn_wrap_layout_measure (GtkLayoutManager *manager,
                        GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  int widest = 0;
  int all = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child,
                          GTK_ORIENTATION_HORIZONTAL,
                          -1,
                          &child_minimum,
                          &child_natural,
                          NULL,
                          NULL);
      widest = MAX (widest, child_minimum);
      all += child_natural + (all > 0 ? PN_WRAP_SPACING_PX : 0);
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = widest;
      *natural = all;
    }
  else
    {
      *natural = flow (widget, for_size < 0 ? all : for_size, FALSE);
      *minimum = *natural;
    }
}

static void
pn_wrap_layout_allocate (
    GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  flow (widget, width, TRUE);
}

static void
pn_wrap_layout_class_init (PnWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = pn_wrap_layout_get_request_mode;
  layout_class->measure = pn_wrap_layout_measure;
  layout_class->allocate = pn_wrap_layout_allocate;
}

static void
pn_wrap_layout_init (PnWrapLayout *self)
{
}
