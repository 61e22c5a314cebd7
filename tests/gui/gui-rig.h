/* SPDX-License-Identifier: MIT */
#pragma once

/* What the tests of the window share: the real application in this process, with the
 * real lessons under the real runner. */

#include "pn-app.h"
#include "pn-window.h"

G_BEGIN_DECLS

typedef struct
{
  GtkApplication *app;
  PnWindow *window;
  PnReplay *replay;
  PnTimeline *timeline;
} GuiRig;

/* Prints a plan of nothing and ends the program if there is no display. */
void gui_init (int *argc, char ***argv);

void gui_set_up (GuiRig *rig, gconstpointer unused);
void gui_tear_down (GuiRig *rig, gconstpointer unused);

/* Runs the main loop until @condition says so; the test fails after 20 s. */
typedef gboolean (*GuiCondition) (GuiRig *rig);
void gui_wait (GuiRig *rig, GuiCondition condition);
void gui_wait_ms (guint ms);

/* Activates "win.NAME", which must be enabled. @parameter: in GVariant's text form, or
 * NULL. What was activated is remembered: see gui_get_activated (). */
void gui_act (GuiRig *rig, const char *name, const char *parameter);
gboolean gui_is_enabled (GuiRig *rig, const char *name);
GHashTable *gui_get_activated (void);

gboolean gui_is_over (GuiRig *rig);
gboolean gui_is_running (GuiRig *rig);

/* Chooses and runs a lesson, and waits for its end. */
void gui_run_lesson (GuiRig *rig, const char *id);

gsize gui_get_event (GuiRig *rig);
gsize gui_get_n_steps (GuiRig *rig);

/* The first widget below @widget whose type's name is @type and which has @text as its
 * label or title; @text NULL: any. NULL if there is none. */
GtkWidget *gui_find (GtkWidget *widget, const char *type, const char *text);

/* The message in the window; NULL if none is revealed. */
const char *gui_get_message (GuiRig *rig);

G_END_DECLS
