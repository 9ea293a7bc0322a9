/* archive_check: what libarchive lets pass, looked at in the bytes. Private to archive.c. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

/* A zip is read from memory, for its list of members stands at its end. */
#define ZIP_MAX ((size_t)1 << 30)

/* Whether 512 bytes are a tar header with a right checksum, or the zeros of an empty tar. */
bool tar_looks_like(const unsigned char *p);
/* A zip names its members twice, and readers differ in what they believe: both names must be equal,
 * and no two members may share their bytes. */
int zip_check(const unsigned char *p, size_t n, const char *label, struct err *err);
