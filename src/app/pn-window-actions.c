/* SPDX-License-Identifier: MIT */
#include "pn-window-private.h"

#define ZOOM_STEP 1.5
#define PAN_PART 0.2

static void
run (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_run (window);
}

static void
stop (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnWindow *self = window;
  PnDocument *document = pn_replay_get_document (self->replay);

  if (document != NULL)
    pn_document_stop (document);
}

static void
choose_lesson (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnWindow *self = window;
  g_autoptr (GError) error = NULL;
  const PnLesson *lesson = pn_catalogue_find (
      self->catalogue, g_variant_get_string (parameter, NULL), &error);

  if (lesson != NULL)
    pn_window_choose_lesson (self, lesson);
  else
    pn_window_show_error (self, error->message);
}

static void
go_first (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_first (PN_WINDOW (window)->replay);
}

static void
go_last (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_last (PN_WINDOW (window)->replay);
}

static void
step_back (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_step (PN_WINDOW (window)->replay, -1, 0);
}

static void
step_forward (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_step (PN_WINDOW (window)->replay, +1, 0);
}

/* The selected process; else the one of the event shown. */
static guint32
get_process (PnWindow *self)
{
  guint32 process = pn_timeline_get_selected_process (pn_window_get_timeline (self));
  PnTrace *trace;

  if (process != 0 || pn_replay_get_event (self->replay) == PN_EVENT_OPEN)
    return process;
  trace = pn_model_get_trace (pn_replay_get_model (self->replay));
  return pn_trace_get_event (trace, pn_replay_get_event (self->replay)).process;
}

static void
step_process_back (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnWindow *self = window;

  pn_replay_step (self->replay, -1, get_process (self));
}

static void
step_process_forward (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnWindow *self = window;

  pn_replay_step (self->replay, +1, get_process (self));
}

static void
go_to (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_go_to (PN_WINDOW (window)->replay, (gsize)g_variant_get_uint64 (parameter));
}

static void
select_process (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_select_process (pn_window_get_timeline (window),
                              g_variant_get_uint32 (parameter));
}

static void
play (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnReplay *replay = PN_WINDOW (window)->replay;

  /* A live run that is followed plays already. */
  if (pn_replay_get_following (replay))
    pn_replay_set_following (replay, FALSE);
  else
    pn_replay_set_playing (replay, !pn_replay_get_playing (replay));
}

static void
follow (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_replay_set_following (PN_WINDOW (window)->replay, TRUE);
}

static void
zoom_in (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_zoom (pn_window_get_timeline (window), ZOOM_STEP);
}

static void
zoom_out (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_zoom (pn_window_get_timeline (window), 1 / ZOOM_STEP);
}

static void
fit (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_fit (pn_window_get_timeline (window));
}

static void
pan_left (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_pan (pn_window_get_timeline (window), -PAN_PART);
}

static void
pan_right (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_timeline_pan (pn_window_get_timeline (window), PAN_PART);
}

static void
search (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  PnWindow *self = window;

  g_action_group_change_action_state (
      G_ACTION_GROUP (self), "lessons", g_variant_new_boolean (TRUE));
  pn_lesson_list_search (self->lessons);
}

static void
ask_open (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_ask_open (window);
}

static void
open_file (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_open (window, g_variant_get_string (parameter, NULL));
}

static void
ask_save (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_ask_save (window);
}

static void
save_file (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_save_to (window, g_variant_get_string (parameter, NULL));
}

static void
ask_export (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_ask_export (window);
}

static void
export_file (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_export_to (window, g_variant_get_string (parameter, NULL));
}

static void
copy (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  pn_window_copy_picture (window);
}

static void
set_axis (GSimpleAction *action, GVariant *value, gpointer window)
{
  gboolean order = g_str_equal (g_variant_get_string (value, NULL), "order");

  g_simple_action_set_state (action, g_variant_new_string (order ? "order" : "time"));
  pn_replay_set_axis (PN_WINDOW (window)->replay, order ? PN_AXIS_ORDER : PN_AXIS_TIME);
}

/* A text, so that the menu's items can show which one it is. */
static void
set_speed (GSimpleAction *action, GVariant *value, gpointer window)
{
  const char *text = g_variant_get_string (value, NULL);
  double speed = g_ascii_strtod (text, NULL);

  if (!(speed >= PN_SPEED_MIN && speed <= PN_SPEED_MAX))
    {
      pn_window_show_error (window, "The speed must be from 0.1 to 10.");
      return;
    }
  g_simple_action_set_state (action, value);
  pn_replay_set_speed (PN_WINDOW (window)->replay, speed);
}

static void
set_language (GSimpleAction *action, GVariant *value, gpointer window)
{
  PnWindow *self = window;

  pn_code_set_page (self->code, g_variant_get_string (value, NULL));
  g_simple_action_set_state (action,
                             g_variant_new_string (pn_code_get_page (self->code)));
}

static void
show_lessons (GSimpleAction *action, GVariant *value, gpointer window)
{
  g_simple_action_set_state (action, value);
  gtk_widget_set_visible (PN_WINDOW (window)->sidebar, g_variant_get_boolean (value));
}

static void
show_panel (GSimpleAction *action, GVariant *value, gpointer window)
{
  g_simple_action_set_state (action, value);
  gtk_widget_set_visible (PN_WINDOW (window)->side_panel,
                          g_variant_get_boolean (value));
}

/* Built when asked for. As gtk/help-overlay.ui, where GTK looks for it, it would be
 * built with each window: a tenth of the time to the first frame. */
static void
show_keys (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/procession/Procession/ui/keys.ui");
  GtkWindow *keys = GTK_WINDOW (gtk_builder_get_object (builder, "keys"));

  gtk_window_set_transient_for (keys, window);
  gtk_window_present (keys);
}

static const GActionEntry entries[] = {
  { "run", run, NULL, NULL, NULL, { 0 } },
  { "stop", stop, NULL, NULL, NULL, { 0 } },
  { "lesson", choose_lesson, "s", NULL, NULL, { 0 } },
  { "first", go_first, NULL, NULL, NULL, { 0 } },
  { "last", go_last, NULL, NULL, NULL, { 0 } },
  { "back", step_back, NULL, NULL, NULL, { 0 } },
  { "forward", step_forward, NULL, NULL, NULL, { 0 } },
  { "process-back", step_process_back, NULL, NULL, NULL, { 0 } },
  { "process-forward", step_process_forward, NULL, NULL, NULL, { 0 } },
  { "go-to", go_to, "t", NULL, NULL, { 0 } },
  { "select-process", select_process, "u", NULL, NULL, { 0 } },
  { "play", play, NULL, NULL, NULL, { 0 } },
  { "follow", follow, NULL, NULL, NULL, { 0 } },
  { "zoom-in", zoom_in, NULL, NULL, NULL, { 0 } },
  { "zoom-out", zoom_out, NULL, NULL, NULL, { 0 } },
  { "fit", fit, NULL, NULL, NULL, { 0 } },
  { "pan-left", pan_left, NULL, NULL, NULL, { 0 } },
  { "pan-right", pan_right, NULL, NULL, NULL, { 0 } },
  { "search", search, NULL, NULL, NULL, { 0 } },
  { "open", ask_open, NULL, NULL, NULL, { 0 } },
  { "open-file", open_file, "s", NULL, NULL, { 0 } },
  { "save", ask_save, NULL, NULL, NULL, { 0 } },
  { "save-file", save_file, "s", NULL, NULL, { 0 } },
  { "export", ask_export, NULL, NULL, NULL, { 0 } },
  { "export-file", export_file, "s", NULL, NULL, { 0 } },
  { "copy-picture", copy, NULL, NULL, NULL, { 0 } },
  { "axis", NULL, "s", "'time'", set_axis, { 0 } },
  { "speed", NULL, "s", "'1'", set_speed, { 0 } },
  { "language", NULL, "s", "'c'", set_language, { 0 } },
  { "lessons", NULL, NULL, "true", show_lessons, { 0 } },
  { "panel", NULL, NULL, "true", show_panel, { 0 } },
  { "keys", show_keys, NULL, NULL, NULL, { 0 } },
};

void
pn_window_add_actions (PnWindow *self)
{
  g_action_map_add_action_entries (
      G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
enable (PnWindow *self, gboolean enabled, const char *const *names)
{
  for (; *names != NULL; names++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), *names)),
        enabled);
}

void
pn_window_update_actions (PnWindow *self)
{
  PnDocument *document = pn_replay_get_document (self->replay);
  gsize event = pn_replay_get_event (self->replay);
  gboolean running = document != NULL && pn_document_is_running (document);
  gboolean any = event != PN_EVENT_OPEN;
  gsize step = any ? pn_document_find_step (document, event) : 0;
  gboolean at_last = any && step + 1 >= pn_document_get_n_steps (document);

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
  enable (self, !running && self->lesson != NULL, NAMES ("run"));
  enable (self, running, NAMES ("stop"));
  enable (self, any && step > 0, NAMES ("first", "back", "process-back"));
  enable (self, any && !at_last, NAMES ("last", "forward", "process-forward"));
  enable (self, any, NAMES ("go-to", "play", "select-process"));
  enable (self, any, NAMES ("zoom-in", "zoom-out", "fit", "pan-left", "pan-right"));
  enable (self, any, NAMES ("export", "export-file", "copy-picture", "axis"));
  enable (self, any && !running, NAMES ("save", "save-file"));
  enable (self, running && !pn_replay_get_following (self->replay), NAMES ("follow"));
#undef NAMES
}
