/* overlaid: what an overlay did to its base that no loader says: it took a phandle or a label from a node that others
 * refer to, or it left entries of `reg` that do not fit their bus. */
#pragma once
#include <stdbool.h>

struct arena;
struct dtb_blob;
struct err;

/* `merged`: the base with the overlay applied. What was wrong with the base before is not said. Collects mistakes. */
int overlaid_check(const struct dtb_blob *overlay, const struct dtb_blob *base, const void *merged, struct err *err);

/* Refuses an overlay that says, by `compatible` of its root, that it is for other boards than this one. */
int overlay_board_check(const struct dtb_blob *overlay, const struct dtb_blob *base, struct err *err);
/* Whether the overlay is for a board that the base is; it is where one of them has no `compatible`. The words of both,
 * as text, in `mine` and `board` (of the arena) where it is not. */
bool overlay_is_for(const void *overlay, const void *base, struct arena *a, const char **mine, const char **board);
