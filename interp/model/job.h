/* job: what a primitive may do to the world, and nothing else. Implemented by run/. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/schema.h"
#include "model/layer.h"
#include "model/tree.h"

struct err;
struct job;

/* The layer that becomes this step's result (over job_below). */
struct layer *job_layer(struct job *job);
/* Whether the store has the tree that has this list, of a step that writes onto none: then it is the result, whatever
 * lies in the layer. False, too, where all is to be made anew. */
bool job_have(struct job *job, const struct tree *list);
/* The tree the step writes onto, or NULL. */
const struct tree *job_below(struct job *job);
/* Where the step stands in the recipe, and its name. */
struct place job_place(struct job *job);
const char *job_name(struct job *job);
/* Memory as long as the job. */
struct arena *job_arena(struct job *job);
/* SOURCE_DATE_EPOCH of this step, seconds. */
int64_t job_epoch(struct job *job);
int job_cpus(struct job *job);
/* What the recipe is and what this step's inputs were made of, back to the beginning (PRIM_LINEAGE only). Memory as
 * long as the job; NULL with a sentence. */
struct lineage;
const struct lineage *job_lineage(struct job *job, struct err *err);
/* The text that pins this step's input, as in its key (PRIM_IMPURE), else NULL. */
const char *job_pin(struct job *job);
bool job_offline(struct job *job);
/* Who helps to compile, as the user's configuration names it (model/helpers.h). Never NULL. */
struct compile_helpers;
const struct compile_helpers *job_helpers(struct job *job);
/* What somebody asks in place of a result (`jkr why`), ended by NULL; NULL in a run. A primitive that
 * can answer does so by job_record(question, text) and is done. */
const char *const *job_questions(struct job *job);

/* The tree of a step source; the path inside it is source->ref.path. Owned by the job. */
const struct tree *job_tree(struct job *job, const struct source *src, struct err *err);
/* Opens a regular file: of a project, verified against the hash that the key holds, or of a result.
 * A whole result that is a single file counts as that file. The caller owns the descriptor. */
int job_open(struct job *job, const struct source *src, struct err *err);
/* The name of a source's file, without folders, for naming things after it. */
const char *job_source_name(struct job *job, const struct source *src);
/* A folder source as a tree: of a project (its files are taken up into the store) or of a result. */
const struct tree *job_folder(struct job *job, const struct source *src, const char **sub, struct err *err);

/* An empty private scratch folder on the store's file system, gone after the job. Borrowed. */
int job_scratch(struct job *job, struct err *err);
/* The step's log: everything a program says, and what the primitive wants kept. */
int job_log(struct job *job);
void job_logf(struct job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A line for the reader and for the record ("0003-foo.patch: hunk 2 at offset +4"). */
void job_note(struct job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A pair for the record and the manifest ("patch:0003-foo.patch" → sha256). */
void job_record(struct job *job, const char *key, const char *value);
/* How far: done of total, in bytes or items; total 0 is unknown. */
void job_progress(struct job *job, uint64_t done, uint64_t total);

/* One thing mounted in a sandbox. */
enum bind_kind {
	BIND_TREE,    /* a tree (below `sub`), read-only */
	BIND_SCRATCH, /* a tree over which the program may write; what it wrote is thrown away */
	BIND_LAYER,   /* a tree over which it writes; afterwards it *is* the job's layer (once a job) */
	BIND_OUT,     /* the empty folder job_out(): what it writes there is taken up by the primitive */
	BIND_WARM,    /* the warm build directory of this job; kept when the job succeeds */
	BIND_CCACHE,  /* the store's folder ccache, written in place by whoever has it; an empty one with --fresh */
	BIND_FD,      /* a host file or folder by descriptor, read-only */
};

struct bind {
	enum bind_kind kind;
	const char *at;          /* absolute path inside */
	const struct tree *tree; /* BIND_TREE, BIND_SCRATCH, BIND_LAYER; NULL: empty */
	const char *sub;         /* path inside the tree, NULL: all */
	int fd;                  /* BIND_FD */
	bool freshen;            /* BIND_TREE or BIND_SCRATCH beside BIND_WARM: files whose content differs from
				  * what the warm directory last saw get a new mtime */
};

/* Behind these ports of a sandbox's loopback stand the servers that it may reach, in their order. */
#define DOOR_FIRST 4000u
#define DOORS_MAX 16

struct sandbox {
	const struct tree *image; /* root file system */
	const char *const *argv;
	const char *const *env; /* all of it, "K=V" …, NULL */
	const struct bind *binds;
	size_t nbinds;
	const char *cwd;        /* NULL: / */
	bool jobserver;         /* MAKEFLAGS with the shared tokens */
	bool prepares;          /* only puts in place what the step's own program finds */
	const char *stdin_text; /* NULL: /dev/null */
	const char *const
		*servers;    /* "HOST:PORT" …, NULL, at most DOORS_MAX; NULL: none, as there is no other network */
	struct str *capture; /* stdout goes here (and not to the log), may be NULL */
	size_t capture_max;
};

/* Runs a program in the sandbox of the run's backend; returns when its whole process tree is gone.
 * Gives the exit status (128+n for a signal), or -1 with a sentence when it could not run, ran out
 * of time or memory. Output goes to the log. */
int job_exec(struct job *job, const struct sandbox *sb, struct err *err);
/* Opens a regular file below a place where programs of this job write, as the last one left it and the next one will
 * find it; -1 where only a sandbox can tell. The caller owns it. */
int job_look(struct job *job, const struct bind *b, const char *path);
/* The folder behind BIND_OUT. Borrowed. */
int job_out(struct job *job, struct err *err);
/* Names the warm directory this job uses (before BIND_WARM): `identity` holds what must be equal to
 * reuse it (toolchain, arch, release). Returns its folder, borrowed; the note says whether it is new. */
int job_warm(struct job *job, const char *identity, bool *fresh, struct err *err);
/* What the programs left in it is not kept when the job fails: the next run would find nothing to do, and no fault. */
void job_warm_distrust(struct job *job);
/* First lines of the log that look like a compiler's error, for the message; adds them to `err`. */
void job_explain_log(struct job *job, struct err *err);

/* What is staged by its content (data/staged.h), not looked at yet; -1: it is not. The caller owns the descriptor. */
int job_staged(struct job *job, const char *kind, const char *name);
/* Whether somebody takes this run's sources away, and so gets a copy of every file that came; hands one over, from its
 * beginning, where it then stands again. `sha256` is its hash. */
bool job_keeps(struct job *job);
int job_keep(struct job *job, int fd, const char *sha256, struct err *err);
int job_keep_data(struct job *job, const void *data, size_t n, const char *sha256, struct err *err);
/* Downloads `url` to a new file in job_scratch, verified: `sha256` hex or NULL. Resumes a part of
 * an earlier try; `max` bytes at most (0: no bound). Gives a descriptor. */
int job_download(struct job *job, const char *url, const char *sha256, uint64_t max, struct err *err);

/* A folder of the store that outlives the run, one for each `url`: what its server once gave. This job has it for
 * itself until it ends (one at a time) and may find in it whatever a killed one left. Borrowed; -1 with a sentence.
 * What is found damaged is set aside: the next job_mirror gives an empty folder. */
int job_mirror(struct job *job, const char *url, struct err *err);
void job_mirror_damaged(struct job *job);
