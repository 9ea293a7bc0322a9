#include "data/bound.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* The fewest bytes that one of them takes. */
enum { PLACE_BYTES = 20, TEXT_BYTES = 4, SOURCE_BYTES = 1 };

void
place_pack(const struct place *at, struct str *out)
{
	pack_text(out, at->file);
	pack_text(out, at->key);
	pack_u32(out, at->line);
	pack_u32(out, at->col);
	pack_u32(out, at->len);
}

struct place
place_unpack(struct packed *in)
{
	struct place at = {0};

	at.file = unpack_text(in);
	at.key = unpack_text(in);
	at.line = unpack_u32(in);
	at.col = unpack_u32(in);
	at.len = unpack_u32(in);
	return at;
}

/* -- sources ------------------------------------------------------------------------------------------ */
void
source_pack(const struct source *s, const struct bound_numbers *numbers, struct str *out)
{
	pack_u8(out, s->kind);
	if (s->kind == SRC_NONE)
		return;
	place_pack(&s->at, out);
	if (s->kind == SRC_REF) {
		pack_u32(out, numbers->step(numbers->ctx, s->ref.step));
		pack_text(out, s->ref.path);
		return;
	}
	pack_u32(out, numbers->root(numbers->ctx, s->file.root));
	pack_text(out, s->file.rel);
	pack_text(out, s->file.shown);
}

static const char *
clean_path(struct packed *in)
{
	char *path = arena_strdup(in->a, unpack_word(in));
	cleanup_free char *as_it_was = xstrdup(path);

	in->bad |= path_clean(path) || strcmp(path, as_it_was) != 0;
	return path;
}

void
source_unpack(struct packed *in, const struct bound_names *names, struct source *s)
{
	uint32_t root;

	*s = (struct source){.kind = (enum source_kind)unpack_u8(in)};
	if (s->kind == SRC_NONE)
		return;
	in->bad |= s->kind != SRC_FILE && s->kind != SRC_REF;
	s->at = place_unpack(in);
	if (s->kind == SRC_REF) {
		s->ref.step = unpack_u32(in);
		s->ref.path = clean_path(in);
		in->bad |= s->ref.step >= names->nsteps;
		return;
	}
	root = unpack_u32(in);
	in->bad |= root >= names->nroots;
	s->file.root = in->bad ? "/" : names->roots[root];
	s->file.rel = clean_path(in);
	s->file.shown = unpack_word(in);
}

static void
sources_pack(const struct sources *v, const struct bound_numbers *numbers, struct str *out)
{
	pack_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++)
		source_pack(&v->v[i], numbers, out);
}

static void
sources_unpack(struct packed *in, const struct bound_names *names, struct sources *v)
{
	v->n = unpack_count(in, SOURCE_BYTES);
	v->v = arena_array(in->a, struct source, v->n);
	for (size_t i = 0; i < v->n; i++)
		source_unpack(in, names, &v->v[i]);
}

/* -- tables ------------------------------------------------------------------------------------------- */
static void
strings_pack(const struct strings *v, struct str *out)
{
	pack_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		pack_text(out, v->v[i]);
		place_pack(v->at ? &v->at[i] : &(struct place){0}, out);
	}
}

static void
strings_unpack(struct packed *in, struct strings *v)
{
	struct place *at;

	v->n = unpack_count(in, TEXT_BYTES + PLACE_BYTES);
	v->v = arena_array(in->a, const char *, v->n + 1);
	v->at = at = arena_array(in->a, struct place, v->n);
	for (size_t i = 0; i < v->n; i++) {
		v->v[i] = unpack_word(in);
		at[i] = place_unpack(in);
	}
}

static void
pairs_pack(const struct pairs *v, struct str *out)
{
	pack_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		pack_text(out, v->v[i].key);
		pack_text(out, v->v[i].value);
		place_pack(&v->v[i].at, out);
	}
}

static void
pairs_unpack(struct packed *in, struct pairs *v)
{
	v->n = unpack_count(in, 2 * TEXT_BYTES + PLACE_BYTES);
	v->v = arena_array(in->a, struct pair, v->n);
	for (size_t i = 0; i < v->n; i++) {
		v->v[i].key = unpack_word(in);
		v->v[i].value = unpack_word(in);
		v->v[i].at = place_unpack(in);
	}
}

static void
symbols_pack(const struct symbols *v, const struct bound_numbers *numbers, struct str *out)
{
	pack_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		pack_text(out, v->v[i].name);
		pack_text(out, v->v[i].value);
		place_pack(&v->v[i].at, out);
	}
	sources_pack(&v->fragments, numbers, out);
}

static void
symbols_unpack(struct packed *in, const struct bound_names *names, struct symbols *v)
{
	v->n = unpack_count(in, 2 * TEXT_BYTES + PLACE_BYTES);
	v->v = arena_array(in->a, struct symbol, v->n);
	for (size_t i = 0; i < v->n; i++) {
		v->v[i].name = unpack_word(in);
		v->v[i].value = unpack_word(in);
		v->v[i].at = place_unpack(in);
	}
	sources_unpack(in, names, &v->fragments);
}

static void
mounts_pack(const struct mounts *v, const struct bound_numbers *numbers, struct str *out)
{
	pack_u32(out, (uint32_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		pack_text(out, v->v[i].at_path);
		source_pack(&v->v[i].source, numbers, out);
	}
}

static void
mounts_unpack(struct packed *in, const struct bound_names *names, struct mounts *v)
{
	v->n = unpack_count(in, TEXT_BYTES + SOURCE_BYTES);
	v->v = arena_array(in->a, struct mount_param, v->n);
	for (size_t i = 0; i < v->n; i++) {
		v->v[i].at_path = unpack_word(in);
		source_unpack(in, names, &v->v[i].source);
	}
}

/* -- parameters --------------------------------------------------------------------------------------- */
static void
one_pack(const struct param *p, const void *at, const struct bound_numbers *numbers, struct str *out)
{
	bool list = p->flags & P_LIST;

	switch (p->type) {
	case P_BOOL: pack_u8(out, *(const bool *)at); break;
	case P_INT:
	case P_SIZE: pack_u64(out, (uint64_t) * (const int64_t *)at); break;
	case P_STRING:
	case P_CHOICE:
	case P_PATH:
	case P_SHA256: list ? strings_pack(at, out) : pack_text(out, *(const char *const *)at); break;
	case P_FILE:
	case P_SOURCE:
	case P_STEP: list ? sources_pack(at, numbers, out) : source_pack(at, numbers, out); break;
	case P_MAP: pairs_pack(at, out); break;
	case P_SYMBOLS: symbols_pack(at, numbers, out); break;
	case P_MOUNTS: mounts_pack(at, numbers, out); break;
	case P_ANY: break;
	}
}

static bool
is_choice(const struct param *p, const char *s)
{
	for (const char *const *c = p->choices; c && *c; c++)
		if (str_eq(*c, s))
			return true;
	return !p->choices || !s;
}

static bool
is_text(const struct param *p, const char *s)
{
	cleanup_free char *path = NULL;

	if (!s)
		return true;
	switch (p->type) {
	case P_CHOICE: return is_choice(p, s);
	case P_SHA256: return !*s || (strlen(s) == 64 && !s[strspn(s, "0123456789abcdefABCDEF")]);
	case P_PATH: path = xstrdup(s); return !path_clean(path) && !strcmp(path, s);
	default: return true;
	}
}

static void
text_unpack(struct packed *in, const struct param *p, void *at)
{
	struct strings *v = at;

	if (!(p->flags & P_LIST)) {
		*(const char **)at = unpack_text(in);
		in->bad |= !is_text(p, *(const char **)at);
		return;
	}
	strings_unpack(in, v);
	for (size_t i = 0; i < v->n; i++)
		in->bad |= !is_text(p, v->v[i]);
}

static void
int_unpack(struct packed *in, const struct param *p, int64_t *at)
{
	*at = (int64_t)unpack_u64(in);
	if (p->min || p->max)
		in->bad |= *at && (*at < p->min || *at > p->max);
}

static void
one_unpack(struct packed *in, const struct param *p, const struct bound_names *names, void *at)
{
	switch (p->type) {
	case P_BOOL: *(bool *)at = unpack_u8(in) != 0; break;
	case P_INT:
	case P_SIZE: int_unpack(in, p, at); break;
	case P_STRING:
	case P_CHOICE:
	case P_PATH:
	case P_SHA256: text_unpack(in, p, at); break;
	case P_FILE:
	case P_SOURCE:
	case P_STEP: p->flags &P_LIST ? sources_unpack(in, names, at) : source_unpack(in, names, at); break;
	case P_MAP: pairs_unpack(in, at); break;
	case P_SYMBOLS: symbols_unpack(in, names, at); break;
	case P_MOUNTS: mounts_unpack(in, names, at); break;
	case P_ANY: break;
	}
}

void
bound_pack(const struct param *params, const void *bound, const struct bound_numbers *numbers, struct str *out)
{
	for (const struct param *p = params; p->name; p++)
		one_pack(p, (const char *)bound + p->offset, numbers, out);
}

void
bound_unpack(struct packed *in, const struct param *params, const struct bound_names *names, void *bound)
{
	for (const struct param *p = params; p->name; p++)
		one_unpack(in, p, names, (char *)bound + p->offset);
}
