/* SPDX-License-Identifier: MIT */
#include "pn-fifo.h"

#include <string.h>

#define MIN_CAPACITY 8

gpointer
pn_fifo_get (const PnFifo *fifo, gsize element_bytes)
{
  if (fifo->memory == NULL)
    return NULL;
  return fifo->memory + fifo->begin * element_bytes;
}

/* Room for one more at the end: by moving to the front when half is free there, so
 * that each element is moved O(1) times for each that was removed. */
static void
make_room (PnFifo *fifo, gsize element_bytes)
{
  if (fifo->begin + fifo->n < fifo->capacity)
    return;
  if (fifo->begin > fifo->n)
    {
      memcpy (fifo->memory, pn_fifo_get (fifo, element_bytes), fifo->n * element_bytes);
      fifo->begin = 0;
      return;
    }
  fifo->capacity = MAX (fifo->capacity * 2, MIN_CAPACITY);
  fifo->memory = g_realloc_n (fifo->memory, fifo->capacity, element_bytes);
}

gpointer
pn_fifo_insert (PnFifo *fifo, guint index, gsize element_bytes)
{
  guint8 *at;

  g_return_val_if_fail (index <= fifo->n, NULL);

  make_room (fifo, element_bytes);
  at = (guint8 *)pn_fifo_get (fifo, element_bytes) + index * element_bytes;
  memmove (at + element_bytes, at, (fifo->n - index) * element_bytes);
  fifo->n++;
  return at;
}

void
pn_fifo_remove (PnFifo *fifo, guint index, gsize element_bytes)
{
  guint8 *first = pn_fifo_get (fifo, element_bytes);
  guint8 *at;

  g_return_if_fail (index < fifo->n);

  at = first + index * element_bytes;
  fifo->n--;
  if (index <= fifo->n / 2)
    {
      memmove (first + element_bytes, first, index * element_bytes);
      fifo->begin++;
    }
  else
    memmove (at, at + element_bytes, (fifo->n - index) * element_bytes);
  if (fifo->n == 0)
    fifo->begin = 0;
}

void
pn_fifo_copy (const PnFifo *fifo, PnFifo *ret_copy, gsize element_bytes)
{
  *ret_copy = (PnFifo){ .n = fifo->n, .capacity = fifo->n };
  if (fifo->n > 0)
    ret_copy->memory
        = g_memdup2 (pn_fifo_get (fifo, element_bytes), fifo->n * element_bytes);
}

void
pn_fifo_clear (PnFifo *fifo)
{
  g_free (fifo->memory);
  *fifo = (PnFifo){ 0 };
}
