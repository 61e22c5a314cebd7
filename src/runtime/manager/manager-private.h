/* SPDX-License-Identifier: MIT */
#pragma once

/* The inside of a manager: manager.c the proxies, manager-channel.c a client's
 * connection, manager-server.c the server process, manager-object.c what it keeps.
 *
 * A client has a connection of its own (each thread, as in Python) to a socket that the
 * server alone listens on. So it is the kernel that tells each side that the other is
 * gone, at once, and nothing is left behind. */

#include "guard.h"
#include "value-private.h"

#include <sys/socket.h>
#include <sys/un.h>

#define MANAGER_TEXT_BYTES 200
#define MANAGER_MAGIC 0x4d504d47u
#define MANAGER_BODY_MAX ((size_t)1 << 30)

/* What a server can do: X (symbol, name, what it is for, number of arguments, whether
 * there is a result to show). */
#define MANAGER_CALLS(X)                                                               \
  X (NEW_LIST, "list", MP_NONE, 1, false)                                              \
  X (NEW_DICT, "dict", MP_NONE, 1, false)                                              \
  X (SHUTDOWN, "shutdown", MP_NONE, 0, false)                                          \
  X (APPEND, "append", MP_LIST, 1, false)                                              \
  X (GET, "get", MP_LIST, 1, true)                                                     \
  X (SET, "set", MP_LIST, 2, false)                                                    \
  X (POP, "pop", MP_LIST, 1, true)                                                     \
  X (LEN, "len", MP_LIST, 0, true)                                                     \
  X (COPY, "copy", MP_LIST, 0, true)                                                   \
  X (DICT_GET, "get", MP_DICT, 1, true)                                                \
  X (DICT_SET, "set", MP_DICT, 2, false)                                               \
  X (DICT_DEL, "del", MP_DICT, 1, false)                                               \
  X (DICT_LEN, "len", MP_DICT, 0, true)                                                \
  X (DICT_COPY, "copy", MP_DICT, 0, true)

typedef enum
{
#define X(symbol, name, type, n_args, has_result) CALL_##symbol,
  MANAGER_CALLS (X)
#undef X
      N_CALLS
} ManagerCall;

/* Of a request, and of its reply. A value of `bytes` follows: the list of arguments,
 * or the result. */
typedef struct
{
  uint32_t magic;
  uint32_t bytes;
  uint64_t number; /* of the call */
  uint32_t client; /* process number */
  uint32_t call;   /* ManagerCall */
  uint32_t place;  /* of the object, in the order of making */
  int32_t error;   /* of a reply */
} ManagerHead;

_Static_assert(sizeof (ManagerHead) == 32, "no padding travels");

typedef struct ManagerProxy
{
  struct ManagerProxy *next;
  struct MpManager *manager;
  uint32_t object; /* for events */
  uint32_t place;
} ManagerProxy;

struct MpListProxy
{
  ManagerProxy proxy;
};

struct MpDictProxy
{
  ManagerProxy proxy;
};

/* In the shared heap. */
struct MpManager
{
  uint32_t object;
  pid_t creator;
  MpProcess *server; /* in the creator's memory; NULL: it was shut down */
  pid_t server_pid;
  uint32_t server_number;
  int64_t created_ns;         /* tells it from an earlier one at the same address */
  struct sockaddr_un address; /* abstract */
  socklen_t address_bytes;
  _Atomic uint64_t n_calls;
  ManagerProxy *_Atomic proxies;

  _Atomic uint32_t is_ready; /* 1: the server listens */
};

/* manager-object.c: one that the server keeps. */
typedef struct
{
  uint32_t object; /* for events */
  MpValue value;   /* MP_LIST or MP_DICT */
} ManagerObject;

/* Does `call` with `args`, a list. Errors are those of the proxies. `args` stays the
 * caller's, but for what is moved out of it. */
int manager_object_call (ManagerObject *object,
                         ManagerCall call,
                         MpValue *args,
                         MpValue *ret_result,
                         bool *ret_changed);

/* The type of object that it is for; MP_NONE: the manager. */
MpType manager_call_type (ManagerCall call);
size_t manager_call_n_args (ManagerCall call);
bool manager_call_has_result (ManagerCall call);

/* "append (3)" */
const char *
manager_call_text (ManagerCall call, MpValue args, char ret_text[MANAGER_TEXT_BYTES]);

/* manager-channel.c: sends `args` (taken) and waits for the result, which may be
 * NULL. MP_EOF if the server has ended; MP_TIMEOUT, after which the connection is
 * given up. */
int manager_channel_call (MpManager *manager,
                          ManagerHead *head,
                          MpValue args,
                          MpValue *ret_result,
                          int64_t deadline);

/* Closes this thread's connection. */
void manager_channel_close (const MpManager *manager);

/* manager-server.c: the target of the server's process. */
int manager_serve (void *manager);
