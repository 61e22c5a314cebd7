/* SPDX-License-Identifier: MIT */

/* What a frame costs: layout and paint of 1440 by 900, medians of some frames, on a
 * lesson, on 60 processes with 200,000 events, and on 1,000,000 events, each as a
 * whole, a hundredth and a ten-thousandth of it. With recordings as arguments: the
 * longest frame of them all, each as a whole, at its end and in its middle. */

#include "bench.h"

#include "pn-paint.h"
#include "pn-sample.h"

#define FRAMES 15

/* The processor's time, so that what else runs does not count. */
static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

static GBytes *
make_busy (guint32 n_processes, gsize n_events)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  guint32 random = 1;

  pn_sample_builder_add (builder,
                         "0.00 runner run.begin \"Busy\"\n"
                         "0.00 main process.begin\n"
                         "0.00 main name lock lock\n"
                         "0.00 main name queue results\n");
  for (guint32 i = 1; i < n_processes; i++)
    pn_sample_builder_addf (
        builder, "0.001 main process.start P%u\n0.001 P%u process.begin\n", i, i);
  for (gsize n = 0; n < n_events; n += 5)
    {
      static const struct
      {
        PnKind kind;
        guint32 object;
      } steps[] = { { PN_KIND_LOCK_WAIT, 1 },
                    { PN_KIND_LOCK_ACQUIRE, 1 },
                    { PN_KIND_QUEUE_PUT, 2 },
                    { PN_KIND_LOCK_RELEASE, 1 },
                    { PN_KIND_QUEUE_GET, 2 } };
      guint32 process = 2 + (random >> 8) % (n_processes - 1);

      random = random * 1664525u + 1013904223u;
      for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
        pn_sample_builder_add_event (
            builder,
            &(PnEvent){ .kind = steps[i].kind,
                        .object = steps[i].object,
                        .process = process,
                        .peer = steps[i].kind == PN_KIND_QUEUE_GET ? process : 0,
                        .value
                        = steps[i].kind == PN_KIND_LOCK_WAIT ? -1 : (gint64)n + 1,
                        .time_ns = 2000000 + (gint64)(n + i) * 700 + random % 500 });
    }
  return pn_sample_builder_end (builder);
}

static void
measure (PnModel *model, PnView *view, const char *name)
{
  double layouts[FRAMES], paints[FRAMES];
  g_autofree char *layout_name = g_strdup_printf ("draw_%s_layout_ms", name);
  g_autofree char *paint_name = g_strdup_printf ("draw_%s_paint_ms", name);
  cairo_surface_t *image = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int)view->width, (int)view->height);
  cairo_t *cr = cairo_create (image);

  for (int i = 0; i < FRAMES; i++)
    {
      int64_t begin = now_ns (), middle;
      PnLayout *layout = pn_layout_new (model, view);

      middle = now_ns ();
      pn_paint (cr, layout);
      paints[i] = (double)(now_ns () - middle) / 1e6;
      layouts[i] = (double)(middle - begin) / 1e6;
      pn_layout_free (layout);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (image);
  bench_result (layout_name, bench_median (layouts, FRAMES));
  bench_result (paint_name, bench_median (paints, FRAMES));
}

static void
measure_zooms (GBytes *stream, const char *name)
{
  static const struct
  {
    const char *name;
    double share;
  } zooms[] = { { "whole", 1 }, { "hundredth", 0.01 }, { "near", 0.0001 } };
  PnTrace *trace = pn_sample_trace_take (stream);
  PnModel *model = pn_model_new (trace);
  PnView view;

  pn_model_update (model);
  pn_view_init (&view);
  view.width = 1440;
  for (gsize i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      g_autofree char *full = g_strdup_printf ("%s_%s", name, zooms[i].name);
      double end;

      pn_view_fit (&view, model);
      end = view.end;
      view.begin = end * 0.5 * (1 - zooms[i].share);
      view.end = view.begin + end * zooms[i].share;
      view.playhead = pn_model_get_n_events (model) / 2;
      measure (model, &view, full);
    }
  pn_model_free (model);
  pn_trace_unref (trace);
}

/* The longest of some frames, layout and paint, all text laid out before. */
static double
measure_longest (PnModel *model, const PnView *view)
{
  cairo_surface_t *image = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int)view->width, (int)view->height);
  cairo_t *cr = cairo_create (image);
  double longest = 0;

  for (int i = 0; i < FRAMES; i++)
    {
      int64_t begin = now_ns ();
      PnLayout *layout = pn_layout_new (model, view);

      pn_paint (cr, layout);
      if (i > 0) /* the fonts are loaded by then */
        longest = MAX (longest, (double)(now_ns () - begin) / 1e6);
      pn_layout_free (layout);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (image);
  return longest;
}

static double
measure_recording (const char *path)
{
  g_autoptr (GError) error = NULL;
  PnTrace *trace = pn_trace_open (path, &error);
  PnModel *model;
  PnView view;
  double longest = 0;

  if (trace == NULL)
    g_error ("%s", error->message);
  model = pn_model_new (trace);
  pn_model_update (model);
  pn_view_init (&view);
  view.width = 1440;
  view.height = 900;
  pn_view_fit (&view, model);
  for (gsize part = 1; part <= 2; part++)
    {
      view.playhead = pn_model_get_n_events (model) * part / 2 - 1;
      longest = MAX (longest, measure_longest (model, &view));
    }
  pn_model_free (model);
  pn_trace_unref (trace);
  return longest;
}

int
main (int argc, char **argv)
{
  double longest = 0;

  for (int i = 1; i < argc; i++)
    longest = MAX (longest, measure_recording (argv[i]));
  if (argc > 1)
    {
      bench_result ("draw_lessons_ms", longest);
      return 0;
    }
  measure_zooms (pn_sample_lock (), "lesson");
  measure_zooms (pn_sample_pool (), "pool");
  measure_zooms (pn_sample_many (60), "many");
  measure_zooms (make_busy (60, 200000), "busy200k");
  measure_zooms (make_busy (9, 1000000), "busy1m");
  return 0;
}
