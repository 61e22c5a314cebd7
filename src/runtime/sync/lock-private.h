/* SPDX-License-Identifier: MIT */
#pragma once

/* How a lock lies in shared memory; a shared value holds one. */

#include "mp-private.h"

struct MpLock
{
  _Atomic uint32_t state; /* a futex: free, held, contended */
  _Atomic uint32_t id;
  _Atomic uint32_t held_at; /* of mp_emit_acquired () */
};

void mp_lock_init (MpLock *lock, uint32_t id);
