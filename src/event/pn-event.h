/* SPDX-License-Identifier: MIT */
#pragma once

/* What happened, as it travels: from a program's ring through the runner's pipe into
 * a recording. The same bytes everywhere, little-endian.
 *
 * A stream is one PnStreamHeader, then events. An event is one 64-byte PnRecord
 * and `tail` further blocks of 64 bytes, which hold the rest of its text. A stream
 * that was cut short ends with an incomplete event; all before it is good.
 *
 * Depends on libc alone: it lives inside other people's processes. Threads: all
 * functions are pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PN_BLOCK_BYTES 64
#define PN_FORMAT_VERSION 1
#define PN_STREAM_MAGIC "PNEVENTS"
#define PN_TEXT_INLINE_BYTES 16
#define PN_TAIL_MAX_BLOCKS 63
#define PN_TEXT_MAX_BYTES (PN_TEXT_INLINE_BYTES + PN_TAIL_MAX_BLOCKS * PN_BLOCK_BYTES)

/* clang-format off */
/* The kinds: X (symbol, number, name). Numbers are part of the format: never change
 * one, add at the end of a group. What the fields mean for each kind:
 *
 * `process` is the process that the event is about, by its number in this run
 * (1 is the main program; 0 is the runner). `object` and `peer` are 0 where nothing is
 * said. PN_FLAG_FAILED means that the operation gave up: `value` is then the MP_ error.
 *
 *  kind                object   peer              value            text
 *  run.begin           -        -                 Unix time, us    what runs
 *  run.end             -        -                 exit of main     why, if stopped
 *  run.lost            -        -                 events lost      -
 *  name                id       PnObjectKind      kind's detail    its name
 *  process.start       -        child             -                the child's name
 *  process.begin       -        parent            pid              -
 *  process.exit        -        -                 exit code        -
 *  process.end         -        -                 code, -signal    why, if the runner
 *                                                                  killed it
 *  process.join-wait   -        child             timeout ns, -1   -
 *  process.join        -        child             code, -signal    -
 *  process.signal      -        receiver          signal number    -
 *  process.stop        -        -                 -                -   (seen by runner)
 *  process.continue    -        -                 -                -   (seen by runner)
 *  sleep.begin         -        -                 ns               -
 *  sleep.end           -        -                 -                -
 *  lock.wait           lock     -                 timeout ns, -1   -
 *  lock.acquire        lock     -                 -                -
 *  lock.release        lock     -                 -                -
 *  lock.abandon        lock     -                 -                -   (holder died)
 *  queue.put-wait      queue    -                 timeout ns, -1   -
 *  queue.put           queue    -                 message number   the message
 *  queue.get-wait      queue    -                 timeout ns, -1   -
 *  queue.get           queue    sender            message number   the message
 *  queue.close         queue    -                 -                -
 *  pipe.send-wait      pipe     own end, 1 or 2   -1               -
 *  pipe.send           pipe     own end           message number   the message
 *  pipe.recv-wait      pipe     own end           timeout ns, -1   -
 *  pipe.recv           pipe     own end           message number   the message
 *  pipe.close          pipe     own end           -                -
 *  value.read          value    -                 if an integer    the value
 *  value.write         value    -                 if an integer    the new value
 *  pool.submit         pool     -                 task number      the argument
 *  pool.task-wait      pool     -                 -1               -   (worker is idle)
 *  pool.begin          pool     submitter         task number      the argument
 *  pool.done           pool     submitter         task number      the result
 *  pool.result-wait    pool     -                 timeout ns, -1   -
 *  pool.result         pool     worker            task number      the result
 *  pool.close          pool     -                 -                -
 *  pool.terminate      pool     -                 -                -
 *  manager.call        target   server            call number      "append (3)"
 *  manager.serve       target   client            call number      "append (3)"
 *  manager.reply       target   server            call number      the result
 *  manager.serve-wait  manager  -                 -1               -   (server is idle)
 *  output.line         -        -                 -                the line, no newline
 *
 * Message numbers count from 1 in each queue, pipe, pool and manager, so that a get
 * finds its put. A manager's server writes the new contents of a list or dict as
 * value.write. `process` of run.lost is 0: it stands in the place of an event whose
 * number was taken and that never came (its process died while writing it). */
/* clang-format on */
#define PN_KINDS(X)                                                                    \
  X (RUN_BEGIN, 0x0101, "run.begin")                                                   \
  X (RUN_END, 0x0102, "run.end")                                                       \
  X (RUN_LOST, 0x0103, "run.lost")                                                     \
  X (NAME, 0x0104, "name")                                                             \
  X (PROCESS_START, 0x0201, "process.start")                                           \
  X (PROCESS_BEGIN, 0x0202, "process.begin")                                           \
  X (PROCESS_EXIT, 0x0203, "process.exit")                                             \
  X (PROCESS_END, 0x0204, "process.end")                                               \
  X (PROCESS_JOIN_WAIT, 0x0205, "process.join-wait")                                   \
  X (PROCESS_JOIN, 0x0206, "process.join")                                             \
  X (PROCESS_SIGNAL, 0x0207, "process.signal")                                         \
  X (PROCESS_STOP, 0x0208, "process.stop")                                             \
  X (PROCESS_CONTINUE, 0x0209, "process.continue")                                     \
  X (SLEEP_BEGIN, 0x0301, "sleep.begin")                                               \
  X (SLEEP_END, 0x0302, "sleep.end")                                                   \
  X (LOCK_WAIT, 0x0401, "lock.wait")                                                   \
  X (LOCK_ACQUIRE, 0x0402, "lock.acquire")                                             \
  X (LOCK_RELEASE, 0x0403, "lock.release")                                             \
  X (LOCK_ABANDON, 0x0404, "lock.abandon")                                             \
  X (QUEUE_PUT_WAIT, 0x0801, "queue.put-wait")                                         \
  X (QUEUE_PUT, 0x0802, "queue.put")                                                   \
  X (QUEUE_GET_WAIT, 0x0803, "queue.get-wait")                                         \
  X (QUEUE_GET, 0x0804, "queue.get")                                                   \
  X (QUEUE_CLOSE, 0x0808, "queue.close")                                               \
  X (PIPE_SEND_WAIT, 0x0901, "pipe.send-wait")                                         \
  X (PIPE_SEND, 0x0902, "pipe.send")                                                   \
  X (PIPE_RECV_WAIT, 0x0903, "pipe.recv-wait")                                         \
  X (PIPE_RECV, 0x0904, "pipe.recv")                                                   \
  X (PIPE_CLOSE, 0x0905, "pipe.close")                                                 \
  X (VALUE_READ, 0x0a01, "value.read")                                                 \
  X (VALUE_WRITE, 0x0a02, "value.write")                                               \
  X (POOL_SUBMIT, 0x0b01, "pool.submit")                                               \
  X (POOL_BEGIN, 0x0b02, "pool.begin")                                                 \
  X (POOL_DONE, 0x0b03, "pool.done")                                                   \
  X (POOL_RESULT, 0x0b04, "pool.result")                                               \
  X (POOL_CLOSE, 0x0b05, "pool.close")                                                 \
  X (POOL_TERMINATE, 0x0b06, "pool.terminate")                                         \
  X (POOL_TASK_WAIT, 0x0b07, "pool.task-wait")                                         \
  X (POOL_RESULT_WAIT, 0x0b08, "pool.result-wait")                                     \
  X (MANAGER_CALL, 0x0c01, "manager.call")                                             \
  X (MANAGER_SERVE, 0x0c02, "manager.serve")                                           \
  X (MANAGER_REPLY, 0x0c03, "manager.reply")                                           \
  X (MANAGER_SERVE_WAIT, 0x0c04, "manager.serve-wait")                                 \
  X (OUTPUT_LINE, 0x0d01, "output.line")

typedef enum
{
#define X(symbol, number, name) PN_KIND_##symbol = number,
  PN_KINDS (X)
#undef X
} PnKind;

/* What a `name` event names: X (symbol, number, name, type shown to a person).
 * Numbers are part of the format. Detail in `value`: a queue's bound (0: none), a
 * pool's workers, a lock's and the others' 0. PN_OBJECT_FILE names a source file:
 * `site` of other records refers to its id. A file is no object with a lane. */
#define PN_OBJECT_KINDS(X)                                                             \
  X (FILE, 1, "file", "")                                                              \
  X (LOCK, 2, "lock", "MpLock")                                                        \
  X (VALUE, 3, "value", "MpShared")                                                    \
  X (QUEUE, 4, "queue", "MpQueue")                                                     \
  X (PIPE, 5, "pipe", "MpConnection")                                                  \
  X (POOL, 6, "pool", "MpPool")                                                        \
  X (MANAGER, 7, "manager", "MpManager")                                               \
  X (LIST, 8, "list", "MpListProxy")                                                   \
  X (DICT, 9, "dict", "MpDictProxy")

typedef enum
{
#define X(symbol, number, name, type) PN_OBJECT_##symbol = number,
  PN_OBJECT_KINDS (X)
#undef X
} PnObjectKind;

enum
{
  PN_FLAG_FAILED = 1 << 0,    /* gave up: `value` is the MP_ error */
  PN_FLAG_DAEMON = 1 << 1,    /* process.start: a daemon child */
  PN_FLAG_STDERR = 1 << 2,    /* output.line: not stdout */
  PN_FLAG_UNKNOWN = 1 << 3,   /* process.end: `value` could not be found out */
  PN_FLAG_TRUNCATED = 1 << 4, /* text was longer */
  PN_FLAG_INTEGER = 1 << 5,   /* value.read, value.write: `value` is the number */
  PN_FLAG_STALLED = 1 << 6,   /* the process had to wait for the runner before this */
  PN_FLAGS_ALL = (1 << 7) - 1
};

typedef struct
{
  char magic[8];        /* PN_STREAM_MAGIC, no NUL */
  uint32_t version;     /* PN_FORMAT_VERSION */
  uint32_t block_bytes; /* PN_BLOCK_BYTES */
  uint8_t reserved[48]; /* 0 */
} PnStreamHeader;

typedef struct
{
  uint64_t seq;    /* order of events: from 0, dense; a gap is a loss */
  int64_t time_ns; /* CLOCK_MONOTONIC */
  uint32_t process;
  uint16_t kind; /* PnKind */
  uint8_t flags; /* PN_FLAG_… */
  uint8_t tail;  /* blocks of text that follow, PN_TAIL_MAX_BLOCKS at most */
  uint32_t object;
  uint32_t peer;
  int64_t value;
  uint32_t site; /* id of a PN_OBJECT_FILE, or 0 */
  uint16_t line;
  uint16_t text_bytes; /* of the whole text; what is not used of a block is 0 */
  char text[PN_TEXT_INLINE_BYTES];
} PnRecord;

#define PN_PIN(type, member, offset, size)                                             \
  _Static_assert(offsetof (type, member) == (offset)                                   \
                     && sizeof (((type *)0)->member) == (size),                        \
                 #type "." #member)
PN_PIN (PnStreamHeader, magic, 0, 8);
PN_PIN (PnStreamHeader, version, 8, 4);
PN_PIN (PnStreamHeader, block_bytes, 12, 4);
PN_PIN (PnStreamHeader, reserved, 16, 48);
PN_PIN (PnRecord, seq, 0, 8);
PN_PIN (PnRecord, time_ns, 8, 8);
PN_PIN (PnRecord, process, 16, 4);
PN_PIN (PnRecord, kind, 20, 2);
PN_PIN (PnRecord, flags, 22, 1);
PN_PIN (PnRecord, tail, 23, 1);
PN_PIN (PnRecord, object, 24, 4);
PN_PIN (PnRecord, peer, 28, 4);
PN_PIN (PnRecord, value, 32, 8);
PN_PIN (PnRecord, site, 40, 4);
PN_PIN (PnRecord, line, 44, 2);
PN_PIN (PnRecord, text_bytes, 46, 2);
PN_PIN (PnRecord, text, 48, 16);
_Static_assert(sizeof (PnStreamHeader) == PN_BLOCK_BYTES, "header is one block");
_Static_assert(sizeof (PnRecord) == PN_BLOCK_BYTES, "record is one block");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only");

/* An event taken apart. `text` is UTF-8 as far as the program wrote UTF-8; it ends with
 * a NUL and has none inside. */
typedef struct
{
  uint64_t seq;
  int64_t time_ns;
  PnKind kind;
  uint32_t process;
  uint32_t object;
  uint32_t peer;
  int64_t value;
  uint32_t site;
  uint16_t line;
  uint8_t flags;
  size_t text_bytes;
  char text[PN_TEXT_MAX_BYTES + 1];
} PnEvent;

enum
{
  PN_DECODE_SHORT = 0, /* the event goes on after the bytes given */
  PN_DECODE_BAD_KIND = -1,
  PN_DECODE_BAD_FLAGS = -2,
  PN_DECODE_BAD_TAIL = -3,  /* tail and text_bytes contradict each other */
  PN_DECODE_BAD_TEXT = -4,  /* a NUL in it, or not 0 after it */
  PN_DECODE_BAD_VALUE = -5, /* no such object kind, a time below 0, … */
  PN_DECODE_BAD_HEADER = -6,
  PN_DECODE_BAD_VERSION = -7
};

/* The largest cut of `text` at or below `max` that does not split a UTF-8 character;
 * what is not UTF-8 is cut at `max`. */
size_t pn_text_cut (const char *text, size_t bytes, size_t max);

/* The blocks that an event with a text of `text_bytes` takes, its record included. */
size_t pn_event_blocks (size_t text_bytes);

/* Writes `event` as blocks. Its text is cut at PN_TEXT_MAX_BYTES, between characters.
 * `ret_blocks` has room for 1 + PN_TAIL_MAX_BLOCKS. Returns the bytes written. */
size_t pn_event_encode (const PnEvent *event, void *ret_blocks);

/* Reads one event from `tainted`, which may hold anything, of any length.
 * Returns the bytes that it took, PN_DECODE_SHORT, or an error below 0. `ret_event` is
 * left alone unless the return is above 0. Cost: O(text). */
int pn_event_decode (const void *tainted, size_t bytes, PnEvent *ret_event);

/* The same verdict without taking the event apart: for those who pass it on as it is.
 */
int pn_event_check (const void *tainted, size_t bytes);

void pn_stream_header_init (PnStreamHeader *header);

/* Returns PN_BLOCK_BYTES, PN_DECODE_SHORT, or an error below 0. */
int pn_stream_header_check (const void *tainted, size_t bytes);

/* A sentence without a period, for a decode error. */
const char *pn_decode_strerror (int error);

/* "lock.acquire"; NULL if there is no such kind. */
const char *pn_kind_name (unsigned kind);
const char *pn_object_kind_name (unsigned object_kind);
const char *pn_object_kind_type (unsigned object_kind);

/* An operation on a pipe: `peer` is no process, but one of the pipe's ends. */
bool pn_kind_is_of_pipe (unsigned kind);

/* A "…-wait": the process waits from here on, `value` ns at most, or -1. */
bool pn_kind_is_wait (unsigned kind);
