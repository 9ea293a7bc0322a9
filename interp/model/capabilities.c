#include "model/capabilities.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/near.h"
#include "base/str.h"
#include "data/yaml.h"
#include "model/recipe.h"
#include "model/tree.h"

#define DOES "E0021"
#define CHANGES "E0022"

const struct param capabilities_form[] = {
	PARAM(capabilities, primitives, P_STRING, P_LIST | P_PLAIN,
	      "The primitives that its steps are made of, as `jkr ls steps` shows them."),
	PARAM(capabilities, network, P_STRING, P_LIST | P_PLAIN,
	      "What it takes from elsewhere: addresses, also of recipes that it uses, as `https://host/folder/` for all below; `deb:NAME`, "
	      "`dsc:NAME`, `b4:ID`, `image:…`, `file:NAME`, `folder:NAME` as jkr.lock has them."),
	PARAM(capabilities, paths, P_STRING, P_LIST | P_PLAIN,
	      "The files of other steps' trees that it changes, such as `etc/hosts` or `usr/lib/` for all below; `/` is any."),
	{0},
};

/* -- reading ------------------------------------------------------------------------------------------------------ */
static int
check_primitives(const struct strings *s, struct err *err)
{
	const char *names[64], *near;
	size_t n = 0;
	int r = 0;

	for (const struct prim *const *p = prims; *p && n < ARRAY_LEN(names); p++)
		names[n++] = (*p)->name;
	for (size_t i = 0; i < s->n; i++) {
		if (prim_find(s->v[i]))
			continue;
		r = err_set(err, "E0018", "`%s` is no primitive", s->v[i]);
		if (s->at)
			err_at(err, s->at[i]);
		near = near_name(s->v[i], names, n);
		err_help(err, near ? "did you mean `%s`?" : "`jkr doc` lists the primitives", near);
	}
	return r;
}

/* `https://host*` would be any host that begins so. */
static int
check_network(const struct strings *s, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!strstr(s->v[i], "://") || !strchr(s->v[i], '*'))
			continue;
		r = err_set(err, "E0018", "an address of `network` has no `*`: `%s`", s->v[i]);
		err_help(err, "all below a folder is written with `/` at the end");
		if (s->at)
			err_at(err, s->at[i]);
	}
	return r;
}

int
capabilities_read(const struct value *v, struct arena *a, struct capabilities *out, struct err *err)
{
	if (!v || v->type == V_NIL)
		return 0;
	out->stated = true;
	if (v->type != V_TABLE || v->table.nitems) {
		err_set(err, "E0018", "`capabilities` is %s, not a table", value_type_name(v));
		return err_at(err, v->at);
	}
	if (schema_check(capabilities_form, NULL, v, "capabilities", err) < 0 ||
	    schema_bind(capabilities_form, v, "capabilities", out, a, err) < 0)
		return -1;
	return check_primitives(&out->primitives, err) | check_network(&out->network, err) ? -1 : 0;
}

int
capabilities_parse(const char *text, size_t len, const char *shown, struct arena *a, struct capabilities *out,
		   struct err *err)
{
	struct value v;

	if (yaml_parse(text, len, shown, a, &v, err))
		return -1;
	return capabilities_read(v.type == V_TABLE ? value_field(&v, "capabilities") : NULL, a, out, err);
}

/* -- matching ----------------------------------------------------------------------------------------------------- */
/* What servers and libraries take for other folders. */
static bool
climbs(const char *s)
{
	return strstr(s, "..") || strcasestr(s, "%2e") || strcasestr(s, "%2f") || strchr(s, '\\');
}

bool
capabilities_reach(const struct capabilities *c, const char *address)
{
	for (size_t i = 0; i < c->network.n; i++) {
		const char *line = c->network.v[i];
		size_t n = strlen(line);

		if (!strcmp(line, address))
			return true;
		if (n && line[n - 1] == '/' && !strncmp(line, address, n) && !climbs(address + n))
			return true;
		if (n && line[n - 1] == '*' && !strncmp(line, address, n - 1))
			return true;
	}
	return false;
}

/* A folder above a stated path is made on the way to it; one that was there already, or a link in its place, is not
 * changed. */
static bool
may_change(const struct strings *paths, const struct tree *below, const struct entry *e)
{
	size_t len = strlen(e->path);
	bool above = S_ISDIR(e->mode) && !e->whiteout && !e->opaque && !tree_find(below, e->path);

	for (size_t i = 0; i < paths->n; i++) {
		const char *line = paths->v[i];
		size_t n = strlen(line);

		if (!strcmp(line, "/") || !strcmp(line, e->path))
			return true;
		if (n && line[n - 1] == '/' &&
		    (!strncmp(line, e->path, n) || (above && n == len + 1 && !strncmp(line, e->path, len))))
			return true;
		if (above && n > len && line[len] == '/' && !strncmp(line, e->path, len))
			return true;
	}
	return false;
}

/* -- holding a step to it -------------------------------------------------------------------------------------------
 */
static void
say_stated(const struct capabilities *c, const char *key, const struct strings *has, const char *lacks, struct err *err)
{
	cleanup_str struct str all = {0};

	for (size_t i = 0; i < has->n && i < 20; i++)
		str_addf(&all, "%s%s", i ? ", " : "", has->v[i]);
	if (!c->stated)
		err_help(err, "it states no capabilities: %s lacks `capabilities:`", c->file);
	else if (has->n)
		err_help(err, "`%s` there: %s", key, str_text(&all));
	err_help(err, "who keeps it adds `%s` to `%s` of `capabilities` in %s", lacks, key, c->file);
}

static int
refuse(const struct capabilities *c, const char *does, const char *key, const struct strings *has, const char *what,
       struct err *err)
{
	err_set(err, DOES, "%s %s `%s`, which %s does not state", c->who, does, what, c->file);
	say_stated(c, key, has, what, err);
	return -1;
}

static bool
listed(const struct strings *s, const char *word)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i], word))
			return true;
	return false;
}

struct holding {
	const struct capabilities *c;
	struct arena *a;
	struct err *err;
};

static int
hold_to(struct holding *h, const char *address)
{
	return capabilities_reach(h->c, address) ? 0
						 : refuse(h->c, "takes", "network", &h->c->network, address, h->err);
}

static int
hold_addresses(struct holding *h, const struct step *s)
{
	int r = 0;

	for (const struct param *p = s->prim->params; p->name; p++) {
		const char *text =
			p->flags & P_ADDRESS ? *(const char *const *)((const char *)s->bound + p->offset) : NULL;

		if (text && strchr(text, ':')) /* a package's name has none */
			r |= hold_to(h, text);
		else if (text && strchr(text, '@')) /* the id of a mail, which does not say where it is */
			r |= hold_to(h, arena_printf(h->a, "b4:%s", text));
	}
	return r;
}

/* What a person stages. */
static int
hold_staged(void *ctx, const struct param *p, struct source *src)
{
	struct holding *h = ctx;

	if (src->kind == SRC_FILE)
		hold_to(h, arena_printf(h->a, "%s:%s", p->name, path_base(src->file.rel)));
	return 0;
}

static int
hold_network(struct holding *h, const struct step *s)
{
	static const char *const by_address[] = {"url:", "git:", "file:", "b4:"};
	cleanup_str struct str pin = {0};
	const size_t before = err_count(h->err);

	hold_addresses(h, s);
	if (s->prim->absent)
		schema_sources(s->prim->params, s->bound, hold_staged, h);
	if (s->prim->pin_name)
		s->prim->pin_name(s->bound, &pin);
	for (size_t i = 0; i < ARRAY_LEN(by_address); i++)
		if (str_starts(str_text(&pin), by_address[i]))
			str_reset(&pin);
	if (pin.len)
		hold_to(h, arena_strdup(h->a, str_text(&pin)));
	return err_count(h->err) > before ? -1 : 0;
}

int
capabilities_check(const struct capabilities *c, const struct step *s, struct arena *a, struct err *err)
{
	struct holding h = {c, a, err};
	int r = 0;

	if (!listed(&c->primitives, s->prim->name))
		r = refuse(c, "uses the primitive", "primitives", &c->primitives, s->prim->name, err);
	return s->prim->flags & PRIM_NETWORK && hold_network(&h, s) ? -1 : r;
}

int
capabilities_changed(const struct capabilities *c, const struct tree *below, const struct entry *v, size_t n,
		     struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (may_change(&c->paths, below, &v[i]))
			continue;
		err_set(err, CHANGES, "%s changes `%s` of a tree, which %s does not state", c->who, v[i].path, c->file);
		say_stated(c, "paths", &c->paths, v[i].path, err);
		return -1;
	}
	return 0;
}

/* -- as one line ----------------------------------------------------------------------------------------------------
 */
static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_words(struct str *out, const char *kind, const struct strings *s)
{
	cleanup_free const char **v = xcalloc(s->n + 1, sizeof *v);

	for (size_t i = 0; i < s->n; i++)
		v[i] = s->v[i];
	qsort(v, s->n, sizeof *v, by_text);
	for (size_t i = 0; i < s->n; i++) {
		str_addf(out, "%s%s:", out->len ? " " : "", kind);
		for (const char *p = v[i]; *p; p++)
			str_addf(out, *p == ' ' || *p == '%' ? "%%%02x" : "%c", (unsigned char)*p);
	}
}

void
capabilities_text(const struct capabilities *c, struct str *out)
{
	add_words(out, "primitive", &c->primitives);
	add_words(out, "network", &c->network);
	add_words(out, "path", &c->paths);
}
