/* load: a recipe's text to a struct recipe, without side effects. The Lua state lives and dies in a
 * child process under seccomp, rlimits and a wall clock; what comes back is data, checked again. */
#pragma once
#include "model/recipe.h"

struct err;

struct load_option {
	const char *name, *value;
	struct place at;
}; /* -D name=value */

/* A fragment that a profile replaces. */
struct load_fragment {
	const char *rel;  /* below the root of the project */
	const char *path; /* as the profile names the other */
	struct place at;
};

enum { LOAD_SECONDS = 4 };

struct load_request {
	const char *path; /* the recipe's file, absolute or relative to the caller's folder */
	const struct load_option *options;
	size_t noptions;
	const char *profile;                   /* name, or NULL */
	const struct load_fragment *fragments; /* of the profile: set by load_recipe */
	size_t nfragments;
	uint32_t profile_unit;
	const char *const *plugins; /* --plugin DIR, ended by NULL; may be NULL */
	const char *const *search;  /* folders of stdlib, recipes, plugins, toolchains: project first */
	/* The file that `use "git+…"` names, in a folder that holds its whole commit; memory of the arena. NULL: there
	 * are none. Runs between the requests of a load, and its time is not the load's. */
	int (*import)(void *ctx, const char *address, struct arena *a, struct file_ref *out, struct err *err);
	void *import_ctx;
	unsigned seconds; /* wall clock, 0: LOAD_SECONDS */
	size_t memory;    /* bytes, 0: 240 MB: with what the process itself is, below 256 MB */
};

/* The real path of the recipe's file, and the folder of its project: what the place of a recipe means to a load. */
int load_place(const struct load_request *rq, struct arena *a, const char **path, const char **root, struct err *err);
/* On success the caller frees with recipe_free. Mistakes are collected; r->sources is filled even on
 * failure, so that they can be printed with excerpts. Ends with recipe_resolve. */
int load_recipe(const struct load_request *rq, struct recipe *r, struct err *err);

/* Whether a load would be given the texts that an earlier one was given; they become sources of `r`. A load is a
 * function of these, of its request and of the place of its recipe, unless `hinted` says otherwise. */
bool load_again(struct recipe *r, const struct recipe_text *v, size_t n);

/* Documentation of a constructor written in Lua ("kernel"), from its define table: the same struct
 * param table that checks it. */
struct define_doc {
	const char *name, *doc, *file, *example;
	const struct param *params;
	const char *const *outputs; /* "name: doc", ended by NULL */
};
int load_define(const char *name, const char *const *search, struct arena *a, struct define_doc *out, struct err *err);
/* Names of all constructors found in stdlib, ended by NULL. */
int load_define_names(const char *const *search, struct arena *a, const char *const **names, struct err *err);
/* Names that every recipe has besides primitives and constructors, sorted, ended by NULL: "string", "string.rep" … */
const char *const *load_words(struct arena *a);
