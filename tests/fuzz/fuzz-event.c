/* SPDX-License-Identifier: MIT */

/* Any bytes as a stream: nothing may be read beyond their end, what is accepted must
 * survive encoding and decoding unchanged, and both checks must agree. */

#include "pn-event.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n);

static void
must (bool holds)
{
  if (!holds)
    abort ();
}

static void
check_round_trip (const PnEvent *event, const unsigned char *bytes, size_t n)
{
  static unsigned char blocks[(1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES];

  must (strlen (event->text) == event->text_bytes);
  must (pn_event_encode (event, blocks) == n);
  must (memcmp (blocks, bytes, n) == 0);
}

int
LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n)
{
  static PnEvent event;
  int taken = pn_stream_header_check (bytes, n);

  must (taken <= (int)n);
  if (taken <= 0)
    taken = 0; /* events without a header: as the runner sees them */
  for (size_t at = (size_t)taken; at < n; at += (size_t)taken)
    {
      taken = pn_event_decode (bytes + at, n - at, &event);
      must (taken == pn_event_check (bytes + at, n - at));
      must (pn_decode_strerror (taken) != NULL);
      must (taken <= (int)(n - at));
      if (taken <= 0)
        return 0;
      check_round_trip (&event, bytes + at, (size_t)taken);
    }
  return 0;
}
