/* SPDX-License-Identifier: MIT */
#pragma once

/* The way out: blocks wait here until the pipe takes them. Writes are whole blocks,
 * PIPE_BUF bytes at most, which a pipe takes at once or not at all: no end of the
 * runner leaves half a block. Single-threaded; the memory is reserved at birth and
 * touched as it is needed. */

#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  int fd;
  unsigned char *bytes;
  size_t size; /* a power of two */
  size_t head; /* bytes ever put in; taken modulo size */
  size_t tail; /* bytes ever written out */
  bool used_much;
} PnRelay;

/* `fd` becomes non-blocking. 0 or -errno. */
int pn_relay_init (PnRelay *relay, int fd, size_t size);
void pn_relay_clear (PnRelay *relay);

/* Whether it has room for this many bytes. */
bool pn_relay_has_room (const PnRelay *relay, size_t bytes);
bool pn_relay_is_empty (const PnRelay *relay);

/* The caller has asked for room. */
void pn_relay_put (PnRelay *relay, const void *blocks, size_t bytes);

/* Writes what the pipe takes. 0, or -errno when nobody reads any more. */
int pn_relay_flush (PnRelay *relay);
