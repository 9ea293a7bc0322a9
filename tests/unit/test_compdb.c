/* What .cmd files say of a compile, and paths of a sandbox made those of this machine. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/compdb.h"

static void
said(const char *text, const char *command, const char *file)
{
	cleanup_arena struct arena a = {0};
	struct compiled c = {0};

	assert_int_equal(compdb_parse(text, strlen(text), &a, &c), command != NULL);
	if (!command)
		return;
	assert_string_equal(c.command, command);
	assert_string_equal(c.file, file);
}

static void
compiles(void **state)
{
	(void)state;
	said("savedcmd_a/b.o := gcc -O2 -c -o a/b.o /s/a/b.c\n\nsource_a/b.o := /s/a/b.c\n",
	     "gcc -O2 -c -o a/b.o /s/a/b.c", "/s/a/b.c");
	said("cmd_b.o := gcc -c -o b.o b.S", "gcc -c -o b.o b.S", "b.S");
	said("# made\ncmd_b.o := gcc -o b.o b.c ; ./tools/objtool/objtool b.o\n", "gcc -o b.o b.c", "b.c");
	said("cmd_b.o := cc x.c; cc -o b.o y.c ;", "cc x.c; cc -o b.o y.c", "y.c");
	said("cmd_b.o := cc -DA='\\#1' -DB=$(pound) -o b.o b.c", "cc -DA='#1' -DB=# -o b.o b.c", "b.c");
}

static void
others(void **state)
{
	(void)state;
	said("", NULL, NULL);
	said("cmd_built-in.a := ar cDPrST built-in.a a.o b.o\n", NULL, NULL);
	said("cmd_a.o := ld -r -o a.o b.o c.o\n", NULL, NULL);
	said("cmd_a.o := b.c", NULL, NULL);
	said("cmd_a.o := gcc -include b.c -o a.o\n", NULL, NULL);
	said("cmd_a b.o := gcc b.c", NULL, NULL);
	said("cmd_a.o := gcc .c", NULL, NULL);
	said("xcmd_a.o := gcc a.c", NULL, NULL);
	said("cmd_a.o :=", NULL, NULL);
}

static void
moves(void **state)
{
	static const struct moved moved[] = {{"/jkr/src", "/home/a b/l$x"}, {"/jkr/build", "/s/d"}, {0}};
	cleanup_str struct str shell = {0}, plain = {0};

	(void)state;
	compdb_move("-I/jkr/src/include -I/jkr/srcs -p=/jkr/src/= /jkr/build '/jkr/build/x'", moved, true, &shell);
	assert_string_equal(str_text(&shell), "-I/home/a\\ b/l\\$x/include -I/jkr/srcs -p=/home/a\\ b/l\\$x/= /s/d "
					      "'/s/d/x'");
	compdb_move("/jkr/src/a.c", moved, false, &plain);
	assert_string_equal(str_text(&plain), "/home/a b/l$x/a.c");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiles),
		cmocka_unit_test(others),
		cmocka_unit_test(moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
