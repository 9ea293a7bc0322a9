#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "run/wire.h"
#include "pipe_case.h"

static void
sample(struct err *err)
{
	struct place at = {.file = "a.lua", .key = "config.X", .line = 3, .col = 5, .len = 2};

	err_set(err, "E0306", "the first `x`");
	err_at(err, at);
	err_label(err, "here");
	err_help(err, "one");
	err_help(err, "two");
	err_set(err, NULL, "the second");
}

static void
mistakes_cross_whole(void **state)
{
	struct err err = {0}, back = {0};
	struct str in = {0};
	enum wire_kind kind;
	const char *p;
	size_t n;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	sample(&err);
	wire_send_err(fds[1], &err);
	close(fds[1]);
	read_all(fds[0], &in);
	assert_int_equal(wire_next(&in, 0, &kind, &p, &n), in.len);
	assert_int_equal(kind, WIRE_ERR);
	assert_int_equal(wire_parse_err(p, n, &back), 0);
	assert_int_equal(err_count(&back), 2);
	assert_string_equal(back.head->code, "E0306");
	assert_string_equal(back.head->msg, "the first `x`");
	assert_string_equal(back.head->at.key, "config.X");
	assert_int_equal(back.head->at.col, 5);
	assert_string_equal(back.head->label, "here");
	assert_int_equal(back.head->nhelp, 2);
	assert_string_equal(back.head->help[1], "two");
	assert_null(back.tail->code);
	assert_null(back.tail->at.file);
	err_free(&err);
	err_free(&back);
	str_free(&in);
}

/* A child that dies while it writes, and one that writes nonsense. */
static void
half_frames_wait_and_damage_is_told(void **state)
{
	struct err err = {0};
	struct str in = {0}, part = {0};
	enum wire_kind kind;
	const char *p;
	size_t n;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	sample(&err);
	wire_send_err(fds[1], &err);
	close(fds[1]);
	read_all(fds[0], &in);
	for (size_t i = 0; i < in.len; i++) {
		str_reset(&part);
		str_addn(&part, in.s, i);
		assert_int_equal(wire_next(&part, 0, &kind, &p, &n), 0);
	}
	assert_true(wire_next(&in, 0, &kind, &p, &n) > 0);
	for (size_t i = 0; i < n; i++) {
		struct err back = {0};
		char *copy = memcpy(test_malloc(i + 1), p, i);

		/* cut anywhere: never read behind it; only the end of a mistake is no damage */
		if (wire_parse_err(copy, i, &back) == 0)
			assert_true(err_count(&back) <= 1);
		err_free(&back);
		test_free(copy);
	}
	err_free(&err);
	str_free(&in);
	str_free(&part);
}

struct bad {
	enum wire_kind kind;
	const char *p;
	size_t n;
};

/* A job that a hostile input broke may say anything. */
static void
frames_that_lie_about_their_size_are_damaged(void **state)
{
	static const struct bad v[] = {
		{WIRE_NOTE, "", 0},
		{WIRE_NOTE, "abc", 3},
		{WIRE_OUTPUT, "", 0},
		{WIRE_RECORD, "", 0},
		{WIRE_RECORD, "key", 4},
		{WIRE_RECORD, "k\0v", 3},
		{WIRE_PROGRESS, "1234", 4},
		{WIRE_RESULT, "short", 5},
		{WIRE_SHELL, "1234567", 7},
		{WIRE_SHELL, "", 0},
		{0, "", 0},
		{WIRE_SHELL + 1, "x", 2},
	};
	struct wire_said said;

	(void)state;
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		/* exactly as long as it is, so that reading past its end shows */
		char *copy = memcpy(test_malloc(v[i].n + 1), v[i].p, v[i].n);
		char *exact = test_realloc(copy, v[i].n ? v[i].n : 1);

		assert_int_equal(wire_read(v[i].kind, exact, v[i].n, &said), -1);
		test_free(exact);
	}
	assert_int_equal(wire_read(WIRE_RECORD, "k\0v", 4, &said), 0);
	assert_string_equal(said.text, "k");
	assert_string_equal(said.value, "v");
}

static void
what_is_no_frame_ends_the_stream(void **state)
{
	struct str in = {0};
	enum wire_kind kind = WIRE_NOTE;
	const char *p;
	size_t n;

	(void)state;
	str_addn(&in, "\1\0\0\0\xff\xff\xff\xff and more", 17);
	assert_int_equal(wire_next(&in, 0, &kind, &p, &n), in.len);
	assert_int_equal(kind, 0);
	str_free(&in);
}

static void
a_reader_that_is_gone_is_ignored(void **state)
{
	(void)state;
	wire_send(-1, WIRE_NOTE, "x", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_cross_whole),
		cmocka_unit_test(half_frames_wait_and_damage_is_told),
		cmocka_unit_test(frames_that_lie_about_their_size_are_damaged),
		cmocka_unit_test(what_is_no_frame_ends_the_stream),
		cmocka_unit_test(a_reader_that_is_gone_is_ignored),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
