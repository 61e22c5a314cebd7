/* SPDX-License-Identifier: MIT */
#pragma once

/* Values in memory that processes share. */

#include <procession/mp-sync.h>
#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  /* A value in shared memory: Python's Value. */

  typedef struct MpShared MpShared;

  /* With a lock of its own, as Python's Value has; get and set do NOT take it, and two
   * that add to it at once lose an update. A value read or written as the other type is
   * converted as C does, within its range. */
  MpShared *mp_shared_int_at (const char *name, int64_t initial, MpSite site);
  MpShared *mp_shared_float_at (const char *name, double initial, MpSite site);
#define mp_shared_int(name, initial) mp_shared_int_at ((name), (initial), MP_SITE)
#define mp_shared_float(name, initial) mp_shared_float_at ((name), (initial), MP_SITE)
  void mp_shared_free (MpShared *shared);
  int64_t mp_shared_get_int_at (MpShared *shared, MpSite site);
  void mp_shared_set_int_at (MpShared *shared, int64_t integer, MpSite site);
  double mp_shared_get_float_at (MpShared *shared, MpSite site);
  void mp_shared_set_float_at (MpShared *shared, double number, MpSite site);
#define mp_shared_get_int(shared) mp_shared_get_int_at ((shared), MP_SITE)
#define mp_shared_set_int(shared, integer)                                             \
  mp_shared_set_int_at ((shared), (integer), MP_SITE)
#define mp_shared_get_float(shared) mp_shared_get_float_at ((shared), MP_SITE)
#define mp_shared_set_float(shared, number)                                            \
  mp_shared_set_float_at ((shared), (number), MP_SITE)

  /* Borrowed; lives as long as the value. */
  MpLock *mp_shared_get_lock (MpShared *shared);

#ifdef __cplusplus
}
#endif
