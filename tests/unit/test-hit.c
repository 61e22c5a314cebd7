/* SPDX-License-Identifier: MIT */
#include "layout-case.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hit/finds-what-is-drawn", test_hit_finds_what_is_drawn);
  g_test_add_func ("/hit/finds-arrows-and-heads", test_hit_finds_arrows_and_heads);
  g_test_add_func ("/hit/cards-of-objects", test_cards_of_objects);
  return g_test_run ();
}
