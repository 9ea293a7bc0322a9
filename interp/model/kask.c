#include "model/kask.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/proc.h"

#define MAKEFILE_MAX ((size_t)1 << 20)

static const char *const *
objects_of(const struct tree *t, const char *sub, struct arena *a, size_t *n)
{
	const char *dir = *sub ? arena_printf(a, "%s/" KWHY_OBJECTS, sub) : KWHY_OBJECTS;
	size_t count, first = tree_range(t, dir, &count), skip = strlen(dir) + 1;
	const char **v = arena_array(a, const char *, count + 1);

	*n = 0;
	for (size_t i = first; i < first + count; i++) {
		const char *name = t->v[i].path + skip;

		if (S_ISREG(t->v[i].mode) && !strchr(name, '/') && kwhy_takes(name))
			v[(*n)++] = arena_printf(a, KWHY_OBJECTS "/%s", name);
	}
	return v;
}

/* The folders and files that the helper sees. */
struct view {
	const struct tree *source, *build, *image;
	const char *source_sub, *build_sub;
	struct kwhy_setup setup;
};

static int
open_view(struct job *job, const struct kask *k, struct view *v, struct err *err)
{
	struct arena *a = job_arena(job);
	struct str cleanup_str makefile = {0};

	v->image = job_tree(job, k->toolchain, err);
	v->source = v->image ? job_folder(job, k->source, &v->source_sub, err) : NULL;
	v->build = v->source ? job_folder(job, k->build, &v->build_sub, err) : NULL;
	if (!v->build)
		return -1;
	v->source_sub = v->source_sub ? v->source_sub : "";
	v->build_sub = v->build_sub ? v->build_sub : "";
	if (tree_read(v->source, *v->source_sub ? arena_printf(a, "%s/Makefile", v->source_sub) : "Makefile", &makefile,
		      MAKEFILE_MAX, err))
		return -1;
	v->setup = (struct kwhy_setup){k->arch, kwhy_version(str_text(&makefile), a), k->variables};
	return 0;
}

static int
run_helper(struct job *job, const struct kask *k, const struct view *v, const char *const *argv, const char *const *env,
	   struct str *answer, struct err *err)
{
	cleanup_fd int config = job_open(job, k->config, err);
	struct bind binds[4 + KWHY_FILES] = {
		{.kind = BIND_TREE, .at = KWHY_SRC, .tree = v->source, .sub = v->source_sub},
		{.kind = BIND_SCRATCH, .at = KWHY_BUILD, .tree = v->build, .sub = v->build_sub},
		{.kind = BIND_OUT, .at = KWHY_OUT},
		{.kind = BIND_FD, .at = KWHY_CONFIG, .fd = config},
	};
	const struct sandbox sb = {.image = v->image,
				   .argv = argv,
				   .env = env,
				   .binds = binds,
				   .nbinds = ARRAY_LEN(binds),
				   .cwd = KWHY_BUILD,
				   .capture = answer,
				   .capture_max = answer ? KWHY_ANSWER_MAX : 0};
	char text[64];
	int status = -1;
	size_t n = 0;

	for (; config >= 0 && n < KWHY_FILES; n++) {
		struct bind *b = &binds[4 + n];

		*b = (struct bind){.kind = BIND_FD, .fd = kwhy_open(kwhy_files[n], err)};
		b->at = arena_printf(job_arena(job), KWHY_C "%s", kwhy_files[n]);
		if (b->fd < 0)
			break;
	}
	if (n == KWHY_FILES)
		status = job_exec(job, &sb, err);
	while (n > 0)
		close(binds[4 + --n].fd);
	if (status <= 0)
		return status;
	return err_set(err, "E0206", "%s %s",
		       answer ? "the helper that asks Kconfig" : "compiling the helper that asks Kconfig",
		       proc_status_text(status, text));
}

int
kask(struct job *job, const struct kask *k, const char *const *questions, size_t nquestions, struct kwhy_answers *out,
     struct err *err)
{
	struct arena *a = job_arena(job);
	struct str answer = {0};
	struct view v = {0};
	const char *const *objects, *const *env;
	size_t n;
	int rc;

	if (open_view(job, k, &v, err))
		return -1;
	objects = objects_of(v.build, v.build_sub, a, &n);
	if (!n)
		return err_set(err, "E0206", "the build folder has no objects in `" KWHY_OBJECTS "`");
	env = kwhy_env(&v.setup, a);
	if (run_helper(job, k, &v, kwhy_build_argv(&v.setup, objects, n, a), env, NULL, err))
		return -1;
	rc = run_helper(job, k, &v, kwhy_ask_argv(questions, nquestions, a), env, &answer, err);
	if (!rc)
		rc = kwhy_parse(arena_strndup(a, str_text(&answer), answer.len), answer.len, a, out, err);
	str_free(&answer);
	return rc;
}
