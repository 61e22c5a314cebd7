/* SPDX-License-Identifier: MIT */
#pragma once

/* Ending everything below this process. It must be a child sub-reaper: whatever loses
 * its parent then becomes its child, and no child left means nobody left. */

/* Puts this process before all that it has to end: a fork bomb leaves it its share
 * among thousands. Only root may do so (and only root has no limit on its processes).
 */
void pn_tree_hurry (void);

/* Stops all descendants, so that none can fork or react any more, then kills them.
 * Returns how many living ones it found, or -errno. Does not reap. */
int pn_tree_kill (void);

/* Kills and reaps until nobody is left. Returns only then. */
void pn_tree_end (void);
