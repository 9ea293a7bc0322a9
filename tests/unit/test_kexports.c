/* kexports: the tables of a kernel image, built in memory: entries, CRCs, texts, as the kernel's linker script lays
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kexports.h"

#define PLAIN 20
#define GPL 18

static void
put(struct str *b, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		str_addc(b, (char)(v & 255));
}

/* The n-th of some names in order; module_layout is one of them. */
static void
name_of(unsigned i, const char *stem, char out[32])
{
	if (i == 7 && !strcmp(stem, "m"))
		strcpy(out, "module_layout");
	else
		snprintf(out, 32, "%s%c_sym", i < 7 ? stem : "n", 'a' + (int)i);
}

static uint32_t
crc_of(unsigned i)
{
	return 0x9e3779b9 * (i + 1);
}

enum crcs { NO_CRCS, CRCS, RELATIVE };

/* One symbol is in a namespace. Relative CRCs stand behind the texts. */
static struct str
image(enum crcs crcs, bool cut)
{
	struct str b = {0}, texts = {0};
	uint32_t names[PLAIN + GPL], space;
	char name[32];
	size_t at;

	for (unsigned i = 0; i < PLAIN + GPL; i++) {
		name_of(i < PLAIN ? i : i - PLAIN, i < PLAIN ? "m" : "g", name);
		names[i] = (uint32_t)texts.len;
		str_addn(&texts, name, strlen(name) + 1);
	}
	space = (uint32_t)texts.len;
	str_addn(&texts, "module:usb,usb-*", 17);
	for (int i = 0; i < 40; i++)
		put(&b, 0x7fffffff); /* code */
	at = b.len + 12 * (PLAIN + GPL) + (crcs ? 4 * (PLAIN + GPL) : 0);
	for (unsigned i = 0; i < PLAIN + GPL; i++) {
		put(&b, 0xfff00000);
		put(&b, (uint32_t)(at + names[i] - b.len));
		put(&b, i == 3 ? (uint32_t)(at + space - b.len) : 0);
	}
	while (texts.len % 4)
		str_addc(&texts, 0);
	for (unsigned i = 0; crcs && i < PLAIN + GPL; i++)
		put(&b, crcs == RELATIVE ? (uint32_t)(at + texts.len - (at - 4 * (PLAIN + GPL))) : crc_of(i));
	if (!cut)
		str_addn(&b, texts.s, texts.len);
	for (unsigned i = 0; crcs == RELATIVE && i < PLAIN + GPL; i++)
		put(&b, crc_of(i));
	put(&b, 0);
	put(&b, 0);
	str_free(&texts);
	return b;
}

struct seen {
	size_t n, gpl, with_crc;
	uint32_t layout, last_gpl;
	char space[32];
};

static void
see(void *ctx, const struct kexport *e)
{
	struct seen *s = ctx;

	s->n++;
	s->gpl += e->gpl_only;
	s->with_crc += e->has_crc;
	if (!strcmp(e->name, "module_layout"))
		s->layout = e->crc;
	if (e->gpl_only)
		s->last_gpl = e->crc;
	if (*e->space)
		snprintf(s->space, sizeof s->space, "%s %s", e->name, e->space);
}

static void
reads_both_tables(void **state)
{
	cleanup_str struct str b = image(CRCS, false), none = image(NO_CRCS, false), cut = image(CRCS, true);
	struct seen s = {0};

	(void)state;
	assert_int_equal(kexports_read(b.s, b.len, see, &s), PLAIN + GPL);
	assert_int_equal(s.n, PLAIN + GPL);
	assert_int_equal(s.gpl, GPL);
	assert_int_equal(s.with_crc, PLAIN + GPL);
	assert_int_equal(s.layout, crc_of(7));
	assert_int_equal(s.last_gpl, crc_of(PLAIN + GPL - 1));
	assert_string_equal(s.space, "md_sym module:usb,usb-*");
	s = (struct seen){0};
	assert_int_equal(kexports_read(none.s, none.len, see, &s), PLAIN + GPL);
	assert_int_equal(s.with_crc, 0);
	assert_int_equal(kexports_read(cut.s, cut.len, see, &s), 0);
	assert_int_equal(kexports_read("", 0, see, &s), 0);
}

/* Before 5.19, kernels with MODULE_REL_CRCS have the way to each CRC in the table. */
static void
follows_relative_crcs(void **state)
{
	cleanup_str struct str b = image(RELATIVE, false);
	struct seen s = {0};

	(void)state;
	assert_int_equal(kexports_read(b.s, b.len, see, &s), PLAIN + GPL);
	assert_int_equal(s.with_crc, PLAIN + GPL);
	assert_int_equal(s.layout, crc_of(7));
	assert_int_equal(s.last_gpl, crc_of(PLAIN + GPL - 1));
}

static void
survives_any_end(void **state)
{
	cleanup_str struct str b = image(CRCS, false);

	(void)state;
	for (size_t n = 0; n < b.len; n++) {
		void *copy = xmalloc(n + 1);
		struct seen s = {0};

		memcpy(copy, b.s, n);
		kexports_read(copy, n, see, &s);
		free(copy);
	}
}

/* Two megabytes of nothing but the name that is looked for, to which nothing leads: looked through some times, not once
 * for each. */
static void
gives_up(void **state)
{
	cleanup_str struct str b = {0};
	struct seen s = {0};

	(void)state;
	while (b.len < 2 << 20)
		str_addn(&b, "module_layout\0\0", 16);
	alarm(60);
	assert_int_equal(kexports_read(b.s, b.len, see, &s), 0);
	alarm(0);
}

/* What is no packed image comes back as it is; where one says that it lies outside of the file, it is none. */
static void
unpacks(void **state)
{
	cleanup_str struct str b = image(CRCS, false), room = {0};
	struct err err = {0};
	const void *p;
	size_t n;

	(void)state;
	assert_int_equal(kexports_unpack(b.s, b.len, "Image", &room, &p, &n, &err), 0);
	assert_ptr_equal(p, b.s);
	memcpy(b.s, "MZ\0\0zimg", 8);
	memset(b.s + 8, 0xff, 8);
	assert_int_equal(kexports_unpack(b.s, b.len, "Image", &room, &p, &n, &err), 0);
	assert_ptr_equal(p, b.s);
	assert_int_equal(kexports_unpack("\x1f\x8b\x08\0cut", 7, "Image.gz", &room, &p, &n, &err), -1);
	assert_true(err_any(&err));
	err_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_tables), cmocka_unit_test(follows_relative_crcs),
		cmocka_unit_test(survives_any_end),  cmocka_unit_test(gives_up),
		cmocka_unit_test(unpacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
