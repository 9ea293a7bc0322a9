/* module: what a .ko says, and every way in which a hostile one lies about where things stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/decompress.h"
#include "data/module.h"
#include "data/symvers.h"
#include "ko.h"

/* The sentence for a file, "" when it is fine. */
static const char *
sentence(const struct str *f)
{
	static char buf[512];
	struct err err = {0};
	struct module m;

	buf[0] = 0;
	if (module_open(&m, f->s ? f->s : "", f->len, &err))
		snprintf(buf, sizeof buf, "%s", err.head->msg);
	err_free(&err);
	return buf;
}

static void
reads(void **state)
{
	cleanup_str struct str f = ko_build(&(struct ko_spec){.is_signed = 1});
	cleanup_str struct str plain = ko_build(&(struct ko_spec){0});
	struct err err = {0};
	struct module m;

	(void)state;
	assert_int_equal(module_open(&m, f.s, f.len, &err), 0);
	assert_string_equal(m.name, "hello");
	assert_string_equal(m.vermagic, "6.12.5 SMP preempt mod_unload modversions aarch64");
	assert_string_equal(m.license, "GPL");
	assert_string_equal(m.depends, "");
	assert_true(m.is_signed && m.elf.is64 && !m.elf.big);
	assert_int_equal(m.elf.machine, 183);
	assert_int_equal(module_open(&m, plain.s, plain.len, &err), 0);
	assert_false(m.is_signed);
}

struct seen {
	char text[512];
};

static void
add(struct seen *s, const char *what, const char *name, uint32_t v)
{
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof s->text - n, "%s %s %x\n", what, name, v);
}

static void
on_need(void *ctx, const char *name, bool weak)
{
	add(ctx, "need", name, weak);
}

static void
on_version(void *ctx, const char *name, uint32_t crc)
{
	add(ctx, "version", name, crc);
}

static void
on_export(void *ctx, const char *name, bool gpl_only)
{
	assert_false(gpl_only);
	add(ctx, "export", name, 0);
}

static void
on_crc(void *ctx, const char *name, uint32_t crc)
{
	add(ctx, "crc", name, crc);
}

static void
lists_symbols(void **state)
{
	static const struct ko_version versions[] = {{"module_layout", 0xfffffffe}, {"_printk", 0x12}, {0}};
	static const struct ko_version exports[] = {{"hello_say", 0xabcd}, {0}};
	cleanup_str struct str f =
		ko_build(&(struct ko_spec){.versions = versions,
					   .exports = exports,
					   .weak = "maybe",
					   .needs = (const char *const[]){"_printk", "__this_module", NULL}});
	struct seen seen = {{0}};
	const struct module_visitor v = {&seen, on_need, on_version, on_export, on_crc, NULL};
	struct err err = {0};
	struct module m;

	(void)state;
	assert_int_equal(module_open(&m, f.s, f.len, &err), 0);
	assert_int_equal(module_symbols(&m, &v, &err), 0);
	assert_string_equal(seen.text,
			    "version module_layout fffffffe\nversion _printk 12\nneed _printk 0\nneed maybe 1\n"
			    "export hello_say 0\ncrc hello_say abcd\n");
	/* the name of a version that fills its 56 bytes has no end */
	memset(f.s + ko_get(&f, ko_field(&f, KO_VERSIONS, 24), 8) + 8, 'x', 56);
	assert_int_equal(module_symbols(&m, &v, &err), -1);
	assert_non_null(strstr(err.head->msg, "__versions: entry 0"));
	err_free(&err);
	/* a symbol whose name lies outside of the names */
	ko_set(&f, ko_field(&f, KO_VERSIONS, 4), 0, 4);
	ko_set(&f, ko_get(&f, ko_field(&f, KO_SYMTAB, 24), 8) + 24, 0xffffffff, 4);
	assert_int_equal(module_open(&m, f.s, f.len, &err), 0);
	assert_int_equal(module_symbols(&m, &v, &err), -1);
	assert_non_null(strstr(err.head->msg, "st_name = 0xffffffff"));
	err_free(&err);
}

/* Function descriptors of 64-bit PowerPC: `._printk` is the code of what is exported as `_printk`. */
static void
takes_dots_off(void **state)
{
	static const struct ko_version versions[] = {{"._printk", 0x12}, {0}};
	cleanup_str struct str f = ko_build(&(struct ko_spec){
		.machine = 21, .versions = versions, .needs = (const char *const[]){"._printk", ".TOC.", NULL}});
	struct seen seen = {{0}};
	const struct module_visitor v = {&seen, on_need, on_version, on_export, on_crc, NULL};
	struct err err = {0};
	struct module m;

	(void)state;
	assert_int_equal(module_open(&m, f.s, f.len, &err), 0);
	assert_int_equal(module_symbols(&m, &v, &err), 0);
	assert_string_equal(seen.text, "version _printk 12\nneed _printk 0\n");
}

/* One damage: bytes at an offset, or in a section header, and what the sentence must say. */
static const struct {
	const char *id, *says;
	int section; /* -1: `at` counts from the file's start */
	unsigned at, n;
	uint64_t value;
} damages[] = {
	{"KO-011", "not an ELF file", -1, 0, 4, 0},
	{"KO-012", "e_ident[EI_CLASS] = 0x3", -1, 4, 1, 3},
	{"KO-013", "e_ident[EI_DATA] = 0x0", -1, 5, 1, 0},
	{"KO-014", "e_shoff = 0x100000", -1, 40, 8, 0x100000},
	{"KO-015", "e_shoff = 0xffffffffffffffff", -1, 40, 8, UINT64_MAX},
	{"KO-016", "e_shnum = 0xffff", -1, 60, 2, 0xffff},
	{"KO-017", "e_shnum = 0x0", -1, 60, 2, 0},
	{"KO-018", "e_shentsize = 0x0", -1, 58, 2, 0},
	{"KO-020", "e_shstrndx = 0x4444", -1, 62, 2, 0x4444},
	{"KO-021", "e_shstrndx = 0x0", -1, 62, 2, 0},
	{"KO-019", "e_type = 0x2", -1, 16, 2, 2},
	{"KO-022", "reach past the end", KO_MODINFO, 24, 8, UINT64_MAX - 4},
	{"KO-023", "reach past the end", KO_MODINFO, 32, 8, UINT64_MAX},
	{"KO-035", "has no bytes", KO_MODINFO, 4, 4, 8},
	{"KO-024", "no .modinfo", KO_MODINFO, 0, 4, 0},
	{"two tables of symbols", "a second `.symtab`", KO_MODINFO, 0, 4, 21},
	{"name outside", "no .modinfo", KO_MODINFO, 0, 4, 0xffffffff},
};

static void
refuses_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		cleanup_str struct str f = ko_build(&(struct ko_spec){0});
		size_t at = damages[i].section < 0 ? damages[i].at
						   : ko_field(&f, (unsigned)damages[i].section, damages[i].at);

		ko_set(&f, at, damages[i].value, damages[i].n);
		if (!strstr(sentence(&f), damages[i].says))
			fail_msg("%s: `%s` does not say `%s`", damages[i].id, sentence(&f), damages[i].says);
	}
}

static void
refuses_extended_count(void **state)
{
	cleanup_str struct str f = ko_build(&(struct ko_spec){0});

	(void)state;
	ko_set(&f, 60, 0, 2);
	ko_set(&f, ko_field(&f, 0, 32), UINT64_MAX / 64, 8);
	assert_non_null(strstr(sentence(&f), "e_shnum"));
	ko_set(&f, ko_field(&f, 0, 32), KO_SECTIONS, 8);
	assert_string_equal(sentence(&f), "");
}

static void
reads_modinfo_strictly(void **state)
{
	static char big[1 << 20];
	static const struct {
		const char *text;
		size_t n;
		const char *says;
	} cases[] = {
		{"license=GPL", 12, "there is no vermagic"},
		{"vermagic=6.1 SMP", 16, "does not end in a NUL"},
		{"vermagic=a\0vermagic=b", 22, "more than one vermagic"},
		{"vermagic=6.1\\x1b[31m\n%s%n", 26, "vermagic holds the byte 0x0a"},
		{big, sizeof big, "vermagic has 1048566 bytes"},
		{"\0\0\0vermagic=a", 14, ""},
	};

	(void)state;
	memset(big, 'x', sizeof big - 1);
	memcpy(big, "vermagic=", 9);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup_str struct str f =
			ko_build(&(struct ko_spec){.modinfo = cases[i].text, .modinfo_size = cases[i].n});

		if (*cases[i].says ? !strstr(sentence(&f), cases[i].says) : *sentence(&f))
			fail_msg("case %zu: `%s` does not say `%s`", i, sentence(&f), cases[i].says);
	}
}

/* Every cut and every flipped byte: any verdict will do, but no read outside (ASan looks). */
static void
survives_everything(void **state)
{
	static const struct ko_version versions[] = {{"module_layout", 1}, {0}};
	cleanup_str struct str f = ko_build(&(struct ko_spec){.versions = versions, .weak = "w", .exports = versions});
	struct seen seen = {{0}};
	const struct module_visitor v = {&seen, on_need, on_version, on_export, on_crc, NULL};

	(void)state;
	for (size_t i = 0; i < 2 * f.len; i++) {
		size_t n = i < f.len ? i : f.len;
		unsigned char *copy = xmalloc(n ? n : 1);
		struct err err = {0};
		struct module m;

		memcpy(copy, f.s, n);
		if (i >= f.len)
			copy[i - f.len] ^= (unsigned char)(1 + i % 255);
		if (!module_open(&m, copy, n, &err))
			module_symbols(&m, &v, &err);
		err_free(&err);
		free(copy);
	}
}

/* Names that do not end could be read past the file. */
static void
wants_names_that_end(void **state)
{
	cleanup_str struct str f = ko_build(&(struct ko_spec){0});
	size_t header = ko_field(&f, KO_SHSTRTAB, 0);

	(void)state;
	f.s[ko_get(&f, header + 24, 8) + ko_get(&f, header + 32, 8) - 1] = 'x';
	assert_non_null(strstr(sentence(&f), "e_shstrndx = 0x5: this section does not hold names"));
}

static void
many_sections(void **state)
{
	cleanup_str struct str f = ko_build(&(struct ko_spec){0});

	(void)state;
	for (size_t i = 0; i < 70000 * 64; i++)
		str_addc(&f, 0);
	ko_set(&f, 60, 65000, 2);
	assert_string_equal(sentence(&f), "");
	ko_set(&f, 60, 0, 2);
	ko_set(&f, ko_field(&f, 0, 32), 70000, 8);
	assert_non_null(strstr(sentence(&f), "e_shnum = 0x11170"));
}

static void
on_line(void *ctx, const struct symvers_line *l)
{
	struct seen *s = ctx;

	add(s, l->gpl_only ? "gpl" : "any", l->name, l->crc);
	add(s, l->space, l->provider, 0);
}

static void
reads_symvers(void **state)
{
	static const char good[] = "0x00000012\tprintk\tvmlinux\tEXPORT_SYMBOL\n"
				   "0xffffffff\tfoo\tdrivers/foo\tEXPORT_SYMBOL_GPL\tFOO\n"
				   "0x00000001\tbar\tSPACE\tdrivers/bar\tEXPORT_SYMBOL";
	static const char *const bad[] = {"printk\n",
					  "0x12 printk vmlinux EXPORT_SYMBOL\n",
					  "0x1g\ta\tb\tEXPORT_SYMBOL\n",
					  "0x112345678\ta\tb\tEXPORT_SYMBOL\n",
					  "0x1\t\tb\tEXPORT_SYMBOL\n",
					  "0x1\ta\tb\tc\td\te\n",
					  "0x1\ta\tb\tEXPORT_SYMBOL\tN\textra\n",
					  "\n"};
	struct seen seen = {{0}};
	struct err err = {0};

	(void)state;
	assert_int_equal(symvers_parse(good, sizeof good - 1, "Module.symvers", on_line, &seen, &err), 0);
	assert_string_equal(seen.text, "any printk 12\n vmlinux 0\ngpl foo ffffffff\nFOO drivers/foo 0\n"
				       "any bar 1\nSPACE drivers/bar 0\n");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (!symvers_parse(bad[i], strlen(bad[i]), "Module.symvers", on_line, &seen, &err))
			fail_msg("accepted: %s", bad[i]);
		err_free(&err);
	}
	assert_int_equal(symvers_parse("0x1\ta\0\tb\tEXPORT_SYMBOL", 22, "x", on_line, &seen, &err), -1);
	err_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(lists_symbols),
		cmocka_unit_test(takes_dots_off),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(refuses_extended_count),
		cmocka_unit_test(reads_modinfo_strictly),
		cmocka_unit_test(survives_everything),
		cmocka_unit_test(wants_names_that_end),
		cmocka_unit_test(many_sections),
		cmocka_unit_test(reads_symvers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
