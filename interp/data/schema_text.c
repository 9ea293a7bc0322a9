/* schema: the words for parameters. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/schema_take.h"

static const struct {
	const char *one, *many;
} words[] = {
	[P_BOOL] = {"boolean", "booleans"},
	[P_INT] = {"number", "numbers"},
	[P_SIZE] = {"size", "sizes"},
	[P_STRING] = {"string", "strings"},
	[P_CHOICE] = {"choice", "choices"},
	[P_PATH] = {"path", "paths"},
	[P_SHA256] = {"SHA-256", "SHA-256 sums"},
	[P_FILE] = {"file", "files"},
	[P_SOURCE] = {"file or result", "files or results"},
	[P_STEP] = {"step", "steps"},
	[P_MAP] = {"table of names and values", "tables of names and values"},
	[P_SYMBOLS] = {"table of Kconfig symbols", "tables of Kconfig symbols"},
	[P_MOUNTS] = {"table of paths and sources", "tables of paths and sources"},
	[P_ANY] = {"value", "values"},
};

const char *
param_type_text(const struct param *p, char buf[64])
{
	bool list = p->flags & P_LIST;

	snprintf(buf, 64, "%s%s", list ? "list of " : "", list ? words[p->type].many : words[p->type].one);
	return buf;
}

struct place
place_of(const struct taking *t, const char *key, const struct value *v)
{
	struct place at = v->at.file ? v->at : t->at;

	if (!at.key)
		at.key = key;
	return at;
}

/* What somebody meant who wrote `v` where `p` was asked for, or NULL. */
static const char *
meant(const struct param *p, const struct value *v)
{
	if (p->type == P_STRING && v->type == V_INT)
		return "write it in quotes";
	if (p->type == P_STRING && v->type == V_REF && *v->ref.path)
		return "the content of a file of a result is text(step / \"file\")";
	if (p->type == P_STRING && v->type == V_FILE)
		return "a string is written without `fragment`";
	if (p->type == P_INT && v->type == V_STRING)
		return "write it without quotes";
	if (p->type == P_BOOL)
		return v->type == V_TRI ? "y, m and n are for Kconfig symbols; write true or false" : NULL;
	if (p->type == P_STEP && v->type == V_STRING)
		return "give the local that holds the step, without quotes";
	if (p->type == P_FILE && v->type == V_REF)
		return "a file of the project is asked for; one out of a result cannot be used here";
	return NULL;
}

int
bad_type(struct taking *t, const struct param *p, const struct value *v, const char *expected)
{
	char buf[64], text[80];
	const char *hint;

	if (!expected) {
		snprintf(text, sizeof text, "a %s", param_type_text(p, buf));
		expected = p->type == P_BOOL && !(p->flags & P_LIST) ? "true or false" : text;
	}
	err_set(t->err, "E0102", "wrong type for `%s` in %s: expected %s, got %s", p->name, t->what, expected,
		value_type_name(v));
	err_at(t->err, place_of(t, p->name, v));
	err_label(t->err, "expected %s", expected);
	hint = meant(p, v);
	if (hint)
		err_help(t->err, "%s", hint);
	return -1;
}

int
bad_path(struct taking *t, const struct param *p, const struct value *v, const char *path)
{
	err_set(t->err, "E0107", "`%s` for `%s` in %s is not a path inside its tree", path, p->name, t->what);
	err_at(t->err, place_of(t, p->name, v));
	if (*path == '/') {
		err_label(t->err, "begins with `/`");
		return err_help(t->err, "paths are relative to the result: `%s`", path + strspn(path, "/"));
	}
	for (const char *c = path; *c; c++) {
		if (!iscntrl((unsigned char)*c))
			continue;
		return err_label(t->err, "holds a control character");
	}
	if (!*path)
		return err_label(t->err, "is empty");
	err_label(t->err, "climbs out of it");
	return err_help(t->err, "`..` cannot lead above the start of the tree");
}

void *
take_more(struct arena *a, void *v, size_t n, size_t size)
{
	void *w;

	if (n & (n - 1))
		return v; /* room for the next power of two */
	w = arena_alloc(a, (n ? 2 * n : 1) * size);
	if (n)
		memcpy(w, v, n * size);
	return w;
}
