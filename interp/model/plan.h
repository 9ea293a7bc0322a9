/* plan: the steps of a recipe that are wanted, each with a key and a decision. */
#pragma once
#include <stdint.h>

#include "base/hash.h"
#include "base/mem.h"
#include "model/files.h"
#include "model/recipe.h"

enum plan_state { PLAN_CACHED, PLAN_RUN, PLAN_AFTER, PLAN_SKIPPED };

/* What is stored about a key (see store/store.h). */
struct result {
	struct hash tree;
	double seconds; /* how long it took when it ran */
	int64_t epoch;  /* SOURCE_DATE_EPOCH that the tree carries; stored: its own date, -1 when it has none */
	bool away;      /* the store does not have it: a shared cache does */
};

struct plan_step {
	const struct step *step;
	enum plan_state state;
	void *bound; /* the parameters in force: texts of results filled in; set with the key */
	bool has_key;
	struct hash key;
	const char *key_text; /* the readable text that was hashed */
	const char *reason;   /* one sentence for run and after; "" for cached */
	const char *lacks;    /* what a person has to bring, or NULL; a stored result does without */
	const char *pin;      /* pinned text, or NULL */
	bool dirty;           /* it is an edited folder, or rests on one: its result is for nobody else */
	bool idle;            /* all that it takes in is skipped: it gives what it stands on */
	bool new_pin;         /* to be written to the lock by a run */
	struct result result; /* valid when cached or done */
	int64_t epoch;        /* SOURCE_DATE_EPOCH that its job gets: the newest of its inputs' */
	long long download;   /* bytes, 0 none, -1 unknown */
	double last_seconds;  /* from history, < 0 unknown */
	bool failed;          /* in a run */
	const char *mistake;  /* of a run: the first sentence of one that failed, or why it was not begun; else NULL */
};

struct plan {
	struct arena arena;
	const struct recipe *recipe;
	struct plan_step *v; /* indexed like recipe->steps; step NULL where it is not wanted */
	uint32_t *order;     /* indexes that could run in this order */
	size_t n;
};

/* What planning asks of its surroundings; implemented in cmd/ and run/ over the store and the lock. */
struct plan_env {
	void *ctx;
	/* 1 found, 0 not, -1 error */
	int (*lookup)(void *ctx, const struct hash *key, struct result *out, struct err *err);
	/* a trimmed text file of a tree, for V_TEXT; -1 error */
	int (*text)(void *ctx, const struct hash *tree, const char *path, struct str *out, struct err *err);
	/* the identity of a part of a tree: path "" is the tree itself */
	int (*part)(void *ctx, const struct hash *tree, const char *path, struct hash *out, struct err *err);
	/* what a project's file or folder holds */
	int (*file)(void *ctx, const struct file_ref *file, struct file_content *out, struct err *err);
	/* the list of a project's folder: in a run the one behind the hash that `file` gave; NULL with a sentence */
	const struct tree *(*folder)(void *ctx, const struct file_ref *file, struct err *err);
	/* text in the lock, or NULL */
	const char *(*locked)(void *ctx, const char *name);
	/* why there is no result: compares with the step's last key text; may return NULL */
	const char *(*reason)(void *ctx, const struct step *step, const char *key_text, struct arena *a);
	double (*history)(void *ctx, const char *step);
	unsigned lost; /* counts results that lookup promised, and that then could not be read */
	bool offline, locked_only, fresh;
	bool host;     /* programs of this machine run in place of the toolchain's: backend none */
	int64_t epoch; /* -D epoch=, or -1 */
};

void plan_free(struct plan *p);
/* Plans `wanted` steps (indexes; n 0: the recipe's exports and all checks) and what they need. */
int plan_make(struct plan *p, const struct recipe *r, const uint32_t *wanted, size_t n, const struct plan_env *env,
	      struct err *err);
/* Decides one step again when its inputs are known; used by the runner. Binds the
 * texts that were not known before (V_TEXT) into ps->bound. */
int plan_decide(struct plan *p, uint32_t step, const struct plan_env *env, struct err *err);
/* Takes ps->result as what the step gives. A date that is not its own comes from the inputs that this
 * plan has: what is stored may have been made for another recipe, or under -D epoch=. */
void plan_done(struct plan_step *ps);
const char *plan_state_name(enum plan_state s);
size_t plan_count(const struct plan *p, enum plan_state s);
/* Whether an edited folder is in it. */
bool plan_dirty(const struct plan *p);
