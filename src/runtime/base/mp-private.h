/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of the runtime share. The rules that every object keeps:
 *
 * - Each operation calls mp_point () once, before it acts.
 * - It decides in one place whether to wait, and acts in one place.
 * - A `…wait` event is emitted only if it really has to wait.
 * - What others can react to (release, put, start, exit) is emitted before it is done;
 *   what was waited for (acquire, get, join) after it was had. The order of sequence
 *   numbers is then causal.
 * - An operation that gave up is emitted with PN_FLAG_FAILED and its MP_ error.
 * - Shared memory comes from the shared heap, lives at one address in all processes of
 *   the run, and must survive SIGKILL of any process at any instruction. */

#include "procession/mp.h"
#include "mp-emit.h"
#include "pn-event.h"

#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <time.h>

/* Errors. */

/* Sets mp_errno () and returns NULL: `return mp_fail (MP_TOO_LARGE);` */
void *mp_fail (int error);

/* Events. */

#define MP_SITE_NONE ((MpSite){ NULL, 0 })

/* Costs one predictable branch where nobody looks. Returns false if not emitted. */
static inline bool
mp_emit (PnKind kind, uint32_t object, uint32_t peer, int64_t value, MpSite site)
{
  if (!mp_is_observed ())
    return false;
  return mp_emit_plain (kind, object, peer, value, site.file, site.line);
}

/* `text` ends with a NUL; NULL means none. Look at mp_is_observed () before you make a
 * costly one. */
bool mp_emit_text (PnKind kind,
                   uint32_t object,
                   uint32_t peer,
                   int64_t value,
                   MpSite site,
                   const char *text);

/* PN_FLAG_FAILED with `error` as value. */
bool
mp_emit_failed (PnKind kind, uint32_t object, uint32_t peer, int error, MpSite site);

#define MP_NAME_BYTES 256

/* The name of an object that was given none: "lock", then "lock-2", … over the whole
 * run. Counts it. Returns `ret_name`. */
const char *mp_object_default_name (PnObjectKind kind, char ret_name[MP_NAME_BYTES]);

/* Takes a number for a shared object and emits its `name`. `name` NULL:
 * the default name. `detail` as pn-event.h says. Returns 0 where
 * nobody looks. */
uint32_t
mp_object_new (PnObjectKind kind, const char *name, int64_t detail, MpSite site);

/* The one point before each operation. An operation is named by the kind of the event
 * that it leads to when it succeeds, whether anybody looks or not, with that event's
 * object:
 *
 *   PROCESS_START, PROCESS_JOIN, PROCESS_SIGNAL, PROCESS_EXIT (instead of an object:
 *     the other process's number)
 *   SLEEP_BEGIN, OUTPUT_LINE
 *   LOCK_ACQUIRE, LOCK_RELEASE, VALUE_READ, VALUE_WRITE
 *   QUEUE_PUT, QUEUE_GET, QUEUE_CLOSE, PIPE_SEND, PIPE_RECV, PIPE_CLOSE
 *   POOL_SUBMIT, POOL_BEGIN (a worker asks for a task), POOL_DONE, POOL_RESULT,
 *     POOL_CLOSE, POOL_TERMINATE
 *   MANAGER_CALL, MANAGER_SERVE (the server asks for a call), MANAGER_REPLY
 *
 * A gate that is set is called before the operation has looked at any shared state, so
 * that it may delay the caller for as long as it likes. */
typedef void (*MpGate) (PnKind operation, uint32_t object);
extern MpGate mp_gate;

static inline void
mp_point (PnKind operation, uint32_t object)
{
  if (__builtin_expect (mp_gate != NULL, 0))
    mp_gate (operation, object);
}

/* Time. A deadline is CLOCK_MONOTONIC in ns, MP_NO_DEADLINE means none. */

#define MP_NO_DEADLINE INT64_MAX

int64_t mp_now_ns (void);

/* The deadline `timeout` seconds from now; now, if below 0. MP_FOREVER, NaN: none. */
int64_t mp_deadline (double timeout);

/* As the `value` of a …wait event: ns, -1 for none. */
int64_t mp_timeout_ns (double timeout);

/* Milliseconds until the deadline for poll (), rounded up: -1 for none, 0 if past. */
int mp_deadline_poll_ms (int64_t deadline);

static inline struct timespec
mp_timespec (int64_t ns)
{
  return (struct timespec){ ns / 1000000000, ns % 1000000000 };
}

/* Futexes, shared between processes. */

/* Sleeps while *word == expected. MP_OK when woken, when *word differs, or for no
 * reason (look again); MP_TIMEOUT. Goes on after signals. */
int mp_futex_wait (_Atomic uint32_t *word, uint32_t expected, int64_t deadline);
void mp_futex_wake (_Atomic uint32_t *word, int n); /* INT_MAX: all */

/* The shared heap. Blocks are aligned to 64 bytes, not cleared, and good in every
 * process forked after the heap was made (the first allocation, or the first start).
 * A process killed in here leaks one block at most; nobody hangs. */

#define MP_HEAP_BLOCK_MAX ((size_t)128 << 20)

/* NULL if there is no room or `bytes` is above the maximum; mp_errno () is set. */
void *mp_heap_alloc (size_t bytes);
void *mp_heap_alloc0 (size_t bytes);

/* Any process may free any block, once. NULL is allowed. */
void mp_heap_free (void *block);

/* The usable bytes of a block, at least what was asked for. */
size_t mp_heap_block_bytes (const void *block);

/* Makes the heap if there is none yet. MP_OK or MP_SYSTEM. */
int mp_heap_init (void);

/* True if `pointer` lies in the heap. */
bool mp_heap_contains (const void *pointer);

/* Numbers the unnamed objects of a kind: 1, 2, … over the whole run. */
uint32_t mp_heap_count_name (PnObjectKind kind);

/* Processes. */

/* Readable by poll () once the child has ended; -1 if there is none. Borrowed. */
int mp_process_pidfd (MpProcess *process);

/* The process's number in the run, 0 if it is not observed. */
uint32_t mp_process_number_of (MpProcess *process);

/* Calls `function` when the current process ends in good order: latest first, before
 * its daemons are terminated and its other children joined (Python's Finalize). A child
 * forked later does not inherit it. */
int mp_on_end (void (*function) (void *data), void *data);
void mp_on_end_cancel (void (*function) (void *data), void *data);

/* For on_exit (): the end of a process that returns from main () or calls exit (). */
void mp_process_on_exit (int code, void *unused);

/* Text. */

/* As Python's repr () writes a float: 0.1, 1.0, 1e+16, inf, nan. Never a decimal comma.
 * Returns the length. */
size_t mp_double_text (double number, char ret_text[32]);
