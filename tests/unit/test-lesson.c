/* SPDX-License-Identifier: MIT */
#include "pn-lesson.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD                                                                           \
  "[lesson]\ntitle=Lock\ngroup=Locks\norder=80\nsummary=They take turns.\n"            \
  "watch=Who waits.\n"
#define CHILDREN                                                                       \
  "[parameter children]\nlabel=Children\ntype=int\nmin=1\nmax=8\ndefault=3\n"
#define PAUSE                                                                          \
  "[parameter pause]\nlabel=Pause\ntype=float\nmin=0.1\nmax=2.5\ndefault=0.8\n"
#define DAEMON "[parameter daemon]\nlabel=Daemon\ntype=bool\ndefault=true\n"
#define METHOD                                                                         \
  "[parameter method]\nlabel=Method\ntype=choice\nchoices=fork;spawn\ndefault=fork\n"

typedef struct
{
  char *root;
  char *folder; /* root/lock */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = g_dir_make_tmp ("procession-lesson-XXXXXX", NULL);
  fixture->folder = g_build_filename (fixture->root, "lock", NULL);
  g_assert_cmpint (g_mkdir (fixture->folder, 0700), ==, 0);
}

static char *
write_file (Fixture *fixture, const char *name, const char *text, int mode)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, NULL));
  return path;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_rmdir (fixture->root);
  g_free (fixture->folder);
  g_free (fixture->root);
}

static PnLesson *
load (Fixture *fixture, const char *ini, GError **error)
{
  g_autofree char *path = write_file (fixture, "lesson.ini", ini, 0600);

  return pn_lesson_load (fixture->folder, fixture->folder, error);
}

static void
test_load_whole (Fixture *fixture, gconstpointer data)
{
  g_autofree char *source = write_file (fixture, "lock.c", "", 0600);
  g_autoptr (GError) error = NULL;
  g_autoptr (PnLesson) lesson
      = load (fixture,
              HEAD CHILDREN PAUSE DAEMON METHOD
              "[limits]\nprocesses=5\nseconds=7\noutput=1000\nevents=99\n",
              &error);
  PnParameter *method;

  g_assert_no_error (error);
  g_assert_cmpstr (lesson->id, ==, "lock");
  g_assert_cmpstr (lesson->title, ==, "Lock");
  g_assert_cmpstr (lesson->group, ==, "Locks");
  g_assert_cmpint (lesson->order, ==, 80);
  g_assert_cmpstr (lesson->summary, ==, "They take turns.");
  g_assert_cmpstr (lesson->watch, ==, "Who waits.");
  g_assert_cmpstr (lesson->c_path, ==, source);
  g_assert_null (lesson->python_path);
  g_assert_cmpuint (lesson->limits.processes, ==, 5);
  g_assert_cmpuint (lesson->limits.seconds, ==, 7);
  g_assert_cmpuint (lesson->limits.output_bytes, ==, 1000);
  g_assert_cmpuint (lesson->limits.events, ==, 99);
  g_assert_cmpuint (lesson->parameters->len, ==, 4);
  method = lesson->parameters->pdata[3];
  g_assert_cmpstr (method->name, ==, "method");
  g_assert_cmpint (method->type, ==, PN_PARAMETER_CHOICE);
  g_assert_cmpstr (method->choices[1], ==, "spawn");
}

static void
test_twin_may_have_another_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = write_file (fixture, "lock.py", "", 0600);
  g_autofree char *other = write_file (fixture, "two-locks.py", "", 0600);
  g_autoptr (PnLesson) usual = load (fixture, HEAD, NULL);
  g_autoptr (PnLesson) named = load (fixture, HEAD "python=two-locks.py\n", NULL);

  g_assert_cmpstr (usual->python_path, ==, first);
  g_assert_cmpstr (named->python_path, ==, other);
}

static void
test_defaults_of_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PnLesson) lesson = load (fixture, HEAD, NULL);

  g_assert_cmpuint (lesson->limits.processes, ==, 64);
  g_assert_cmpuint (lesson->limits.seconds, ==, 60);
  g_assert_cmpuint (lesson->limits.output_bytes, ==, 1024 * 1024);
}

static void
test_bad_ini_names_file_group_and_key (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *ini;
    const char *message;
  } cases[] = {
    { "", "[lesson]: is missing" },
    { "title=x", "lock/lesson.ini: Key file" },
    { "[lesson]\n", "[lesson] title: is missing" },
    { "[lesson]\ntitle=\n", "[lesson] title: is empty" },
    { "[lesson]\ntitle=a\\tb\n", "[lesson] title: has a control" },
    { "[lesson]\ntitle=\xff\n", "[lesson] title: " },
    { "[lesson]\ntitle=L\ngroup=G\norder=many\n", "[lesson] order: must be a whole" },
    { "[lesson]\ntitle=L\ngroup=G\norder=-1\n", "from 0 to 1000000, not “-1”" },
    { HEAD "colour=red\n", "[lesson] colour: no such key here; use one of title" },
    { HEAD "python=\n", "[lesson] python: " },
    { HEAD "python=../x.py\n", "[lesson] python: must be the name of a .py file" },
    { HEAD "python=x.sh\n", "[lesson] python: must be the name of a .py file" },
    { HEAD "[colours]\n", "[colours]: no such group" },
    { HEAD "[limits]\nprocesses=513\n", "[limits] processes: must be a whole" },
    { HEAD "[limits]\nseconds=0\n", "[limits] seconds: " },
    { HEAD "[limits]\nmemory=0\n", "[limits] memory: no such key" },
    { HEAD "[parameter ]\n", "the name must be letters" },
    { HEAD "[parameter a b]\n", "the name must be letters" },
    { HEAD "[parameter n]\ntype=int\n", "[parameter n] label: is missing" },
    { HEAD "[parameter n]\nlabel=N\ntype=long\n", "int, float, bool or choice, not" },
    { HEAD "[parameter n]\nlabel=N\ntype=int\nmax=3\n",
      "[parameter n] min: is missing" },
    { HEAD "[parameter n]\nlabel=N\ntype=int\nmin=1.5\nmax=3\n",
      "min: must be a whole" },
    { HEAD "[parameter n]\nlabel=N\ntype=float\nmin=a\nmax=3\n",
      "min: must be a number" },
    { HEAD "[parameter n]\nlabel=N\ntype=int\nmin=4\nmax=3\n", "min: is above max" },
    { HEAD "[parameter n]\nlabel=N\ntype=int\nmin=1\nmax=3\ndefault=4\n",
      "[parameter n] default: n must be from 1 to 3, not 4" },
    { HEAD "[parameter n]\nlabel=N\ntype=bool\nmin=1\ndefault=true\n",
      "[parameter n] min: no such key" },
    { HEAD "[parameter n]\nlabel=N\ntype=choice\nchoices=a\ndefault=a\n",
      "must name two or more" },
    { HEAD "[parameter n]\nlabel=N\ntype=choice\nchoices=a;a\ndefault=a\n",
      "“a” is there twice" },
    { HEAD "[parameter n]\nlabel=N\ntype=choice\nchoices=a;b c\ndefault=a\n",
      "“b c” must be one word" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      PnLesson *lesson = load (fixture, cases[i].ini, &error);

      g_assert_null (lesson);
      g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "lock/lesson.ini: "));
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_folder_name_is_the_id (Fixture *fixture, gconstpointer data)
{
  g_autofree char *renamed = g_build_filename (fixture->root, "Two words", NULL);
  g_autofree char *ini = write_file (fixture, "lesson.ini", HEAD, 0600);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (fixture->folder, renamed), ==, 0);
  g_assert_null (pn_lesson_load (renamed, renamed, &error));
  g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_INVALID);
  g_assert_cmpint (g_rename (renamed, fixture->folder), ==, 0);
}

static void
test_values_are_checked (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *setting;
    const char *message; /* NULL: good */
  } cases[] = {
    { "children=1", NULL },
    { "children=8", NULL },
    { "children=9", "children must be from 1 to 8, not 9" },
    { "children=0", "children must be from 1 to 8, not 0" },
    { "children=-3", "children must be from 1 to 8, not -3" },
    { "children=3.0", "children must be a whole number from 1 to 8, not “3.0”" },
    { "children=", "children must be a whole number from 1 to 8, not “”" },
    { "children= 3", "children must be a whole number from 1 to 8, not “ 3”" },
    { "children=99999999999999999999", "children must be a whole number" },
    { "pause=0.1", NULL },
    { "pause=1e0", NULL },
    { "pause=2", NULL },
    { "pause=2.6", "pause must be from 0.1 to 2.5, not 2.6" },
    { "pause=nan", "pause must be a number from 0.1 to 2.5, not “nan”" },
    { "pause=inf", "not “inf”" },
    { "pause=0x1", "not “0x1”" },
    { "pause=1,5", "not “1,5”" },
    { "daemon=no", NULL },
    { "daemon=2", "daemon must be true or false, not “2”" },
    { "method=spawn", NULL },
    { "method=Spawn", "method must be one of fork, spawn, not “Spawn”" },
    { "childern=3", "no parameter “childern”; did you mean “children”?" },
    { "xyz=3", "no parameter “xyz”; it has: children, pause, daemon, method" },
    { "children", "“children” is no setting; write NAME=VALUE" },
    { "=3", "“=3” is no setting" },
    { "\xff=3", "is no setting" },
  };
  g_autofree char *program = write_file (fixture, "lock", "", 0700);
  g_autoptr (PnLesson) lesson = load (fixture, HEAD CHILDREN PAUSE DAEMON METHOD, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *settings[] = { cases[i].setting, NULL };
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) argv = pn_lesson_dup_argv (lesson, settings, &error);

      g_test_message ("case %zu: %s", i, error ? error->message : "good");
      g_assert_true ((argv != NULL) == (cases[i].message == NULL));
      if (cases[i].message)
        {
          g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_PARAMETER);
          g_assert_nonnull (strstr (error->message, cases[i].message));
        }
      else
        g_assert_true (g_strv_contains ((const char *const *)argv, cases[i].setting));
    }
}

static void
test_argv_has_each_parameter_and_the_last_setting (Fixture *fixture, gconstpointer data)
{
  static const char *const settings[] = { "children=2", "pause=1", "children=5", NULL };
  g_autofree char *program = write_file (fixture, "lock", "", 0700);
  g_autoptr (PnLesson) lesson = load (fixture, HEAD CHILDREN PAUSE DAEMON, NULL);
  g_auto (GStrv) argv = pn_lesson_dup_argv (lesson, settings, NULL);
  g_autofree char *joined = g_strjoinv (" ", argv + 1);

  g_assert_cmpstr (argv[0], ==, program);
  g_assert_cmpstr (joined, ==, "children=5 pause=1 daemon=true");
}

static void
test_program_must_be_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PnLesson) lesson = load (fixture, HEAD, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (pn_lesson_dup_argv (lesson, NULL, &error));
  g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_PROGRAM);
}

static void
test_catalogue_reads_further_folders (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ini = write_file (fixture, "lesson.ini", HEAD, 0600);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) catalogue = NULL;
  g_autoptr (GError) error = NULL;
  PnLesson *lesson;
  int order = G_MININT;

  g_setenv ("PROCESSION_LESSONS", fixture->root, TRUE);
  catalogue = pn_catalogue_load (errors);
  g_unsetenv ("PROCESSION_LESSONS");
  for (guint i = 0; i < errors->len; i++)
    g_test_message ("%s", (char *)errors->pdata[i]);
  g_assert_cmpuint (errors->len, ==, 0);
  for (guint i = 0; i < catalogue->len; i++)
    {
      lesson = catalogue->pdata[i];
      g_assert_cmpint (order, <=, lesson->order);
      order = lesson->order;
    }
  lesson = pn_catalogue_find (catalogue, "lock", NULL);
  g_assert_true (g_str_has_prefix (lesson->program, fixture->root));

  g_assert_null (pn_catalogue_find (catalogue, "lok", &error));
  g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "did you mean “lock”?"));
  g_clear_error (&error);
  g_assert_null (pn_catalogue_find (catalogue, "quicksort\xff", &error));
  g_assert_null (strstr (error->message, "did you mean"));
}

static void
test_bad_lesson_is_left_out_and_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ini = write_file (fixture, "lesson.ini", "[lesson]\n", 0600);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) catalogue = NULL;

  g_setenv ("PROCESSION_LESSONS", fixture->root, TRUE);
  catalogue = pn_catalogue_load (errors);
  g_unsetenv ("PROCESSION_LESSONS");
  g_assert_cmpuint (errors->len, ==, 1);
  g_assert_nonnull (strstr (errors->pdata[0], "[lesson] title: is missing"));
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  g_autofree char *c_path = write_file (fixture,
                                        "lock.c",
                                        "int x;\nacquire (lock); /* DOC: acquire */\n"
                                        "\"DOC: no\";\nf (); /*DOC:b-2*/\n/* DOC: */\n",
                                        0600);
  g_autofree char *python_path = write_file (
      fixture, "lock.py", "lock.acquire()  # DOC: acquire\n/* DOC: no */\n", 0600);
  g_autofree char *twice_path
      = write_file (fixture, "b.py", "a  # DOC: a\nb  # DOC: a\n", 0600);
  g_autoptr (GHashTable) c_marks = pn_lesson_read_marks (c_path, NULL);
  g_autoptr (GHashTable) python_marks = pn_lesson_read_marks (python_path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_hash_table_size (c_marks), ==, 2);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (c_marks, "acquire")), ==, 2);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (c_marks, "b-2")), ==, 4);
  g_assert_cmpuint (g_hash_table_size (python_marks), ==, 1);
  g_assert_null (pn_lesson_read_marks (twice_path, &error));
  g_assert_error (error, PN_LESSON_ERROR, PN_LESSON_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "b.py:2: "));
  g_clear_error (&error);
  g_assert_null (pn_lesson_read_marks ("/nonexistent/lock.c", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/lesson/load-whole", test_load_whole },
    { "/lesson/twin-may-have-another-name", test_twin_may_have_another_name },
    { "/lesson/defaults-of-limits", test_defaults_of_limits },
    { "/lesson/bad-ini", test_bad_ini_names_file_group_and_key },
    { "/lesson/folder-name", test_folder_name_is_the_id },
    { "/lesson/values", test_values_are_checked },
    { "/lesson/argv", test_argv_has_each_parameter_and_the_last_setting },
    { "/lesson/program", test_program_must_be_there },
    { "/lesson/further-folders", test_catalogue_reads_further_folders },
    { "/lesson/bad-lesson", test_bad_lesson_is_left_out_and_told },
    { "/lesson/marks", test_marks },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
