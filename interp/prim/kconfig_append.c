/* kconfig_append: lines at the end of a defconfig, or a fragment of its own */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/schema.h"
#include "model/asked.h"
#include "model/job.h"
#include "model/prim.h"

#define CONFIG_MAX ((size_t)16 << 20)

struct append_params {
	const char *path;
	struct symbols symbols;
};

static const struct param params[] = {
	PARAM(append_params, path, P_PATH, P_REQUIRED | P_OPERAND,
	      "The file: a defconfig of the tree in `on`, or without `on` the name of a new fragment."),
	PARAM(append_params, symbols, P_SYMBOLS, P_REQUIRED,
	      "Symbols and their values, and fragments; the last one that sets a symbol holds. But where two plugins write a symbol "
	      "of one file differently in their tables, it is a mistake until the recipe itself sets it after both."),
	{0},
};

static int
refuse(struct job *job, const char *path, const char *what, struct err *err)
{
	err_set(err, "E0205", "cannot append to `%s`: %s", path, what);
	return err_at(err, job_place(job));
}

/* The first link on the way to `path`, itself included. */
static const struct entry *
first_link(struct job *job, const char *path)
{
	char *p cleanup_free = xstrdup(path);

	for (char *slash = p; slash; *slash++ = '/') {
		const struct entry *e;

		slash = strchr(slash, '/');
		if (slash)
			*slash = '\0';
		e = layer_find(job_layer(job), p);
		if (!slash)
			return e && S_ISLNK(e->mode) ? e : NULL;
		if (e && S_ISLNK(e->mode))
			return e;
	}
	return NULL;
}

static int
refuse_link(struct job *job, const char *path, const struct entry *link, struct err *err)
{
	const struct entry *to = job_below(job) ? tree_resolve(job_below(job), path) : NULL;

	refuse(job, path, arena_printf(job_arena(job), "`%s` is a symlink to `%s`", link->path, link->target), err);
	return to ? err_help(err, "name the file that it points to: `%s`", to->path) : -1;
}

/* What the file holds now; a new one holds nothing. */
static int
read_old(struct job *job, const char *path, struct str *text, uint32_t *mode, struct err *err)
{
	const struct tree *below = job_below(job);
	const struct entry *e = layer_find(job_layer(job), path), *link = first_link(job, path);
	const char *near;

	*mode = S_IFREG | 0644;
	if (link)
		return refuse_link(job, path, link, err);
	if (!below)
		return 0;
	if (!e) {
		near = tree_near(below, path);
		refuse(job, path, "it is not in the tree", err);
		return near ? err_help(err, "did you mean `%s`?", near) : -1;
	}
	if (!S_ISREG(e->mode))
		return refuse(job, path, "it is not a file", err);
	*mode = e->mode;
	return tree_read(below, path, text, CONFIG_MAX, err);
}

static int
run(struct job *job, const void *params_, struct err *err)
{
	const struct append_params *p = params_;
	struct str cleanup_str text = {0};
	struct entry e = {.path = p->path};
	struct kconfig asked;
	int rc = asked_symbols(job, &p->symbols, &asked, err);

	if (!rc)
		rc = read_old(job, p->path, &text, &e.mode, err);
	if (!rc) {
		if (text.len && text.s[text.len - 1] != '\n')
			str_addc(&text, '\n');
		for (size_t i = 0; i < asked.last.n; i++)
			kconfig_write_line(&text, asked.last.v[i].key, kconfig_get(&asked, asked.last.v[i].key));
		rc = layer_put(job_layer(job), &e, str_text(&text), text.len, err);
	}
	kconfig_free(&asked);
	return rc;
}

const struct prim prim_kconfig_append = {
	.name = "kconfig_append",
	.doc = "Appends config symbols to a defconfig of a tree, or makes a fragment. A fragment that sets one symbol twice "
	       "differently is a mistake, and so is writing through a symlink.",
	.params = params,
	.size = sizeof(struct append_params),
	.version = 1,
	.flags = PRIM_ON,
	.example = "kconfig_append { \"arch/arm64/configs/defconfig\", on = src,\n"
		   "                 symbols = { fragment \"rt.config\", PREEMPT_RT = y, HZ = 1000 } }\n",
	.run = run,
};
