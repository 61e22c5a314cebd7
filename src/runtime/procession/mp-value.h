/* SPDX-License-Identifier: MIT */
#pragma once

/* Values: what travels through pipes, queues, pools and managers. */

#include <procession/mp-error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

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

#ifdef __cplusplus
}
#endif
