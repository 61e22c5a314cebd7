/* SPDX-License-Identifier: MIT */
#include "pn-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/close_range.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define PROCESSES_MAX 512
#define SECONDS_MAX (24 * 60 * 60)

static const char usage[]
    = "usage: procession-runner [--output-fd N] [--control-fd N] [--processes N]\n"
      "                         [--seconds N] [--output-bytes N] [--name TEXT]\n"
      "                         -- PROGRAM [ARG...]\n"
      "\n"
      "Runs PROGRAM and writes what its processes do to --output-fd (1) as a stream "
      "of\n"
      "events. Reads commands from --control-fd (0): 's' stops the run. All processes\n"
      "end when either is closed at its other end; /dev/null is never closed. The\n"
      "program's stdout and stderr are sockets: they can't be opened again as\n"
      "/dev/stdout or /dev/stderr.\n"
      "\n"
      "  --processes N     at the same time (64; 512 at most)\n"
      "  --seconds N       for the whole run, processes included that the main one "
      "left\n"
      "                    behind: the run goes on until they end (60)\n"
      "  --output-bytes N  of stdout and stderr (1048576)\n"
      "  --name TEXT       what the recording calls the run (the command line)\n"
      "\n"
      "Exit status: 0 a whole stream was written; 1 it was not, or PROGRAM could not "
      "be\n"
      "started; 2 wrong usage.\n";

enum
{
  OPTION_OUTPUT_FD = 256,
  OPTION_CONTROL_FD,
  OPTION_PROCESSES,
  OPTION_SECONDS,
  OPTION_OUTPUT_BYTES,
  OPTION_NAME,
  OPTION_HELP
};

static const struct option long_options[]
    = { { "output-fd", required_argument, NULL, OPTION_OUTPUT_FD },
        { "control-fd", required_argument, NULL, OPTION_CONTROL_FD },
        { "processes", required_argument, NULL, OPTION_PROCESSES },
        { "seconds", required_argument, NULL, OPTION_SECONDS },
        { "output-bytes", required_argument, NULL, OPTION_OUTPUT_BYTES },
        { "name", required_argument, NULL, OPTION_NAME },
        { "help", no_argument, NULL, OPTION_HELP },
        { 0 } };

static int
wrong_usage (const char *what, const char *text)
{
  fprintf (stderr, "procession-runner: %s%s; see --help\n", what, text);
  return EXIT_USAGE;
}

static bool
parse_number (const char *text, long long min, long long max, long long *ret_number)
{
  char *end;
  long long number;

  errno = 0;
  number = strtoll (text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || number < min || number > max)
    return false;
  *ret_number = number;
  return true;
}

/* Takes one option. Returns 0 or an exit status. */
static int
take_option (PnOptions *options, int option)
{
  long long number = 0;

  switch (option)
    {
    case OPTION_OUTPUT_FD:
      if (!parse_number (optarg, 0, 1 << 20, &number))
        return wrong_usage ("--output-fd wants the number of an open pipe, not ",
                            optarg);
      options->output_fd = (int)number;
      return 0;
    case OPTION_CONTROL_FD:
      if (!parse_number (optarg, 0, 1 << 20, &number))
        return wrong_usage ("--control-fd wants the number of an open pipe, not ",
                            optarg);
      options->control_fd = (int)number;
      return 0;
    case OPTION_PROCESSES:
      if (!parse_number (optarg, 1, PROCESSES_MAX, &number))
        return wrong_usage ("--processes wants a number from 1 to 512, not ", optarg);
      options->processes = (int)number;
      return 0;
    case OPTION_SECONDS:
      if (!parse_number (optarg, 1, SECONDS_MAX, &number))
        return wrong_usage ("--seconds wants a number from 1 to 86400, not ", optarg);
      options->seconds = (int)number;
      return 0;
    case OPTION_OUTPUT_BYTES:
      if (!parse_number (optarg, 1, 1ll << 40, &number))
        return wrong_usage ("--output-bytes wants a number from 1 on, not ", optarg);
      options->output_bytes = (uint64_t)number;
      return 0;
    case OPTION_NAME:
      options->name = optarg;
      return 0;
    default:
      return EXIT_USAGE; /* getopt has said why */
    }
}

static int
check_descriptors (const PnOptions *options)
{
  char text[32];
  int mode;

  mode = fcntl (options->output_fd, F_GETFL);
  snprintf (text, sizeof text, "%d", options->output_fd);
  if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
    return wrong_usage ("nothing can be written to descriptor ", text);
  if (isatty (options->output_fd))
    return wrong_usage (
        "the stream is not for a terminal; give it a pipe as descriptor ", text);
  mode = fcntl (options->control_fd, F_GETFL);
  snprintf (text, sizeof text, "%d", options->control_fd);
  if (mode < 0 || (mode & O_ACCMODE) == O_WRONLY)
    return wrong_usage ("no commands can be read from descriptor ", text);

  /* No descriptor of ours may become 0, 1 or 2. */
  do
    mode = open ("/dev/null", O_RDWR | O_CLOEXEC);
  while (mode >= 0 && mode < 3);

  /* Nothing of the app's is for the program. Its 0, 1 and 2 are put in place later. */
  close_range (3, ~0u, CLOSE_RANGE_CLOEXEC);
  return 0;
}

int
main (int argc, char **argv)
{
  PnOptions options = {
    .output_fd = STDOUT_FILENO,
    .control_fd = STDIN_FILENO,
    .processes = 64,
    .seconds = 60,
    .output_bytes = 1024 * 1024,
  };
  int option;
  int result;

  while ((option = getopt_long (argc, argv, "+", long_options, NULL)) != -1)
    {
      if (option == OPTION_HELP)
        return fputs (usage, stdout) < 0 ? 1 : 0;
      result = take_option (&options, option);
      if (result != 0)
        return result;
    }
  if (optind == argc)
    return wrong_usage ("no program given", "");
  options.arguments = argv + optind;
  result = check_descriptors (&options);
  if (result != 0)
    return result;
  return pn_guard_run (&options);
}
