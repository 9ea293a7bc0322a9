/* inflate: a zlib stream in memory whose size is known. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Whether `z` is one whole stream that holds exactly `n` bytes; they are put into `out`. */
bool inflate_exact(const void *z, size_t nz, void *out, size_t n);
