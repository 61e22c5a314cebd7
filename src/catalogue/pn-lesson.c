/* SPDX-License-Identifier: MIT */
#include "pn-lesson-private.h"

#include <string.h>

#define DEFAULT_PROCESSES 64
#define DEFAULT_SECONDS 60
#define DEFAULT_OUTPUT_BYTES (1024 * 1024)
#define DEFAULT_EVENTS 4000000

void
pn_limits_init (PnLimits *limits)
{
  *limits = (PnLimits){ .processes = DEFAULT_PROCESSES,
                        .seconds = DEFAULT_SECONDS,
                        .output_bytes = DEFAULT_OUTPUT_BYTES,
                        .events = DEFAULT_EVENTS };
}

void
pn_lesson_free (PnLesson *lesson)
{
  if (!lesson)
    return;
  g_free (lesson->id);
  g_free (lesson->title);
  g_free (lesson->group);
  g_free (lesson->summary);
  g_free (lesson->watch);
  g_free (lesson->c_path);
  g_free (lesson->python_path);
  g_free (lesson->program);
  g_ptr_array_unref (lesson->parameters);
  g_free (lesson);
}

/* Python imports from the script's own folder first: queue.py would take the place of
 * its module. */
static gboolean
load_python_name (const PnLessonFile *file, char **ret_name, GError **error)
{
  g_autofree char *name = NULL;

  if (!g_key_file_has_key (file->keys, "lesson", "python", NULL))
    return TRUE;
  name = pn_lesson_file_dup_text (file, "lesson", "python", error);
  if (!name)
    return FALSE;
  if (strchr (name, '/') || !g_str_has_suffix (name, ".py"))
    return pn_lesson_file_fail (
        file,
        "lesson",
        "python",
        error,
        "must be the name of a .py file in the lesson's folder");
  *ret_name = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
load_lesson_group (const PnLessonFile *file,
                   PnLesson *lesson,
                   char **ret_python_name,
                   GError **error)
{
  static const char group[] = "lesson";
  static const char *const keys[]
      = { "title", "group", "order", "summary", "watch", "python", NULL };
  gint64 order;

  if (!g_key_file_has_group (file->keys, group))
    return pn_lesson_file_fail (file, group, NULL, error, "is missing; add it");
  if (!pn_lesson_file_check_keys (file, group, keys, error)
      || !(lesson->title = pn_lesson_file_dup_text (file, group, "title", error))
      || !(lesson->group = pn_lesson_file_dup_text (file, group, "group", error))
      || !pn_lesson_file_get_int (file, group, "order", 0, 1000000, &order, error)
      || !(lesson->summary = pn_lesson_file_dup_text (file, group, "summary", error))
      || !(lesson->watch = pn_lesson_file_dup_text (file, group, "watch", error))
      || !load_python_name (file, ret_python_name, error))
    return FALSE;
  lesson->order = (int)order;
  return TRUE;
}

/* Leaves *ret_value alone if the key is not there. */
static gboolean
load_limit (const PnLessonFile *file,
            const char *key,
            gint64 max,
            gint64 *ret_value,
            GError **error)
{
  if (!g_key_file_has_key (file->keys, "limits", key, NULL))
    return TRUE;
  return pn_lesson_file_get_int (file, "limits", key, 1, max, ret_value, error);
}

static gboolean
load_limits (const PnLessonFile *file, PnLimits *limits, GError **error)
{
  static const char *const keys[]
      = { "processes", "seconds", "output", "events", NULL };
  gint64 processes = limits->processes;
  gint64 seconds = limits->seconds;
  gint64 output_bytes = (gint64)limits->output_bytes;
  gint64 events = (gint64)limits->events;

  if (!pn_lesson_file_check_keys (file, "limits", keys, error)
      || !load_limit (file, "processes", 512, &processes, error)
      || !load_limit (file, "seconds", 3600, &seconds, error)
      || !load_limit (file, "output", G_GINT64_CONSTANT (1) << 30, &output_bytes, error)
      || !load_limit (file, "events", 100000000, &events, error))
    return FALSE;
  limits->processes = (guint)processes;
  limits->seconds = (guint)seconds;
  limits->output_bytes = (guint64)output_bytes;
  limits->events = (guint64)events;
  return TRUE;
}

static gboolean
load_groups (const PnLessonFile *file,
             PnLesson *lesson,
             char **ret_python_name,
             GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file->keys, NULL);

  if (!load_lesson_group (file, lesson, ret_python_name, error))
    return FALSE;
  for (gsize i = 0; groups[i]; i++)
    {
      PnParameter *parameter;

      if (g_str_equal (groups[i], "lesson"))
        continue;
      if (g_str_equal (groups[i], "limits"))
        {
          if (!load_limits (file, &lesson->limits, error))
            return FALSE;
          continue;
        }
      if (!g_str_has_prefix (groups[i], "parameter "))
        return pn_lesson_file_fail (
            file,
            groups[i],
            NULL,
            error,
            "no such group; use [lesson], [parameter NAME] and [limits]");
      parameter = pn_parameter_load (file, groups[i], error);
      if (!parameter)
        return FALSE;
      g_ptr_array_add (lesson->parameters, parameter);
    }
  return TRUE;
}

static char *
dup_source (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

static gboolean
is_id (const char *id)
{
  return g_ascii_islower (*id)
         && id[strspn (id, G_CSET_a_2_z G_CSET_DIGITS "-")] == '\0';
}

PnLesson *
pn_lesson_load (const char *folder, const char *program_dir, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, "lesson.ini", NULL);
  g_autoptr (PnLesson) lesson = g_new0 (PnLesson, 1);
  g_autofree char *c_name = NULL;
  g_autofree char *python_name = NULL;
  g_autoptr (GError) inner = NULL;
  PnLessonFile file = { keys, path };

  g_return_val_if_fail (folder != NULL && program_dir != NULL, NULL);

  lesson->parameters
      = g_ptr_array_new_with_free_func ((GDestroyNotify)pn_parameter_free);
  pn_limits_init (&lesson->limits);
  lesson->id = g_path_get_basename (folder);
  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, &inner))
    {
      pn_lesson_file_fail (&file, NULL, NULL, error, "%s", inner->message);
      return NULL;
    }
  if (!is_id (lesson->id))
    {
      pn_lesson_file_fail (
          &file,
          NULL,
          NULL,
          error,
          "the folder's name is the lesson's: lower-case letters, digits and -");
      return NULL;
    }
  if (!load_groups (&file, lesson, &python_name, error))
    return NULL;
  if (!python_name)
    python_name = g_strconcat (lesson->id, ".py", NULL);
  c_name = g_strconcat (lesson->id, ".c", NULL);
  lesson->c_path = dup_source (folder, c_name);
  lesson->python_path = dup_source (folder, python_name);
  lesson->program = g_build_filename (program_dir, lesson->id, NULL);
  return g_steal_pointer (&lesson);
}

static const PnParameter *
find_parameter (const PnLesson *lesson, const char *name, gsize bytes, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *wanted = g_strndup (name, bytes);
  const char *near;

  for (guint i = 0; i < lesson->parameters->len; i++)
    {
      const PnParameter *parameter = lesson->parameters->pdata[i];

      if (g_str_equal (parameter->name, wanted))
        return parameter;
      g_ptr_array_add (names, parameter->name);
    }
  near = pn_nearest (wanted, names);
  if (names->len == 0)
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_PARAMETER,
                 "lesson “%s” has no parameters; leave out “%s”",
                 lesson->id,
                 wanted);
  else if (near)
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_PARAMETER,
                 "lesson “%s” has no parameter “%s”; did you mean “%s”?",
                 lesson->id,
                 wanted,
                 near);
  else
    {
      g_autofree char *all = NULL;

      g_ptr_array_add (names, NULL);
      all = g_strjoinv (", ", (char **)names->pdata);
      g_set_error (error,
                   PN_LESSON_ERROR,
                   PN_LESSON_ERROR_PARAMETER,
                   "lesson “%s” has no parameter “%s”; it has: %s",
                   lesson->id,
                   wanted,
                   all);
    }
  return NULL;
}

static gboolean
check_setting (const PnLesson *lesson, const char *setting, GError **error)
{
  const char *equals = strchr (setting, '=');
  const PnParameter *parameter;

  if (!g_utf8_validate (setting, -1, NULL) || !equals || equals == setting)
    {
      g_autofree char *shown = g_utf8_make_valid (setting, -1);

      g_set_error (error,
                   PN_LESSON_ERROR,
                   PN_LESSON_ERROR_PARAMETER,
                   "“%s” is no setting; write NAME=VALUE",
                   shown);
      return FALSE;
    }
  parameter = find_parameter (lesson, setting, (gsize)(equals - setting), error);
  return parameter && pn_parameter_check (parameter, equals + 1, error);
}

/* The last setting of a name counts. */
static const char *
find_value (const PnParameter *parameter, const char *const *settings)
{
  const char *value = parameter->fallback;
  gsize bytes = strlen (parameter->name);

  for (gsize i = 0; settings && settings[i]; i++)
    if (g_str_has_prefix (settings[i], parameter->name) && settings[i][bytes] == '=')
      value = settings[i] + bytes + 1;
  return value;
}

char **
pn_lesson_dup_argv (const PnLesson *lesson, const char *const *settings, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (lesson != NULL, NULL);

  for (gsize i = 0; settings && settings[i]; i++)
    if (!check_setting (lesson, settings[i], error))
      return NULL;
  if (!g_file_test (lesson->program, G_FILE_TEST_IS_EXECUTABLE)
      || !g_file_test (lesson->program, G_FILE_TEST_IS_REGULAR))
    {
      g_autofree char *shown = g_filename_display_name (lesson->program);

      g_set_error (
          error,
          PN_LESSON_ERROR,
          PN_LESSON_ERROR_PROGRAM,
          "lesson “%s” has no program %s; build it or install Procession again",
          lesson->id,
          shown);
      return NULL;
    }
  g_ptr_array_add (argv, g_strdup (lesson->program));
  for (guint i = 0; i < lesson->parameters->len; i++)
    {
      const PnParameter *parameter = lesson->parameters->pdata[i];

      g_ptr_array_add (
          argv,
          g_strdup_printf ("%s=%s", parameter->name, find_value (parameter, settings)));
    }
  g_ptr_array_add (argv, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}
