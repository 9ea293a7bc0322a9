/* together: overlays put on a base one upon the other, in their order, as a loader does. */
#pragma once
#include <stddef.h>

struct dtb_blob;
struct err;

/* Each must apply to what those before it made (overlay.h), and no two may write one property with different values:
 * the last would win in silence. Collects mistakes; a mistake about overlay i is given to `at`, which may say its
 * place. `at` may be NULL. */
typedef void (*together_at_fn)(void *ctx, size_t overlay, struct err *err);
int together_check(const struct dtb_blob *overlays, size_t n, const struct dtb_blob *base, together_at_fn at, void *ctx,
		   struct err *err);
