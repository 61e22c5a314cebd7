/* SPDX-License-Identifier: MIT */
#pragma once

/* multiprocessing in C: the objects of Python's module, with the same meaning and the
 * same names. `p.start ()` is mp_process_start (p).
 *
 * Errors: a function that returns int returns 0 (or a count) or one of the MP_ codes
 * below 0; one that returns a pointer returns NULL and mp_errno () says why. Nothing
 * here exits or prints on its own.
 *
 * Times are in seconds, like Python's. MP_FOREVER as a timeout means none; one of 0 or
 * below does not wait.
 *
 * Shared objects (lock, queue, pipe, shared value, pool, manager) live in memory that
 * is mapped at the same address in every process of the run: a pointer to one is good
 * in each child. One process frees it, once, when nobody uses it any more; a pool and a
 * manager are freed by their creator (elsewhere nothing happens). Each …_free () allows
 * NULL.
 *
 * Run under Procession, each call is seen, with the file and line it stands in: that
 * is what the …_at functions and the macros of the same name are for. Without it this
 * is an ordinary library. Threads: an object may be used from any thread; an MpProcess
 * from the thread that made it. */

#include <procession/mp-connection.h>
#include <procession/mp-error.h>
#include <procession/mp-manager.h>
#include <procession/mp-pool.h>
#include <procession/mp-process.h>
#include <procession/mp-queue.h>
#include <procession/mp-shared.h>
#include <procession/mp-sync.h>
#include <procession/mp-value.h>
