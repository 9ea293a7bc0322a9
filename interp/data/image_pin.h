/* image_pin: the text that pins an image of Debian packages in jkr.lock:
 *
 *   amd64 bytes:123456 [sha256:HEX] base-files=12.4 make=4.3-4 …
 *
 * The architecture, what is to be downloaded, the versions of all packages. The hash is of the tar that
 * model/image_tar.h makes of the image; it is there since the recipe's sources were exported, with that tar. */
#pragma once
#include "base/map.h"

struct arena;
struct str;

struct image_pin {
	const char *arch;
	unsigned long long bytes;
	const char *sha256;  /* hex, or NULL */
	struct map versions; /* package → version (char *); the caller frees it in any case */
};

/* Strings live in the arena; -1: it is no such text. */
int image_pin_parse(const char *text, struct arena *a, struct image_pin *out);
/* The text with another hash, or none (NULL). */
void image_pin_format(const char *text, const char *sha256, struct str *out);
