/* Bytes that a child handed up become values; nothing in them is believed. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "lua/wire.h"

static bool
have(struct reader *r, size_t n)
{
	if (r->bad || (size_t)(r->end - r->p) < n) {
		r->bad = true;
		return false;
	}
	return true;
}

unsigned char
read_u8(struct reader *r)
{
	return have(r, 1) ? *r->p++ : 0;
}

uint32_t
read_u32(struct reader *r)
{
	uint32_t v = 0;

	if (have(r, sizeof v)) {
		memcpy(&v, r->p, sizeof v);
		r->p += sizeof v;
	}
	return v;
}

int64_t
read_i64(struct reader *r)
{
	int64_t v = 0;

	if (have(r, sizeof v)) {
		memcpy(&v, r->p, sizeof v);
		r->p += sizeof v;
	}
	return v;
}

const char *
read_str(struct reader *r, size_t *len)
{
	uint32_t n = read_u32(r);
	const char *s;

	if (len)
		*len = 0;
	if (n == WIRE_NONE || !have(r, n))
		return NULL;
	s = (const char *)r->p;
	r->p += n;
	if (memchr(s, 0, n)) {
		r->bad = true;
		return NULL;
	}
	if (len)
		*len = n;
	return arena_strndup(r->a, s, n);
}

static const char *
need_str(struct reader *r)
{
	const char *s = read_str(r, NULL);

	if (!s)
		r->bad = true;
	return s ? s : "";
}

static const struct unit *
read_unit(struct reader *r)
{
	uint32_t n = read_u32(r);

	if (n < r->units->n)
		return &r->units->v[n];
	r->bad = true;
	return NULL;
}

struct place
read_place(struct reader *r)
{
	struct place at = {0};
	uint32_t unit = read_u32(r);

	at.line = read_u32(r);
	at.col = read_u32(r);
	at.len = read_u32(r);
	at.key = read_str(r, NULL);
	if (unit != WIRE_NONE && unit >= r->units->n)
		r->bad = true;
	if (r->bad || unit == WIRE_NONE)
		return (struct place){0};
	at.file = r->units->v[unit].shown;
	return at;
}

static void
read_error(struct reader *r, struct err *err)
{
	const char *code = read_str(r, NULL), *msg = need_str(r), *label;
	struct place at = read_place(r);
	uint32_t n;

	label = read_str(r, NULL);
	n = read_u32(r);
	if (n > DIAG_HELPS || !*msg || (code && !err_code_find(code)))
		r->bad = true;
	if (r->bad)
		return;
	err_set(err, code, "%s", msg);
	err_at(err, at);
	if (label)
		err_label(err, "%s", label);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		err_help(err, "%s", need_str(r));
}

void
read_errors(struct reader *r, struct err *err)
{
	uint32_t n = read_u32(r);

	if (n > WIRE_ERRORS)
		r->bad = true;
	while (n-- && !r->bad)
		read_error(r, err);
}

const char *
unit_shown(struct arena *a, const struct unit *u, const char *rel)
{
	if (!*rel)
		return ".";
	if (!*u->cut)
		return arena_printf(a, "%s%s", u->prefix, rel);
	if (str_starts(rel, u->cut))
		return rel + strlen(u->cut);
	return arena_printf(a, "%s/%s", u->root, rel);
}

int
unit_file(struct arena *a, const struct unit *u, const char *path, struct file_ref *out)
{
	bool top = str_starts(path, "//");
	char *rel = top || !*u->dir ? arena_strdup(a, top ? path + 2 : path) : arena_printf(a, "%s/%s", u->dir, path);

	*out = (struct file_ref){.root = u->root, .rel = rel, .shown = path};
	if (*path == '/' && (!top || path[2] == '/'))
		return -1;
	if (path_clean(rel))
		return -1;
	out->shown = unit_shown(a, u, rel);
	return 0;
}

static const char *
deeper(struct reader *r, const char *key, const char *name)
{
	if (!key)
		return NULL;
	return *key ? arena_printf(r->a, "%s.%s", key, name) : name;
}

static void read_any(struct reader *r, struct place at, struct value *out, unsigned depth);

static void
read_items(struct reader *r, struct place at, struct value *out, unsigned depth)
{
	const char *base = at.key;
	uint32_t n = read_u32(r), last = 0;

	if (!have(r, (size_t)n * 5))
		return;
	out->table.items = arena_array(r->a, struct value, n);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		uint32_t index = read_u32(r);

		if (index <= last)
			r->bad = true;
		last = index;
		at.key = base ? deeper(r, base, arena_printf(r->a, "%u", index)) : NULL;
		read_any(r, at, &out->table.items[i], depth + 1);
		out->table.nitems = i + 1;
	}
}

static void
read_fields(struct reader *r, struct place at, struct value *out, unsigned depth)
{
	const char *base = at.key;
	uint32_t n = read_u32(r);

	if (!have(r, (size_t)n * 5))
		return;
	out->table.fields = arena_array(r->a, struct field, n);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct field *f = &out->table.fields[i];

		f->key = need_str(r);
		if (i && strcmp(f[-1].key, f->key) >= 0)
			r->bad = true;
		at.key = deeper(r, base, f->key);
		read_any(r, at, &f->value, depth + 1);
		out->table.nfields = i + 1;
	}
}

static void
read_file(struct reader *r, struct value *out)
{
	const struct unit *u = read_unit(r);
	const char *path = need_str(r);

	out->type = V_FILE;
	if (!r->bad && unit_file(r->a, u, path, &out->file))
		r->bad = true;
}

static void
read_ref(struct reader *r, enum value_type type, struct value *out)
{
	uint32_t step = read_u32(r);
	char *path = arena_strdup(r->a, need_str(r));

	if (step >= r->nsteps || path_clean(path)) {
		r->bad = true;
		return;
	}
	out->type = type;
	out->ref.step = r->steps ? r->steps[step] : step;
	out->ref.path = path;
	if (out->ref.step == WIRE_NONE)
		r->bad = true;
}

static struct place
read_origin(struct reader *r, unsigned *depth)
{
	const struct unit *u = read_unit(r);
	struct place at = {.file = u ? u->shown : NULL};

	at.line = read_u32(r);
	at.key = read_str(r, NULL);
	++*depth;
	return at;
}

static void
read_scalar(struct reader *r, unsigned char tag, struct value *out)
{
	switch (tag) {
	case 'n': break;
	case 'T':
	case 'F':
		out->type = V_BOOL;
		out->b = tag == 'T';
		break;
	case 'i':
		out->type = V_INT;
		out->i = read_i64(r);
		break;
	case 'k':
		out->type = V_TRI;
		out->tri = (char)read_u8(r);
		if (!out->tri || !strchr("ymn", out->tri))
			r->bad = true;
		break;
	case 's':
		out->type = V_STRING;
		out->str.s = read_str(r, &out->str.len);
		if (!out->str.s)
			r->bad = true;
		break;
	case 'f': read_file(r, out); break;
	case 'r': read_ref(r, V_REF, out); break;
	case 'x': read_ref(r, V_TEXT, out); break;
	default: r->bad = true;
	}
}

static void
read_any(struct reader *r, struct place at, struct value *out, unsigned depth)
{
	unsigned char tag = read_u8(r);

	memset(out, 0, sizeof *out);
	if (depth > 2 * WIRE_DEPTH)
		r->bad = true;
	if (tag == 'O' && !r->bad) {
		at = read_origin(r, &depth);
		read_any(r, at, out, depth);
		return;
	}
	out->at = at;
	if (tag != 't') {
		read_scalar(r, tag, out);
		return;
	}
	out->type = V_TABLE;
	read_items(r, at, out, depth);
	read_fields(r, at, out, depth);
}

void
read_value(struct reader *r, struct place at, struct value *out)
{
	read_any(r, at, out, 0);
}
