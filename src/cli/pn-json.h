/* SPDX-License-Identifier: MIT */
#pragma once

/* JSON on one line. */

#include "pn-printer.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What was built, with its newline. Control characters and what turns the direction of
 * writing are escaped, and all but ASCII where the locale is not UTF-8. A number that
 * is no integer has as many digits as it takes to read it back: 0.1. */
void pn_json_print (PnPrinter *printer, JsonBuilder *builder);

G_END_DECLS
