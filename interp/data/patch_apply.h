/* patch_apply: the hunks of one change, put into a text in memory.
 *
 * Every old line must be there, byte by byte. A hunk that moved is found at the nearest place where
 * all its old lines stand; lines at the ends of its context are only let go when fuzz is asked for. */
#pragma once
#include "data/patchfile.h"

struct str;

struct patch_options {
	unsigned fuzz; /* lines of context at either end that may differ */
	bool reverse;
	bool lean; /* as patch(1): a hunk without context may move; one with less of it behind ends the file */
};

/* Where a hunk went. */
struct hunk_place {
	unsigned line; /* in the old text, from 1 */
	long offset;   /* from where the patch says */
	unsigned fuzz; /* lines of context let go */
};

enum reject_why {
	REJECT_CONTEXT, /* lines differ */
	REJECT_CR,      /* they differ in CR LF and LF only */
	REJECT_SPACE,   /* they differ in white space only */
	REJECT_EDGE,    /* it stands at `near`, but belongs at the file's start or end */
	REJECT_ORDER,   /* it stands at `near`, before the hunk that precedes it */
	REJECT_BARE,    /* it has no context lines */
};

#define REJECT_DIFFS 3

struct reject_diff {
	unsigned patch_line, file_line; /* file_line 0: the file has ended */
	const char *want, *have;        /* without line ends; borrowed from patch and text */
	size_t want_len, have_len;
};

struct patch_reject {
	enum reject_why why;
	size_t hunk;
	unsigned near;            /* line of the nearest match, 0: nothing like it */
	unsigned matching, lines; /* old lines that are there, of how many */
	unsigned fuzz;            /* with which it would apply; 0: with none up to 3 */
	struct reject_diff diff[REJECT_DIFFS];
	unsigned ndiff;
};

/* Adds the new text to `out`. 0, or 1 with `reject` when a hunk does not apply; `places` takes one
 * entry for each hunk. */
int patch_apply_text(const struct patch_change *c, const char *text, size_t len, const struct patch_options *o,
		     struct str *out, struct hunk_place *places, struct patch_reject *reject);
