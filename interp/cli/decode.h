/* decode: what a kernel said when it failed, with the lines of its source. */
#pragma once
#include "data/oops.h"

struct cli;
struct err;
struct str;

/* A vmlinux, a System.map or a module. */
struct decode_object {
	const char *name;   /* as it is called in sentences */
	const char *module; /* NULL: the kernel */
	int fd;
	struct oops_symbols symbols;
};

struct decode {
	struct arena arena;
	struct oops oops;
	struct decode_object *v;
	size_t n, cap;
	const char **lines; /* by word: what stands there, or NULL */
	size_t found, other;
	const char *first_other; /* of those that are of another build */
};

/* Takes what `where` is or holds: a file, a folder, or a recipe whose results the store has. */
int decode_add(struct decode *d, struct cli *cli, const char *where, struct err *err);
/* Finds every place of the oops. */
void decode_find(struct decode *d);
/* Adds to each word that was found in `object` (by `of`, an index into `v` plus 1) the lines of the source. */
struct decode_place {
	size_t of;
	const char *section;
	uint64_t address;
};
void decode_lines(struct decode *d, const struct decode_place *places);
void decode_free(struct decode *d);
