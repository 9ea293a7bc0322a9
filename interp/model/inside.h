/* inside: a program's sandbox being put together by a primitive: environment, mounts, outputs. */
#pragma once
#include "model/job.h"

struct inside {
	struct job *job;
	const struct tree *image;
	const char **env; /* "K=V" …, NULL; sorted by nothing, each name once */
	size_t nenv, capenv;
	struct bind *binds;
	size_t nbinds, capbinds;
	bool jobserver, prepares;
	const char *servers[DOORS_MAX + 1]; /* that it reaches, ended by NULL */
	size_t nservers;
	const char *cwd;
	const char *stdin_text;
	struct str *capture;
};

/* Checks names of an `env` at load: letters, digits, `_`; nothing that changes what the loader runs. */
int inside_check_env(const struct pairs *env, const char *field, struct err *err);
/* The same for variables of make, whose names may hold `.` and `-` too. */
int inside_check_variables(const struct pairs *vars, const char *field, struct err *err);
int inside_check_mounts(const struct mounts *m, struct err *err);

/* The toolchain's image, and the pinned environment: dates, locale, who builds. */
int inside_begin(struct inside *in, struct job *job, const struct source *toolchain, struct err *err);
void inside_end(struct inside *in);
/* Sets or replaces a variable. */
void inside_env(struct inside *in, const char *name, const char *value);
void inside_envs(struct inside *in, const struct pairs *env);
void inside_bind(struct inside *in, struct bind b);
/* Lets the program reach "HOST[:PORT]", at `port` where it says none; gives the port of 127.0.0.1 where it stands
 * inside, 0 where there is no more room. */
unsigned inside_server(struct inside *in, const char *host, const char *port);
/* Sources at their places; what is written over them is thrown away. */
int inside_mounts(struct inside *in, const struct mounts *m, struct err *err);
/* A file or folder at a place, read-only. */
int inside_source(struct inside *in, const struct source *src, const char *at, struct err *err);

/* Runs a program; its failure is a mistake with the first errors of the log. `what` names it. */
int inside_run(struct inside *in, const char *const *argv, const char *what, struct err *err);
/* make exits 0 where modpost only warns about symbols that nobody has; this reads the log for them, and gives -1, or
 * `made` where that is a failure already. A warm directory in which it warned is not kept: it would not warn again. */
int inside_modpost(struct inside *in, int made, struct err *err);
/* job_look at a place inside, which was bound. */
int inside_look(struct inside *in, const char *at, const char *path);
/* Whether an output is a pattern below the build folder: that matches whatever an earlier build left there, too. */
bool inside_has_patterns(const struct pairs *outputs);
/* Takes the declared outputs into the job's layer: name → path below `base`, or "out:path",
 * "build:path", "src:path", "/jkr/path". A path may hold wildcards, and end in a folder part "**": all below. Each
 * must be there and hold something. Names in `exclude` are left out. Needs BIND_OUT at /jkr/out. */
int inside_outputs(struct inside *in, const struct pairs *outputs, const char *base, const struct strings *exclude,
		   struct err *err);
/* Takes all that the program left in /jkr/out, which must be something. */
int inside_all(struct inside *in, const struct strings *exclude, struct err *err);
