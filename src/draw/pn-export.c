/* SPDX-License-Identifier: MIT */
#include "pn-export.h"

#include "pn-layout-private.h"
#include "pn-paint.h"
#include "pn-svg.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#define MIN_PX 64
#define MAX_PX 16384
#define POINTS_A_PX 0.75
#define NORMAL_FONT_PX 13.0
#define NORMAL_WIDTH_PX 1100.0
#define LARGEST_FACTOR 2.5

G_DEFINE_QUARK (pn - export - error - quark, pn_export_error)

void
pn_export_options_init (PnExportOptions *options)
{
  *options = (PnExportOptions){
    .format = PN_FORMAT_PNG,
    .axis = PN_AXIS_TIME,
    .theme = PN_THEME_LIGHT,
    .at = G_MAXSIZE,
  };
}

gboolean
pn_format_from_path (const char *path, PnFormat *ret_format, GError **error)
{
  static const struct
  {
    const char *ending;
    PnFormat format;
  } formats[] = { { ".png", PN_FORMAT_PNG },
                  { ".svg", PN_FORMAT_SVG },
                  { ".pdf", PN_FORMAT_PDF } };
  gsize length = strlen (path);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (length > 4 && g_ascii_strcasecmp (path + length - 4, formats[i].ending) == 0)
      {
        *ret_format = formats[i].format;
        return TRUE;
      }
  g_set_error (error,
               PN_EXPORT_ERROR,
               PN_EXPORT_ERROR_FORMAT,
               "%s: a picture's name ends with .png, .svg or .pdf",
               path);
  return FALSE;
}

static gboolean
check_size (double width, double height, double scale, GError **error)
{
  if (!(width >= MIN_PX && height >= MIN_PX))
    {
      g_set_error (error,
                   PN_EXPORT_ERROR,
                   PN_EXPORT_ERROR_SIZE,
                   "A picture of %.0f by %.0f is too small: take %d by %d or more",
                   width,
                   height,
                   MIN_PX,
                   MIN_PX);
      return FALSE;
    }
  if (!(width * scale <= MAX_PX && height * scale <= MAX_PX && scale > 0))
    {
      g_set_error (
          error,
          PN_EXPORT_ERROR,
          PN_EXPORT_ERROR_SIZE,
          "A picture of %.0f by %.0f pixels is too large: take %d at most, or a "
          "shorter stretch",
          width * scale,
          height * scale,
          MAX_PX);
      return FALSE;
    }
  return TRUE;
}

static void
init_view (PnView *view, PnModel *model, const PnExportOptions *options)
{
  pn_view_init (view);
  view->width = options->width != 0 ? options->width : 1600;
  view->height = options->height;
  view->axis = options->axis;
  view->theme = options->theme;
  view->title = options->title;
  view->playhead = options->at;
  view->device_scale = options->scale != 0 ? options->scale : 1;
  if (options->begin < options->end)
    {
      view->begin = options->begin;
      view->end = options->end;
    }
  else
    pn_view_fit (view, model);
}

/* A slide is read from afar: text grows with the picture's width, as long as the lanes
 * stay roomy within its height. */
static PnLayout *
lay_out (PnModel *model, PnView *view, const PnExportOptions *options)
{
  double factor = CLAMP (view->width / NORMAL_WIDTH_PX, 1, LARGEST_FACTOR);

  if (options->font_px > 0)
    {
      view->font_px = options->font_px;
      return pn_layout_new (model, view);
    }
  for (;; factor = MAX (1, factor * 0.93))
    {
      PnLayout *layout;

      view->font_px = NORMAL_FONT_PX * factor;
      layout = pn_layout_new (model, view);
      if (factor == 1 || layout->lanes.density == PN_DENSITY_ROOMY)
        return layout;
      pn_layout_free (layout);
    }
}

static cairo_status_t
write_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
take_bytes (GByteArray *bytes, cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error,
               PN_EXPORT_ERROR,
               PN_EXPORT_ERROR_WRITE,
               "Could not draw the picture (%s): try a smaller size",
               cairo_status_to_string (status));
  return NULL;
}

static GBytes *
make_png (const PnLayout *layout, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  double scale = layout->view.device_scale;
  cairo_surface_t *image
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                    (int)lround (layout->view.width * scale),
                                    (int)lround (layout->view.height * scale));
  cairo_t *cr = cairo_create (image);
  cairo_status_t status;

  cairo_scale (cr, scale, scale);
  pn_paint (cr, layout);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (image, write_bytes, bytes);
  cairo_surface_destroy (image);
  return take_bytes (bytes, status, error);
}

/* When the run was, so that the same recording gives the same bytes. */
static char *
dup_date (PnModel *model)
{
  PnTrace *trace = pn_model_get_trace (model);
  g_autoptr (GDateTime) date = NULL;

  if (pn_model_get_n_events (model) > 0)
    {
      PnTraceEvent first = pn_trace_get_event (trace, 0);

      if (first.kind == PN_KIND_RUN_BEGIN && first.value > 0)
        date = g_date_time_new_from_unix_utc (first.value / 1000000);
    }
  if (date == NULL)
    date = g_date_time_new_from_unix_utc (0);
  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

static GBytes *
make_pdf (PnModel *model, const PnLayout *layout, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *pdf
      = cairo_pdf_surface_create_for_stream (write_bytes,
                                             bytes,
                                             layout->view.width * POINTS_A_PX,
                                             layout->view.height * POINTS_A_PX);
  cairo_t *cr = cairo_create (pdf);
  g_autofree char *date = dup_date (model);
  const char *title = layout->view.title;
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (
      pdf, CAIRO_PDF_METADATA_TITLE, title != NULL ? title : "Procession");
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATE_DATE, date);
  cairo_scale (cr, POINTS_A_PX, POINTS_A_PX);
  pn_paint (cr, layout);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (pdf);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (pdf);
  cairo_surface_destroy (pdf);
  return take_bytes (bytes, status, error);
}

GBytes *
pn_export_bytes (PnModel *model, const PnExportOptions *options, GError **error)
{
  g_autoptr (PnLayout) layout = NULL;
  PnView view;
  char *svg;

  init_view (&view, model, options);
  if (!check_size (view.width,
                   view.height == 0 ? MIN_PX : view.height,
                   options->format == PN_FORMAT_PNG ? view.device_scale : 1,
                   error))
    return NULL;
  layout = lay_out (model, &view, options);
  if (!check_size (layout->view.width,
                   layout->view.height,
                   options->format == PN_FORMAT_PNG ? view.device_scale : 1,
                   error))
    return NULL;
  switch (options->format)
    {
    case PN_FORMAT_SVG:
      svg = pn_svg_from_layout (layout);
      return g_bytes_new_take (svg, strlen (svg));
    case PN_FORMAT_PDF:
      return make_pdf (model, layout, error);
    default:
      return make_png (layout, error);
    }
}

gboolean
pn_export_file (PnModel *model,
                const PnExportOptions *options,
                const char *path,
                GError **error)
{
  g_autoptr (GBytes) bytes = pn_export_bytes (model, options, error);
  g_autoptr (GError) reason = NULL;
  gsize length;
  const char *data;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  if (g_file_set_contents_full (
          path, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &reason))
    return TRUE;
  g_set_error (error,
               PN_EXPORT_ERROR,
               PN_EXPORT_ERROR_WRITE,
               "%s: could not be written (%s): choose another folder or name",
               path,
               reason->message);
  return FALSE;
}
