/* SPDX-License-Identifier: MIT */
#include "pn-source-view.h"

#include <math.h>
#include <string.h>

#define NUMBERS_PX 38 /* left of the text */
#define NAMES_PAD_PX 12
#define NAMES_GAP_PX 6 /* between the line's end and them */
#define NAMES_PART 0.6 /* of the width, at most */
#define MAX_NAMES 8
#define SCROLLED_TO_PART 0.4 /* of the height: where a line is scrolled to */
#define HANG_CHARS 4         /* what does not fit goes on so far right of its line */
#define MAX_INDENT_CHARS 40

struct _PnSourceView
{
  GtkSourceView parent_instance;

  const char *language; /* its name */
  GArray *marks;
  guint wanted_line; /* to be in sight; 0: none */
  guint scroll_source;
  double char_px; /* a letter's width; 0: not known yet */
};

G_DEFINE_FINAL_TYPE (PnSourceView, pn_source_view, GTK_SOURCE_TYPE_VIEW)

static void
get_line_yrange (PnSourceView *self, guint line, int *ret_y, int *ret_height)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_line (
      gtk_text_view_get_buffer (view), &iter, (int)line - 1);
  gtk_text_view_get_line_yrange (view, &iter, ret_y, ret_height);
}

/* The first letter of a line, or where its text ends: a line that is too long takes
 * several rows. */
static void
get_letter (PnSourceView *self, guint line, gboolean last, GdkRectangle *ret_place)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_line (
      gtk_text_view_get_buffer (view), &iter, (int)line - 1);
  if (last && !gtk_text_iter_ends_line (&iter))
    gtk_text_iter_forward_to_line_end (&iter);
  gtk_text_view_get_iter_location (view, &iter, ret_place);
}

static PangoLayout *
create_layout (PnSourceView *self, const char *text, PangoWeight weight, double scale)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static void
draw_text (GtkSnapshot *snapshot,
           PangoLayout *layout,
           double x,
           double y,
           const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_bands (PnSourceView *self, GtkSnapshot *snapshot, const GdkRectangle *visible)
{
  for (guint i = 0; i < self->marks->len; i++)
    {
      const PnSourceMark *mark = &g_array_index (self->marks, PnSourceMark, i);
      int y, height;

      get_line_yrange (self, mark->line, &y, &height);
      gtk_snapshot_append_color (
          snapshot,
          &mark->band,
          &GRAPHENE_RECT_INIT (visible->x, y, visible->width, height));
    }
}

static void
draw_numbers (PnSourceView *self, GtkSnapshot *snapshot, const GdkRectangle *visible)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkTextIter iter;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                               &color);
  color.alpha *= 0.6f;
  gtk_text_view_get_line_at_y (view, &iter, visible->y, NULL);
  do
    {
      g_autoptr (PangoLayout) layout = NULL;
      guint line = (guint)gtk_text_iter_get_line (&iter) + 1;
      char number[12];
      int y, width, height;
      GdkRectangle first;

      gtk_text_view_get_line_yrange (view, &iter, &y, &height);
      if (y > visible->y + visible->height)
        break;
      if (height == 0)
        continue;
      get_letter (self, line, FALSE, &first);
      g_snprintf (number, sizeof number, "%u", line);
      layout = create_layout (self, number, PANGO_WEIGHT_NORMAL, 0.85);
      pango_layout_get_pixel_size (layout, &width, &height);
      draw_text (snapshot,
                 layout,
                 NUMBERS_PX - 12 - width,
                 first.y + (first.height - height) / 2.0,
                 &color);
    }
  while (gtk_text_iter_forward_line (&iter));
}

/* As many of the names as there is room for, and how many more there are: the code is
 * not to be covered. */
static PangoLayout *
create_names (PnSourceView *self, const char *names, int room_px, int most_px)
{
  PangoLayout *layout = create_layout (self, names, PANGO_WEIGHT_BOLD, 0.9);
  g_auto (GStrv) each = g_strsplit (names, "  ", -1);
  guint n = g_strv_length (each);
  int width_px;

  pango_layout_get_pixel_size (layout, &width_px, NULL);
  for (guint shown = MIN (n - 1, MAX_NAMES); shown > 0 && width_px > room_px; shown--)
    {
      g_autofree char *first = NULL;
      g_autofree char *text = NULL;

      for (guint i = shown; each[i] != NULL; i++)
        g_clear_pointer (&each[i], g_free);
      first = g_strjoinv ("  ", each);
      text = g_strdup_printf ("%s  +%u", first, n - shown);
      pango_layout_set_text (layout, text, -1);
      pango_layout_get_pixel_size (layout, &width_px, NULL);
    }
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  if (width_px > most_px)
    pango_layout_set_width (layout, most_px * PANGO_SCALE);
  return layout;
}

/* Over a long line the names stand on a ground of their own. */
static void
draw_names (PnSourceView *self, GtkSnapshot *snapshot, const GdkRectangle *visible)
{
  GdkRGBA ground;

  if (!gtk_style_context_lookup_color (
          gtk_widget_get_style_context (GTK_WIDGET (self)), "pn_card", &ground))
    ground = (GdkRGBA){ 1, 1, 1, 1 };
  for (guint i = 0; i < self->marks->len; i++)
    {
      const PnSourceMark *mark = &g_array_index (self->marks, PnSourceMark, i);
      g_autoptr (PangoLayout) layout = NULL;
      int right = visible->x + visible->width - NAMES_PAD_PX;
      int width, height;
      GdkRectangle end;
      graphene_rect_t box;

      if (mark->names == NULL)
        continue;
      get_letter (self, mark->line, TRUE, &end);
      layout = create_names (self,
                             mark->names,
                             right - end.x - 2 * NAMES_GAP_PX,
                             (int)(visible->width * NAMES_PART));
      pango_layout_get_pixel_size (layout, &width, &height);
      box = GRAPHENE_RECT_INIT (right - width - NAMES_GAP_PX,
                                end.y,
                                width + NAMES_PAD_PX + NAMES_GAP_PX,
                                end.height);
      gtk_snapshot_append_color (snapshot, &ground, &box);
      gtk_snapshot_append_color (snapshot, &mark->band, &box);
      draw_text (snapshot,
                 layout,
                 box.origin.x + NAMES_GAP_PX,
                 end.y + (end.height - height) / 2.0,
                 &mark->color);
    }
}

static void
pn_source_view_snapshot_layer (GtkTextView *view,
                               GtkTextViewLayer layer,
                               GtkSnapshot *snapshot)
{
  PnSourceView *self = PN_SOURCE_VIEW (view);
  GdkRectangle visible;

  gtk_text_view_get_visible_rect (view, &visible);
  if (layer == GTK_TEXT_VIEW_LAYER_BELOW_TEXT)
    {
      draw_bands (self, snapshot, &visible);
      draw_numbers (self, snapshot, &visible);
    }
  GTK_TEXT_VIEW_CLASS (pn_source_view_parent_class)
      ->snapshot_layer (view, layer, snapshot);
  if (layer == GTK_TEXT_VIEW_LAYER_ABOVE_TEXT)
    draw_names (self, snapshot, &visible);
}

/* So that at the top stands no part of a line. */
static int
find_line_top (PnSourceView *self, double y)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkTextIter iter;
  int top;

  gtk_text_view_get_line_at_y (view, &iter, (int)MAX (y, 0), &top);
  return top;
}

/* gtk_text_view_scroll_to_mark () would scroll sideways, too, past the numbers. */
static gboolean
on_scroll_idle (gpointer user_data)
{
  PnSourceView *self = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self));
  double top = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  int margin = gtk_text_view_get_top_margin (GTK_TEXT_VIEW (self));
  int y, height, first;

  self->scroll_source = 0;
  get_line_yrange (self, self->wanted_line, &y, &height);
  first = find_line_top (self, y - page * SCROLLED_TO_PART);
  y += margin;
  /* A line that is in sight, with one more around it, stays where it is. */
  if (y - height < top || y + 2 * height > top + page)
    gtk_adjustment_set_value (adjustment, first > 0 ? first + margin : 0);
  return G_SOURCE_REMOVE;
}

/* Once the heights of the lines are known: GTK finds them out with a priority of
 * GTK_TEXT_VIEW_PRIORITY_VALIDATE. */
static void
queue_scroll (PnSourceView *self)
{
  if (self->scroll_source == 0 && self->wanted_line != 0
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->scroll_source = g_idle_add_full (
        GTK_TEXT_VIEW_PRIORITY_VALIDATE + 1, on_scroll_idle, self, NULL);
}

/* Only once it is seen: GtkSourceView validates what it reads of a language, and takes
 * 20 ms and more. */
static void
load_language (PnSourceView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));

  if (gtk_source_buffer_get_language (GTK_SOURCE_BUFFER (buffer)) == NULL)
    gtk_source_buffer_set_language (
        GTK_SOURCE_BUFFER (buffer),
        gtk_source_language_manager_get_language (
            gtk_source_language_manager_get_default (), self->language));
}

static void
pn_source_view_map (GtkWidget *widget)
{
  load_language (PN_SOURCE_VIEW (widget));
  GTK_WIDGET_CLASS (pn_source_view_parent_class)->map (widget);
  queue_scroll (PN_SOURCE_VIEW (widget));
}

static void
pn_source_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&PN_SOURCE_VIEW (widget)->scroll_source, g_source_remove);
  GTK_WIDGET_CLASS (pn_source_view_parent_class)->unmap (widget);
}

static double
measure_char (PnSourceView *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  double char_px
      = (double)pango_font_metrics_get_approximate_char_width (metrics) / PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  return char_px;
}

static GtkTextTag *
get_hanging_tag (PnSourceView *self, int indent_chars)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  char name[16];
  GtkTextTag *tag;

  g_snprintf (name, sizeof name, "indent-%d", indent_chars);
  tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), name);
  if (tag == NULL)
    tag = gtk_text_buffer_create_tag (buffer, name, NULL);
  g_object_set (
      tag, "indent", (int)-round ((indent_chars + HANG_CHARS) * self->char_px), NULL);
  return tag;
}

/* A line that is too long goes on below, right of its own beginning. */
static void
hang_lines (PnSourceView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter begin;

  gtk_text_buffer_get_start_iter (buffer, &begin);
  do
    {
      GtkTextIter end = begin;
      int indent_chars = 0;

      while (gtk_text_iter_get_char (&end) == ' ' && indent_chars < MAX_INDENT_CHARS)
        {
          gtk_text_iter_forward_char (&end);
          indent_chars++;
        }
      if (!gtk_text_iter_ends_line (&end))
        gtk_text_iter_forward_to_line_end (&end);
      gtk_text_buffer_apply_tag (
          buffer, get_hanging_tag (self, indent_chars), &begin, &end);
    }
  while (gtk_text_iter_forward_line (&begin));
}

static void
pn_source_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  PnSourceView *self = PN_SOURCE_VIEW (widget);
  double char_px;

  GTK_WIDGET_CLASS (pn_source_view_parent_class)->css_changed (widget, change);
  char_px = measure_char (self);
  if (char_px == self->char_px)
    return;
  self->char_px = char_px;
  hang_lines (self);
}

static void
pn_source_view_finalize (GObject *object)
{
  PnSourceView *self = PN_SOURCE_VIEW (object);

  g_clear_pointer (&self->marks, g_array_unref);

  G_OBJECT_CLASS (pn_source_view_parent_class)->finalize (object);
}

static void
pn_source_view_class_init (PnSourceViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pn_source_view_finalize;
  GTK_WIDGET_CLASS (klass)->css_changed = pn_source_view_css_changed;
  GTK_WIDGET_CLASS (klass)->map = pn_source_view_map;
  GTK_WIDGET_CLASS (klass)->unmap = pn_source_view_unmap;
  GTK_TEXT_VIEW_CLASS (klass)->snapshot_layer = pn_source_view_snapshot_layer;
}

static void
pn_source_view_init (PnSourceView *self)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);

  self->marks = pn_source_marks_new ();
  gtk_text_view_set_editable (view, FALSE);
  gtk_text_view_set_cursor_visible (view, FALSE);
  gtk_text_view_set_monospace (view, TRUE);
  gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (view, NUMBERS_PX);
  gtk_text_view_set_right_margin (view, NAMES_PAD_PX);
  gtk_text_view_set_top_margin (view, 6);
  gtk_text_view_set_bottom_margin (view, 6);
}

/* A licence's line is no part of what is taught. Its number stays its own. */
static void
hide_licence (GtkTextBuffer *buffer)
{
  GtkTextIter start, end;
  g_autofree char *line = NULL;

  gtk_text_buffer_get_start_iter (buffer, &start);
  end = start;
  if (!gtk_text_iter_forward_line (&end))
    return;
  line = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  if (strstr (line, "SPDX-License-Identifier") != NULL)
    gtk_text_buffer_apply_tag (
        buffer,
        gtk_text_buffer_create_tag (buffer, NULL, "invisible", TRUE, NULL),
        &start,
        &end);
}

PnSourceView *
pn_source_view_new (const char *language)
{
  PnSourceView *self = g_object_new (PN_TYPE_SOURCE_VIEW, NULL);

  self->language = language;
  return self;
}

void
pn_source_view_set_text (PnSourceView *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter start;

  self->wanted_line = 0;
  pn_source_view_take_marks (self, pn_source_marks_new ());
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (buffer), FALSE);
  gtk_text_buffer_set_text (buffer, text, -1);
  hide_licence (buffer);
  hang_lines (self);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}

static void
clear_mark (gpointer data)
{
  g_free (((PnSourceMark *)data)->names);
}

GArray *
pn_source_marks_new (void)
{
  GArray *marks = g_array_new (FALSE, TRUE, sizeof (PnSourceMark));

  g_array_set_clear_func (marks, clear_mark);
  return marks;
}

void
pn_source_view_take_marks (PnSourceView *self, GArray *marks)
{
  g_array_unref (self->marks);
  self->marks = marks;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
pn_source_view_scroll_to_line (PnSourceView *self, guint line)
{
  self->wanted_line = line;
  queue_scroll (self);
}
