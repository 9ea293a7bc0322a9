/* parent: the trusted side of a load: which files a child may have, and what they are. */
#pragma once
#include "base/err.h"
#include "lua/load.h"
#include "lua/wire.h"

/* What a profile says besides options; `used` holds "pins.NAME" and "toolchains.NAME". */
struct profile {
	uint32_t unit;
	const struct value *pins, *toolchains; /* NULL: none */
	struct load_fragment *fragments;
	size_t nfragments;
	struct map used;
};

struct parent {
	const struct load_request *rq;
	struct profile profile;
	struct recipe *r;
	struct arena *a; /* the recipe's */
	struct unit unit[WIRE_UNITS];
	const char *path[WIRE_UNITS]; /* absolute, to know a file again */
	struct units units;
	size_t told;             /* units that the child knows */
	const char *main_prefix; /* before paths of the recipe's own project in messages */
	const char *main_cut;    /* what messages leave out of them, NULL: nothing */
	struct map imports;      /* roots of imports → "" or, of those that came over a network, their address */
	struct held *held;       /* who is held to what it states (held.h) */
	unsigned asked;          /* requests so far */
	size_t given;            /* bytes of text given */
	struct err *err;
};

/* Reads `rel` below `root` as a unit. 1: done (or known before), its number in `unit`; 0: there is
 * no such file; -1: a sentence. */
int files_load(struct parent *p, enum unit_kind kind, const char *root, const char *rel, uint32_t *unit, bool *known,
	       struct err *err);
/* What a request names, as a unit; like files_load. */
int files_find(struct parent *p, const struct wire_head *h, const char *name, uint32_t *unit, bool *known,
	       struct err *err);
/* Names that a request of this kind could have named, NULL: there are none. */
const char **files_hints(struct parent *p, uint32_t kind, size_t *n);
/* Answers a request into `out`. */
void files_answer(struct parent *p, const struct wire_head *head, const char *name, struct str *out);
/* The folder with jkr.yaml above a file, else the file's own folder; absolute. */
const char *files_root(struct arena *a, const char *path);
/* Names in `folder` of every search folder that end in `suffix`, without it. */
const char **files_names(struct parent *p, const char *folder, const char *suffix, size_t *n);
/* The options of a profile, before those of the command line. */
int files_profile(struct parent *p, const char *name, struct load_option **v, size_t *n, struct err *err);
/* Pins as a file declares them, with what the profile puts in their place. */
int profile_pins(struct parent *p, struct value *pins, struct err *err);
/* The image of a toolchain, likewise: url, file, sha256. */
int profile_toolchain(struct parent *p, const char *name, struct value *image, struct err *err);
/* -1 when the profile sets a pin or a toolchain that nothing in the recipe asks for. */
int profile_unused(struct parent *p, struct err *err);

/* Runs the child for the first unit; gives what it handed up, on the heap, or NULL with a sentence. */
char *load_child(struct parent *p, const char *define, size_t *len, struct err *err);
/* Makes p->r of it and resolves it. */
int recipe_take(struct parent *p, const char *bytes, size_t len, struct err *err);
int recipe_damaged(const struct parent *p, struct err *err);
/* The child's side; does not return. */
void child_main(const struct load_request *rq, const struct units *units, int fd, const char *define);
