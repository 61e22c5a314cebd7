/* SPDX-License-Identifier: MIT */
#pragma once

/* Errors, and where a call stands. */

#ifdef __cplusplus
extern "C"
{
#endif

  enum
  {
    MP_OK = 0,
    MP_TIMEOUT = -1,      /* TimeoutError, or acquire () returned False */
    MP_EMPTY = -2,        /* queue.Empty */
    MP_FULL = -3,         /* queue.Full */
    MP_EOF = -4,          /* EOFError: the other end is closed */
    MP_CLOSED = -5,       /* ValueError, OSError: this end, queue or pool is closed */
    MP_INVALID = -6,      /* ValueError, OSError: not with this argument, end, state */
    MP_STATE = -7,        /* AssertionError: started already, not the creator, … */
    MP_NOT_OWNER = -8,    /* ValueError: released what nobody holds */
    MP_TOO_LARGE = -9,    /* BufferTooShort; no room in the shared heap */
    MP_TYPE = -10,        /* TypeError: a value of another type */
    MP_KEY = -11,         /* KeyError */
    MP_INDEX = -12,       /* IndexError */
    MP_BROKEN_PIPE = -13, /* BrokenPipeError, ConnectionResetError */
    MP_SYSTEM = -14,      /* OSError: errno says which */
    MP_LOST = -15,        /* the worker died with the task (Python would hang) */
    MP_FAILED = -16       /* the function called remotely returned an error */
  };

#define MP_FOREVER __builtin_inf ()

  /* A sentence without a period that says what Python would have raised. */
  const char *mp_strerror (int error);

  /* Why the last call of this thread that returned NULL did so. */
  int mp_errno (void);

  /* Where a call stands in the source. */
  typedef struct
  {
    const char *file;
    int line;
  } MpSite;

#define MP_SITE ((MpSite){ __FILE__, __LINE__ })

#ifdef __cplusplus
}
#endif
