/* SPDX-License-Identifier: MIT */
#pragma once

/* For tests of what is laid out. */

#include "pn-layout-private.h"

#include "pn-sample-model.h"

/* All of it, in the size that the view has. */
static inline PnLayout *
lay_out (PnModel *model, PnView *view)
{
  pn_view_fit (view, model);
  return pn_layout_new (model, view);
}

/* Aborts if there is none. @process 0: of any. */
static inline const PnItem *
find_item (const PnLayout *layout, PnItemKind kind, guint32 process)
{
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->kind == kind && item->shape != PN_SHAPE_TEXT
          && (process == 0 || item->process == process))
        return item;
    }
  g_assert_not_reached ();
}
