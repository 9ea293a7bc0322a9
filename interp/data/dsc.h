/* dsc: what a Debian source package says of itself: its format, and the files it is made of with their hashes.
 *
 * The signature around the text is taken off and not proved: who names a .dsc pins it by its hash. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

enum dsc_format { DSC_1, DSC_NATIVE, DSC_QUILT }; /* 1.0, 3.0 (native), 3.0 (quilt) */

enum dsc_part {
	DSC_ORIG,      /* what the author released; of a native package all of it */
	DSC_COMPONENT, /* a further release, which goes into the folder `component` */
	DSC_DEBIAN,    /* the folder debian/ of a 3.0 (quilt) */
	DSC_DIFF,      /* one patch over all, of a 1.0 */
	DSC_SIGNATURE, /* of a release: nothing to unpack */
};

struct dsc_file {
	const char *name; /* of a file beside the .dsc */
	const char *sha256;
	uint64_t size;
	enum dsc_part part;
	const char *component;
};

struct dsc {
	const char *source, *version;
	enum dsc_format format;
	struct dsc_file *v; /* in the order in which they are unpacked */
	size_t n;
	uint64_t size; /* of all */
};

#define DSC_MAX ((size_t)1 << 20)

/* Reads the text of a .dsc; `name` is how messages call it. Every file has a plain name and a SHA-256, and the files
 * are those that the format has. */
int dsc_parse(const char *name, const char *text, size_t len, struct arena *a, struct dsc *out, struct err *err);
