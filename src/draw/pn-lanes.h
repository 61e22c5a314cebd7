/* SPDX-License-Identifier: MIT */
#pragma once

/* PnLanes: the vertical arrangement: which lane stands where, and how high its parts
 * are. All in logical pixels of the picture, scrolling taken off. */

#include "pn-history.h"
#include "pn-view.h"

G_BEGIN_DECLS

typedef enum
{
  PN_DENSITY_ROOMY,
  PN_DENSITY_COMPACT,
  PN_DENSITY_DENSE /* name and pid in one line, strips without labels */
} PnDensity;

/* One lane. Either `process` or `object` is not NULL. */
typedef struct
{
  const PnProcessLane *process;
  const PnObjectLane *object;
  double y;
  double height;
  double bar_y; /* bars, blocks, cells, the first task's row, the area of a depth */
  double bar_height;
  double row_y; /* strips under the bar, waiters under the blocks; row i at
                 * row_y + i * row_pitch */
  double row_height;
  double row_pitch;
  guint n_rows;
} PnLane;

typedef struct
{
  PnDensity density;
  double factor; /* of the font, against the normal one */
  double head_width;
  double top; /* of the lanes: title and ruler stand above */
  double title_height;
  double ruler_height;
  double full_height; /* with `top` */
  double section_y;   /* the band "OBJECTS"; no objects: below 0 */
  double section_height;
  GArray *lanes; /* PnLane: processes, then objects */
  guint n_processes;
  GHashTable *by_process; /* number -> index + 1 */
  GHashTable *by_object;
} PnLanes;

/* Borrows the history's lanes: good until it changes. Picks the roomiest density at
 * which all lanes fit into the view's height, or the last. Cost: O(lanes). */
void pn_lanes_init (PnLanes *lanes, const PnHistory *history, const PnView *view);
void pn_lanes_clear (PnLanes *lanes);

/* NULL: there is no such lane. */
const PnLane *pn_lanes_get_process (const PnLanes *lanes, guint32 process);
const PnLane *pn_lanes_get_object (const PnLanes *lanes, guint32 object);

/* Where the strips under a process's bar end. */
double pn_lane_rows_end (const PnLane *lane);

/* How far the name is moved to the right by the lane's depth in the tree. */
double pn_lanes_indent (const PnLanes *lanes, const PnLane *lane);

/* What stands below a lane's name: "pid 4712", "MpQueue, depth". Owned. */
char *pn_lane_dup_subtitle (const PnLane *lane);

G_END_DECLS
