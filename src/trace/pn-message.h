/* SPDX-License-Identifier: MIT */
#pragma once

/* Messages and contents, which events carry as Python's repr () writes them, cut where
 * they are too long. */

#include <glib.h>

G_BEGIN_DECLS

/* A text as it is, without quotes and escapes, but for a NUL ("\x00"); anything else as
 * it was. One that was cut still ends with "…". Owned. */
char *pn_message_dup_text (const char *repr);

/* The items of "[1, 'a, b', [2, 3]]", each as repr () writes it; NULL if it is no whole
 * list. Owned, char *. */
GPtrArray *pn_message_split_list (const char *repr);

G_END_DECLS
