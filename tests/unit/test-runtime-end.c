/* SPDX-License-Identifier: MIT */
#include "mp-case.h"
#include "mp-rig.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

/* How processes end, and what they leave alone. */

static int
return_1 (void *unused)
{
  return 1;
}

static int
print_late (void *unused)
{
  mp_sleep (0.1);
  printf ("late\n");
  return 0;
}

/* Main ends first: the daemon is terminated, the other one joined, and a freed object
 * changes nothing. */
static int
case_ends_before_children (void)
{
  MpProcess *daemon = mp_process_new ("daemon", sleep_long, NULL);
  MpProcess *other = mp_process_new ("other", print_late, NULL);

  mp_process_set_daemon (daemon, true);
  EXPECT (mp_process_start (other) == MP_OK);
  EXPECT (mp_process_start (daemon) == MP_OK);
  mp_process_free (daemon);
  mp_process_free (other);
  return 3;
}

/* There with AddressSanitizer only. It looks at its own process. */
int __lsan_do_recoverable_leak_check (void) __attribute__ ((weak));

static int
look_for_leaks (void *unused)
{
  (void)unused;
  return __lsan_do_recoverable_leak_check ();
}

static int
start_and_look (void *unused)
{
  (void)unused;
  return code_of (started ("deepest", look_for_leaks, NULL)) + look_for_leaks (NULL);
}

static int
case_leaks (void)
{
  return code_of (started ("middle", start_and_look, NULL));
}

static int
have_child (void *unused)
{
  MpProcess *daemon = mp_process_new ("inner-daemon", sleep_long, NULL);

  mp_process_set_daemon (daemon, true);
  mp_process_start (daemon);
  started ("inner", print_late, NULL);
  return 4;
}

static int
case_nested (void)
{
  EXPECT (code_of (started ("outer", have_child, NULL)) == 4);
  printf ("after\n");
  return n_wrong;
}

/* Nobody can know the code then; nothing may hang. */
static int
case_children_ignored (void)
{
  MpProcess *process;
  int code;

  signal (SIGCHLD, SIG_IGN);
  process = started ("ignored", return_1, NULL);
  EXPECT (mp_process_join (process) == MP_OK);
  EXPECT (!mp_process_exitcode (process, &code));
  EXPECT (!mp_process_is_alive (process));
  process = started (NULL, return_1, NULL);
  EXPECT (mp_process_join_timeout (process, 10.0) == MP_OK);
  EXPECT (mp_process_kill (process) == MP_OK);
  return n_wrong;
}

static int
print_and_return (void *unused)
{
  printf ("child ");
  return 0;
}

static void
never (void)
{
  printf ("handler of the parent ");
}

/* What is in a buffer is written once, and the parent's handlers run in the parent. */
static int
case_buffers (void)
{
  atexit (never);
  printf ("before ");
  code_of (started (NULL, print_and_return, NULL));
  printf ("after ");
  return n_wrong;
}

static int
write_and_leave (void *path)
{
  FILE *file = fopen (path, "w");

  EXPECT (file != NULL && fputs ("left", file) >= 0);
  return n_wrong;
}

static size_t
bytes_in (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 ? (size_t)status.st_size : SIZE_MAX;
}

/* The same for streams of the program's own, wide ones too. */
static int
case_own_buffers (void)
{
  FILE *wide = tmpfile ();
  int wide_fd = dup (fileno (wide));
  char path[] = "/tmp/procession-test-XXXXXX";
  int fd = mkstemp (path);

  EXPECT (fputws (L"wide", wide) >= 0);
  EXPECT (bytes_in (wide_fd) == 0);
  EXPECT (code_of (started (NULL, write_and_leave, path)) == 0);
  fclose (wide);
  EXPECT (bytes_in (wide_fd) == strlen ("wide"));
  EXPECT (bytes_in (fd) == strlen ("left"));
  close (wide_fd);
  close (fd);
  unlink (path);
  return n_wrong;
}

static int
read_stdin (void *unused)
{
  EXPECT (getchar () == EOF);
  return n_wrong;
}

static int
case_stdin (void)
{
  int ends[2];

  if (pipe (ends) < 0 || write (ends[1], "abc", 3) != 3)
    return 100;
  dup2 (ends[0], STDIN_FILENO);
  EXPECT (getchar () == 'a'); /* the others are in the buffer now */
  EXPECT (code_of (started (NULL, read_stdin, NULL)) == 0);
  EXPECT (getchar () == 'b');
  return n_wrong;
}

static char order[8];

static void
note_end (void *data)
{
  strcat (order, data);
}

static void
print_order (void *unused)
{
  printf ("%s\n", order);
}

static int
end_with_own_hook (void *unused)
{
  mp_on_end (print_order, NULL);
  mp_on_end (note_end, "c");
  return 0;
}

static int
case_hooks (void)
{
  mp_on_end (print_order, NULL);
  mp_on_end (note_end, "1");
  mp_on_end (note_end, "x");
  mp_on_end (note_end, "2");
  mp_on_end_cancel (note_end, "x");
  code_of (started (NULL, end_with_own_hook, NULL));
  return n_wrong;
}

static const MpRigCase cases[] = {
  { "ends-before-children", case_ends_before_children },
  { "leaks", case_leaks },
  { "nested", case_nested },
  { "children-ignored", case_children_ignored },
  { "buffers", case_buffers },
  { "own-buffers", case_own_buffers },
  { "stdin", case_stdin },
  { "hooks", case_hooks },
  { NULL, NULL },
};

static void
test_ends_before_children (void)
{
  MpRig *rig = mp_rig_new ();
  char *output = NULL;
  char *kinds;

  g_assert_cmpint (mp_rig_run_alone ("ends-before-children", NULL, &output), ==, 3);
  g_assert_cmpstr (output, ==, "late\n");
  g_free (output);

  g_assert_cmpint (mp_rig_run (rig, "ends-before-children", NULL), ==, 3);
  mp_rig_assert_processes (rig);
  g_assert_cmpint (
      mp_rig_find (rig, 0, PN_KIND_PROCESS_END, mp_rig_process (rig, "daemon"), 0)
          ->value,
      ==,
      -SIGTERM);
  g_assert_cmpint (
      mp_rig_find (rig, 0, PN_KIND_PROCESS_END, mp_rig_process (rig, "other"), 0)
          ->value,
      ==,
      0);
  kinds = mp_rig_kinds (rig, 1);
  g_assert_true (g_str_has_suffix (kinds, "process.join process.exit"));
  g_free (kinds);
  mp_rig_free (rig);
}

static void
test_nested (void)
{
  MpRig *rig = mp_rig_new ();
  uint32_t outer;
  uint32_t inner;
  char *output = NULL;

  g_assert_cmpint (mp_rig_run_alone ("nested", NULL, &output), ==, 0);
  g_assert_cmpstr (output, ==, "late\nafter\n");
  g_free (output);
  g_assert_cmpint (mp_rig_run (rig, "nested", NULL), ==, 0);
  mp_rig_assert_processes (rig);
  outer = mp_rig_process (rig, "outer");
  inner = mp_rig_process (rig, "inner");
  g_assert_cmpuint (mp_rig_find (rig, 0, PN_KIND_PROCESS_BEGIN, outer, 0)->peer, ==, 1);
  g_assert_cmpuint (
      mp_rig_find (rig, 0, PN_KIND_PROCESS_BEGIN, inner, 0)->peer, ==, outer);
  g_assert_cmpuint (mp_rig_find (rig, 0, PN_KIND_PROCESS_END, inner, 0)->seq,
                    <,
                    mp_rig_find (rig, 0, PN_KIND_PROCESS_EXIT, outer, 0)->seq);
  mp_rig_free (rig);
}

static void
test_children_leak_nothing (void)
{
  g_assert_cmpint (mp_rig_run_alone ("leaks", NULL, NULL), ==, 0);
}

static void
test_children_ignored (void)
{
  MpRig *rig = mp_rig_new ();

  g_assert_cmpint (mp_rig_run_alone ("children-ignored", NULL, NULL), ==, 0);
  g_assert_cmpint (mp_rig_run (rig, "children-ignored", NULL), ==, 0);
  mp_rig_assert_dense (rig);
  /* The runner says that they ended; here there is none. */
  g_assert_cmpuint (mp_rig_count (rig, PN_KIND_PROCESS_END), ==, 0);
  g_assert_cmpint (
      mp_rig_find (rig, 0, PN_KIND_PROCESS_JOIN, 1, 0)->flags, ==, PN_FLAG_UNKNOWN);
  mp_rig_free (rig);
}

static void
test_output (const char *name, const char *expected)
{
  char *output = NULL;

  g_assert_cmpint (mp_rig_run_alone (name, NULL, &output), ==, 0);
  g_assert_cmpstr (output, ==, expected);
  g_free (output);
}

static void
test_buffers (void)
{
  test_output ("buffers", "before child after handler of the parent ");
}

static void
test_stdin (void)
{
  test_output ("stdin", "");
}

static void
test_hooks (void)
{
  test_output ("hooks", "c\n21\n");
}

int
main (int argc, char **argv)
{
  int code = mp_rig_main (argc, argv, cases);

  if (code >= 0)
    return code;
  g_test_add_func ("/end/ends-before-children", test_ends_before_children);
  g_test_add_func ("/end/nested", test_nested);
  if (__lsan_do_recoverable_leak_check != NULL)
    g_test_add_func ("/end/children-leak-nothing", test_children_leak_nothing);
  g_test_add_func ("/end/children-ignored", test_children_ignored);
  g_test_add_func ("/end/buffers", test_buffers);
  g_test_add_data_func ("/end/own-buffers", "own-buffers", mp_rig_test_same);
  g_test_add_func ("/end/stdin", test_stdin);
  g_test_add_func ("/end/hooks", test_hooks);
  return g_test_run ();
}
