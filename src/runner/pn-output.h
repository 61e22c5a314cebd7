/* SPDX-License-Identifier: MIT */
#pragma once

/* What the program prints, as lines. Its stdout and stderr are sockets that say for
 * each piece who wrote it, so that the halves of two processes' lines do not mix.
 * Among them come marks (PnMark): what their writer had printed through the runtime.
 *
 * A line without an end goes out after PN_LINE_WAIT_NS, unless it was cut because its
 * writer's buffer was full; one longer than PN_TEXT_MAX_BYTES goes out in pieces. A NUL
 * becomes U+FFFD; all else stays as it is. */

#include "pn-arena.h"

#include <sys/types.h>

#define PN_LINE_WAIT_NS (200 * 1000 * 1000ll)
#define PN_LINES_MAX 256

/* `pid` wrote the line; `flags` is 0 or PN_FLAG_STDERR. */
typedef void (*PnOnLine) (
    int pid, unsigned flags, const char *text, size_t bytes, void *data);

/* `pid` has emitted the event `seq`: after the lines that it has written by now, before
 * those that come. */
typedef void (*PnOnMark) (int pid, unsigned flags, uint64_t seq, void *data);

/* An unfinished line. Free while bytes and mark_bytes are 0. */
typedef struct
{
  int pid;
  unsigned flags;
  int64_t since_ns;
  size_t bytes;
  size_t mark_bytes; /* a mark has begun, or a NUL that looks like one */
  PnMark mark;
  char text[PN_TEXT_MAX_BYTES];
} PnLine;

typedef struct
{
  int fds[2];      /* where to read stdout and stderr; -1 once nobody writes any more */
  int ends[2];     /* for the program; -1 after pn_output_close_ends */
  ino_t inodes[2]; /* of `ends` */
  uint64_t n_bytes; /* ever read, marks not counted */
  PnLine *lines[PN_LINES_MAX];
  int n_lines; /* made so far */
  PnOnLine on_line;
  PnOnMark on_mark;
  void *data;
} PnOutput;

int pn_output_init (PnOutput *output, PnOnLine on_line, PnOnMark on_mark, void *data);
void pn_output_clear (PnOutput *output);

/* The program has been started and has its ends. */
void pn_output_close_ends (PnOutput *output);

/* Reads all that was written before the call, and little that comes meanwhile: 400 KiB
 * as a rule, which is what the two sockets hold. Returns the bytes read. */
size_t pn_output_read (PnOutput *output, int64_t now_ns);

/* Gives out unfinished lines: those that have waited long enough, and all of one
 * process, or of everybody with pid 0, if `pid` is not -1. */
void pn_output_flush (PnOutput *output, int pid, int64_t now_ns);

/* The same for one process's unfinished line of one stream. */
void pn_output_flush_line (PnOutput *output, int pid, unsigned flags);
