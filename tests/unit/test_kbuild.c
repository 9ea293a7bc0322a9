/* What Kbuild says of what it makes, line by line, and what `jkr why` makes of a log of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/remade.h"
#include "data/kbuild.h"
#include "growth.h"

/* Lines of 6.12's make, with and without V=2; tag NULL: none of Kbuild's. */
static const struct {
	const char *line, *tag, *target;
	enum kbuild_reason reason;
	const char *what;
} lines[] = {
	{"  CC      init/main.o", "CC", "init/main.o", KBUILD_NONE, ""},
	{"  CC [M]  fs/ext4/inode.o", "CC [M]", "fs/ext4/inode.o", KBUILD_NONE, ""},
	{"  LD [M]  fs/ext4/ext4.ko", "LD [M]", "fs/ext4/ext4.ko", KBUILD_NONE, ""},
	{"  HOSTCC  scripts/basic/fixdep", "HOSTCC", "scripts/basic/fixdep", KBUILD_NONE, ""},
	{"  MODPOST Module.symvers", "MODPOST", "Module.symvers", KBUILD_NONE, ""},
	{"  DTC     arch/arm64/boot/dts/a.dtb - due to: /jkr/src/arch/arm64/boot/dts/a.dts", "DTC",
	 "arch/arm64/boot/dts/a.dtb", KBUILD_SOURCE, "/jkr/src/arch/arm64/boot/dts/a.dts"},
	{"  CC      init/version.o - due to: /jkr/src/init/version.c", "CC", "init/version.o", KBUILD_SOURCE,
	 "/jkr/src/init/version.c"},
	{"  CC      a.o - due to: include/config/SMP b.h", "CC", "a.o", KBUILD_HEADER, "b.h"},
	{"  CC      a.o - due to: include/config/SMP include/config/NUMA", "CC", "a.o", KBUILD_SYMBOL, "SMP"},
	{"  UPD     k - due to: include/config/auto.conf", "UPD", "k", KBUILD_FOLLOWS, "include/config/auto.conf"},
	{"  AR      init/built-in.a - due to: init/main.o", "AR", "init/built-in.a", KBUILD_FOLLOWS, "init/main.o"},
	{"  CC      a.o - due to command line change", "CC", "a.o", KBUILD_COMMAND, ""},
	{"  CC      a.o - due to target missing", "CC", "a.o", KBUILD_NEW, ""},
	{"  CALL    /jkr/src/scripts/checksyscalls.sh - due to target is PHONY", "CALL",
	 "/jkr/src/scripts/checksyscalls.sh", KBUILD_ALWAYS, ""},
	{"  CC      a.o - due to a.o not in $(targets)", "CC", "a.o", KBUILD_ALWAYS, ""},
	{"make[2]: Entering directory '/jkr/build'", NULL, NULL, KBUILD_NONE, NULL},
	{"  int x;", NULL, NULL, KBUILD_NONE, NULL},
	{"  A", NULL, NULL, KBUILD_NONE, NULL},
	{"  CC", NULL, NULL, KBUILD_NONE, NULL},
	{"  CC      a.o - due to", "CC", "a.o", KBUILD_NONE, ""},
	{"  CC      a.o - due to: ", "CC", "a.o", KBUILD_NONE, ""},
	{"  CC   ", NULL, NULL, KBUILD_NONE, NULL},
	{"", NULL, NULL, KBUILD_NONE, NULL},
};

static void
same(struct kbuild_text t, const char *text)
{
	assert_int_equal(t.n, strlen(text));
	assert_memory_equal(t.s, text, t.n);
}

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct kbuild_line l;
		struct kbuild_text what;

		assert_int_equal(kbuild_line(lines[i].line, strlen(lines[i].line), &l), lines[i].tag != NULL);
		if (!lines[i].tag)
			continue;
		same(l.tag, lines[i].tag);
		same(l.target, lines[i].target);
		assert_int_equal(kbuild_reason(&l, &what), lines[i].reason);
		same(what, lines[i].what);
	}
}

static void
test_warnings(void **state)
{
	static const char *const yes[] = {
		"/jkr/src/a.c:3:5: warning: unused variable 'x' [-Wunused-variable]",
		"a.dts:4.3-5: Warning (unit_address_vs_reg): /x: node has a unit name",
		"WARNING: modpost: \"f\" [a.ko] undefined!",
		"ld.lld: warning: x",
	};
	static const char *const no[] = {
		"  CC      drivers/warning.o",    "      | ^ this warning: of a note",         "no warnings",
		".config:7:warning: override: X", "cc1: all warnings being treated as errors",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_true(kbuild_warning(yes[i], strlen(yes[i])));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_false(kbuild_warning(no[i], strlen(no[i])));
}

static void
test_commands(void **state)
{
	cleanup_str struct str out = {0};

	(void)state;
	assert_true(kbuild_command_change("savedcmd_a.o := gcc -O2 -c a.c \n\nsource_a.o := a.c\n",
					  "savedcmd_a.o := gcc -O3 -DX -c a.c\n", &out));
	assert_string_equal(out.s, "- -O2 + -O3 + -DX");
	assert_false(kbuild_command_change("cmd_a.o := gcc -c a.c\n", "cmd_a.o := gcc  -c a.c\n", &out));
	assert_false(kbuild_command_change("", "cmd_a.o := gcc a.c\n", &out));
	assert_false(kbuild_command_change("cmd_a.o := gcc a.c\n", "no command\n", &out));
	kbuild_cmd_name("init/main.o", 11, &out);
	assert_string_equal(out.s, "init/.main.o.cmd");
	kbuild_cmd_name("vmlinux", 7, &out);
	assert_string_equal(out.s, ".vmlinux.cmd");
}

static char *
long_command(const char *flag, size_t words)
{
	struct str s = {0};

	str_addf(&s, "savedcmd_a.o := gcc %s", flag);
	for (size_t i = 0; i < words; i++)
		str_addf(&s, " %zx.o", i);
	str_addc(&s, '\n');
	return str_steal(&s);
}

static void
compare_long_commands(size_t words, void *of)
{
	cleanup_free char *before = long_command("-O2", words), *after = long_command("-O3", words);
	cleanup_str struct str out = {0};

	(void)of;
	assert_true(kbuild_command_change(before, after, &out));
	assert_string_equal(out.s, "- -O2 + -O3");
}

/* A hostile one has as many words as its file may have bytes: each is not looked for among all. */
static void
test_long_commands(void **state)
{
	assert_grows_with_input(compare_long_commands, 20000, *state);
}

static const char *
remade(const char *log, struct str *out)
{
	str_reset(out);
	remade_text(log, strlen(log), out);
	return str_text(out);
}

static void
test_remade(void **state)
{
	cleanup_str struct str out = {0};

	(void)state;
	assert_string_equal(remade("gcc -c a.c\nmake: done\n", &out), "");
	assert_string_equal(remade("  CC      a.o\n  LD      vmlinux", &out),
			    "its last make began with an empty build directory: Kbuild made 2\n");
	assert_string_equal(remade("  CC      a.o - due to: \n", &out),
			    "its last make began with an empty build directory: Kbuild made 1\n");
	/* what a terminal obeys is written out */
	assert_string_equal(remade("  CC      \033]0;x\a.o - due to: \033[2J.c\n"
				   "  CC      b.o - due to command line change\n"
				   "[jkr: command line of b.o: - \033c]\n",
				   &out),
			    "its last make was a warm one: Kbuild made 2, by reason\n"
			    "  source \\x1b[2J.c: 1: \\x1b]0;x\\x07.o\n"
			    "  command line: 1: b.o\n"
			    "    b.o: - \\x1bc\n");
	assert_string_equal(remade("  CC      a.o - due to: include/config/SMP\n"
				   "  CC      b.o - due to command line change\n"
				   "  CC      c.o - due to: include/config/SMP\n"
				   "  CC      d.o - due to: /jkr/src/d.c\n"
				   "  AR      built-in.a - due to: a.o b.o\n"
				   "  LD      vmlinux.o - due to: vmlinux.a\n"
				   "  CALL    x.sh - due to target is PHONY\n"
				   "[jkr: command line of b.o: - -O2 + -O3]\n",
				   &out),
			    "its last make was a warm one: Kbuild made 7, by reason\n"
			    "  source /jkr/src/d.c: 1: d.o\n"
			    "  config symbol SMP: 2: a.o, c.o\n"
			    "  command line: 1: b.o\n"
			    "    b.o: - -O2 + -O3\n"
			    "  follows from those: 2: built-in.a, vmlinux.o\n"
			    "  made each time: 1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),         cmocka_unit_test(test_warnings), cmocka_unit_test(test_commands),
		cmocka_unit_test(test_long_commands), cmocka_unit_test(test_remade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
