/* SPDX-License-Identifier: MIT */
#include "gui-rig.h"

#include "pn-paint.h"

#include <string.h>

static void
test_lesson_is_shown_when_chosen (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *window = GTK_WIDGET (rig->window);
  GtkWidget *code = gui_find (window, "PnSourceView", NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (code));
  g_autofree char *text = NULL;

  g_assert_true (gui_is_enabled (rig, "run"));
  g_assert_false (gui_is_enabled (rig, "stop"));
  g_assert_false (gui_is_enabled (rig, "forward"));
  g_assert_false (gui_is_enabled (rig, "export"));
  gui_act (rig, "lesson", "'lock'");

  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Lock");
  g_object_get (buffer, "text", &text, NULL);
  g_assert_nonnull (strstr (text, "mp_lock_acquire (lock);"));
  g_assert_null (strstr (text, "DOC:"));
  g_assert_nonnull (gui_find (window, "GtkLabel", "Children"));
  g_assert_nonnull (gui_find (window, "GtkSpinButton", NULL));
}

static void
test_unknown_lesson_is_a_message (GuiRig *rig, gconstpointer unused)
{
  gui_act (rig, "lesson", "'lokc'");

  g_assert_nonnull (strstr (gui_get_message (rig), "lokc"));
}

static void
test_starts_at_the_first_lesson (GuiRig *rig, gconstpointer unused)
{
  GtkWindow *window = GTK_WINDOW (rig->window);
  GtkWidget *focus = gtk_window_get_focus (window);

  g_assert_cmpstr (gtk_window_get_title (window), ==, "Start and join");
  g_assert_true (GTK_IS_LIST_BOX_ROW (focus));
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (focus)));

  /* Enter */
  g_signal_emit_by_name (focus, "activate");
  g_assert_true (gui_is_running (rig));
  gui_wait (rig, gui_is_over);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
}

static gboolean
has_waiter (GuiRig *rig)
{
  return gui_get_event (rig) != PN_EVENT_OPEN && gui_get_n_steps (rig) > 10;
}

/* Each holds the lock for 0.8 s. */
static void
choose_lock_lesson (GuiRig *rig, guint children)
{
  GtkWidget *spin;

  gui_act (rig, "lesson", "'lock'");
  spin = gui_find (GTK_WIDGET (rig->window), "GtkSpinButton", NULL);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), children);
}

static void
test_live_run_is_followed_until_a_step_back (GuiRig *rig, gconstpointer unused)
{
  gsize event;

  /* It must still run behind all the waiting, on a slow machine, too. */
  choose_lock_lesson (rig, 8);
  gui_act (rig, "run", NULL);
  g_assert_true (gui_is_running (rig));
  g_assert_false (gui_is_enabled (rig, "run"));
  gui_wait (rig, has_waiter);
  g_assert_true (pn_replay_get_following (rig->replay));

  gui_act (rig, "play", NULL); /* it plays: pause */
  g_assert_false (pn_replay_get_following (rig->replay));
  gui_act (rig, "follow", NULL);
  g_assert_true (pn_replay_get_following (rig->replay));

  gui_act (rig, "back", NULL);
  event = gui_get_event (rig);
  g_assert_false (pn_replay_get_following (rig->replay));
  gui_wait_ms (1000);
  g_assert_cmpuint (gui_get_event (rig), ==, event);

  gui_act (rig, "follow", NULL);
  g_assert_cmpuint (gui_get_event (rig), >, event);
  gui_wait (rig, gui_is_over);
  g_assert_cmpuint (gui_get_event (rig),
                    ==,
                    pn_document_get_step (pn_replay_get_document (rig->replay),
                                          gui_get_n_steps (rig) - 1));
  g_assert_true (gui_is_enabled (rig, "run"));
  g_assert_false (gui_is_enabled (rig, "forward"));
  g_assert_false (gui_is_enabled (rig, "follow"));
}

static void
test_stop_ends_a_run (GuiRig *rig, gconstpointer unused)
{
  gint64 begin_us;

  gui_act (rig, "lesson", "'lock'");
  gui_act (rig, "run", NULL);
  gui_wait (rig, has_waiter);
  begin_us = g_get_monotonic_time ();
  gui_act (rig, "stop", NULL);
  gui_wait (rig, gui_is_over);

  g_test_message ("stopped after %.1f ms",
                  (g_get_monotonic_time () - begin_us) / 1000.0);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpstr (gui_get_message (rig), ==, NULL);
  g_assert_true (gui_is_enabled (rig, "run"));
}

static void
test_steps_go_both_ways (GuiRig *rig, gconstpointer unused)
{
  PnDocument *document;

  gui_run_lesson (rig, "start-and-join");
  document = pn_replay_get_document (rig->replay);
  gui_act (rig, "first", NULL);
  g_assert_cmpuint (gui_get_event (rig), ==, pn_document_get_step (document, 0));
  g_assert_false (gui_is_enabled (rig, "back"));
  g_assert_false (gui_is_enabled (rig, "first"));

  for (gsize i = 1; i < gui_get_n_steps (rig); i++)
    {
      gui_act (rig, "forward", NULL);
      g_assert_cmpuint (gui_get_event (rig), ==, pn_document_get_step (document, i));
    }
  g_assert_false (gui_is_enabled (rig, "forward"));
  g_assert_false (gui_is_enabled (rig, "last"));

  gui_act (rig, "back", NULL);
  g_assert_cmpuint (gui_get_event (rig),
                    ==,
                    pn_document_get_step (document, gui_get_n_steps (rig) - 2));
  gui_act (rig, "last", NULL);
  g_assert_false (gui_is_enabled (rig, "forward"));
}

static void
test_counts_agree (GuiRig *rig, gconstpointer unused)
{
  g_autofree char *subtitle = NULL, *number = NULL, *count = NULL, *position = NULL;
  PnDocument *document;
  gsize last;

  gui_run_lesson (rig, "lock");
  document = pn_replay_get_document (rig->replay);
  last = pn_document_get_step (document, gui_get_n_steps (rig) - 1);
  g_assert_cmpuint (
      last, ==, pn_model_get_n_events (pn_document_get_model (document)) - 1);

  number = g_strdup_printf ("%" G_GSIZE_FORMAT, last);
  count = g_strdup_printf (" %s events ", number);
  position = g_strdup_printf ("event %s of %s", number, number);
  subtitle = pn_document_dup_subtitle (document);
  g_assert_nonnull (strstr (subtitle, count));
  g_assert_nonnull (gui_find (GTK_WIDGET (rig->window), "GtkLabel", position));
  g_assert_nonnull (gui_find (GTK_WIDGET (rig->window), "GtkLabel", number));

  gui_act (rig, "first", NULL);
  g_free (position);
  position = g_strdup_printf ("event 0 of %s", number);
  g_assert_nonnull (gui_find (GTK_WIDGET (rig->window), "GtkLabel", position));
}

static guint32
get_process (GuiRig *rig)
{
  PnTrace *trace = pn_model_get_trace (pn_replay_get_model (rig->replay));

  return pn_trace_get_event (trace, gui_get_event (rig)).process;
}

static void
test_process_steps_stay_in_the_process (GuiRig *rig, gconstpointer unused)
{
  gsize first;

  gui_run_lesson (rig, "lock");
  gui_act (rig, "first", NULL);
  gui_act (rig, "select-process", "uint32 2");
  g_assert_cmpuint (pn_timeline_get_selected_process (rig->timeline), ==, 2);

  gui_act (rig, "process-forward", NULL);
  first = gui_get_event (rig);
  g_assert_cmpuint (get_process (rig), ==, 2);
  gui_act (rig, "process-forward", NULL);
  g_assert_cmpuint (get_process (rig), ==, 2);
  g_assert_cmpuint (gui_get_event (rig), >, first);
  gui_act (rig, "process-back", NULL);
  g_assert_cmpuint (gui_get_event (rig), ==, first);
}

static void
test_sentence_follows_the_event (GuiRig *rig, gconstpointer unused)
{
  PnModel *model;

  gui_run_lesson (rig, "lock");
  model = pn_replay_get_model (rig->replay);
  for (gsize i = 0; i < gui_get_n_steps (rig); i += 7)
    {
      gsize event = pn_document_get_step (pn_replay_get_document (rig->replay), i);
      g_autofree char *parameter = g_strdup_printf ("uint64 %" G_GSIZE_FORMAT, event);
      g_autofree char *sentence = pn_model_dup_sentence (model, event);
      g_autofree char *description = g_strdup_printf ("Timeline. %s", sentence);

      gui_act (rig, "go-to", parameter);
      g_assert_cmpuint (gui_get_event (rig), ==, event);
      g_assert_nonnull (gui_find (GTK_WIDGET (rig->window), "GtkLabel", sentence));
      gtk_test_accessible_assert_property (
          GTK_ACCESSIBLE (rig->timeline), GTK_ACCESSIBLE_PROPERTY_LABEL, description);
    }
  gtk_test_accessible_assert_role (rig->timeline, GTK_ACCESSIBLE_ROLE_IMG);
}

static gboolean
has_stopped_playing (GuiRig *rig)
{
  return !pn_replay_get_playing (rig->replay);
}

static void
test_play_goes_to_the_end (GuiRig *rig, gconstpointer unused)
{
  gui_run_lesson (rig, "start-and-join");
  gui_act (rig, "speed", "'10'");
  g_assert_cmpfloat (pn_replay_get_speed (rig->replay), ==, 10);
  gui_act (rig, "play", NULL);
  g_assert_true (pn_replay_get_playing (rig->replay));
  g_assert_true (gui_is_enabled (rig, "forward"));
  gui_wait (rig, has_stopped_playing);
  g_assert_false (gui_is_enabled (rig, "forward"));

  gui_act (rig, "speed", "'0.1'");
  gui_act (rig, "play", NULL);
  gui_wait_ms (100);
  gui_act (rig, "play", NULL);
  g_assert_false (pn_replay_get_playing (rig->replay));
  g_assert_true (gui_is_enabled (rig, "forward"));
}

static void
test_speed_out_of_range_is_a_message (GuiRig *rig, gconstpointer unused)
{
  static const char *const bad[] = { "'0'", "'11'", "'fast'", "'nan'", "''" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gui_act (rig, "speed", bad[i]);
      g_assert_nonnull (gui_get_message (rig));
      g_assert_cmpfloat (pn_replay_get_speed (rig->replay), ==, 1);
    }
}

static void
test_zoom_pan_and_fit (GuiRig *rig, gconstpointer unused)
{
  PnView whole, near, view;

  gui_run_lesson (rig, "start-and-join");
  gui_wait_ms (100);
  whole = *pn_timeline_get_view (rig->timeline);
  gui_act (rig, "zoom-in", NULL);
  near = *pn_timeline_get_view (rig->timeline);
  g_assert_cmpfloat (near.end - near.begin, <, whole.end - whole.begin);

  gui_act (rig, "pan-left", NULL);
  view = *pn_timeline_get_view (rig->timeline);
  g_assert_cmpfloat (view.begin, <, near.begin);
  g_assert_cmpfloat_with_epsilon (view.end - view.begin, near.end - near.begin, 1);
  gui_act (rig, "pan-right", NULL);
  view = *pn_timeline_get_view (rig->timeline);
  g_assert_cmpfloat_with_epsilon (view.begin, near.begin, 1);

  gui_act (rig, "zoom-out", NULL);
  view = *pn_timeline_get_view (rig->timeline);
  g_assert_cmpfloat (view.end - view.begin, >, near.end - near.begin);
  gui_act (rig, "fit", NULL);
  view = *pn_timeline_get_view (rig->timeline);
  g_assert_cmpfloat_with_epsilon (view.begin, whole.begin, 1);
  g_assert_cmpfloat_with_epsilon (view.end, whole.end, 1);
}

static void
test_a_step_out_of_sight_is_scrolled_to (GuiRig *rig, gconstpointer unused)
{
  PnView view;
  double unit;

  gui_run_lesson (rig, "lock");
  for (int i = 0; i < 8; i++)
    gui_act (rig, "zoom-in", NULL);
  gui_act (rig, "first", NULL);
  gui_act (rig, "forward", NULL);
  view = *pn_timeline_get_view (rig->timeline);
  unit = pn_view_event_unit (
      &view, pn_replay_get_model (rig->replay), gui_get_event (rig));
  g_assert_cmpfloat (unit, >=, view.begin);
  g_assert_cmpfloat (unit, <=, view.end);
}

static gboolean
has_order_axis (GuiRig *rig)
{
  const PnView *view = pn_timeline_get_view (rig->timeline);

  return view->axis == PN_AXIS_ORDER && view->axis_mix == 0;
}

static void
test_axis_changes_with_and_without_animation (GuiRig *rig, gconstpointer unused)
{
  GtkSettings *settings = gtk_settings_get_default ();
  g_autoptr (GVariant) state = NULL;

  gui_run_lesson (rig, "start-and-join");
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  gui_act (rig, "axis", "'order'");
  g_assert_true (has_order_axis (rig));
  state = g_action_group_get_action_state (G_ACTION_GROUP (rig->window), "axis");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "order");
  gui_act (rig, "axis", "'time'");
  g_assert_cmpint (pn_timeline_get_view (rig->timeline)->axis, ==, PN_AXIS_TIME);

  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  gui_act (rig, "axis", "'order'");
  g_assert_false (has_order_axis (rig));
  gui_wait (rig, has_order_axis);
  g_assert_cmpfloat (pn_timeline_get_view (rig->timeline)->end,
                     >=,
                     pn_model_get_n_events (pn_replay_get_model (rig->replay)));
}

static void
test_theme_is_as_chosen (GuiRig *rig, gconstpointer unused)
{
  GActionGroup *app = G_ACTION_GROUP (rig->app);

  gui_act (rig, "lesson", "'lock'");
  g_action_group_activate_action (app, "theme", g_variant_new_string ("dark"));
  g_assert_cmpint (pn_timeline_get_view (rig->timeline)->theme, ==, PN_THEME_DARK);
  g_action_group_activate_action (app, "theme", g_variant_new_string ("light"));
  g_assert_cmpint (pn_timeline_get_view (rig->timeline)->theme, ==, PN_THEME_LIGHT);
}

static void
test_panels_can_be_hidden (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *window = GTK_WIDGET (rig->window);
  GtkWidget *lessons = gui_find (window, "PnLessonList", NULL);
  GtkWidget *now = gui_find (window, "PnNow", NULL);

  gui_act (rig, "lessons", NULL);
  gui_act (rig, "panel", NULL);
  g_assert_false (gtk_widget_is_visible (lessons));
  g_assert_false (gtk_widget_is_visible (now));
  gui_act (rig, "panel", NULL);
  g_assert_true (gtk_widget_is_visible (now));

  gui_act (rig, "search", NULL);
  g_assert_true (gtk_widget_is_visible (lessons));
  g_assert_true (GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (window))));
}

static double
get_width_in (GtkWidget *widget, GtkWidget *ancestor)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, ancestor, &bounds));
  return bounds.size.width;
}

static void
test_the_side_panel_can_be_made_narrower (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *paned = gui_find (GTK_WIDGET (rig->window), "GtkPaned", NULL);
  GtkWidget *side = gtk_paned_get_end_child (GTK_PANED (paned));
  int position;

  gui_wait_ms (200);
  g_assert_cmpfloat (get_width_in (side, paned), ==, 404);
  position = gtk_paned_get_position (GTK_PANED (paned));
  gtk_paned_set_position (GTK_PANED (paned), position + 100);
  gui_wait_ms (100);
  g_assert_cmpfloat (get_width_in (side, paned), ==, 304);
}

/* Tab is for going on: it chooses no lesson. */
static void
test_tab_leaves_the_lessons (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *window = GTK_WIDGET (rig->window);
  GtkWidget *lessons = gui_find (window, "PnLessonList", NULL);
  GtkWidget *list = gui_find (lessons, "GtkListBox", NULL);
  GtkWidget *focus;

  gui_act (rig, "lesson", "'lock'");
  gui_act (rig, "search", NULL);
  gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
  focus = gtk_root_get_focus (GTK_ROOT (window));
  g_assert_true (GTK_IS_LIST_BOX_ROW (focus));
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (focus)));

  gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
  focus = gtk_root_get_focus (GTK_ROOT (window));
  g_assert_false (gtk_widget_is_ancestor (focus, list));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Lock");

  gtk_widget_child_focus (window, GTK_DIR_TAB_BACKWARD);
  focus = gtk_root_get_focus (GTK_ROOT (window));
  g_assert_true (gtk_widget_is_ancestor (focus, list));
  gtk_widget_child_focus (window, GTK_DIR_TAB_BACKWARD);
  focus = gtk_root_get_focus (GTK_ROOT (window));
  g_assert_true (GTK_IS_TEXT (focus));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Lock");
}

static guint
count_shown_rows (GtkWidget *list)
{
  guint count = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    count += GTK_IS_LIST_BOX_ROW (row) && gtk_widget_get_child_visible (row);
  return count;
}

/* The entry tells of a text once nothing more was typed for a while. */
static void
search (GuiRig *rig, const char *text, guint min, guint max)
{
  GtkWidget *lessons = gui_find (GTK_WIDGET (rig->window), "PnLessonList", NULL);
  GtkWidget *entry = gui_find (lessons, "GtkSearchEntry", NULL);
  GtkWidget *list = gui_find (lessons, "GtkListBox", NULL);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  while (count_shown_rows (list) < min || count_shown_rows (list) > max)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      gui_wait_ms (20);
    }
}

static void
test_search_finds_lessons (GuiRig *rig, gconstpointer unused)
{
  GtkWidget *lessons = gui_find (GTK_WIDGET (rig->window), "PnLessonList", NULL);
  GtkWidget *list = gui_find (lessons, "GtkListBox", NULL);
  guint all = count_shown_rows (list);

  g_assert_cmpuint (all, >=, 7);
  search (rig, "QUEUE", 1, all - 1);
  search (rig, "no such thing", 0, 0);
  search (rig, "", all, all);
}

static void
test_language_can_be_chosen (GuiRig *rig, gconstpointer unused)
{
  static const char *const pages[] = { "python", "lesson", "c" };
  GActionGroup *actions = G_ACTION_GROUP (rig->window);

  gui_act (rig, "lesson", "'lock'");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *parameter = g_strdup_printf ("'%s'", pages[i]);
      g_autoptr (GVariant) state = NULL;

      gui_act (rig, "language", parameter);
      state = g_action_group_get_action_state (actions, "language");
      g_assert_cmpstr (g_variant_get_string (state, NULL), ==, pages[i]);
    }
}

static gboolean
are_lines_laid_out (GuiRig *rig)
{
  GtkWidget *code = gui_find (GTK_WIDGET (rig->window), "PnSourceView", NULL);
  GtkTextIter last;
  int y, height;

  gtk_text_buffer_get_end_iter (gtk_text_view_get_buffer (GTK_TEXT_VIEW (code)), &last);
  gtk_text_view_get_line_yrange (GTK_TEXT_VIEW (code), &last, &y, &height);
  return y > 0;
}

static void
test_all_code_can_be_read (GuiRig *rig, gconstpointer unused)
{
  static const char *const lessons[] = { "lock", "no-lock", "pool-map-async" };

  for (guint i = 0; i < G_N_ELEMENTS (lessons); i++)
    {
      g_autofree char *parameter = g_strdup_printf ("'%s'", lessons[i]);
      GtkWidget *code = gui_find (GTK_WIDGET (rig->window), "PnSourceView", NULL);
      GdkRectangle visible, place;
      GtkTextIter iter;

      gui_act (rig, "lesson", parameter);
      gui_wait (rig, are_lines_laid_out);
      gtk_text_view_get_visible_rect (GTK_TEXT_VIEW (code), &visible);
      gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (GTK_TEXT_VIEW (code)),
                                      &iter);
      while (gtk_text_iter_forward_char (&iter))
        {
          gtk_text_view_get_iter_location (GTK_TEXT_VIEW (code), &iter, &place);
          g_assert_cmpint (place.x + place.width, <=, visible.x + visible.width);
        }
      g_assert_cmpint (visible.x, ==, 0);
      g_assert_cmpint (visible.width, <, 440);
    }
}

static void
test_parameters_reach_the_program (GuiRig *rig, gconstpointer unused)
{
  choose_lock_lesson (rig, 1);
  gui_act (rig, "run", NULL);
  gui_wait (rig, gui_is_over);
  g_assert_cmpuint (
      pn_model_get_history (pn_replay_get_model (rig->replay))->processes->len, ==, 2);
}

static void
test_a_lesson_keeps_its_last_run (GuiRig *rig, gconstpointer unused)
{
  PnDocument *document;

  gui_run_lesson (rig, "start-and-join");
  document = pn_replay_get_document (rig->replay);
  gui_act (rig, "lesson", "'lock'");
  g_assert_null (pn_replay_get_document (rig->replay));
  gui_act (rig, "lesson", "'start-and-join'");
  g_assert_true (pn_replay_get_document (rig->replay) == document);
}

/* The application's other window; NULL if there is none of that type. */
static GtkWindow *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}

static void
test_keys_and_about_open (GuiRig *rig, gconstpointer unused)
{
  GtkWindow *window;

  for (guint i = 0; i < 2; i++)
    {
      gui_act (rig, "keys", NULL);
      gui_wait_ms (100);
      window = find_window (GTK_TYPE_SHORTCUTS_WINDOW);
      g_assert_nonnull (window);
      g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window)));
      gtk_window_close (window);
      gui_wait_ms (100);
      g_assert_null (find_window (GTK_TYPE_SHORTCUTS_WINDOW));
    }

  g_action_group_activate_action (G_ACTION_GROUP (rig->app), "about", NULL);
  window = find_window (GTK_TYPE_ABOUT_DIALOG);
  g_assert_nonnull (window);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window)));
  gtk_window_destroy (window);
}

/* The last test: whoever adds an action adds a test of it. */
static void
test_every_action_was_tested (GuiRig *rig, gconstpointer unused)
{
  /* In test-files.c. */
  static const char *const others[]
      = { "open",   "open-file",   "save",         "save-file",
          "export", "export-file", "copy-picture", NULL };
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (rig->window));

  if (g_hash_table_size (gui_get_activated ()) < 5)
    {
      g_test_skip ("only with all the other tests");
      return;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (others, names[i])
        && !g_hash_table_contains (gui_get_activated (), names[i]))
      g_error ("no test activates win.%s", names[i]);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define ADD(name, function)                                                            \
  g_test_add ("/window/" name, GuiRig, NULL, gui_set_up, test_##function, gui_tear_down)
  ADD ("lesson-is-shown-when-chosen", lesson_is_shown_when_chosen);
  ADD ("unknown-lesson-is-a-message", unknown_lesson_is_a_message);
  ADD ("first-lesson", starts_at_the_first_lesson);
  ADD ("live-run-is-followed", live_run_is_followed_until_a_step_back);
  ADD ("stop-ends-a-run", stop_ends_a_run);
  ADD ("steps-go-both-ways", steps_go_both_ways);
  ADD ("counts-agree", counts_agree);
  ADD ("process-steps", process_steps_stay_in_the_process);
  ADD ("sentence-follows-the-event", sentence_follows_the_event);
  ADD ("play-goes-to-the-end", play_goes_to_the_end);
  ADD ("speed-out-of-range", speed_out_of_range_is_a_message);
  ADD ("zoom-pan-and-fit", zoom_pan_and_fit);
  ADD ("step-out-of-sight", a_step_out_of_sight_is_scrolled_to);
  ADD ("axis", axis_changes_with_and_without_animation);
  ADD ("theme", theme_is_as_chosen);
  ADD ("panels-can-be-hidden", panels_can_be_hidden);
  ADD ("side-panel", the_side_panel_can_be_made_narrower);
  ADD ("tab-leaves-the-lessons", tab_leaves_the_lessons);
  ADD ("search-finds-lessons", search_finds_lessons);
  ADD ("language", language_can_be_chosen);
  ADD ("all-code-can-be-read", all_code_can_be_read);
  ADD ("parameters-reach-the-program", parameters_reach_the_program);
  ADD ("lesson-keeps-its-last-run", a_lesson_keeps_its_last_run);
  ADD ("keys-and-about", keys_and_about_open);
  ADD ("every-action-was-tested", every_action_was_tested);
#undef ADD
  return g_test_run ();
}
