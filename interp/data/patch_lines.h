/* patch_lines: a text as lines, and finding a run of lines in it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/patch_apply.h"

/* A line with its newline, if it has one. */
struct span {
	const char *s;
	size_t len;
	unsigned line; /* in the patch, for lines of a hunk */
};

struct spans {
	struct span *v; /* heap */
	size_t n;
};

/* One hunk on its way into a text. */
struct hunk_match {
	const struct spans *text;
	const struct span *old; /* its old lines, ends that fuzz lets go left out */
	size_t n;
	size_t lowest;         /* no match before this line */
	size_t expected;       /* from 0 */
	bool at_start, at_end; /* only there */
	bool trusted;          /* without old lines it goes where it is expected */
};

struct spans patch_split(const char *text, size_t len);
/* The index of the match nearest to the expected line, or -1. */
long patch_find(const struct hunk_match *m);
/* Fills `r` with what stands nearest to the hunk. */
void patch_explain(const struct hunk_match *m, struct patch_reject *r);
