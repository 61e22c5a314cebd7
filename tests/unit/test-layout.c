/* SPDX-License-Identifier: MIT */
#include "pn-layout-private.h"

#include "pn-sample-model.h"

#include <math.h>
#include <string.h>

static PnLayout *
lay_out (PnModel *model, PnView *view)
{
  pn_view_fit (view, model);
  return pn_layout_new (model, view);
}

/* Without what depends on the fonts that a machine has: labels and the bubble. */
static char *
without_labels (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *rest = g_string_new (NULL);

  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    if ((!g_str_has_prefix (lines[i], "label ")
         && !g_str_has_prefix (lines[i], "bubble "))
        || g_str_has_prefix (lines[i], "label end "))
      g_string_append_printf (rest, "%s\n", lines[i]);
  return g_string_free (rest, FALSE);
}

/* Golden files hold what a layout says of itself. After a change that is meant:
 * PROCESSION_UPDATE_GOLDEN=1 meson test, then look at the diff. */
static void
compare_with_golden (const char *name, const char *text)
{
  g_autofree char *file = g_strdup_printf ("%s.txt", name);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autofree char *golden = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) is = NULL;
  g_auto (GStrv) should = NULL;

  if (g_getenv ("PROCESSION_UPDATE_GOLDEN") != NULL)
    {
      g_file_set_contents (path, text, -1, &error);
      g_assert_no_error (error);
      return;
    }
  g_file_get_contents (path, &golden, NULL, &error);
  g_assert_no_error (error);
  is = g_strsplit (text, "\n", -1);
  should = g_strsplit (golden, "\n", -1);
  for (gsize i = 0; is[i] != NULL && should[i] != NULL; i++)
    if (!g_str_equal (is[i], should[i]))
      g_test_message ("%s:%" G_GSIZE_FORMAT ": %s", file, i + 1, is[i]);
  g_assert_cmpstr (text, ==, golden);
}

typedef struct
{
  const char *name;
  const char *sample;
  PnAxis axis;
  gsize playhead;
} Golden;

static void
test_golden (gconstpointer data)
{
  const Golden *golden = data;
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (golden->sample));
  g_autoptr (PnLayout) layout = NULL;
  g_autofree char *all = NULL;
  g_autofree char *text = NULL;
  PnView view;

  pn_view_init (&view);
  view.width = 1200;
  view.height = 700;
  view.with_heads = FALSE;
  view.axis = golden->axis;
  view.playhead = golden->playhead;
  layout = lay_out (model, &view);
  all = pn_layout_dup_text (layout);
  text = without_labels (all);
  compare_with_golden (golden->name, text);
}

/* Whatever is asked for: no NaN, nothing far outside, texts inside what they name. */
static void
check_items (const PnLayout *layout)
{
  double far = PN_CLIP_MARGIN_PX + 1;

  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);
      double right = item->x + item->width, bottom = item->y + item->height;

      g_assert_true (isfinite (item->x) && isfinite (item->y));
      g_assert_true (isfinite (item->width) && isfinite (item->height));
      g_assert_cmpfloat (item->width, >=, 0);
      g_assert_cmpfloat (item->height, >=, 0);
      g_assert_cmpfloat (item->x, >=, -300);
      g_assert_cmpfloat (right, <=, layout->view.width + 300);
      if (item->shape != PN_SHAPE_TEXT)
        {
          g_assert_cmpfloat (item->x, >=, -far);
          g_assert_cmpfloat (right, <=, layout->view.width + far);
          g_assert_cmpfloat (item->y, >=, -far);
          g_assert_cmpfloat (bottom, <=, layout->view.height + far);
        }
      else
        g_assert_true (g_utf8_validate (item->text, -1, NULL));
      if (i > 0)
        g_assert_cmpint (item->layer, >=, (item - 1)->layer);
      g_assert_cmpuint (item->first_point + item->n_points, <=, layout->points->len);
      g_assert_cmpuint (item->count, >=, 1);
    }
}

static double
random_unit (GRand *rand, double whole)
{
  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      return g_rand_double_range (rand, -whole, 2 * whole);
    case 1:
      return g_rand_double_range (rand, -1e18, 1e18);
    case 2:
      return 0;
    default:
      return g_rand_double_range (rand, 0, whole);
    }
}

static void
test_any_view_gives_sane_items (void)
{
  GRand *rand = g_rand_new_with_seed (7);

  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));
      gsize n = pn_model_get_n_events (model);

      for (int i = 0; i < 60; i++)
        {
          g_autoptr (PnLayout) layout = NULL;
          double whole;
          PnView view;

          pn_view_init (&view);
          view.axis = g_rand_int_range (rand, 0, 2);
          pn_view_fit (&view, model);
          whole = view.end;
          view.begin = random_unit (rand, whole);
          view.end = view.begin + pow (10, g_rand_double_range (rand, -3, 12));
          view.axis_mix = g_rand_boolean (rand) ? g_rand_double (rand) : 0;
          view.width = g_rand_double_range (rand, 1, 3000);
          view.height = g_rand_double_range (rand, 1, 2000);
          view.scroll_y = g_rand_double_range (rand, -500, 5000);
          view.playhead = (gsize)g_rand_int_range (rand, 0, (gint32)n + 2);
          view.theme = g_rand_int_range (rand, 0, 3);
          view.font_px = 6 + 9 * g_rand_int_range (rand, 0, 4);
          view.hovered = (PnThing){ g_rand_int_range (rand, 0, 4),
                                    (guint64)g_rand_int (rand) % 9 };
          layout = pn_layout_new (model, &view);
          check_items (layout);
        }
    }
  g_rand_free (rand);
}

static void
test_odd_numbers_do_no_harm (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, -1 };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    for (gsize field = 0; field < 8; field++)
      {
        g_autoptr (PnLayout) layout = NULL;
        PnView view;
        double *fields[]
            = { &view.begin,    &view.end,      &view.width,   &view.height,
                &view.scroll_y, &view.axis_mix, &view.font_px, &view.playhead_after };

        pn_view_init (&view);
        pn_view_fit (&view, model);
        view.playhead = 3;
        *fields[field] = odd[i];
        layout = pn_layout_new (model, &view);
        check_items (layout);
      }
}

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

static const PnItem *
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

static void
test_hit_finds_what_is_drawn (void)
{
  static const struct
  {
    PnItemKind kind;
    const char *process;
    const char *card;
  } cases[] = {
    { PN_ITEM_WAIT, "P2", "P2 waits for lock\nsince 0.680 s, for 0.86 s\nP1 holds it" },
    { PN_ITEM_WAIT,
      "P3",
      "P3 waits for lock\nsince 0.800 s, for 1.58 s\nP1 holds it\n"
      "before it: P2" },
    { PN_ITEM_SLEEP, "P1", "P1 sleeps\nsince 0.720 s, for 0.8 s" },
    { PN_ITEM_HOLD, "P1", "P1 holds lock\nsince 0.620 s, for 0.91 s" },
    { PN_ITEM_JOIN, "main", "main waits for the end of P1\nsince 0.420 s, for 1.2 s" },
    { PN_ITEM_OWNED, "P2", "P2 holds lock\nsince 1.540 s, for 0.83 s" },
  };
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PnItem *item
          = find_item (layout,
                       cases[i].kind,
                       pn_sample_process_lane (model, cases[i].process)->process);
      g_autofree char *card = NULL;
      PnHit hit;

      g_assert_true (pn_layout_hit (
          layout, item->x + item->width / 3, item->y + item->height - 1.5, &hit));
      g_assert_cmpuint (hit.event, ==, item->event);
      card = pn_layout_dup_card (layout, &hit);
      g_assert_cmpstr (card, ==, cases[i].card);
    }
}

static void
test_hit_finds_arrows_and_heads (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  g_autofree char *card = NULL;
  g_autofree char *head = NULL;
  const PnItem *arrow;
  const PnPoint *points;
  PnView view;
  PnHit hit;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  arrow = find_item (layout, PN_ITEM_ARROW, 1);
  points = &g_array_index (layout->points, PnPoint, arrow->first_point);
  g_assert_true (pn_layout_hit (layout, points[0].x + 2, points[0].y + 8, &hit));
  g_assert_cmpuint (hit.event, ==, arrow->event);
  g_assert_cmpuint (hit.other_event, ==, arrow->other_event);
  card = pn_layout_dup_card (layout, &hit);
  g_assert_cmpstr (card, ==, "main starts P1\nat 0.160 s, takes 50 ms");

  g_assert_true (
      pn_layout_hit (layout, 20, pn_layout_get_ruler_height (layout) + 30, &hit));
  g_assert_cmpint (hit.thing.kind, ==, PN_THING_PROCESS);
  g_assert_cmpuint (hit.event, ==, PN_EVENT_OPEN);
  head = pn_layout_dup_card (layout, &hit);
  g_assert_true (g_str_has_prefix (head, "main · pid 4711"));
  g_assert_false (pn_layout_hit (layout, 500, 5, &hit));
}

/* A whole lane's card speaks of the moment at the playhead. */
static void
test_cards_of_objects (void)
{
  static const struct
  {
    const char *object;
    gsize playhead;
    const char *card;
  } cases[] = {
    { "lock", 22, "lock\nMpLock\nheld by P1 since 0.620 s\nwaiting: P2, P3" },
    { "lock", 10, "lock\nMpLock\nheld by nobody" },
    { "lock", 26, "lock\nMpLock\nheld by P2 since 1.540 s\nwaiting: P3" },
    { "results", 22, "results\nMpQueue\n3 messages in it" },
    { "counter", 22, "counter\nMpShared\n= 1" },
    { "counter", G_MAXSIZE, "counter\nMpShared\n= 3" },
  };
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PnHit hit = { .object = pn_sample_object_lane (model, cases[i].object)->object,
                    .event = PN_EVENT_OPEN,
                    .other_event = PN_EVENT_OPEN };
      g_autoptr (PnLayout) layout = NULL;
      g_autofree char *card = NULL;
      PnView view;

      pn_view_init (&view);
      view.playhead = cases[i].playhead;
      layout = lay_out (model, &view);
      card = pn_layout_dup_card (layout, &hit);
      g_assert_cmpstr (card, ==, cases[i].card);
    }
}

static void
test_density_follows_height (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  double last = 1e9;

  for (double height = 800; height >= 200; height -= 200)
    {
      g_autoptr (PnLayout) layout = NULL;
      PnView view;

      pn_view_init (&view);
      view.height = height;
      layout = lay_out (model, &view);
      g_assert_cmpfloat (pn_layout_get_full_height (layout), <=, last);
      last = pn_layout_get_full_height (layout);
    }
}

static void
test_empty_model (void)
{
  PnTrace *trace = pn_trace_new ();
  g_autoptr (PnModel) model = pn_model_new (trace);
  g_autoptr (PnLayout) layout = NULL;
  PnView view;
  PnHit hit;

  pn_trace_unref (trace);
  pn_view_init (&view);
  view.playhead = 0;
  layout = lay_out (model, &view);
  check_items (layout);
  g_assert_false (pn_layout_hit (layout, 500, 300, &hit));
  g_assert_cmpuint (pn_layout_x_to_event (layout, 300), ==, 0);
  pn_view_set_axis (&view, model, PN_AXIS_ORDER);
  pn_view_zoom (&view, model, 1, 2);
}

/* Names that nobody would choose come out as one line without anything to obey. */
static void
test_hostile_names_are_shown_plainly (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_hostile ());
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->text == NULL)
        continue;
      for (const char *p = item->text; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);

          g_assert_false (g_unichar_iscntrl (c));
          g_assert_false (c >= 0x202a && c <= 0x202e);
          g_assert_false (c >= 0x2066 && c <= 0x2069);
        }
    }
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);
      PnHit hit = { item->thing,
                    item->process,
                    item->object,
                    item->event,
                    item->other_event,
                    0,
                    0,
                    0,
                    0 };
      g_autofree char *card = pn_layout_dup_card (layout, &hit);

      g_assert_true (g_utf8_validate (card, -1, NULL));
      g_assert_null (strpbrk (card, "\033\001\177\r\t"));
    }
}

static gboolean
has_text (const PnLayout *layout, const char *text)
{
  for (guint i = 0; i < layout->items->len; i++)
    if (g_strcmp0 (g_array_index (layout->items, PnItem, i).text, text) == 0)
      return TRUE;
  return FALSE;
}

static void
test_labels_say_what_is_there (void)
{
  static const struct
  {
    const char *sample;
    const char *texts[12];
  } cases[] = {
    { "lock",
      { "main",
        "pid 4711",
        "P1",
        "join P1",
        "runs",
        "sleeps 0.8 s",
        "waits for lock",
        "holds lock",
        "waiters",
        "MpQueue, depth",
        "'P3'" } },
    { "deadlock", { "Deadlock", "waits for knife", "holds fork" } },
    { "ends",
      { "3", "SIGSEGV", "SIGKILL", "SIGTERM", "runs, stopped", "its holder is gone" } },
    { "pool", { "W1: 1", "W2: 5", "waits for pool" } },
    { "manager", { "['a', 'b']", "waits for names" } },
    { "pipe", { "'more'", "waits for pipe" } },
    { "nested", { "P1:1:1", "P1:1" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PnModel) model
          = pn_sample_model_take (pn_sample_by_name (cases[i].sample));
      g_autoptr (PnLayout) layout = NULL;
      PnView view;

      pn_view_init (&view);
      view.width = 3000;
      layout = lay_out (model, &view);
      for (gsize j = 0; cases[i].texts[j] != NULL; j++)
        {
          if (!has_text (layout, cases[i].texts[j]))
            g_test_message ("%s: no \"%s\"", cases[i].sample, cases[i].texts[j]);
          g_assert_true (has_text (layout, cases[i].texts[j]));
        }
    }
}

/* Labels stay inside what they name, and never lie on each other. */
static void
test_labels_fit (void)
{
  for (double width = 300; width < 2400; width *= 1.3)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
      g_autoptr (PnLayout) layout = NULL;
      PnView view;

      pn_view_init (&view);
      view.width = width;
      layout = lay_out (model, &view);
      for (guint i = 0; i < layout->items->len; i++)
        {
          const PnItem *a = &g_array_index (layout->items, PnItem, i);

          if (a->layer != PN_LAYER_LABEL || a->shape != PN_SHAPE_TEXT)
            continue;
          for (guint j = 0; j < i; j++)
            {
              const PnItem *b = &g_array_index (layout->items, PnItem, j);

              if (b->layer == PN_LAYER_LABEL && b->shape == PN_SHAPE_TEXT)
                g_assert_false (a->x < b->x + b->width && b->x < a->x + a->width
                                && a->y + 2 < b->y + b->height - 2
                                && b->y + 2 < a->y + a->height - 2);
            }
        }
    }
}

static void
test_open_spans_reach_now (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model ("0.0 runner run.begin \"Live\"\n0.0 main process.begin\n"
                         "0.1 main sleep.begin ~60\n");
  g_autoptr (PnLayout) layout = NULL;
  const PnItem *sleep;
  PnView view;

  pn_view_init (&view);
  view.now_ns = 5000000000;
  layout = lay_out (model, &view);
  sleep = find_item (layout, PN_ITEM_SLEEP, 1);
  g_assert_cmpfloat_with_epsilon (
      sleep->x + sleep->width, pn_layout_unit_to_x (layout, 5e9), 0.01);
}

int
main (int argc, char **argv)
{
  static const Golden goldens[] = {
    { "lock", "lock", PN_AXIS_TIME, 21 },
    { "lock-order", "lock", PN_AXIS_ORDER, 21 },
    { "deadlock", "deadlock", PN_AXIS_TIME, G_MAXSIZE },
    { "ends", "ends", PN_AXIS_TIME, G_MAXSIZE },
    { "pool", "pool", PN_AXIS_TIME, 30 },
    { "pipe", "pipe", PN_AXIS_ORDER, 10 },
    { "manager", "manager", PN_AXIS_TIME, 20 },
    { "nested", "nested", PN_AXIS_TIME, G_MAXSIZE },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout/golden/%s", goldens[i].name);
      g_test_add_data_func (path, &goldens[i], test_golden);
    }
  g_test_add_func ("/layout/any-view-gives-sane-items", test_any_view_gives_sane_items);
  g_test_add_func ("/layout/odd-numbers-do-no-harm", test_odd_numbers_do_no_harm);
  g_test_add_func ("/layout/bars-are-disjoint", test_bars_are_disjoint);
  g_test_add_func ("/layout/folds-count-all", test_folds_count_all);
  g_test_add_func ("/layout/contended-folds-show-it", test_contended_folds_show_it);
  g_test_add_func ("/layout/hit-finds-what-is-drawn", test_hit_finds_what_is_drawn);
  g_test_add_func ("/layout/hit-finds-arrows-and-heads",
                   test_hit_finds_arrows_and_heads);
  g_test_add_func ("/layout/cards-of-objects", test_cards_of_objects);
  g_test_add_func ("/layout/density-follows-height", test_density_follows_height);
  g_test_add_func ("/layout/empty-model", test_empty_model);
  g_test_add_func ("/layout/hostile-names-are-shown-plainly",
                   test_hostile_names_are_shown_plainly);
  g_test_add_func ("/layout/labels-say-what-is-there", test_labels_say_what_is_there);
  g_test_add_func ("/layout/labels-fit", test_labels_fit);
  g_test_add_func ("/layout/open-spans-reach-now", test_open_spans_reach_now);
  return g_test_run ();
}
