/* SPDX-License-Identifier: MIT */
#include "manager-private.h"

#include <stdio.h>
#include <string.h>

static const struct
{
  const char *name;
  MpType type;
  size_t n_args;
  bool has_result;
} calls[] = {
#define X(symbol, name, type, n_args, has_result)                                      \
  [CALL_##symbol] = { name, type, n_args, has_result },
  MANAGER_CALLS (X)
#undef X
};

/* Moves argument `index` out. */
static MpValue
take_arg (MpValue *args, size_t index)
{
  MpValue arg = mp_at (*args, index);

  if (index < mp_len (*args))
    args->data->items[index] = mp_none ();
  return arg;
}

/* As Python counts: from the end, if below 0. */
static int
find_index (MpValue list, MpValue index, size_t *ret_index)
{
  int64_t n = (int64_t)mp_len (list);
  int64_t at = mp_as_int (index);

  if (index.type != MP_INT)
    return MP_TYPE;
  if (at < 0)
    at += n;
  if (at < 0 || at >= n)
    return MP_INDEX;
  *ret_index = (size_t)at;
  return MP_OK;
}

static int
call_list (ManagerObject *object, ManagerCall call, MpValue *args, MpValue *ret_result)
{
  MpValue *list = &object->value;
  size_t at = 0;
  int error = MP_OK;

  if (call == CALL_GET || call == CALL_SET || call == CALL_POP)
    error = find_index (*list, mp_at (*args, 0), &at);
  if (error != MP_OK)
    return error;
  switch (call)
    {
    case CALL_APPEND:
      return mp_append (list, take_arg (args, 0));
    case CALL_GET:
      *ret_result = mp_copy (mp_at (*list, at));
      return MP_OK;
    case CALL_SET:
      return mp_list_replace (list, at, take_arg (args, 1));
    case CALL_POP:
      *ret_result = mp_list_take (list, at);
      return MP_OK;
    case CALL_LEN:
      *ret_result = mp_int ((int64_t)mp_len (*list));
      return MP_OK;
    default:
      *ret_result = mp_copy (*list);
      return MP_OK;
    }
}

static int
call_dict (ManagerObject *object, ManagerCall call, MpValue *args, MpValue *ret_result)
{
  MpValue *dict = &object->value;
  const char *key = mp_as_text (mp_at (*args, 0));

  if (call != CALL_DICT_LEN && call != CALL_DICT_COPY
      && mp_at (*args, 0).type != MP_TEXT)
    return MP_TYPE;
  switch (call)
    {
    case CALL_DICT_GET:
      if (mp_dict_find (*dict, key) == (size_t)-1)
        return MP_KEY;
      *ret_result = mp_copy (mp_dict_get (*dict, key));
      return MP_OK;
    case CALL_DICT_SET:
      return mp_dict_set (dict, key, take_arg (args, 1));
    case CALL_DICT_DEL:
      return mp_dict_remove (dict, key);
    case CALL_DICT_LEN:
      *ret_result = mp_int ((int64_t)mp_len (*dict));
      return MP_OK;
    default:
      *ret_result = mp_copy (*dict);
      return MP_OK;
    }
}

static bool
is_change (ManagerCall call)
{
  return call == CALL_APPEND || call == CALL_SET || call == CALL_POP
         || call == CALL_DICT_SET || call == CALL_DICT_DEL;
}

int
manager_object_call (ManagerObject *object,
                     ManagerCall call,
                     MpValue *args,
                     MpValue *ret_result,
                     bool *ret_changed)
{
  int error = object->value.type == MP_LIST
                  ? call_list (object, call, args, ret_result)
                  : call_dict (object, call, args, ret_result);

  *ret_changed = error == MP_OK && is_change (call);
  return error;
}

MpType
manager_call_type (ManagerCall call)
{
  return calls[call].type;
}

size_t
manager_call_n_args (ManagerCall call)
{
  return calls[call].n_args;
}

bool
manager_call_has_result (ManagerCall call)
{
  return calls[call].has_result;
}

/* The arguments share what the name, at most 8 bytes, leaves. */
const char *
manager_call_text (ManagerCall call, MpValue args, char ret_text[MANAGER_TEXT_BYTES])
{
  /* That of list () and dict () is a number for events. */
  size_t n_args = calls[call].type != MP_NONE ? mp_len (args) : 0;
  size_t room = (MANAGER_TEXT_BYTES - 20) / (n_args > 0 ? n_args : 1);
  char *at = ret_text + sprintf (ret_text, "%s (", calls[call].name);

  for (size_t i = 0; i < n_args; i++)
    {
      if (i > 0)
        at += sprintf (at, ", ");
      at += strlen (mp_repr (mp_at (args, i), at, room));
    }
  strcpy (at, ")");
  return ret_text;
}
