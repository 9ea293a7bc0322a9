/* merge: takes what an overlay's upper folder holds into its lower folder, by rename. */
#pragma once
#include <stdbool.h>

/* Whiteouts delete, opaque folders replace; the upper is used up. Both on one file system, and the
 * lower is a plain folder of ours. -1 with errno, and then the lower is in between. */
int merge_upper(int lower, int upper);
/* Whether this folder of an upper hides the one below it. */
bool merge_hides(int folder);
