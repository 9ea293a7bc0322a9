#include "model/key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/lineage.h"

struct writer {
	const struct plan *plan;
	const struct plan_env *env;
	struct str *out;
	struct err *err;
};

static void
add_text(struct str *out, const char *s)
{
	str_addc(out, '"');
	str_add_quoted(out, s, strlen(s));
	str_addc(out, '"');
}

static int
add_source(struct writer *w, const char *name, const struct source *src)
{
	struct file_content content = {0};
	struct hash h;
	char hex[HASH_HEX];

	if (src->kind == SRC_NONE)
		return 0;
	if (src->kind == SRC_FILE) {
		if (w->env->file(w->env->ctx, &src->file, &content, w->err) < 0)
			return err_at(w->err, src->at);
		h = content.hash;
		str_add(w->out, "file ");
		str_add(w->out, name);
		str_addc(w->out, ' ');
		add_text(w->out, path_base(src->file.rel));
	} else {
		const struct plan_step *in = &w->plan->v[src->ref.step];

		if (w->env->part(w->env->ctx, &in->result.tree, src->ref.path, &h, w->err) < 0)
			return err_at(w->err, src->at);
		/* not the step's name: what it is called changes nothing */
		str_add(w->out, "input ");
		str_add(w->out, name);
		str_addc(w->out, ' ');
		add_text(w->out, src->ref.path);
	}
	str_addc(w->out, ' ');
	str_add(w->out, hash_hex(&h, hex));
	str_add(w->out, content.executable ? " executable\n" : "\n");
	return 0;
}

static int
add_sources(struct writer *w, const char *name, const struct sources *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (add_source(w, name, &list->v[i]) < 0)
			return -1;
	return 0;
}

static void
add_param(struct writer *w, const char *name, const char *key, const char *value)
{
	if (!value)
		return;
	str_add(w->out, "param ");
	str_add(w->out, name);
	str_add(w->out, key ? "." : "");
	if (key && key[strcspn(key, " \n\"=")]) /* one that could be taken for the rest of the line */
		add_text(w->out, key);
	else if (key)
		str_add(w->out, key);
	str_add(w->out, " = ");
	add_text(w->out, value);
	str_addc(w->out, '\n');
}

static void
add_number(struct writer *w, const char *name, int64_t n)
{
	char buf[32];

	snprintf(buf, sizeof buf, "%" PRId64, n);
	add_param(w, name, NULL, buf);
}

static int
add_symbols(struct writer *w, const char *name, const struct symbols *s)
{
	if (add_sources(w, name, &s->fragments) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		add_param(w, name, s->v[i].name, s->v[i].value);
	return 0;
}

static int
add_mounts(struct writer *w, const char *name, const struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		add_param(w, name, "at", m->v[i].at_path);
		if (add_source(w, name, &m->v[i].source) < 0)
			return -1;
	}
	return 0;
}

static int
add_list(struct writer *w, const struct param *p, const void *at)
{
	const struct strings *s = at;

	if (p->type == P_FILE || p->type == P_SOURCE || p->type == P_STEP)
		return add_sources(w, p->name, at);
	for (size_t i = 0; i < s->n; i++)
		add_param(w, p->name, NULL, s->v[i]);
	return 0;
}

/* How each type of parameter enters a key: text by text, files by content, steps by result. */
static int
add_one(struct writer *w, const struct param *p, const void *at)
{
	if (p->flags & P_LIST)
		return add_list(w, p, at);
	switch (p->type) {
	case P_BOOL: add_param(w, p->name, NULL, *(const bool *)at ? "true" : "false"); return 0;
	case P_INT:
	case P_SIZE: add_number(w, p->name, *(const int64_t *)at); return 0;
	case P_STRING:
	case P_CHOICE:
	case P_PATH:
	case P_SHA256: add_param(w, p->name, NULL, *(const char *const *)at); return 0;
	case P_FILE:
	case P_SOURCE:
	case P_STEP: return add_source(w, p->name, at);
	case P_MAP: {
		const struct pairs *m = at;

		for (size_t i = 0; i < m->n; i++)
			add_param(w, p->name, m->v[i].key, m->v[i].value);
		return 0;
	}
	case P_SYMBOLS: return add_symbols(w, p->name, at);
	case P_MOUNTS: return add_mounts(w, p->name, at);
	case P_ANY: return 0;
	}
	return 0;
}

/* All that a manifest can print of what stands before it. Results, too: a key alone does not promise one. */
static void
add_lineage(struct writer *w, const struct plan_step *ps)
{
	const struct recipe *r = w->plan->recipe;
	cleanup_free bool *mark = lineage_mark(r, ps->step);
	char key[HASH_HEX], tree[HASH_HEX];

	str_addf(w->out, "jkr %s\n", JKR_VERSION);
	add_param(w, "recipe", "name", r->name);
	add_param(w, "recipe", "version", r->version);
	for (size_t i = 0; i < r->noptions; i++) {
		cleanup_str struct str text = {0};

		lineage_option(r, &r->options[i], &text);
		add_param(w, "option", r->options[i].name, str_text(&text));
	}
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct plan_step *in = &w->plan->v[i];

		if (!mark[i])
			continue;
		str_add(w->out, "step ");
		add_text(w->out, r->steps[i].name);
		if (in->state == PLAN_SKIPPED)
			str_add(w->out, " skipped\n");
		else
			str_addf(w->out, " %s %s\n", hash_hex(&in->key, key), hash_hex(&in->result.tree, tree));
	}
}

int
key_text(const struct plan *p, const struct plan_step *ps, const struct plan_env *env, struct str *out, struct err *err)
{
	const struct prim *prim = ps->step->prim;
	struct writer w = {p, env, out, err};

	str_addf(out, "jkr-key 1\nprimitive %s %u\n", prim->name, prim->version);
	for (const struct param *q = prim->params; q->name; q++)
		if (!(q->flags & P_NOKEY) && add_one(&w, q, (const char *)ps->bound + q->offset) < 0)
			return -1;
	if (add_source(&w, "on", &ps->step->common.on) < 0)
		return -1;
	if (ps->dirty) /* so that no recipe without the folder ever finds it */
		str_add(out, "dirty\n");
	if (ps->pin) {
		str_add(out, "pin ");
		add_text(out, ps->pin);
		str_addc(out, '\n');
	}
	if (prim->flags & PRIM_LINEAGE)
		add_lineage(&w, ps);
	if (prim->flags & (PRIM_EPOCH | PRIM_CONTAINER))
		str_addf(out, "epoch %" PRId64 "\n", ps->epoch);
	if (prim->flags & PRIM_CONTAINER && env->host)
		str_add(out, "programs of this machine\n");
	return 0;
}

/* A line split into what it is about ("file archive", "param strip") and what it says. */
static size_t
subject_len(const char *line, size_t len)
{
	static const char *const two_words[] = {"param ", "file ", "input ", "primitive ", "step "};
	size_t n = strcspn(line, " \n");

	for (size_t i = 0; i < ARRAY_LEN(two_words); i++)
		if (!strncmp(line, two_words[i], strlen(two_words[i]))) {
			n = strlen(two_words[i]);
			n += strcspn(line + n, " \n");
		}
	return n < len ? n : len;
}

static const char *
find_line(const char *text, const char *line, size_t len, size_t subject, bool *same_subject)
{
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "\n");

		if (n == len && !memcmp(s, line, n))
			return s;
		if (n >= subject && !memcmp(s, line, subject) && (s[subject] == ' ' || s[subject] == '\n'))
			*same_subject = true;
		s += n + (s[n] == '\n');
	}
	return NULL;
}

/* The second word of a line, or the quoted text behind it: what a sentence names. */
static char *
word(struct arena *a, const char *line, size_t len, int which)
{
	const char *end = line + len;

	while (which-- > 0) {
		while (line < end && *line != ' ')
			line++;
		while (line < end && *line == ' ')
			line++;
	}
	if (line < end && *line == '"') {
		const char *q = memchr(line + 1, '"', (size_t)(end - line - 1));

		return arena_strndup(a, line + 1, (size_t)((q ? q : end) - line - 1));
	}
	len = strcspn(line, " \n");
	return arena_strndup(a, line, len < (size_t)(end - line) ? len : (size_t)(end - line));
}

/* How each file and input line is called, in the order of the lines. */
struct naming {
	const struct step *step;
	const struct recipe *recipe;
	struct arena *a;
	size_t want, seen; /* looks for the `want`th */
	const char *found;
};

static int
name_source(void *ctx, const struct param *q, struct source *src)
{
	struct naming *n = ctx;
	const char *path = src->ref.path;

	if (src->kind == SRC_NONE || (q && q->flags & P_NOKEY) || n->seen++ != n->want)
		return 0;
	if (src->kind == SRC_FILE)
		n->found = src->file.shown;
	else if (*path)
		n->found = arena_printf(n->a, "%s / %s", n->recipe->steps[src->ref.step].name, path);
	else
		n->found = n->recipe->steps[src->ref.step].name;
	return 1;
}

/* The name of what the line at `line` in `text` takes in; NULL when it cannot be told. */
static const char *
source_name(const struct naming *from, const char *text, const char *line)
{
	struct naming n = *from;
	const struct step *step = n.step;

	for (const char *s = text; s < line; s += strcspn(s, "\n") + 1)
		n.want += str_starts(s, "file ") || str_starts(s, "input ");
	if (!schema_sources(step->prim->params, step->bound, name_source, &n))
		name_source(&n, NULL, (struct source *)&step->common.on);
	return n.found;
}

static const char *
line_reason(const char *line, size_t len, bool changed, const char *name, struct arena *a)
{
	const char *how = changed ? "changed" : "is new";

	if (str_starts(line, "param "))
		return arena_printf(a, "`%s` %s", word(a, line, len, 1), how);
	if (str_starts(line, "file "))
		return arena_printf(a, "file `%s` %s", name ? name : word(a, line, len, 2), how);
	if (str_starts(line, "input ") && name)
		return arena_printf(a, "the result of `%s` %s", name, how);
	if (str_starts(line, "input "))
		return arena_printf(a, "a result in `%s` %s", word(a, line, len, 1), how);
	if (str_starts(line, "pin "))
		return arena_strdup(a, "the pinned version changed");
	if (str_starts(line, "epoch "))
		return arena_strdup(a, "the date of the source changed");
	if (str_starts(line, "programs "))
		return arena_strdup(a, "`--backend none` gives results of their own, made by this machine's programs");
	if (str_starts(line, "step "))
		return arena_printf(a, "what `%s` was made of %s", word(a, line, len, 1), how);
	if (str_starts(line, "jkr "))
		return arena_strdup(a, "another version of jkr builds it");
	if (str_starts(line, "primitive "))
		return arena_printf(a, "`%s` of this jkr works differently", word(a, line, len, 1));
	return NULL;
}

/* The first line of `x` that `y` lacks, as a sentence; NULL when there is none. `names` tells what the lines
 * of `x` take in; without them `x` is the older text, and what it has more was dropped. */
static const char *
first_difference(const char *x, const char *y, const struct naming *names, struct arena *a)
{
	for (const char *s = x; *s;) {
		size_t n = strcspn(s, "\n");
		bool same = false;

		if (!find_line(y, s, n, subject_len(s, n), &same)) {
			const char *name = names ? source_name(names, x, s) : NULL;
			const char *r = line_reason(s, n, same, name, a), *is_new = r ? strstr(r, " is new") : NULL;

			if (is_new && !names)
				return arena_printf(a, "%.*s was dropped", (int)(is_new - r), r);
			if (r)
				return r;
		}
		s += n + (s[n] == '\n');
	}
	return NULL;
}

const char *
key_reason(const char *before, const char *now, const struct recipe *recipe, const struct step *step, struct arena *a)
{
	struct naming names = {.step = step, .recipe = recipe, .a = a};
	bool was = strstr(before, "\ndirty\n"), is = strstr(now, "\ndirty\n");
	const char *r;

	if (was != is)
		return step->edited ? "an edited folder takes its place"
		       : is         ? "it rests on an edited folder"
				    : "an edited folder was in it the last time";
	r = first_difference(now, before, &names, a);
	if (!r)
		r = first_difference(before, now, NULL, a);
	return r ? r : "the order of its inputs changed";
}
