/* SPDX-License-Identifier: MIT */
#pragma once

/* The inside of a pipe: pipe.c makes and closes it, pipe-frame.c moves messages. */

#include "guard.h"

/* An end is a descriptor, and private memory around it: a forked child has its own
 * copy of both, so that closing is each process's own affair, and EOF comes from the
 * kernel. What the copies of a pipe share lies in a page of its own, which is gone when
 * the last process that has it is.
 *
 * Descriptors are non-blocking (so one can see whether it would block); waiting is
 * poll (). Messages stay whole with several writers or readers at one end, through a
 * guard for each direction and side. It is held while a large message goes through. */

typedef struct
{
  MpGuard send;
  MpGuard recv;
  _Atomic bool is_sending; /* part of a message is written, or about to be */
  _Atomic bool is_receiving;
  _Atomic bool is_torn; /* somebody was killed meanwhile: what follows is no message */
} MpWay;

typedef struct
{
  _Atomic uint64_t n_sent;
  MpWay ways[2]; /* from end 1, from end 2 */
} MpPipeShared;

/* This process's memory, for both ends. */
typedef struct
{
  MpPipeShared *shared;
  uint32_t object;
  _Atomic int ends; /* not freed yet */
} MpPipe;

struct MpConnection
{
  MpPipe *pipe;
  int end;        /* 1 or 2 */
  _Atomic int fd; /* -1: closed */
  bool can_send;
  bool can_recv;
  int send_buffer_bytes; /* of a socket; a pipe: 0 */
};

/* Both may wait, and say so. The value stays the caller's. */
int mp_pipe_send_value (MpConnection *connection, MpValue value, MpSite site);
int mp_pipe_recv_value (MpConnection *connection, MpValue *ret_value, MpSite site);
