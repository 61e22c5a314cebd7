/* SPDX-License-Identifier: MIT */
#include "layout-case.h"

#include <math.h>
#include <string.h>

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
      { "3", "SIGSEGV", "SIGKILL", "SIGTERM", "stopped", "its holder is gone" } },
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

static const PnItem *
find_text (const PnLayout *layout, const char *text)
{
  for (guint i = 0; i < layout->items->len; i++)
    if (g_strcmp0 (g_array_index (layout->items, PnItem, i).text, text) == 0)
      return &g_array_index (layout->items, PnItem, i);
  g_error ("no text %s", text);
}

static gboolean
lies_inside (const PnItem *inner, const PnItem *outer)
{
  return inner->x >= outer->x && inner->x + inner->width <= outer->x + outer->width;
}

/* Arrows go behind what is written on a bar. */
static void
test_label_of_a_sleep_hides_what_crosses_it (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  const PnItem *label, *plate;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  label = find_text (layout, "sleeps 0.8 s");
  plate = label - 2;
  g_assert_cmpint (plate->layer, >, PN_LAYER_ARROW);
  g_assert_true (lies_inside (label, plate));
  g_assert_cmpint (plate->fill, ==, PN_ROLE_BACKGROUND);
  g_assert_cmpfloat (plate->fill_alpha, ==, 1);
  g_assert_cmpint ((plate + 1)->fill, ==, PN_ROLE_RUN);
}

/* Where the playhead stands once all has been played. */
static void
test_nothing_is_written_over_the_end (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_ends ());
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->layer == PN_LAYER_LABEL && item->shape == PN_SHAPE_TEXT)
        g_assert_cmpfloat (item->x + item->width, <=, pn_layout_end_x (layout) + 1);
    }
}

/* For a few pixels of margin below the last lane nobody scrolls. */
static void
test_lanes_that_fit_need_no_scrolling (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) all = NULL;
  PnView view;
  double full;

  pn_view_init (&view);
  view.height = 2000;
  all = lay_out (model, &view);
  full = pn_layout_get_full_height (all);
  for (view.height = full - 11; view.height < full + 3; view.height++)
    {
      g_autoptr (PnLayout) layout = lay_out (model, &view);

      g_assert_cmpint (layout->lanes.density, ==, PN_DENSITY_ROOMY);
      g_assert_cmpfloat (pn_layout_get_full_height (layout), <=, view.height);
    }
}

static void
test_tasks_have_labels_in_a_low_picture (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_pool ());
  g_autoptr (PnLayout) layout = NULL;
  PnView view;

  pn_view_init (&view);
  view.height = 200;
  layout = lay_out (model, &view);
  g_assert_cmpint (layout->lanes.density, ==, PN_DENSITY_DENSE);
  g_assert_true (has_text (layout, "W1: 1"));
}

/* The end of a value says most. */
static void
test_values_are_cut_in_the_middle (void)
{
  static const char *const values[]
      = { "'message number 1'", "[1, 2, 3, 4, 5, 6, 7]", "\"message number 1\"" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      double width = pn_text_measure (PN_FONT_SMALL, 1, values[i]).width;
      g_autofree char *cut = pn_text_fit (PN_FONT_SMALL, 1, values[i], width * 0.7);

      g_assert_nonnull (strstr (cut, "…"));
      g_assert_true (g_str_has_suffix (cut, values[i] + strlen (values[i]) - 2));
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

/* What is written in an object's colour has that of its own object. */
static void
test_labels_have_the_colour_of_their_object (void)
{
  guint n = 0;

  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));
      g_autoptr (PnLayout) layout = NULL;
      PnView view;

      pn_view_init (&view);
      layout = lay_out (model, &view);
      for (guint i = 0; i < layout->items->len; i++)
        {
          const PnItem *item = &g_array_index (layout->items, PnItem, i);

          if (item->shape != PN_SHAPE_TEXT || item->object == 0
              || (item->fill != PN_ROLE_INK && item->fill != PN_ROLE_ON_OBJECT))
            continue;
          g_assert_cmpuint (
              item->order, ==, pn_layout_object_order (layout, item->object));
          n += item->order > 0;
        }
    }
  g_assert_cmpuint (n, >, 5);
}

static const PnItem *
find_arrow_of (const PnLayout *layout, const PnItem *label)
{
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->kind == PN_ITEM_ARROW && item->event == label->event
          && item->other_event == label->other_event && item->object == label->object)
        return item;
    }
  return NULL;
}

static void
test_messages_stand_right_of_their_lines (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  guint n = 0;
  PnView view;

  pn_view_init (&view);
  layout = lay_out (model, &view);
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *label = &g_array_index (layout->items, PnItem, i);
      const PnItem *arrow = find_arrow_of (layout, label);

      if (label->shape != PN_SHAPE_TEXT || label->text[0] != '\'' || arrow == NULL)
        continue;
      g_assert_cmpfloat (label->x, >, arrow->x + arrow->width);
      g_assert_cmpfloat (label->x, <, arrow->x + arrow->width + 10);
      n++;
    }
  g_assert_cmpuint (n, >, 2);
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
  g_test_add_func ("/layout/density-follows-height", test_density_follows_height);
  g_test_add_func ("/layout/empty-model", test_empty_model);
  g_test_add_func ("/layout/hostile-names-are-shown-plainly",
                   test_hostile_names_are_shown_plainly);
  g_test_add_func ("/layout/labels-say-what-is-there", test_labels_say_what_is_there);
  g_test_add_func ("/layout/label-hides-arrows",
                   test_label_of_a_sleep_hides_what_crosses_it);
  g_test_add_func ("/layout/nothing-over-the-end",
                   test_nothing_is_written_over_the_end);
  g_test_add_func ("/layout/no-scrolling-for-a-margin",
                   test_lanes_that_fit_need_no_scrolling);
  g_test_add_func ("/layout/tasks-in-a-low-picture",
                   test_tasks_have_labels_in_a_low_picture);
  g_test_add_func ("/layout/values-cut-in-the-middle",
                   test_values_are_cut_in_the_middle);
  g_test_add_func ("/layout/labels-fit", test_labels_fit);
  g_test_add_func ("/layout/labels-have-the-colour-of-their-object",
                   test_labels_have_the_colour_of_their_object);
  g_test_add_func ("/layout/messages-stand-right-of-their-lines",
                   test_messages_stand_right_of_their_lines);
  g_test_add_func ("/layout/open-spans-reach-now", test_open_spans_reach_now);
  return g_test_run ();
}
