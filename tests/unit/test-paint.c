/* SPDX-License-Identifier: MIT */
#include "pn-paint-private.h"

#include "layout-case.h"

#include <math.h>
#include <string.h>

#define READABLE 4.5
#define N_ORDERS 12

static const PnThemeKind themes[] = { PN_THEME_LIGHT, PN_THEME_DARK, PN_THEME_PRINT };

static PnColor
over (PnColor top, double alpha, PnColor below)
{
  return (PnColor){ below.red + (top.red - below.red) * alpha,
                    below.green + (top.green - below.green) * alpha,
                    below.blue + (top.blue - below.blue) * alpha,
                    1 };
}

/* All text of the picture, on what it is written on. */
static void
test_text_can_be_read (void)
{
  static const struct
  {
    PnRole text, ground;
    double alpha;
  } pairs[] = {
    { PN_ROLE_TEXT, PN_ROLE_BACKGROUND, 1 },  { PN_ROLE_DIM, PN_ROLE_BACKGROUND, 1 },
    { PN_ROLE_DIM, PN_ROLE_PANEL, 1 },        { PN_ROLE_ON_RUN, PN_ROLE_RUN, 1 },
    { PN_ROLE_TEXT, PN_ROLE_RUN, 0.28 },      { PN_ROLE_JOIN, PN_ROLE_BACKGROUND, 1 },
    { PN_ROLE_ON_ACCENT, PN_ROLE_ACCENT, 1 }, { PN_ROLE_DANGER, PN_ROLE_BACKGROUND, 1 },
    { PN_ROLE_ON_DANGER, PN_ROLE_DANGER, 1 },
  };

  for (gsize t = 0; t < G_N_ELEMENTS (themes); t++)
    {
      PnColor back = pn_theme_color (themes[t], PN_ROLE_BACKGROUND, 0);

      for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
        {
          PnColor text = pn_theme_color (themes[t], pairs[i].text, 0);
          PnColor ground = over (
              pn_theme_color (themes[t], pairs[i].ground, 0), pairs[i].alpha, back);

          g_assert_cmpfloat (pn_color_contrast (text, ground), >=, READABLE);
        }
    }
}

static void
test_object_colours_can_be_read (void)
{
  for (gsize t = 0; t < G_N_ELEMENTS (themes); t++)
    for (guint order = 0; order < N_ORDERS; order++)
      {
        PnThemeKind theme = themes[t];
        PnColor back = pn_theme_color (theme, PN_ROLE_BACKGROUND, 0);
        PnColor panel = pn_theme_color (theme, PN_ROLE_PANEL, 0);
        PnColor color = pn_theme_object_color (theme, order);
        PnColor ink = pn_theme_object_ink_color (theme, order);
        PnColor on = pn_theme_object_text_color (theme, order);
        PnColor text = pn_theme_color (theme, PN_ROLE_TEXT, 0);

        g_assert_cmpfloat (pn_color_contrast (ink, back), >=, READABLE);
        g_assert_cmpfloat (pn_color_contrast (ink, panel), >=, READABLE);
        /* In print the label has a white plate. */
        g_assert_cmpfloat (
            pn_color_contrast (on, theme == PN_THEME_PRINT ? back : color),
            >=,
            READABLE);
        /* A value in its cell, a task in its bar. */
        g_assert_cmpfloat (
            pn_color_contrast (text, over (color, 0.2, back)), >=, READABLE);
      }
}

static void
test_colours_are_by_order (void)
{
  static const char *const okabe_ito[]
      = { "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9" };

  for (guint order = 0; order < N_ORDERS; order++)
    {
      g_autofree char *color
          = pn_color_to_string (pn_theme_object_color (PN_THEME_LIGHT, order));

      g_assert_cmpstr (color, ==, okabe_ito[order % 6]);
    }
}

/* In print, shape is all there is: black, white and grey. */
static void
test_print_has_no_colour (void)
{
  for (PnRole role = PN_ROLE_BACKGROUND; role <= PN_ROLE_ON_OBJECT; role++)
    {
      PnColor color = pn_theme_color (PN_THEME_PRINT, role, 3);

      g_assert_cmpfloat (color.red, ==, color.green);
      g_assert_cmpfloat (color.green, ==, color.blue);
    }
  for (guint a = 0; a < 6; a++)
    for (guint b = 0; b < a; b++)
      g_assert_cmpint (pn_theme_object_pattern (PN_THEME_PRINT, a),
                       !=,
                       pn_theme_object_pattern (PN_THEME_PRINT, b));
}

static cairo_surface_t *
paint_layout (const PnLayout *layout)
{
  const PnView *view = &layout->view;
  cairo_surface_t *image
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                    (int)(view->width * view->device_scale),
                                    (int)(view->height * view->device_scale));
  cairo_t *cr = cairo_create (image);

  cairo_scale (cr, view->device_scale, view->device_scale);
  pn_paint (cr, layout);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  return image;
}

static cairo_surface_t *
paint (PnModel *model, const PnView *view)
{
  g_autoptr (PnLayout) layout = pn_layout_new (model, view);

  return paint_layout (layout);
}

static guint32
pixel (cairo_surface_t *image, int x, int y)
{
  const guint8 *row = cairo_image_surface_get_data (image)
                      + (gsize)y * (gsize)cairo_image_surface_get_stride (image);
  guint32 rgb;

  memcpy (&rgb, row + 4 * x, sizeof rgb);
  return rgb & 0xffffff;
}

static int
channel_distance (guint32 a, guint32 b)
{
  int most = 0;

  for (int shift = 0; shift < 24; shift += 8)
    most = MAX (most, ABS ((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)));
  return most;
}

/* All but the labels: fonts differ from machine to machine. */
static cairo_surface_t *
paint_without_labels (PnModel *model, const PnView *view)
{
  g_autoptr (PnLayout) layout = pn_layout_new (model, view);
  guint kept = 0;

  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->layer != PN_LAYER_LABEL || item->kind == PN_ITEM_END)
        g_array_index (layout->items, PnItem, kept++) = *item;
    }
  g_array_set_size (layout->items, kept);
  return paint_layout (layout);
}

/* A few pixels may differ by the version of Cairo. */
static void
compare_with_golden (const char *name, cairo_surface_t *image)
{
  g_autofree char *file = g_strdup_printf ("%s.png", name);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  int width = cairo_image_surface_get_width (image), n_off = 0;
  int height = cairo_image_surface_get_height (image);
  cairo_surface_t *golden;

  if (g_getenv ("PROCESSION_UPDATE_GOLDEN") != NULL)
    {
      g_assert_cmpint (
          cairo_surface_write_to_png (image, path), ==, CAIRO_STATUS_SUCCESS);
      return;
    }
  golden = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (golden), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (golden), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (golden), ==, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n_off += channel_distance (pixel (image, x, y), pixel (golden, x, y)) > 24;
  cairo_surface_destroy (golden);
  g_test_message ("%s: %d of %d pixels differ", file, n_off, width * height);
  g_assert_cmpint (n_off, <, width * height / 500);
}

static void
test_golden (gconstpointer data)
{
  PnThemeKind theme = GPOINTER_TO_UINT (data);
  static const char *const names[] = { "lock-light", "lock-dark", "lock-print" };
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  cairo_surface_t *image;
  PnView view;

  pn_view_init (&view);
  view.width = 640;
  view.height = 420;
  view.theme = theme;
  view.with_heads = FALSE;
  view.with_ruler = FALSE;
  view.playhead = 21;
  pn_view_fit (&view, model);
  image = paint_without_labels (model, &view);
  compare_with_golden (names[theme], image);
  cairo_surface_destroy (image);
}

static guint32
opaque_color (const PnLayout *layout, PnRole role, guint order)
{
  PnColor color = pn_theme_color (layout->view.theme, role, order);

  return (guint32)lround (color.red * 255) << 16
         | (guint32)lround (color.green * 255) << 8
         | (guint32)lround (color.blue * 255);
}

/* Painted alone on black: what it is filled with, what its left edge is. */
static void
check_alone (const PnLayout *layout, const PnItem *item, cairo_surface_t *image)
{
  int middle = (int)(item->x + item->width / 2), y = (int)(item->y + item->height / 2);
  guint32 fill = opaque_color (layout, item->fill, item->order);
  guint32 stroke = opaque_color (layout, item->stroke, item->order);
  gboolean filled = item->fill != PN_ROLE_NONE && item->fill_alpha == 1
                    && item->pattern == PN_PATTERN_SOLID && item->width > 6
                    && item->height > 6;
  gboolean stroked = item->stroke != PN_ROLE_NONE && item->stroke_alpha == 1
                     && item->stroke_width >= 1.5 && item->width > 6;

  if (filled && (item->shape == PN_SHAPE_RECT || item->shape == PN_SHAPE_CIRCLE))
    g_assert_cmpint (channel_distance (pixel (image, middle, y), fill), <=, 1);
  if (item->shape == PN_SHAPE_CROSS)
    g_assert_cmpint (channel_distance (pixel (image, middle, y), stroke), <=, 60);
  if (stroked && item->shape == PN_SHAPE_CIRCLE)
    g_assert_cmpint (
        channel_distance (pixel (image, (int)(item->x + item->stroke_width / 2), y),
                          stroke),
        <=,
        60);
}

static void
test_items_have_their_colours (gconstpointer sample)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (sample));
  g_autoptr (PnLayout) layout = NULL;
  g_autoptr (GArray) items = NULL;
  guint n_shapes[PN_SHAPE_TEXT + 1] = { 0 };
  PnView view;

  pn_view_init (&view);
  view.width = 900;
  view.height = 500;
  layout = lay_out (model, &view);
  items = g_array_copy (layout->items);
  for (guint i = 0; i < items->len; i++)
    {
      const PnItem *item = &g_array_index (items, PnItem, i);
      cairo_surface_t *image;

      if (item->layer != PN_LAYER_BAR && item->kind != PN_ITEM_END)
        continue;
      g_array_set_size (layout->items, 0);
      g_array_append_val (layout->items, *item);
      image = paint_layout (layout);
      check_alone (layout, item, image);
      cairo_surface_destroy (image);
      n_shapes[item->shape]++;
    }
  g_assert_cmpuint (n_shapes[PN_SHAPE_RECT], >, 5);
  g_assert_cmpuint (n_shapes[PN_SHAPE_CIRCLE], >, 0);
  if (g_str_equal (sample, "ends"))
    g_assert_cmpuint (n_shapes[PN_SHAPE_CROSS], >, 0);
}

static void
test_veil_covers_the_future (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  cairo_surface_t *plain, *veiled;
  int x, n_future = 0;
  PnView view;

  pn_view_init (&view);
  pn_view_fit (&view, model);
  plain = paint (model, &view);
  view.playhead = 21;
  veiled = paint (model, &view);
  layout = pn_layout_new (model, &view);
  x = (int)pn_layout_unit_to_x (layout, pn_view_event_unit (&view, model, 21));
  for (int row = 40; row < 600; row++)
    {
      for (int column = 0; column < x - 2; column += 3)
        g_assert_cmphex (pixel (plain, column, row), ==, pixel (veiled, column, row));
      for (int column = x + 3; column < 1600; column += 3)
        {
          guint32 before = pixel (plain, column, row),
                  now = pixel (veiled, column, row);

          n_future += before != now;
          for (int shift = 0; shift < 24; shift += 8)
            g_assert_cmpint (now >> shift & 0xff, >=, before >> shift & 0xff);
        }
    }
  g_assert_cmpint (n_future, >, 1000);
  cairo_surface_destroy (plain);
  cairo_surface_destroy (veiled);
}

/* Cairo wraps coordinates beyond 24 bits round; items are clipped before. */
static void
test_far_zoom_paints_the_right_side (void)
{
  g_autoptr (PnModel) model
      = pn_sample_model ("0.0 runner run.begin \"Long\"\n0.0 main process.begin\n"
                         "0.5 main sleep.begin ~4000\n4000.5 main sleep.end\n"
                         "4001.0 main process.end\n");
  PnColor run = pn_theme_color (PN_THEME_LIGHT, PN_ROLE_RUN, 0);
  guint32 rgb = (guint32)lround (run.red * 255) << 16
                | (guint32)lround (run.green * 255) << 8
                | (guint32)lround (run.blue * 255);
  cairo_surface_t *image;
  PnView view;

  pn_view_init (&view);
  view.begin = 4000.5e9 - 500;
  view.end = 4000.5e9 + 500;
  image = paint (model, &view);
  g_assert_cmphex (pixel (image, 300, 59), !=, rgb);
  g_assert_cmphex (pixel (image, 1500, 59), ==, rgb);
  cairo_surface_destroy (image);
}

static void
test_every_sample_paints (void)
{
  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));

      for (gsize t = 0; t < G_N_ELEMENTS (themes); t++)
        for (double scale = 1; scale <= 2; scale += 0.5)
          {
            cairo_surface_t *image;
            PnView view;

            pn_view_init (&view);
            view.width = 860;
            view.height = 620;
            view.theme = themes[t];
            view.device_scale = scale;
            view.axis_mix = scale - 1;
            pn_view_fit (&view, model);
            image = paint (model, &view);
            g_assert_cmphex (pixel (image, 20, 60), !=, 0x123456);
            cairo_surface_destroy (image);
          }
    }
}

static void
test_overview_spans_the_lanes (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnLayout) layout = NULL;
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1000, 44);
  cairo_t *cr = cairo_create (image);
  guint32 panel, inside;
  PnView view;

  pn_view_init (&view);
  view.width = 1000;
  pn_view_fit (&view, model);
  view.playhead = 21;
  layout = pn_layout_new (model, &view);
  pn_paint_overview (cr, model, layout, 1000, 44);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  for (double x = 120; x < 1000; x += 55)
    g_assert_cmpfloat_with_epsilon (pn_overview_x_to_unit (model, layout, 1000, x),
                                    pn_layout_x_to_unit (layout, x),
                                    1e-3);
  panel = pixel (image, 10, 20);
  inside
      = pixel (image,
               (int)pn_layout_unit_to_x (layout, pn_view_event_unit (&view, model, 21)),
               22);
  g_assert_cmpint (channel_distance (panel, inside), >, 40);
  cairo_surface_destroy (image);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/text-can-be-read", test_text_can_be_read);
  g_test_add_func ("/paint/object-colours-can-be-read",
                   test_object_colours_can_be_read);
  g_test_add_func ("/paint/colours-are-by-order", test_colours_are_by_order);
  g_test_add_func ("/paint/print-has-no-colour", test_print_has_no_colour);
  g_test_add_data_func (
      "/paint/golden/light", GUINT_TO_POINTER (PN_THEME_LIGHT), test_golden);
  g_test_add_data_func (
      "/paint/golden/dark", GUINT_TO_POINTER (PN_THEME_DARK), test_golden);
  g_test_add_data_func (
      "/paint/golden/print", GUINT_TO_POINTER (PN_THEME_PRINT), test_golden);
  g_test_add_data_func ("/paint/items/lock", "lock", test_items_have_their_colours);
  g_test_add_data_func ("/paint/items/ends", "ends", test_items_have_their_colours);
  g_test_add_func ("/paint/veil-covers-the-future", test_veil_covers_the_future);
  g_test_add_func ("/paint/far-zoom-paints-the-right-side",
                   test_far_zoom_paints_the_right_side);
  g_test_add_func ("/paint/every-sample-paints", test_every_sample_paints);
  g_test_add_func ("/paint/overview-spans-the-lanes", test_overview_spans_the_lanes);
  return g_test_run ();
}
