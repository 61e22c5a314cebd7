/* SPDX-License-Identifier: MIT */
/* A recording of a million events: to read it, to understand it, to step in it. */
#include "bench.h"

#include "pn-model.h"
#include "pn-sample.h"

#include <malloc.h>

#define EVENTS 1000000
#define SEEKS 201

static double
heap_bytes (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double)info.uordblks + (double)info.hblkhd;
}

static PnTrace *
measure_append (void)
{
  g_autoptr (GBytes) stream = pn_sample_generated (EVENTS);
  double heap_before = heap_bytes ();
  int64_t begin = bench_now_ns ();
  PnTrace *trace = pn_sample_trace_take (g_bytes_ref (stream));

  bench_result ("trace_append_ns", (double)(bench_now_ns () - begin) / EVENTS);
  bench_result ("trace_bytes_an_event", (heap_bytes () - heap_before) / EVENTS);
  return trace;
}

static PnModel *
measure_update (PnTrace *trace)
{
  double heap_before = heap_bytes ();
  PnModel *model = pn_model_new (trace);
  int64_t begin = bench_now_ns ();

  pn_model_update (model);
  bench_result ("model_update_ns", (double)(bench_now_ns () - begin) / EVENTS);
  bench_result ("model_bytes_an_event", (heap_bytes () - heap_before) / EVENTS);
  return model;
}

/* To anywhere, which is mostly far from where one was: the median and the worst. */
static void
measure_seek (PnModel *model)
{
  static double figures[SEEKS];
  GRand *rand = g_rand_new_with_seed (1);

  for (int i = 0; i < SEEKS; i++)
    {
      gsize index = (gsize)g_rand_int_range (rand, 0, EVENTS - 1);
      int64_t begin = bench_now_ns ();

      pn_model_get_state (model, index);
      figures[i] = (double)(bench_now_ns () - begin) / 1e6;
    }
  g_rand_free (rand);
  bench_result ("model_seek_ms", bench_median (figures, SEEKS));
  bench_result ("model_seek_worst_ms", figures[SEEKS - 1]);
}

static void
measure_steps (PnModel *model)
{
  static double figures[SEEKS];
  gsize index = EVENTS / 2;
  int64_t begin;

  pn_model_get_state (model, index);
  begin = bench_now_ns ();
  for (gsize i = 0; i < 10000; i++)
    pn_model_get_state (model, index + i);
  bench_result ("model_step_ns", (double)(bench_now_ns () - begin) / 10000);
  for (int i = 0; i < SEEKS; i++)
    {
      begin = bench_now_ns ();
      pn_model_get_state (model, index - (gsize)i);
      figures[i] = (double)(bench_now_ns () - begin) / 1e6;
    }
  bench_result ("model_step_back_ms", bench_median (figures, SEEKS));
}

static void
measure_sentences (PnModel *model)
{
  int64_t begin = bench_now_ns ();

  for (gsize i = 0; i < 10000; i++)
    g_free (pn_model_dup_sentence (model, EVENTS / 3 + i));
  bench_result ("sentence_ns", (double)(bench_now_ns () - begin) / 10000);
}

int
main (void)
{
  g_autoptr (PnTrace) trace = measure_append ();
  g_autoptr (PnModel) model = measure_update (trace);

  measure_seek (model);
  measure_steps (model);
  measure_sentences (model);
  return 0;
}
