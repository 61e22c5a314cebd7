/* SPDX-License-Identifier: MIT */
#pragma once

#include "pn-sample.h"

G_BEGIN_DECLS

/* Streams that are well-formed and make no sense: any kinds in any order, about some
 * dozen processes and objects and now and then about any number. The same @seed gives
 * the same stream. */
GBytes *pn_random_stream (guint32 seed, gsize n_events);

G_END_DECLS
