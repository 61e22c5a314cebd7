/* SPDX-License-Identifier: MIT */
#pragma once

/* PnFifo: elements of one size in one piece of memory, added at the end and removed
 * near the front in O(1), also when there are a million. Elements move when one is
 * added or removed. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *memory;
  guint begin; /* elements free before the first */
  guint n;
  guint capacity;
} PnFifo;

/* Room for an element at @index (0 to n), not cleared. Cost: O(n - index). */
gpointer pn_fifo_insert (PnFifo *fifo, guint index, gsize element_bytes);

/* Cost: O(min (index, n - index)). */
void pn_fifo_remove (PnFifo *fifo, guint index, gsize element_bytes);

/* The first element; good until the next change. NULL if there was never one. */
gpointer pn_fifo_get (const PnFifo *fifo, gsize element_bytes);

void pn_fifo_copy (const PnFifo *fifo, PnFifo *ret_copy, gsize element_bytes);
void pn_fifo_clear (PnFifo *fifo);

G_END_DECLS
