/* SPDX-License-Identifier: MIT */
#pragma once

/* The inside of MpValue, for value*.c, and its form on the way between processes, for
 * the objects that carry values. */

#include "procession/mp.h"

/* Lists and dicts may stand this deep in each other. Deeper ones can't be made, sent or
 * received, so that code that walks a value may recurse. */
#define MP_VALUE_DEPTH_MAX 64

typedef struct
{
  char *key; /* owned, ends with a NUL */
  uint32_t hash;
  MpValue item;
} MpEntry;

/* What a text, bytes, list or dict owns. NULL stands for an empty one. */
struct MpData
{
  size_t n;            /* bytes (without the NUL), items or entries */
  size_t room;         /* items or entries that `items` has room for */
  uint32_t depth;      /* list, dict: 1 + that of the deepest item */
  uint32_t index_room; /* a power of two, or 0: few entries, no index */
  uint32_t *index;     /* dict: entry number + 1 at its hash, linear probing; 0: free */
  union
  {
    MpValue *items;   /* list */
    MpEntry *entries; /* dict, in the order of insertion */
  };
  char bytes[]; /* text, bytes; a NUL follows */
};

static inline size_t
mp_value_count (MpValue value)
{
  return value.data != NULL ? value.data->n : 0;
}

static inline uint32_t
mp_value_depth (MpValue value)
{
  if (value.type != MP_LIST && value.type != MP_DICT)
    return 0;
  return value.data != NULL ? value.data->depth : 1;
}

/* Room for `n` bytes and a NUL. NULL: no memory. */
struct MpData *mp_data_new_bytes (size_t n);

/* Makes room for one item more in a list or dict, and the list or dict if there is none
 * yet. MP_TOO_LARGE: no memory. Cost: O(1) on average. */
int mp_data_reserve (struct MpData **data, size_t item_bytes);

/* The entry's number, or (size_t)-1. */
size_t mp_dict_find (MpValue dict, const char *key);

/* Takes `key`, which must not be in `dict` yet, and `item`, also on failure. */
int mp_dict_add (MpValue *dict, char *key, MpValue item);

/* MP_KEY. Cost: O(entries). */
int mp_dict_remove (MpValue *dict, const char *key);

/* Removes item `index`, which must be there. */
MpValue mp_list_take (MpValue *list, size_t index);

/* Takes `item`, also on failure. MP_INDEX. */
int mp_list_replace (MpValue *list, size_t index, MpValue item);

/* The length of the UTF-8 character at `text`, which has `n` bytes (n > 0);
 * 0 if they are none: overlong, a surrogate, cut off. */
size_t mp_utf8_decode (const char *text, size_t n, uint32_t *ret_char);

/* As Python's str.isprintable () says it of one character. */
bool mp_char_is_printable (uint32_t character);

/* The form in which a value travels: a tag byte, then
 *   int                zigzag LEB128         float  8 bytes
 *   text, bytes        length, bytes         list   count, items
 *   dict               count, then key length, key, item for each
 * Lengths and counts are LEB128, none longer than it need be. */
size_t mp_value_encoded_bytes (MpValue value);

/* `ret_bytes` has room for mp_value_encoded_bytes (). Returns the end. */
unsigned char *mp_value_encode (MpValue value, unsigned char *ret_bytes);

/* Reads one value that is exactly `bytes` long. `tainted` may hold anything, and may be
 * shared memory that changes meanwhile: no byte is read twice. MP_INVALID if it is no
 * value, MP_TOO_LARGE if there is no memory; `ret_value` is left alone then.
 * Cost: O(bytes), in memory some 60 bytes a byte at most. */
int mp_value_decode (const void *tainted, size_t bytes, MpValue *ret_value);
