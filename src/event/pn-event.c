/* SPDX-License-Identifier: MIT */
#include "pn-event.h"

#include <string.h>

static size_t
tail_blocks (size_t text_bytes)
{
  if (text_bytes <= PN_TEXT_INLINE_BYTES)
    return 0;
  return (text_bytes - PN_TEXT_INLINE_BYTES + PN_BLOCK_BYTES - 1) / PN_BLOCK_BYTES;
}

static bool
all_zero (const unsigned char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0)
      return false;
  return true;
}

/* Kinds in which `peer` is not a process. */
static bool
peer_is_valid (const PnRecord *record)
{
  if (record->kind == PN_KIND_NAME)
    return pn_object_kind_name (record->peer) != NULL;
  return !pn_kind_is_of_pipe (record->kind) || record->peer == 1 || record->peer == 2;
}

size_t
pn_text_cut (const char *text, size_t bytes, size_t max)
{
  if (bytes <= max)
    return bytes;
  for (size_t cut = max; cut > 0 && cut + 4 > max; cut--)
    if (((unsigned char)text[cut] & 0xc0) != 0x80)
      return cut;
  return max;
}

size_t
pn_event_blocks (size_t text_bytes)
{
  return 1 + tail_blocks (text_bytes);
}

size_t
pn_event_encode (const PnEvent *event, void *ret_blocks)
{
  size_t text_bytes = pn_text_cut (event->text, event->text_bytes, PN_TEXT_MAX_BYTES);
  size_t tail = tail_blocks (text_bytes);
  size_t inline_bytes
      = text_bytes < PN_TEXT_INLINE_BYTES ? text_bytes : PN_TEXT_INLINE_BYTES;
  PnRecord record = {
    .seq = event->seq,
    .time_ns = event->time_ns,
    .process = event->process,
    .kind = (uint16_t)event->kind,
    .flags = event->flags,
    .tail = (uint8_t)tail,
    .object = event->object,
    .peer = event->peer,
    .value = event->value,
    .site = event->site,
    .line = event->line,
    .text_bytes = (uint16_t)text_bytes,
  };
  unsigned char *out = ret_blocks;

  if (text_bytes < event->text_bytes)
    record.flags |= PN_FLAG_TRUNCATED;
  memcpy (record.text, event->text, inline_bytes);
  memcpy (out, &record, sizeof record);
  out += sizeof record;
  memset (out, 0, tail * PN_BLOCK_BYTES);
  memcpy (out, event->text + inline_bytes, text_bytes - inline_bytes);
  return (1 + tail) * PN_BLOCK_BYTES;
}

static int
check_text (const PnRecord *record, const unsigned char *tail_text)
{
  const unsigned char *text = (const unsigned char *)record->text;
  size_t inline_bytes = record->text_bytes < PN_TEXT_INLINE_BYTES
                            ? record->text_bytes
                            : PN_TEXT_INLINE_BYTES;
  size_t tail_bytes = record->text_bytes - inline_bytes;

  if (memchr (text, 0, inline_bytes) != NULL
      || memchr (tail_text, 0, tail_bytes) != NULL
      || !all_zero (text + inline_bytes, PN_TEXT_INLINE_BYTES - inline_bytes)
      || !all_zero (tail_text + tail_bytes,
                    (size_t)record->tail * PN_BLOCK_BYTES - tail_bytes))
    return PN_DECODE_BAD_TEXT;
  return 0;
}

/* `record` is a copy of the first block. */
static int
check_event (const PnRecord *record, const void *tainted, size_t bytes)
{
  const unsigned char *tail_text = (const unsigned char *)tainted + sizeof *record;

  if (pn_kind_name (record->kind) == NULL)
    return PN_DECODE_BAD_KIND;
  if ((record->flags & ~PN_FLAGS_ALL) != 0)
    return PN_DECODE_BAD_FLAGS;
  if (record->text_bytes > PN_TEXT_MAX_BYTES
      || record->tail != tail_blocks (record->text_bytes))
    return PN_DECODE_BAD_TAIL;
  if (record->time_ns < 0 || !peer_is_valid (record))
    return PN_DECODE_BAD_VALUE;
  if (bytes < (1 + (size_t)record->tail) * PN_BLOCK_BYTES)
    return PN_DECODE_SHORT;
  if (check_text (record, tail_text) < 0)
    return PN_DECODE_BAD_TEXT;
  return (int)((1 + (size_t)record->tail) * PN_BLOCK_BYTES);
}

int
pn_event_decode (const void *tainted, size_t bytes, PnEvent *ret_event)
{
  PnRecord record;
  size_t inline_bytes;
  int taken;

  if (bytes < sizeof record)
    return PN_DECODE_SHORT;
  memcpy (&record, tainted, sizeof record);
  taken = check_event (&record, tainted, bytes);
  if (taken <= 0)
    return taken;

  ret_event->seq = record.seq;
  ret_event->time_ns = record.time_ns;
  ret_event->kind = (PnKind)record.kind;
  ret_event->process = record.process;
  ret_event->object = record.object;
  ret_event->peer = record.peer;
  ret_event->value = record.value;
  ret_event->site = record.site;
  ret_event->line = record.line;
  ret_event->flags = record.flags;
  ret_event->text_bytes = record.text_bytes;
  inline_bytes = record.text_bytes < PN_TEXT_INLINE_BYTES ? record.text_bytes
                                                          : PN_TEXT_INLINE_BYTES;
  memcpy (ret_event->text, record.text, inline_bytes);
  memcpy (ret_event->text + inline_bytes,
          (const unsigned char *)tainted + sizeof record,
          record.text_bytes - inline_bytes);
  ret_event->text[record.text_bytes] = '\0';
  return taken;
}

int
pn_event_check (const void *tainted, size_t bytes)
{
  PnRecord record;

  if (bytes < sizeof record)
    return PN_DECODE_SHORT;
  memcpy (&record, tainted, sizeof record);
  return check_event (&record, tainted, bytes);
}

void
pn_stream_header_init (PnStreamHeader *header)
{
  memset (header, 0, sizeof *header);
  memcpy (header->magic, PN_STREAM_MAGIC, sizeof header->magic);
  header->version = PN_FORMAT_VERSION;
  header->block_bytes = PN_BLOCK_BYTES;
}

int
pn_stream_header_check (const void *tainted, size_t bytes)
{
  PnStreamHeader header;
  size_t magic_bytes = bytes < sizeof header.magic ? bytes : sizeof header.magic;

  if (memcmp (tainted, PN_STREAM_MAGIC, magic_bytes) != 0)
    return PN_DECODE_BAD_HEADER;
  if (bytes < sizeof header)
    return PN_DECODE_SHORT;
  memcpy (&header, tainted, sizeof header);
  if (header.version != PN_FORMAT_VERSION)
    return PN_DECODE_BAD_VERSION;
  if (header.block_bytes != PN_BLOCK_BYTES
      || !all_zero (header.reserved, sizeof header.reserved))
    return PN_DECODE_BAD_HEADER;
  return PN_BLOCK_BYTES;
}

const char *
pn_decode_strerror (int error)
{
  switch (error)
    {
    case PN_DECODE_SHORT:
      return "it ends in the middle of an event";
    case PN_DECODE_BAD_KIND:
      return "unknown kind of event";
    case PN_DECODE_BAD_FLAGS:
      return "unknown flags";
    case PN_DECODE_BAD_TAIL:
      return "the length of a text contradicts its blocks";
    case PN_DECODE_BAD_TEXT:
      return "a text has a zero byte in it, or bytes after its end";
    case PN_DECODE_BAD_VALUE:
      return "a field is out of its range";
    case PN_DECODE_BAD_HEADER:
      return "this is not a recording: name a file that Procession saved";
    case PN_DECODE_BAD_VERSION:
      return "this is a recording of another version: open it with a newer Procession";
    default:
      return "unknown error";
    }
}

const char *
pn_kind_name (unsigned kind)
{
  switch (kind)
    {
#define X(symbol, number, name)                                                        \
  case number:                                                                         \
    return name;
      PN_KINDS (X)
#undef X
    default:
      return NULL;
    }
}

const char *
pn_object_kind_name (unsigned object_kind)
{
  switch (object_kind)
    {
#define X(symbol, number, name, type)                                                  \
  case number:                                                                         \
    return name;
      PN_OBJECT_KINDS (X)
#undef X
    default:
      return NULL;
    }
}

const char *
pn_object_kind_type (unsigned object_kind)
{
  switch (object_kind)
    {
#define X(symbol, number, name, type)                                                  \
  case number:                                                                         \
    return type;
      PN_OBJECT_KINDS (X)
#undef X
    default:
      return NULL;
    }
}

bool
pn_kind_is_of_pipe (unsigned kind)
{
  return kind >> 8 == PN_KIND_PIPE_SEND >> 8;
}

bool
pn_kind_is_wait (unsigned kind)
{
  switch (kind)
    {
    case PN_KIND_PROCESS_JOIN_WAIT:
    case PN_KIND_LOCK_WAIT:
    case PN_KIND_QUEUE_PUT_WAIT:
    case PN_KIND_QUEUE_GET_WAIT:
    case PN_KIND_PIPE_SEND_WAIT:
    case PN_KIND_PIPE_RECV_WAIT:
    case PN_KIND_POOL_TASK_WAIT:
    case PN_KIND_POOL_RESULT_WAIT:
    case PN_KIND_MANAGER_SERVE_WAIT:
      return true;
    default:
      return false;
    }
}
