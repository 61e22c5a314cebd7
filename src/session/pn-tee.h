/* SPDX-License-Identifier: MIT */
#pragma once

/* PnTee: the stream's bytes as they come, in a file. Not blockwise and not at the
 * end: whatever crashes, all up to then is there. Threads: one at a time. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PnTee PnTee;

/* Empties or makes the file. Errors: %PN_SESSION_ERROR_RECORD, in all of these. */
PnTee *pn_tee_open (const char *path, GError **error);

/* NULL is allowed as @tee, and then nothing is written; nor is it after an error,
 * which is told once. */
gboolean pn_tee_write (PnTee *tee, const void *bytes, gsize n, GError **error);
gboolean pn_tee_close (PnTee *tee, GError **error);

/* Closes it if it is open. */
void pn_tee_free (PnTee *tee);

G_END_DECLS
