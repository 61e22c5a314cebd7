/* SPDX-License-Identifier: MIT */
#include "emit-private.h"
#include "mp-private.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int mp_observed;
static EmitNumbers numbers_elsewhere;
static MP_THREAD_LOCAL EmitNumbers main_numbers;
EmitSelf emit_self = { .numbers = &numbers_elsewhere };
MP_THREAD_LOCAL EmitRing emit_ring;

static EmitPage fallback_page;
EmitPage *emit_page = &fallback_page;

static pthread_key_t thread_key;
static int program_argc;
static char **program_argv;

static void
use_slot (EmitRing *ring, PnSlot *slot, uint32_t process)
{
  ring->arena = emit_self.arena;
  ring->slot = slot;
  ring->process = process;
  ring->head = atomic_load_explicit (&slot->head, memory_order_relaxed);
  ring->look_at = ring->head;
  ring->blocks
      = pn_arena_ring (emit_self.arena, (uint32_t)(slot - emit_self.arena->slots));
}

static void
write_begin (EmitRing *ring, const char *text)
{
  emit_write_note (ring,
                   &(MpNote){
                       .kind = PN_KIND_PROCESS_BEGIN,
                       .peer = emit_self.numbers->parent,
                       .value = getpid (),
                       .text = text,
                       .text_bytes = SIZE_MAX,
                   },
                   0);
}

/* The child of a raw fork: a new number, under its maker's. */
static bool
set_up_process (EmitRing *ring)
{
  PnArena *arena = emit_self.arena;
  uint32_t process = atomic_fetch_add (&arena->next_process, 1);
  PnSlot *slot;

  emit_self.numbers->parent = atomic_load (&emit_self.numbers->process);
  slot = mp_slot_take (process, emit_self.numbers->parent);
  if (slot == NULL)
    {
      mp_observed = 0;
      return false;
    }
  mp_slot_go_live (slot, getpid (), mp_start_time (getpid (), 0));
  atomic_store (&emit_self.numbers->process, process);
  use_slot (ring, slot, process);
  write_begin (ring, emit_self.program);
  return true;
}

bool
emit_attach (EmitRing *ring)
{
  uint32_t free = 0;
  PnSlot *slot;

  if (ring->refused)
    return false;
  while (!atomic_compare_exchange_weak (&emit_page->locked, &free, 1))
    {
      free = 0;
      sched_yield ();
    }
  if (atomic_load (&emit_page->set_up) == 0)
    {
      bool done = set_up_process (ring);

      atomic_store (&emit_page->set_up, done);
      atomic_store (&emit_page->locked, 0);
      return done;
    }
  atomic_store (&emit_page->locked, 0);
  if (ring->blocks != NULL)
    return true;
  slot = emit_slot_for_thread (atomic_load (&emit_self.numbers->process),
                               emit_self.numbers->parent);
  ring->refused = slot == NULL;
  if (slot == NULL)
    return false;
  use_slot (ring, slot, atomic_load (&emit_self.numbers->process));
  /* Only a further thread's slot is closed when the thread ends. */
  pthread_setspecific (thread_key, slot);
  return true;
}

static void
on_thread_end (void *data)
{
  PnSlot *slot = data;
  EmitRing *ring = &emit_ring;

  if (ring->slot != slot || !emit_is_attached (ring))
    return;
  ring->blocks = NULL;
  ring->slot = NULL;
  atomic_store (&slot->state, PN_SLOT_CLOSED);
}

/* The clock goes on, and the file's number is known in the whole run. */
static void
on_forked_child (void)
{
  emit_ring.blocks = NULL;
  emit_ring.slot = NULL;
  emit_ring.busy = false;
  emit_ring.refused = false;
  atomic_store (&emit_page->set_up, 0);
  atomic_store (&emit_page->locked, 0);
}

static void
make_page (void)
{
  void *page = mmap (NULL,
                     sizeof (EmitPage),
                     PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS,
                     -1,
                     0);

  if (page == MAP_FAILED)
    return;
  /* Where the kernel can't, on_forked_child () does it alone. */
  madvise (page, sizeof (EmitPage), MADV_WIPEONFORK);
  emit_page = page;
}

static void
remember_program (const char *path)
{
  const char *slash = strrchr (path, '/');

  strncpy (emit_self.program,
           slash != NULL ? slash + 1 : path,
           sizeof emit_self.program - 1);
}

/* The process had a number before main (): the runner or, before exec (), an earlier
 * program in the same process gave it. A program started by a program takes one. */
static void
set_up_program (void)
{
  PnArena *arena = emit_self.arena;
  uint64_t start_time = mp_start_time (getpid (), 0);
  PnSlot *slot = emit_slot_of_pid (arena, getpid (), start_time);
  EmitRing *ring = &emit_ring;
  uint32_t process;
  bool is_new;

  if (slot == NULL)
    {
      atomic_store (&emit_self.numbers->process,
                    emit_number_of_pid (arena, getppid ()));
      if (set_up_process (ring))
        atomic_store (&emit_page->set_up, 1);
      return;
    }
  process = atomic_load (&slot->process);
  /* LIVE already, if the runner was first. An exec () comes after process.begin. */
  is_new
      = atomic_load (&slot->state) == PN_SLOT_TAKEN || atomic_load (&slot->head) == 0;
  emit_self.numbers->parent = atomic_load (&slot->parent);
  atomic_store (&emit_self.numbers->process, process);
  mp_slot_go_live (slot, getpid (), start_time);
  use_slot (ring, slot, process);
  atomic_store (&emit_page->set_up, 1);
  if (is_new)
    write_begin (ring, NULL);
}

/* glibc passes the arguments of main () to constructors. What is registered this early
 * runs after all that the program registers, as in Python. */
__attribute__ ((constructor)) static void
on_load (int argc, char **argv)
{
  program_argc = argc;
  program_argv = argv;
  on_exit (mp_process_on_exit, NULL);
  if (!emit_arena_find (&emit_self))
    return;
  if (mp_is_main_thread ())
    emit_self.numbers = &main_numbers;
  if (pthread_key_create (&thread_key, on_thread_end) != 0)
    return;
  emit_clock_find_out ();
  make_page ();
  pthread_atfork (NULL, NULL, on_forked_child);
  remember_program (argc > 0 ? argv[0] : "");
  mp_observed = 1;
  emit_ring.busy = true;
  set_up_program ();
  emit_ring.busy = false;
}

PnArena *
mp_arena (void)
{
  return emit_self.arena;
}

uint32_t
mp_process_number (void)
{
  EmitRing *ring = &emit_ring;

  if (!mp_is_observed ())
    return 0;
  if (!emit_is_attached (ring) && emit_enter (ring))
    emit_leave (ring);
  return mp_is_observed () ? atomic_load (&emit_self.numbers->process) : 0;
}

PnSlot *
mp_own_slot (void)
{
  EmitRing *ring = &emit_ring;

  if (!mp_is_observed ())
    return NULL;
  if (!emit_is_attached (ring) && emit_enter (ring))
    emit_leave (ring);
  return emit_is_attached (ring) ? ring->slot : NULL;
}

uint32_t
mp_object_number (void)
{
  return atomic_fetch_add_explicit (
      &emit_self.arena->next_object, 1, memory_order_relaxed);
}

void
mp_emit_become (PnSlot *slot, uint32_t process, uint32_t parent, uint64_t tick)
{
  EmitRing *ring = &emit_ring;

  if (!mp_is_observed ())
    return;
  if (slot == NULL)
    {
      mp_observed = 0;
      return;
    }
  ring->busy = true;
  emit_self.numbers->parent = parent;
  atomic_store (&emit_self.numbers->process, process);
  use_slot (ring, slot, process);
  atomic_store (&emit_page->set_up, 1);
  write_begin (ring, NULL);
  /* Last: by now the parent has mostly done it, which had the time. */
  if (atomic_load (&slot->state) == PN_SLOT_TAKEN)
    mp_slot_go_live (slot, getpid (), mp_start_time (getpid (), tick));
  ring->busy = false;
}

void
mp_arguments (int *ret_argc, char ***ret_argv)
{
  *ret_argc = program_argc;
  *ret_argv = program_argv;
}
