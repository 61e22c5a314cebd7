/* SPDX-License-Identifier: MIT */
#include "pn-command.h"

int
pn_command_export (int argc, char **argv)
{
  g_auto (PnPictureArgs) args = { NULL };
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "output",
      'o',
      0,
      G_OPTION_ARG_FILENAME,
      &path,
      "Where to; the ending says what: .png .svg .pdf .json .csv",
      "FILE" },
    { "at",
      0,
      0,
      G_OPTION_ARG_STRING,
      &args.at,
      "Veil what comes after this event, as “events” numbers them",
      "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (PnModel) model = NULL;
  PnExportOptions options;
  int status = pn_command_parse (
      &argc,
      &argv,
      entries,
      pn_picture_args_new_group (&args),
      "FILE",
      1,
      "Writes a recording as a picture for a slide, or its events as a table.");

  if (status >= 0)
    return status;
  if (!path)
    return pn_command_misused ("export", "--output FILE is missing");
  if (!pn_picture_args_parse (&args, &options) || !pn_command_can_export (path))
    return PN_EXIT_USAGE;
  model = pn_command_open (argv[1]);
  if (!model)
    return PN_EXIT_FAILED;
  if (args.at
      && !pn_command_find_event ("export", model, args.at, &options.at, &status))
    return status;
  options.title = pn_command_get_title (model);
  return pn_command_export_file (model, &options, path) ? PN_EXIT_OK : PN_EXIT_FAILED;
}
