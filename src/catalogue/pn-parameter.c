/* SPDX-License-Identifier: MIT */
#include "pn-lesson-private.h"

#include <math.h>
#include <string.h>

static const char *const type_names[] = { "int", "float", "bool", "choice" };
static const char *const bool_words[]
    = { "true", "false", "yes", "no", "1", "0", NULL };

/* Large enough for any lesson, and each such whole number is a double. */
#define INT_LIMIT (G_GINT64_CONSTANT (1) << 53)

void
pn_parameter_free (PnParameter *parameter)
{
  if (!parameter)
    return;
  g_free (parameter->name);
  g_free (parameter->label);
  g_strfreev (parameter->choices);
  g_free (parameter->fallback);
  g_free (parameter);
}

static gboolean
parse_float (const char *text, double *ret_value)
{
  char *end = NULL;
  double value;

  /* g_ascii_strtod also takes "0x10", "inf", "nan" and leading blanks. */
  if (*text == '\0' || text[strspn (text, "0123456789+-.eE")] != '\0')
    return FALSE;
  value = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (value))
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static char *
format_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (value == floor (value) && fabs (value) <= (double)INT_LIMIT)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64)value);
  return g_strdup (g_ascii_formatd (text, sizeof text, "%.15g", value));
}

static gboolean G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error
        = g_error_new_valist (PN_LESSON_ERROR, PN_LESSON_ERROR_PARAMETER, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_number (const PnParameter *parameter, const char *value, GError **error)
{
  gboolean whole = parameter->type == PN_PARAMETER_INT;
  g_autofree char *min = format_number (parameter->min);
  g_autofree char *max = format_number (parameter->max);
  double number = 0;
  gint64 integer = 0;
  gboolean parsed;

  if (whole)
    {
      parsed
          = g_ascii_string_to_signed (value, 10, -INT_LIMIT, INT_LIMIT, &integer, NULL);
      number = (double)integer;
    }
  else
    parsed = parse_float (value, &number);
  if (!parsed)
    return fail (error,
                 "%s must be a %s from %s to %s, not “%s”",
                 parameter->name,
                 whole ? "whole number" : "number",
                 min,
                 max,
                 value);
  if (number < parameter->min || number > parameter->max)
    return fail (
        error, "%s must be from %s to %s, not %s", parameter->name, min, max, value);
  return TRUE;
}

gboolean
pn_parameter_check (const PnParameter *parameter, const char *value, GError **error)
{
  g_autofree char *all = NULL;

  g_return_val_if_fail (parameter != NULL && value != NULL, FALSE);

  switch (parameter->type)
    {
    case PN_PARAMETER_INT:
    case PN_PARAMETER_FLOAT:
      return check_number (parameter, value, error);
    case PN_PARAMETER_BOOL:
      if (g_strv_contains (bool_words, value))
        return TRUE;
      return fail (error, "%s must be true or false, not “%s”", parameter->name, value);
    case PN_PARAMETER_CHOICE:
      if (g_strv_contains ((const char *const *)parameter->choices, value))
        return TRUE;
      all = g_strjoinv (", ", parameter->choices);
      return fail (
          error, "%s must be one of %s, not “%s”", parameter->name, all, value);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
is_name (const char *name)
{
  return g_ascii_isalpha (*name)
         && name[strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-")] == '\0';
}

static gboolean
load_type (const PnLessonFile *file,
           const char *group,
           PnParameterType *ret_type,
           GError **error)
{
  g_autofree char *text = pn_lesson_file_dup_text (file, group, "type", error);

  if (!text)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (text, type_names[i]))
      {
        *ret_type = (PnParameterType)i;
        return TRUE;
      }
  return pn_lesson_file_fail (
      file, group, "type", error, "must be int, float, bool or choice, not “%s”", text);
}

static gboolean
load_bound (const PnLessonFile *file,
            const char *group,
            const char *key,
            gboolean whole,
            double *ret_value,
            GError **error)
{
  g_autofree char *text = pn_lesson_file_dup_text (file, group, key, error);
  gint64 integer = 0;

  if (!text)
    return FALSE;
  if (whole
      && !g_ascii_string_to_signed (text, 10, -INT_LIMIT, INT_LIMIT, &integer, NULL))
    return pn_lesson_file_fail (
        file, group, key, error, "must be a whole number, not “%s”", text);
  if (!whole && !parse_float (text, ret_value))
    return pn_lesson_file_fail (
        file, group, key, error, "must be a number, not “%s”", text);
  if (whole)
    *ret_value = (double)integer;
  return TRUE;
}

static gboolean
load_range (const PnLessonFile *file,
            const char *group,
            PnParameter *parameter,
            GError **error)
{
  static const char *const keys[] = { "label", "type", "min", "max", "default", NULL };
  gboolean whole = parameter->type == PN_PARAMETER_INT;

  if (!pn_lesson_file_check_keys (file, group, keys, error)
      || !load_bound (file, group, "min", whole, &parameter->min, error)
      || !load_bound (file, group, "max", whole, &parameter->max, error))
    return FALSE;
  if (parameter->min > parameter->max)
    return pn_lesson_file_fail (file, group, "min", error, "is above max");
  return TRUE;
}

static gboolean
load_choices (const PnLessonFile *file,
              const char *group,
              PnParameter *parameter,
              GError **error)
{
  static const char *const keys[] = { "label", "type", "choices", "default", NULL };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n_choices = 0;

  if (!pn_lesson_file_check_keys (file, group, keys, error))
    return FALSE;
  parameter->choices
      = g_key_file_get_string_list (file->keys, group, "choices", &n_choices, NULL);
  if (n_choices < 2)
    return pn_lesson_file_fail (
        file, group, "choices", error, "must name two or more, with ; between them");
  for (gsize i = 0; i < n_choices; i++)
    {
      g_strstrip (parameter->choices[i]);
      if (!is_name (parameter->choices[i]))
        return pn_lesson_file_fail (file,
                                    group,
                                    "choices",
                                    error,
                                    "“%s” must be one word of letters, digits, _ and -",
                                    parameter->choices[i]);
      if (!g_hash_table_add (seen, parameter->choices[i]))
        return pn_lesson_file_fail (file,
                                    group,
                                    "choices",
                                    error,
                                    "“%s” is there twice",
                                    parameter->choices[i]);
    }
  return TRUE;
}

static gboolean
load_by_type (const PnLessonFile *file,
              const char *group,
              PnParameter *parameter,
              GError **error)
{
  static const char *const bool_keys[] = { "label", "type", "default", NULL };

  switch (parameter->type)
    {
    case PN_PARAMETER_INT:
    case PN_PARAMETER_FLOAT:
      return load_range (file, group, parameter, error);
    case PN_PARAMETER_BOOL:
      return pn_lesson_file_check_keys (file, group, bool_keys, error);
    case PN_PARAMETER_CHOICE:
      return load_choices (file, group, parameter, error);
    }
  g_return_val_if_reached (FALSE);
}

PnParameter *
pn_parameter_load (const PnLessonFile *file, const char *group, GError **error)
{
  PnParameter *parameter = g_new0 (PnParameter, 1);
  g_autoptr (GError) inner = NULL;

  parameter->name = g_strdup (group + strlen ("parameter "));
  if (!is_name (parameter->name))
    {
      pn_lesson_file_fail (
          file, group, NULL, error, "the name must be letters, digits, _ and -");
      goto bad;
    }
  parameter->label = pn_lesson_file_dup_text (file, group, "label", error);
  if (!parameter->label || !load_type (file, group, &parameter->type, error)
      || !load_by_type (file, group, parameter, error))
    goto bad;
  parameter->fallback = pn_lesson_file_dup_text (file, group, "default", error);
  if (!parameter->fallback)
    goto bad;
  if (!pn_parameter_check (parameter, parameter->fallback, &inner))
    {
      pn_lesson_file_fail (file, group, "default", error, "%s", inner->message);
      goto bad;
    }
  return parameter;

bad:
  pn_parameter_free (parameter);
  return NULL;
}
