/* kept_own: how a kept plan lies in its file, shared by kept*.c. Numbers are in this machine's order.
 *
 * Under the seal: sections, each a 64-bit length, so many bytes, and padding to 8. Strings are offsets into the last
 * section; NONE stands for NULL. */
#pragma once
#include <stdint.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/session.h"

#define KEPT_NONE UINT32_MAX

enum { PART_HEAD, PART_PROOF, PART_STEPS, PART_ORDER, PART_INPUTS, PART_RESULTS, PART_LOOKS, PART_STRINGS, PARTS };

struct kept_head {
	struct hash build, name, lock;
	uint32_t recipe, version;
};

struct kept_place {
	uint32_t file, key, line, col, len;
};

struct kept_step {
	uint32_t name, prim, state, reason; /* state KEPT_NONE: not wanted */
	uint32_t first, ninputs;            /* in PART_INPUTS */
	struct kept_place at;
	uint32_t has_key;
	int64_t epoch;
	double seconds;
	struct hash key, tree;
};

/* What the recipe returned: its references, in their order. */
struct kept_result {
	uint32_t step, path;
	struct kept_place at;
};

enum look_kind {
	LOOK_TEXT,   /* a text of the load */
	LOOK_FILE,   /* what a file or folder holds */
	LOOK_OPEN,   /* a folder that no wanted step takes in: it is there */
	LOOK_GLOB,   /* the names that a pattern matches */
	LOOK_STAGED, /* where a staged file is; pinned ones with what it holds */
	LOOK_PLACE,  /* where a staged folder really is; what it holds is a LOOK_FILE of that */
	LOOK_RESULT, /* a text file of a result */
};

/* One thing outside the store's records that the plan rests on, and what was found there. */
struct kept_look {
	uint32_t kind,
		flag; /* flag: LOOK_TEXT data, LOOK_FILE executable, LOOK_STAGED and LOOK_PLACE 0, 1, or 2 (several) */
	uint32_t root, rel;
	uint32_t shown; /* LOOK_TEXT: KEPT_NONE when absent; of what is staged: where it was found */
	uint32_t pinned;
	struct hash tree; /* LOOK_RESULT */
	struct hash hash;
};

/* What a session knows of its kept plan. */
struct kept {
	struct hash build, name;
	int64_t since; /* statcache_now before anything was read */
};

/* A plan on its way into a file. */
struct keeping {
	struct session *s;
	struct str parts[PARTS];
	struct map strings; /* text → offset plus 1 */
	struct map looked;  /* what is among PART_LOOKS already, by kind and path */
};
uint32_t kept_string(struct keeping *k, const char *s);

/* kept_looks.c: adds all that the plan rests on; false when something cannot be told for ever. */
bool kept_add_looks(struct keeping *k);
/* Whether it is as it was. `root`, `rel` and `shown` are the strings of the look. LOOK_TEXT is load_again's. */
bool kept_look_holds(struct session *s, const struct kept_look *l, const char *root, const char *rel,
		     const char *shown);
/* What jkr.lock pins, as one hash. */
struct hash kept_lock(const struct lock *lock);

/* kept_read.c: fills the session from the bytes in s->recipe->bytes; false when they are no answer (any more). */
bool kept_read(struct session *s);
