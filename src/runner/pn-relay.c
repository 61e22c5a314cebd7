/* SPDX-License-Identifier: MIT */
#include "pn-relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PIPE_BYTES (1024 * 1024)
#define KEEP_BYTES (4 * 1024 * 1024)

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

int
pn_relay_init (PnRelay *relay, int fd, size_t size)
{
  int flags = fcntl (fd, F_GETFL);

  memset (relay, 0, sizeof *relay);
  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return -errno;
  fcntl (fd, F_SETPIPE_SZ, PIPE_BYTES); /* a wish: the limit may be lower */

  relay->bytes = mmap (NULL,
                       size,
                       PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1,
                       0);
  if (relay->bytes == MAP_FAILED)
    return -errno;
  relay->fd = fd;
  relay->size = size;
  return 0;
}

void
pn_relay_clear (PnRelay *relay)
{
  if (relay->bytes != NULL)
    munmap (relay->bytes, relay->size);
  memset (relay, 0, sizeof *relay);
}

bool
pn_relay_has_room (const PnRelay *relay, size_t bytes)
{
  return relay->size - (relay->head - relay->tail) >= bytes;
}

bool
pn_relay_is_empty (const PnRelay *relay)
{
  return relay->head == relay->tail;
}

void
pn_relay_put (PnRelay *relay, const void *blocks, size_t bytes)
{
  size_t at = relay->head & (relay->size - 1);
  size_t first = min_size (bytes, relay->size - at);

  memcpy (relay->bytes + at, blocks, first);
  memcpy (relay->bytes, (const unsigned char *)blocks + first, bytes - first);
  relay->head += bytes;
  if (relay->head - relay->tail > KEEP_BYTES)
    relay->used_much = true;
}

int
pn_relay_flush (PnRelay *relay)
{
  while (relay->head != relay->tail)
    {
      size_t at = relay->tail & (relay->size - 1);
      size_t chunk = min_size (relay->head - relay->tail, relay->size - at);
      ssize_t n = write (relay->fd, relay->bytes + at, min_size (chunk, PIPE_BUF));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN ? 0 : -errno;
      relay->tail += (size_t)n;
    }

  /* Empty: begin at the front again, so that the same few pages stay warm. */
  relay->head = 0;
  relay->tail = 0;
  if (relay->used_much)
    {
      madvise (relay->bytes, relay->size, MADV_DONTNEED);
      relay->used_much = false;
    }
  return 0;
}
