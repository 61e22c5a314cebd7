/* SPDX-License-Identifier: MIT */
#include "pn-share.h"

#include <errno.h>
#include <glib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static bool
kernel_can_populate (void)
{
  return madvise (NULL, 0, MADV_POPULATE_WRITE) == 0 || errno != EINVAL;
}

static size_t
bytes_there (const PnShare *share)
{
  struct stat status;

  g_assert_cmpint (fstat (share->fd, &status), ==, 0);
  return (size_t)status.st_blocks * 512;
}

static void
test_free_rings_are_warm (void)
{
  PnShare share;
  size_t before;

  if (!kernel_can_populate ())
    {
      g_test_skip ("the kernel has no MADV_POPULATE_WRITE");
      return;
    }
  g_assert_cmpint (pn_share_init (&share), ==, 0);
  before = bytes_there (&share);
  g_assert_cmpuint (before, >=, PN_RING_BYTES);

  /* One is taken: the next free one takes its place among those ahead. */
  atomic_store (&share.arena->slots[0].state, PN_SLOT_TAKEN);
  pn_share_warm (&share);
  g_assert_cmpuint (bytes_there (&share), ==, before + PN_RING_BYTES);
  pn_share_warm (&share);
  g_assert_cmpuint (bytes_there (&share), ==, before + PN_RING_BYTES);

  /* One that comes back is warm already. */
  pn_share_release (&share, 0);
  pn_share_warm (&share);
  g_assert_cmpuint (bytes_there (&share), ==, before + PN_RING_BYTES);
  pn_share_clear (&share);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner-share/free-rings-are-warm", test_free_rings_are_warm);
  return g_test_run ();
}
