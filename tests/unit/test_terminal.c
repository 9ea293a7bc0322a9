/* What reaches a terminal of words that others chose: letters stay, what it would obey is quoted. */
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

static const char *
hostile_source(void *ctx, const char *file)
{
	(void)ctx;
	(void)file;
	return "ü\x9b"
	       "31m\xc2\x9b"
	       "0m x\n";
}

/* All places of a message take the same way. */
static void
messages_are_quoted(void **state)
{
	struct place at = {.file = "a\x90.lua", .line = 1, .col = 1, .len = 2};
	struct err_style style = {.source = hostile_source};
	struct err err = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	err_set(&err, "E0005", "é \x80 \xc2\x80 \x9f \xc2\x9f \xc2\xa0 €");
	err_at(&err, at);
	err_label(&err, "\xc2\x9d label");
	err_help(&err, "\x9dhelp");
	err_print(&err, f, &style);
	fclose(f);
	assert_string_equal(text, "error[E0005]: é \\x80 \\xc2\\x80 \\x9f \\xc2\\x9f \xc2\xa0 €\n"
				  "  --> a\\x90.lua:1:1\n"
				  "   |\n"
				  " 1 | ü\\x9b31m\\xc2\\x9b0m x\n"
				  "   | ^^ \\xc2\\x9d label\n"
				  "   = help: \\x9dhelp\n");
	free(text);
	err_free(&err);
}

/* Every control of the second set, as a byte of its own and as a character; the letters beside them stay. */
static void
second_set_is_obeyed_never_shown(void **state)
{
	(void)state;
	for (unsigned c = 0x80; c < 0x100; c++) {
		char raw[] = {(char)c, 'x', 0}, utf8[] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)), 0};

		assert_int_equal(str_printable(raw, 2), 0);
		assert_int_equal(str_printable(utf8, 2), c < 0xa0 ? 0 : 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_quoted),
		cmocka_unit_test(second_set_is_obeyed_never_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
