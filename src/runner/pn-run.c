/* SPDX-License-Identifier: MIT */
#include "pn-run.h"

#include <stdarg.h>
#include <stdio.h>

void
pn_run_stop (PnRun *run, const char *format, ...)
{
  va_list args;

  if (run->stopping)
    return;
  run->stopping = true;
  va_start (args, format);
  vsnprintf (run->reason, sizeof run->reason, format, args);
  va_end (args);
}
