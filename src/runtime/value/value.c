/* SPDX-License-Identifier: MIT */
#include "value-private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
clear_entries (struct MpData *data)
{
  for (size_t i = 0; i < data->n; i++)
    {
      free (data->entries[i].key);
      mp_clear (&data->entries[i].item);
    }
  free (data->entries);
  free (data->index);
}

static void
clear_items (struct MpData *data)
{
  for (size_t i = 0; i < data->n; i++)
    mp_clear (&data->items[i]);
  free (data->items);
}

static MpValue
copy_list (MpValue list)
{
  MpValue copy = mp_list ();

  for (size_t i = 0; i < mp_value_count (list); i++)
    if (mp_append (&copy, mp_copy (list.data->items[i])) != 0)
      {
        mp_clear (&copy);
        return mp_none ();
      }
  return copy;
}

static MpValue
copy_dict (MpValue dict)
{
  MpValue copy = mp_dict ();

  for (size_t i = 0; i < mp_value_count (dict); i++)
    {
      const MpEntry *entry = &dict.data->entries[i];

      if (mp_dict_set (&copy, entry->key, mp_copy (entry->item)) != 0)
        {
          mp_clear (&copy);
          return mp_none ();
        }
    }
  return copy;
}

static bool
is_number (MpValue value)
{
  return value.type == MP_BOOL || value.type == MP_INT || value.type == MP_FLOAT;
}

/* Exact, as in Python: 2**53 + 1 is not 2.0**53. */
static bool
int_equals_float (int64_t integer, double number)
{
  return number >= -0x1p63 && number < 0x1p63 && (double)(int64_t)number == number
         && (int64_t)number == integer;
}

static bool
numbers_equal (MpValue a, MpValue b)
{
  if (a.type == MP_FLOAT && b.type == MP_FLOAT)
    return a.number == b.number;
  if (a.type == MP_FLOAT)
    return int_equals_float (mp_as_int (b), a.number);
  if (b.type == MP_FLOAT)
    return int_equals_float (mp_as_int (a), b.number);
  return mp_as_int (a) == mp_as_int (b);
}

static bool
lists_equal (MpValue a, MpValue b)
{
  for (size_t i = 0; i < mp_value_count (a); i++)
    if (!mp_equal (a.data->items[i], b.data->items[i]))
      return false;
  return true;
}

static bool
dicts_equal (MpValue a, MpValue b)
{
  for (size_t i = 0; i < mp_value_count (a); i++)
    {
      size_t other = mp_dict_find (b, a.data->entries[i].key);

      if (other == (size_t)-1
          || !mp_equal (a.data->entries[i].item, b.data->entries[other].item))
        return false;
    }
  return true;
}

static size_t
text_characters (MpValue text)
{
  size_t n = mp_value_count (text);
  size_t characters = 0;

  for (size_t at = 0; at < n; characters++)
    {
      uint32_t character;
      size_t bytes = mp_utf8_decode (text.data->bytes + at, n - at, &character);

      at += bytes > 0 ? bytes : 1;
    }
  return characters;
}

static MpValue
value_from_bytes (MpType type, const void *bytes, size_t n)
{
  MpValue value = { .type = type, .data = NULL };

  if (n == 0)
    return value;
  value.data = mp_data_new_bytes (n);
  if (value.data == NULL)
    return mp_none ();
  memcpy (value.data->bytes, bytes, n);
  return value;
}

struct MpData *
mp_data_new_bytes (size_t n)
{
  struct MpData *data;

  if (n > SIZE_MAX / 2)
    return NULL;
  data = malloc (sizeof *data + n + 1);
  if (data == NULL)
    return NULL;
  memset (data, 0, sizeof *data);
  data->n = n;
  data->bytes[n] = '\0';
  return data;
}

int
mp_data_reserve (struct MpData **data, size_t item_bytes)
{
  struct MpData *grown = *data;
  size_t room;
  void *items;

  if (grown == NULL)
    {
      grown = calloc (1, sizeof *grown);
      if (grown == NULL)
        return MP_TOO_LARGE;
      grown->depth = 1;
      *data = grown;
    }
  if (grown->n < grown->room)
    return 0;
  room = grown->room > 0 ? grown->room * 2 : 4;
  items = reallocarray (grown->items, room, item_bytes);
  if (items == NULL)
    return MP_TOO_LARGE;
  grown->items = items;
  grown->room = room;
  return 0;
}

MpValue
mp_list_take (MpValue *list, size_t index)
{
  struct MpData *data = list->data;
  MpValue item = data->items[index];

  data->n--;
  memmove (&data->items[index],
           &data->items[index + 1],
           (data->n - index) * sizeof *data->items);
  return item;
}

int
mp_list_replace (MpValue *list, size_t index, MpValue item)
{
  uint32_t depth = mp_value_depth (item) + 1;
  int error = 0;

  if (list->type != MP_LIST)
    error = MP_TYPE;
  else if (index >= mp_value_count (*list))
    error = MP_INDEX;
  else if (depth > MP_VALUE_DEPTH_MAX)
    error = MP_TOO_LARGE;
  if (error != 0)
    {
      mp_clear (&item);
      return error;
    }
  mp_clear (&list->data->items[index]);
  list->data->items[index] = item;
  if (list->data->depth < depth)
    list->data->depth = depth;
  return 0;
}

MpValue
mp_none (void)
{
  return (MpValue){ .type = MP_NONE };
}

MpValue
mp_bool (bool boolean)
{
  return (MpValue){ .type = MP_BOOL, .boolean = boolean };
}

MpValue
mp_int (int64_t integer)
{
  return (MpValue){ .type = MP_INT, .integer = integer };
}

MpValue
mp_float (double number)
{
  return (MpValue){ .type = MP_FLOAT, .number = number };
}

MpValue
mp_text (const char *utf8)
{
  return value_from_bytes (MP_TEXT, utf8, utf8 != NULL ? strlen (utf8) : 0);
}

MpValue
mp_format (const char *format, ...)
{
  MpValue text = mp_text (NULL);
  va_list args;
  int n;

  va_start (args, format);
  n = vsnprintf (NULL, 0, format, args);
  va_end (args);
  if (n <= 0)
    return text;
  text.data = mp_data_new_bytes ((size_t)n);
  if (text.data == NULL)
    return mp_none ();
  va_start (args, format);
  vsnprintf (text.data->bytes, (size_t)n + 1, format, args);
  va_end (args);
  /* %c with 0 writes a NUL; a text ends at its first. */
  text.data->n = strlen (text.data->bytes);
  return text;
}

MpValue
mp_bytes (const void *bytes, size_t n)
{
  return value_from_bytes (MP_BYTES, bytes, n);
}

MpValue
mp_list (void)
{
  return (MpValue){ .type = MP_LIST, .data = NULL };
}

MpValue
mp_dict (void)
{
  return (MpValue){ .type = MP_DICT, .data = NULL };
}

MpValue
mp_copy (MpValue value)
{
  switch (value.type)
    {
    case MP_TEXT:
    case MP_BYTES:
      if (value.data == NULL)
        return value;
      return value_from_bytes (value.type, value.data->bytes, value.data->n);
    case MP_LIST:
      return copy_list (value);
    case MP_DICT:
      return copy_dict (value);
    default:
      return value;
    }
}

void
mp_clear (MpValue *value)
{
  bool owns = value->type >= MP_TEXT && value->data != NULL;

  if (owns && value->type == MP_LIST)
    clear_items (value->data);
  if (owns && value->type == MP_DICT)
    clear_entries (value->data);
  if (owns)
    free (value->data);
  *value = mp_none ();
}

bool
mp_equal (MpValue a, MpValue b)
{
  size_t n;

  if (is_number (a) && is_number (b))
    return numbers_equal (a, b);
  if (a.type != b.type)
    return false;
  if (a.type == MP_NONE || a.data == b.data)
    return true;
  n = mp_value_count (a);
  if (n != mp_value_count (b))
    return false;
  if (a.type == MP_LIST)
    return lists_equal (a, b);
  if (a.type == MP_DICT)
    return dicts_equal (a, b);
  return n == 0 || memcmp (a.data->bytes, b.data->bytes, n) == 0;
}

int64_t
mp_as_int (MpValue value)
{
  if (value.type == MP_BOOL)
    return value.boolean;
  return value.type == MP_INT ? value.integer : 0;
}

double
mp_as_float (MpValue value)
{
  return value.type == MP_FLOAT ? value.number : (double)mp_as_int (value);
}

const char *
mp_as_text (MpValue value)
{
  return value.type == MP_TEXT && value.data != NULL ? value.data->bytes : "";
}

const void *
mp_as_bytes (MpValue value, size_t *ret_n)
{
  bool is_bytes = value.type == MP_BYTES && value.data != NULL;

  if (ret_n != NULL)
    *ret_n = is_bytes ? value.data->n : 0;
  return is_bytes ? value.data->bytes : "";
}

size_t
mp_len (MpValue value)
{
  if (value.type == MP_TEXT)
    return text_characters (value);
  return value.type >= MP_BYTES ? mp_value_count (value) : 0;
}

int
mp_append (MpValue *list, MpValue item)
{
  uint32_t depth = mp_value_depth (item) + 1;
  int error = MP_TYPE;

  if (list->type == MP_LIST)
    error = depth > MP_VALUE_DEPTH_MAX
                ? MP_TOO_LARGE
                : mp_data_reserve (&list->data, sizeof (MpValue));
  if (error != 0)
    {
      mp_clear (&item);
      return error;
    }
  list->data->items[list->data->n++] = item;
  if (list->data->depth < depth)
    list->data->depth = depth;
  return 0;
}

MpValue
mp_at (MpValue list, size_t index)
{
  if (list.type != MP_LIST || index >= mp_value_count (list))
    return mp_none ();
  return list.data->items[index];
}
