/* SPDX-License-Identifier: MIT */
#include "pn-svg.h"

#include "layout-case.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *name;
  GHashTable *attributes;
  GString *text;
} Element;

static void
element_free (gpointer data)
{
  Element *element = data;

  g_free (element->name);
  g_hash_table_unref (element->attributes);
  g_string_free (element->text, TRUE);
  g_free (element);
}

static void
on_start (GMarkupParseContext *context,
          const char *name,
          const char **names,
          const char **values,
          gpointer data,
          GError **error)
{
  Element *element = g_new (Element, 1);

  element->name = g_strdup (name);
  element->text = g_string_new (NULL);
  element->attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; names[i] != NULL; i++)
    g_hash_table_insert (
        element->attributes, g_strdup (names[i]), g_strdup (values[i]));
  g_ptr_array_add (data, element);
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer data,
         GError **error)
{
  GPtrArray *elements = data;
  Element *last = g_ptr_array_index (elements, elements->len - 1);

  if (g_str_equal (g_markup_parse_context_get_element (context), last->name))
    g_string_append_len (last->text, text, (gssize)length);
}

/* All elements; aborts if it is not well-formed. */
static GPtrArray *
parse (const char *svg)
{
  static const GMarkupParser parser = { .start_element = on_start, .text = on_text };
  GPtrArray *elements = g_ptr_array_new_with_free_func (element_free);
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, 0, elements, NULL);
  g_autoptr (GError) error = NULL;

  g_markup_parse_context_parse (context, svg, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  return elements;
}

static char *
draw (PnModel *model, PnView *view)
{
  g_autoptr (PnLayout) layout = lay_out (model, view);

  return pn_svg_from_layout (layout);
}

static gboolean
says (const GPtrArray *elements, const char *name, const char *text)
{
  for (guint i = 0; i < elements->len; i++)
    {
      const Element *element = g_ptr_array_index (elements, i);

      if (g_str_equal (element->name, name) && g_str_equal (element->text->str, text))
        return TRUE;
    }
  return FALSE;
}

static void
test_text_is_text (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_lock ());
  g_autoptr (GPtrArray) elements = NULL;
  g_autofree char *svg = NULL;
  PnView view;

  pn_view_init (&view);
  view.title = "Lock & <key>";
  svg = draw (model, &view);
  elements = parse (svg);
  g_assert_true (says (elements, "text", "waits for lock"));
  g_assert_true (says (elements, "text", "Lock & <key>"));
  g_assert_true (says (elements, "title", "Lock & <key>"));
}

/* GMarkup lets more pass than XML does; xmllint is the judge where it is installed. */
static void
check_with_xmllint (const char *svg)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "procession.svg", NULL);
  g_autofree char *program = g_find_program_in_path ("xmllint");
  const char *argv[] = { "xmllint", "--noout", "--nonet", path, NULL };
  g_autofree char *complaint = NULL;
  int status;

  if (program == NULL)
    return;
  g_assert_true (g_file_set_contents (path, svg, -1, NULL));
  g_assert_true (g_spawn_sync (NULL,
                               (char **)argv,
                               NULL,
                               G_SPAWN_SEARCH_PATH,
                               NULL,
                               NULL,
                               NULL,
                               &complaint,
                               &status,
                               NULL));
  g_assert_cmpstr (complaint, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_unlink (path);
}

static void
test_it_is_well_formed (void)
{
  for (const char *const *name = pn_sample_get_names (); *name != NULL; name++)
    for (PnThemeKind theme = PN_THEME_LIGHT; theme <= PN_THEME_PRINT; theme++)
      {
        g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (*name));
        g_autoptr (GPtrArray) elements = NULL;
        g_autofree char *svg = NULL;
        PnView view;

        pn_view_init (&view);
        view.theme = theme;
        view.title = "\033]0;\xff]]><script>\"'&";
        svg = draw (model, &view);
        elements = parse (svg);
        g_assert_cmpuint (elements->len, >, 10);
        g_assert_null (strstr (svg, "<script"));
        g_assert_null (strstr (svg, "nan"));
        g_assert_null (strchr (svg, '\033'));
        check_with_xmllint (svg);
      }
}

static double
number (const Element *element, const char *attribute)
{
  const char *value = g_hash_table_lookup (element->attributes, attribute);

  if (value == NULL)
    g_error ("<%s> has no %s", element->name, attribute);
  return g_ascii_strtod (value, NULL);
}

static void
assert_color (const Element *element,
              const char *attribute,
              const PnLayout *layout,
              PnRole role,
              guint order)
{
  g_autofree char *color
      = pn_color_to_string (pn_theme_color (layout->view.theme, role, order));

  g_assert_cmpstr (g_hash_table_lookup (element->attributes, attribute), ==, color);
}

/* Its points cover the item's rectangle. */
static void
assert_covers (const Element *path, const PnItem *item)
{
  const char *at = g_hash_table_lookup (path->attributes, "d");
  double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
  guint n = 0;

  for (at += strcspn (at, "-.0123456789"); *at != '\0';
       at += strcspn (at, "-.0123456789"))
    {
      double value = g_ascii_strtod (at, (char **)&at);

      low[n % 2] = MIN (low[n % 2], value);
      high[n % 2] = MAX (high[n % 2], value);
      n++;
    }
  g_assert_cmpfloat_with_epsilon (low[0], item->x, 0.011);
  g_assert_cmpfloat_with_epsilon (low[1], item->y, 0.011);
  g_assert_cmpfloat_with_epsilon (high[0], item->x + item->width, 0.011);
  g_assert_cmpfloat_with_epsilon (high[1], item->y + item->height, 0.011);
}

/* Checks the elements of one item; returns how many. */
static guint
check_item (const PnLayout *layout, const PnItem *item, gpointer *elements)
{
  static const char *const anchors[] = { NULL, "middle", "end" };
  const Element *first = elements[0];
  gboolean filled = item->fill != PN_ROLE_NONE, stroked = item->stroke != PN_ROLE_NONE;

  switch (item->shape)
    {
    case PN_SHAPE_TEXT:
      g_assert_cmpstr (first->text->str, ==, item->text);
      g_assert_cmpfloat_with_epsilon (
          number (first, "x"), item->x + item->align * item->width, 0.011);
      g_assert_cmpfloat (number (first, "y"), >, item->y + item->height / 2);
      g_assert_cmpfloat (number (first, "y"), <, item->y + item->height);
      g_assert_cmpstr (g_hash_table_lookup (first->attributes, "text-anchor"),
                       ==,
                       anchors[(int)(item->align * 2)]);
      assert_color (first, "fill", layout, item->fill, item->order);
      return 1;
    case PN_SHAPE_CIRCLE:
      g_assert_cmpstr (first->name, ==, "circle");
      g_assert_cmpfloat_with_epsilon (
          number (first, "cx"), item->x + item->width / 2, 0.011);
      g_assert_cmpfloat_with_epsilon (
          number (first, "cy"), item->y + item->height / 2, 0.011);
      g_assert_cmpfloat_with_epsilon (
          number (first, "r") + item->stroke_width / 2, item->width / 2, 0.011);
      return 1;
    case PN_SHAPE_PATH:
    case PN_SHAPE_CROSS:
      assert_color (first, "stroke", layout, item->stroke, item->order);
      return item->head ? 2 : 1;
    default:
      if (filled)
        {
          assert_color (first, "fill", layout, item->fill, item->order);
          assert_covers (first, item);
        }
      return filled + (filled && item->pattern != PN_PATTERN_SOLID) + stroked;
    }
}

static gboolean
is_group (const GPtrArray *elements, guint at)
{
  return at < elements->len
         && g_str_equal (((Element *)g_ptr_array_index (elements, at))->name, "g");
}

/* Each is lines, from a point to a point. */
static void
assert_patterns (const GPtrArray *elements)
{
  for (guint i = 0; i < elements->len; i++)
    {
      const Element *pattern = g_ptr_array_index (elements, i);
      const char *path;

      if (!g_str_equal (pattern->name, "pattern"))
        continue;
      path = g_hash_table_lookup (
          ((Element *)g_ptr_array_index (elements, i + 1))->attributes, "d");
      g_assert_cmpint (path[0], ==, 'M');
      for (; *path != '\0'; path += strcspn (path, "M"))
        {
          path += strcspn (path + 1, "ML") + 1;
          g_assert_cmpint (*path, ==, 'L');
        }
    }
}

static void
assert_clip (const PnLayout *layout, const GPtrArray *elements)
{
  guint at = 0;
  const Element *rect;

  while (
      g_strcmp0 (g_hash_table_lookup (
                     ((Element *)g_ptr_array_index (elements, at))->attributes, "id"),
                 "clip-lanes")
      != 0)
    at++;
  rect = g_ptr_array_index (elements, at + 1);
  g_assert_cmpfloat_with_epsilon (number (rect, "x"), layout->left, 0.011);
  g_assert_cmpfloat_with_epsilon (number (rect, "y"), layout->top, 0.011);
  g_assert_cmpfloat_with_epsilon (
      number (rect, "width"), layout->right - layout->left, 0.011);
  g_assert_cmpfloat_with_epsilon (
      number (rect, "height"), layout->bottom - layout->top, 0.011);
}

/* Item by item: where it is, and its colour. */
static void
test_items_are_where_they_are (gconstpointer name)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_by_name (name));
  g_autoptr (PnLayout) layout = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autofree char *svg = NULL;
  guint at = 0;
  PnView view;

  pn_view_init (&view);
  view.playhead = 20;
  layout = lay_out (model, &view);
  svg = pn_svg_from_layout (layout);
  elements = parse (svg);
  assert_clip (layout, elements);
  assert_patterns (elements);
  while (!is_group (elements, at))
    at++;
  for (guint i = 0; i < layout->items->len; i++)
    {
      const PnItem *item = &g_array_index (layout->items, PnItem, i);

      if (item->fill == PN_ROLE_NONE && item->stroke == PN_ROLE_NONE)
        continue;
      at += is_group (elements, at);
      at += check_item (layout, item, &elements->pdata[at]);
    }
  g_assert_cmpuint (at, ==, elements->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/svg/text-is-text", test_text_is_text);
  g_test_add_func ("/svg/it-is-well-formed", test_it_is_well_formed);
  g_test_add_data_func ("/svg/items/lock", "lock", test_items_are_where_they_are);
  g_test_add_data_func ("/svg/items/ends", "ends", test_items_are_where_they_are);
  g_test_add_data_func ("/svg/items/pool", "pool", test_items_are_where_they_are);
  return g_test_run ();
}
