/* SPDX-License-Identifier: MIT */
#pragma once

/* PnStrings: the texts of a trace, appended and never moved or freed before the end.
 * Texts that come again are kept once, if they are short enough to be likely to.
 *
 * Threads: one writer. A string that was given out may be read by all threads that
 * learn of it through a release store. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PnStrings PnStrings;

PnStrings *pn_strings_new (void);
void pn_strings_free (PnStrings *strings);

/* @tainted may be any bytes without NUL; what is not UTF-8 becomes U+FFFD. "" for none.
 */
const char *pn_strings_add (PnStrings *strings, const char *tainted, gsize bytes);

/* The memory taken from the system. */
gsize pn_strings_get_size_bytes (PnStrings *strings);

G_END_DECLS
