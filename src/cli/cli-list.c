/* SPDX-License-Identifier: MIT */
#include "pn-command.h"
#include "pn-json.h"

#define ID_COLUMNS 16
#define SUMMARY_COLUMN (2 + ID_COLUMNS + 1)

static const char *const type_names[] = { "int", "float", "bool", "choice" };

/* "1 to 8", "true or false", "fork, spawn". */
static char *
dup_range (const PnParameter *parameter)
{
  char min[G_ASCII_DTOSTR_BUF_SIZE], max[G_ASCII_DTOSTR_BUF_SIZE];

  switch (parameter->type)
    {
    case PN_PARAMETER_INT:
    case PN_PARAMETER_FLOAT:
      return g_strdup_printf (
          "%s to %s",
          g_ascii_formatd (min, sizeof min, "%.15g", parameter->min),
          g_ascii_formatd (max, sizeof max, "%.15g", parameter->max));
    case PN_PARAMETER_BOOL:
      return g_strdup ("true or false");
    case PN_PARAMETER_CHOICE:
      return g_strjoinv (", ", parameter->choices);
    }
  g_return_val_if_reached (NULL);
}

static void
print_lesson (PnPrinter *printer, const PnLesson *lesson)
{
  pn_printer_raw (printer, "  ");
  pn_printer_style (printer, PN_STYLE_BOLD);
  pn_printer_printf (printer, "%-*s", ID_COLUMNS, lesson->id);
  pn_printer_style (printer, PN_STYLE_PLAIN);
  pn_printer_raw (printer, " ");
  pn_printer_wrap (printer, SUMMARY_COLUMN, lesson->summary);
  for (guint i = 0; i < lesson->parameters->len; i++)
    {
      const PnParameter *parameter = lesson->parameters->pdata[i];
      g_autofree char *range = dup_range (parameter);
      g_autofree char *setting
          = g_strdup_printf ("%s=%s", parameter->name, parameter->fallback);

      pn_printer_style (printer, PN_STYLE_DIM);
      pn_printer_printf (printer,
                         "  %-16s --set %-16s %s (%s)\n",
                         "",
                         setting,
                         parameter->label,
                         range);
      pn_printer_style (printer, PN_STYLE_PLAIN);
    }
}

static void
print_text (PnPrinter *printer, GPtrArray *catalogue)
{
  const char *group = NULL;

  for (guint i = 0; i < catalogue->len; i++)
    {
      const PnLesson *lesson = catalogue->pdata[i];

      if (g_strcmp0 (group, lesson->group) != 0)
        {
          pn_printer_printf (printer, "%s%s\n", group ? "\n" : "", lesson->group);
          group = lesson->group;
        }
      print_lesson (printer, lesson);
    }
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_bound (JsonBuilder *builder, const char *name, PnParameterType type, double bound)
{
  json_builder_set_member_name (builder, name);
  if (type == PN_PARAMETER_INT)
    json_builder_add_int_value (builder, (gint64)bound);
  else if (type == PN_PARAMETER_FLOAT)
    json_builder_add_double_value (builder, bound);
  else
    json_builder_add_null_value (builder);
}

static void
add_parameter (JsonBuilder *builder, const PnParameter *parameter)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", parameter->name);
  add_text (builder, "label", parameter->label);
  add_text (builder, "type", type_names[parameter->type]);
  add_bound (builder, "min", parameter->type, parameter->min);
  add_bound (builder, "max", parameter->type, parameter->max);
  json_builder_set_member_name (builder, "choices");
  if (parameter->choices)
    {
      json_builder_begin_array (builder);
      for (gsize i = 0; parameter->choices[i]; i++)
        json_builder_add_string_value (builder, parameter->choices[i]);
      json_builder_end_array (builder);
    }
  else
    json_builder_add_null_value (builder);
  add_text (builder, "default", parameter->fallback);
  json_builder_end_object (builder);
}

static void
print_json (PnPrinter *printer, const PnLesson *lesson)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "id", lesson->id);
  add_text (builder, "title", lesson->title);
  add_text (builder, "group", lesson->group);
  add_text (builder, "summary", lesson->summary);
  add_text (builder, "watch", lesson->watch);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (guint i = 0; i < lesson->parameters->len; i++)
    add_parameter (builder, lesson->parameters->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  pn_json_print (printer, builder);
}

int
pn_command_list (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One object a line, for programs", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) catalogue = NULL;
  PnPrinter *printer;
  int status = pn_command_parse (&argc,
                                 &argv,
                                 entries,
                                 NULL,
                                 NULL,
                                 0,
                                 "Shows the lessons, and what can be set in each.");

  if (status >= 0)
    return status;
  catalogue = pn_command_load_lessons (errors);
  if (!catalogue)
    return PN_EXIT_FAILED;
  for (guint i = 0; i < errors->len; i++)
    pn_cli_fail ("%s", (char *)errors->pdata[i]);
  printer = pn_printer_new_stdout ();
  if (json)
    for (guint i = 0; i < catalogue->len; i++)
      print_json (printer, catalogue->pdata[i]);
  else
    print_text (printer, catalogue);
  return pn_command_finish (printer);
}
