/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-window.h"

#include "pn-code.h"
#include "pn-lesson-list.h"
#include "pn-lesson-page.h"
#include "pn-now.h"
#include "pn-parameters.h"
#include "pn-run-page.h"

G_BEGIN_DECLS

struct _PnWindow
{
  GtkApplicationWindow parent_instance;

  GtkWidget *run_button;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkMenuButton *menu_button;
  GMenuModel *main_menu;
  GtkInfoBar *message_bar;
  GtkLabel *message;
  GtkWidget *sidebar;
  GtkPaned *paned;
  GtkWidget *side_panel;
  PnLessonList *lessons;
  PnParameters *parameters;
  GtkStack *centre;
  PnLessonPage *lesson_page;
  GtkWidget *intro_run;
  PnRunPage *run_page; /* NULL until the first frame, or the first document */
  PnCode *code;
  PnNow *now;

  PnStyle *style;
  PnReplay *replay;
  GPtrArray *catalogue;
  const PnLesson *lesson; /* the one chosen; NULL: none */
  GHashTable *runs;       /* PnLesson -> PnDocument: its last run */
  gulong ended_handler;
  GtkFileChooserNative *chooser; /* while one is open */
  gboolean narrow;
  gboolean wide;
  guint adapt_source;
  int side_px; /* that the side panel was given last; 0: not yet */
  guint complete_source;
};

/* Brings actions' states, titles and panels in line with what is shown. */
void pn_window_update (PnWindow *self);

/* Runs the chosen lesson with the parameters that stand there. */
void pn_window_run (PnWindow *self);

/* pn-window-actions.c */
void pn_window_add_actions (PnWindow *self);
void pn_window_update_actions (PnWindow *self);

/* pn-window-size.c */
void pn_window_init_size (PnWindow *self);  /* with the template */
void pn_window_watch_size (PnWindow *self); /* once it has a surface */
void pn_window_unwatch_size (PnWindow *self);
void pn_window_note_allocation (PnWindow *self);
void pn_window_forget_size (PnWindow *self);

/* pn-window-keys.c */
void pn_window_add_keys (PnWindow *self);

/* pn-window-files.c */
void pn_window_ask_open (PnWindow *self);
void pn_window_ask_save (PnWindow *self);
void pn_window_ask_export (PnWindow *self);
void pn_window_save_to (PnWindow *self, const char *path);
void pn_window_export_to (PnWindow *self, const char *path);
void pn_window_copy_picture (PnWindow *self);

G_END_DECLS
