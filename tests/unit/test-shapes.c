/* SPDX-License-Identifier: MIT */
#include "pn-shapes.h"

#include <math.h>

/* "M0,0 L10,0 C… Z", in whole tenths. */
static void
append_pair (GString *out, char command, double x, double y)
{
  g_string_append_printf (out,
                          "%s%c%g,%g",
                          out->len > 0 ? " " : "",
                          command,
                          round (x * 10) / 10 + 0.0,
                          round (y * 10) / 10 + 0.0);
}

static void
move_to (gpointer out, double x, double y)
{
  append_pair (out, 'M', x, y);
}

static void
line_to (gpointer out, double x, double y)
{
  append_pair (out, 'L', x, y);
}

/* Only where it leads to: its control points say how round it is. */
static void
curve_to (
    gpointer out, double x1, double y1, double x2, double y2, double x3, double y3)
{
  append_pair (out, 'C', x3, y3);
}

static void
close_path (gpointer out)
{
  g_string_append (out, " Z");
}

static const PnPathSink sink = { move_to, line_to, curve_to, close_path };

static void
test_rects (void)
{
  static const struct
  {
    double width, height, radius, inset;
    const char *path;
  } cases[] = {
    { 20, 10, 0, 0, "M0,0 L20,0 L20,10 L0,10 Z" },
    { 20, 10, 0, 1, "M1,1 L19,1 L19,9 L1,9 Z" },
    { 20, 10, 3, 0, "M3,0 L17,0 C20,3 L20,7 C17,10 L3,10 C0,7 L0,3 C3,0 Z" },
    { 20, 10, 3, 1, "M3,1 L17,1 C19,3 L19,7 C17,9 L3,9 C1,7 L1,3 C3,1 Z" },
    /* No rounder than half of it. */
    { 20, 10, 50, 0, "M5,0 L15,0 C20,5 L20,5 C15,10 L5,10 C0,5 L0,5 C5,0 Z" },
    /* A line is no rounder than it is thick. */
    { 20, 0.8, 3, 0, "M0,0 L20,0 L20,0.8 L0,0.8 Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PnItem item = { .width = cases[i].width,
                            .height = cases[i].height,
                            .radius = cases[i].radius };
      g_autoptr (GString) out = g_string_new (NULL);

      pn_shape_rect (&item, cases[i].inset, &sink, out);
      g_assert_cmpstr (out->str, ==, cases[i].path);
    }
}

/* A corner begins and ends one radius from it; two share what lies between them. */
static void
test_paths_round_their_corners (void)
{
  static const PnPoint points[] = { { 0, 0 }, { 20, 0 }, { 20, 6 }, { 50, 6 } };
  static const struct
  {
    guint n_points;
    double radius;
    const char *path;
  } cases[] = {
    { 2, 4, "M0,0 L20,0" },
    { 3, 0, "M0,0 L20,0 L20,6" },
    { 3, 4, "M0,0 L16,0 C20,4 L20,6" },
    { 4, 2, "M0,0 L18,0 C20,2 L20,4 C22,6 L50,6" },
    { 4, 30, "M0,0 L17,0 C20,3 L20,3 C23,6 L50,6" },
    { 3, 30, "M0,0 L14,0 C20,6 L20,6" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const PnItem item = { .radius = cases[i].radius, .n_points = cases[i].n_points };
      g_autoptr (GString) out = g_string_new (NULL);

      pn_shape_path (&item, points, &sink, out);
      g_assert_cmpstr (out->str, ==, cases[i].path);
    }
}

/* Its tip is where the path ends, and the line ends inside it. */
static void
test_heads_point_along_the_line (void)
{
  static const PnPoint points[] = { { 10, 0 }, { 10, 40 } };
  const PnItem item = { .n_points = 2, .stroke_width = 1.5, .head = TRUE };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) head = g_string_new (NULL);
  PnPoint corners[3];

  pn_shape_path (&item, points, &sink, line);
  g_assert_cmpstr (line->str, ==, "M10,0 L10,34.5");
  pn_shape_head (&item, points, corners);
  pn_shape_polygon (corners, 3, &sink, head);
  g_assert_cmpstr (head->str, ==, "M10,40 L7.3,33.5 L12.8,33.5 Z");
}

static void
test_patterns_are_pairs_of_points (void)
{
  for (PnPattern pattern = PN_PATTERN_SOLID + 1; pattern < PN_N_PATTERNS; pattern++)
    {
      const PnPatternCell *cell = pn_pattern_cell (pattern);

      g_assert_cmpfloat (cell->size, >, cell->line_width);
      g_assert_cmpuint (cell->n_points, >, 0);
      g_assert_cmpuint (cell->n_points % 2, ==, 0);
      g_assert_cmpuint (cell->n_points, <=, G_N_ELEMENTS (cell->points));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shapes/rects", test_rects);
  g_test_add_func ("/shapes/paths-round-their-corners", test_paths_round_their_corners);
  g_test_add_func ("/shapes/heads-point-along-the-line",
                   test_heads_point_along_the_line);
  g_test_add_func ("/shapes/patterns-are-pairs-of-points",
                   test_patterns_are_pairs_of_points);
  return g_test_run ();
}
