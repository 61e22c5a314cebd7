/* SPDX-License-Identifier: MIT */

/* Runs a fuzz target without a fuzzer: a good stream, changed at random in a way that
 * the seed decides. fuzz-driver [RUNS [SEED]]; prints TAP. A crash leaves the run and
 * its seed on the screen. With files as arguments it runs those. */

#include "pn-event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAMPLE_EVENTS_MAX 80
#define SAMPLE_MAX (64 * 1024)

int LLVMFuzzerTestOneInput (const unsigned char *bytes, size_t n);

static uint64_t state;

/* xorshift64* */
static uint32_t
random_below (uint32_t limit)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * 2685821657736338717ull) >> 33) % limit;
}

static bool
one_in (uint32_t n)
{
  return random_below (n) == 0;
}

/* Letters, what a terminal, XML, JSON or CSV takes for a sign, and bytes that are no
 * character. */
static size_t
make_text (char *ret_text)
{
  static const char *const parts[] = { "a",
                                       "lock",
                                       "1",
                                       "-9",
                                       "=2",
                                       "\"",
                                       "'",
                                       "<b>",
                                       "&",
                                       "\n",
                                       "\r",
                                       "\t",
                                       "\033",
                                       "\x7f",
                                       "\xff",
                                       "\xc3",
                                       "\xc3",
                                       "\xe2\x80\xae",
                                       "\xf0\x9f\x98\x80",
                                       ",",
                                       " " };
  size_t want = one_in (8) ? random_below (400) : random_below (20);
  size_t n = 0;

  while (n < want)
    {
      const char *part = parts[random_below (sizeof parts / sizeof *parts)];

      memcpy (ret_text + n, part, strlen (part));
      n += strlen (part);
    }
  return n;
}

static int64_t
make_value (void)
{
  static const int64_t telling[] = { 0, 1, -1, -9, 3, 64, -64, INT64_MIN, INT64_MAX };

  return one_in (3) ? telling[random_below (sizeof telling / sizeof *telling)]
                    : random_below (12);
}

static uint32_t
make_peer (PnKind kind)
{
  if (kind == PN_KIND_NAME)
    return PN_OBJECT_FILE + random_below (PN_OBJECT_DICT);
  return pn_kind_is_of_pipe (kind) ? 1 + random_below (2) : random_below (8);
}

/* A recording in which everything may follow everything. */
static size_t
make_sample (unsigned char *bytes)
{
  static const PnKind kinds[] = {
#define X(symbol, number, name) number,
    PN_KINDS (X)
#undef X
  };
  static PnEvent event;
  uint32_t n_events = 1 + random_below (SAMPLE_EVENTS_MAX);
  size_t n = sizeof (PnStreamHeader);

  memset (&event, 0, offsetof (PnEvent, text));
  pn_stream_header_init ((PnStreamHeader *)bytes);
  for (uint32_t i = 0; i < n_events; i++)
    {
      event.seq += 1 + (one_in (50) ? random_below (5) : 0);
      event.time_ns
          = (int64_t)(((uint64_t)event.time_ns + random_below (1000000)) & INT64_MAX);
      if (one_in (200))
        event.time_ns = one_in (2) ? INT64_MAX : random_below (1000);
      event.kind = kinds[random_below (sizeof kinds / sizeof *kinds)];
      event.process = random_below (8);
      event.object = random_below (8);
      event.peer = make_peer (event.kind);
      event.value = make_value ();
      event.flags = one_in (6) ? (uint8_t)random_below (PN_FLAGS_ALL + 1) : 0;
      event.site = random_below (8);
      event.line = (uint16_t)random_below (100);
      event.text_bytes = make_text (event.text);
      n += pn_event_encode (&event, bytes + n);
    }
  return n;
}

static const uint8_t telling[]
    = { 0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 254, 255 };

/* One small change. Returns the new length. */
static size_t
mutate (unsigned char *bytes, size_t n)
{
  size_t at = random_below ((uint32_t)n);
  size_t block = at - at % PN_BLOCK_BYTES;

  switch (random_below (8))
    {
    case 0:
      bytes[at] ^= (unsigned char)(1u << random_below (8));
      return n;
    case 1:
      bytes[at] = telling[random_below (sizeof telling)];
      return n;
    case 2: /* the length of a text, its blocks, flags, kind: where checks meet */
      bytes[block + 20 + random_below (4)] = telling[random_below (sizeof telling)];
      return n;
    case 3:
      bytes[block + 46 + random_below (2)] = telling[random_below (sizeof telling)];
      return n;
    case 4: /* a block again in another place */
      memmove (bytes + block,
               bytes + random_below ((uint32_t)(n / PN_BLOCK_BYTES)) * PN_BLOCK_BYTES,
               PN_BLOCK_BYTES);
      return n;
    case 5: /* a block less */
      memmove (
          bytes + block, bytes + block + PN_BLOCK_BYTES, n - block - PN_BLOCK_BYTES);
      return n > 2 * PN_BLOCK_BYTES ? n - PN_BLOCK_BYTES : n;
    case 6:
      return random_below (8) == 0 && at > PN_BLOCK_BYTES ? at : n;
    default:
      bytes[at] = (unsigned char)random_below (256);
      return n;
    }
}

static void
run_one (const unsigned char *bytes, size_t n)
{
  unsigned char *exact = malloc (n > 0 ? n : 1); /* so that ASan sees each step out */

  if (exact == NULL)
    abort ();
  memcpy (exact, bytes, n);
  LLVMFuzzerTestOneInput (exact, n);
  free (exact);
}

static void
run_random (long runs, uint64_t seed)
{
  static unsigned char bytes[SAMPLE_MAX];

  for (long i = 0; i < runs; i++)
    {
      size_t n;

      state = seed + (uint64_t)i * 0x9e3779b97f4a7c15ull;
      state += state == 0;
      n = make_sample (bytes);
      if (i % 4 != 0) /* the others are well-formed, and make no sense all the same */
        for (uint32_t changes = 1 + random_below (8); changes > 0; changes--)
          n = mutate (bytes, n - n % PN_BLOCK_BYTES);
      run_one (bytes, n);
    }
}

static int
run_file (const char *path)
{
  static unsigned char bytes[SAMPLE_MAX];
  FILE *file = fopen (path, "rb");

  if (file == NULL)
    {
      perror (path);
      return 1;
    }
  run_one (bytes, fread (bytes, 1, sizeof bytes, file));
  fclose (file);
  return 0;
}

int
main (int argc, char **argv)
{
  const char *is_long = getenv ("PROCESSION_LONG");
  long runs
      = is_long != NULL && strcmp (is_long, "1") == 0 ? FUZZ_RUNS : FUZZ_RUNS / 10;
  uint64_t seed = (uint64_t)time (NULL);

  if (argc > 1 && strspn (argv[1], "0123456789") != strlen (argv[1]))
    {
      for (int i = 1; i < argc; i++)
        if (run_file (argv[i]) != 0)
          return 1;
      return 0;
    }
  if (argc > 1)
    runs = atol (argv[1]);
  if (argc > 2)
    seed = strtoull (argv[2], NULL, 10);
  printf ("1..1\n# %ld runs, seed %llu\n", runs, (unsigned long long)seed);
  fflush (stdout);
  run_random (runs, seed);
  puts ("ok 1 - random changes");
  return 0;
}
