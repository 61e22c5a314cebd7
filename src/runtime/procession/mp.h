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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

  /* Values: what travels through pipes, queues, pools and managers. */

  typedef enum
  {
    MP_NONE,
    MP_BOOL,
    MP_INT,
    MP_FLOAT,
    MP_TEXT,
    MP_BYTES,
    MP_LIST,
    MP_DICT
  } MpType;

  /* Passed by value. None, bool, int and float own nothing; the others own memory of
   * this process. A function that takes a value to send it takes ownership of it, also
   * when it fails. What a receiver got is its own: mp_clear () it. Where there is no
   * memory for a value it is None. */
  typedef struct
  {
    MpType type;
    union
    {
      bool boolean;
      int64_t integer;
      double number;
      struct MpData *data;
    };
  } MpValue;

  /* Text, bytes and what is formatted are copied; mp_text (NULL) is "". mp_copy ()
   * copies all that is in it; mp_clear () frees that, and leaves None. mp_equal () is
   * Python's
   * ==: 1 equals 1.0 and True. Cost: O(size). */
  MpValue mp_none (void);
  MpValue mp_bool (bool boolean);
  MpValue mp_int (int64_t integer);
  MpValue mp_float (double number);
  MpValue mp_text (const char *utf8);
  MpValue mp_format (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
  MpValue mp_bytes (const void *bytes, size_t n);
  MpValue mp_list (void);
  MpValue mp_dict (void);
  MpValue mp_copy (MpValue value);
  void mp_clear (MpValue *value);
  bool mp_equal (MpValue a, MpValue b);

  /* 0, 0.0 or "" where the type is another; bool counts as int, int as float. Text and
   * bytes live as long as the value, and a NUL follows them. */
  int64_t mp_as_int (MpValue value);
  double mp_as_float (MpValue value);
  const char *mp_as_text (MpValue value);
  const void *mp_as_bytes (MpValue value, size_t *ret_n);

  /* Lists and dicts. len also counts text (characters) and bytes. append and set take
   * ownership of what they are given; get borrows (None if there is no such item). Keys
   * are text and are copied; dicts keep the order of insertion. Lists and dicts may
   * stand 64 deep in each other. Errors: MP_TYPE, MP_TOO_LARGE (deeper, or no memory).
   * Cost: O(1) on average; len of text O(bytes). */
  size_t mp_len (MpValue value);
  int mp_append (MpValue *list, MpValue item);
  MpValue mp_at (MpValue list, size_t index);
  int mp_dict_set (MpValue *dict, const char *key, MpValue item);
  MpValue mp_dict_get (MpValue dict, const char *key);
  const char *mp_dict_key (MpValue dict, size_t index);

  /* As Python's repr () writes it: None, True, 5, 0.5, 'text', [1, 2], {'a': 1}. Cut to
   * `size` - 1 bytes, with "…" at the end, between characters. */
  char *mp_repr (MpValue value, char *ret_text, size_t size);

  /* Processes. */

  typedef struct MpProcess MpProcess;

  /* What a child does; its return is the exit code (0 to 255). */
  typedef int (*MpTarget) (void *arg);

  /* `name` NULL: "Process-1", "Process-1:2" as in Python. The process is not started.
   * Free with mp_process_free. */
  MpProcess *mp_process_new (const char *name, MpTarget target, void *arg);

  /* Releases the object, not the process: a child that still runs goes on, and is
   * joined (a daemon: terminated) when its parent ends. NULL is allowed. */
  void mp_process_free (MpProcess *process);

  /* MP_STATE after the start, or if the current process is itself a daemon (start). */
  int mp_process_set_daemon (MpProcess *process, bool daemon);
  bool mp_process_daemon (MpProcess *process);

  /* Errors: MP_STATE (started already; not the creator; daemons have no children),
   * MP_SYSTEM. */
  int mp_process_start_at (MpProcess *process, MpSite site);
#define mp_process_start(process) mp_process_start_at ((process), MP_SITE)

  /* Waits until the child has ended and reaps it. MP_TIMEOUT if it has not by then;
   * MP_STATE if not started, not our child, or oneself. Joining again is allowed. */
  int mp_process_join_at (MpProcess *process, double timeout, MpSite site);
#define mp_process_join(process) mp_process_join_at ((process), MP_FOREVER, MP_SITE)
#define mp_process_join_timeout(process, seconds)                                      \
  mp_process_join_at ((process), (seconds), MP_SITE)

  /* Reaps a child of ours that has ended, as Python's does. Cost: a system call. */
  bool mp_process_is_alive (MpProcess *process);

  /* Borrowed, until the next set_name, which copies. Errors: MP_INVALID (NULL),
   * MP_SYSTEM. */
  const char *mp_process_name (MpProcess *process);
  int mp_process_set_name (MpProcess *process, const char *name);

  /* 0 before the start. */
  pid_t mp_process_pid (MpProcess *process);

  /* False while there is none (not started, or it runs): Python's None. -N: signal N.
   */
  bool mp_process_exitcode (MpProcess *process, int *ret_code);

  /* SIGTERM, SIGKILL, and any other. MP_STATE if not started; 0 if it has ended. */
  int mp_process_signal_at (MpProcess *process, int signal, MpSite site);
#define mp_process_terminate(process) mp_process_signal_at ((process), 15, MP_SITE)
#define mp_process_kill(process) mp_process_signal_at ((process), 9, MP_SITE)

  /* Releases what the object holds of an ended child. MP_INVALID while it runs. */
  int mp_process_close (MpProcess *process);

  /* Borrowed. The parent of the main process is NULL. */
  MpProcess *mp_current_process (void);
  MpProcess *mp_parent_process (void);

  /* The started children that have not ended, at most `max` of them; the others are
   * reaped. Returns how many there are. Borrowed. */
  size_t mp_active_children (MpProcess **ret_children, size_t max);

  /* Which child of its parent this process is: 1, 2, … ; 0 in the main process. */
  int mp_process_rank (void);

  /* Ends the current process as a return from its target would. */
  void mp_exit (int code) __attribute__ ((noreturn));

  /* Time, output, parameters. */

  /* Below 0: as 0. Signals do not cut it short. */
  void mp_sleep_at (double seconds, MpSite site);
#define mp_sleep(seconds) mp_sleep_at ((seconds), MP_SITE)

  /* A line to stdout, with its newline added, written whole, behind what stdio still
   * holds. Leaves errno alone. */
  void mp_print_at (MpSite site, const char *format, ...)
      __attribute__ ((format (printf, 2, 3)));
#define mp_print(...) mp_print_at (MP_SITE, __VA_ARGS__)

  /* A parameter of the program: NAME=VALUE on its command line, or `fallback`. One that
   * can't be read as its type counts as not given. The text lives until exit. Numbers
   * are written with a decimal point, whatever the locale. */
  int64_t mp_param_int (const char *name, int64_t fallback);
  double mp_param_float (const char *name, double fallback);
  bool mp_param_bool (const char *name, bool fallback); /* true/false, yes/no, 1/0 */
  const char *mp_param_text (const char *name, const char *fallback);

  /* Lock. */

  typedef struct MpLock MpLock;

  /* `name` is what the timeline shows; NULL: "lock", "lock-2", … */
  MpLock *mp_lock_new_at (const char *name, MpSite site);
#define mp_lock_new(name) mp_lock_new_at ((name), MP_SITE)
  void mp_lock_free (MpLock *lock);

  /* Not recursive. MP_TIMEOUT after `timeout` seconds; 0.0 does not wait. The death of
   * the holder leaves it held, as in Python. Cost of a free one: an atomic operation
   * and an event; no system call. */
  int mp_lock_acquire_at (MpLock *lock, double timeout, MpSite site);
#define mp_lock_acquire(lock) mp_lock_acquire_at ((lock), MP_FOREVER, MP_SITE)
#define mp_lock_acquire_timeout(lock, seconds)                                         \
  mp_lock_acquire_at ((lock), (seconds), MP_SITE)

  /* Any process may release it. MP_NOT_OWNER if nobody holds it. */
  int mp_lock_release_at (MpLock *lock, MpSite site);
#define mp_lock_release(lock) mp_lock_release_at ((lock), MP_SITE)

  /* A value in shared memory: Python's Value. */

  typedef struct MpShared MpShared;

  /* With a lock of its own, as Python's Value has; get and set do NOT take it, and two
   * that add to it at once lose an update. A value read or written as the other type is
   * converted as C does, within its range. */
  MpShared *mp_shared_int_at (const char *name, int64_t initial, MpSite site);
  MpShared *mp_shared_float_at (const char *name, double initial, MpSite site);
#define mp_shared_int(name, initial) mp_shared_int_at ((name), (initial), MP_SITE)
#define mp_shared_float(name, initial) mp_shared_float_at ((name), (initial), MP_SITE)
  void mp_shared_free (MpShared *shared);
  int64_t mp_shared_get_int_at (MpShared *shared, MpSite site);
  void mp_shared_set_int_at (MpShared *shared, int64_t integer, MpSite site);
  double mp_shared_get_float_at (MpShared *shared, MpSite site);
  void mp_shared_set_float_at (MpShared *shared, double number, MpSite site);
#define mp_shared_get_int(shared) mp_shared_get_int_at ((shared), MP_SITE)
#define mp_shared_set_int(shared, integer)                                             \
  mp_shared_set_int_at ((shared), (integer), MP_SITE)
#define mp_shared_get_float(shared) mp_shared_get_float_at ((shared), MP_SITE)
#define mp_shared_set_float(shared, number)                                            \
  mp_shared_set_float_at ((shared), (number), MP_SITE)

  /* Borrowed; lives as long as the value. */
  MpLock *mp_shared_get_lock (MpShared *shared);

  /* Pipe. */

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

  /* Queue. */

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

  /* Pool. */

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

  /* Manager. */

  typedef struct MpManager MpManager;
  typedef struct MpListProxy MpListProxy;
  typedef struct MpDictProxy MpDictProxy;

  /* Starts a server process that keeps the objects. Every call on a proxy is a message
   * to it and a reply from it. Proxies are the manager's and go with it; any process of
   * the run may use them. What is appended or set is taken, what is got is a copy:
   * mp_clear () it. An index below 0 counts from the end. Errors of proxies: MP_EOF
   * (the server has ended), MP_INDEX, MP_KEY, MP_TOO_LARGE. Cost: two messages, and
   * wake-ups of both sides. */
  MpManager *mp_manager_new_at (const char *name, MpSite site);
#define mp_manager_new(name) mp_manager_new_at ((name), MP_SITE)

  /* Ends the server and joins it. MP_STATE: not the creator. Asking twice is allowed.
   */
  int mp_manager_shutdown_at (MpManager *manager, MpSite site);
#define mp_manager_shutdown(manager) mp_manager_shutdown_at ((manager), MP_SITE)
  void mp_manager_free (MpManager *manager);

  MpListProxy *mp_manager_list_at (MpManager *manager, const char *name, MpSite site);
#define mp_manager_list(manager, name) mp_manager_list_at ((manager), (name), MP_SITE)
  int mp_list_append_at (MpListProxy *list, MpValue item, MpSite site);
  int mp_list_get_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site);
  int mp_list_set_at (MpListProxy *list, int64_t index, MpValue item, MpSite site);
  int mp_list_pop_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site);
  int mp_list_len_at (MpListProxy *list, size_t *ret_len, MpSite site);
  int mp_list_copy_at (MpListProxy *list, MpValue *ret_list, MpSite site);
#define mp_list_append(list, item) mp_list_append_at ((list), (item), MP_SITE)
#define mp_list_get(list, index, ret) mp_list_get_at ((list), (index), (ret), MP_SITE)
#define mp_list_set(list, index, item) mp_list_set_at ((list), (index), (item), MP_SITE)
#define mp_list_pop(list, index, ret) mp_list_pop_at ((list), (index), (ret), MP_SITE)
#define mp_list_len(list, ret_len) mp_list_len_at ((list), (ret_len), MP_SITE)
#define mp_list_copy(list, ret_list) mp_list_copy_at ((list), (ret_list), MP_SITE)

  MpDictProxy *mp_manager_dict_at (MpManager *manager, const char *name, MpSite site);
#define mp_manager_dict(manager, name) mp_manager_dict_at ((manager), (name), MP_SITE)
  int
  mp_dict_proxy_set_at (MpDictProxy *dict, const char *key, MpValue item, MpSite site);
  int mp_dict_proxy_get_at (MpDictProxy *dict,
                            const char *key,
                            MpValue *ret_item,
                            MpSite site);
  int mp_dict_proxy_del_at (MpDictProxy *dict, const char *key, MpSite site);
  int mp_dict_proxy_len_at (MpDictProxy *dict, size_t *ret_len, MpSite site);
  int mp_dict_proxy_copy_at (MpDictProxy *dict, MpValue *ret_dict, MpSite site);
#define mp_dict_proxy_set(dict, key, item)                                             \
  mp_dict_proxy_set_at ((dict), (key), (item), MP_SITE)
#define mp_dict_proxy_get(dict, key, ret)                                              \
  mp_dict_proxy_get_at ((dict), (key), (ret), MP_SITE)
#define mp_dict_proxy_del(dict, key) mp_dict_proxy_del_at ((dict), (key), MP_SITE)
#define mp_dict_proxy_len(dict, ret_len)                                               \
  mp_dict_proxy_len_at ((dict), (ret_len), MP_SITE)
#define mp_dict_proxy_copy(dict, ret_dict)                                             \
  mp_dict_proxy_copy_at ((dict), (ret_dict), MP_SITE)

#ifdef __cplusplus
}
#endif
