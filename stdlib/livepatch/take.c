// SPDX-License-Identifier: GPL-2.0-only
/* The functions that differ, what they need, and the entries of tables that belong to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

static void take(int section);

/* A symbol of the running kernel: plain where modules may use it. */
static size_t
external(const char *name)
{
	char *klp;
	size_t at;
	int n;

	if (exported(name))
		return add_symbol(name, 0, NULL, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE));
	n = in_kernel(name);
	if (n > 1)
		refuse("it needs `%s`, and the kernel has %d symbols of that name", name, n);
	if (!n) /* what another object of the patch brings; `mark` looks whether one did */
		return add_symbol(name, 0, NULL, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE));
	klp = grown(NULL, sizeof PREFIX + strlen(name) + 3);
	sprintf(klp, PREFIX "%s,0", name);
	at = add_symbol(klp, 0, NULL, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE));
	free(klp);
	return at;
}

/* What the original calls a variable or function; NULL: it has none. */
static const char *
in_original(const char *name)
{
	const char *found = NULL;
	int n = 0, mine = 0;

	for (size_t i = 1; i < was.nsym; i++)
		if (named(&was.sym[i]) && inside(&was, &was.sym[i]) && !strcmp(name_of(&was, &was.sym[i]), name))
			found = name;
	if (base_length(name) == strlen(name))
		return found;
	for (size_t i = 1; i < was.nsym; i++)
		if (named(&was.sym[i]) && inside(&was, &was.sym[i]) && same_base(name_of(&was, &was.sym[i]), name)) {
			found = name_of(&was, &was.sym[i]);
			n++;
		}
	for (size_t i = 1; i < is.nsym; i++)
		mine += named(&is.sym[i]) && inside(&is, &is.sym[i]) && same_base(name_of(&is, &is.sym[i]), name);
	if (n > 1 || (n && mine > 1))
		refuse("it needs `%s`, one of several static variables of that name: which is which cannot be told",
		       name);
	return found;
}

/* Whether what a name stands for comes along, and is not the running kernel's. */
static bool
comes_along(const struct section *t, const char *name)
{
	if (t->text)
		return t->changed || !t->twin;
	if (of_macro(name))
		return true;
	return !in_original(name);
}

/* The relocation for what is written. */
static Elf64_Rela
refer(const Elf64_Rela *r)
{
	const Elf64_Sym *y = &is.sym[ELF64_R_SYM(r->r_info)], *o;
	const struct section *t;
	Elf64_Rela to = *r;
	size_t at;

	if (y->st_shndx == SHN_UNDEF) {
		at = external(name_of(&is, y));
	} else if (!inside(&is, y)) {
		refuse("it needs `%s`, which stands in no section", name_of(&is, y));
	} else {
		t = &is.s[y->st_shndx];
		o = owner(&is, y->st_shndx, place(y, r));
		if (o && !comes_along(t, name_of(&is, o))) {
			const char *name = t->text ? name_of(&is, o) : in_original(name_of(&is, o));

			at = external(name);
			to.r_addend += (int64_t)y->st_value - (int64_t)o->st_value;
		} else if (!o && !anonymous(&is, y->st_shndx, t) && strcmp(t->name, ".altinstr_replacement")) {
			refuse("it needs something in its section %s, and no symbol says what", t->name);
		} else {
			take(y->st_shndx);
			at = add_symbol(NULL, t->out, NULL, ELF64_ST_INFO(STB_LOCAL, STT_SECTION));
			to.r_addend += (int64_t)y->st_value;
		}
	}
	to.r_info = ELF64_R_INFO(at, ELF64_R_TYPE(r->r_info)); /* the number in `symbols`, until all are there */
	return to;
}

static void
put_relocation(int out, Elf64_Rela r)
{
	struct out_section *o = &outs[out];

	o->rel = grown(o->rel, (o->nrel + 1) * sizeof *o->rel);
	o->rel[o->nrel++] = r;
}

static void
take(int section)
{
	struct section *s = &is.s[section];
	struct out_section *o;

	if (s->taken)
		return;
	if (s->text && !function_of(&is, section))
		refuse("it needs new code in its section %s, and only functions in sections of their own can come along",
		       s->name);
	if (starts(s->name, ".init") || starts(s->name, ".data..percpu"))
		refuse("it needs new data in its section %s, which a live patch cannot bring", s->name);
	s->taken = true;
	s->out = nouts;
	o = add_out(s->name, s->h);
	o->data = s->data;
	for (size_t i = 0; i < s->nrel; i++)
		put_relocation(s->out, refer(&s->rel[i]));
}

static const struct section *
target(const struct object *o, const Elf64_Rela *r)
{
	const Elf64_Sym *y = &o->sym[ELF64_R_SYM(r->r_info)];

	return inside(o, y) ? &o->s[y->st_shndx] : NULL;
}

static const Elf64_Rela *
relocation_at(const struct section *s, uint64_t at)
{
	for (size_t i = 0; i < s->nrel; i++)
		if (s->rel[i].r_offset == at)
			return &s->rel[i];
	return NULL;
}

/* How long an entry is: the first length at whose every multiple there is a place in code. */
static uint64_t
entry_length(const struct object *o, const struct section *s)
{
	for (uint64_t n = 4; n <= s->h->sh_size; n += 2) {
		uint64_t at = 0;

		if (s->h->sh_size % n)
			continue;
		for (; at < s->h->sh_size; at += n) {
			const Elf64_Rela *r = relocation_at(s, at);
			const struct section *t = r ? target(o, r) : NULL;

			if (!t || !t->text)
				break;
		}
		if (at == s->h->sh_size)
			return n;
	}
	refuse("its table %s is of a form that klp does not know", s->name);
}

static void
append(struct out_section *o, const unsigned char *data, uint64_t n)
{
	o->data = grown(o->data, o->h.sh_size + n);
	memcpy(o->data + o->h.sh_size, data, n);
	o->h.sh_size += n;
}

/* The entries of a table that belong to what was taken; of ORC both halves. */
static void
take_table(int section)
{
	struct section *s = &is.s[section], *orc = NULL;
	uint64_t n, m = 0;
	int out, beside = 0;

	if (!s->h->sh_size)
		return;
	n = entry_length(&is, s);
	out = nouts;
	add_out(s->name, s->h)->h.sh_size = 0;
	if (!strcmp(s->name, ".orc_unwind_ip") && section_named(&is, ".orc_unwind")) {
		orc = &is.s[section_named(&is, ".orc_unwind")];
		beside = nouts;
		add_out(orc->name, orc->h)->h.sh_size = 0;
		m = orc->h->sh_size / (s->h->sh_size / n);
	}
	for (uint64_t at = 0; at < s->h->sh_size; at += n) {
		uint64_t to = outs[out].h.sh_size;

		if (!target(&is, relocation_at(s, at))->taken)
			continue;
		append(&outs[out], s->data + at, n);
		if (orc)
			append(&outs[beside], orc->data + at / n * m, m);
		for (size_t i = 0; i < s->nrel; i++)
			if (s->rel[i].r_offset >= at && s->rel[i].r_offset < at + n) {
				Elf64_Rela r = refer(&s->rel[i]);

				r.r_offset = to + s->rel[i].r_offset - at;
				put_relocation(out, r);
			}
	}
}

/* Whether a call of the function can be led elsewhere: ftrace has its place. */
static bool
traced(int section)
{
	for (int at = 1; at < was.n; at++)
		for (size_t i = 0; !strcmp(was.s[at].name, "__mcount_loc") && i < was.s[at].nrel; i++)
			if (target(&was, &was.s[at].rel[i]) == &was.s[section])
				return true;
	return false;
}

/* The functions that take the place of others. */
static void
take_changed(void)
{
	for (int i = 1; i < is.n; i++) {
		const Elf64_Sym *f = is.s[i].changed ? function_of(&is, i) : NULL;
		const char *name = f ? name_of(&is, f) : NULL;

		if (!f || is_cold(&is, i))
			continue;
		if (in_kernel(name) != 1)
			refuse("its function `%s` differs, and the kernel has %d symbols of that name", name,
			       in_kernel(name));
		if (!traced(is.s[i].twin))
			refuse("its function `%s` differs, and calls of it cannot be led elsewhere: ftrace does not know it",
			       name);
		take(i);
		add_symbol(name, is.s[i].out, f, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC));
		printf("= %s\n", name);
	}
}

/* New functions: those that other objects may call at once, the others when something refers to them. */
static void
take_new(void)
{
	for (int i = 1; i < is.n; i++) {
		const Elf64_Sym *f = is.s[i].text && !is.s[i].twin ? function_of(&is, i) : NULL;

		if (f && ELF64_ST_BIND(f->st_info) != STB_LOCAL)
			take(i);
	}
}

static void
name_new(void)
{
	for (int i = 1; i < is.n; i++) {
		const Elf64_Sym *f = is.s[i].taken && is.s[i].text && !is.s[i].changed ? function_of(&is, i) : NULL;

		if (!f || is_cold(&is, i))
			continue;
		add_symbol(name_of(&is, f), is.s[i].out, f,
			   ELF64_ST_INFO(ELF64_ST_BIND(f->st_info) == STB_LOCAL ? STB_LOCAL : STB_GLOBAL, STT_FUNC));
		printf("+ %s\n", name_of(&is, f));
	}
	for (size_t i = 1; i < is.nsym; i++) { /* new data of other names */
		const Elf64_Sym *y = &is.sym[i];

		if (inside(&is, y) && ELF64_ST_TYPE(y->st_info) == STT_OBJECT && is.s[y->st_shndx].taken)
			add_symbol(name_of(&is, y), is.s[y->st_shndx].out, y,
				   ELF64_ST_INFO(ELF64_ST_BIND(y->st_info) == STB_LOCAL ? STB_LOCAL : STB_GLOBAL,
						 STT_OBJECT));
	}
}

int
command_take(char **arg)
{
	read_object(&was, arg[0]);
	read_object(&is, arg[1]);
	read_kernel(arg[2], arg[3]);
	differ();
	take_changed();
	take_new();
	if (nouts == 1)
		return 4;
	for (int i = 1; i < is.n; i++)
		if (is.s[i].table)
			take_table(i);
	name_new();
	write_object(arg[4]);
	return 0;
}
