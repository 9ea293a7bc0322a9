/* checksums: the list by which a delivery is verified */
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/checklist.h"
#include "model/gather.h"
#include "model/job.h"
#include "model/prim.h"

struct checksums_params {
	struct sources sources;
	const char *name;
	const char *prefix;
	struct strings exclude;
};

static const struct param params[] = {
	PARAM(checksums_params, sources, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "What is listed, laid out as copy does: a file under its own name, of a folder or a result what it holds."),
	PARAM(checksums_params, name, P_PATH, P_REQUIRED,
	      "The list's name in the result, such as \"batch-07.sha256\"."),
	PARAM_DEF(checksums_params, prefix, P_PATH, 0, "", "A folder that stands before every path in the list."),
	PARAM(checksums_params, exclude, P_STRING, P_LIST | P_PLAIN,
	      "Patterns of what is left out, as in copy. Each must match something."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct checksums_params *p = arg;

	if (str_ends(p->name, ".sha256"))
		return 0;
	err_set(err, "E0105", "`%s` is not the name of a list", p->name);
	err_field(err, "name");
	err_label(err, "no list");
	return err_help(err, "`jkr verify` knows lists by their ending: call it %s.sha256", p->name);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct checksums_params *p = arg;
	struct gather_opts opts = {.exclude = &p->exclude};
	struct entry e = {.path = p->name, .mode = S_IFREG | 0644};
	cleanup_str struct str list = {0};
	struct pieces all;

	if (gather(job, &p->sources, &opts, &all, err))
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct piece *f = &all.v[i];

		if (S_ISREG(f->entry->mode))
			checklist_add(&list, &f->entry->digest,
				      *p->prefix ? arena_printf(job_arena(job), "%s/%s", p->prefix, f->path) : f->path);
	}
	if (!list.len)
		return err_set(err, "E0105", "there is no file to list");
	return layer_put(job_layer(job), &e, list.s, list.len, err);
}

const struct prim prim_checksums = {
	.name = "checksums",
	.doc = "Lists the SHA-256 of each file that is delivered, as `sha256sum` does. `jkr verify` compares such a list with a bundle, "
	       "a folder or a machine, and `jkr sign` puts a signature beside it: no step ever sees a key.",
	.params = params,
	.size = sizeof(struct checksums_params),
	.version = 1,
	.example = "checksums \"batch-07\" { board, name = \"batch-07.sha256\" }\n",
	.run = run,
	.check = check,
};
