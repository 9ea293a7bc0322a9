/* diff_inputs: what two recipes, or two ways to run one, ask for: options, and the keys of their steps. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "cli/diff.h"
#include "model/key.h"
#include "model/lineage.h"

enum { HASH_SHOWN = 12 };

bool
diff_has_inputs(const struct diff_side *s)
{
	return s->s != NULL;
}

static const char *
option_text(struct arena *a, const struct recipe *r, const struct option *o)
{
	cleanup_str struct str b = {0};

	lineage_option(r, o, &b);
	return arena_strdup(a, str_text(&b));
}

static const struct option *
find_option(const struct recipe *r, const char *name)
{
	for (size_t i = 0; i < r->noptions; i++)
		if (!strcmp(r->options[i].name, name))
			return &r->options[i];
	return NULL;
}

static void
compare_options(struct diffing *d, struct diff_rows *out)
{
	const struct recipe *r[2] = {d->side[0].s->recipe, d->side[1].s->recipe};

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < r[k]->noptions; i++) {
			const char *name = r[k]->options[i].name;
			const struct option *x = find_option(r[0], name), *y = find_option(r[1], name);
			const char *a = x ? option_text(d->a, r[0], x) : NULL,
				   *b = y ? option_text(d->a, r[1], y) : NULL;

			if ((k && x) || str_eq(a, b))
				continue;
			diff_add(out,
				 &(struct diff_row){.name = arena_printf(d->a, "option %s", name), .a = a, .b = b});
		}
}

/* A line of a key, cut where what it says begins: `param config.FOO = "y"` is about `param config.FOO`. */
struct said {
	const char *subject, *value;
	bool result; /* of another step: that one is told of by itself */
};

/* "input on "" 77aa…" and "file patches "a.patch" 5f0c…": about the name, says the hash. */
static struct said
split_source(struct arena *a, const char *line)
{
	const char *hash = strrchr(line, ' ');

	if (hash && !strcmp(hash, " executable")) {
		const char *p = hash;

		while (p > line && p[-1] != ' ')
			p--;
		hash = p - 1;
	}
	if (!hash)
		return (struct said){line, "", false};
	return (struct said){arena_strndup(a, line, (size_t)(hash - line)), arena_strndup(a, hash + 1, HASH_SHOWN),
			     str_starts(line, "input ")};
}

static struct said
split(struct arena *a, const char *line)
{
	static const char *const words[] = {"pin ", "epoch ", "primitive ", "jkr "};
	const char *eq = strstr(line, " = ");

	if (str_starts(line, "file ") || str_starts(line, "input ") || str_starts(line, "step "))
		return split_source(a, line);
	if (str_starts(line, "param ") && eq)
		return (struct said){arena_strndup(a, line, (size_t)(eq - line)), arena_strdup(a, eq + 3), false};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(line, words[i]))
			return (struct said){arena_strndup(a, words[i], strlen(words[i]) - 1),
					     arena_strdup(a, line + strlen(words[i])), str_starts(line, "epoch ")};
	return (struct said){line, "yes", false};
}

/* Of the lines that only the second side has the first about this that was not taken; NULL: none. */
struct added {
	struct said said;
	struct added *next;
	bool used;
};

static void
read_added(struct diffing *d, const struct key_line *v, size_t n, struct added *list, struct map *out)
{
	for (size_t i = n; i-- > 0;) {
		if (v[i].mark != '+')
			continue;
		list[i].said = split(d->a, v[i].line);
		list[i].next = map_get(out, list[i].said.subject);
		map_set(out, list[i].said.subject, &list[i]);
	}
}

/* Lines of both sides about one thing become one row. */
static void
add_lines(struct diffing *d, const char *step, const struct key_line *v, size_t n, struct diff_rows *out)
{
	struct added *list = arena_array(d->a, struct added, n + 1), *y;
	struct map added = {0};

	read_added(d, v, n, list, &added);
	for (size_t i = 0; i < n; i++) {
		bool gone = v[i].mark == '-';
		struct said x = gone ? split(d->a, v[i].line) : list[i].said;

		if (list[i].used)
			continue;
		y = gone ? map_get(&added, x.subject) : NULL;
		if (y) {
			y->used = true;
			map_set(&added, x.subject, y->next);
		}
		diff_add(out, &(struct diff_row){.name = arena_printf(d->a, "%s: %s", step, x.subject),
						 .a = gone ? x.value : NULL,
						 .b = !gone ? x.value
						      : y   ? y->said.value
							    : NULL,
						 .follows = x.result});
	}
	map_free(&added);
}

static const struct plan_step *
find_step(const struct session *s, const char *name)
{
	for (size_t i = 0; i < s->plan.n; i++)
		if (!strcmp(s->plan.v[s->plan.order[i]].step->name, name))
			return &s->plan.v[s->plan.order[i]];
	return NULL;
}

static void
compare_step(struct diffing *d, const struct plan_step *x, const struct plan_step *y, struct diff_rows *out)
{
	struct key_line *v;
	size_t n;

	if (!x->has_key || !y->has_key) {
		const struct plan_step *ps = x->has_key ? y : x;

		if (x->has_key || y->has_key)
			diff_add(out, &(struct diff_row){
					      .name = x->step->name,
					      .note = arena_printf(d->a, "cannot be compared yet: %s", ps->reason),
					      .follows = true});
		return;
	}
	if (!hash_cmp(&x->key, &y->key))
		return;
	n = key_lines(x->key_text, y->key_text, d->side[1].s->recipe, y->step, d->a, &v);
	if (!n)
		diff_add(out, &(struct diff_row){.name = x->step->name, .note = "the same inputs in another order"});
	add_lines(d, x->step->name, v, n, out);
}

int
diff_inputs(struct diffing *d, struct diff_rows *out, struct err *err)
{
	const struct session *s[2] = {d->side[0].s, d->side[1].s};

	(void)err;
	out->one = "input";
	out->many = "inputs";
	compare_options(d, out);
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < s[k]->plan.n; i++) {
			const struct plan_step *ps = &s[k]->plan.v[s[k]->plan.order[i]];
			const struct plan_step *other = find_step(s[!k], ps->step->name);
			const char *verb = ps->step->prim->name;

			if (!other)
				diff_add(out, &(struct diff_row){.name = arena_printf(d->a, "step %s", ps->step->name),
								 .a = k ? NULL : verb,
								 .b = k ? verb : NULL});
			else if (!k)
				compare_step(d, ps, other, out);
		}
	return 0;
}
