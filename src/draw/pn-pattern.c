/* SPDX-License-Identifier: MIT */

/* Patterns as Cairo sources. On pixels they are small images, kept from frame to frame:
 * filling a bar from one costs a fifteenth of drawing its lines. In PDF they are
 * vectors. */

#include "pn-paint-private.h"

#include "pn-shapes.h"

#include <math.h>

#define CELLS 8
#define MAX_KEPT 256

typedef struct
{
  guint32 base;
  guint32 color;
  guint16 px;
  guint16 pattern;
} Key;

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return key->base * 17u ^ key->color * 31u ^ (guint)key->px << 8 ^ key->pattern;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *k = a, *l = b;

  return k->base == l->base && k->color == l->color && k->px == l->px
         && k->pattern == l->pattern;
}

static void
free_surface (gpointer surface)
{
  cairo_surface_destroy (surface);
}

static GHashTable *
get_kept (void)
{
  static GPrivate kept = G_PRIVATE_INIT ((GDestroyNotify)g_hash_table_unref);
  GHashTable *table = g_private_get (&kept);

  if (table == NULL)
    {
      table = g_hash_table_new_full (key_hash, key_equal, g_free, free_surface);
      g_private_set (&kept, table);
    }
  return table;
}

static void
draw_cells (cairo_t *cr, const PnPatternCell *cell, PnColor base, PnColor color)
{
  cairo_set_source_rgba (cr, base.red, base.green, base.blue, base.alpha);
  cairo_paint (cr);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
  cairo_set_line_width (cr, cell->line_width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint row = 0; row < CELLS; row++)
    for (guint column = 0; column < CELLS; column++)
      {
        double x = column * cell->size, y = row * cell->size;

        cairo_save (cr);
        cairo_rectangle (cr, x, y, cell->size, cell->size);
        cairo_clip (cr);
        for (guint i = 0; i < cell->n_points; i += 2)
          {
            cairo_move_to (cr, x + cell->points[i].x, y + cell->points[i].y);
            cairo_line_to (cr, x + cell->points[i + 1].x, y + cell->points[i + 1].y);
          }
        cairo_stroke (cr);
        cairo_restore (cr);
      }
}

static cairo_surface_t *
make_image (const PnPatternCell *cell, PnColor base, PnColor color, int px)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, px, px);
  cairo_t *cr = cairo_create (image);
  double scale = px / (cell->size * CELLS);

  cairo_scale (cr, scale, scale);
  draw_cells (cr, cell, base, color);
  cairo_destroy (cr);
  return image;
}

static guint32
pack (PnColor color)
{
  return (guint32)lround (color.red * 255) << 24
         | (guint32)lround (color.green * 255) << 16
         | (guint32)lround (color.blue * 255) << 8
         | (guint32)lround (color.alpha * 255);
}

static cairo_surface_t *
get_image (PnPattern pattern, PnColor base, PnColor color, int px)
{
  GHashTable *kept = get_kept ();
  Key key = {
    .base = pack (base),
    .color = pack (color),
    .px = (guint16)px,
    .pattern = (guint16)pattern,
  };
  cairo_surface_t *image = g_hash_table_lookup (kept, &key);

  if (image != NULL)
    return image;
  if (g_hash_table_size (kept) >= MAX_KEPT)
    g_hash_table_remove_all (kept);
  image = make_image (pn_pattern_cell (pattern), base, color, px);
  g_hash_table_insert (kept, g_memdup2 (&key, sizeof key), image);
  return image;
}

void
pn_pattern_stroke (cairo_t *cr,
                   PnPattern pattern,
                   PnColor color,
                   double factor,
                   double x,
                   double y,
                   double width,
                   double height)
{
  const PnPatternCell *cell = pn_pattern_cell (pattern);
  double size = cell->size * factor;

  for (double top = floor (y / size) * size; top < y + height; top += size)
    for (double left = floor (x / size) * size; left < x + width; left += size)
      for (guint i = 0; i < cell->n_points; i += 2)
        {
          const PnPoint *from = &cell->points[i], *to = &cell->points[i + 1];

          cairo_move_to (cr, left + from->x * factor, top + from->y * factor);
          cairo_line_to (cr, left + to->x * factor, top + to->y * factor);
        }
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
  cairo_set_line_width (cr, cell->line_width * factor);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_stroke (cr);
}

cairo_pattern_t *
pn_pattern_source (
    PnPattern pattern, PnColor base, PnColor color, double factor, double device_scale)
{
  const PnPatternCell *cell = pn_pattern_cell (pattern);
  double cells_px = cell->size * CELLS * factor;
  int px = CLAMP ((int)lround (cells_px * device_scale), 8, 1024);
  cairo_pattern_t *source
      = cairo_pattern_create_for_surface (get_image (pattern, base, color, px));
  cairo_matrix_t matrix;

  cairo_matrix_init_scale (&matrix, px / cells_px, px / cells_px);
  cairo_pattern_set_matrix (source, &matrix);
  cairo_pattern_set_filter (source, CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (source, CAIRO_EXTEND_REPEAT);
  return source;
}
