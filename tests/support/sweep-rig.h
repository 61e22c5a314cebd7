/* SPDX-License-Identifier: MIT */
#pragma once

/* A sweep with an arena of its own, whose rings the test fills as processes would, and
 * what it has written, as text. */

#include "pn-share.h"
#include "pn-sweep.h"

#include <glib.h>

typedef struct
{
  PnShare share;
  PnSweep *sweep;
  PnRelay relay;
  int fds[2];
  gint64 now_ns;
  guint64 next_seq; /* of the next event that comes out */
  guint64 n_lost;
  guint n_called; /* on_event */
  gint64 last_ns; /* of the last event that came out */
} SweepRig;

void sweep_rig_set_up (SweepRig *f, gconstpointer unused);
void sweep_rig_tear_down (SweepRig *f, gconstpointer unused);

void sweep_rig_open_slots (SweepRig *f, guint32 n);

/* What a process does. Publishing takes a number that it has taken before. */
guint64 sweep_rig_take_number (SweepRig *f);
gboolean sweep_rig_has_room (SweepRig *f, guint32 slot, guint blocks);
void sweep_rig_publish (
    SweepRig *f, guint32 slot, guint64 seq, gint64 value, gsize text_bytes);
void sweep_rig_publish_kind (SweepRig *f,
                             PnKind kind,
                             guint32 slot,
                             guint64 seq,
                             gint64 value,
                             gsize text_bytes);
void sweep_rig_emit (SweepRig *f, guint32 slot, gint64 value);

/* Sweeps and merges once. */
void sweep_rig_turn (SweepRig *f);

/* Decodes what has come out, all of which must be good and dense. Returns it as text:
 * "1:10 L1 2:=x", slot + 1 and value, a loss, a line. Owned. */
char *sweep_rig_take_out (SweepRig *f);

/* A turn, and what must come out of it. */
void sweep_rig_assert_out (SweepRig *f, const char *expected);
