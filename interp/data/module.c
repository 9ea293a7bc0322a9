#include "data/module.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0702"
#define SIGNATURE "~Module signature appended~\n"
#define MAX_VERMAGIC 256

/* Sections that are looked for, each at most once. */
static const struct {
	const char *name;
	size_t offset;
} wanted[] = {
	{".modinfo", offsetof(struct module, modinfo)},
	{"__versions", offsetof(struct module, versions)},
	{"__version_ext_crcs", offsetof(struct module, version_crcs)},
	{"__version_ext_names", offsetof(struct module, version_names)},
	{".symtab", offsetof(struct module, symtab)},
	{"__ksymtab_strings", offsetof(struct module, export_names)},
};

/* `this_module` gets the section that holds struct module. */
static int
find_sections(struct module *m, struct elf_section *this_module, struct err *err)
{
	struct elf_section s;

	for (uint32_t i = 1; i < m->elf.nsections; i++) {
		elf_section(&m->elf, i, &s);
		if (!strcmp(s.name, ".gnu.linkonce.this_module"))
			*this_module = s;
		for (size_t k = 0; k < ARRAY_LEN(wanted); k++) {
			struct elf_section *slot = (struct elf_section *)((char *)m + wanted[k].offset);

			if (*s.name != *wanted[k].name || strcmp(s.name, wanted[k].name))
				continue;
			if (slot->name)
				return err_set(err, CODE, "ELF: section %u: a second `%s`", i, s.name);
			*slot = s;
		}
	}
	return 0;
}

/* struct module begins with a state, a list head and the name. */
static const char *
name_in_struct(const struct elf *e, const struct elf_section *s)
{
	size_t at = e->is64 ? 24 : 12, room = e->is64 ? 56 : 60;
	const char *name;

	if (!s->data || s->size < at + room)
		return NULL;
	name = (const char *)s->data + at;
	return *name && memchr(name, 0, room) ? name : NULL;
}

const char *
module_info(const struct module *m, const char *key, const char *after)
{
	const char *p = (const char *)m->modinfo.data, *end = p + m->modinfo.size;
	size_t n = strlen(key);

	if (after)
		p = after + strlen(after) + 1;
	for (; p < end; p += strlen(p) + 1)
		if (!strncmp(p, key, n) && p[n] == '=')
			return p + n + 1;
	return NULL;
}

static int
read_vermagic(struct module *m, struct err *err)
{
	const char *s = module_info(m, "vermagic", NULL);

	if (!s)
		return err_set(err, CODE, "ELF: .modinfo: there is no vermagic");
	if (module_info(m, "vermagic", s))
		return err_set(err, CODE, "ELF: .modinfo: there is more than one vermagic");
	if (strlen(s) > MAX_VERMAGIC)
		return err_set(err, CODE, "ELF: .modinfo: vermagic has %zu bytes, the longest allowed has %d",
			       strlen(s), MAX_VERMAGIC);
	for (const char *p = s; *p; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p >= 127)
			return err_set(err, CODE, "ELF: .modinfo: vermagic holds the byte 0x%02x", (unsigned char)*p);
	m->vermagic = s;
	return 0;
}

static int
read_modinfo(struct module *m, const struct elf_section *this_module, struct err *err)
{
	const struct elf_section *s = &m->modinfo;
	const char *name;

	if (!s->name)
		return err_set(err, CODE, "ELF: there is no .modinfo: this is not a kernel module");
	if (!s->data)
		return err_set(err, CODE, "ELF: .modinfo: has no bytes in the file");
	if (!s->size || s->data[s->size - 1])
		return err_set(err, CODE, "ELF: .modinfo: does not end in a NUL");
	if (read_vermagic(m, err))
		return -1;
	name = module_info(m, "name", NULL);
	m->name = name && *name ? name : name_in_struct(&m->elf, this_module);
	m->depends = module_info(m, "depends", NULL);
	m->license = module_info(m, "license", NULL);
	m->depends = m->depends ? m->depends : "";
	m->license = m->license ? m->license : "";
	return 0;
}

int
module_open(struct module *m, const void *p, size_t n, struct err *err)
{
	struct elf_section this_module = {0};
	size_t mark = sizeof SIGNATURE - 1;

	memset(m, 0, sizeof *m);
	if (elf_open(&m->elf, p, n, err))
		return -1;
	if (m->elf.type != ELF_REL)
		return err_set(err, CODE, "ELF: e_type = 0x%x: not a relocatable file, so not a kernel module",
			       m->elf.type);
	if (find_sections(m, &this_module, err) || read_modinfo(m, &this_module, err))
		return -1;
	m->is_signed = n > mark && !memcmp(m->elf.p + n - mark, SIGNATURE, mark);
	return 0;
}

/* On 64-bit PowerPC with function descriptors, `.foo` is the code of `foo`. */
static const char *
undotted(const struct module *m, const char *name)
{
	return m->elf.machine == 21 && *name == '.' ? name + 1 : name;
}

/* struct modversion_info: an unsigned long and a name that fills 64 bytes together with it. */
static int
classic_versions(const struct module *m, const struct module_visitor *v, struct err *err)
{
	const struct elf_section *s = &m->versions;
	size_t word = m->elf.is64 ? 8 : 4;

	if (!s->data)
		return 0;
	if (s->size % 64)
		return err_set(err, CODE, "ELF: __versions: sh_size = 0x%llx: not a multiple of 64",
			       (unsigned long long)s->size);
	for (uint64_t at = 0; at < s->size; at += 64) {
		const char *name = (const char *)s->data + at + word;
		uint64_t crc = m->elf.is64 ? elf_u64(&m->elf, s->data + at) : elf_u32(&m->elf, s->data + at);

		if (!memchr(name, 0, 64 - word))
			return err_set(err, CODE, "ELF: __versions: entry %llu: its name has no end",
				       (unsigned long long)(at / 64));
		v->version(v->ctx, undotted(m, name), (uint32_t)crc);
	}
	return 0;
}

/* CONFIG_EXTENDED_MODVERSIONS: 32-bit CRCs, and beside them the names, one after the other. */
static int
extended_versions(const struct module *m, const struct module_visitor *v, struct err *err)
{
	const struct elf_section *crcs = &m->version_crcs, *names = &m->version_names;
	const char *p = (const char *)names->data, *end;

	if (!crcs->data && !names->data)
		return 0;
	if (!crcs->data || !names->data || crcs->size % 4 || !names->size || names->data[names->size - 1])
		return err_set(err, CODE, "ELF: __version_ext_crcs: does not go with __version_ext_names");
	end = p + names->size;
	for (uint64_t at = 0; at < crcs->size; at += 4) {
		if (p >= end)
			return err_set(err, CODE, "ELF: __version_ext_names: has fewer names than there are CRCs");
		v->version(v->ctx, undotted(m, p), elf_u32(&m->elf, crcs->data + at));
		p += strlen(p) + 1;
	}
	return 0;
}

struct symbol_walk {
	const struct module *m;
	const struct module_visitor *v;
	bool exports; /* a symbol of the table of exports was met */
};

/* A CRC is the symbol's value (to 5.18) or the four bytes that it points to. */
static void
export_crc(const struct symbol_walk *w, const struct elf_symbol *s)
{
	const struct elf *e = &w->m->elf;
	struct elf_section at;

	if (s->section == ELF_ABS) {
		w->v->export_crc(w->v->ctx, s->name + 6, (uint32_t)s->value);
		return;
	}
	if (s->section == ELF_UNDEF || s->section >= e->nsections)
		return;
	elf_section(e, s->section, &at);
	if (at.data && at.size >= 4 && s->value <= at.size - 4)
		w->v->export_crc(w->v->ctx, s->name + 6, elf_u32(e, at.data + s->value));
}

/* Whether the entry of the symbol table lies in the part for GPL modules. */
static bool
for_gpl(const struct elf *e, const struct elf_symbol *s)
{
	struct elf_section at;

	if (s->section == ELF_UNDEF || s->section >= e->nsections)
		return false;
	elf_section(e, s->section, &at);
	return strstr(at.name, "ksymtab_gpl") != NULL;
}

static void
export_space(const struct symbol_walk *w, const struct elf_symbol *s, const char *name)
{
	const struct elf *e = &w->m->elf;
	struct elf_section at;

	if (s->section == ELF_UNDEF || s->section >= e->nsections)
		return;
	elf_section(e, s->section, &at);
	if (at.data && s->value < at.size && at.data[s->value] && memchr(at.data + s->value, 0, at.size - s->value))
		w->v->export_space(w->v->ctx, name, (const char *)at.data + s->value);
}

/* Names that a toolchain leaves undefined and the kernel supplies by itself. */
static bool
ignored(const struct elf *e, const struct elf_symbol *s)
{
	static const char *const power[] = {"_restgpr", "_savegpr",   "_restfpr",   "_savefpr", "_restvr",
					    "_savevr",  "_rest32gpr", "_save32gpr", ".TOC."};

	if (!*s->name || !strcmp(s->name, "__this_module") || !strcmp(s->name, "_GLOBAL_OFFSET_TABLE_"))
		return true;
	if (e->machine == 2 || e->machine == 43)
		return s->type == 13; /* STT_SPARC_REGISTER */
	for (size_t i = 0; (e->machine == 20 || e->machine == 21) && i < ARRAY_LEN(power); i++)
		if (str_starts(s->name, power[i]))
			return true;
	return false;
}

static int
visit(void *ctx, const struct elf_symbol *s)
{
	struct symbol_walk *w = ctx;

	if (s->section == ELF_UNDEF) {
		if (w->v->needs && s->bind != ELF_LOCAL && !ignored(&w->m->elf, s))
			w->v->needs(w->v->ctx, undotted(w->m, s->name), s->bind == ELF_WEAK);
		return 0;
	}
	if (s->name[0] != '_' || s->name[1] != '_')
		return 0;
	if (str_starts(s->name, "__ksymtab_"))
		w->exports = true;
	if (w->v->exports && str_starts(s->name, "__ksymtab_"))
		w->v->exports(w->v->ctx, s->name + strlen("__ksymtab_"), for_gpl(&w->m->elf, s));
	else if (w->v->export_crc && str_starts(s->name, "__crc_"))
		export_crc(w, s);
	else if (w->v->export_space && str_starts(s->name, "__kstrtabns_"))
		export_space(w, s, s->name + strlen("__kstrtabns_"));
	return 0;
}

/* strip --strip-unneeded takes away the symbols by which exports are told, and leaves their names, among which
 * namespaces are: the kernel goes by neither. */
static void
named_exports(const struct module *m, const struct module_visitor *v)
{
	const struct elf_section *names = &m->export_names;
	const char *p = (const char *)names->data, *end;

	if (!p || !names->size || p[names->size - 1])
		return;
	for (end = p + names->size; p < end; p += strlen(p) + 1)
		if (*p)
			v->exports(v->ctx, p, false);
}

int
module_symbols(const struct module *m, const struct module_visitor *v, struct err *err)
{
	struct symbol_walk w = {.m = m, .v = v};

	if (v->version && (classic_versions(m, v, err) || extended_versions(m, v, err)))
		return -1;
	if (!m->symtab.data)
		return err_set(err, CODE,
			       "ELF: there is no .symtab: the symbols were stripped, so it cannot be loaded");
	if (elf_symbols(&m->elf, &m->symtab, visit, &w, err))
		return -1;
	if (v->exports && !w.exports)
		named_exports(m, v);
	return 0;
}
