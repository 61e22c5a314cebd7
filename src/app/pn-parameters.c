/* SPDX-License-Identifier: MIT */
#include "pn-parameters.h"

#include "pn-template.h"

#include <math.h>

struct _PnParameters
{
  GtkWidget parent_instance;

  GtkBox *rows;

  GPtrArray *controls; /* borrowed GtkWidgets, one a parameter */
  const PnLesson *lesson;
};

G_DEFINE_FINAL_TYPE (PnParameters, pn_parameters, GTK_TYPE_WIDGET)

static void
pn_parameters_dispose (GObject *object)
{
  PnParameters *self = PN_PARAMETERS (object);

  g_ptr_array_set_size (self->controls, 0);
  pn_template_dispose (GTK_WIDGET (self), PN_TYPE_PARAMETERS);

  G_OBJECT_CLASS (pn_parameters_parent_class)->dispose (object);
}

static void
pn_parameters_finalize (GObject *object)
{
  g_ptr_array_unref (PN_PARAMETERS (object)->controls);

  G_OBJECT_CLASS (pn_parameters_parent_class)->finalize (object);
}

static void
pn_parameters_class_init (PnParametersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pn_parameters_dispose;
  G_OBJECT_CLASS (klass)->finalize = pn_parameters_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/procession/Procession/ui/pn-parameters.ui");
  gtk_widget_class_bind_template_child (widget_class, PnParameters, rows);
}

static void
pn_parameters_init (PnParameters *self)
{
  self->controls = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static double
get_step (const PnParameter *parameter)
{
  double range = parameter->max - parameter->min;

  if (parameter->type == PN_PARAMETER_INT)
    return range > 200 ? 10 : 1;
  return range > 20 ? 1 : 0.1;
}

static GtkWidget *
create_spin (const PnParameter *parameter)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (
      parameter->min, parameter->max, get_step (parameter));

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin),
                              parameter->type == PN_PARAMETER_INT ? 0 : 2);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin),
                             g_ascii_strtod (parameter->fallback, NULL));
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 5);
  return spin;
}

static gboolean
is_true (const char *text)
{
  return g_strv_contains ((const char *const[]){ "true", "yes", "1", NULL }, text);
}

static GtkWidget *
create_choice (const PnParameter *parameter)
{
  GtkWidget *choice
      = gtk_drop_down_new_from_strings ((const char *const *)parameter->choices);

  for (guint i = 0; parameter->choices[i] != NULL; i++)
    if (g_str_equal (parameter->choices[i], parameter->fallback))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), i);
  return choice;
}

static GtkWidget *
create_control (const PnParameter *parameter)
{
  GtkWidget *control;

  switch (parameter->type)
    {
    case PN_PARAMETER_BOOL:
      control = gtk_switch_new ();
      gtk_switch_set_active (GTK_SWITCH (control), is_true (parameter->fallback));
      break;
    case PN_PARAMETER_CHOICE:
      control = create_choice (parameter);
      break;
    default:
      control = create_spin (parameter);
      break;
    }
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  return control;
}

static char *
dup_range (const PnParameter *parameter)
{
  if (parameter->type != PN_PARAMETER_INT && parameter->type != PN_PARAMETER_FLOAT)
    return NULL;
  return g_strdup_printf ("From %g to %g", parameter->min, parameter->max);
}

static void
add_row (PnParameters *self, const PnParameter *parameter)
{
  const char *name = parameter->label != NULL ? parameter->label : parameter->name;
  GtkWidget *row = gtk_grid_new ();
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *control = create_control (parameter);
  g_autofree char *range = dup_range (parameter);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* A scrolled window asks for its child's height without a width: of this one. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 8);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), control);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (row, range);
  gtk_grid_set_column_spacing (GTK_GRID (row), 8);
  gtk_grid_attach (GTK_GRID (row), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (row), control, 1, 0, 1, 1);
  gtk_box_append (self->rows, row);
  g_ptr_array_add (self->controls, control);
}

void
pn_parameters_set_lesson (PnParameters *self, const PnLesson *lesson)
{
  GtkWidget *row;

  if (lesson == self->lesson && lesson != NULL)
    return;
  self->lesson = lesson;
  g_ptr_array_set_size (self->controls, 0);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, row);
  for (guint i = 0; lesson != NULL && i < lesson->parameters->len; i++)
    add_row (self, g_ptr_array_index (lesson->parameters, i));
  gtk_widget_set_visible (GTK_WIDGET (self), self->controls->len > 0);
}

static char *
dup_value (const PnParameter *parameter, GtkWidget *control)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double value;

  switch (parameter->type)
    {
    case PN_PARAMETER_BOOL:
      return g_strdup (gtk_switch_get_active (GTK_SWITCH (control)) ? "true" : "false");
    case PN_PARAMETER_CHOICE:
      return g_strdup (
          parameter->choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (control))]);
    default:
      /* What was typed and not confirmed yet counts too. */
      gtk_spin_button_update (GTK_SPIN_BUTTON (control));
      value = gtk_spin_button_get_value (GTK_SPIN_BUTTON (control));
      if (parameter->type == PN_PARAMETER_INT)
        value = round (value);
      return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.10g", value));
    }
}

GStrv
pn_parameters_dup_settings (PnParameters *self)
{
  g_autoptr (GStrvBuilder) settings = g_strv_builder_new ();

  for (guint i = 0; i < self->controls->len; i++)
    {
      const PnParameter *parameter = g_ptr_array_index (self->lesson->parameters, i);
      g_autofree char *value
          = dup_value (parameter, g_ptr_array_index (self->controls, i));
      g_autofree char *setting = g_strdup_printf ("%s=%s", parameter->name, value);

      g_strv_builder_add (settings, setting);
    }
  return g_strv_builder_end (settings);
}
