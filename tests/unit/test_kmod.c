/* module, by an oracle: libkmod reads the same real modules. They are found below $JKR_TEST_MODULES, or
 * /lib/modules; libkmod is loaded at run time, and without one of them the test says why it is skipped. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "data/modset.h"
#include "os/fs.h"

#define MANY 300 /* modules that are compared; the rest says nothing new */

/* The functions of libkmod that are used, as kmod-30 declares them. */
struct kmod {
	void *(*new)(const char *dir, const char *const *config);
	void *(*unref)(void *ctx);
	int (*from_path)(void *ctx, const char *path, void **mod);
	int (*get_info)(const void *mod, void **list);
	const char *(*info_key)(const void *entry);
	const char *(*info_value)(const void *entry);
	void (*info_free)(void *list);
	void *(*next)(const void *list, const void *entry);
	int (*get_versions)(const void *mod, void **list);
	const char *(*version_symbol)(const void *entry);
	uint64_t (*version_crc)(const void *entry);
	void (*versions_free)(void *list);
	void *(*mod_unref)(void *mod);
};

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{"kmod_new", offsetof(struct kmod, new)},
	{"kmod_unref", offsetof(struct kmod, unref)},
	{"kmod_module_new_from_path", offsetof(struct kmod, from_path)},
	{"kmod_module_get_info", offsetof(struct kmod, get_info)},
	{"kmod_module_info_get_key", offsetof(struct kmod, info_key)},
	{"kmod_module_info_get_value", offsetof(struct kmod, info_value)},
	{"kmod_module_info_free_list", offsetof(struct kmod, info_free)},
	{"kmod_list_next", offsetof(struct kmod, next)},
	{"kmod_module_get_versions", offsetof(struct kmod, get_versions)},
	{"kmod_module_version_get_symbol", offsetof(struct kmod, version_symbol)},
	{"kmod_module_version_get_crc", offsetof(struct kmod, version_crc)},
	{"kmod_module_versions_free_list", offsetof(struct kmod, versions_free)},
	{"kmod_module_unref", offsetof(struct kmod, mod_unref)},
};

static const char *
load(struct kmod *k)
{
	void *lib = dlopen("libkmod.so.2", RTLD_NOW);

	for (size_t i = 0; lib && i < ARRAY_LEN(functions); i++) {
		void *f = dlsym(lib, functions[i].name);

		if (!f)
			return functions[i].name;
		memcpy((char *)k + functions[i].offset, &f, sizeof f);
	}
	return lib ? NULL : "libkmod.so.2";
}

struct comparison {
	struct kmod k;
	void *ctx;
	const char *root;
	unsigned compared, seen;
};

static void
compare_info(struct comparison *c, void *mod, const struct set_module *m)
{
	static const char *const keys[] = {"vermagic", "depends", "license"};
	const char *const mine[] = {m->vermagic, m->depends, m->license};
	bool is_signed = false, done[3] = {false};
	void *list = NULL;

	if (c->k.get_info(mod, &list) < 0)
		fail_msg("libkmod cannot read %s", m->shown);
	for (void *e = list; e; e = c->k.next(list, e)) {
		is_signed |= !strcmp(c->k.info_key(e), "signer") || !strcmp(c->k.info_key(e), "sig_id");
		if (!strcmp(c->k.info_key(e), "name"))
			assert_string_equal(c->k.info_value(e), m->name);
		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			if (!done[i] && !strcmp(c->k.info_key(e), keys[i])) {
				done[i] = true;
				assert_string_equal(c->k.info_value(e), mine[i]);
			}
	}
	assert_int_equal(is_signed, m->is_signed);
	c->k.info_free(list);
}

static void
compare_versions(struct comparison *c, void *mod, const struct set_module *m)
{
	void *list = NULL;
	size_t n = 0;

	if (c->k.get_versions(mod, &list) < 0)
		return;
	for (void *e = list; e; e = c->k.next(list, e), n++) {
		size_t i = 0;

		while (i < m->nimports && strcmp(m->imports[i].symbol->name, c->k.version_symbol(e)))
			i++;
		if (i == m->nimports || !m->imports[i].has_crc)
			fail_msg("%s: no version of %s", m->shown, c->k.version_symbol(e));
		assert_int_equal(m->imports[i].crc, c->k.version_crc(e));
	}
	for (size_t i = 0; i < m->nimports; i++)
		n -= m->imports[i].has_crc;
	assert_int_equal(n, 0);
	c->k.versions_free(list);
}

static int
compare(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct comparison *c = ctx;
	struct modset set = {.with_symbols = true};
	struct err err = {0};
	cleanup_fd int fd = -1;
	cleanup_free char *full = NULL;
	void *mod;

	if (!S_ISREG(st->st_mode) || !module_file_name(name) || c->seen++ % 13 || c->compared == MANY)
		return 0;
	fd = fs_open(at, name, O_RDONLY);
	full = xasprintf("%s/%s", c->root, path);
	assert_int_equal(modset_add_fd(&set, path, (struct place){0}, fd, &err), 0);
	if (set.v[0].damage)
		fail_msg("%s: %s", path, set.v[0].damage);
	assert_int_equal(c->k.from_path(c->ctx, full, &mod), 0);
	compare_info(c, mod, &set.v[0]);
	compare_versions(c, mod, &set.v[0]);
	c->k.mod_unref(mod);
	modset_free(&set);
	c->compared++;
	return 0;
}

static void
agrees_with_libkmod(void **state)
{
	static const char *const no_config[] = {NULL};
	struct comparison c = {.root = getenv("JKR_TEST_MODULES")};
	const char *lacks = load(&c.k);
	cleanup_fd int dir = -1;

	(void)state;
	c.root = c.root ? c.root : "/lib/modules";
	dir = open(c.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lacks || dir < 0) {
		print_message("skipped: there is no %s\n", lacks ? lacks : c.root);
		skip();
	}
	c.ctx = c.k.new(c.root, no_config);
	assert_non_null(c.ctx);
	assert_int_equal(fs_walk(dir, compare, &c), 0);
	c.k.unref(c.ctx);
	print_message("%u modules below %s compared\n", c.compared, c.root);
	if (!c.compared)
		skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_libkmod)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
