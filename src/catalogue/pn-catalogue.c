/* SPDX-License-Identifier: MIT */
#include "pn-lesson-private.h"

#include <string.h>

/* From Meson: PN_SOURCE_ROOT, PN_BUILD_ROOT, and where things are installed, as
 * PN_PREFIX and PN_LIBEXECDIR, which is relative to it (or absolute). */

/* Whether this program runs from the folder that Meson built it in. */
static gboolean
is_uninstalled (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program && g_str_has_prefix (program, PN_BUILD_ROOT "/");
}

/* As installed, also where the whole tree was moved to another place. */
static char *
dup_libexec_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin_dir = g_path_get_dirname (program ? program : "/");
  g_autofree char *prefix = g_path_get_dirname (bin_dir);
  g_autofree char *moved = g_build_filename (prefix, PN_LIBEXECDIR, "procession", NULL);

  if (!g_path_is_absolute (PN_LIBEXECDIR) && g_file_test (moved, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&moved);
  if (g_path_is_absolute (PN_LIBEXECDIR))
    return g_build_filename (PN_LIBEXECDIR, "procession", NULL);
  return g_build_filename (PN_PREFIX, PN_LIBEXECDIR, "procession", NULL);
}

static int
compare_lessons (gconstpointer a, gconstpointer b)
{
  const PnLesson *left = *(PnLesson *const *)a;
  const PnLesson *right = *(PnLesson *const *)b;

  if (left->order != right->order)
    return left->order < right->order ? -1 : 1;
  return strcmp (left->id, right->id);
}

static gboolean
has_lesson (GPtrArray *catalogue, const char *id)
{
  for (guint i = 0; i < catalogue->len; i++)
    if (g_str_equal (((PnLesson *)catalogue->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

/* Each folder below @folder with a lesson.ini. The program of lesson NAME lies in
 * @programs/NAME/NAME. */
static void
load_folder (GPtrArray *catalogue,
             const char *folder,
             const char *programs,
             GPtrArray *ret_errors)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  if (!dir)
    {
      if (ret_errors)
        g_ptr_array_add (ret_errors, g_strdup (error->message));
      return;
    }
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *lesson_dir = g_build_filename (folder, name, NULL);
      g_autofree char *ini = g_build_filename (lesson_dir, "lesson.ini", NULL);
      g_autofree char *program_dir = g_build_filename (programs, name, NULL);
      g_autoptr (GError) inner = NULL;
      PnLesson *lesson;

      if (has_lesson (catalogue, name) || !g_file_test (ini, G_FILE_TEST_EXISTS))
        continue;
      lesson = pn_lesson_load (lesson_dir, program_dir, &inner);
      if (lesson)
        g_ptr_array_add (catalogue, lesson);
      else if (ret_errors)
        g_ptr_array_add (ret_errors, g_strdup (inner->message));
    }
}

GPtrArray *
pn_catalogue_load (GPtrArray *ret_errors)
{
  GPtrArray *catalogue
      = g_ptr_array_new_with_free_func ((GDestroyNotify)pn_lesson_free);
  const char *further = g_getenv ("PROCESSION_LESSONS");
  g_auto (GStrv) folders = g_strsplit (further ? further : "", ":", -1);

  for (gsize i = 0; folders[i]; i++)
    if (*folders[i])
      load_folder (catalogue, folders[i], folders[i], ret_errors);
  if (is_uninstalled ())
    load_folder (catalogue,
                 PN_SOURCE_ROOT "/src/scenarios",
                 PN_BUILD_ROOT "/src/scenarios",
                 ret_errors);
  else
    {
      g_autofree char *libexec_dir = dup_libexec_dir ();
      g_autofree char *installed = g_build_filename (libexec_dir, "lessons", NULL);

      load_folder (catalogue, installed, installed, ret_errors);
    }
  g_ptr_array_sort (catalogue, compare_lessons);
  return catalogue;
}

PnLesson *
pn_catalogue_find (GPtrArray *catalogue, const char *id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *shown = NULL;
  const char *near;

  g_return_val_if_fail (catalogue != NULL && id != NULL, NULL);

  for (guint i = 0; i < catalogue->len; i++)
    {
      PnLesson *lesson = catalogue->pdata[i];

      if (g_str_equal (lesson->id, id))
        return lesson;
      g_ptr_array_add (ids, lesson->id);
    }
  shown = g_utf8_make_valid (id, -1);
  near = pn_nearest (id, ids);
  if (near)
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_NOT_FOUND,
                 "no lesson “%s”; did you mean “%s”? “procession list” shows all",
                 shown,
                 near);
  else
    g_set_error (error,
                 PN_LESSON_ERROR,
                 PN_LESSON_ERROR_NOT_FOUND,
                 "no lesson “%s”; “procession list” shows all",
                 shown);
  return NULL;
}

static char *
dup_runner_path (void)
{
  const char *path = g_getenv ("PROCESSION_RUNNER");
  g_autofree char *libexec_dir = NULL;

  if (path && *path)
    return g_strdup (path);
  if (is_uninstalled ())
    return g_strdup (PN_BUILD_ROOT "/src/runner/procession-runner");
  libexec_dir = dup_libexec_dir ();
  return g_build_filename (libexec_dir, "procession-runner", NULL);
}

char *
pn_catalogue_find_runner (GError **error)
{
  g_autofree char *path = dup_runner_path ();

  if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&path);
  g_set_error (error,
               PN_LESSON_ERROR,
               PN_LESSON_ERROR_PROGRAM,
               "the runner %s is not there; build it or install Procession again",
               path);
  return NULL;
}
