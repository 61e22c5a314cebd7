/* SPDX-License-Identifier: MIT */
#include "lock-private.h"

#include <stdio.h>
#include <string.h>

/* Stages of the lock's name: it becomes an object, with a lane, when first asked for.
 */
enum
{
  UNNAMED,
  BEING_NAMED,
  NAMED
};

/* A namer that was killed in the act makes the others wait this long, once each. */
#define NAMING_NS 10000000

struct MpShared
{
  _Atomic uint64_t bits;
  bool is_float;
  uint32_t id;
  _Atomic uint32_t lock_stage; /* a futex */
  MpLock lock;
  char lock_name[MP_NAME_BYTES];
};

static int64_t
int_of (uint64_t bits)
{
  return (int64_t)bits;
}

static double
float_of (uint64_t bits)
{
  double number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

static uint64_t
bits_of (double number)
{
  uint64_t bits;

  memcpy (&bits, &number, sizeof bits);
  return bits;
}

/* Python converts: an int in a double field, the whole part of a float in an int. */
static int64_t
whole_part (double number)
{
  if (isnan (number))
    return 0;
  if (number >= 0x1p63)
    return INT64_MAX;
  if (number <= -0x1p63)
    return INT64_MIN;
  return (int64_t)number;
}

static void
emit_value (PnKind kind, MpShared *shared, uint64_t bits, MpSite site)
{
  MpNote note = {
    .kind = kind,
    .object = shared->id,
    .file = site.file,
    .line = site.line,
  };
  char text[32];

  if (shared->is_float)
    note.text_bytes = mp_double_text (float_of (bits), text);
  else
    {
      note.text_bytes
          = (size_t)snprintf (text, sizeof text, "%lld", (long long)int_of (bits));
      note.value = int_of (bits);
      note.flags = PN_FLAG_INTEGER;
    }
  note.text = text;
  mp_emit_note (&note);
}

static MpShared *
make (const char *name, bool is_float, uint64_t bits, MpSite site)
{
  MpShared *shared = mp_heap_alloc0 (sizeof *shared);
  char made[MP_NAME_BYTES];

  if (shared == NULL)
    return NULL;
  shared->is_float = is_float;
  atomic_store (&shared->bits, bits);
  mp_lock_init (&shared->lock, 0);
  if (!mp_is_observed ())
    return shared;
  if (name == NULL)
    name = mp_object_default_name (PN_OBJECT_VALUE, made);
  shared->id = mp_object_new (PN_OBJECT_VALUE, name, 0, site);
  snprintf (shared->lock_name,
            sizeof shared->lock_name,
            "%.*s.lock",
            (int)pn_text_cut (name, strlen (name), MP_NAME_BYTES - sizeof ".lock"),
            name);
  emit_value (PN_KIND_VALUE_WRITE, shared, bits, site);
  return shared;
}

static uint64_t
get (MpShared *shared, MpSite site)
{
  uint64_t bits;

  mp_point (PN_KIND_VALUE_READ, shared->id);
  bits = atomic_load_explicit (&shared->bits, memory_order_acquire);
  if (mp_is_observed ())
    emit_value (PN_KIND_VALUE_READ, shared, bits, site);
  return bits;
}

/* The event comes first: whoever reads the new value can only do so after it. */
static void
set (MpShared *shared, uint64_t bits, MpSite site)
{
  mp_point (PN_KIND_VALUE_WRITE, shared->id);
  if (mp_is_observed ())
    emit_value (PN_KIND_VALUE_WRITE, shared, bits, site);
  atomic_store_explicit (&shared->bits, bits, memory_order_release);
}

MpShared *
mp_shared_int_at (const char *name, int64_t initial, MpSite site)
{
  return make (name, false, (uint64_t)initial, site);
}

MpShared *
mp_shared_float_at (const char *name, double initial, MpSite site)
{
  return make (name, true, bits_of (initial), site);
}

void
mp_shared_free (MpShared *shared)
{
  mp_heap_free (shared);
}

int64_t
mp_shared_get_int_at (MpShared *shared, MpSite site)
{
  uint64_t bits = get (shared, site);

  return shared->is_float ? whole_part (float_of (bits)) : int_of (bits);
}

void
mp_shared_set_int_at (MpShared *shared, int64_t integer, MpSite site)
{
  set (shared, shared->is_float ? bits_of ((double)integer) : (uint64_t)integer, site);
}

double
mp_shared_get_float_at (MpShared *shared, MpSite site)
{
  uint64_t bits = get (shared, site);

  return shared->is_float ? float_of (bits) : (double)int_of (bits);
}

void
mp_shared_set_float_at (MpShared *shared, double number, MpSite site)
{
  set (shared,
       shared->is_float ? bits_of (number) : (uint64_t)whole_part (number),
       site);
}

MpLock *
mp_shared_get_lock (MpShared *shared)
{
  uint32_t stage = UNNAMED;

  if (!mp_is_observed ())
    return &shared->lock;
  if (atomic_compare_exchange_strong (&shared->lock_stage, &stage, BEING_NAMED))
    {
      shared->lock.id
          = mp_object_new (PN_OBJECT_LOCK, shared->lock_name, 0, MP_SITE_NONE);
      atomic_store (&shared->lock_stage, NAMED);
      mp_futex_wake (&shared->lock_stage, INT_MAX);
    }
  else if (stage == BEING_NAMED)
    mp_futex_wait (&shared->lock_stage, BEING_NAMED, mp_now_ns () + NAMING_NS);
  return &shared->lock;
}
