/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-lesson.h"

G_BEGIN_DECLS

/* A lesson.ini that is being read; `path` is for messages. */
typedef struct
{
  GKeyFile *keys;
  const char *path;
} PnLessonFile;

/* Sets PN_LESSON_ERROR_INVALID: "PATH: [GROUP] KEY: MESSAGE". @group and @key may be
 * NULL. Returns FALSE. */
gboolean pn_lesson_file_fail (const PnLessonFile *file,
                              const char *group,
                              const char *key,
                              GError **error,
                              const char *format,
                              ...) G_GNUC_PRINTF (5, 6);

/* Not empty, one line. NULL and an error if it is not there. Owned. */
char *pn_lesson_file_dup_text (const PnLessonFile *file,
                               const char *group,
                               const char *key,
                               GError **error);

gboolean pn_lesson_file_get_int (const PnLessonFile *file,
                                 const char *group,
                                 const char *key,
                                 gint64 min,
                                 gint64 max,
                                 gint64 *ret_value,
                                 GError **error);

/* Every key of @group is in @known (NULL-terminated). */
gboolean pn_lesson_file_check_keys (const PnLessonFile *file,
                                    const char *group,
                                    const char *const *known,
                                    GError **error);

void pn_parameter_free (PnParameter *parameter);

/* Reads the group "parameter NAME". */
PnParameter *
pn_parameter_load (const PnLessonFile *file, const char *group, GError **error);

G_END_DECLS
