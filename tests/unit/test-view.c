/* SPDX-License-Identifier: MIT */
#include "layout-case.h"

#include <math.h>

static void
test_x_and_units_agree (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  gsize n = pn_model_get_n_events (model);

  for (PnAxis axis = PN_AXIS_TIME; axis <= PN_AXIS_ORDER; axis++)
    {
      g_autoptr (PnLayout) layout = NULL;
      PnView view;

      pn_view_init (&view);
      view.axis = axis;
      layout = lay_out (model, &view);
      for (gsize i = 0; i < n; i++)
        {
          double unit = pn_view_event_unit (&view, model, i);
          double x = pn_layout_unit_to_x (layout, unit);

          g_assert_cmpfloat_with_epsilon (
              pn_layout_x_to_unit (layout, x), unit, 1e-6 * view.end);
        }
    }
}

/* Half-way between the axes lies half-way between the places; at its end the switch
 * does not jump. */
static void
test_axis_mix_is_between (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  PnTrace *trace = pn_model_get_trace (model);
  gsize n = pn_model_get_n_events (model);
  PnView view, other;
  PnScale at_time, at_order, half, nearly;

  pn_view_init (&view);
  pn_view_fit (&view, model);
  other = view;
  pn_view_set_axis (&other, model, PN_AXIS_ORDER);
  g_assert_cmpint (other.axis, ==, PN_AXIS_ORDER);
  pn_scale_init (&at_time, trace, n, &view, 100, 1000);
  pn_scale_init (&at_order, trace, n, &other, 100, 1000);
  view.axis_mix = 0.5;
  pn_scale_init (&half, trace, n, &view, 100, 1000);
  view.axis_mix = 1;
  pn_scale_init (&nearly, trace, n, &view, 100, 1000);
  for (gsize i = 0; i < n; i++)
    {
      double a = pn_scale_event_x (&at_time, i), b = pn_scale_event_x (&at_order, i);

      g_assert_cmpfloat_with_epsilon (pn_scale_event_x (&half, i), (a + b) / 2, 0.01);
      g_assert_cmpfloat_with_epsilon (pn_scale_event_x (&nearly, i), b, 0.01);
    }
}

static void
test_axis_conversion_goes_back (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_pool ());
  PnTrace *trace = pn_model_get_trace (model);
  gsize n = pn_model_get_n_events (model);
  gint64 duration = pn_trace_get_duration_ns (trace);

  for (double unit = -5; unit < n + 5; unit += 0.25)
    {
      double ns = pn_axis_convert (trace, n, PN_AXIS_ORDER, unit, duration);
      double next = pn_axis_convert (trace, n, PN_AXIS_ORDER, unit + 0.25, duration);
      double back = pn_axis_convert (trace, n, PN_AXIS_TIME, ns, duration);

      g_assert_cmpfloat (next, >=, ns);
      if (next > ns)
        g_assert_cmpfloat_with_epsilon (back, unit, 1.01);
    }
}

static void
test_zoom_keeps_its_point (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  PnView view;
  double share;

  pn_view_init (&view);
  pn_view_fit (&view, model);
  share = (1.3e9 - view.begin) / (view.end - view.begin);
  pn_view_zoom (&view, model, 1.3e9, 4);
  g_assert_cmpfloat_with_epsilon (
      (1.3e9 - view.begin) / (view.end - view.begin), share, 1e-9);
  for (int i = 0; i < 200; i++)
    pn_view_zoom (&view, model, 1.3e9, 2);
  g_assert_cmpfloat_with_epsilon (view.end - view.begin, 100, 1);
  for (int i = 0; i < 200; i++)
    pn_view_zoom (&view, model, 1.3e9, 0.5);
  g_assert_cmpfloat (view.end - view.begin, <=, 2 * 3.42e9 * 1.05);
  pn_view_pan (&view, model, 1e18);
  g_assert_cmpfloat (view.begin, <, 3.42e9);
  pn_view_pan (&view, model, -1e18);
  g_assert_cmpfloat (view.end, >, 0);
}

/* Most of the time of a short run goes by before its first process begins. */
static void
test_whole_begins_with_the_first_process (void)
{
  g_autoptr (PnTrace) trace = pn_sample_trace ("0.000 runner run.begin \"Crash\"\n"
                                               "0.001 runner process.start main\n"
                                               "0.100 main process.begin\n"
                                               "0.125 main process.end =-11\n"
                                               "0.125 runner run.end\n");
  g_autoptr (PnModel) model = pn_model_new (trace);
  PnView view;

  pn_model_update (model);
  pn_view_init (&view);
  pn_view_fit (&view, model);
  g_assert_cmpfloat_with_epsilon (view.begin, 0.099e9, 1);
  g_assert_cmpfloat_with_epsilon (view.end, 0.12604e9, 1);
  view.axis = PN_AXIS_ORDER;
  pn_view_fit (&view, model);
  g_assert_cmpfloat_with_epsilon (view.begin, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (view.end, 5 + 4 * 0.04, 1e-9);
}

/* In a long one that is less than the margin. */
static void
test_whole_begins_at_zero (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnTrace) empty = pn_trace_new ();
  g_autoptr (PnModel) nothing = pn_model_new (empty);
  PnView view;

  pn_view_init (&view);
  pn_view_fit (&view, model);
  g_assert_cmpfloat (view.begin, ==, 0);
  pn_view_fit (&view, nothing);
  g_assert_cmpfloat (view.begin, ==, 0);
  g_assert_cmpfloat (view.end, >, 0);
}

static void
test_bubble_points_to_a_playhead_out_of_sight (void)
{
  static const char *const texts[] = { "\"‹ 0.000 s\"", "\"3.420 s ›\"" };
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  const gsize events[] = { 3, pn_model_get_n_events (model) - 1 };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (PnLayout) layout = NULL;
      g_autofree char *text = NULL;
      PnView view;

      pn_view_init (&view);
      view.begin = 1e9;
      view.end = 2e9;
      view.playhead = events[i];
      layout = pn_layout_new (model, &view);
      text = pn_layout_dup_text (layout);
      g_assert_nonnull (strstr (text, texts[i]));
    }
}

/* As the command line numbers them. */
static void
test_numbers_of_lost_events_are_left_out (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autoptr (PnModel) model = NULL;
  g_autoptr (PnLayout) layout = NULL;
  g_autofree char *text = NULL;
  PnView view;

  pn_sample_builder_add (builder,
                         "0 runner run.begin \"Lost\"\n"
                         "0.1 main process.begin\n");
  pn_sample_builder_skip_seq (builder, 40);
  pn_sample_builder_add (builder,
                         "0.2 main process.exit\n"
                         "0.3 main process.end =0\n");
  model = pn_sample_model_take (pn_sample_builder_end (builder));
  pn_view_init (&view);
  view.axis = PN_AXIS_ORDER;
  view.playhead = 3;
  pn_view_fit (&view, model);
  layout = pn_layout_new (model, &view);
  text = pn_layout_dup_text (layout);
  g_assert_nonnull (strstr (text, "\"1\""));
  g_assert_nonnull (strstr (text, "\"42\""));
  g_assert_nonnull (strstr (text, "\"43\" fill on-accent"));
  g_assert_null (strstr (text, "\"2\""));
}

static void
test_ticks (void)
{
  static const struct
  {
    PnAxis axis;
    double px_a_unit, min_px, step;
  } cases[] = {
    { PN_AXIS_TIME, 1000 / 3.5e9, 70, 5e8 },
    { PN_AXIS_TIME, 1000 / 3.5e6, 70, 5e5 },
    { PN_AXIS_TIME, 1000 / 100.0, 70, 10 },
    { PN_AXIS_TIME, 1000 / 10.0, 70, 1 },
    { PN_AXIS_TIME, 1000 / 300e9, 70, 30e9 },
    { PN_AXIS_TIME, 1000 / 600e9, 70, 60e9 },
    { PN_AXIS_TIME, 1000 / 3600e9, 70, 300e9 },
    { PN_AXIS_ORDER, 30, 70, 5 },
    { PN_AXIS_ORDER, 200, 70, 1 },
    { PN_AXIS_ORDER, 0.01, 70, 10000 },
    { PN_AXIS_TIME, 1, 1, 1 },
    { PN_AXIS_TIME, 1e-3, 2, 2000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (
        pn_tick_step (cases[i].axis, cases[i].px_a_unit, cases[i].min_px),
        cases[i].step,
        cases[i].step * 1e-9);
}

static void
test_tick_labels (void)
{
  static const struct
  {
    PnAxis axis;
    double unit, step, largest;
    const char *label;
  } cases[] = {
    { PN_AXIS_TIME, 5e8, 5e8, 3e9, "0.5 s" },
    { PN_AXIS_TIME, 0, 5e8, 3e9, "0.0 s" },
    { PN_AXIS_TIME, 3e9, 1e9, 3e9, "3 s" },
    { PN_AXIS_TIME, 25e7, 5e7, 4e8, "250 ms" },
    { PN_AXIS_TIME, 1.5e3, 500, 9e3, "1.5 µs" },
    { PN_AXIS_TIME, 40, 10, 90, "40 ns" },
    { PN_AXIS_TIME, 1234567000, 1000, 1234569000, "1.234567 s" },
    { PN_AXIS_TIME, 90e9, 30e9, 300e9, "1:30 min" },
    { PN_AXIS_TIME, -5e8, 5e8, 3e9, "−0.5 s" },
    { PN_AXIS_ORDER, 14, 1, 31, "14" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *label = pn_tick_label (
          cases[i].axis, cases[i].unit, cases[i].step, cases[i].largest);

      g_assert_cmpstr (label, ==, cases[i].label);
    }
}

/* Each tick stands at a whole number of steps, with its own time beside it, and no
 * label touches the next. */
static void
test_ruler_labels_do_not_touch (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());

  for (double length = 100; length < 1e11; length *= 3.7)
    {
      g_autoptr (PnLayout) layout = NULL;
      double end = -1;
      guint n_labels = 0;
      PnView view;

      pn_view_init (&view);
      view.begin = MAX (0, 1.3e9 - length / 2);
      view.end = view.begin + length;
      layout = pn_layout_new (model, &view);
      for (guint i = 0; i < layout->items->len; i++)
        {
          const PnItem *item = &g_array_index (layout->items, PnItem, i);

          if (item->layer != PN_LAYER_RULER || item->shape != PN_SHAPE_TEXT)
            continue;
          g_assert_cmpfloat (item->x, >, end + 4);
          end = item->x + item->width;
          n_labels++;
        }
      g_assert_cmpuint (n_labels, >=, 3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view/whole-begins-with-the-first-process",
                   test_whole_begins_with_the_first_process);
  g_test_add_func ("/view/whole-begins-at-zero", test_whole_begins_at_zero);
  g_test_add_func ("/view/bubble-points-out-of-sight",
                   test_bubble_points_to_a_playhead_out_of_sight);
  g_test_add_func ("/view/x-and-units-agree", test_x_and_units_agree);
  g_test_add_func ("/view/axis-mix-is-between", test_axis_mix_is_between);
  g_test_add_func ("/view/axis-conversion-goes-back", test_axis_conversion_goes_back);
  g_test_add_func ("/view/zoom-keeps-its-point", test_zoom_keeps_its_point);
  g_test_add_func ("/view/numbers-of-lost-events",
                   test_numbers_of_lost_events_are_left_out);
  g_test_add_func ("/view/ticks", test_ticks);
  g_test_add_func ("/view/tick-labels", test_tick_labels);
  g_test_add_func ("/view/ruler-labels-do-not-touch", test_ruler_labels_do_not_touch);
  return g_test_run ();
}
