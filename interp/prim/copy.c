/* copy: files and folders of the project and of results, side by side */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/mode.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/prim.h"

struct copy_params {
	struct sources sources;
	const char *into;
	const char *as;
	const char *mode;
	const char *suffix;
	struct strings only;
	struct strings exclude;
};

static const struct param params[] = {
	PARAM(copy_params, sources, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "What is copied. A file comes under its own name; of a folder or a whole result comes what it holds, "
	      "without the folder's own name."),
	PARAM_DEF(copy_params, into, P_PATH, 0, "",
		  "The folder that takes it, made where it is missing; the top unless told."),
	PARAM(copy_params, as, P_PATH, 0, "Another name for the file; there must be one source, and it a file."),
	PARAM(copy_params, mode, P_STRING, P_PLAIN,
	      "Who may do what with the files, in octal, such as \"0664\"; as at the source unless told."),
	PARAM(copy_params, suffix, P_STRING, P_PLAIN,
	      "What each file's name gets at its end, behind a `-`, such as linux.release: Image becomes Image-6.12.1."),
	PARAM(copy_params, only, P_STRING, P_LIST | P_PLAIN,
	      "Patterns with `*` and `?` of what is copied, in place of all: without a `/` compared with every part of a "
	      "path, with one with the path from its start. Each must match something. What takes in the copy does not run again "
	      "for a change elsewhere."),
	PARAM(copy_params, exclude, P_STRING, P_LIST | P_PLAIN,
	      "Patterns with `*` and `?` of what stays behind: without a `/` compared with every part of a path, with "
	      "one with the path from its start. Each must match something."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct copy_params *p = arg;

	if (mode_check(p->mode, err))
		return -1;
	if (!p->as || p->sources.n == 1)
		return 0;
	err_set(err, "E0120", "`as` names one file, and there are %zu sources", p->sources.n);
	err_field(err, "as");
	err_label(err, "for one file only");
	return err_help(err, "copy each file in a step of its own, or leave `as` out");
}

/* Whether the pieces come as they are, and the store has a tree of just them. */
static bool
is_there(struct job *job, const struct copy_params *p, const struct pieces *all)
{
	struct tree t = {.v = arena_array(job_arena(job), struct entry, all->n), .n = all->n};

	if (*p->into || p->mode || p->suffix)
		return false;
	for (size_t i = 0; i < all->n; i++) {
		t.v[i] = *all->v[i].entry;
		t.v[i].path = all->v[i].path;
	}
	return job_have(job, &t);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct copy_params *p = arg;
	struct gather_opts opts = {.only = &p->only, .exclude = &p->exclude, .as = p->as};
	struct pieces all;

	if (p->suffix && (!*p->suffix || strchr(p->suffix, '/')))
		return err_set(err, "E0120", "`suffix` is the end of a file's name, and `%s` cannot be one", p->suffix);
	if (gather(job, &p->sources, &opts, &all, err))
		return -1;
	if (is_there(job, p, &all))
		return 0;
	for (size_t i = 0; i < all.n; i++) {
		const char *path = all.v[i].path;

		if (*p->into)
			path = arena_printf(job_arena(job), "%s/%s", p->into, path);
		if (p->suffix && !S_ISDIR(all.v[i].entry->mode))
			path = arena_printf(job_arena(job), "%s-%s", path, p->suffix);
		if (piece_put(job, &all.v[i], path, p->mode ? mode_parse(p->mode) : -1, err))
			return -1;
		job_progress(job, i + 1, all.n);
	}
	return 0;
}

const struct prim prim_copy = {
	.name = "copy",
	.doc = "Copies files and folders of the project and of results. A file lands in `into` under its own name; a "
	       "folder or a whole result gives what it holds, so that copy { src / \"drivers\", into = \"x\" } makes "
	       "x/Makefile of drivers/Makefile. Onto a tree it adds to what is there and replaces files of the same "
	       "name. Two sources that give one path must agree on its content.",
	.params = params,
	.size = sizeof(struct copy_params),
	.version = 1,
	.flags = PRIM_ON,
	.example =
		"copy \"extra\" { \"README\", \"boot/*.conf\", src / \"drivers\", into = \"usr/share\", exclude = \"*.o\" }\n",
	.run = run,
	.check = check,
};
