/* SPDX-License-Identifier: MIT */
#include "value-private.h"

#include <stdlib.h>
#include <string.h>

/* Below this many entries looking at each is as fast as an index. */
#define INDEX_FROM 8

/* FNV-1a. */
static uint32_t
hash_key (const char *key)
{
  uint32_t hash = 2166136261u;

  for (; *key != '\0'; key++)
    hash = (hash ^ (unsigned char)*key) * 16777619u;
  return hash;
}

static void
index_insert (struct MpData *data, size_t entry)
{
  uint32_t mask = data->index_room - 1;
  uint32_t at = data->entries[entry].hash & mask;

  while (data->index[at] != 0)
    at = (at + 1) & mask;
  data->index[at] = (uint32_t)entry + 1;
}

/* Half full at most. */
static int
index_rebuild (struct MpData *data, size_t entries)
{
  size_t room = 4 * INDEX_FROM;
  uint32_t *index;

  while (room < 2 * entries)
    room *= 2;
  if (room > UINT32_MAX / 2)
    return MP_TOO_LARGE;
  index = calloc (room, sizeof *index);
  if (index == NULL)
    return MP_TOO_LARGE;
  free (data->index);
  data->index = index;
  data->index_room = (uint32_t)room;
  for (size_t i = 0; i < data->n; i++)
    index_insert (data, i);
  return 0;
}

static int
dict_reserve (MpValue *dict)
{
  int error = mp_data_reserve (&dict->data, sizeof (MpEntry));
  const struct MpData *data = dict->data;

  if (error == 0 && data->n >= INDEX_FROM && 2 * (data->n + 1) > data->index_room)
    error = index_rebuild (dict->data, 2 * (data->n + 1));
  return error;
}

size_t
mp_dict_find (MpValue dict, const char *key)
{
  const struct MpData *data = dict.data;
  uint32_t hash;

  if (dict.type != MP_DICT || data == NULL)
    return (size_t)-1;
  hash = hash_key (key);
  if (data->index_room == 0)
    {
      for (size_t i = 0; i < data->n; i++)
        if (data->entries[i].hash == hash && strcmp (data->entries[i].key, key) == 0)
          return i;
      return (size_t)-1;
    }
  for (uint32_t at = hash;; at++)
    {
      uint32_t entry = data->index[at & (data->index_room - 1)];

      if (entry == 0)
        return (size_t)-1;
      if (data->entries[entry - 1].hash == hash
          && strcmp (data->entries[entry - 1].key, key) == 0)
        return entry - 1;
    }
}

int
mp_dict_add (MpValue *dict, char *key, MpValue item)
{
  uint32_t depth = mp_value_depth (item) + 1;
  int error = depth > MP_VALUE_DEPTH_MAX ? MP_TOO_LARGE : dict_reserve (dict);
  struct MpData *data = dict->data;

  if (error != 0)
    {
      free (key);
      mp_clear (&item);
      return error;
    }
  data->entries[data->n]
      = (MpEntry){ .key = key, .hash = hash_key (key), .item = item };
  if (data->index_room > 0)
    index_insert (data, data->n);
  data->n++;
  if (data->depth < depth)
    data->depth = depth;
  return 0;
}

int
mp_dict_remove (MpValue *dict, const char *key)
{
  size_t entry = mp_dict_find (*dict, key);
  struct MpData *data = dict->data;

  if (entry == (size_t)-1)
    return MP_KEY;
  free (data->entries[entry].key);
  mp_clear (&data->entries[entry].item);
  data->n--;
  memmove (&data->entries[entry],
           &data->entries[entry + 1],
           (data->n - entry) * sizeof *data->entries);
  if (data->index_room > 0)
    {
      memset (data->index, 0, data->index_room * sizeof *data->index);
      for (size_t i = 0; i < data->n; i++)
        index_insert (data, i);
    }
  return 0;
}

int
mp_dict_set (MpValue *dict, const char *key, MpValue item)
{
  size_t entry = mp_dict_find (*dict, key);
  uint32_t depth = mp_value_depth (item) + 1;
  char *own_key;
  int error = 0;

  if (dict->type != MP_DICT)
    error = MP_TYPE;
  else if (depth > MP_VALUE_DEPTH_MAX)
    error = MP_TOO_LARGE;
  if (error == 0 && entry == (size_t)-1)
    {
      own_key = strdup (key);
      if (own_key != NULL)
        return mp_dict_add (dict, own_key, item);
      error = MP_TOO_LARGE;
    }
  if (error != 0)
    {
      mp_clear (&item);
      return error;
    }
  mp_clear (&dict->data->entries[entry].item);
  dict->data->entries[entry].item = item;
  if (dict->data->depth < depth)
    dict->data->depth = depth;
  return 0;
}

MpValue
mp_dict_get (MpValue dict, const char *key)
{
  size_t entry = mp_dict_find (dict, key);

  return entry != (size_t)-1 ? dict.data->entries[entry].item : mp_none ();
}

const char *
mp_dict_key (MpValue dict, size_t index)
{
  if (dict.type != MP_DICT || index >= mp_value_count (dict))
    return NULL;
  return dict.data->entries[index].key;
}
