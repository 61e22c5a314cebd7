/* SPDX-License-Identifier: MIT */
#pragma once

/* From many rings to one dense stream.
 *
 * Each ring's blocks are copied out into its stage, released, and only then looked at:
 * the program can write anything there at any time. A ring that lies (a head beyond its
 * size, half an event, numbers that go back) is broken: nothing is taken from it any
 * more, and the numbers that its process takes are counted as lost. The stages are
 * sorted by number; a heap over their first events gives the order.
 *
 * A number that is missing: its writer has taken it and not published yet. The merge
 * waits, until nobody can come with it any more (settled, broken, or seen asleep
 * outside of emit), or until it was taken PN_OVERDUE_NS ago: then run.lost takes its
 * place. Should it come after all (its process had been stopped in emit), it is passed
 * on at once. Events are numbered anew on their way out, so that the pipe's numbers are
 * dense whatever happens.
 *
 * Lines that were read from the program's output take no number of the arena's. A line
 * stands where it was read, before the next event to be numbered; but before an event
 * that is itself a line, and before the exit, of its process, if it was written before.
 * To be sure of those, the output has to be read between the sweep of an event and its
 * way out: the merge holds such an event back until then.
 *
 * kept + lost = emitted: each number taken ends as one event or is counted by one
 * run.lost. A gap of more than PN_GAP_SINGLE numbers (a broken ring that goes on; a
 * counter that was tampered with) becomes a single run.lost with their count.
 *
 * Single-threaded. */

#include "pn-arena.h"
#include "pn-relay.h"

#define PN_OVERDUE_NS (1000 * 1000 * 1000ll)
#define PN_GAP_SINGLE 4096
#define PN_SWEEP_OWN PN_ARENA_SLOTS       /* the runner's own stream */
#define PN_SWEEP_NOBODY PN_ARENA_SLOTS    /* in place of a slot, for lines */
#define PN_SWEEP_LINES (PN_SWEEP_OWN + 1) /* two streams of lines for each slot */
#define PN_SWEEP_STREAMS (PN_SWEEP_LINES + 2 * (PN_SWEEP_NOBODY + 1))

typedef struct
{
  unsigned char *blocks;
  size_t begin; /* bytes */
  size_t end;
  size_t room;
} PnStage;

typedef struct
{
  PnStage stage;
  uint64_t tail;        /* ours: the one in the arena can be written by anybody */
  uint64_t last_seq;    /* of what was staged last, if any was */
  uint64_t clear_below; /* it will not come with a number below this */
  bool any;
  bool open;    /* a process owns it */
  bool settled; /* its writer is dead and all that it had published is staged */
  bool broken;
  bool swept; /* to its head, in this turn */

  /* Of lines. In the stage `seq` is the number of the event before which they stand,
   * object and peer say in which order they were read, value is the mark. */
  uint32_t process;
  uint64_t mark; /* the event of this process after which the next line was written */
} PnStream;

typedef struct PnSweep PnSweep;

/* Called for each event as it goes out, with its final number. It must not emit. */
typedef void (*PnOnEvent) (const PnRecord *record, void *data);

/* Called before an event of this slot goes out that wants its process's lines before
 * it. It may add lines. */
typedef void (*PnOnTurn) (uint32_t slot, uint64_t seq, void *data);

struct PnSweep
{
  PnArena *arena;
  PnStream streams[PN_SWEEP_STREAMS];
  uint16_t heap[PN_SWEEP_STREAMS]; /* streams with something staged */
  size_t n_heap;
  uint32_t n_used; /* slots above were never open */
  size_t staged_bytes;
  size_t staged_max;
  size_t n_lines; /* staged */
  uint64_t n_lines_read;

  uint64_t expected; /* the arena's number that comes next */
  uint64_t written;  /* the pipe's number that comes next */
  uint64_t n_lost;
  int64_t written_ns; /* the time of the event written last */
  bool stuck;         /* the last merge ended at a missing number */
  bool held;          /* the last merge ended at an event that wants lines before it */
  bool output_behind; /* the output was not read since the last sweep */
  bool final;         /* nobody is left who could come with a missing number */
  uint32_t n_hungry;  /* streams that ran out of staged events without being swept */

  /* What the counter was, every PN_OVERDUE_NS / 8. */
  uint64_t marks[9];
  unsigned n_marks;
  int64_t marked_ns;
  uint64_t overdue_below; /* numbers below were taken long ago */

  PnOnEvent on_event;
  PnOnTurn on_turn; /* NULL unless set after pn_sweep_init () */
  void *data;
};

static inline uint32_t
pn_sweep_lines_of (uint32_t slot, unsigned flags)
{
  return PN_SWEEP_LINES + 2 * slot + ((flags & PN_FLAG_STDERR) != 0);
}

/* `sweep` is large: not on the stack. */
void pn_sweep_init (PnSweep *sweep, PnArena *arena, PnOnEvent on_event, void *data);
void pn_sweep_clear (PnSweep *sweep);

/* A process has taken this slot; from now on its ring is swept. */
void pn_sweep_open (PnSweep *sweep, uint32_t slot);

/* The owner is dead, and pn_sweep_ring was called since: nothing more will come. */
void pn_sweep_settle (PnSweep *sweep, uint32_t slot);

/* Whether all of a settled slot's events have gone out. */
bool pn_sweep_is_empty (const PnSweep *sweep, uint32_t slot);

/* Forgets the slot. */
void pn_sweep_close (PnSweep *sweep, uint32_t slot);

/* Begins a turn. */
void pn_sweep_begin (PnSweep *sweep, int64_t now_ns);

/* Stages what is in one ring, or in all. Returns the blocks taken. */
size_t pn_sweep_ring (PnSweep *sweep, uint32_t slot);
size_t pn_sweep_all (PnSweep *sweep);

/* Whether a stuck merge could be waiting for this slot. */
bool pn_sweep_may_hold (const PnSweep *sweep, uint32_t slot);

/* The owner was seen asleep in the kernel when the counter was not yet above `seq`:
 * whatever it took below that is published. */
void pn_sweep_clear_below (PnSweep *sweep, uint32_t slot, uint64_t seq);

/* The runner's own event: takes the next number and the time. -ENOMEM if it is lost. */
int pn_sweep_emit (PnSweep *sweep, PnEvent *event);

/* A line that the process of this slot wrote to the stream that its flags name; of
 * `event` its process, flags and text count. -ENOMEM if it is lost. */
int pn_sweep_add_line (PnSweep *sweep, uint32_t slot, PnEvent *event);

/* What the process writes to this stream from now on was written after this event. */
void pn_sweep_mark (PnSweep *sweep, uint32_t slot, unsigned flags, uint64_t seq);

/* All that had been written before the last sweep has been added. */
void pn_sweep_output_read (PnSweep *sweep);

/* Moves to the relay what is next in order, as far as it has room. Returns the events
 * written. */
size_t pn_sweep_merge (PnSweep *sweep, PnRelay *relay);

int64_t pn_now_ns (void);
