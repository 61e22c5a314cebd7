/* SPDX-License-Identifier: MIT */
#pragma once

/* Events and states for other programs: as JSON and as CSV. A value that is not known
 * is null (an empty cell), never missing. */

#include "pn-model.h"
#include "pn-printer.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What was built, on one line, with its newline. Control characters and what turns the
 * direction of writing are escaped, and all but ASCII where the locale is not UTF-8. */
void pn_report_json (PnPrinter *printer, JsonBuilder *builder);

/* One object on one line:
 *   {"seq","time_ns","pid","process","kind","object","peer","value","file","line","text"}
 * `peer` is a process's name, for pipes the own end (1 or 2). `value` is the number
 * that the event carries; where it carries none, its text (a line of output, a value).
 */
void pn_report_event_json (PnPrinter *printer, PnModel *model, gsize index);

/* {"event","processes":[{"name","pid","parent","state","waiting_for","holds","exit"}],
 *  "objects":[{"name","kind","owner","waiters","items","value"}],"deadlock":[…]} */
void pn_report_state_json (PnPrinter *printer, PnModel *model, gsize index);

/* The columns of the JSON objects. */
void pn_report_csv_head (PnPrinter *printer);
void pn_report_event_csv (PnPrinter *printer, PnModel *model, gsize index);

G_END_DECLS
