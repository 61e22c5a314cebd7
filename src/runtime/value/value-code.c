/* SPDX-License-Identifier: MIT */
#include "value-private.h"

#include <stdlib.h>
#include <string.h>

enum
{
  TAG_NONE,
  TAG_FALSE,
  TAG_TRUE,
  TAG_INT,
  TAG_FLOAT,
  TAG_TEXT,
  TAG_BYTES,
  TAG_LIST,
  TAG_DICT
};

/* `at` and `end` bound what has not been read yet. */
typedef struct
{
  const volatile unsigned char *at;
  const volatile unsigned char *end;
} Reader;

static size_t
uint_bytes (uint64_t number)
{
  size_t n = 1;

  for (; number >= 0x80; number >>= 7)
    n++;
  return n;
}

static unsigned char *
write_uint (uint64_t number, unsigned char *out)
{
  for (; number >= 0x80; number >>= 7)
    *out++ = (unsigned char)(number | 0x80);
  *out++ = (unsigned char)number;
  return out;
}

static uint64_t
zigzag (int64_t integer)
{
  return (uint64_t)integer << 1 ^ (integer < 0 ? UINT64_MAX : 0);
}

static unsigned char *
write_bytes (const void *bytes, size_t n, unsigned char *out)
{
  out = write_uint (n, out);
  if (n > 0)
    memcpy (out, bytes, n);
  return out + n;
}

static size_t
left (const Reader *reader)
{
  return (size_t)(reader->end - reader->at);
}

static bool
read_byte (Reader *reader, unsigned char *ret_byte)
{
  if (reader->at == reader->end)
    return false;
  *ret_byte = *reader->at++;
  return true;
}

static bool
read_uint (Reader *reader, uint64_t *ret_number)
{
  uint64_t number = 0;
  unsigned char byte;

  for (unsigned shift = 0;; shift += 7)
    {
      if (!read_byte (reader, &byte))
        return false;
      if (shift == 63 && byte > 1)
        return false;
      number |= (uint64_t)(byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *ret_number = number;
          return byte != 0 || shift == 0;
        }
    }
}

/* Each of what is counted takes one byte at least. */
static bool
read_count (Reader *reader, size_t *ret_count)
{
  uint64_t count;

  if (!read_uint (reader, &count) || count > left (reader))
    return false;
  *ret_count = (size_t)count;
  return true;
}

static void
read_into (Reader *reader, void *ret_bytes, size_t n)
{
  memcpy (ret_bytes, (const void *)reader->at, n);
  reader->at += n;
}

static int
read_int (Reader *reader, MpValue *ret_value)
{
  uint64_t number;

  if (!read_uint (reader, &number))
    return MP_INVALID;
  *ret_value = mp_int ((int64_t)(number >> 1 ^ -(number & 1)));
  return 0;
}

static int
read_float (Reader *reader, MpValue *ret_value)
{
  double number;

  if (left (reader) < sizeof number)
    return MP_INVALID;
  read_into (reader, &number, sizeof number);
  *ret_value = mp_float (number);
  return 0;
}

static int
read_text (Reader *reader, MpType type, MpValue *ret_value)
{
  MpValue value = { .type = type, .data = NULL };
  size_t n;

  if (!read_count (reader, &n))
    return MP_INVALID;
  if (n > 0)
    {
      value.data = mp_data_new_bytes (n);
      if (value.data == NULL)
        return MP_TOO_LARGE;
      read_into (reader, value.data->bytes, n);
      if (type == MP_TEXT && memchr (value.data->bytes, 0, n) != NULL)
        {
          free (value.data);
          return MP_INVALID;
        }
    }
  *ret_value = value;
  return 0;
}

static int
read_key (Reader *reader, char **ret_key)
{
  size_t n;
  char *key;

  if (!read_count (reader, &n))
    return MP_INVALID;
  key = malloc (n + 1);
  if (key == NULL)
    return MP_TOO_LARGE;
  read_into (reader, key, n);
  key[n] = '\0';
  if (strlen (key) != n)
    {
      free (key);
      return MP_INVALID;
    }
  *ret_key = key;
  return 0;
}

static int read_value (Reader *reader, unsigned depth, MpValue *ret_value);

static int
read_item (Reader *reader, unsigned depth, MpValue *list)
{
  MpValue item;
  int error = read_value (reader, depth, &item);

  return error != 0 ? error : mp_append (list, item);
}

static int
read_entry (Reader *reader, unsigned depth, MpValue *dict)
{
  MpValue item;
  char *key;
  int error = read_key (reader, &key);

  if (error != 0)
    return error;
  error = mp_dict_find (*dict, key) == (size_t)-1 ? read_value (reader, depth, &item)
                                                  : MP_INVALID;
  if (error != 0)
    {
      free (key);
      return error;
    }
  return mp_dict_add (dict, key, item);
}

static int
read_container (Reader *reader, unsigned depth, MpType type, MpValue *ret_value)
{
  MpValue value = { .type = type, .data = NULL };
  size_t n;
  int error = 0;

  if (depth >= MP_VALUE_DEPTH_MAX || !read_count (reader, &n))
    return MP_INVALID;
  for (size_t i = 0; i < n && error == 0; i++)
    error = type == MP_LIST ? read_item (reader, depth + 1, &value)
                            : read_entry (reader, depth + 1, &value);
  if (error != 0)
    mp_clear (&value);
  else
    *ret_value = value;
  return error;
}

static int
read_value (Reader *reader, unsigned depth, MpValue *ret_value)
{
  unsigned char tag;

  if (!read_byte (reader, &tag))
    return MP_INVALID;
  switch (tag)
    {
    case TAG_NONE:
      *ret_value = mp_none ();
      return 0;
    case TAG_FALSE:
    case TAG_TRUE:
      *ret_value = mp_bool (tag == TAG_TRUE);
      return 0;
    case TAG_INT:
      return read_int (reader, ret_value);
    case TAG_FLOAT:
      return read_float (reader, ret_value);
    case TAG_TEXT:
      return read_text (reader, MP_TEXT, ret_value);
    case TAG_BYTES:
      return read_text (reader, MP_BYTES, ret_value);
    case TAG_LIST:
      return read_container (reader, depth, MP_LIST, ret_value);
    case TAG_DICT:
      return read_container (reader, depth, MP_DICT, ret_value);
    default:
      return MP_INVALID;
    }
}

size_t
mp_value_encoded_bytes (MpValue value)
{
  size_t count = value.type >= MP_TEXT ? mp_value_count (value) : 0;
  size_t bytes = 1;

  switch (value.type)
    {
    case MP_INT:
      return bytes + uint_bytes (zigzag (value.integer));
    case MP_FLOAT:
      return bytes + sizeof value.number;
    case MP_TEXT:
    case MP_BYTES:
      return bytes + uint_bytes (count) + count;
    case MP_LIST:
      bytes += uint_bytes (count);
      for (size_t i = 0; i < count; i++)
        bytes += mp_value_encoded_bytes (value.data->items[i]);
      return bytes;
    case MP_DICT:
      bytes += uint_bytes (count);
      for (size_t i = 0; i < count; i++)
        {
          size_t key_bytes = strlen (value.data->entries[i].key);

          bytes += uint_bytes (key_bytes) + key_bytes;
          bytes += mp_value_encoded_bytes (value.data->entries[i].item);
        }
      return bytes;
    default:
      return bytes;
    }
}

unsigned char *
mp_value_encode (MpValue value, unsigned char *ret_bytes)
{
  size_t count = value.type >= MP_TEXT ? mp_value_count (value) : 0;
  unsigned char *out = ret_bytes + 1;

  switch (value.type)
    {
    case MP_NONE:
      *ret_bytes = TAG_NONE;
      return out;
    case MP_BOOL:
      *ret_bytes = value.boolean ? TAG_TRUE : TAG_FALSE;
      return out;
    case MP_INT:
      *ret_bytes = TAG_INT;
      return write_uint (zigzag (value.integer), out);
    case MP_FLOAT:
      *ret_bytes = TAG_FLOAT;
      memcpy (out, &value.number, sizeof value.number);
      return out + sizeof value.number;
    case MP_TEXT:
    case MP_BYTES:
      *ret_bytes = value.type == MP_TEXT ? TAG_TEXT : TAG_BYTES;
      return write_bytes (count > 0 ? value.data->bytes : NULL, count, out);
    case MP_LIST:
      *ret_bytes = TAG_LIST;
      out = write_uint (count, out);
      for (size_t i = 0; i < count; i++)
        out = mp_value_encode (value.data->items[i], out);
      return out;
    case MP_DICT:
      *ret_bytes = TAG_DICT;
      out = write_uint (count, out);
      for (size_t i = 0; i < count; i++)
        {
          const MpEntry *entry = &value.data->entries[i];

          out = write_bytes (entry->key, strlen (entry->key), out);
          out = mp_value_encode (entry->item, out);
        }
      return out;
    }
  return ret_bytes;
}

int
mp_value_decode (const void *tainted, size_t bytes, MpValue *ret_value)
{
  Reader reader = { .at = tainted, .end = (const unsigned char *)tainted + bytes };
  MpValue value;
  int error = read_value (&reader, 0, &value);

  if (error == 0 && left (&reader) > 0)
    {
      mp_clear (&value);
      error = MP_INVALID;
    }
  if (error == 0)
    *ret_value = value;
  return error;
}
