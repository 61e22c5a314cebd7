/* SPDX-License-Identifier: MIT */
#include "pn-random.h"

#include <string.h>

static const PnKind kinds[] = {
#define X(symbol, number, name) PN_KIND_##symbol,
  PN_KINDS (X)
#undef X
};

static guint32
pick_id (GRand *rand)
{
  return g_rand_int_range (rand, 0, 200) == 0 ? g_rand_int (rand)
                                              : (guint32)g_rand_int_range (rand, 0, 14);
}

static gint64
pick_value (GRand *rand)
{
  static const gint64 edges[]
      = { G_MININT64, G_MAXINT64, -1, 0, 1, -9, -17, 3, 1000000000 };

  if (g_rand_boolean (rand))
    return edges[g_rand_int_range (rand, 0, G_N_ELEMENTS (edges))];
  return g_rand_int_range (rand, 0, 30);
}

static void
pick_text (GRand *rand, PnEvent *event)
{
  static const char *const texts[]
      = { "'hello'",      "5",       "[1, 2]", "None", "\xff\xfe",
          "\xe2\x80\xae", "\x1b[2J", "a\nb" };
  const char *text = texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))];

  if (g_rand_boolean (rand))
    return;
  if (g_rand_int_range (rand, 0, 50) == 0)
    {
      event->text_bytes = (gsize)g_rand_int_range (rand, 1, PN_TEXT_MAX_BYTES + 1);
      for (gsize i = 0; i < event->text_bytes; i++)
        event->text[i] = (char)g_rand_int_range (rand, 1, 256);
      return;
    }
  event->text_bytes = strlen (text);
  memcpy (event->text, text, event->text_bytes);
}

static void
pick_event (GRand *rand, PnEvent *event, gint64 *time_ns)
{
  memset (event, 0, offsetof (PnEvent, text));
  *time_ns += g_rand_int_range (rand, -200, 1000);
  *time_ns = MAX (0, *time_ns);
  event->kind = kinds[g_rand_int_range (rand, 0, G_N_ELEMENTS (kinds))];
  event->time_ns = *time_ns;
  event->process = pick_id (rand);
  event->object = pick_id (rand);
  event->peer = pick_id (rand);
  event->value = pick_value (rand);
  event->site = pick_id (rand);
  event->line = (guint16)g_rand_int_range (rand, 0, 65536);
  if (g_rand_int_range (rand, 0, 8) == 0)
    event->flags = (guint8)g_rand_int_range (rand, 0, PN_FLAGS_ALL + 1);
  if (event->kind == PN_KIND_NAME)
    event->peer = (guint32)g_rand_int_range (rand, PN_OBJECT_FILE, PN_OBJECT_DICT + 1);
  else if (pn_kind_is_of_pipe (event->kind))
    event->peer = (guint32)g_rand_int_range (rand, 1, 3);
  pick_text (rand, event);
}

GBytes *
pn_random_stream (guint32 seed, gsize n_events)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autofree PnEvent *event = g_new0 (PnEvent, 1);
  GRand *rand = g_rand_new_with_seed (seed);
  gint64 time_ns = 0;

  for (gsize i = 0; i < n_events; i++)
    {
      pick_event (rand, event, &time_ns);
      if (g_rand_int_range (rand, 0, 500) == 0)
        pn_sample_builder_skip_seq (builder, g_rand_int_range (rand, 1, 5));
      pn_sample_builder_add_event (builder, event);
    }
  g_rand_free (rand);
  return pn_sample_builder_end (builder);
}
