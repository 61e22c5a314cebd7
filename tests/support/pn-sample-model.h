/* SPDX-License-Identifier: MIT */
#pragma once

/* What a sample means, and finding in it by name what must be there. */

#include "pn-model.h"
#include "pn-sample.h"

G_BEGIN_DECLS

/* The model of a whole stream, which it takes, or of a script. */
PnModel *pn_sample_model_take (GBytes *stream);
PnModel *pn_sample_model (const char *script);

/* After the last event. */
const PnState *pn_sample_last_state (PnModel *model);

/* Abort if there is none. */
const PnProcess *pn_sample_process (const PnState *state, const char *name);
const PnObject *pn_sample_object (const PnState *state, const char *name);
const PnProcessLane *pn_sample_process_lane (PnModel *model, const char *name);
const PnObjectLane *pn_sample_object_lane (PnModel *model, const char *name);

G_END_DECLS
