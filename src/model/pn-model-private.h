/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-model.h"
#include "pn-state-private.h"

G_BEGIN_DECLS

/* The state before event @index, for sentences and causes: a cursor of its own, so
 * that what pn_model_get_state () gave stays good. */
const PnState *pn_model_get_state_before (PnModel *model, gsize index);

G_END_DECLS
