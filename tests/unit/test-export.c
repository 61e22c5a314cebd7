/* SPDX-License-Identifier: MIT */
#include "pn-export.h"

#include "layout-case.h"
#include "pn-paint.h"

#include <glib/gstdio.h>
#include <string.h>

static GBytes *
export_bytes (PnModel *model, const PnExportOptions *options)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = pn_export_bytes (model, options, &error);

  g_assert_no_error (error);
  return bytes;
}

static char *
export_svg (PnModel *model, const PnExportOptions *wished)
{
  PnExportOptions options = *wished;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  const char *data;

  options.format = PN_FORMAT_SVG;
  bytes = export_bytes (model, &options);
  data = g_bytes_get_data (bytes, &length);
  return g_strndup (data, length);
}

static cairo_status_t
read_bytes (void *closure, unsigned char *bytes, unsigned int n)
{
  GInputStream *stream = closure;

  return g_input_stream_read (stream, bytes, n, NULL, NULL) == (gssize)n
             ? CAIRO_STATUS_SUCCESS
             : CAIRO_STATUS_READ_ERROR;
}

static cairo_surface_t *
export_image (PnModel *model, const PnExportOptions *options)
{
  g_autoptr (GBytes) bytes = export_bytes (model, options);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  cairo_surface_t *image
      = cairo_image_surface_create_from_png_stream (read_bytes, stream);

  g_assert_cmpint (cairo_surface_status (image), ==, CAIRO_STATUS_SUCCESS);
  return image;
}

static void
test_png_has_the_size_asked_for (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (GBytes) bytes = NULL;
  PnExportOptions options;
  const guint8 *png;
  guint32 width, height;

  pn_export_options_init (&options);
  options.width = 800;
  options.height = 450;
  options.scale = 2;
  bytes = export_bytes (model, &options);
  png = g_bytes_get_data (bytes, NULL);
  g_assert_cmpmem (png, 8, "\x89PNG\r\n\x1a\n", 8);
  memcpy (&width, png + 16, 4);
  memcpy (&height, png + 20, 4);
  g_assert_cmpuint (GUINT32_FROM_BE (width), ==, 1600);
  g_assert_cmpuint (GUINT32_FROM_BE (height), ==, 900);
}

/* Decoded, it is what is painted, pixel for pixel, in all that can be asked for. */
static void
test_png_is_what_is_painted (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  cairo_surface_t *painted = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1600, 900);
  cairo_t *cr = cairo_create (painted);
  cairo_surface_t *exported;
  g_autoptr (PnLayout) layout = NULL;
  PnExportOptions options;
  PnView view;

  pn_view_init (&view);
  view.width = options.width = 800;
  view.height = options.height = 450;
  view.device_scale = options.scale = 2;
  view.font_px = options.font_px = 12;
  view.axis = options.axis = PN_AXIS_ORDER;
  view.theme = options.theme = PN_THEME_DARK;
  view.playhead = options.at = 17;
  view.title = options.title = "Lock";
  options.begin = options.end = 0;
  options.format = PN_FORMAT_PNG;
  layout = lay_out (model, &view);
  cairo_scale (cr, 2, 2);
  pn_paint (cr, layout);
  cairo_destroy (cr);
  cairo_surface_flush (painted);
  exported = export_image (model, &options);
  g_assert_cmpmem (cairo_image_surface_get_data (painted),
                   900 * (gsize)cairo_image_surface_get_stride (painted),
                   cairo_image_surface_get_data (exported),
                   900 * (gsize)cairo_image_surface_get_stride (exported));
  cairo_surface_destroy (exported);
  cairo_surface_destroy (painted);
}

/* Height 0: as high as all lanes need, so that nothing is cut off. */
static void
test_height_fits_the_lanes (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_many (40));
  g_autofree char *svg = NULL;
  PnExportOptions options;

  pn_export_options_init (&options);
  svg = export_svg (model, &options);
  g_assert_nonnull (strstr (svg, ">P39<"));
  g_assert_nonnull (strstr (svg, ">results<"));
}

/* The first font-size in a picture is that of its first text. */
static double
first_font_size (PnModel *model, double width, double height, double font_px)
{
  g_autofree char *svg = NULL;
  PnExportOptions options;
  const char *found;

  pn_export_options_init (&options);
  options.width = width;
  options.height = height;
  options.font_px = font_px;
  svg = export_svg (model, &options);
  found = strstr (svg, "font-size=\"");
  g_assert_nonnull (found);
  return g_ascii_strtod (found + strlen ("font-size=\""), NULL);
}

static void
test_text_grows_with_the_picture (void)
{
  g_autoptr (PnModel) lock = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (PnModel) many = pn_sample_model_take (pn_sample_many (60));

  g_assert_cmpfloat (
      first_font_size (lock, 1920, 1080, 0), >, first_font_size (lock, 1000, 600, 0));
  g_assert_cmpfloat (
      first_font_size (lock, 1920, 500, 0), <, first_font_size (lock, 1920, 1080, 0));
  g_assert_cmpfloat (first_font_size (many, 1920, 1080, 0),
                     ==,
                     first_font_size (many, 1920, 1080, 13));
}

static void
test_pdf_is_the_same_each_time (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  PnExportOptions options;
  gsize length;
  const char *data;

  pn_export_options_init (&options);
  options.format = PN_FORMAT_PDF;
  options.title = "Lock";
  first = export_bytes (model, &options);
  g_usleep (1100000);
  second = export_bytes (model, &options);
  g_assert_true (g_bytes_equal (first, second));
  data = g_bytes_get_data (first, &length);
  g_assert_cmpmem (data, 5, "%PDF-", 5);
  g_assert_nonnull (memmem (data, length, "/FontFile", 9));
}

static void
test_sizes_are_checked (void)
{
  static const struct
  {
    double width, height, scale;
  } bad[] = {
    { 10, 900, 1 },    { 1600, 3, 1 },    { 20000, 900, 1 },
    { 1600, 900, 16 }, { -1600, 900, 1 }, { 1600, -5, 1 },
  };
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      PnExportOptions options;

      pn_export_options_init (&options);
      options.width = bad[i].width;
      options.height = bad[i].height;
      options.scale = bad[i].scale;
      g_assert_null (pn_export_bytes (model, &options, &error));
      g_assert_error (error, PN_EXPORT_ERROR, PN_EXPORT_ERROR_SIZE);
      g_assert_null (strchr (error->message, '\n'));
    }
}

static void
test_format_is_the_ending (void)
{
  static const struct
  {
    const char *path;
    PnFormat format;
  } good[] = { { "a.png", PN_FORMAT_PNG },
               { "/x/b.SVG", PN_FORMAT_SVG },
               { "c.d.pdf", PN_FORMAT_PDF } };
  const char *const bad[] = { "png", ".png", "a.jpg", "", "a.png.gz" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      PnFormat format = PN_FORMAT_PNG;

      g_assert_true (pn_format_from_path (good[i].path, &format, NULL));
      g_assert_cmpint (format, ==, good[i].format);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      PnFormat format;

      g_assert_false (pn_format_from_path (bad[i], &format, &error));
      g_assert_error (error, PN_EXPORT_ERROR, PN_EXPORT_ERROR_FORMAT);
    }
}

/* An old picture stays as it was when the new one can't be written. */
static void
test_file_is_replaced_as_a_whole (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autofree char *folder = g_dir_make_tmp ("procession-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "b.png", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  PnExportOptions options;
  GDir *dir;
  guint n_files = 0;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  pn_export_options_init (&options);
  options.width = 3;
  g_assert_false (pn_export_file (model, &options, path, NULL));
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  options.width = 640;
  g_assert_true (pn_export_file (model, &options, path, &error));
  g_assert_no_error (error);
  g_assert_false (pn_export_file (model, &options, nowhere, &error));
  g_assert_error (error, PN_EXPORT_ERROR, PN_EXPORT_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, nowhere));
  dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_dir_close (dir);
  g_assert_cmpuint (n_files, ==, 1);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_a_stretch_is_exported (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autofree char *svg = NULL;
  PnExportOptions options;

  pn_export_options_init (&options);
  options.begin = 2.5e9;
  options.end = 3.0e9;
  svg = export_svg (model, &options);
  g_assert_nonnull (strstr (svg, ">join P3<"));
  g_assert_null (strstr (svg, ">join P1<"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/png-has-the-size-asked-for",
                   test_png_has_the_size_asked_for);
  g_test_add_func ("/export/png-is-what-is-painted", test_png_is_what_is_painted);
  g_test_add_func ("/export/height-fits-the-lanes", test_height_fits_the_lanes);
  g_test_add_func ("/export/text-grows-with-the-picture",
                   test_text_grows_with_the_picture);
  g_test_add_func ("/export/pdf-is-the-same-each-time", test_pdf_is_the_same_each_time);
  g_test_add_func ("/export/sizes-are-checked", test_sizes_are_checked);
  g_test_add_func ("/export/format-is-the-ending", test_format_is_the_ending);
  g_test_add_func ("/export/file-is-replaced-as-a-whole",
                   test_file_is_replaced_as_a_whole);
  g_test_add_func ("/export/a-stretch-is-exported", test_a_stretch_is_exported);
  return g_test_run ();
}
