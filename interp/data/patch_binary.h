/* patch_binary: git's binary patches: base85, deflate and its delta. */
#pragma once
#include "data/patchfile.h"

struct str;

/* The most that one side of a binary change may hold. */
#define PATCH_BLOB_MAX ((size_t)128 << 20)

/* Applies one side to `old` and adds the new content to `out`. NULL, or why it cannot be done
 * (a constant sentence part). */
const char *patch_blob_apply(const struct patch_blob *b, const char *old, size_t len, struct str *out);
