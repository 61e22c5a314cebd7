/* SPDX-License-Identifier: MIT */
#pragma once

/* Pictures for slides, from the same items as the window's. */

#include "pn-view.h"
#include "pn-model.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define PN_EXPORT_ERROR (pn_export_error_quark ())
GQuark pn_export_error_quark (void);

typedef enum
{
  PN_EXPORT_ERROR_FORMAT, /* no such file name ending */
  PN_EXPORT_ERROR_SIZE,   /* too small, or larger than 16384 pixels */
  PN_EXPORT_ERROR_WRITE
} PnExportError;

typedef enum
{
  PN_FORMAT_PNG,
  PN_FORMAT_SVG, /* with real text */
  PN_FORMAT_PDF
} PnFormat;

typedef struct
{
  PnFormat format;
  double width;   /* of the picture; 0: 1600 */
  double height;  /* 0: what the lanes need */
  double scale;   /* PNG: pixels a logical pixel; 0: 1 */
  double font_px; /* 0: as large as the size allows, to be read from the last row */
  PnAxis axis;
  PnThemeKind theme;
  gsize at;     /* playhead; G_MAXSIZE: none, nothing veiled */
  double begin; /* stretch in units of `axis`; begin == end: the whole */
  double end;
  const char *title;
} PnExportOptions;

/* A PNG of the whole in real time, light, 1600 wide and as high as the lanes need, with
 * nothing veiled. */
void pn_export_options_init (PnExportOptions *options);

/* By the file name's ending, in any case. %PN_EXPORT_ERROR_FORMAT says which there are.
 */
gboolean pn_format_from_path (const char *path, PnFormat *ret_format, GError **error);

/* Replaces @path only when all is written. Errors: %PN_EXPORT_ERROR_SIZE,
 * %PN_EXPORT_ERROR_WRITE, which names @path. Threads: that of the model. */
gboolean pn_export_file (PnModel *model,
                         const PnExportOptions *options,
                         const char *path,
                         GError **error);

GBytes *
pn_export_bytes (PnModel *model, const PnExportOptions *options, GError **error);

G_END_DECLS
