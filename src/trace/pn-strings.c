/* SPDX-License-Identifier: MIT */
#include "pn-strings.h"

#include <string.h>

/* Small recordings stay small, and a block is never mostly waste: the longest text
 * (make_valid can triple an event's) is below an eighth of a large block. */
#define FIRST_BLOCK_BYTES 4096
#define LAST_BLOCK_BYTES (128 * 1024)

/* Messages and names repeat; long lines of output hardly do. */
#define INTERN_MAX_BYTES 64

struct _PnStrings
{
  GPtrArray *blocks;
  char *at; /* the free rest of the last block */
  gsize left_bytes;
  gsize next_bytes; /* size of the next block */
  gsize size_bytes;
  GHashTable *interned; /* set of strings in blocks */
};

PnStrings *
pn_strings_new (void)
{
  PnStrings *strings = g_new0 (PnStrings, 1);

  strings->blocks = g_ptr_array_new_with_free_func (g_free);
  strings->next_bytes = FIRST_BLOCK_BYTES;
  strings->interned = g_hash_table_new (g_str_hash, g_str_equal);
  return strings;
}

void
pn_strings_free (PnStrings *strings)
{
  g_hash_table_unref (strings->interned);
  g_ptr_array_unref (strings->blocks);
  g_free (strings);
}

static const char *
store (PnStrings *strings, const char *text, gsize bytes)
{
  char *stored;

  if (strings->left_bytes < bytes + 1)
    {
      gsize block_bytes = MAX (strings->next_bytes, bytes + 1);

      strings->at = g_malloc (block_bytes);
      strings->left_bytes = block_bytes;
      strings->size_bytes += block_bytes;
      strings->next_bytes = MIN (strings->next_bytes * 2, LAST_BLOCK_BYTES);
      g_ptr_array_add (strings->blocks, strings->at);
    }
  stored = strings->at;
  memcpy (stored, text, bytes);
  stored[bytes] = '\0';
  strings->at += bytes + 1;
  strings->left_bytes -= bytes + 1;
  return stored;
}

const char *
pn_strings_add (PnStrings *strings, const char *tainted, gsize bytes)
{
  g_autofree char *valid = NULL;
  const char *text = tainted;
  const char *stored;

  if (bytes == 0)
    return "";
  if (!g_utf8_validate_len (tainted, bytes, NULL))
    {
      text = valid = g_utf8_make_valid (tainted, (gssize)bytes);
      bytes = strlen (valid);
    }
  if (bytes > INTERN_MAX_BYTES)
    return store (strings, text, bytes);

  stored = g_hash_table_lookup (strings->interned, text);
  if (stored == NULL)
    {
      stored = store (strings, text, bytes);
      g_hash_table_add (strings->interned, (gpointer)stored);
    }
  return stored;
}

gsize
pn_strings_get_size_bytes (PnStrings *strings)
{
  return strings->size_bytes;
}
