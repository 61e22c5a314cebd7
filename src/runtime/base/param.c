/* SPDX-License-Identifier: MIT */
#include "mp-private.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The text behind "NAME=" on the command line, the last one if there are several. */
static const char *
find (const char *name)
{
  size_t bytes = strlen (name);
  const char *found = NULL;
  char **argv;
  int argc;

  mp_arguments (&argc, &argv);
  for (int i = 1; i < argc; i++)
    if (strncmp (argv[i], name, bytes) == 0 && argv[i][bytes] == '=')
      found = argv[i] + bytes + 1;
  return found;
}

/* The program may have set a locale with a decimal comma. */
static double
read_float (const char *text, char **ret_end)
{
  locale_t c_locale = newlocale (LC_ALL_MASK, "C", NULL);
  double number;

  if (c_locale == NULL)
    return strtod (text, ret_end);
  number = strtod_l (text, ret_end, c_locale);
  freelocale (c_locale);
  return number;
}

static bool
is_one_of (const char *text, const char *a, const char *b, const char *c)
{
  return strcasecmp (text, a) == 0 || strcasecmp (text, b) == 0
         || strcmp (text, c) == 0;
}

int64_t
mp_param_int (const char *name, int64_t fallback)
{
  const char *text = find (name);
  int saved_errno = errno;
  long long number;
  bool fits;
  char *end;

  if (text == NULL || *text == '\0' || isspace ((unsigned char)*text))
    return fallback;
  errno = 0;
  number = strtoll (text, &end, 10);
  fits = errno == 0 && *end == '\0';
  errno = saved_errno;
  return fits ? number : fallback;
}

double
mp_param_float (const char *name, double fallback)
{
  const char *text = find (name);
  int saved_errno = errno;
  double number;
  char *end;

  if (text == NULL || *text == '\0' || isspace ((unsigned char)*text))
    return fallback;
  number = read_float (text, &end);
  errno = saved_errno;
  return *end == '\0' && isfinite (number) ? number : fallback;
}

bool
mp_param_bool (const char *name, bool fallback)
{
  const char *text = find (name);

  if (text == NULL)
    return fallback;
  if (is_one_of (text, "true", "yes", "1"))
    return true;
  if (is_one_of (text, "false", "no", "0"))
    return false;
  return fallback;
}

const char *
mp_param_text (const char *name, const char *fallback)
{
  const char *text = find (name);

  return text != NULL ? text : fallback;
}
