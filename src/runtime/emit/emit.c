/* SPDX-License-Identifier: MIT */
#include "emit-private.h"
#include "mp-private.h"

#include <string.h>

#define QUARTER (PN_RING_BLOCKS / 4)
#define STALL_NS 10000000
#define N_FILES 256

/* In held_at: the place in the slot's list, and above it 1 + the slot. */
#define PLACE_BITS 4
#define PLACE_MASK ((1u << PLACE_BITS) - 1)

_Static_assert(PN_HELD_MAX <= 1 << PLACE_BITS, "a place fits");

/* Source files by the address of their name. An entry is good once `file` stands there;
 * two threads that come at once may give a file two numbers, which does no harm. */
typedef struct
{
  _Atomic uint32_t id;
  const char *_Atomic file;
} FileEntry;

static FileEntry files[N_FILES];

static void
wake_runner (PnArena *arena)
{
  atomic_fetch_add_explicit (&arena->runner_wake, 1, memory_order_release);
  mp_futex_wake (&arena->runner_wake, 1);
}

/* Sleeps until the runner may have taken something. False: it never will again. */
static bool
stall (PnSlot *slot)
{
  PnArena *arena = emit_self.arena;
  uint32_t word = atomic_load_explicit (&slot->tail_wake, memory_order_acquire);
  uint64_t tail = atomic_load_explicit (&slot->tail, memory_order_acquire);

  wake_runner (arena);
  if (atomic_load_explicit (&slot->tail, memory_order_acquire) != tail)
    return true;
  if (mp_futex_wait (&slot->tail_wake, word, mp_now_ns () + STALL_NS) == MP_OK)
    return atomic_load (&arena->closed) == 0;
  if (emit_runner_is_there (&emit_self))
    return true;
  /* Spare the others the wait. Nobody else writes here any more. */
  atomic_store (&arena->closed, 1);
  return false;
}

/* Waits until `blocks` fit into the ring, and says when to look next. */
static bool
make_room (EmitRing *ring, unsigned blocks, unsigned *flags)
{
  PnSlot *slot = ring->slot;
  uint64_t tail = atomic_load_explicit (&slot->tail, memory_order_acquire);

  if (tail > ring->head)
    {
      /* The program wrote where only emission may, and the runner gave the ring up. */
      mp_observed = 0;
      return false;
    }
  if (ring->head - tail + blocks > PN_RING_BLOCKS)
    {
      *flags |= PN_FLAG_STALLED;
      atomic_fetch_add_explicit (&slot->stalls, 1, memory_order_relaxed);
      do
        {
          if (!stall (slot))
            {
              mp_observed = 0;
              return false;
            }
          tail = atomic_load_explicit (&slot->tail, memory_order_acquire);
        }
      while (ring->head - tail + blocks > PN_RING_BLOCKS);
    }

  if (ring->head - tail + blocks <= QUARTER)
    {
      ring->look_at = tail + QUARTER;
      return true;
    }
  wake_runner (emit_self.arena);
  ring->look_at = ring->head + QUARTER;
  if (ring->look_at > tail + PN_RING_BLOCKS)
    ring->look_at = tail + PN_RING_BLOCKS;
  return true;
}

static inline PnRecord *
record_at (EmitRing *ring)
{
  return (PnRecord *)(ring->blocks + (ring->head % PN_RING_BLOCKS) * PN_BLOCK_BYTES);
}

/* The number comes last but one: a process killed before it leaves no gap, and the time
 * in which a gap can come to be is a few instructions. */
static inline void
publish (EmitRing *ring, PnRecord *record, unsigned blocks)
{
  record->seq
      = atomic_fetch_add_explicit (&ring->arena->next_seq, 1, memory_order_relaxed);
  ring->head += blocks;
  atomic_store_explicit (&ring->slot->head, ring->head, memory_order_release);
}

/* The length of what is sent of a text: to its first NUL, PN_TEXT_MAX_BYTES at most,
 * whole UTF-8 characters. */
static size_t
cut_text (const char *text, size_t bytes, unsigned *flags)
{
  if (text == NULL)
    return 0;
  bytes = strnlen (text, bytes);
  if (bytes <= PN_TEXT_MAX_BYTES)
    return bytes;
  *flags |= PN_FLAG_TRUNCATED;
  return pn_text_cut (text, bytes, PN_TEXT_MAX_BYTES);
}

static void
write_tail (EmitRing *ring, unsigned blocks, const char *text, size_t bytes)
{
  for (unsigned i = 1; i < blocks; i++)
    {
      size_t n = bytes < PN_BLOCK_BYTES ? bytes : PN_BLOCK_BYTES;
      unsigned char *block
          = ring->blocks + ((ring->head + i) % PN_RING_BLOCKS) * PN_BLOCK_BYTES;

      memcpy (block, text, n);
      memset (block + n, 0, PN_BLOCK_BYTES - n);
      text += n;
      bytes -= n;
    }
}

bool
emit_write_note (EmitRing *ring, const MpNote *note, uint32_t site)
{
  unsigned flags = note->flags;
  size_t bytes = cut_text (note->text, note->text_bytes, &flags);
  unsigned blocks = (unsigned)pn_event_blocks (bytes);
  size_t inline_bytes = bytes < PN_TEXT_INLINE_BYTES ? bytes : PN_TEXT_INLINE_BYTES;
  PnRecord *record;

  if (ring->head + blocks > ring->look_at && !make_room (ring, blocks, &flags))
    return false;
  record = record_at (ring);
  record->time_ns = emit_clock_ns (&ring->clock);
  record->process = note->process != 0 ? note->process : ring->process;
  record->kind = (uint16_t)note->kind;
  record->flags = (uint8_t)flags;
  record->tail = (uint8_t)(blocks - 1);
  record->object = note->object;
  record->peer = note->peer;
  record->value = note->value;
  record->site = site;
  record->line = note->line > UINT16_MAX ? UINT16_MAX : (uint16_t)note->line;
  record->text_bytes = (uint16_t)bytes;
  memset (record->text, 0, sizeof record->text);
  if (bytes > 0)
    {
      memcpy (record->text, note->text, inline_bytes);
      write_tail (ring, blocks, note->text + inline_bytes, bytes - inline_bytes);
    }
  publish (ring, record, blocks);
  if (note->ret_seq != NULL)
    *note->ret_seq = record->seq;
  return true;
}

static uint32_t
name_file (EmitRing *ring, const char *file)
{
  uint32_t id = mp_object_number ();

  emit_write_note (ring,
                   &(MpNote){
                       .kind = PN_KIND_NAME,
                       .object = id,
                       .peer = PN_OBJECT_FILE,
                       .text = file,
                       .text_bytes = SIZE_MAX,
                   },
                   0);
  return id;
}

static uint32_t
find_file (EmitRing *ring, const char *file)
{
  size_t first = ((uintptr_t)file >> 3) % N_FILES;
  uint32_t id = 0;

  for (size_t i = 0; i < N_FILES && id == 0; i++)
    {
      FileEntry *entry = &files[(first + i) % N_FILES];
      uint32_t no_id = 0;

      if (atomic_load_explicit (&entry->file, memory_order_acquire) == file)
        id = atomic_load_explicit (&entry->id, memory_order_relaxed);
      else if (atomic_load_explicit (&entry->id, memory_order_relaxed) == 0)
        {
          id = name_file (ring, file);
          if (atomic_compare_exchange_strong (&entry->id, &no_id, id))
            atomic_store_explicit (&entry->file, file, memory_order_release);
        }
    }
  ring->last_file = file;
  ring->last_site = id;
  return id;
}

static uint32_t
site_of (EmitRing *ring, const char *file)
{
  if (file == ring->last_file)
    return ring->last_site;
  return file == NULL ? 0 : find_file (ring, file);
}

bool
mp_emit_note (const MpNote *note)
{
  EmitRing *ring = &emit_ring;
  bool done;

  if (!mp_is_observed () || !emit_enter (ring))
    return false;
  done = emit_write_note (ring, note, site_of (ring, note->file));
  emit_leave (ring);
  return done;
}

/* Out of line, here and below, so that the quick way needs no registers saved: that
 * costs as much as the event. */
static bool __attribute__ ((noinline)) emit_slowly (PnKind kind,
                                                    uint32_t object,
                                                    uint32_t peer,
                                                    int64_t value,
                                                    const char *file,
                                                    int line)
{
  return mp_emit_note (&(MpNote){
      .kind = kind,
      .object = object,
      .peer = peer,
      .value = value,
      .file = file,
      .line = line,
  });
}

/* An event like most: nothing to attach to, to name or to wait for, and the real clock
 * need not be asked. False: it is none, and nothing was done. Calls nothing. */
static inline bool
emit_quickly (EmitRing *ring,
              PnKind kind,
              uint32_t object,
              uint32_t peer,
              int64_t value,
              const char *file,
              int line)
{
  PnRecord *record;

  if (ring->busy || !emit_is_attached (ring) || file != ring->last_file
      || ring->head >= ring->look_at)
    return false;
  ring->busy = true;
  atomic_signal_fence (memory_order_seq_cst);
  record = record_at (ring);
  if (!emit_clock_quick_ns (&ring->clock, &record->time_ns))
    {
      emit_leave (ring);
      return false;
    }
  record->process = ring->process;
  record->kind = (uint16_t)kind;
  record->flags = 0;
  record->tail = 0;
  record->object = object;
  record->peer = peer;
  record->value = value;
  record->site = ring->last_site;
  record->line = line > UINT16_MAX ? UINT16_MAX : (uint16_t)line;
  record->text_bytes = 0;
  memset (record->text, 0, sizeof record->text);
  publish (ring, record, 1);
  emit_leave (ring);
  return true;
}

bool
mp_emit_plain (PnKind kind,
               uint32_t object,
               uint32_t peer,
               int64_t value,
               const char *file,
               int line)
{
  if (__builtin_expect (
          emit_quickly (&emit_ring, kind, object, peer, value, file, line), 1))
    return true;
  return emit_slowly (kind, object, peer, value, file, line);
}

/* Said before the event, and forgotten after it: where a process dies in between, the
 * runner may say that it abandoned a lock, never that it holds one for ever. */
static inline void
note_holder (PnArena *arena, PnSlot *slot, _Atomic uint32_t *held_at, uint32_t lock)
{
  uint32_t place = 0;

  while (place < PN_HELD_MAX
         && atomic_load_explicit (&slot->held[place], memory_order_relaxed) != 0)
    place++;
  if (place == PN_HELD_MAX)
    return;
  atomic_store_explicit (&slot->held[place], lock, memory_order_release);
  atomic_store_explicit (held_at,
                         (uint32_t)(slot - arena->slots + 1) << PLACE_BITS | place,
                         memory_order_relaxed);
}

static void __attribute__ ((noinline))
acquired_slowly (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line)
{
  PnSlot *slot = mp_own_slot ();

  if (slot != NULL)
    note_holder (emit_self.arena, slot, held_at, lock);
  emit_slowly (PN_KIND_LOCK_ACQUIRE, lock, 0, 0, file, line);
}

void
mp_emit_acquired (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line)
{
  EmitRing *ring = &emit_ring;

  if (!emit_is_attached (ring))
    {
      acquired_slowly (held_at, lock, file, line);
      return;
    }
  note_holder (ring->arena, ring->slot, held_at, lock);
  if (__builtin_expect (
          !emit_quickly (ring, PN_KIND_LOCK_ACQUIRE, lock, 0, 0, file, line), 0))
    emit_slowly (PN_KIND_LOCK_ACQUIRE, lock, 0, 0, file, line);
}

/* By whoever releases it. */
static inline void
forget_holder (PnArena *arena, _Atomic uint32_t *held_at, uint32_t lock)
{
  uint32_t at = atomic_load_explicit (held_at, memory_order_relaxed);
  uint32_t slot = at >> PLACE_BITS;
  uint32_t place = at & PLACE_MASK;
  _Atomic uint32_t *held;

  if (slot == 0 || slot > PN_ARENA_SLOTS || place >= PN_HELD_MAX)
    return;
  atomic_store_explicit (held_at, 0, memory_order_relaxed);
  held = &arena->slots[slot - 1].held[place];
  if (atomic_load_explicit (held, memory_order_relaxed) == lock)
    atomic_store_explicit (held, 0, memory_order_release);
}

static void __attribute__ ((noinline))
release_slowly (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line)
{
  emit_slowly (PN_KIND_LOCK_RELEASE, lock, 0, 0, file, line);
  forget_holder (emit_self.arena, held_at, lock);
}

void
mp_emit_release (_Atomic uint32_t *held_at, uint32_t lock, const char *file, int line)
{
  EmitRing *ring = &emit_ring;

  if (__builtin_expect (
          emit_quickly (ring, PN_KIND_LOCK_RELEASE, lock, 0, 0, file, line), 1))
    forget_holder (ring->arena, held_at, lock);
  else
    release_slowly (held_at, lock, file, line);
}
