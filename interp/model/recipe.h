/* recipe: what was loaded: steps that are asked for, options, the returned value. Data only. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/value.h"
#include "model/prim.h"

struct capabilities;
struct member;

struct step {
	const char *name; /* unique, such as "linux/build" or "zedx:src" */
	const struct prim *prim;
	struct value params; /* a V_TABLE, fragments and files as V_FILE */
	struct place at;     /* of the outermost name call in a recipe */
	uint32_t by[2];      /* files of the load, by number: that of the call, and the one whose code made it */
	/* whose paths it is held to (model/capabilities.h), where it writes onto a tree that is not theirs: for each
	 * of those files of an import, of a plugin, of one in the other */
	const struct capabilities *may[6];
	void *bound; /* prim->size bytes, bound from params */
	struct step_common common;
	uint32_t *inputs; /* indexes of steps, sorted, each once */
	size_t ninputs;
	const char *skipped; /* not NULL: an optional input is absent; which, and what is lost */
	const char *edited;  /* not NULL: the folder that takes the place of its result (--with), as it was named */
	const struct member
		*of;    /* of joined recipes (model/matrix.h): whose it is, of a shared one the first; else NULL */
	size_t sharers; /* how many of them have it */
};

struct option {
	const char *name; /* "rt", "zedx.camera" */
	const char *type; /* bool, int, string, choice, step */
	const char *doc;
	struct value value; /* in force */
	struct value def;
	bool given; /* by -D or a profile */
	struct place at;
};

/* A text that a load asked for below `root`; what was not there may be found below the next one. */
struct recipe_text {
	const char *root, *rel;
	const char *shown; /* how messages name it; NULL: it was not there */
	bool data;         /* no program: YAML */
	struct hash hash;
};

struct project {
	const char *root; /* absolute folder */
	const char *name; /* "" for the recipe's own */
};

struct recipe {
	struct arena arena;
	const char *path; /* absolute path of the recipe's file */
	const char *root; /* absolute folder of its project */
	const char *name, *version, *license, *summary;
	struct step *steps; /* in the order written: inputs come before their users */
	size_t nsteps;
	struct option *options;
	size_t noptions;
	struct value result; /* what the file returned */
	uint32_t *exports;   /* steps to export, in order */
	size_t nexports;
	struct map sources;        /* shown file name → text, for excerpts */
	struct recipe_text *texts; /* what load asked for, in its order */
	size_t ntexts, captexts;
	bool hinted; /* it was shown names in folders, or why a file cannot be read: the texts alone do not make it */
	struct str bytes;       /* where the strings of a kept plan lie (cli/kept.h) */
	struct map by_name;     /* step name → struct step; made by recipe_resolve */
	struct member *members; /* recipes that are joined in it */
	size_t nmembers;
};

void recipe_free(struct recipe *r);
const struct step *recipe_step(const struct recipe *r, const char *name);
/* Binds every step's params, finds inputs, checks cycles and duplicate names; collects mistakes. */
int recipe_resolve(struct recipe *r, struct err *err);
/* Binds a step whose texts (V_TEXT) are known by now into a new struct in the arena, and checks what
 * the primitive could not check before. */
int step_fill(const struct step *s, value_text_fn text, void *ctx, struct arena *a, void **bound, struct err *err);
/* Gives mistakes without a place the one of the parameter that err_field named, or that of the step. */
void step_place(const struct step *s, struct err *err);
/* The text of a source for err_style. */
const char *recipe_source(void *recipe, const char *file);
