/* decompress: gzip, xz and zstd data in memory, recognised by their first bytes, never past a bound. */
#pragma once
#include <stddef.h>

struct err;
struct str;

enum packing { PACK_NONE, PACK_GZIP, PACK_XZ, PACK_ZSTD };

enum packing packing_of(const void *p, size_t n);
const char *packing_name(enum packing k); /* "gzip" */
/* Adds what `p` unpacks to, at most `max` bytes; a damaged or cut stream is an error. */
int decompress(enum packing k, const void *p, size_t n, size_t max, struct str *out, struct err *err);
