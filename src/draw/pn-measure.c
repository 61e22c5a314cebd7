/* SPDX-License-Identifier: MIT */
#include "pn-measure.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define MAX_KEPT 4096

typedef struct
{
  double px;
  int weight;
  int family;
} FontSpec;

enum
{
  SANS,
  DIGITS,
  MONO
};

static const FontSpec fonts[] = {
#define X(symbol, px, weight, family, name) { px, weight, family },
  PN_FONTS (X)
#undef X
};

typedef struct
{
  PangoContext *context;
  GHashTable *layouts; /* "font px text" -> PangoLayout */
  GString *key;
} Memo;

static void
memo_free (gpointer data)
{
  Memo *memo = data;

  g_hash_table_unref (memo->layouts);
  g_object_unref (memo->context);
  g_string_free (memo->key, TRUE);
  g_free (memo);
}

static GPrivate private_memo = G_PRIVATE_INIT (memo_free);

double
pn_font_px (PnFont font, double factor)
{
  return fonts[font].px * factor;
}

int
pn_font_weight (PnFont font)
{
  return fonts[font].weight;
}

gboolean
pn_font_is_mono (PnFont font)
{
  return fonts[font].family == MONO;
}

/* Metrics without hinting: a text is as wide on a slide as on the screen. */
static PangoContext *
make_context (void)
{
  g_autoptr (PangoFontMap) map = pango_cairo_font_map_new ();
  PangoContext *context = pango_font_map_create_context (map);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 96.0);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
  return context;
}

static Memo *
get_memo (void)
{
  Memo *memo = g_private_get (&private_memo);

  if (memo != NULL)
    return memo;
  memo = g_new0 (Memo, 1);
  memo->context = make_context ();
  memo->layouts
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  memo->key = g_string_new (NULL);
  g_private_set (&private_memo, memo);
  return memo;
}

static PangoLayout *
make_layout (PangoContext *context, PnFont font, double px, const char *text)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_new ();
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_family (
      description, pn_font_is_mono (font) ? PN_FONT_FAMILY_MONO : PN_FONT_FAMILY_SANS);
  pango_font_description_set_weight (description, (PangoWeight)fonts[font].weight);
  pango_font_description_set_absolute_size (description, px * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  if (fonts[font].family == DIGITS)
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (description);
  pango_attr_list_unref (attributes);
  return layout;
}

PangoLayout *
pn_text_get_layout (PnFont font, double factor, const char *text)
{
  Memo *memo = get_memo ();
  double px = pn_font_px (font, factor);
  PangoLayout *layout;

  g_string_printf (memo->key, "%d %d ", (int)font, (int)lround (px * 16));
  g_string_append (memo->key, text);
  layout = g_hash_table_lookup (memo->layouts, memo->key->str);
  if (layout != NULL)
    return layout;
  if (g_hash_table_size (memo->layouts) >= MAX_KEPT)
    g_hash_table_remove_all (memo->layouts);
  layout = make_layout (memo->context, font, px, text);
  g_hash_table_insert (memo->layouts, g_strdup (memo->key->str), layout);
  return layout;
}

PnExtents
pn_text_measure (PnFont font, double factor, const char *text)
{
  PangoLayout *layout = pn_text_get_layout (font, factor, text);
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  return (PnExtents){ logical.width / (double)PANGO_SCALE,
                      logical.height / (double)PANGO_SCALE,
                      pango_layout_get_baseline (layout) / (double)PANGO_SCALE };
}

/* The first @head and the last @tail characters, an ellipsis between. */
static char *
cut (const char *text, glong head, glong tail)
{
  const char *head_end = g_utf8_offset_to_pointer (text, head);
  const char *tail_begin
      = g_utf8_offset_to_pointer (text, g_utf8_strlen (text, -1) - tail);

  while (head_end > text && head_end[-1] == ' ')
    head_end--;
  return g_strdup_printf ("%.*s…%s", (int)(head_end - text), text, tail_begin);
}

char *
pn_text_fit (PnFont font, double factor, const char *text, double width)
{
  gboolean in_middle = *text != '\0' && strchr ("[{('\"", *text) != NULL;
  glong low = 2, high, n_chars;
  g_autofree char *best = NULL;

  if (*text == '\0' || width < pn_font_px (font, factor) * 0.5)
    return NULL;
  if (pn_text_measure (font, factor, text).width <= width)
    return g_strdup (text);
  n_chars = g_utf8_strlen (text, -1);
  high = n_chars - 1;
  while (low <= high)
    {
      glong keep = (low + high) / 2;
      glong tail = in_middle ? (keep + 1) / 2 : 0;
      g_autofree char *shorter = cut (text, keep - tail, tail);

      if (pn_text_measure (font, factor, shorter).width <= width)
        {
          g_free (best);
          best = g_steal_pointer (&shorter);
          low = keep + 1;
        }
      else
        high = keep - 1;
    }
  return g_steal_pointer (&best);
}
