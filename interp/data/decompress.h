/* decompress: compressed data in memory, unpacked in memory, never past a bound. */
#pragma once
#include <stddef.h>

struct err;
struct str;

enum packing { PACK_NONE, PACK_GZIP, PACK_XZ, PACK_ZSTD };

/* What the first bytes say. */
enum packing packing_of(const void *p, size_t n);
const char *packing_name(enum packing k); /* "gzip" */
/* Adds what `p` unpacks to, at most `max` bytes; a damaged or cut stream is an error. */
int decompress(const void *p, size_t n, const char *label, size_t max, struct str *out, struct err *err);
