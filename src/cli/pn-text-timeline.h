/* SPDX-License-Identifier: MIT */
#pragma once

/* The timeline in characters, for terminals: a ruler, a lane for each process, indented
 * as a tree, a lane for each object, and a legend of what occurs. Fits into
 * pn_printer_get_width () columns. */

#include "pn-model.h"
#include "pn-printer.h"
#include "pn-view.h"

G_BEGIN_DECLS

void pn_text_timeline_print (PnPrinter *printer, PnModel *model, PnAxis axis);

G_END_DECLS
