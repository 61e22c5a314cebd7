/* SPDX-License-Identifier: MIT */
#pragma once

/* Texts for people. Names and messages come from programs and may hold anything. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * pn_text_dup_visible:
 * @text: valid UTF-8
 * @max_chars: cut after so many characters, with "…"; 0: not
 *
 * One line, without anything that a terminal or a text layout obeys: control
 * characters as their pictures (␛, ␊), C1 and what changes the direction of writing or
 * takes no room as ‹U+202E›. Not escaped for markup.
 */
char *pn_text_dup_visible (const char *text, guint max_chars);
void pn_text_append_visible (GString *string, const char *text, guint max_chars);

/* "0.85 s", "12 ms", "3.4 µs", "2 min 5 s": two digits or so. */
char *pn_text_dup_duration (gint64 ns);
void pn_text_append_duration (GString *string, gint64 ns);

G_END_DECLS
