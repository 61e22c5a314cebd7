/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-trace.h"

G_BEGIN_DECLS

/* Whether the stream's header was read. Threads: the writer. */
gboolean pn_trace_has_header (PnTrace *trace);

/* CLOCK_MONOTONIC of the first event: what times are relative to. Threads: any. */
gint64 pn_trace_get_start_ns (PnTrace *trace);

G_END_DECLS
