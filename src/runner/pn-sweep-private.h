/* SPDX-License-Identifier: MIT */
#pragma once

/* Between the two halves: pn-sweep.c fills the stages, pn-merge.c empties them. */

#include "pn-sweep.h"

#define PN_EVENT_MAX_BYTES ((1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES)

static inline PnRecord *
pn_stage_first (const PnStage *stage)
{
  return (PnRecord *)(stage->blocks + stage->begin);
}

static inline bool
pn_stage_is_empty (const PnStage *stage)
{
  return stage->begin == stage->end;
}

/* Encodes the runner's own event at the stream's end. -ENOMEM if it is lost. */
int pn_stream_add (PnSweep *sweep, uint32_t stream, const PnEvent *event);

/* The stream's stage was empty and is not any more. */
void pn_heap_add (PnSweep *sweep, uint32_t stream);
