/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "mp-rig.h"
#include "pn-test.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t sizes[] = {
  0,
  1,
  47,
  48,
  49,
  64,
  112,
  240,
  241,
  1000,
  4096,
  65536,
  131072,
  1000000,
  16777216,
  16777217,
  MP_HEAP_BLOCK_MAX,
};

static void
test_blocks_hold_and_are_aligned (void)
{
  void *blocks[G_N_ELEMENTS (sizes)];

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      blocks[i] = mp_heap_alloc (sizes[i]);
      g_assert_nonnull (blocks[i]);
      g_assert_cmpuint ((uintptr_t)blocks[i] % 64, ==, 0);
      g_assert_cmpuint (mp_heap_block_bytes (blocks[i]), >=, sizes[i]);
      g_assert_true (mp_heap_contains (blocks[i]));
      memset (blocks[i], (int)i + 1, MIN (sizes[i], 100000));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (size_t j = 0; j < MIN (sizes[i], 100000); j++)
      g_assert_cmpint (((unsigned char *)blocks[i])[j], ==, (int)i + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    mp_heap_free (blocks[i]);
}

/* No class wastes more than a quarter, but for the header in the smallest. */
static void
test_classes_fit (void)
{
  for (size_t bytes = 1; bytes < 1000000; bytes += 1 + bytes / 50)
    {
      void *block = mp_heap_alloc (bytes);

      g_assert_cmpuint (mp_heap_block_bytes (block), >=, bytes);
      g_assert_cmpuint (mp_heap_block_bytes (block), <=, bytes + bytes / 4 + 80);
      mp_heap_free (block);
    }
}

static void
test_freed_block_comes_again (void)
{
  void *first = mp_heap_alloc (1000);
  void *second = mp_heap_alloc (1000);

  g_assert_true (first != second);
  mp_heap_free (first);
  g_assert_true (mp_heap_alloc (1000) == first);
  mp_heap_free (second);
  mp_heap_free (second); /* a mistake, without effect */
  mp_heap_free (NULL);
  mp_heap_free ((void *)&first);
  g_assert_true (mp_heap_alloc (1000) == second);
  g_assert_true (mp_heap_alloc (1000) != second);
}

static void
test_alloc0_is_clear (void)
{
  unsigned char *block = mp_heap_alloc (5000);

  memset (block, 0xff, 5000);
  mp_heap_free (block);
  g_assert_true (mp_heap_alloc0 (5000) == block);
  for (int i = 0; i < 5000; i++)
    g_assert_cmpint (block[i], ==, 0);
  mp_heap_free (block);
}

static void
test_too_large (void)
{
  g_assert_null (mp_heap_alloc (MP_HEAP_BLOCK_MAX + 1));
  g_assert_cmpint (mp_errno (), ==, MP_TOO_LARGE);
  g_assert_null (mp_heap_alloc (SIZE_MAX));
  g_assert_cmpint (mp_errno (), ==, MP_TOO_LARGE);
}

/* Shmem of this process, in kB. */
static long
resident_kb (void)
{
  char *text = NULL;
  char *line;
  long kb = -1;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  line = strstr (text, "RssShmem:");
  if (line != NULL)
    kb = strtol (line + strlen ("RssShmem:"), NULL, 10);
  g_free (text);
  return kb;
}

static void
test_large_freed_memory_goes_back (void)
{
  long before = resident_kb ();
  void *block = mp_heap_alloc (64 << 20);

  if (before < 0)
    {
      g_test_skip ("no RssShmem here");
      return;
    }
  memset (block, 1, 64 << 20);
  g_assert_cmpint (resident_kb (), >=, before + (64 << 10));
  mp_heap_free (block);
  g_assert_cmpint (resident_kb (), <, before + (1 << 10));
}

/* In a child with a heap as small as under valgrind, and no right to large files. */
static int
fill_until_full (void *unused)
{
  struct rlimit limit = { 1024, 1024 };
  void *last = NULL;
  void *block;
  int n = 0;

  setrlimit (RLIMIT_FSIZE, &limit);
  setenv ("LD_PRELOAD", "vgpreload", 1);
  while ((block = mp_heap_alloc (4 << 20)) != NULL)
    {
      last = block;
      n++;
    }
  if (n < 32 || n > 64 || mp_errno () != MP_TOO_LARGE)
    return 1;
  while (mp_heap_alloc (3 << 20) != NULL)
    ;
  mp_heap_free (last);
  /* Larger than what is asked for, but free. */
  return mp_heap_alloc (3 << 20) == last ? 0 : 2;
}

/* Before anything in this process makes a heap. */
static void
test_full_is_an_error (void)
{
  g_assert_cmpint (pn_test_wait (pn_test_fork (fill_until_full, NULL)), ==, 0);
}

static void
test_shared_with_children (void)
{
  int *shared = mp_heap_alloc0 (sizeof *shared);
  void **from_child = mp_heap_alloc0 (sizeof *from_child);
  pid_t pid = fork ();

  if (pid == 0)
    {
      *shared = 42;
      *from_child = mp_heap_alloc (100);
      strcpy (*from_child, "from the child");
      _exit (0);
    }
  waitpid (pid, NULL, 0);
  g_assert_cmpint (*shared, ==, 42);
  g_assert_cmpstr (*from_child, ==, "from the child");
  mp_heap_free (*from_child);
  mp_heap_free (from_child);
  mp_heap_free (shared);
}

#define N_HELD 16

/* Every block is filled with its owner's mark: two owners of one block would see it. */
static void
churn (unsigned seed, uint64_t rounds)
{
  unsigned char *held[N_HELD] = { NULL };
  size_t bytes[N_HELD] = { 0 };
  unsigned char mark = (unsigned char)(seed | 1);
  GRand *rand = g_rand_new_with_seed (seed);

  for (uint64_t i = 0; i < rounds; i++)
    {
      int place = g_rand_int_range (rand, 0, N_HELD);

      for (size_t j = 0; j < bytes[place]; j++)
        if (held[place][j] != mark)
          _exit (1);
      mp_heap_free (held[place]);
      bytes[place] = (size_t)g_rand_int_range (rand, 1, 500);
      held[place] = mp_heap_alloc (bytes[place]);
      if (held[place] == NULL)
        _exit (2);
      memset (held[place], mark, bytes[place]);
    }
  for (int place = 0; place < N_HELD; place++)
    mp_heap_free (held[place]);
  g_rand_free (rand);
}

static void
test_no_block_has_two_owners (void)
{
  pid_t pids[4];

  mp_heap_init ();
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        {
          churn (10 + 2 * i, (uint64_t)pn_test_times (200000));
          _exit (0);
        }
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      g_assert_cmpint (pn_test_wait (pids[i]), ==, 0);
    }
}

/* Processes are killed in the middle of it, again and again, while another one goes on
 * and is checked. Neither a hang (the test's timeout) nor a corrupt list. */
static void
test_killed_in_the_middle (void)
{
  int kills = pn_test_times (200);
  pid_t steady;
  int status;

  mp_heap_init ();
  steady = fork ();
  if (steady == 0)
    for (unsigned i = 0;; i++)
      churn (5, 10000);
  for (int i = 0; i < kills; i++)
    {
      pid_t pid = fork ();

      if (pid == 0)
        for (;;)
          churn ((unsigned)(i * 2 + 7), 10000);
      g_usleep ((gulong)g_test_rand_int_range (0, 1500));
      kill (pid, SIGKILL);
      g_assert_cmpint (pn_test_wait (pid), ==, -SIGKILL);
      g_assert_cmpint (waitpid (steady, &status, WNOHANG), ==, 0);
    }
  kill (steady, SIGKILL);
  pn_test_wait (steady);
  churn (3, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heap/full-is-an-error", test_full_is_an_error);
  g_test_add_func ("/heap/blocks-hold-and-are-aligned",
                   test_blocks_hold_and_are_aligned);
  g_test_add_func ("/heap/classes-fit", test_classes_fit);
  g_test_add_func ("/heap/freed-block-comes-again", test_freed_block_comes_again);
  g_test_add_func ("/heap/alloc0-is-clear", test_alloc0_is_clear);
  g_test_add_func ("/heap/too-large", test_too_large);
  g_test_add_func ("/heap/large-freed-memory-goes-back",
                   test_large_freed_memory_goes_back);
  g_test_add_func ("/heap/shared-with-children", test_shared_with_children);
  g_test_add_func ("/heap/no-block-has-two-owners", test_no_block_has_two_owners);
  g_test_add_func ("/heap/killed-in-the-middle", test_killed_in_the_middle);
  return g_test_run ();
}
