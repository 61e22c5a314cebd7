/* SPDX-License-Identifier: MIT */
#pragma once

/* Pools of worker processes. */

#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpPool MpPool;
  typedef struct MpAsyncResult MpAsyncResult;

  /* Takes ownership of `arg`, returns the result. */
  typedef MpValue (*MpFunction) (MpValue arg);

  /* `processes` 0: one a CPU. The workers are daemons. Only the creator may use a pool.
   */
  MpPool *mp_pool_new_at (const char *name, int processes, MpSite site);
#define mp_pool_new(name, processes) mp_pool_new_at ((name), (processes), MP_SITE)

  /* The results as a list, in the order of `args` (a list; ownership is taken).
   * chunksize 0: Python's rule. Errors: MP_CLOSED, MP_LOST, MP_STATE (not the creator).
   * The async ones return at once; free their result with mp_async_free (). */
  int mp_pool_map_at (MpPool *pool,
                      MpFunction function,
                      MpValue args,
                      size_t chunksize,
                      MpValue *ret_results,
                      MpSite site);
#define mp_pool_map(pool, function, args, ret_results)                                 \
  mp_pool_map_at ((pool), (function), (args), 0, (ret_results), MP_SITE)
  MpAsyncResult *mp_pool_map_async_at (
      MpPool *pool, MpFunction function, MpValue args, size_t chunksize, MpSite site);
#define mp_pool_map_async(pool, function, args)                                        \
  mp_pool_map_async_at ((pool), (function), (args), 0, MP_SITE)
  MpAsyncResult *
  mp_pool_apply_async_at (MpPool *pool, MpFunction function, MpValue arg, MpSite site);
#define mp_pool_apply_async(pool, function, arg)                                       \
  mp_pool_apply_async_at ((pool), (function), (arg), MP_SITE)

  /* close: no more tasks. join (after close or terminate): waits for the workers to
   * end; MP_INVALID before. terminate: ends them at once. free terminates what still
   * runs. */
  int mp_pool_close_at (MpPool *pool, MpSite site);
  int mp_pool_join_at (MpPool *pool, MpSite site);
  int mp_pool_terminate_at (MpPool *pool, MpSite site);
#define mp_pool_close(pool) mp_pool_close_at ((pool), MP_SITE)
#define mp_pool_join(pool) mp_pool_join_at ((pool), MP_SITE)
#define mp_pool_terminate(pool) mp_pool_terminate_at ((pool), MP_SITE)
  void mp_pool_free (MpPool *pool);

  /* get: MP_TIMEOUT, MP_LOST; the value is a copy, mp_clear () it. wait: MP_TIMEOUT.
   * successful: 1, or 0 (a task was lost or failed); MP_INVALID if not ready. A result
   * may be freed before it is ready, and asked after its pool was freed. */
  int mp_async_get_at (MpAsyncResult *result,
                       double timeout,
                       MpValue *ret_value,
                       MpSite site);
#define mp_async_get(result, ret_value)                                                \
  mp_async_get_at ((result), MP_FOREVER, (ret_value), MP_SITE)
#define mp_async_get_timeout(result, seconds, ret_value)                               \
  mp_async_get_at ((result), (seconds), (ret_value), MP_SITE)
  int mp_async_wait_at (MpAsyncResult *result, double timeout, MpSite site);
#define mp_async_wait(result, seconds) mp_async_wait_at ((result), (seconds), MP_SITE)
  bool mp_async_ready (MpAsyncResult *result);
  int mp_async_successful (MpAsyncResult *result);
  void mp_async_free (MpAsyncResult *result);

#ifdef __cplusplus
}
#endif
