/* The documentation of constructors written in Lua, from the tables that check them. */
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"
#include "lua/define_spec.h"
#include "lua/env.h"
#include "lua/parent.h"

static void
parent_start(struct parent *p, struct load_request *rq, struct recipe *r, struct arena *a, const char *const *search)
{
	rq->search = search;
	r->root = r->path = "";
	p->rq = rq;
	p->r = r;
	p->a = a;
	p->main_prefix = "";
	p->units.v = p->unit;
}

/* Finds stdlib/NAME.lua; 1 found, 0 not, -1 a sentence. */
static int
find_module(struct parent *p, const char *name, struct err *err)
{
	char *rel = arena_printf(p->a, "stdlib/%s.lua", name);
	uint32_t unit;
	bool known;
	int r = 0;

	for (size_t i = 0; !r && p->rq->search && p->rq->search[i]; i++) {
		p->r->root = p->rq->search[i];
		p->unit[0].shown = arena_printf(p->a, "%s/%s", p->rq->search[i], rel);
		p->main_prefix = arena_printf(p->a, "%s/", p->rq->search[i]);
		r = files_load(p, UNIT_STDLIB, p->rq->search[i], rel, &unit, &known, err);
	}
	return r;
}

static int
read_define(struct parent *p, const char *bytes, size_t len, struct define_doc *out, struct err *err)
{
	struct reader rd = {.p = (const unsigned char *)bytes,
			    .end = (const unsigned char *)bytes + len,
			    .a = p->a,
			    .units = &p->units};
	struct define_spec spec = {0};
	struct value v;

	read_errors(&rd, err);
	if (err_any(err))
		return -1;
	if (!read_u8(&rd) || rd.bad)
		return recipe_damaged(p, err);
	if (!read_u8(&rd)) {
		err_set(err, "E0015", "this file does not define `%s`", out->name);
		return err_at(err, (struct place){.file = p->unit[0].shown});
	}
	read_value(&rd, (struct place){.file = p->unit[0].shown}, &v);
	if (rd.bad)
		return recipe_damaged(p, err);
	if (define_spec_read(&v, p->a, &spec, err))
		return -1;
	out->doc = spec.doc;
	out->example = spec.example;
	out->params = spec.params;
	out->outputs = spec.output_docs;
	out->file = p->unit[0].shown;
	return 0;
}

static int
unknown(struct parent *p, const char *name, struct err *err)
{
	const char *const *names, *near;
	size_t n = 0;

	if (load_define_names(p->rq->search, p->a, &names, err))
		return -1;
	while (names[n])
		n++;
	near = near_name(name, names, n);
	err_set(err, "E0008", "there is no constructor `%s`", name);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return -1;
}

int
load_define(const char *name, const char *const *search, struct arena *a, struct define_doc *out, struct err *err)
{
	struct parent *p = xcalloc(1, sizeof *p);
	struct load_request rq = {0};
	struct recipe r = {0};
	struct err own = {0};
	char *bytes = NULL;
	size_t len = 0;
	int n;

	parent_start(p, &rq, &r, a, search);
	memset(out, 0, sizeof *out);
	out->name = arena_strdup(a, name);
	n = strchr(name, '/') ? 0 : find_module(p, name, &own);
	if (!n)
		unknown(p, name, &own);
	else if (n > 0)
		bytes = load_child(p, out->name, &len, &own);
	if (bytes)
		read_define(p, bytes, len, out, &own);
	free(bytes);
	free(p);
	map_free(&r.sources);
	free(r.texts);
	n = err_any(&own) ? -1 : 0;
	err_move(err, &own);
	return n;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
load_define_names(const char *const *search, struct arena *a, const char *const **names, struct err *err)
{
	struct parent *p = xcalloc(1, sizeof *p);
	struct load_request rq = {0};
	struct recipe r = {0};
	const char **v;
	size_t n = 0, kept = 0;

	(void)err;
	parent_start(p, &rq, &r, a, search);
	p->unit[0].root = search && search[0] ? search[0] : "/nonexistent";
	v = files_names(p, "stdlib", ".lua", &n);
	qsort(v, n, sizeof *v, by_name);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(v[kept - 1], v[i]))
			v[kept++] = v[i];
	v[kept] = NULL;
	*names = v;
	free(p);
	return 0;
}

const char *const *
load_words(struct arena *a)
{
	static const struct load_request rq;
	struct child *c = xcalloc(1, sizeof *c);
	cleanup_str struct str names = {0};
	const char **v;
	size_t n = 0;
	char *s;

	c->rq = &rq;
	c->L = luaL_newstate();
	if (!c->L)
		abort();
	*(struct child **)lua_getextraspace(c->L) = c;
	env_open(c->L);
	env_names(c->L, &names);
	lua_close(c->L);
	s = arena_strdup(a, str_text(&names));
	v = arena_array(a, const char *, names.len / 2 + 1);
	for (char *word; (word = strsep(&s, "\n")) && *word;)
		v[n++] = word;
	arena_free(&c->arena);
	free(c);
	return v;
}
