#include "model/lineage.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "data/json.h"

bool *
lineage_mark(const struct recipe *r, const struct step *step)
{
	bool *mark = xcalloc(r->nsteps + 1, sizeof *mark);

	for (size_t i = 0; i < step->ninputs; i++)
		mark[step->inputs[i]] = true;
	/* inputs stand before their users */
	for (size_t i = r->nsteps; i-- > 0;)
		for (size_t k = 0; mark[i] && k < r->steps[i].ninputs; k++)
			mark[r->steps[i].inputs[k]] = true;
	return mark;
}

/* A step by its name: its number changes when another one is put before it. */
static void
add_step(const struct recipe *r, const struct value *v, struct str *out)
{
	str_addf(out, "%s%s%s", r->steps[v->ref.step].name, *v->ref.path ? "/" : "", v->ref.path);
}

void
lineage_option(const struct recipe *r, const struct option *o, struct str *out)
{
	const struct value *v = &o->value;

	switch (v->type) {
	case V_BOOL: str_add(out, v->b ? "true" : "false"); break;
	case V_INT: str_addf(out, "%" PRId64, v->i); break;
	case V_STRING: str_addn(out, v->str.s, v->str.len); break;
	case V_TRI: str_addc(out, v->tri); break;
	case V_REF: add_step(r, v, out); break;
	default: str_add(out, value_type_name(v)); break;
	}
}

void
lineage_option_json(const struct recipe *r, const struct option *o, struct json *to, const char *key)
{
	cleanup_str struct str name = {0};

	if (o->value.type != V_REF) {
		json_value(to, key, &o->value);
		return;
	}
	add_step(r, &o->value, &name);
	json_string(to, key, str_text(&name));
}

/* Files of the project */

struct filing {
	struct ancestor *to;
	const struct plan_env *env;
	struct arena *arena;
	struct fact *v;
	size_t n, cap;
	struct err *err;
};

static int
take_file(void *ctx, const struct param *p, struct source *src)
{
	struct filing *f = ctx;
	struct file_content c;
	char hex[HASH_HEX];

	if (src->kind != SRC_FILE || p->flags & P_NOKEY) /* a staged file is pinned, and lies elsewhere */
		return 0;
	if (f->env->file(f->env->ctx, &src->file, &c, f->err))
		return -1;
	GROW(f->v, f->n, f->cap);
	/* not the folder that it lies in: a key holds the name alone */
	f->v[f->n++] = (struct fact){path_base(src->file.rel), arena_strdup(f->arena, hash_hex(&c.hash, hex))};
	return 0;
}

int
lineage_files(struct ancestor *a, const struct plan_env *env, struct arena *arena, struct err *err)
{
	struct filing f = {.to = a, .env = env, .arena = arena, .err = err};
	int r = a->ps->bound ? schema_sources(a->ps->step->prim->params, a->ps->bound, take_file, &f) : 0;

	a->files = arena_memdup(arena, f.v, sizeof *f.v * f.n);
	a->nfiles = f.n;
	free(f.v);
	return r;
}

/* JSON */

static bool
is_hash(const char *s)
{
	return strlen(s) == HASH_SIZE * 2 && !s[strspn(s, "0123456789abcdef")];
}

static struct json *
add_input(struct json *list, const struct ancestor *a, const char *name, const char *sha256)
{
	struct json *j = json_add_object(list, NULL);

	json_string(j, "step", a->name);
	json_string(j, "name", name);
	json_string(j, "sha256", sha256);
	return j;
}

/* Patches, each with who wrote it, when, and what it says it does: a record holds that right behind its hash. */
static void
add_patches(struct json *list, const struct ancestor *a)
{
	static const char *const told[] = {"author", "date", "subject"};
	struct json *j = NULL;

	for (size_t k = 0; k < a->nfacts; k++) {
		const struct fact *f = &a->facts[k];

		if (str_starts(f->key, "patch:"))
			j = add_input(list, a, f->key + 6, f->value);
		for (size_t i = 0; j && i < ARRAY_LEN(told); i++)
			if (str_starts(f->key, told[i]) && f->key[strlen(told[i])] == ':')
				json_string(j, told[i], f->value);
	}
}

/* What came from outside: downloads, staged files, files and folders of the project; patches have a list of their own.
 */
static void
add_inputs(const struct lineage *l, struct json *inputs, struct json *patches)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct ancestor *a = &l->v[i];

		if (!strcmp(a->ps->step->prim->name, "patch")) {
			add_patches(patches, a);
			continue;
		}
		for (size_t k = 0; k < a->nfacts; k++)
			if (is_hash(a->facts[k].value) && !str_starts(a->facts[k].key, "folder:")) /* in `files` */
				add_input(inputs, a, a->facts[k].key, a->facts[k].value);
		for (size_t k = 0; k < a->nfiles; k++)
			add_input(inputs, a, a->files[k].key, a->files[k].value);
	}
}

static void
add_toolchains(const struct lineage *l, struct json *to)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct ancestor *a = &l->v[i];
		struct json *j, *packages;
		char hex[HASH_HEX];

		if (strcmp(a->ps->step->prim->name, "image") != 0 || a->ps->state != PLAN_CACHED)
			continue;
		j = json_add_object(to, NULL);
		json_string(j, "step", a->name);
		json_string(j, "image", hash_hex(&a->ps->result.tree, hex));
		packages = json_add_object(j, "packages");
		for (size_t k = 0; k < a->nfacts; k++)
			if (str_starts(a->facts[k].key, "package:"))
				json_string(packages, a->facts[k].key + 8, a->facts[k].value);
	}
}

static void
add_steps(const struct lineage *l, struct json *steps, struct json *skipped)
{
	char hex[HASH_HEX];

	for (size_t i = 0; i < l->n; i++) {
		const struct plan_step *ps = l->v[i].ps;
		struct json *j = json_add_object(ps->state == PLAN_SKIPPED ? skipped : steps, NULL);

		json_string(j, "name", l->v[i].name);
		json_string(j, "primitive", ps->step->prim->name);
		if (ps->dirty)
			json_bool(j, "dirty", true);
		if (ps->state == PLAN_SKIPPED)
			continue;
		json_string(j, "key", ps->has_key ? hash_hex(&ps->key, hex) : NULL);
		json_string(j, "result", ps->state == PLAN_CACHED ? hash_hex(&ps->result.tree, hex) : NULL);
	}
}

void
lineage_json(const struct lineage *l, struct json *to)
{
	struct json *options = json_add_object(to, "options");
	struct json *inputs = json_add_array(to, "inputs");
	struct json *patches = json_add_array(to, "patches");

	for (size_t i = 0; i < l->recipe->noptions; i++)
		lineage_option_json(l->recipe, &l->recipe->options[i], options, l->recipe->options[i].name);
	add_inputs(l, inputs, patches);
	add_toolchains(l, json_add_array(to, "toolchains"));
	struct json *steps = json_add_array(to, "steps");

	add_steps(l, steps, json_add_array(to, "skipped"));
}
