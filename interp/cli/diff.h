/* diff: two sides (recipes, bundles, folders, files), compared by one table of kinds of things. */
#pragma once
#include "cli/configured.h"
#include "cli/session.h"
#include "data/modset.h"
#include "data/view.h"

struct diff_config {
	const char *name; /* the check of a recipe, the path of a file */
	struct configured c;
};

/* A file under the name by which it is paired: where its own release stands in the path, "RELEASE" does. */
struct diff_file {
	const char *name;
	const struct view_file *f;
};

struct diff_side {
	struct cli *main; /* the command's own */
	struct cli *cli;  /* with the options of this side */
	const char *shown;
	bool single;  /* one file, which is compared whatever it is called */
	bool partial; /* a recipe, not all of which is built: no files are known */
	struct session *s;
	struct recipe *recipe;
	struct view view;
	struct diff_file *files; /* sorted by name */
	size_t nfiles;
	const char *release; /* of lib/modules/RELEASE, or NULL */
	struct diff_config *configs;
	size_t nconfigs;
	struct modset modules; /* read when first asked for */
	bool modules_read, archive;
	int dir;
};

/* One thing that differs. */
struct diff_row {
	const char *name;
	const char *a, *b;       /* NULL: not there */
	const char *at_a, *at_b; /* where it was asked for, or NULL */
	const char *note;        /* instead of or beside both, or NULL */
	bool follows;            /* from other rows: counted, shown with -v */
};

struct diffing {
	struct cli *cli;
	struct arena *a;
	struct diff_side side[2];
};

struct diff_rows {
	struct diff_row *v;
	size_t n, cap, follows;
	const char *one, *many; /* what is counted: "symbol asked for", "symbols asked for" */
};

/* A kind of things. `has`: whether a side holds any. It is compared where both do, or where one of two whole sides
 * does. */
enum { DIFF_BOTH = 1 /* only where both do */, DIFF_ALIKE = 2 /* not a file with a folder */ };
struct diff_kind {
	const char *name, *doc;
	unsigned flags;
	bool (*has)(const struct diff_side *s);
	int (*compare)(struct diffing *d, struct diff_rows *out, struct err *err);
};

extern const struct diff_kind diff_kinds[]; /* ended by an entry without a name */

/* diff_side.c: `word` is a file, an archive, a folder, or what `jkr run` takes, as one word: a recipe, RECIPE:STEP,
 * RECIPE:STEP@KEY of `jkr ls builds`, with options behind it. */
int diff_side_open(struct cli *cli, const char *word, struct diff_side *out, struct err *err);
/* diff_recipe.c: the same for a recipe. */
int diff_side_recipe(struct diff_side *s, struct cli *main, const char *word, struct err *err);
void diff_side_close(struct diff_side *s);
/* Forgets what is in archives that the other side holds damaged: nobody knows whether it differs. */
void diff_side_forget(struct diff_side *s, const struct diff_side *damaged);
/* The files of a side whose names end in one of these, ended by NULL; from index `from` on; NULL at the end. */
const struct diff_file *diff_side_file(const struct diff_side *s, const char *const *ends, size_t *from);
int diff_side_read(const struct diff_side *s, const struct view_file *f, size_t max, struct str *out, struct err *err);
const struct diff_file *diff_side_find(const struct diff_side *s, const char *name);
/* All modules, with their symbols. */
const struct modset *diff_side_modules(struct diff_side *s, struct err *err);

void diff_add(struct diff_rows *rows, const struct diff_row *row);
/* Calls `fn` for each two files of one name that ends in one of these; NULL: only one side has it. Two single files
 * are a pair whatever they are called; a single one goes with the file of its own name, or with the only one. */
typedef int (*diff_pair_fn)(void *ctx, const struct diff_file *a, const struct diff_file *b);
int diff_pairs(const struct diffing *d, const char *const *ends, diff_pair_fn fn, void *ctx);

/* diff_show.c */
struct diff_told {
	const struct diff_kind *kind;
	struct diff_rows rows;
};
void diff_print(const struct diffing *d, const struct diff_told *v, size_t n);
void diff_print_json(const struct diffing *d, const struct diff_told *v, size_t n);

/* The comparers, one file each. */
bool diff_has_inputs(const struct diff_side *s);
int diff_inputs(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_manifest(const struct diff_side *s);
int diff_manifest(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_config(const struct diff_side *s);
int diff_config(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_devicetree(const struct diff_side *s);
int diff_devicetree(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_modules(const struct diff_side *s);
int diff_modules(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_symbols(const struct diff_side *s);
int diff_symbols(struct diffing *d, struct diff_rows *out, struct err *err);
bool diff_has_files(const struct diff_side *s);
int diff_sizes(struct diffing *d, struct diff_rows *out, struct err *err);
int diff_files(struct diffing *d, struct diff_rows *out, struct err *err);
