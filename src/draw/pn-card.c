/* SPDX-License-Identifier: MIT */

/* The words of a card, for what the pointer is on. */

#include "pn-layout-private.h"

#define MAX_NAMES 6
#define MAX_LOOK_BACK 4096

static const PnSpan *
find_span (const GArray *spans, gsize begin_event, guint32 peer, guint32 object)
{
  for (guint i = pn_spans_before (spans, begin_event); i < spans->len; i++)
    {
      const PnSpan *span = &g_array_index (spans, PnSpan, i);

      if (span->begin_event != begin_event)
        break;
      if ((peer == 0 || span->peer == peer) && (object == 0 || span->object == object))
        return span;
    }
  return NULL;
}

static char *
dup_clock (const PnLayout *layout, gint64 ns)
{
  gint64 duration = layout->scale.duration_ns;

  return pn_tick_label (
      PN_AXIS_TIME, (double)ns, MAX (1.0, (double)duration / 1000), (double)duration);
}

static const char *
process_name (const PnLayout *layout, guint32 process)
{
  return pn_model_get_process_name (layout->model, process);
}

static const char *
object_name (const PnLayout *layout, guint32 object)
{
  return pn_model_get_object_name (layout->model, object);
}

static void
append_stretch (const PnLayout *layout, GString *card, const PnSpan *span)
{
  gint64 end = span->end_event == PN_EVENT_OPEN
                   ? MAX (span->end_ns, layout->scale.duration_ns)
                   : span->end_ns;
  g_autofree char *since = dup_clock (layout, span->begin_ns);
  g_autofree char *length = pn_text_dup_duration (end - span->begin_ns);

  g_string_append_printf (card,
                          "\nsince %s, for %s%s",
                          since,
                          length,
                          span->end_event == PN_EVENT_OPEN ? " so far" : "");
}

/* Who owns the lock when the wait begins, and who else waits then. */
static void
append_contenders (const PnLayout *layout,
                   GString *card,
                   const PnSpan *wait,
                   guint32 self)
{
  const PnObjectLane *lane
      = pn_history_get_object (pn_model_get_history (layout->model), wait->object);
  const GArray *owned;
  guint n_others = 0;

  if (lane == NULL || lane->kind != PN_OBJECT_LOCK)
    return;
  owned = lane->owned;
  for (guint i = owned->len; i-- > 0;)
    {
      const PnSpan *span = &g_array_index (owned, PnSpan, i);

      if (span->begin_event > wait->begin_event)
        continue;
      if (span->end_event > wait->begin_event)
        g_string_append_printf (
            card, "\n%s holds it", process_name (layout, span->peer));
      break;
    }
  for (guint i = lane->waiters->len; i-- > 0 && n_others < 4;)
    {
      const PnSpan *span = &g_array_index (lane->waiters, PnSpan, i);

      if (span->peer == self || span->begin_event > wait->begin_event
          || span->end_event <= wait->begin_event)
        continue;
      g_string_append_printf (card,
                              n_others++ == 0 ? "\nbefore it: %s" : ", %s",
                              process_name (layout, span->peer));
    }
}

static void
append_deed (const PnLayout *layout, GString *card, const PnSpan *span, const char *who)
{
  switch (span->kind)
    {
    case PN_SPAN_STARTING:
      g_string_append_printf (card, "%s is being started", who);
      break;
    case PN_SPAN_SLEEP:
      g_string_append_printf (card, "%s sleeps", who);
      break;
    case PN_SPAN_WAIT:
      g_string_append_printf (
          card, "%s waits for %s", who, object_name (layout, span->object));
      break;
    case PN_SPAN_JOIN:
      g_string_append_printf (
          card, "%s waits for the end of %s", who, process_name (layout, span->peer));
      break;
    case PN_SPAN_ZOMBIE:
      g_string_append_printf (card, "%s has ended, nobody has joined it", who);
      break;
    case PN_SPAN_HOLD:
    case PN_SPAN_OWNED:
      g_string_append_printf (
          card, "%s holds %s", who, object_name (layout, span->object));
      break;
    case PN_SPAN_WAITER:
      g_string_append_printf (
          card, "%s waits for %s", who, object_name (layout, span->object));
      break;
    case PN_SPAN_TASK:
      g_string_append_printf (
          card, "%s works on task %" G_GINT64_FORMAT, who, span->number);
      if (*span->text != '\0')
        g_string_append_printf (card, "\nwith %s", span->text);
      break;
    default:
      g_string_append_printf (card, "%s runs", who);
      break;
    }
}

static void
append_span (const PnLayout *layout, GString *card, const PnSpan *span, guint32 process)
{
  const char *who = process_name (layout, process);

  if (span->stopped)
    g_string_append_printf (card, "%s is stopped by a signal", who);
  else
    append_deed (layout, card, span, who);
  append_stretch (layout, card, span);
  if (span->stopped && span->kind != PN_SPAN_RUN)
    {
      g_string_append (card, "\nwhile ");
      append_deed (layout, card, span, "it");
    }
  if (span->kind == PN_SPAN_WAIT || span->kind == PN_SPAN_WAITER)
    append_contenders (layout, card, span, process);
  if (span->contended && span->kind == PN_SPAN_WAIT)
    g_string_append (card, "\ngave up: its time was over");
  if (span->deadlock)
    g_string_append (card, "\npart of a deadlock");
}

static void
append_arrow (const PnLayout *layout, GString *card, const PnArrow *arrow)
{
  const char *from = process_name (layout, arrow->from_process);
  const char *to = process_name (layout, arrow->to_process);
  const char *object = object_name (layout, arrow->object);
  g_autofree char *at = dup_clock (layout, arrow->from_ns);
  g_autofree char *length = pn_text_dup_duration (arrow->to_ns - arrow->from_ns);

  switch (arrow->kind)
    {
    case PN_ARROW_START:
      g_string_append_printf (card, "%s starts %s", from, to);
      break;
    case PN_ARROW_JOIN:
      g_string_append_printf (card, "%s joins %s", to, from);
      break;
    case PN_ARROW_IN:
      g_string_append_printf (card, "%s → %s", from, object);
      break;
    case PN_ARROW_OUT:
      g_string_append_printf (card, "%s → %s", object, to);
      break;
    case PN_ARROW_HANDOFF:
      g_string_append_printf (card, "%s passes from %s to %s", object, from, to);
      break;
    case PN_ARROW_SIGNAL:
      g_string_append_printf (card, "%s sends a signal to %s", from, to);
      break;
    }
  if (*arrow->text != '\0')
    g_string_append_printf (card, "\n%s", arrow->text);
  g_string_append_printf (card, "\nat %s", at);
  if (arrow->to_ns > arrow->from_ns)
    g_string_append_printf (card, ", takes %s", length);
}

static const PnArrow *
find_arrow (const PnLayout *layout, const PnHit *hit)
{
  const GArray *arrows = pn_model_get_history (layout->model)->arrows;

  for (guint i = pn_arrows_before (arrows, hit->other_event); i < arrows->len; i++)
    {
      const PnArrow *arrow = &g_array_index (arrows, PnArrow, i);

      if (arrow->to_event != hit->other_event)
        return NULL;
      if (arrow->from_event == hit->event && arrow->object == hit->object
          && (arrow->from_process == hit->process || arrow->to_process == hit->process))
        return arrow;
    }
  return NULL;
}

static void
append_process (const PnLayout *layout, GString *card, const PnProcessLane *process)
{
  g_autofree char *ended = NULL;

  g_string_append (card, process->name);
  if (process->pid > 0)
    g_string_append_printf (card, " · pid %" G_GINT64_FORMAT, process->pid);
  if (process->daemon)
    g_string_append (card, "\na daemon: it is ended with its parent");
  if (process->parent != 0)
    g_string_append_printf (
        card, "\nstarted by %s", process_name (layout, process->parent));
  if (process->end_event == PN_EVENT_OPEN)
    return;
  ended = dup_clock (layout, process->end_ns);
  g_string_append_printf (card, "\nended at %s", ended);
  if (process->exit_known && process->exit_code < 0)
    g_string_append_printf (card, " by %s", pn_exit_signal_name (process->exit_code));
  else if (process->exit_known)
    g_string_append_printf (card, " with %" G_GINT64_FORMAT, process->exit_code);
  if (*process->end_reason != '\0')
    g_string_append_printf (card, ": %s", process->end_reason);
}

/* The moment that a card of a whole lane speaks of. */
static gsize
present_event (const PnLayout *layout)
{
  gsize n_events = pn_model_get_n_events (layout->model);

  return MIN (layout->view.playhead, MAX (n_events, 1) - 1);
}

static gboolean
covers (const PnSpan *span, gsize event)
{
  return span->begin_event <= event && span->end_event > event;
}

static void
append_holder (const PnLayout *layout, GString *card, const PnObjectLane *lock)
{
  gsize event = present_event (layout);
  guint n = pn_spans_before (lock->owned, event + 1), first;
  const char *before = "\nwaiting: ";

  if (n > 0 && covers (&g_array_index (lock->owned, PnSpan, n - 1), event))
    {
      const PnSpan *span = &g_array_index (lock->owned, PnSpan, n - 1);
      g_autofree char *since = dup_clock (layout, span->begin_ns);

      g_string_append_printf (
          card, "\nheld by %s since %s", process_name (layout, span->peer), since);
    }
  else
    g_string_append (card, "\nheld by nobody");
  n = pn_spans_before (lock->waiters, event + 1);
  first = n > MAX_LOOK_BACK ? n - MAX_LOOK_BACK : 0;
  for (guint i = first, shown = 0; i < n && shown < MAX_NAMES; i++)
    {
      const PnSpan *span = &g_array_index (lock->waiters, PnSpan, i);

      if (!covers (span, event))
        continue;
      g_string_append_printf (card,
                              "%s%s",
                              before,
                              ++shown == MAX_NAMES ? "…"
                                                   : process_name (layout, span->peer));
      before = ", ";
    }
}

/* The step that holds at @event, or NULL. */
static const PnStep *
step_at (const GArray *steps, gsize event)
{
  guint n = pn_steps_before (steps, event + 1);

  return n > 0 ? &g_array_index (steps, PnStep, n - 1) : NULL;
}

static void
append_contents (const PnLayout *layout, GString *card, const PnObjectLane *object)
{
  const PnStep *step = step_at (object->steps, present_event (layout));
  gint64 depth = step != NULL ? step->number : 0;

  switch (object->kind)
    {
    case PN_OBJECT_LOCK:
      append_holder (layout, card, object);
      break;
    case PN_OBJECT_QUEUE:
    case PN_OBJECT_PIPE:
      g_string_append_printf (
          card, "\n%" G_GINT64_FORMAT " message%s in it", depth, depth == 1 ? "" : "s");
      break;
    default:
      if (step != NULL && *step->text != '\0')
        g_string_append_printf (card, "\n= %s", step->text);
      break;
    }
}

static void
append_object (const PnLayout *layout, GString *card, const PnObjectLane *object)
{
  g_string_append_printf (
      card, "%s\n%s", object->name, pn_object_kind_type (object->kind));
  if (object->kind == PN_OBJECT_QUEUE && object->detail > 0)
    g_string_append_printf (
        card, " for %" G_GINT64_FORMAT " messages at most", object->detail);
  if (object->kind == PN_OBJECT_POOL && object->detail > 0)
    g_string_append_printf (card, " of %" G_GINT64_FORMAT " workers", object->detail);
  append_contents (layout, card, object);
}

static gboolean
append_cell (const PnLayout *layout,
             GString *card,
             const PnObjectLane *object,
             const PnHit *hit)
{
  const PnStep *step = step_at (object->steps, hit->event);
  g_autofree char *at = NULL;

  if (step == NULL || step->event != hit->event)
    return FALSE;
  at = dup_clock (layout, step->time_ns);
  g_string_append_printf (card,
                          "%s = %s\nset by %s at %s",
                          object->name,
                          step->text,
                          process_name (layout, step->process),
                          at);
  return TRUE;
}

static gboolean
append_event (const PnLayout *layout, GString *card, const PnHit *hit)
{
  const PnHistory *history = pn_model_get_history (layout->model);
  const PnObjectLane *object = pn_history_get_object (history, hit->object);
  const PnProcessLane *process = pn_history_get_process (history, hit->process);
  const PnSpan *span = NULL;

  if (process != NULL && hit->object != 0)
    span = find_span (process->holds, hit->event, 0, hit->object);
  if (span == NULL && process != NULL)
    span = find_span (process->spans, hit->event, 0, hit->object);
  if (span == NULL && object != NULL)
    span = find_span (object->owned, hit->event, hit->process, 0);
  if (span == NULL && object != NULL)
    span = find_span (object->waiters, hit->event, hit->process, 0);
  if (span != NULL)
    append_span (layout, card, span, process != NULL ? hit->process : span->peer);
  return span != NULL || (object != NULL && append_cell (layout, card, object, hit));
}

/* Folded and other things: what happened at their first event. */
static void
append_sentence (const PnLayout *layout, GString *card, gsize event)
{
  if (event < pn_model_get_n_events (layout->model))
    {
      g_autofree char *sentence = pn_model_dup_sentence (layout->model, event);

      g_string_append (card, sentence);
    }
}

static char *
dup_visible_lines (const char *card)
{
  g_auto (GStrv) lines = g_strsplit (card, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *visible = pn_text_dup_visible (lines[i], PN_TEXT_SHOWN_CHARS);

      g_free (lines[i]);
      lines[i] = visible;
    }
  return g_strjoinv ("\n", lines);
}

char *
pn_layout_dup_card (const PnLayout *layout, const PnHit *hit)
{
  const PnHistory *history = pn_model_get_history (layout->model);
  g_autoptr (GString) card = g_string_new (NULL);
  const PnProcessLane *process = pn_history_get_process (history, hit->process);
  const PnObjectLane *object = pn_history_get_object (history, hit->object);
  const PnArrow *arrow = hit->event != PN_EVENT_OPEN ? find_arrow (layout, hit) : NULL;

  if (arrow != NULL)
    append_arrow (layout, card, arrow);
  else if (hit->event != PN_EVENT_OPEN)
    {
      if (!append_event (layout, card, hit))
        append_sentence (layout, card, hit->event);
    }
  else if (process != NULL)
    append_process (layout, card, process);
  else if (object != NULL)
    append_object (layout, card, object);
  return dup_visible_lines (card->str);
}
