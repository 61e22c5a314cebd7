/* SPDX-License-Identifier: MIT */

/* Writes a sample as a recording: procession-sample NAME FILE. */
#include "pn-sample.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stream = argc == 3 ? pn_sample_by_name (argv[1]) : NULL;
  gsize bytes;
  const char *data;

  if (stream == NULL)
    {
      g_autofree char *names = g_strjoinv (" ", (char **)pn_sample_get_names ());

      g_printerr ("usage: procession-sample NAME FILE; names: %s\n", names);
      return 2;
    }
  data = g_bytes_get_data (stream, &bytes);
  if (!g_file_set_contents (argv[2], data, (gssize)bytes, &error))
    {
      g_printerr ("procession-sample: %s\n", error->message);
      return 1;
    }
  return 0;
}
