/* SPDX-License-Identifier: MIT */
#pragma once

/* What the commands share. Each takes its own name as argv[0] and returns an exit
 * status. */

#include "pn-cli.h"
#include "pn-export.h"
#include "pn-lesson.h"
#include "pn-model.h"
#include "pn-printer.h"

G_BEGIN_DECLS

int pn_command_list (int argc, char **argv);
int pn_command_run (int argc, char **argv);
int pn_command_events (int argc, char **argv);
int pn_command_state (int argc, char **argv);
int pn_command_export (int argc, char **argv);

/* How a picture is to look, as typed; NULL: not given. */
typedef struct
{
  char *at;
  char *axis;
  char *theme;
  char *size;
} PnPictureArgs;

void pn_picture_args_clear (PnPictureArgs *args);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PnPictureArgs, pn_picture_args_clear)

/* Options for the same, without --at. */
GOptionGroup *pn_picture_args_new_group (PnPictureArgs *args);

/* FALSE: told. `at` is left to pn_command_find_event (). */
gboolean pn_picture_args_parse (const PnPictureArgs *args,
                                PnExportOptions *ret_options);

/* Parses the options of a command, with --help, which is printed. Leaves the n_words
 * other arguments in argv[1] and behind. -1: go on; else return that exit status.
 * @words: "FILE", for the usage. Takes @group, which may be NULL. */
int pn_command_parse (int *argc,
                      char ***argv,
                      const GOptionEntry *entries,
                      GOptionGroup *group,
                      const char *words,
                      int n_words,
                      const char *summary);

/* "procession run: MESSAGE; “procession run --help” shows what there is". Returns
 * PN_EXIT_USAGE. */
int pn_command_misused (const char *command, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Opens a recording and reads it whole. NULL: told. A recording that was cut short is
 * told as well, and opened. */
PnModel *pn_command_open (const char *path);

/* The event of number @text, as `events` shows it. FALSE: told, with the exit status in
 * @ret_status. */
gboolean pn_command_find_event (const char *command,
                                PnModel *model,
                                const char *text,
                                gsize *ret_index,
                                int *ret_status);

/* By the ending of @path: a picture, .json or .csv. FALSE: told. */
gboolean pn_command_export_file (PnModel *model,
                                 const PnExportOptions *options,
                                 const char *path);

/* The lessons; @ret_errors (may be NULL) as for pn_catalogue_load (). NULL: there are
 * none; why is told. */
GPtrArray *pn_command_load_lessons (GPtrArray *ret_errors);

/* Whether there is such an ending. FALSE: told. */
gboolean pn_command_can_export (const char *path);

/* Flushes and frees @printer. Returns PN_EXIT_OK, or tells and returns PN_EXIT_FAILED.
 */
int pn_command_finish (PnPrinter *printer);

/* The timeline as text in the output's width, and the verdict. */
void pn_command_print_timeline (PnPrinter *printer, PnModel *model, PnAxis axis);

typedef struct
{
  const PnLesson *lesson;
  const char *const *settings;
  const char *record_path;
  const char *const *export_paths;
  PnExportOptions picture;
  gboolean json;
  gboolean events;
} PnRunOptions;

/* The work of “run”; returns an exit status. */
int pn_command_run_lesson (const PnRunOptions *options);

/* Where it came from: the text of run.begin; NULL if there is none. */
const char *pn_command_get_title (PnModel *model);

G_END_DECLS
