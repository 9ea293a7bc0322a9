/* bisect: what differs between two recipes as changes that can be made one by one, and builds with some of them. */
#pragma once
#include "cli/session.h"
#include "data/culprit.h"

/* One thing that differs, as a person would name it. */
struct bisect_change {
	const char *kind; /* "patch", "symbol", "parameter", "commit", "pin", "steps" */
	const char *name;
	const char *step;  /* the first that it is about, or NULL */
	const char *a, *b; /* both values as text; NULL: not there */
};

/* A value that depends on a change: `a` without it, `b` with it; NULL: none. */
struct mix_item {
	const char *name;
	const struct value *a, *b;
	long change; /* -1: the same in both */
};

/* How a parameter of a step is put together. */
enum mix_kind {
	MIX_VALUE,   /* one item is all of it */
	MIX_PATCHES, /* a list of files */
	MIX_SYMBOLS, /* a table of symbols */
	MIX_COMMIT,  /* the last item that is on */
	MIX_PIN,     /* a line of jkr.lock; `field` is its name */
};
struct mix {
	enum mix_kind kind;
	const char *step, *field; /* field "": the positional items */
	struct mix_item *v;
	size_t n, cap;
};

struct bisect_side {
	const char *shown;
	struct cli *cli;
	struct session s;
	struct recipe *recipe;
	struct value *params; /* of all steps, as they were loaded */
	bool opened;
};

/* A state that was tried. */
struct bisect_probe {
	size_t on;
	enum verdict verdict;
	double seconds;
	bool known;   /* from an earlier run of the command */
	bool passing; /* of this machine, not of the state: asked anew the next time */
	const char *why;
};

struct bisect {
	struct cli *cli;
	struct arena *a;
	struct bisect_side side[2]; /* good, bad */
	struct bisect_change *v;
	unsigned *chain;
	size_t n, cap, capchain;
	struct mix *mixes;
	size_t nmixes, capmixes;
	long recipe;        /* the change that takes the steps of the second recipe, -1: they have the same */
	const char *judge;  /* name of a step; with a script NULL */
	struct hash script; /* what the script holds */
	struct bisect_probe *probes;
	size_t nprobes, capprobes;
	int interrupted;
};

/* bisect_changes.c: finds all changes, in the order in which they are tried: recipe, pins, commits, patches,
 * parameters, symbols. */
int bisect_changes(struct bisect *b, struct err *err);
/* Adds a change of a chain (0: none), or gives the one that is already there under the same kind, name and values. */
long bisect_add(struct bisect *b, const struct bisect_change *c, unsigned chain);
struct mix *bisect_mix(struct bisect *b, enum mix_kind kind, const char *step, const char *field);
void bisect_item(struct mix *m, const struct mix_item *item);

/* bisect_patches.c: patches and symbols; false where the parameter can only be taken as a whole. */
bool bisect_patches(struct bisect *b, const struct step *x, const struct step *y);
bool bisect_symbols(struct bisect *b, const struct step *x, const struct step *y, const struct param *p);
/* bisect_commits.c: the commits between two of a repository, in their order; false where there is no such history. */
bool bisect_commits(struct bisect *b, const struct step *x, const struct step *y);

/* bisect_apply.c: makes a recipe of a state: gives the side whose session it is. */
int bisect_apply(struct bisect *b, const bool *on, struct bisect_side **out, struct err *err);
/* Puts a recipe back as it was loaded. */
int bisect_restore(struct bisect_side *s, struct err *err);

/* bisect_probe.c: builds a state and asks the judge. */
int bisect_probe(void *bisect, const bool *on, enum verdict *out, struct err *err);
/* Builds one end as it is. Without a judge the one that fails in the second becomes it. */
int bisect_end(struct bisect *b, int which, enum verdict *out, struct err *err);
