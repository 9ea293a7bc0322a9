/* ko: builds small kernel modules in memory for tests, and gives the places of what to damage. */
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct ko_version {
	const char *name;
	uint32_t crc;
};

struct ko_spec {
	const char *modinfo; /* with its NULs; NULL: a usual one */
	size_t modinfo_size;
	uint16_t machine;                  /* 0: arm64 */
	const struct ko_version *versions; /* ended by a NULL name */
	const char *const *needs;          /* undefined symbols, ended by NULL */
	const char *weak;                  /* one weak undefined symbol */
	const struct ko_version *exports;
	int is_signed;
};

/* Section numbers of the file. */
enum { KO_MODINFO = 1, KO_VERSIONS, KO_SYMTAB, KO_STRTAB, KO_SHSTRTAB, KO_SECTIONS };

#define KO_USUAL "license=GPL\0depends=\0name=hello\0vermagic=6.12.5 SMP preempt mod_unload modversions aarch64"

static inline void
ko_put(struct str *b, uint64_t v, unsigned n)
{
	for (; n; n--, v >>= 8)
		str_addc(b, (char)(v & 255));
}

static inline void
ko_symbol(struct str *symtab, struct str *strtab, const char *name, unsigned bind, unsigned section, uint64_t value)
{
	ko_put(symtab, strtab->len, 4);
	ko_put(symtab, bind << 4, 1);
	ko_put(symtab, 0, 1);
	ko_put(symtab, section, 2);
	ko_put(symtab, value, 8);
	ko_put(symtab, 0, 8);
	str_addn(strtab, name, strlen(name) + 1);
}

static inline void
ko_symbols(const struct ko_spec *k, struct str *symtab, struct str *strtab)
{
	char name[128];

	str_addc(strtab, 0);
	for (int i = 0; i < 24; i++)
		str_addc(symtab, 0);
	for (const char *const *s = k->needs; s && *s; s++)
		ko_symbol(symtab, strtab, *s, 1, 0, 0);
	if (k->weak)
		ko_symbol(symtab, strtab, k->weak, 2, 0, 0);
	for (const struct ko_version *v = k->exports; v && v->name; v++) {
		snprintf(name, sizeof name, "__ksymtab_%s", v->name);
		ko_symbol(symtab, strtab, name, 0, KO_MODINFO, 0);
		snprintf(name, sizeof name, "__crc_%s", v->name);
		ko_symbol(symtab, strtab, name, 0, 0xfff1, v->crc);
	}
}

static inline void
ko_section(struct str *table, struct str *file, unsigned name, unsigned type, unsigned link, const struct str *data)
{
	ko_put(table, name, 4);
	ko_put(table, type, 4);
	ko_put(table, 0, 16);
	ko_put(table, type ? file->len : 0, 8);
	ko_put(table, data ? data->len : 0, 8);
	ko_put(table, link, 4);
	ko_put(table, 0, 20);
	if (data)
		str_addn(file, str_text(data), data->len);
}

/* The file's bytes; the section table stands last, at file[40..48]. */
static inline struct str
ko_build(const struct ko_spec *k)
{
	static const char names[] = "\0.modinfo\0__versions\0.symtab\0.strtab\0.shstrtab";
	static const unsigned char ident[16] = {127, 'E', 'L', 'F', 2, 1, 1};
	struct str file = {0}, table = {0}, modinfo = {0}, versions = {0}, symtab = {0}, strtab = {0}, shstrtab = {0};
	uint64_t shoff;

	str_addn(&modinfo, k->modinfo ? k->modinfo : KO_USUAL, k->modinfo ? k->modinfo_size : sizeof KO_USUAL);
	str_addn(&shstrtab, names, sizeof names);
	for (const struct ko_version *v = k->versions; v && v->name; v++) {
		char name[56] = "";

		strncpy(name, v->name, sizeof name - 1);
		ko_put(&versions, v->crc, 8);
		str_addn(&versions, name, sizeof name);
	}
	ko_symbols(k, &symtab, &strtab);
	str_addn(&file, ident, sizeof ident);
	ko_put(&file, 1, 2);
	ko_put(&file, k->machine ? k->machine : 183, 2);
	ko_put(&file, 1, 4);
	ko_put(&file, 0, 24);
	ko_put(&file, 0, 4);
	ko_put(&file, 64, 2);
	ko_put(&file, 0, 4);
	ko_put(&file, 64, 2);
	ko_put(&file, KO_SECTIONS, 2);
	ko_put(&file, KO_SHSTRTAB, 2);
	ko_section(&table, &file, 0, 0, 0, NULL);
	ko_section(&table, &file, 1, 1, 0, &modinfo);
	ko_section(&table, &file, 10, 1, 0, &versions);
	ko_section(&table, &file, 21, 2, KO_STRTAB, &symtab);
	ko_section(&table, &file, 29, 3, 0, &strtab);
	ko_section(&table, &file, 37, 3, 0, &shstrtab);
	shoff = file.len;
	for (int i = 0; i < 8; i++)
		file.s[40 + i] = (char)(shoff >> 8 * i & 255);
	str_addn(&file, table.s, table.len);
	if (k->is_signed)
		str_add(&file, "SIGNATURE~Module signature appended~\n");
	str_free(&table);
	str_free(&modinfo);
	str_free(&versions);
	str_free(&symtab);
	str_free(&strtab);
	str_free(&shstrtab);
	return file;
}

static inline uint64_t
ko_get(const struct str *f, size_t at, unsigned n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | (unsigned char)f->s[at + n];
	return v;
}

static inline void
ko_set(struct str *f, size_t at, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++, v >>= 8)
		f->s[at + i] = (char)(v & 255);
}

/* Where a section's header field stands: 0 name, 4 type, 24 offset, 32 size, 40 link. */
static inline size_t
ko_field(const struct str *f, unsigned section, unsigned field)
{
	return (size_t)ko_get(f, 40, 8) + section * 64 + field;
}
