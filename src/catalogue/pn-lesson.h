/* SPDX-License-Identifier: MIT */
#pragma once

/* Lessons: a folder each, with lesson.ini, the C program and its Python twin. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define PN_LESSON_ERROR (pn_lesson_error_quark ())
GQuark pn_lesson_error_quark (void);

typedef enum
{
  PN_LESSON_ERROR_NOT_FOUND, /* no lesson by that name: the message lists near ones */
  PN_LESSON_ERROR_INVALID,   /* a bad lesson.ini: the message has file and key */
  PN_LESSON_ERROR_PARAMETER, /* no such parameter, or a value out of its range */
  PN_LESSON_ERROR_PROGRAM    /* its program is not there */
} PnLessonError;

typedef enum
{
  PN_PARAMETER_INT,
  PN_PARAMETER_FLOAT,
  PN_PARAMETER_BOOL,
  PN_PARAMETER_CHOICE
} PnParameterType;

typedef struct
{
  char *name;
  char *label;
  PnParameterType type;
  double min, max; /* int, float */
  char **choices;  /* choice; else NULL */
  char *fallback;  /* the default, as text */
} PnParameter;

typedef struct
{
  guint processes;      /* at most alive at once; 64 */
  guint seconds;        /* 60 */
  guint64 output_bytes; /* 1 MiB */
  guint64 events;       /* 4,000,000: the memory of the one who watches */
} PnLimits;

/* Sets the defaults. */
void pn_limits_init (PnLimits *limits);

typedef struct
{
  char *id; /* the folder's name: "lock" */
  char *title;
  char *group;
  int order; /* within all lessons */
  char *summary;
  char *watch;
  char *c_path; /* source; NULL if there is none */
  char *python_path;
  char *program;         /* the executable */
  GPtrArray *parameters; /* PnParameter, in the file's order */
  PnLimits limits;
} PnLesson;

void pn_lesson_free (PnLesson *lesson);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PnLesson, pn_lesson_free)

/* One folder; @program_dir is where its executable lies. */
PnLesson *pn_lesson_load (const char *folder, const char *program_dir, GError **error);

/* All lessons that this program came with, and before them those of the folders in
 * $PROCESSION_LESSONS (with : between them), sorted by `order`. There, NAME/NAME is the
 * program of lesson NAME. A bad lesson is left out, and its error added to @ret_errors
 * (char *, owned by the array if it has a free function; may be NULL). Works installed
 * and from the build folder. */
GPtrArray *pn_catalogue_load (GPtrArray *ret_errors);

/* Borrowed from @catalogue. */
PnLesson *pn_catalogue_find (GPtrArray *catalogue, const char *id, GError **error);

/* Checks one value against its parameter: "children must be from 1 to 8, not 9". */
gboolean
pn_parameter_check (const PnParameter *parameter, const char *value, GError **error);

/* The program and its arguments, NULL-terminated, owned: each parameter, as it was set
 * or with its default. @settings: NAME=VALUE each, the last of a name counts; may be
 * NULL. Errors: %PN_LESSON_ERROR_PARAMETER, %PN_LESSON_ERROR_PROGRAM. */
char **pn_lesson_dup_argv (const PnLesson *lesson,
                           const char *const *settings,
                           GError **error);

/* Where the runner is: $PROCESSION_RUNNER, or the one that this program came with. NULL
 * and an error if it is not there. Owned. */
char *pn_catalogue_find_runner (GError **error);

/* Of names (char *), the one that a person who typed @text most likely meant; NULL if
 * none is near. */
const char *pn_nearest (const char *text, GPtrArray *candidates);

/* DOC marks of a source file: mark -> line number (from 1). For stepping C and Python
 * together. Owned; keys and values: char *, GUINT_TO_POINTER. */
GHashTable *pn_lesson_read_marks (const char *path, GError **error);

G_END_DECLS
