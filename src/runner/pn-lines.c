/* SPDX-License-Identifier: MIT */
#include "pn-run.h"

#include <string.h>

/* Who writes through the runtime has had its slot before it wrote, and so before the
 * output was read: one more look finds it. */
static uint32_t
find_slot (PnRun *run, int pid)
{
  uint32_t slot = pn_members_find (&run->members, pid);

  if (slot != PN_SWEEP_NOBODY || run->has_looked)
    return slot;
  run->has_looked = true;
  pn_members_look (&run->members);
  return pn_members_find (&run->members, pid);
}

static void
on_line (int pid, unsigned flags, const char *text, size_t bytes, void *data)
{
  static PnEvent event;
  PnRun *run = data;
  uint32_t slot = find_slot (run, pid);

  memset (&event, 0, offsetof (PnEvent, text));
  event.kind = PN_KIND_OUTPUT_LINE;
  event.process = slot != PN_SWEEP_NOBODY ? run->members.members[slot].process : 0;
  event.flags = (uint8_t)flags;
  event.text_bytes = bytes;
  memcpy (event.text, text, bytes);
  pn_sweep_add_line (&run->sweep, slot, &event);
}

static void
on_mark (int pid, unsigned flags, uint64_t seq, void *data)
{
  PnRun *run = data;

  pn_sweep_mark (&run->sweep, find_slot (run, pid), flags, seq);
}

int
pn_run_capture (PnRun *run)
{
  int result = pn_output_init (&run->output, on_line, on_mark, run);

  for (int i = 0; i < 2 && result == 0; i++)
    run->share.arena->output_inodes[i] = run->output.inodes[i];
  return result;
}

size_t
pn_run_read_output (PnRun *run, int64_t now_ns)
{
  size_t bytes;

  run->has_looked = false;
  bytes = pn_output_read (&run->output, now_ns);
  pn_sweep_output_read (&run->sweep);
  return bytes;
}

void
pn_run_on_turn (uint32_t slot, uint64_t seq, void *data)
{
  static const unsigned flags[2] = { 0, PN_FLAG_STDERR };
  PnRun *run = data;
  int pid = run->members.members[slot].pid;
  uint32_t lines = pn_members_find (&run->members, pid);

  for (int i = 0; i < 2; i++)
    if (lines != PN_SWEEP_NOBODY
        && run->sweep.streams[pn_sweep_lines_of (lines, flags[i])].mark < seq)
      pn_output_flush_line (&run->output, pid, flags[i]);
}
