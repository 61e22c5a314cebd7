/* SPDX-License-Identifier: MIT */

/* Any bytes as a recording, looked at in any way: every item of the picture is in its
 * place, it can be painted, and what is written of it is well-formed. */

#include "pn-layout-private.h"
#include "pn-paint.h"
#include "pn-printer.h"
#include "pn-report.h"
#include "pn-svg.h"
#include "pn-text-timeline.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define FAR 1e9

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n);

/* What decides how to look: the bytes themselves. */
typedef struct
{
  const unsigned char *bytes;
  size_t n;
  guint state;
} Dice;

static guint
roll (Dice *dice, guint sides)
{
  dice->state = dice->state * 1664525u + 1013904223u;
  return (dice->bytes[(dice->state >> 8) % dice->n] + (dice->state >> 16)) % sides;
}

static void
make_view (PnView *view, PnModel *model, Dice *dice)
{
  static const double sizes[] = { 0, 1, 64, 300, 1100, 1600 };
  gsize n_events = pn_model_get_n_events (model);

  pn_view_init (view);
  view->width = sizes[roll (dice, G_N_ELEMENTS (sizes))];
  view->height = sizes[roll (dice, G_N_ELEMENTS (sizes))];
  view->axis = roll (dice, 2) ? PN_AXIS_TIME : PN_AXIS_ORDER;
  view->theme = (PnThemeKind)roll (dice, 3);
  view->title = roll (dice, 4) ? NULL : "A <title>";
  view->with_heads = roll (dice, 5) != 0;
  view->with_ruler = roll (dice, 5) != 0;
  view->scroll_y = roll (dice, 4) ? 0 : roll (dice, 500);
  pn_view_fit (view, model);
  for (guint i = roll (dice, 12); i > 0; i--)
    {
      double unit = view->begin + (view->end - view->begin) * roll (dice, 100) / 100.0;

      pn_view_zoom (view, model, unit, roll (dice, 2) ? 3 : 0.3);
      pn_view_pan (view, model, (view->end - view->begin) * (roll (dice, 5) - 2.0) / 3);
    }
  if (roll (dice, 3))
    view->playhead = roll (dice, (guint)n_events);
  view->hovered
      = (PnThing){ (PnThingKind)roll (dice, 4), roll (dice, (guint)n_events + 2) };
  view->selected = (PnThing){ (PnThingKind)roll (dice, 4), roll (dice, 9) };
}

static void
check_number (double number)
{
  g_assert_true (isfinite (number) && fabs (number) < FAR);
}

static void
check_items (const PnLayout *layout)
{
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      check_number (item->x);
      check_number (item->y);
      check_number (item->width);
      check_number (item->height);
      g_assert_cmpuint (item->first_point + item->n_points, <=, layout->points->len);
      g_assert_true (item->text == NULL || g_utf8_validate (item->text, -1, NULL));
    }
  for (guint i = 0; i < layout->points->len; i++)
    {
      check_number (g_array_index (layout->points, PnPoint, i).x);
      check_number (g_array_index (layout->points, PnPoint, i).y);
    }
}

static void
check_hits (const PnLayout *layout, Dice *dice)
{
  for (guint i = 0; i < 20; i++)
    {
      PnHit hit;

      if (pn_layout_hit (layout, roll (dice, 1700), roll (dice, 900), &hit))
        g_free (pn_layout_dup_card (layout, &hit));
    }
}

static void
check_svg (const PnLayout *layout)
{
  static const GMarkupParser parser = { NULL };
  g_autofree char *svg = pn_svg_from_layout (layout);
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_markup_parse_context_parse (context, svg, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
}

static void
check_paint (const PnLayout *layout, PnModel *model)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 200);
  cairo_t *cr = cairo_create (image);

  pn_paint (cr, layout);
  pn_paint_overview (cr, model, layout, 300, 40);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (image);
}

static void
print_all (PnPrinter *printer, PnModel *model, PnAxis axis)
{
  gsize n_events = pn_model_get_n_events (model);

  for (gsize i = 0; i < n_events; i++)
    pn_report_event_json (printer, model, i);
  pn_report_state_json (printer, model, n_events / 2);
  pn_report_state_json (printer, model, n_events - 1);
  pn_printer_raw (printer, "\n");
  for (gsize i = 0; i < n_events; i++)
    pn_report_event_csv (printer, model, i);
  pn_text_timeline_print (printer, model, axis);
}

/* Up to an empty line there is one object a line; then nothing that a terminal obeys.
 */
static void
check_text (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "\n\n", 2);
  g_auto (GStrv) lines = g_strsplit (halves[0], "\n", -1);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (gsize i = 0; lines[i]; i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autoptr (GError) error = NULL;

      json_parser_load_from_data (parser, lines[i], -1, &error);
      g_assert_no_error (error);
    }
  for (const char *at = halves[1]; *at; at++)
    g_assert_true (*at == '\n' || !g_ascii_iscntrl (*at));
}

static void
check_printing (PnModel *model, PnAxis axis)
{
  g_autofree char *path
      = g_strdup_printf ("%s/fuzz-draw-%d", g_get_tmp_dir (), getpid ());
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  PnPrinter *printer = pn_printer_new_file (path, &error);

  g_assert_no_error (error);
  print_all (printer, model, axis);
  g_assert_true (pn_printer_close (printer, NULL));
  pn_printer_free (printer);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  unlink (path);
  check_text (text);
}

int
LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n)
{
  g_autoptr (PnTrace) trace = pn_trace_new ();
  g_autoptr (PnModel) model = pn_model_new (trace);
  Dice dice = { bytes, n, (guint)n };
  PnView view;

  pn_trace_append (trace, bytes, n, NULL);
  pn_trace_finish (trace);
  if (pn_model_update (model) == 0)
    return 0;
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (PnLayout) layout = NULL;

      make_view (&view, model, &dice);
      layout = pn_layout_new (model, &view);
      check_items (layout);
      check_hits (layout, &dice);
      check_svg (layout);
      check_paint (layout, model);
    }
  check_printing (model, view.axis);
  return 0;
}
