/* contents: what a bundle holds, a folder or an archive of this machine: each file with its hash, and the texts that
 * describe it. Archives inside (a packed root file system) are looked into, one level deep. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

struct content {
	const char *path; /* clean; of a file in an archive inside "rootfs.tar.zst!/etc/hostname" */
	struct hash hash;
	uint64_t size;
	const char *text; /* of a list, a signature or a manifest: its bytes, else NULL */
	size_t ntext;
	const char
		*banner; /* of a kernel image: its lines "Linux version …", of which one is the kernel's; else NULL */
	bool inside;     /* of an archive inside */
};

struct contents {
	struct arena arena;
	struct content *v; /* sorted by path_cmp */
	size_t n, cap;
	struct err unread; /* why archives of a folder could not be looked into: what they hold is not all in `v` */
};

/* Reads the folder or archive at `path`. Links are no files and are left out. */
int contents_read(struct contents *c, const char *path, struct err *err);
void contents_free(struct contents *c);
/* The file of a path; NULL when there is none. */
const struct content *contents_find(const struct contents *c, const char *path);
/* The first file whose path ends in `tail` behind a slash, or is it; NULL when there is none. */
const struct content *contents_tail(const struct contents *c, const char *tail);
