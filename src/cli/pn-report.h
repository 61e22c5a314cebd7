/* SPDX-License-Identifier: MIT */
#pragma once

/* Events and states for other programs: as JSON and as CSV. A value that is not known
 * is null (an empty cell), never missing. */

#include "pn-model.h"
#include "pn-printer.h"

G_BEGIN_DECLS

/* One object on one line:
 *   {"seq","time_ns","pid","process","kind","object","peer","value","file","line","text"}
 * What `peer` and `value` are for each kind stands in the man page. */
void pn_report_event_json (PnPrinter *printer, PnModel *model, gsize index);

/* As the man page says:
 * {"event","processes":[{"name","pid","parent","state","waiting_for","holds","exit"}],
 *  "objects":[{"name","kind","owner","waiters","items","value"}],"deadlock":[…]} */
void pn_report_state_json (PnPrinter *printer, PnModel *model, gsize index);

/* The columns of the JSON objects. */
void pn_report_csv_head (PnPrinter *printer);
void pn_report_event_csv (PnPrinter *printer, PnModel *model, gsize index);

G_END_DECLS
