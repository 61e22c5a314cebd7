/* SPDX-License-Identifier: MIT */
#pragma once

/* Connections: the ends of pipes. */

#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpConnection MpConnection;

  /* Two connected ends. duplex false: `ret_a` only receives, `ret_b` only sends. Each
   * end is a descriptor of the kernel's: a child has its own copy of both, and EOF
   * comes when every copy of the other end is closed. */
  int mp_pipe_at (const char *name,
                  bool duplex,
                  MpConnection **ret_a,
                  MpConnection **ret_b,
                  MpSite site);
#define mp_pipe(name, duplex, ret_a, ret_b)                                            \
  mp_pipe_at ((name), (duplex), (ret_a), (ret_b), MP_SITE)

  /* Both wait. Messages stay whole, also with several at one end. Errors: MP_CLOSED,
   * MP_BROKEN_PIPE (nobody can receive), MP_INVALID (an end that only receives), MP_EOF
   * (recv), MP_TOO_LARGE. `ret_value` is left alone on failure; NULL: not wanted.
   * Cost: O(size), a system call or two. */
  int mp_send_at (MpConnection *connection, MpValue value, MpSite site);
  int mp_recv_at (MpConnection *connection, MpValue *ret_value, MpSite site);
#define mp_send(connection, value) mp_send_at ((connection), (value), MP_SITE)
#define mp_recv(connection, ret_value) mp_recv_at ((connection), (ret_value), MP_SITE)

  /* 1 if something can be received (EOF counts), 0 if not within `timeout` seconds.
   * Errors: MP_CLOSED, MP_INVALID (an end that only sends). */
  int mp_poll (MpConnection *connection, double timeout);

  /* Closes this process's copy of the end. */
  int mp_connection_close_at (MpConnection *connection, MpSite site);
#define mp_connection_close(connection) mp_connection_close_at ((connection), MP_SITE)

  /* Closes it, too, in this process alone: each process frees its own copy. */
  void mp_connection_free (MpConnection *connection);

  /* Borrowed, for poll (2) and the like; MP_CLOSED if there is none any more. */
  int mp_connection_fileno (MpConnection *connection);

#ifdef __cplusplus
}
#endif
