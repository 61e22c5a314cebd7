/* SPDX-License-Identifier: MIT */
#pragma once

/* What processes wait at: locks. */

#include <procession/mp-error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpLock MpLock;

  /* `name` is what the timeline shows; NULL: "lock", "lock-2", … */
  MpLock *mp_lock_new_at (const char *name, MpSite site);
#define mp_lock_new(name) mp_lock_new_at ((name), MP_SITE)
  void mp_lock_free (MpLock *lock);

  /* Not recursive. MP_TIMEOUT after `timeout` seconds; 0.0 does not wait. The death of
   * the holder leaves it held, as in Python. Cost of a free one: an atomic operation
   * and an event; no system call. */
  int mp_lock_acquire_at (MpLock *lock, double timeout, MpSite site);
#define mp_lock_acquire(lock) mp_lock_acquire_at ((lock), MP_FOREVER, MP_SITE)
#define mp_lock_acquire_timeout(lock, seconds)                                         \
  mp_lock_acquire_at ((lock), (seconds), MP_SITE)

  /* Any process may release it. MP_NOT_OWNER if nobody holds it. */
  int mp_lock_release_at (MpLock *lock, MpSite site);
#define mp_lock_release(lock) mp_lock_release_at ((lock), MP_SITE)

#ifdef __cplusplus
}
#endif
