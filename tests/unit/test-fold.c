/* SPDX-License-Identifier: MIT */
#include "layout-case.h"

#include <math.h>

/* Bars of one lane never lie on each other. */
static void
test_bars_are_disjoint (void)
{
  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));
      g_autoptr (PnLayout) layout = NULL;
      g_autoptr (GHashTable) ends = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      PnView view;

      pn_view_init (&view);
      layout = lay_out (model, &view);
      for (guint i = 0; i < layout->items->len; i++)
        {
          const PnItem *item = &g_array_index (layout->items, PnItem, i);
          gpointer key = GUINT_TO_POINTER (item->process);
          const double *end = g_hash_table_lookup (ends, key);

          if (item->layer != PN_LAYER_BAR || item->process == 0
              || (item->kind != PN_ITEM_RUN && item->kind != PN_ITEM_SLEEP
                  && item->kind != PN_ITEM_WAIT && item->kind != PN_ITEM_JOIN))
            continue;
          if (end != NULL)
            g_assert_cmpfloat (item->x, >=, *end - 1.6);
          g_hash_table_insert (
              ends,
              key,
              g_memdup2 (&(double){ item->x + item->width }, sizeof (double)));
        }
    }
}

static guint
count_folded (const PnLayout *layout, guint32 process)
{
  const PnLane *lane = pn_lanes_get_process (&layout->lanes, process);
  guint count = 0;

  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->layer == PN_LAYER_BAR && item->y == lane->bar_y
          && (item->kind == PN_ITEM_FOLD || item->kind == PN_ITEM_RUN
              || item->kind == PN_ITEM_SLEEP || item->kind == PN_ITEM_WAIT))
        count += item->count;
    }
  return count;
}

/* Folding hides no span from the count, and gives no more items than pixels. */
static void
test_folds_count_all (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_generated (20000));
  const PnHistory *history = pn_model_get_history (model);
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < history->processes->len; i++)
    {
      const PnProcessLane *lane = g_ptr_array_index (history->processes, i);
      guint zombies = 0, starting = 0;

      for (guint j = 0; j < lane->spans->len; j++)
        {
          zombies += g_array_index (lane->spans, PnSpan, j).kind == PN_SPAN_ZOMBIE;
          starting += g_array_index (lane->spans, PnSpan, j).kind == PN_SPAN_STARTING;
        }
      g_assert_cmpuint (count_folded (layout, lane->process) + zombies + starting,
                        ==,
                        lane->spans->len);
    }
  g_assert_cmpuint (layout->items->len, <, 20000);
}

/* Something stands at @y where the span is. */
static void
assert_covered (const PnLayout *layout, const PnSpan *span, double y)
{
  double x = pn_layout_unit_to_x (layout, (double)(span->begin_ns + span->end_ns) / 2);
  gboolean found = FALSE;

  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      found |= item->layer == PN_LAYER_BAR && fabs (item->y - y) < 0.01
               && item->x <= x + 0.01 && item->x + item->width >= x - 0.01;
    }
  g_assert_true (found);
}

static void
test_folds_reach_over_all (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_generated (5000));
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < layout->lanes.n_processes; i++)
    {
      const PnLane *lane = &g_array_index (layout->lanes.lanes, PnLane, i);
      const GArray *spans = lane->process->spans, *holds = lane->process->holds;

      for (guint j = 0; j < spans->len; j += 7)
        {
          const PnSpan *span = &g_array_index (spans, PnSpan, j);

          if (span->kind != PN_SPAN_ZOMBIE && span->kind != PN_SPAN_STARTING)
            assert_covered (layout, span, lane->bar_y);
        }
      for (guint j = 0; j < holds->len; j += 7)
        {
          const PnSpan *hold = &g_array_index (holds, PnSpan, j);
          guint row = MIN (hold->row, lane->n_rows - 1);

          assert_covered (layout, hold, lane->row_y + row * lane->row_pitch);
        }
    }
}

static void
test_contended_folds_show_it (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autoptr (PnModel) model = NULL;
  g_autoptr (PnLayout) layout = NULL;
  gboolean seen = FALSE;
  PnView view;

  pn_sample_builder_add (builder,
                         "0.0 runner run.begin \"Fold\"\n"
                         "0.0 main process.begin\n"
                         "0.0 main name lock lock\n");
  for (int i = 0; i < 10; i++)
    pn_sample_builder_addf (builder,
                            "0.50%d0 main sleep.begin ~0.0001\n"
                            "0.50%d1 main sleep.end\n",
                            i,
                            i);
  pn_sample_builder_add (builder,
                         "0.5101 main lock.wait lock\n"
                         "0.5102 main lock.acquire lock\n"
                         "0.5103 main lock.release lock\n"
                         "90.0 main process.end\n");
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->kind == PN_ITEM_FOLD && item->process == 1)
        seen |= item->fill == PN_ROLE_OBJECT && item->object != 0 && item->count > 10;
    }
  g_assert_true (seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fold/bars-are-disjoint", test_bars_are_disjoint);
  g_test_add_func ("/fold/folds-count-all", test_folds_count_all);
  g_test_add_func ("/fold/folds-reach-over-all", test_folds_reach_over_all);
  g_test_add_func ("/fold/contended-folds-show-it", test_contended_folds_show_it);
  return g_test_run ();
}
