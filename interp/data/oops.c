#include "data/oops.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/elf.h"

#define CODE "E1030"
enum { FUNC = 2, NOTYPE = 0, WORDS_MAX = 10000, NAME_MAX_BYTES = 512 };

/* Reading a text */

struct scan {
	struct oops *o;
	const char *text, *p, *end;
};

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* Digits of a hexadecimal number at `p`; 0: none. */
static size_t
hex(const char *p, const char *end, uint64_t *v)
{
	size_t n = 0;

	for (*v = 0; p + n < end && isxdigit((unsigned char)p[n]) && n < 17; n++) {
		int c = tolower((unsigned char)p[n]);

		*v = *v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return n <= 16 ? n : 0;
}

/* "0x12" */
static const char *
number(const char *p, const char *end, uint64_t *v)
{
	size_t n = end - p > 2 && p[0] == '0' && p[1] == 'x' ? hex(p + 2, end, v) : 0;

	return n ? p + 2 + n : NULL;
}

static void
put(struct scan *s, const struct oops_word *w)
{
	struct oops *o = s->o;

	if (o->n == WORDS_MAX)
		return;
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = *w;
}

/* The rest of "name+0x12/0x34 [module buildid]" behind the name; where it ends, or NULL. */
static const char *
read_place(struct scan *s, const char *name, const char *plus)
{
	struct oops_word w = {.at = (size_t)(name - s->text)};
	const char *p = plus < s->end && *plus == '+' ? number(plus + 1, s->end, &w.offset) : NULL, *m;

	if (!p || p == s->end || *p != '/' || !(p = number(p + 1, s->end, &w.size)))
		return NULL;
	w.name = arena_strndup(&s->o->arena, name, (size_t)(plus - name));
	w.len = (size_t)(p - name);
	for (m = p + 2; s->end - p > 2 && p[0] == ' ' && p[1] == '[' && m < s->end && (is_name(*m) || *m == '-');)
		m++;
	if (m > p + 2 && m < s->end && (*m == ']' || *m == ' '))
		w.module = arena_strndup(&s->o->arena, p + 2, (size_t)(m - p - 2));
	put(s, &w);
	return p;
}

/* A word: a place, an address of 16 digits, or nothing. */
static void
read_word(struct scan *s)
{
	const char *word = s->p, *p = s->p, *after;
	struct oops_word w = {.at = (size_t)(word - s->text), .len = 16};

	while (p < s->end && is_name(*p))
		p++;
	s->p = p;
	if (p - word > NAME_MAX_BYTES)
		return;
	after = read_place(s, word, p);
	if (after)
		s->p = after;
	else if (p - word == 16 && hex(word, p, &w.offset) == 16)
		put(s, &w);
}

/* "Kernel Offset: 0x1234 from 0xffffffff81000000" */
static void
read_offset(struct oops *o, const char *text, size_t len)
{
	static const char words[] = "Kernel Offset: ";
	const char *p = memmem(text, len, words, sizeof words - 1);

	if (p && !number(p + sizeof words - 1, text + len, &o->moved))
		o->moved = 0;
}

void
oops_read(struct oops *o, const char *text, size_t len)
{
	struct scan s = {o, text, text, text + len};

	*o = (struct oops){0};
	read_offset(o, text, len);
	while (s.p < s.end) {
		if (is_name(*s.p))
			read_word(&s);
		else
			s.p++;
	}
}

void
oops_free(struct oops *o)
{
	free(o->v);
	arena_free(&o->arena);
}

/* Symbols */

static void
add(struct oops_symbols *s, const struct oops_symbol *sym)
{
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = *sym;
}

struct reading {
	struct oops_symbols *s;
	const struct elf *e;
};

static int
take_symbol(void *ctx, const struct elf_symbol *y)
{
	const struct reading *r = ctx;
	struct oops_symbol sym = {.address = y->value, .size = y->size};
	struct elf_section in;

	/* what assembly defines has no type; what begins with `$` marks data in arm's code */
	if ((y->type != FUNC && y->type != NOTYPE) || !*y->name || *y->name == '$' || !y->section ||
	    y->section >= r->e->nsections)
		return 0;
	if (r->e->type == ELF_REL) {
		elf_section(r->e, y->section, &in);
		sym.section = arena_strdup(&r->s->arena, in.name);
	}
	sym.name = arena_strdup(&r->s->arena, y->name);
	add(r->s, &sym);
	return 0;
}

static int
read_elf(struct oops_symbols *s, const char *name, const void *p, size_t n, struct err *err)
{
	struct elf_section sec;
	struct reading r;
	struct elf e;
	int rc = 0;

	if (elf_open(&e, p, n, err))
		return err_wrap(err, "`%s`", name);
	s->machine = e.machine;
	r = (struct reading){s, &e};
	for (uint32_t i = 1; i < e.nsections && !rc; i++) {
		elf_section(&e, i, &sec);
		s->has_lines |= !strcmp(sec.name, ".debug_line") && sec.data;
		if (sec.type == ELF_SYMTAB)
			rc = elf_symbols(&e, &sec, take_symbol, &r, err);
	}
	return rc ? err_wrap(err, "`%s`", name) : 0;
}

/* "ffff800080000000 T _text" */
static int
read_map(struct oops_symbols *s, const char *p, const char *end)
{
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *stop = nl ? nl : end;
		struct oops_symbol sym = {0};
		size_t k = hex(p, stop, &sym.address), len;

		if (!k || stop - p < (ptrdiff_t)k + 4 || p[k] != ' ' || p[k + 2] != ' ')
			return -1;
		len = (size_t)(stop - p) - k - 3;
		if (strchr("tTwW", p[k + 1]) && len < NAME_MAX_BYTES && p[k + 3] != '$') {
			sym.name = arena_strndup(&s->arena, p + k + 3, len);
			add(s, &sym);
		}
		p = stop + (nl != NULL);
	}
	return 0;
}

static int
by_place(const void *x, const void *y)
{
	const struct oops_symbol *a = x, *b = y;
	int c = a->section && b->section ? strcmp(a->section, b->section) : 0;

	if (!c && a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return c ? c : strcmp(a->name, b->name);
}

static void
find_gaps(struct oops_symbols *s)
{
	for (size_t i = 0, k; i < s->n; i++) {
		for (k = i + 1;
		     k < s->n && s->v[k].address == s->v[i].address && str_eq(s->v[k].section, s->v[i].section);)
			k++;
		if (k < s->n && str_eq(s->v[k].section, s->v[i].section))
			s->v[i].gap = s->v[k].address - s->v[i].address;
	}
}

int
oops_symbols_read(struct oops_symbols *s, const char *name, const void *p, size_t n, struct err *err)
{
	bool is_elf = n > 4 && !memcmp(p, "\177ELF", 4);

	*s = (struct oops_symbols){0};
	if (is_elf && read_elf(s, name, p, n, err))
		return -1;
	if (!is_elf && (memchr(p, '\0', n) || read_map(s, p, (const char *)p + n)))
		return err_set(err, CODE, "`%s` is no vmlinux, no module and no System.map", name);
	if (!s->n)
		return err_set(err, CODE, "`%s` names no function: its symbols were stripped", name);
	qsort(s->v, s->n, sizeof *s->v, by_place);
	find_gaps(s);
	return 0;
}

void
oops_symbols_free(struct oops_symbols *s)
{
	free(s->v);
	arena_free(&s->arena);
}

const struct oops_symbol *
oops_find(const struct oops_symbols *s, const char *name, uint64_t size, bool *other)
{
	*other = false;
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->v[i].name, name))
			continue;
		if (s->v[i].size == size || s->v[i].gap == size || !s->v[i].gap)
			return &s->v[i];
		*other = true;
	}
	return NULL;
}

const struct oops_symbol *
oops_at(const struct oops_symbols *s, uint64_t address)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (size_t i = lo; i-- > 0 && lo - i < 16;)
		if (!s->v[i].section && address - s->v[i].address < s->v[i].gap)
			return &s->v[i];
	return NULL;
}
