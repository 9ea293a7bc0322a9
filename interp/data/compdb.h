/* compdb: compile_commands.json, from the .cmd files that Kbuild leaves beside each object. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct str;

struct compiled {
	const char *command; /* as a shell takes it, without what runs behind the compiler */
	const char *file;    /* the source: its last word */
};
/* What a .cmd file says of the compile of a .c or .S file; false when it says nothing of the kind. */
bool compdb_parse(const char *text, size_t len, struct arena *a, struct compiled *out);

struct moved {
	const char *from, *to; /* folders */
};
/* Adds `text` with each of these folders, where it stands as a whole name, in its new place; in one word of a shell
 * when `quoted`. `moved` is ended by {0}. */
void compdb_move(const char *text, const struct moved *moved, bool quoted, struct str *out);
