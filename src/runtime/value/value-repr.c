/* SPDX-License-Identifier: MIT */
#include "mp-private.h"
#include "value-private.h"

#include <inttypes.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "…"

/* Text that is cut at `size` - 1 bytes; once `full`, nothing is added any more. */
typedef struct
{
  char *text;
  size_t size;
  size_t n;
  bool full;
} Writer;

static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void
make_c_locale (void)
{
  c_locale = newlocale (LC_ALL_MASK, "C", (locale_t)0);
}

/* `n` bytes that belong together: all or nothing. */
static void
put (Writer *writer, const char *text, size_t n)
{
  if (writer->full)
    return;
  if (n >= writer->size - writer->n)
    {
      writer->full = true;
      return;
    }
  memcpy (writer->text + writer->n, text, n);
  writer->n += n;
}

static void
put_string (Writer *writer, const char *text)
{
  put (writer, text, strlen (text));
}

/* Makes room for the ellipsis if something was left out. */
static void
finish (Writer *writer)
{
  size_t room = writer->size - 1;

  if (writer->full && room >= strlen (ELLIPSIS))
    {
      if (writer->n > room - strlen (ELLIPSIS))
        {
          writer->n = room - strlen (ELLIPSIS);
          while (writer->n > 0
                 && ((unsigned char)writer->text[writer->n] & 0xc0) == 0x80)
            writer->n--;
        }
      memcpy (writer->text + writer->n, ELLIPSIS, strlen (ELLIPSIS));
      writer->n += strlen (ELLIPSIS);
    }
  writer->text[writer->n] = '\0';
}

/* "d.ddde±xx" with `digits` digits. True if it reads back as the same number. */
static bool
format_digits (double number, int digits, char *ret_text, size_t size)
{
  snprintf (ret_text, size, "%.*e", digits - 1, number);
  return strtod (ret_text, NULL) == number;
}

/* At a power of two the numbers below lie closer than those above: then the nearest
 * decimal may not read back while the next one up does. */
static bool
format_digits_up (double number, int digits, char *ret_text, size_t size)
{
  char *at;

  snprintf (ret_text, size, "%.*e", digits - 1, number);
  at = strchr (ret_text, 'e') - 1;
  if (*at < '0' || *at >= '9')
    return false;
  (*at)++;
  return strtod (ret_text, NULL) == number;
}

/* The fewest digits that read back. A decimal of 15 digits always survives the way
 * through a normal double: 15 give the shortest, zeros at the end aside. */
static void
format_shortest (double number, char *ret_text, size_t size)
{
  int digits = number < 0x1p-1022 ? 1 : 15;

  while (digits < 17 && !format_digits (number, digits, ret_text, size)
         && !format_digits_up (number, digits, ret_text, size))
    digits++;
  if (digits == 17)
    format_digits (number, digits, ret_text, size);
}

/* "d.ddde±xx" the way Python writes it: with an exponent below 1e-4 and from 1e16. */
static void
rewrite_decimal (const char *scientific, char *ret_text, size_t size)
{
  char digits[24];
  int exponent = atoi (strchr (scientific, 'e') + 1);
  int n = 0;

  for (const char *at = scientific; *at != 'e' && n < 17; at++)
    if (*at != '.')
      digits[n++] = *at;
  while (n > 1 && digits[n - 1] == '0')
    n--;
  digits[n] = '\0';

  if (exponent < -4 || exponent >= 16)
    snprintf (ret_text,
              size,
              "%c%s%se%c%02d",
              digits[0],
              n > 1 ? "." : "",
              digits + 1,
              exponent < 0 ? '-' : '+',
              abs (exponent));
  else if (exponent < 0)
    snprintf (ret_text, size, "0.%.*s%s", -exponent - 1, "000", digits);
  else if (n <= exponent + 1)
    snprintf (ret_text, size, "%s%.*s.0", digits, exponent + 1 - n, "0000000000000000");
  else
    snprintf (ret_text, size, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

static void
put_escape (Writer *writer, uint32_t character)
{
  char text[16];

  switch (character)
    {
    case '\t':
      put_string (writer, "\\t");
      return;
    case '\n':
      put_string (writer, "\\n");
      return;
    case '\r':
      put_string (writer, "\\r");
      return;
    default:
      break;
    }
  if (character < 0x100)
    snprintf (text, sizeof text, "\\x%02" PRIx32, character);
  else if (character < 0x10000)
    snprintf (text, sizeof text, "\\u%04" PRIx32, character);
  else
    snprintf (text, sizeof text, "\\U%08" PRIx32, character);
  put_string (writer, text);
}

static char
choose_quote (const char *text, size_t n)
{
  bool use_double = memchr (text, '\'', n) != NULL && memchr (text, '"', n) == NULL;

  return use_double ? '"' : '\'';
}

/* A byte that is no UTF-8 appears as Python's surrogateescape reads it. */
static size_t
put_character (Writer *writer, const char *text, size_t n, char quote)
{
  uint32_t character;
  size_t bytes = mp_utf8_decode (text, n, &character);

  if (bytes == 0)
    {
      put_escape (writer, 0xdc00 + (unsigned char)*text);
      return 1;
    }
  if (character == '\\' || character == (unsigned char)quote)
    put (writer, (char[]){ '\\', *text }, 2);
  else if (mp_char_is_printable (character))
    put (writer, text, bytes);
  else
    put_escape (writer, character);
  return bytes;
}

static void
put_text (Writer *writer, const char *text, size_t n)
{
  char quote = choose_quote (text, n);

  put (writer, &quote, 1);
  for (size_t at = 0; at < n && !writer->full;)
    at += put_character (writer, text + at, n - at, quote);
  put (writer, &quote, 1);
}

static void
put_bytes (Writer *writer, const char *bytes, size_t n)
{
  char quote = choose_quote (bytes, n);

  put_string (writer, "b");
  put (writer, &quote, 1);
  for (size_t i = 0; i < n && !writer->full; i++)
    {
      unsigned char byte = (unsigned char)bytes[i];

      if (byte == '\\' || bytes[i] == quote)
        put (writer, (char[]){ '\\', bytes[i] }, 2);
      else if (byte >= 0x20 && byte < 0x7f)
        put (writer, &bytes[i], 1);
      else
        put_escape (writer, byte);
    }
  put (writer, &quote, 1);
}

static void put_value (Writer *writer, MpValue value);

static void
put_list (Writer *writer, MpValue list)
{
  put_string (writer, "[");
  for (size_t i = 0; i < mp_value_count (list) && !writer->full; i++)
    {
      put_string (writer, i > 0 ? ", " : "");
      put_value (writer, list.data->items[i]);
    }
  put_string (writer, "]");
}

static void
put_dict (Writer *writer, MpValue dict)
{
  put_string (writer, "{");
  for (size_t i = 0; i < mp_value_count (dict) && !writer->full; i++)
    {
      const MpEntry *entry = &dict.data->entries[i];

      put_string (writer, i > 0 ? ", " : "");
      put_text (writer, entry->key, strlen (entry->key));
      put_string (writer, ": ");
      put_value (writer, entry->item);
    }
  put_string (writer, "}");
}

static void
put_value (Writer *writer, MpValue value)
{
  char number[32];

  switch (value.type)
    {
    case MP_NONE:
      put_string (writer, "None");
      return;
    case MP_BOOL:
      put_string (writer, value.boolean ? "True" : "False");
      return;
    case MP_INT:
      snprintf (number, sizeof number, "%" PRId64, value.integer);
      put_string (writer, number);
      return;
    case MP_FLOAT:
      mp_double_text (value.number, number);
      put_string (writer, number);
      return;
    case MP_TEXT:
      put_text (
          writer, value.data != NULL ? value.data->bytes : "", mp_value_count (value));
      return;
    case MP_BYTES:
      put_bytes (
          writer, value.data != NULL ? value.data->bytes : "", mp_value_count (value));
      return;
    case MP_LIST:
      put_list (writer, value);
      return;
    case MP_DICT:
      put_dict (writer, value);
      return;
    }
}

size_t
mp_utf8_decode (const char *text, size_t n, uint32_t *ret_char)
{
  static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  const unsigned char *bytes = (const unsigned char *)text;
  size_t length;
  uint32_t character;

  if (bytes[0] < 0x80)
    {
      *ret_char = bytes[0];
      return 1;
    }
  if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
    return 0;
  length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  if (length > n)
    return 0;
  character = bytes[0] & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; i++)
    {
      if ((bytes[i] & 0xc0) != 0x80)
        return 0;
      character = character << 6 | (bytes[i] & 0x3f);
    }
  if (character < lowest[length] || character > 0x10ffff
      || (character >= 0xd800 && character < 0xe000))
    return 0;
  *ret_char = character;
  return length;
}

size_t
mp_double_text (double number, char ret_text[32])
{
  char scientific[40];
  char decimal[48] = "inf";
  locale_t old;

  if (isnan (number))
    return (size_t)sprintf (ret_text, "nan");
  if (!isinf (number))
    {
      /* The program may have set a locale that writes 0,5. */
      pthread_once (&c_locale_once, make_c_locale);
      old = uselocale (c_locale);
      format_shortest (fabs (number), scientific, sizeof scientific);
      uselocale (old);
      rewrite_decimal (scientific, decimal, sizeof decimal);
    }
  return (size_t)snprintf (
      ret_text, 32, "%s%.30s", signbit (number) ? "-" : "", decimal);
}

char *
mp_repr (MpValue value, char *ret_text, size_t size)
{
  Writer writer = { .text = ret_text, .size = size };

  if (size == 0)
    return ret_text;
  put_value (&writer, value);
  finish (&writer);
  return ret_text;
}
