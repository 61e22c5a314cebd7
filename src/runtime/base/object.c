/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <stdio.h>

MpGate mp_gate;

static __thread int last_error;

void *
mp_fail (int error)
{
  last_error = error;
  return NULL;
}

int
mp_errno (void)
{
  return last_error;
}

const char *
mp_strerror (int error)
{
  switch (error)
    {
    case MP_TIMEOUT:
      return "TimeoutError: the time was up before it could be done";
    case MP_EMPTY:
      return "queue.Empty: there is nothing in the queue";
    case MP_FULL:
      return "queue.Full: there is no room in the queue";
    case MP_EOF:
      return "EOFError: the other end is closed";
    case MP_CLOSED:
      return "ValueError or OSError: it is closed";
    case MP_INVALID:
      return "ValueError or OSError: not with this argument, end or state";
    case MP_STATE:
      return "AssertionError: started already, or not by this process";
    case MP_NOT_OWNER:
      return "ValueError: released, but nobody holds it";
    case MP_TOO_LARGE:
      return "BufferTooShort: too large, or no room in the shared heap";
    case MP_TYPE:
      return "TypeError: a value of another type";
    case MP_KEY:
      return "KeyError: no such key";
    case MP_INDEX:
      return "IndexError: index out of range";
    case MP_BROKEN_PIPE:
      return "BrokenPipeError or ConnectionResetError: the other end is gone";
    case MP_SYSTEM:
      return "OSError: the system refused it; errno says why";
    case MP_LOST:
      return "the worker died with the task (Python would wait forever)";
    case MP_FAILED:
      return "RemoteError: the function called there returned an error";
    default:
      return error >= 0 ? "no error" : "unknown error";
    }
}

bool
mp_emit_text (PnKind kind,
              uint32_t object,
              uint32_t peer,
              int64_t value,
              MpSite site,
              const char *text)
{
  return mp_emit_note (&(MpNote){
      .kind = kind,
      .object = object,
      .peer = peer,
      .value = value,
      .file = site.file,
      .line = site.line,
      .text = text,
      .text_bytes = SIZE_MAX,
  });
}

bool
mp_emit_failed (PnKind kind, uint32_t object, uint32_t peer, int error, MpSite site)
{
  return mp_emit_note (&(MpNote){
      .kind = kind,
      .flags = PN_FLAG_FAILED,
      .object = object,
      .peer = peer,
      .value = error,
      .file = site.file,
      .line = site.line,
  });
}

const char *
mp_object_default_name (PnObjectKind kind, char ret_name[MP_NAME_BYTES])
{
  uint32_t count = mp_heap_count_name (kind);

  if (count == 1)
    snprintf (ret_name, MP_NAME_BYTES, "%s", pn_object_kind_name (kind));
  else
    snprintf (ret_name, MP_NAME_BYTES, "%s-%u", pn_object_kind_name (kind), count);
  return ret_name;
}

uint32_t
mp_object_new (PnObjectKind kind, const char *name, int64_t detail, MpSite site)
{
  char made[MP_NAME_BYTES];
  uint32_t id;

  if (!mp_is_observed ())
    return 0;
  if (name == NULL)
    name = mp_object_default_name (kind, made);
  id = mp_object_number ();
  mp_emit_text (PN_KIND_NAME, id, kind, detail, site, name);
  return id;
}
