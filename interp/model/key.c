#include "model/key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/capabilities.h"
#include "model/lineage.h"
#include "model/matrix.h"

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
	const struct recipe *r = recipe_own(w->plan->recipe, ps->step);
	cleanup_free bool *mark = lineage_mark(w->plan->recipe, ps->step);
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
		const uint32_t number = recipe_number(ps->step, i);
		const struct plan_step *in = &w->plan->v[number];

		if (!mark[number])
			continue;
		str_add(w->out, "step ");
		add_text(w->out, r->steps[i].name);
		if (in->state == PLAN_SKIPPED)
			str_add(w->out, " skipped\n");
		else
			str_addf(w->out, " %s %s\n", hash_hex(&in->key, key), hash_hex(&in->result.tree, tree));
	}
}

/* What changes a tree is looked at when it runs: a result was held to what stands here. */
static void
add_allowed(struct writer *w, const struct step *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->may) && s->may[i]; i++) {
		const struct strings *paths = &s->may[i]->paths;

		str_add(w->out, "may only change");
		for (size_t k = 0; k < paths->n; k++) {
			str_addc(w->out, ' ');
			add_text(w->out, paths->v[k]);
		}
		str_addc(w->out, '\n');
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
	add_allowed(&w, ps->step);
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
