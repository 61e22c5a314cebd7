/* SPDX-License-Identifier: MIT */

/* Walks spans in sight, and folds those that are too narrow to draw. The cost depends
 * on pixels, not on spans: of a long fold, only a sample is looked at. */

#include "pn-layout-private.h"

#define BUCKET_PX 4
#define MAX_LOOKED_AT 32
#define MAX_SPANS_BY_ROW 20000
#define MAX_LOOK_BACK 4096
#define GAP_PX 1.5

double
pn_span_begin_x (const PnScale *scale, gconstpointer entry)
{
  const PnSpan *span = entry;

  return pn_scale_x (scale, span->begin_event, span->begin_ns);
}

static double
span_end_x (const PnScale *scale, gconstpointer entry)
{
  const PnSpan *span = entry;

  return pn_scale_x (scale, span->end_event, span->end_ns);
}

double
pn_step_x (const PnScale *scale, gconstpointer entry)
{
  const PnStep *step = entry;

  return pn_scale_x (scale, step->event, step->time_ns);
}

/* Looks near to @from first: what is looked for mostly lies a few pixels on. */
guint
pn_lower_bound (
    const PnScale *scale, const GArray *entries, guint from, double x, PnEntryX x_of)
{
  gsize size = g_array_get_element_size ((GArray *)entries);
  guint low = from, high, step = 1;

  while (low + step < entries->len
         && x_of (scale, entries->data + (low + step) * size) < x)
    {
      low += step + 1;
      step *= 2;
    }
  high = MIN (low + step, entries->len);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (x_of (scale, entries->data + middle * size) < x)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static const PnSpan *
span_at (const GArray *spans, guint i)
{
  return &g_array_index (spans, PnSpan, i);
}

static gboolean
is_wide (const PnScale *scale, const PnSpan *span)
{
  return span_end_x (scale, span) - pn_span_begin_x (scale, span) >= PN_MIN_SPAN_PX;
}

/* Contended before uncontended. */
static int
weight (const PnSpan *span)
{
  static const int by_kind[] = {
    [PN_SPAN_STARTING] = 0, [PN_SPAN_ZOMBIE] = 1, [PN_SPAN_SLEEP] = 2,
    [PN_SPAN_RUN] = 3,      [PN_SPAN_JOIN] = 4,   [PN_SPAN_HOLD] = 5,
    [PN_SPAN_TASK] = 5,     [PN_SPAN_OWNED] = 5,  [PN_SPAN_WAITER] = 5,
    [PN_SPAN_WAIT] = 6,
  };

  return by_kind[span->kind] + (span->contended ? 10 : 0) + (span->deadlock ? 20 : 0);
}

static const PnSpan *
most_telling (const GArray *spans, guint from, guint to)
{
  guint stride = MAX (1, (to - from) / MAX_LOOKED_AT);
  const PnSpan *best = span_at (spans, from);

  for (guint i = from + 1; i < to; i += stride)
    if (weight (span_at (spans, i)) > weight (best))
      best = span_at (spans, i);
  return best;
}

/* Where the fold that begins with the narrow span @from ends: after a few pixels,
 * before a wide span, or before a gap. A wide span among very many is found because it
 * lies over one of the points looked at. */
static guint
fold_end (const PnScale *scale, const GArray *spans, guint from)
{
  double x = pn_span_begin_x (scale, span_at (spans, from));
  guint end = pn_lower_bound (scale, spans, from + 1, x + BUCKET_PX, pn_span_begin_x);

  if (end - from > MAX_LOOKED_AT)
    {
      for (double probe = x + 1; probe <= x + BUCKET_PX; probe += 1)
        {
          guint at = pn_lower_bound (scale, spans, from + 1, probe, pn_span_begin_x);

          if (at - 1 > from && at - 1 < end && is_wide (scale, span_at (spans, at - 1)))
            return at - 1;
        }
      return end;
    }
  for (guint i = from + 1; i < end; i++)
    {
      double gap = pn_span_begin_x (scale, span_at (spans, i))
                   - span_end_x (scale, span_at (spans, i - 1));

      if (gap > GAP_PX || is_wide (scale, span_at (spans, i)))
        return i;
    }
  return end;
}

typedef struct
{
  PnLayout *layout;
  const PnLane *lane;
  PnPieceFunc func;
  PnPiece fold; /* count 0: none */
} Walk;

static void
flush (Walk *walk)
{
  if (walk->fold.count > 0)
    {
      walk->fold.right = MAX (walk->fold.right, walk->fold.x + 1.5);
      walk->func (walk->layout, walk->lane, &walk->fold);
    }
  walk->fold.count = 0;
}

static gboolean
looks_alike (const PnSpan *a, const PnSpan *b)
{
  return weight (a) == weight (b) && a->object == b->object && a->row == b->row;
}

/* Neighbouring folds that would look the same become one, with the sum as its count. */
static void
add_fold (Walk *walk, const PnPiece *fold)
{
  if (walk->fold.count > 1 && fold->count > 1 && fold->x - walk->fold.right < GAP_PX
      && looks_alike (walk->fold.span, fold->span))
    {
      walk->fold.right = MAX (walk->fold.right, fold->right);
      walk->fold.last = fold->last;
      walk->fold.count += fold->count;
      return;
    }
  flush (walk);
  walk->fold = *fold;
}

static void
add_span (Walk *walk, const PnSpan *span)
{
  const PnScale *scale = &walk->layout->scale;
  PnPiece piece
      = { span, span, 1, pn_span_begin_x (scale, span), span_end_x (scale, span) };

  flush (walk);
  walk->func (walk->layout, walk->lane, &piece);
}

static void
walk_from (Walk *walk, const GArray *spans, guint i)
{
  const PnScale *scale = &walk->layout->scale;

  while (i < spans->len)
    {
      double x = pn_span_begin_x (scale, span_at (spans, i));
      guint end;

      if (x > walk->layout->right + PN_CLIP_MARGIN_PX)
        break;
      if (is_wide (scale, span_at (spans, i)))
        {
          add_span (walk, span_at (spans, i++));
          continue;
        }
      end = fold_end (scale, spans, i);
      add_fold (walk,
                &(PnPiece){ most_telling (spans, i, end),
                            span_at (spans, end - 1),
                            end - i,
                            x,
                            span_end_x (scale, span_at (spans, end - 1)) });
      i = end;
    }
  flush (walk);
}

void
pn_layout_walk (PnLayout *layout,
                const PnLane *lane,
                const GArray *spans,
                PnPieceFunc func)
{
  Walk walk = { layout, lane, func, { 0 } };

  walk_from (
      &walk,
      spans,
      pn_lower_bound (
          &layout->scale, spans, 0, layout->left - PN_CLIP_MARGIN_PX, span_end_x));
}

/* The spans that begin left of the clip and may reach into it: the last of each row. */
static guint
look_back (const GArray *spans, guint first, guint n_rows)
{
  g_autofree gboolean *seen = g_new0 (gboolean, n_rows);
  guint missing = n_rows, i = first;

  while (i > 0 && missing > 0 && first - i < MAX_LOOK_BACK)
    {
      guint row = MIN (span_at (spans, i - 1)->row, n_rows - 1);

      i--;
      missing -= !seen[row];
      seen[row] = TRUE;
    }
  return i;
}

static void
add_to_row (Walk *walk, const PnSpan *span)
{
  const PnScale *scale = &walk->layout->scale;
  PnPiece piece
      = { span, span, 1, pn_span_begin_x (scale, span), span_end_x (scale, span) };

  if (piece.right < walk->layout->left - PN_CLIP_MARGIN_PX)
    return;
  if (is_wide (scale, span))
    {
      add_span (walk, span);
      return;
    }
  if (walk->fold.count > 0 && piece.x - walk->fold.right < GAP_PX)
    {
      if (weight (span) > weight (walk->fold.span))
        walk->fold.span = span;
      walk->fold.right = MAX (walk->fold.right, piece.right);
      walk->fold.last = span;
      walk->fold.count++;
      return;
    }
  flush (walk);
  walk->fold = piece;
}

void
pn_layout_walk_rows (PnLayout *layout,
                     const PnLane *lane,
                     const GArray *spans,
                     guint n_rows,
                     PnPieceFunc func)
{
  const PnScale *scale = &layout->scale;
  guint first = pn_lower_bound (
      scale, spans, 0, layout->left - PN_CLIP_MARGIN_PX, pn_span_begin_x);
  guint end = pn_lower_bound (
      scale, spans, first, layout->right + PN_CLIP_MARGIN_PX, pn_span_begin_x);
  g_autofree Walk *walks = NULL;

  if (n_rows == 0)
    return;
  first = look_back (spans, first, n_rows);
  if (end - first > MAX_SPANS_BY_ROW)
    {
      Walk walk = { layout, lane, func, { 0 } };

      walk_from (&walk, spans, first);
      return;
    }
  walks = g_new0 (Walk, n_rows);
  for (guint row = 0; row < n_rows; row++)
    walks[row] = (Walk){ layout, lane, func, { 0 } };
  for (guint i = first; i < end; i++)
    add_to_row (&walks[MIN (span_at (spans, i)->row, n_rows - 1)], span_at (spans, i));
  for (guint row = 0; row < n_rows; row++)
    flush (&walks[row]);
}
