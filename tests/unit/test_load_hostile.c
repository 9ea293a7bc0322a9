/* Recipes that want to hang, grow or break out: each ends in time with a clear sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#include "load_case.h"
#include "lua/walls.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct {
	const char *text, *want;
} hostile[] = {
	{"while true do end", "E0006"},
	{"while true do pcall(function() while true do end end) end", "E0006"},
	{"local function f() return pcall(f) end while true do f() end", "E0006"},
	{"local s = ('x'):rep(1e9)", "more than 16 MiB"},
	{"local s = 'x' while true do s = s .. s end", "E0006"},
	{"local s = ('a'):rep(40000) s:find(('a*'):rep(30) .. 'b')", "E0006"},
	{"local s = ('x'):rep(1e6) s:gsub('.-.-.-.-.-b', '')", "E0006"},
	{"local function f() return 1 + f() end f()", "E0006"},
	{"local function f() return 1 + f() end local t = { pcall(f) } error(t[2], 0)", "E000"},
	{"local t = {} for i = 1, 1e9 do t[i] = i end", "E0006"},
	{"local t = {} for i = 1, 1e9 do t[i] = {} end", "E0006"},
	{"local t = {} for i = 1, 5000 do t[i] = i end table.sort(t, function() while true do end end)", "E0006"},
	{"local t = {} for i = 1, 500 do t[i] = i % 7 end table.sort(t, function(a, b) return true end)", ""},
	{"local t = {} for i = 1, 50000 do t[i] = i end for i = 1, 50000 do table.insert(t, 1, i) end", "E0006"},
	{"local t = {} for i = 1, 200000 do t[i] = i end for i = 1, 200000 do table.remove(t, 1) end", "E0006"},
	{"local t = {} for i = 1, 50000 do t[i] = i end while t do table.move(t, 1, #t, 2, {}) end", "E0006"},
	{"table.move({}, 1, math.maxinteger, 2)", "E0006"},
	{"local t = {} for i = 1, 50000 do t[i] = 'a' end while t do table.concat(t) end", "E0006"},
	{"local t = {} for i = 1, 50000 do t[i] = i end while t do select('#', table.unpack(t)) end", "E0006"},
	{"local t = {} for i = 1, 50000 do t[i] = i end while t do for k in pairs(t) do break end end", "E0006"},
	{"local t = {} for i = 1, 50000 do t[i] = i end local k while t do k = next(t, k) end", "E0006"},
	{"local t = { 3, 1 } table.insert(t, 2) table.insert(t, 1, 0) assert(table.remove(t) == 2 and table.remove(t, 1) == 0 "
	 "and table.concat(t, '-') == '3-1' and table.unpack(table.move(t, 1, 2, 2)) == 3)",
	 ""},
	{"for i = 1, 98e6 do end local t = {} for i = 1, 1e5 do t[i] = i * 7919 % 100003 end table.sort(t)", "E0006"},
	{"error({})", "an error that is a table"},
	{"error(nil)", "an error that is nil"},
	{"load('return 1')", "`load` is not available"},
	{"string.dump(function() end)", "no `dump`"},
	{"setmetatable({}, { __gc = function() end })", "`setmetatable` is not available"},
	{"string.rep = nil", "cannot be changed"},
	{"option.bool = nil", "cannot be changed"},
	{"local s = '' .. tostring({})", "has no text"},
	{"local s = ('%s'):format({})", "has no text"},
	{"local s = ('%p'):format('x')", "no %p"},
	{"collectgarbage()", "`collectgarbage` is not available"},
	{"local t = {} t.t = t return t", "32 deep"},
	{"local t = {} for i = 1, 1000 do t = { t } end return t", "32 deep"},
	{"for i = 1, 300000 do write { path = 'a', text = 'b' } end", "E0006"},
	{"local t = { 1, 2 } return { a = t, [{}] = 3 }", "a key that is table"},
	{"return { [-1] = 3 }", "a key that is number"},
	{"return { [2000000] = 3 }", "above a million"},
	{"return 'a\\0b'", "NUL"},
	{"return 1.5", "whole"},
	{"return function() end", "a function cannot be part"},
	{"local x = (nil)()", "attempt to call a nil value"},
	{"local y = {} y[nil] = 1", "index is nil"},
	{"for k in pairs({ [{}] = 1 }) do end", "have no order"},
	{"use 'recipe.lua' { }", "more than 32 deep"},
	{"use '../../etc/passwd' { }", "leaves the folder"},
	{"toolchain '../x'", "is a path, not a name"},
	{"untar '\\1' {}", "is not a name"},
	{"goto x", "E0001"},
	{"x = = 3", "E0001"},
	{"return (((((((((((((((((((((((((1)))))))))))))))))))))))))", ""},
};

static void
hostile_end(void **state)
{
	struct load_case c;
	int failed = 0;

	(void)state;
	case_open(&c);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		double start = now();

		case_load(&c, hostile[i].text, NULL, NULL);
		if (now() - start > 4.5 || !strstr(c.text, hostile[i].want) || (*hostile[i].want && !c.status))
			failed++, print_message("%s\n%.1f s: %s", hostile[i].text, now() - start, c.text);
		case_reset(&c);
	}
	case_close(&c);
	assert_int_equal(failed, 0);
}

/* Many small blocks: what the process takes is what the bound says. */
static void
memory_is_what_it_takes(void **state)
{
	static const char *const texts[] = {
		"local t = {} for i = 1, 1e9 do t[i] = function() return t, i end end",
		"local t = {} while true do t = { t } end",
		"local t = {} while true do t = { x = t } end",
	};
	struct load_case c;

	(void)state;
	if (!WALLS)
		skip(); /* the sanitizer's own memory is more */
	case_open(&c);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct rusage own, loads;

		case_load(&c, texts[i], NULL, NULL);
		getrusage(RUSAGE_SELF, &own);
		getrusage(RUSAGE_CHILDREN, &loads);
		assert_non_null(strstr(c.text, "of memory"));
		if (loads.ru_maxrss - own.ru_maxrss > 64 << 10)
			fail_msg("%s: %ld KiB", texts[i], loads.ru_maxrss - own.ru_maxrss);
		case_reset(&c);
	}
	case_close(&c);
}

static void
not_texts(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} bad[] = {
		{"\033LuaT", 5, "compiled program"}, {"a\0b", 3, "NUL"},
		{"-- \xff\n", 5, "UTF-8"},           {"-- \xc0\x80\n", 6, "UTF-8"},
		{"-- \xed\xa0\x80\n", 7, "UTF-8"},   {"-- \xe2\x82", 5, "UTF-8"},
	};
	struct load_case c;

	(void)state;
	case_open(&c);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(fs_replace(c.fd, "recipe.lua", bad[i].bytes, bad[i].n, 0644), 0);
		case_load(&c, NULL, NULL, NULL);
		assert_int_equal(c.status, -1);
		if (!strstr(c.text, bad[i].want))
			fail_msg("%zu: %s", i, c.text);
		case_reset(&c);
	}
	case_load(&c, "\xef\xbb\xbf#!/usr/bin/jkr\nreturn nothing_here", NULL, NULL);
	assert_non_null(strstr(c.text, "recipe.lua:2:8"));
	case_reset(&c);
	case_load(&c, "-- \xe2\x82\xac \xf0\x9f\x98\x80 ok", NULL, NULL);
	assert_int_equal(c.status, 0);
	case_close(&c);
}

static void
large_text(void **state)
{
	struct load_case c;
	char *s = malloc((1 << 20) + 2);

	(void)state;
	case_open(&c);
	memset(s, '-', (1 << 20) + 1);
	s[(1 << 20) + 1] = '\0';
	case_load(&c, s, NULL, NULL);
	assert_non_null(strstr(c.text, "larger than 1 MiB"));
	case_reset(&c);
	s[1 << 20] = '\0';
	case_load(&c, s, NULL, NULL);
	assert_int_equal(c.status, 0);
	free(s);
	case_close(&c);
}

static void
odd_files(void **state)
{
	struct load_case c;

	(void)state;
	case_open(&c);
	assert_int_equal(mkfifoat(open(c.dir, O_RDONLY), "fifo.lua", 0644), 0);
	case_load(&c, "use 'fifo.lua' { }", NULL, NULL);
	assert_non_null(strstr(c.text, "not a regular file"));
	case_reset(&c);
	assert_int_equal(symlinkat("/etc/passwd", open(c.dir, O_RDONLY), "out.lua"), 0);
	case_load(&c, "use 'out.lua' { }", NULL, NULL);
	assert_non_null(strstr(c.text, "leaves the folder"));
	assert_null(strstr(c.text, "root:"));
	case_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_what_it_takes), /* first: it sees the largest of all loads */
		cmocka_unit_test(hostile_end),
		cmocka_unit_test(not_texts),
		cmocka_unit_test(large_text),
		cmocka_unit_test(odd_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
