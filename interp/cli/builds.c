#include "cli/builds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"

enum { RELEASE_MAX = 256 };

struct build {
	const char *step, *release, *key;
	int64_t when;
	uint64_t size;
	double seconds;
	bool last; /* what the recipe's last run made of the step, or took as it was */
};

struct listing {
	struct session *s;
	const bool *wanted; /* by the number of the step */
	struct build *v;
	size_t n, cap;
	struct err *err;
};

/* The kernel's release where the result is one of a kernel, or of what was built for one. */
static const char *
release_of(struct listing *l, struct tree *t)
{
	static const char *const files[] = {"release", "include/config/kernel.release",
					    "devel/include/config/kernel.release"};
	static const char modules[] = "lib/modules/";
	struct str cleanup_str text = {0};
	struct err quiet = {0};
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(files) && !found; i++) {
		const struct entry *e = tree_find(t, files[i]);

		if (e && S_ISREG(e->mode) && !store_list_open(l->s->store, t, &quiet) &&
		    !tree_read(t, files[i], &text, RELEASE_MAX, &quiet))
			found = arena_strndup(&l->s->arena, str_text(&text), strcspn(str_text(&text), "\n"));
	}
	for (size_t i = 0; i < t->n && !found; i++) {
		const char *at = strstr(t->v[i].path, modules);

		if (at && S_ISDIR(t->v[i].mode) && !strchr(at + sizeof modules - 1, '/'))
			found = arena_strdup(&l->s->arena, at + sizeof modules - 1);
	}
	err_free(&quiet);
	return found;
}

static void
look_into(struct listing *l, const struct hash *tree, struct build *b)
{
	struct err quiet = {0};
	struct tree t = {0};

	if (store_list(l->s->store, tree, &t, &quiet) == 0) {
		for (size_t i = 0; i < t.n; i++)
			b->size += S_ISREG(t.v[i].mode) ? t.v[i].size : 0;
		b->release = release_of(l, &t);
		tree_free(&t);
	}
	err_free(&quiet);
}

/* The wanted step of this name and verb, or NULL. */
static const struct step *
step_of(const struct listing *l, const struct record *rec)
{
	const struct recipe *r = l->s->recipe;

	for (size_t i = 0; i < r->nsteps; i++)
		if (l->wanted[i] && !strcmp(r->steps[i].name, rec->step) &&
		    !strcmp(r->steps[i].prim->name, rec->primitive))
			return &r->steps[i];
	return NULL;
}

static int
take_result(void *ctx, const struct hash *key)
{
	struct listing *l = ctx;
	struct arena *a = &l->s->arena;
	const struct step *step;
	struct record rec = {0};
	char hex[HASH_HEX];
	struct hash last;
	double seconds;
	struct build b;
	int found = store_record(l->s->store, key, a, &rec, l->err);

	if (found < 0)
		return -1;
	step = found && rec.step && rec.primitive ? step_of(l, &rec) : NULL;
	if (!step)
		return 0;
	b = (struct build){step->name,         NULL, arena_strdup(a, hash_hex(key, hex)), rec.when, 0,
			   rec.result.seconds, false};
	b.last = store_last(l->s->store, l->s->recipe->name, step->name, &last, &seconds) && !hash_cmp(&last, key);
	look_into(l, &rec.result.tree, &b);
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = b;
	return 0;
}

/* By step, the newest first. */
static int
by_time(const void *x, const void *y)
{
	const struct build *a = x, *b = y;
	int c = strcmp(a->step, b->step);

	if (c)
		return c;
	return a->when != b->when ? (a->when < b->when ? 1 : -1) : strcmp(a->key, b->key);
}

static void
print_table(const struct listing *l)
{
	struct table t = {.columns = 7};
	cleanup_arena struct arena a = {0};

	TABLE_ROW(&t, "STEP", "WHEN", "TOOK", "SIZE", "RELEASE", "KEY", "");
	for (size_t i = 0; i < l->n; i++) {
		const struct build *b = &l->v[i];
		char when[32] = "", took[32], size[32];
		time_t at = (time_t)b->when;
		struct tm tm;

		if (localtime_r(&at, &tm))
			strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
		TABLE_ROW(&t, b->step, when, format_duration(b->seconds, took), format_size(b->size, size),
			  b->release ? b->release : "-", arena_strndup(&a, b->key, 12),
			  b->last ? "of the last run" : NULL);
	}
	table_print(&t, stdout, 0);
	table_free(&t);
}

static void
print_json(const struct listing *l)
{
	cleanup_json struct json *all = json_object();
	struct json *list = json_add_array(all, "builds");
	struct str cleanup_str text = {0};

	for (size_t i = 0; i < l->n; i++) {
		const struct build *b = &l->v[i];
		struct json *one = json_add_object(list, NULL);

		json_string(one, "step", b->step);
		json_string(one, "key", b->key);
		json_int(one, "when", b->when);
		json_double(one, "seconds", b->seconds);
		json_uint(one, "size", b->size);
		json_string(one, "release", b->release);
		json_bool(one, "last", b->last);
	}
	json_print(all, true, &text);
	fputs(str_text(&text), stdout);
}

/* All steps, or those that are named behind the recipe. */
static const bool *
wanted_steps(struct session *s, struct err *err)
{
	size_t n = s->recipe->nsteps, named = (size_t)s->cli->argc - 2;
	uint32_t *found = arena_array(&s->arena, uint32_t, n + 1);
	bool *wanted = arena_array(&s->arena, bool, n + 1);

	for (size_t i = 0; i < n && !named; i++)
		wanted[i] = true;
	for (size_t i = 0; i < named; i++) {
		size_t k = session_find(s, s->cli->argv[i + 2], found, err);

		if (!k)
			return NULL;
		while (k)
			wanted[found[--k]] = true;
	}
	return wanted;
}

static int
list(struct session *s, struct err *err)
{
	struct listing l = {.s = s, .wanted = wanted_steps(s, err), .err = err};
	int r = l.wanted ? 0 : -1;

	if (!r)
		s->store = store_open(s->cli->store, false, err);
	if (!r && s->store)
		r = store_results(s->store, take_result, &l);
	r = s->store ? r : -1;
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_time);
	if (!r && wants_json(s->cli))
		print_json(&l);
	else if (!r && l.n)
		print_table(&l);
	else if (!r)
		printf("%s: the store holds no result of it\n", s->recipe->name);
	free(l.v);
	return r;
}

enum status
builds_list(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[1], err);

	if (!r)
		r = list(&s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}
