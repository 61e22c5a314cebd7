/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The heap is sparse memory that all share: a header, then blocks that a bump pointer
 * cuts off, one behind the other. A block keeps its class for good; freed ones wait in
 * a list of their class. All is lock-free: a process that is killed between taking a
 * block and handing it out leaks that block, and leaves nothing that another could wait
 * for.
 *
 * A block starts 16 bytes before a multiple of 64, so that its header takes those 16
 * and what is handed out is aligned to a cache line.
 *
 * The address lies where neither ASan nor the kernel puts anything by itself. Where it
 * is taken the kernel chooses, which is as good for fork (). */

#define HEAP_ADDRESS ((void *)0x200000000000)
#define HEAP_BYTES_MAX ((size_t)16 << 30)
#define HEAP_BYTES_MIN ((size_t)64 << 20)

/* A leak check of valgrind reads all of the heap, and so makes it real. */
#define HEAP_BYTES_VALGRIND ((size_t)256 << 20)

#define HEAP_CLASSES 84
#define BLOCK_HEADER_BYTES 16
#define BLOCK_UNIT 64
#define BLOCK_USED 0x75736564u
#define BLOCK_FREE 0x66726565u

/* From here on a freed block's pages go back to the system. */
#define GIVE_BACK_BYTES ((size_t)128 << 10)

#define N_NAME_COUNTERS 32

/* A free list's head: the block's number below, above it a count of changes, so that a
 * pop that was overtaken by pop, pop, push (ABA) fails. */
typedef struct
{
  _Alignas(64) _Atomic uint64_t head;
} FreeList;

typedef struct
{
  uint64_t bytes;
  _Alignas(64) _Atomic uint64_t bump; /* offset of the first byte never used */
  _Atomic uint32_t names[N_NAME_COUNTERS];
  FreeList lists[HEAP_CLASSES];
} Heap;

typedef struct
{
  uint32_t class;
  _Atomic uint32_t state;
  _Atomic uint32_t next; /* number of the next free block, or 0 */
  uint32_t unused;
} Block;

_Static_assert(sizeof (Block) == BLOCK_HEADER_BYTES, "what is handed out is aligned");

/* In every process the same, or NULL where the heap was not made yet. */
static Heap *_Atomic the_heap;

/* Sizes 64, 128, 192, 256, then four steps to each doubling. Returns HEAP_CLASSES or
 * above if there is no such class. */
static unsigned
class_of (size_t block_bytes)
{
  unsigned log;

  if (block_bytes <= 256)
    return (unsigned)((block_bytes + 63) / 64) - 1;
  log = 63 - (unsigned)__builtin_clzll (block_bytes - 1);
  return 4 + (log - 8) * 4
         + (unsigned)((block_bytes - 1 - ((size_t)1 << log)) >> (log - 2));
}

static size_t
class_bytes (unsigned class)
{
  unsigned log = 8 + (class - 4) / 4;

  if (class < 4)
    return (class + 1) * (size_t)64;
  return ((size_t)1 << log) + ((class - 4) % 4 + 1) * ((size_t)1 << (log - 2));
}

static Block *
block_at (Heap *heap, uint32_t number)
{
  return (Block *)((char *)heap + (size_t)number * BLOCK_UNIT + BLOCK_UNIT
                   - BLOCK_HEADER_BYTES);
}

static uint32_t
number_of (Heap *heap, Block *block)
{
  return (uint32_t)(((size_t)((char *)block - (char *)heap)) / BLOCK_UNIT);
}

static Block *
pop (Heap *heap, unsigned class)
{
  _Atomic uint64_t *list = &heap->lists[class].head;
  uint64_t old = atomic_load_explicit (list, memory_order_acquire);
  uint64_t new;

  do
    {
      uint32_t number = (uint32_t)old;

      if (number == 0)
        return NULL;
      /* The block may be in use by now and `next` stale: the count then differs. */
      new = ((old >> 32) + 1) << 32
            | atomic_load_explicit (&block_at (heap, number)->next,
                                    memory_order_relaxed);
    }
  while (!atomic_compare_exchange_weak_explicit (
      list, &old, new, memory_order_acquire, memory_order_acquire));
  return block_at (heap, (uint32_t)old);
}

static void
push (Heap *heap, Block *block)
{
  _Atomic uint64_t *list = &heap->lists[block->class].head;
  uint64_t old = atomic_load_explicit (list, memory_order_relaxed);
  uint64_t new;

  do
    {
      atomic_store_explicit (&block->next, (uint32_t)old, memory_order_relaxed);
      new = ((old >> 32) + 1) << 32 | number_of (heap, block);
    }
  while (!atomic_compare_exchange_weak_explicit (
      list, &old, new, memory_order_release, memory_order_relaxed));
}

static Block *
cut (Heap *heap, unsigned class)
{
  size_t bytes = class_bytes (class);
  uint64_t old = atomic_load_explicit (&heap->bump, memory_order_relaxed);
  Block *block;

  do
    if (heap->bytes - old < bytes)
      return NULL;
  while (!atomic_compare_exchange_weak_explicit (
      &heap->bump, &old, old + bytes, memory_order_relaxed, memory_order_relaxed));
  block = (Block *)((char *)heap + old);
  block->class = class;
  return block;
}

static Heap *
try_map (void *address, size_t bytes)
{
  int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE
              | (address != NULL ? MAP_FIXED_NOREPLACE : 0);
  Heap *heap = mmap (address, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

  if (heap == MAP_FAILED)
    return NULL;
  madvise (heap, bytes, MADV_DONTDUMP);
  heap->bytes = bytes;
  atomic_store (&heap->bump,
                (sizeof *heap + 2 * BLOCK_UNIT) / BLOCK_UNIT * BLOCK_UNIT
                    - BLOCK_HEADER_BYTES);
  return heap;
}

static bool
runs_under_valgrind (void)
{
  const char *preloaded = getenv ("LD_PRELOAD");

  return preloaded != NULL && strstr (preloaded, "vgpreload") != NULL;
}

/* As large as the limit on address space allows. */
static Heap *
map_heap (void)
{
  size_t max = runs_under_valgrind () ? HEAP_BYTES_VALGRIND : HEAP_BYTES_MAX;
  Heap *heap = NULL;

  for (size_t bytes = HEAP_BYTES_MAX; heap == NULL && bytes >= HEAP_BYTES_MIN;
       bytes /= 4)
    {
      if (bytes > max)
        continue;
      heap = try_map (HEAP_ADDRESS, bytes);
      if (heap == NULL)
        heap = try_map (NULL, bytes);
    }
  return heap;
}

/* A block that holds `bytes`. `ret_fresh`: it was never used, so it is all 0. */
static void *
alloc (size_t bytes, bool *ret_fresh)
{
  unsigned class;
  Block *block;
  Heap *heap;

  if (bytes > MP_HEAP_BLOCK_MAX)
    return mp_fail (MP_TOO_LARGE);
  if (mp_heap_init () < 0)
    return mp_fail (MP_SYSTEM);
  heap = atomic_load_explicit (&the_heap, memory_order_acquire);
  class = class_of (bytes + BLOCK_HEADER_BYTES);
  *ret_fresh = false;
  block = pop (heap, class);
  if (block == NULL)
    {
      block = cut (heap, class);
      *ret_fresh = block != NULL;
    }
  /* No room: a freed block up to twice as large is better than none. */
  for (unsigned larger = class + 1;
       block == NULL && larger <= class + 4 && larger < HEAP_CLASSES;
       larger++)
    block = pop (heap, larger);
  if (block == NULL)
    return mp_fail (MP_TOO_LARGE);
  atomic_store_explicit (&block->state, BLOCK_USED, memory_order_relaxed);
  return block + 1;
}

/* All whole pages behind the header. */
static void
give_back (Block *block)
{
  uintptr_t page = (uintptr_t)sysconf (_SC_PAGESIZE);
  uintptr_t begin = ((uintptr_t)(block + 1) + page - 1) / page * page;
  uintptr_t end = ((uintptr_t)block + class_bytes (block->class)) / page * page;
  int saved_errno = errno;

  if (end > begin)
    madvise ((void *)begin, end - begin, MADV_REMOVE);
  errno = saved_errno;
}

int
mp_heap_init (void)
{
  Heap *expected = NULL;
  Heap *heap;

  if (atomic_load_explicit (&the_heap, memory_order_acquire) != NULL)
    return MP_OK;
  heap = map_heap ();
  if (heap == NULL)
    return MP_SYSTEM;
  if (!atomic_compare_exchange_strong (&the_heap, &expected, heap))
    munmap (heap, heap->bytes);
  return MP_OK;
}

bool
mp_heap_contains (const void *pointer)
{
  Heap *heap = atomic_load_explicit (&the_heap, memory_order_acquire);

  return heap != NULL && (uintptr_t)pointer >= (uintptr_t)(heap + 1)
         && (uintptr_t)pointer - (uintptr_t)heap < heap->bytes;
}

void *
mp_heap_alloc (size_t bytes)
{
  bool fresh;

  return alloc (bytes, &fresh);
}

void *
mp_heap_alloc0 (size_t bytes)
{
  bool fresh;
  void *memory = alloc (bytes, &fresh);

  if (memory != NULL && !fresh)
    memset (memory, 0, bytes);
  return memory;
}

void
mp_heap_free (void *memory)
{
  uint32_t expected = BLOCK_USED;
  Block *block;

  if (memory == NULL || !mp_heap_contains (memory) || (uintptr_t)memory % 64 != 0)
    return;
  block = (Block *)memory - 1;
  /* A second free finds it free already, and must not put it into the list twice. */
  if (!atomic_compare_exchange_strong (&block->state, &expected, BLOCK_FREE))
    return;
  if (class_bytes (block->class) >= GIVE_BACK_BYTES)
    give_back (block);
  push (atomic_load_explicit (&the_heap, memory_order_acquire), block);
}

size_t
mp_heap_block_bytes (const void *memory)
{
  const Block *block = (const Block *)memory - 1;

  return class_bytes (block->class) - BLOCK_HEADER_BYTES;
}

uint32_t
mp_heap_count_name (PnObjectKind kind)
{
  Heap *heap;

  if (mp_heap_init () < 0)
    return 1;
  heap = atomic_load_explicit (&the_heap, memory_order_acquire);
  return atomic_fetch_add (&heap->names[(unsigned)kind % N_NAME_COUNTERS], 1) + 1;
}
