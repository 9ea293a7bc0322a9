/* why_file: which steps made a file of a result, changed it and passed it on, and from which inputs. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/why.h"
#include "cli/why_own.h"

bool
why_has_digest(const struct tracing *t, const struct entry *e)
{
	return S_ISREG(e->mode) && !hash_cmp(&e->digest, &t->digest);
}

/* Whether an entry is the file that is meant. */
static bool
is_meant(const struct tracing *t, const struct entry *e)
{
	size_t n = strlen(e->path), m = strlen(t->word);

	if (t->by_digest)
		return why_has_digest(t, e) || (!S_ISDIR(e->mode) && map_has(&t->paths, e->path));
	return !S_ISDIR(e->mode) && n >= m && !strcmp(e->path + n - m, t->word) &&
	       (n == m || e->path[n - m - 1] == '/');
}

static bool
same_bytes(const struct entry *a, const struct entry *b)
{
	if ((a->mode ^ b->mode) & S_IFMT)
		return false;
	return S_ISREG(a->mode) ? !hash_cmp(&a->digest, &b->digest) : str_eq(a->target, b->target);
}

/* The stage of an input of the step that holds the same file, under this name or with these bytes. */
static struct stage *
source_of(struct tracing *t, const struct plan_step *ps, const struct entry *e, bool bytes)
{
	for (size_t i = t->n; i-- > 0;) {
		struct stage *g = &t->v[i];
		uint32_t number = (uint32_t)(g->ps->step - t->s->recipe->steps);
		bool input = false;

		for (size_t k = 0; k < ps->step->ninputs && !input; k++)
			input = ps->step->inputs[k] == number;
		if (input && (bytes ? same_bytes(g->e, e) && !strcmp(path_base(g->e->path), path_base(e->path))
				    : !strcmp(g->e->path, e->path)))
			return g;
	}
	return NULL;
}

static void
add_stage(struct tracing *t, const struct plan_step *ps, const struct entry *e)
{
	struct stage *same = source_of(t, ps, e, true), *other = same ? NULL : source_of(t, ps, e, false);

	/* `v` has its room from the beginning: pointers into it stay */
	if (same)
		same->passed_on = true;
	t->v[t->n++] = (struct stage){ps, e, same ? PASSED : other ? CHANGED : MADE, same ? same : other, false};
}

/* Calls `fn` for each entry of each result that is meant, in the order in which the steps were built. */
static void
each_entry(struct tracing *t, void (*fn)(struct tracing *, const struct plan_step *, const struct entry *))
{
	for (size_t i = 0; i < t->s->plan.n; i++) {
		uint32_t number = t->s->plan.order[i];
		const struct tree *tree = &t->trees[number];

		for (size_t k = 0; k < tree->n; k++)
			if (is_meant(t, &tree->v[k]))
				fn(t, &t->s->plan.v[number], &tree->v[k]);
	}
}

static void
count_stage(struct tracing *t, const struct plan_step *ps, const struct entry *e)
{
	(void)ps;
	t->room++;
	if (t->by_digest && why_has_digest(t, e))
		map_set(&t->paths, e->path, t);
}

static void
find_stages(struct tracing *t)
{
	each_entry(t, count_stage);
	if (t->by_digest) {
		t->room = 0;
		each_entry(t, count_stage);
	}
	t->v = arena_array(&t->s->arena, struct stage, t->room + 1);
	each_entry(t, add_stage);
}

static int
read_trees(struct tracing *t, struct err *err)
{
	struct session *s = t->s;

	t->trees = arena_array(&s->arena, struct tree, s->recipe->nsteps + 1);
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];

		if (ps->state == PLAN_CACHED &&
		    store_list(s->store, &ps->result.tree, &t->trees[s->plan.order[i]], err) < 0)
			return -1;
		t->unbuilt += ps->state == PLAN_RUN || ps->state == PLAN_AFTER;
	}
	return 0;
}

/* A file of this machine is looked for by its bytes. */
static int
read_digest(struct tracing *t, struct err *err)
{
	cleanup_fd int fd = open(t->word, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	if (hash_fd(fd, &t->digest, NULL))
		return err_sys(err, "E1011", "cannot read `%s`", t->word);
	t->by_digest = true;
	return 0;
}

/* As far up as the path of a file here may be that of one in a result: out/boot/Image, then boot/Image, then Image. */
static void
search(struct tracing *t)
{
	const char *given = t->word;

	find_stages(t);
	if (!t->by_digest || t->n)
		return;
	t->by_digest = false;
	for (const char *w = given; w && !t->n; w = strchr(w, '/')) {
		w += *w == '/';
		t->word = w;
		if (*w)
			find_stages(t);
	}
	if (t->n && !t->s->cli->quiet)
		fprintf(stderr,
			"note: `%s` here holds other bytes than any result: told is of `%s` as the recipe makes it\n",
			given, t->word);
}

int
why_file(struct session *s, const char *word, struct err *err)
{
	struct tracing t = {.s = s, .word = str_starts(word, "./") ? word + 2 : word};
	int r = read_digest(&t, err);

	if (!r)
		r = read_trees(&t, err);
	if (!r)
		search(&t);
	if (!r && t.unbuilt && !s->cli->quiet)
		fprintf(stderr, "note: %zu step%s not built as the recipe is now; `jkr run` makes %s results\n",
			t.unbuilt, t.unbuilt == 1 ? " is" : "s are", t.unbuilt == 1 ? "its" : "their");
	if (!r && t.n)
		why_tell(&t);
	for (size_t i = 0; t.trees && i < s->recipe->nsteps; i++)
		tree_free(&t.trees[i]);
	map_free(&t.paths);
	return r ? -1 : !t.n;
}
