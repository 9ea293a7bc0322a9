/* The order in which fragments of a library are merged, and the files that their names stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/fragments.h"

static int
compare(const void *a, const void *b)
{
	return fragments_compare(*(const char *const *)a, *(const char *const *)b);
}

static const char *const canonical[] = {
	"core/64bit",   "core/modules",      "core/core",
	"core/systemd", "core/initrd",       "core/printk",
	"core/zswap",   "core/localversion", "core/localversion-noauto",
	"arch/arm64",   "arch/x86",          "mem/huge",
	"security/lsm", "storage/nvme",      "fs/ext4",
	"net/tcp",      "virt/kvm",          "debug/info",
	"test/kunit",   "rust/core",         "perf/events",
	"64bit",        "board/core",        "corex/64bit",
	"builtin/fs",   "builtin/virtio",
};

static void
sorts(void **state)
{
	const char *v[ARRAY_LEN(canonical)];

	(void)state;
	for (size_t turn = 0; turn < ARRAY_LEN(canonical); turn++) {
		for (size_t i = 0; i < ARRAY_LEN(v); i++)
			v[i] = canonical[(i * 7 + turn) % ARRAY_LEN(v)];
		qsort(v, ARRAY_LEN(v), sizeof *v, compare);
		for (size_t i = 0; i < ARRAY_LEN(v); i++)
			assert_string_equal(v[i], canonical[i]);
	}
}

static void
names_files(void **state)
{
	struct arena cleanup_arena a = {0};

	(void)state;
	assert_string_equal(fragments_file(&a, "core/64bit"), "fragments/core/64bit.config");
	assert_string_equal(fragments_file(&a, "core/64bit.config"), "fragments/core/64bit.config");
	assert_null(fragments_file(&a, ""));
	assert_null(fragments_file(&a, "/etc/passwd"));
	assert_null(fragments_file(&a, "../board"));
	assert_null(fragments_file(&a, "core/../../board"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts),
		cmocka_unit_test(names_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
