/* SPDX-License-Identifier: MIT */
#pragma once

/* Texts taken apart for the window. */

#include <glib.h>

G_BEGIN_DECLS

/* A sentence as a row beside its process's name: "P3 asks for lock. P1 holds it." is
 * "asks for lock · P1 holds it". Owned. */
char *pn_snippet_dup_row (const char *sentence, const char *process);

/* A moment of a run of @duration_ns, which picks the unit: "0.680 s", "15.906 ms". With
 * @digits behind the point, one less from 100 ms on. Owned. */
char *pn_snippet_dup_time (gint64 ns, gint64 duration_ns, int digits);

/* A source line without the mark that ties C to Python. Owned. */
char *pn_snippet_strip_marks (const char *source);

G_END_DECLS
