/* SPDX-License-Identifier: MIT */
#pragma once

/* Queues. */

#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpQueue MpQueue;

  /* `maxsize` 0: unbounded, put never waits. First in, first out. */
  MpQueue *mp_queue_new_at (const char *name, size_t maxsize, MpSite site);
#define mp_queue_new(name, maxsize) mp_queue_new_at ((name), (maxsize), MP_SITE)
  void mp_queue_free (MpQueue *queue);

  /* timeout 0.0: put_nowait, get_nowait. Errors: MP_FULL, MP_EMPTY, MP_CLOSED,
   * MP_TOO_LARGE. `ret_value` is left alone on failure; NULL: not wanted. Any number of
   * processes may put and get, and be killed while they do. Cost: O(size); a system
   * call only to wait, or to wake who waits. */
  int mp_queue_put_at (MpQueue *queue, MpValue value, double timeout, MpSite site);
  int mp_queue_get_at (MpQueue *queue, MpValue *ret_value, double timeout, MpSite site);
#define mp_queue_put(queue, value)                                                     \
  mp_queue_put_at ((queue), (value), MP_FOREVER, MP_SITE)
#define mp_queue_put_timeout(queue, value, seconds)                                    \
  mp_queue_put_at ((queue), (value), (seconds), MP_SITE)
#define mp_queue_get(queue, ret_value)                                                 \
  mp_queue_get_at ((queue), (ret_value), MP_FOREVER, MP_SITE)
#define mp_queue_get_timeout(queue, ret_value, seconds)                                \
  mp_queue_get_at ((queue), (ret_value), (seconds), MP_SITE)

  /* As it was a moment ago: others put and get meanwhile. */
  size_t mp_queue_qsize (MpQueue *queue);
  bool mp_queue_empty (MpQueue *queue);
  bool mp_queue_full (MpQueue *queue);

  /* This process, and children forked later, put and get nothing any more. Closing
   * twice is allowed. Errors: MP_TOO_LARGE (no memory). */
  int mp_queue_close_at (MpQueue *queue, MpSite site);
#define mp_queue_close(queue) mp_queue_close_at ((queue), MP_SITE)

#ifdef __cplusplus
}
#endif
