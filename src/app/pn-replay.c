/* SPDX-License-Identifier: MIT */
#include "pn-replay.h"

#define TICK_MS 16
#define ORDER_EVENTS_PER_US (2.0 / G_USEC_PER_SEC)

struct _PnReplay
{
  GObject parent_instance;

  PnDocument *document;
  gsize event; /* PN_EVENT_OPEN: none */
  double after;
  PnAxis axis;
  double speed;
  gboolean playing;
  gboolean following;
  guint timer; /* runs while something moves: a play, or a live run */
  gint64 ticked_us;
};

enum
{
  DOCUMENT_CHANGED,
  GROWN,
  MOVED,
  TICKED,
  MODE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PnReplay, pn_replay, G_TYPE_OBJECT)

static gsize
get_last_event (PnReplay *self)
{
  gsize n = self->document != NULL ? pn_document_get_n_steps (self->document) : 0;

  return n > 0 ? pn_document_get_step (self->document, n - 1) : PN_EVENT_OPEN;
}

static void
set_moment (PnReplay *self, gsize event, double after)
{
  gboolean moved = event != self->event;

  if (!moved && after == self->after)
    return;
  self->event = event;
  self->after = after;
  if (moved)
    g_signal_emit (self, signals[MOVED], 0);
  g_signal_emit (self, signals[TICKED], 0);
}

static double
get_event_unit (PnReplay *self, gsize event)
{
  PnTrace *trace = pn_model_get_trace (pn_document_get_model (self->document));

  if (self->axis == PN_AXIS_ORDER)
    return event + 0.5; /* the middle of its cell */
  return (double)pn_trace_get_time_ns (trace, event);
}

/* The last step at or before @unit, and how far after it. */
static void
set_unit (PnReplay *self, double unit)
{
  PnTrace *trace = pn_model_get_trace (pn_document_get_model (self->document));
  gsize event;

  if (pn_document_get_n_steps (self->document) == 0)
    return;
  unit = MAX (unit, get_event_unit (self, 0));
  if (self->axis == PN_AXIS_ORDER)
    event = (gsize)(unit - 0.5);
  else
    {
      /* The first event later than the unit, less one. */
      event = pn_trace_find_time (trace, (gint64)unit + 1);
      event = event > 0 ? event - 1 : 0;
    }
  event = pn_document_get_step (self->document,
                                pn_document_find_step (self->document, event));
  set_moment (self, event, MAX (unit - get_event_unit (self, event), 0));
}

static void
follow (PnReplay *self)
{
  gsize last = get_last_event (self);
  double after = 0;

  if (last == PN_EVENT_OPEN)
    return;
  if (self->axis == PN_AXIS_TIME)
    after = pn_document_get_now_ns (self->document) - get_event_unit (self, last);
  set_moment (self, last, MAX (after, 0));
}

static void
play_on (PnReplay *self, gint64 passed_us)
{
  double rate = self->axis == PN_AXIS_ORDER ? ORDER_EVENTS_PER_US : 1000.0;
  double unit = get_event_unit (self, self->event) + self->after
                + passed_us * rate * self->speed;
  gsize last = get_last_event (self);
  double end = get_event_unit (self, last);

  if (unit < end)
    {
      set_unit (self, unit);
      return;
    }
  set_moment (self, last, 0);
  self->playing = FALSE;
  self->following = pn_document_is_running (self->document);
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

static gboolean
on_tick (gpointer user_data)
{
  PnReplay *self = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 passed_us = now_us - self->ticked_us;

  self->ticked_us = now_us;
  if (self->playing)
    play_on (self, passed_us);
  else if (self->following)
    follow (self);
  else
    g_signal_emit (self, signals[TICKED], 0); /* the live run goes on */

  if (self->playing
      || (self->document != NULL && pn_document_is_running (self->document)))
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
start_timer (PnReplay *self)
{
  if (self->timer != 0)
    return;
  self->ticked_us = g_get_monotonic_time ();
  self->timer = g_timeout_add (TICK_MS, on_tick, self);
}

/* What a person's move does to what moves by itself. */
static void
take_over (PnReplay *self)
{
  if (!self->playing && !self->following)
    return;
  self->playing = FALSE;
  self->following = FALSE;
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

static void
on_document_grown (PnDocument *document, PnReplay *self)
{
  if (self->event == PN_EVENT_OPEN && pn_document_get_n_steps (document) > 0)
    set_moment (self, pn_document_get_step (document, 0), 0);
  g_signal_emit (self, signals[GROWN], 0);
  if (self->following)
    follow (self);
}

static void
on_document_ended (PnDocument *document, PnReplay *self)
{
  if (self->following)
    set_moment (self, get_last_event (self), 0);
  self->following = FALSE;
  g_signal_emit (self, signals[GROWN], 0);
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

static void
let_document_go (PnReplay *self)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
}

static void
pn_replay_dispose (GObject *object)
{
  PnReplay *self = PN_REPLAY (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  let_document_go (self);

  G_OBJECT_CLASS (pn_replay_parent_class)->dispose (object);
}

static guint
add_signal (PnReplayClass *klass, const char *name)
{
  return g_signal_new (name,
                       G_TYPE_FROM_CLASS (klass),
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       0);
}

static void
pn_replay_class_init (PnReplayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pn_replay_dispose;

  signals[DOCUMENT_CHANGED] = add_signal (klass, "document-changed");
  signals[GROWN] = add_signal (klass, "grown");
  signals[MOVED] = add_signal (klass, "moved");
  signals[TICKED] = add_signal (klass, "ticked");
  signals[MODE_CHANGED] = add_signal (klass, "mode-changed");
}

static void
pn_replay_init (PnReplay *self)
{
  self->event = PN_EVENT_OPEN;
  self->speed = 1;
}

PnReplay *
pn_replay_new (void)
{
  return g_object_new (PN_TYPE_REPLAY, NULL);
}

void
pn_replay_set_document (PnReplay *self, PnDocument *document)
{
  g_return_if_fail (PN_IS_REPLAY (self));

  if (document == self->document)
    return;
  let_document_go (self);
  self->playing = FALSE;
  self->following = document != NULL && pn_document_is_running (document);
  self->event = PN_EVENT_OPEN;
  self->after = 0;
  if (document != NULL)
    {
      self->document = g_object_ref (document);
      g_signal_connect (document, "grown", G_CALLBACK (on_document_grown), self);
      g_signal_connect (document, "ended", G_CALLBACK (on_document_ended), self);
      self->event = get_last_event (self);
    }
  if (self->following)
    start_timer (self);
  g_signal_emit (self, signals[DOCUMENT_CHANGED], 0);
  g_signal_emit (self, signals[MODE_CHANGED], 0);
  g_signal_emit (self, signals[MOVED], 0);
  g_signal_emit (self, signals[TICKED], 0);
}

PnDocument *
pn_replay_get_document (PnReplay *self)
{
  return self->document;
}

PnModel *
pn_replay_get_model (PnReplay *self)
{
  return self->document != NULL ? pn_document_get_model (self->document) : NULL;
}

gsize
pn_replay_get_event (PnReplay *self)
{
  return self->event;
}

double
pn_replay_get_after (PnReplay *self)
{
  return self->after;
}

gint64
pn_replay_get_time_ns (PnReplay *self)
{
  gint64 time_ns;

  if (self->event == PN_EVENT_OPEN)
    return 0;
  time_ns = pn_trace_get_time_ns (pn_model_get_trace (pn_replay_get_model (self)),
                                  self->event);
  return self->axis == PN_AXIS_TIME ? time_ns + (gint64)self->after : time_ns;
}

void
pn_replay_go_to (PnReplay *self, gsize event)
{
  if (self->event == PN_EVENT_OPEN)
    return;
  take_over (self);
  event = MIN (event, get_last_event (self));
  set_moment (self,
              pn_document_get_step (self->document,
                                    pn_document_find_step (self->document, event)),
              0);
}

void
pn_replay_go_to_unit (PnReplay *self, double unit)
{
  if (self->event == PN_EVENT_OPEN)
    return;
  take_over (self);
  if (self->axis == PN_AXIS_ORDER)
    pn_replay_go_to (self, (gsize)MAX (unit, 0));
  else
    set_unit (self, MIN (unit, pn_document_get_now_ns (self->document)));
}

void
pn_replay_first (PnReplay *self)
{
  pn_replay_go_to (self, 0);
}

void
pn_replay_last (PnReplay *self)
{
  if (self->event != PN_EVENT_OPEN)
    pn_replay_go_to (self, get_last_event (self));
}

void
pn_replay_step (PnReplay *self, int by, guint32 process)
{
  PnModel *model = pn_replay_get_model (self);
  gsize event;

  if (self->event == PN_EVENT_OPEN)
    return;
  if (by > 0)
    event = pn_model_next_step (model, self->event, process);
  else
    event = pn_model_previous_step (model, self->event, process);
  pn_replay_go_to (self, event);
}

void
pn_replay_set_playing (PnReplay *self, gboolean playing)
{
  if (playing == self->playing || (playing && self->event == PN_EVENT_OPEN))
    return;
  if (playing && self->event == get_last_event (self)
      && !pn_document_is_running (self->document))
    pn_replay_first (self);
  self->playing = playing;
  if (playing)
    {
      self->following = FALSE;
      self->ticked_us = g_get_monotonic_time ();
      start_timer (self);
    }
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

gboolean
pn_replay_get_playing (PnReplay *self)
{
  return self->playing;
}

void
pn_replay_set_speed (PnReplay *self, double speed)
{
  self->speed = CLAMP (speed, PN_SPEED_MIN, PN_SPEED_MAX);
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

double
pn_replay_get_speed (PnReplay *self)
{
  return self->speed;
}

void
pn_replay_set_axis (PnReplay *self, PnAxis axis)
{
  if (axis == self->axis)
    return;
  self->axis = axis;
  self->after = 0;
  g_signal_emit (self, signals[MODE_CHANGED], 0);
  g_signal_emit (self, signals[TICKED], 0);
}

PnAxis
pn_replay_get_axis (PnReplay *self)
{
  return self->axis;
}

void
pn_replay_set_following (PnReplay *self, gboolean following)
{
  following
      = following && self->document != NULL && pn_document_is_running (self->document);
  if (following == self->following)
    return;
  self->following = following;
  if (following)
    {
      self->playing = FALSE;
      start_timer (self);
      follow (self);
    }
  g_signal_emit (self, signals[MODE_CHANGED], 0);
}

gboolean
pn_replay_get_following (PnReplay *self)
{
  return self->following;
}
