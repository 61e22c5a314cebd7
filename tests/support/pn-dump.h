/* SPDX-License-Identifier: MIT */
#pragma once

/* Everything in a state or a history as text, so that two can be compared. Owned by
 * the caller. Also what only the model's own files see. */

#include "pn-model.h"

G_BEGIN_DECLS

char *pn_dump_state (const PnState *state);
char *pn_dump_history (const PnHistory *history);

/* Fails the test, naming what is wrong, unless the state agrees with itself: an owner
 * holds what it owns and the other way round, who waits is listed once where it waits,
 * a deadlock is a cycle, … */
void pn_check_state (const PnState *state);

/* The same of a history: spans follow each other, rows don't overlap, arrows are in
 * order, children stand below their parents. */
void pn_check_history (const PnHistory *history);

G_END_DECLS
