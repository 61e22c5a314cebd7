/* SPDX-License-Identifier: MIT */

/* Draws a sample, to be looked at:
 *
 *   procession-pictures SAMPLE OUT.png|svg|pdf [theme=dark] [scale=2] [at=14]
 *     [size=1600x900] [axis=order] [mix=0.5] [begin=…] [end=…] [object=N] [process=N]
 *     [overview=1] [file=RECORDING] */

#include "pn-export.h"
#include "pn-paint.h"
#include "pn-sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  PnView view;
  double scale;
  gboolean overview;
  const char *file;
} Wish;

static PnThemeKind
theme_by_name (const char *name)
{
  if (g_str_equal (name, "dark"))
    return PN_THEME_DARK;
  return g_str_equal (name, "print") ? PN_THEME_PRINT : PN_THEME_LIGHT;
}

static gboolean
read_text (Wish *wish, const char *name, const char *value)
{
  PnView *view = &wish->view;

  if (g_str_equal (name, "theme"))
    view->theme = theme_by_name (value);
  else if (g_str_equal (name, "axis"))
    view->axis = g_str_equal (value, "order") ? PN_AXIS_ORDER : PN_AXIS_TIME;
  else if (g_str_equal (name, "title"))
    view->title = value;
  else if (g_str_equal (name, "file"))
    wish->file = value;
  else if (g_str_equal (name, "overview"))
    wish->overview = TRUE;
  else if (g_str_equal (name, "size") && strchr (value, 'x') != NULL)
    {
      view->width = atof (value);
      view->height = atof (strchr (value, 'x') + 1);
    }
  else
    return FALSE;
  return TRUE;
}

static void
read_number (Wish *wish, const char *name, double number)
{
  PnView *view = &wish->view;

  if (g_str_equal (name, "scale"))
    wish->scale = view->device_scale = number;
  else if (g_str_equal (name, "at"))
    view->playhead = (gsize)number;
  else if (g_str_equal (name, "after"))
    view->playhead_after = number;
  else if (g_str_equal (name, "mix"))
    view->axis_mix = number;
  else if (g_str_equal (name, "begin"))
    view->begin = number;
  else if (g_str_equal (name, "end"))
    view->end = number;
  else if (g_str_equal (name, "scroll"))
    view->scroll_y = number;
  else if (g_str_equal (name, "font"))
    view->font_px = number;
  else if (g_str_equal (name, "object"))
    view->hovered = (PnThing){ PN_THING_OBJECT, (guint64)number };
  else if (g_str_equal (name, "process"))
    view->selected = (PnThing){ PN_THING_PROCESS, (guint64)number };
  else
    g_error ("no such wish: %s", name);
}

static void
draw (PnModel *model, const Wish *wish, const char *path)
{
  g_autoptr (PnLayout) layout = pn_layout_new (model, &wish->view);
  double strip = wish->overview ? 44 : 0;
  double height
      = wish->view.height > 0 ? wish->view.height : pn_layout_get_full_height (layout);
  cairo_surface_t *image
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                    (int)(wish->view.width * wish->scale),
                                    (int)((height + strip) * wish->scale));
  cairo_t *cr = cairo_create (image);

  cairo_scale (cr, wish->scale, wish->scale);
  pn_paint (cr, layout);
  if (wish->overview)
    {
      cairo_translate (cr, 0, height);
      pn_paint_overview (cr, model, layout, wish->view.width, strip);
    }
  cairo_destroy (cr);
  if (cairo_surface_write_to_png (image, path) != CAIRO_STATUS_SUCCESS)
    g_error ("%s: could not be written", path);
  cairo_surface_destroy (image);
}

static void export(PnModel *model, const Wish *wish, const char *path)
{
  g_autoptr (GError) error = NULL;
  PnExportOptions options;

  pn_export_options_init (&options);
  options.width = wish->view.width;
  options.height = wish->view.height;
  options.theme = wish->view.theme;
  options.axis = wish->view.axis;
  options.at = wish->view.playhead;
  options.title = wish->view.title;
  if (!pn_format_from_path (path, &options.format, &error)
      || !pn_export_file (model, &options, path, &error))
    g_error ("%s", error->message);
}

static void
read_wishes (Wish *wish, char **wishes)
{
  for (; *wishes != NULL; wishes++)
    {
      char *value = strchr (*wishes, '=');
      g_autofree char *name = NULL;

      if (value == NULL)
        g_error ("%s: NAME=VALUE is wanted", *wishes);
      name = g_strndup (*wishes, (gsize)(value - *wishes));
      if (!read_text (wish, name, value + 1))
        read_number (wish, name, atof (value + 1));
    }
}

int
main (int argc, char **argv)
{
  Wish wish = { .scale = 1 };
  g_autoptr (GError) error = NULL;
  PnTrace *trace;
  PnModel *model;

  if (argc < 3)
    g_error ("which sample, and where to?");
  pn_view_init (&wish.view);
  wish.view.begin = wish.view.end = NAN;
  read_wishes (&wish, argv + 3);
  trace = wish.file != NULL ? pn_trace_open (wish.file, &error)
                            : pn_sample_trace_take (pn_sample_by_name (argv[1]));
  if (trace == NULL)
    g_error ("%s", error->message);
  model = pn_model_new (trace);
  pn_model_update (model);
  if (isnan (wish.view.begin))
    pn_view_fit (&wish.view, model);
  if (g_str_has_suffix (argv[2], ".png"))
    draw (model, &wish, argv[2]);
  else
    export(model, &wish, argv[2]);
  pn_model_free (model);
  pn_trace_unref (trace);
  return 0;
}
