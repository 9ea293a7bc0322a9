/* action_result: what a shared cache has under a key: the ActionResult of the Remote Execution API, as bytes.
 *
 * Foreign bytes: nothing of it is believed but its form. A path is any text without a NUL, a digest 64 hex digits
 * with a size that is not negative, a file that carries its contents carries as many as its digest says. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

struct arena;
struct err;
struct str;

#define ACTION_RESULT_MAX (1u << 20) /* a longer one is none */

struct action_file {
	const char *path;
	struct hash digest;
	uint64_t size;
	bool executable;
	const void
		*contents; /* the bytes themselves, or NULL: they are asked for by digest. Not hashed by the reader */
};

struct action_link {
	const char *path, *target;
};

struct action_result {
	const struct action_file *files;
	size_t nfiles;
	const struct action_link *links;
	size_t nlinks;
	int exit_code;
	bool has_stdout;
	struct hash stdout_digest;
	uint64_t stdout_size;
	const char *worker; /* "" unknown */
};

/* Adds the bytes; equal ones for an equal result. */
void action_result_write(const struct action_result *r, struct str *out);
/* Everything lives in the arena. */
int action_result_read(const void *p, size_t n, struct arena *a, struct action_result *out, struct err *err);
/* The file at `path`, or NULL. */
const struct action_file *action_result_find(const struct action_result *r, const char *path);
