#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/glob.h"
#include "data/schema.h"
#include "os/fs.h"
#include "scratch.h"
#include "values.h"

struct all {
	bool flag;
	int64_t level, memory;
	const char *name, *line, *kind, *path, *sum;
	struct strings names;
	struct source file, step;
	struct sources items, series;
	struct pairs env, outputs;
	struct symbols config;
	struct mounts inputs;
};

static const char *const kinds[] = {"tar.zst", "tar.xz", NULL};
static const struct param params[] = {
	PARAM(all, items, P_SOURCE, P_LIST | P_OPERAND, "Items."),
	PARAM(all, flag, P_BOOL, 0, "Flag."),
	PARAM_RANGE(all, level, P_INT, 0, 1, 9, "6", "Level."),
	PARAM_RANGE(all, memory, P_SIZE, 0, 0, 1 << 30, "64M", "Memory."),
	PARAM(all, name, P_STRING, P_REQUIRED, "Name."),
	PARAM(all, line, P_STRING, P_PLAIN, "Line."),
	PARAM_CHOICE(all, kind, 0, kinds, "tar.xz", "Kind."),
	PARAM(all, path, P_PATH, P_REQUIRED, "Path."),
	PARAM(all, sum, P_SHA256, 0, "Sum."),
	PARAM(all, names, P_STRING, P_LIST, "Names."),
	PARAM(all, file, P_FILE, 0, "File."),
	PARAM(all, step, P_STEP, 0, "Step."),
	PARAM(all, series, P_FILE, P_LIST | P_GLOB, "Series."),
	PARAM(all, env, P_MAP, 0, "Environment."),
	PARAM(all, outputs, P_MAP, P_SELF, "Outputs."),
	PARAM(all, config, P_SYMBOLS, 0, "Symbols."),
	PARAM(all, inputs, P_MOUNTS, 0, "Inputs."),
	{0},
};
static const struct param common[] = {
	PARAM(all, step, P_STEP, 0, "On."),
	{0},
};
static const struct param bare[] = {PARAM(all, flag, P_BOOL, 0, "Flag."), {0}};
static const struct param single[] = {PARAM(all, file, P_FILE, P_OPERAND | P_REQUIRED, "File."), {0}};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct field *)a)->key, ((const struct field *)b)->key);
}

/* The given field beside the required ones. */
static size_t
with(struct field *out, const char *key, struct value v)
{
	struct field f[] = {{"name", STR("n")}, {"path", STR("a/b")}, {key, v}};
	size_t n = 0;

	for (size_t i = 0; i < 3; i++)
		if (i == 2 || strcmp(f[i].key, key) != 0)
			out[n++] = f[i];
	qsort(out, n, sizeof *out, by_name);
	return n;
}

static struct all
bound(struct arena *a, const char *key, struct value v)
{
	struct field f[3];
	struct value t = TABLE(NULL, 0, f, with(f, key, v));
	struct err err = {0};
	struct all out = {0};

	if (schema_check(params, NULL, &t, "untar \"x\"", &err) ||
	    schema_bind(params, &t, "untar \"x\"", &out, a, &err))
		fail_msg("%s", err.head->msg);
	err_free(&err);
	return out;
}

/* Both check and bind refuse, with one mistake of this code that says `part`. */
static void
refused(const char *key, struct value v, const char *code, const char *part)
{
	cleanup_arena struct arena a = {0};
	struct field f[3];
	struct value t = TABLE(NULL, 0, f, with(f, key, v));
	struct all out = {0};

	for (int i = 0; i < 2; i++) {
		struct err err = {0};
		int r = i ? schema_bind(params, &t, "untar \"x\"", &out, &a, &err)
			  : schema_check(params, NULL, &t, "untar \"x\"", &err);

		assert_int_equal(r, -1);
		assert_int_equal(err_count(&err), 1);
		assert_string_equal(err.head->code, code);
		if (!strstr(err.head->msg, part))
			fail_msg("`%s` does not say `%s`", err.head->msg, part);
		assert_string_equal(err.head->at.file, "t.lua");
		assert_non_null(err.head->at.key);
		err_free(&err);
	}
}

static void
test_scalars(void **state)
{
	cleanup_arena struct arena a = {0};
	struct all o = bound(&a, "flag", (struct value)BOOL(true));

	(void)state;
	assert_true(o.flag);
	assert_int_equal(o.level, 6);
	assert_int_equal(o.memory, 64 << 20);
	assert_string_equal(o.kind, "tar.xz");
	assert_string_equal(o.path, "a/b");
	assert_null(o.sum);
	assert_int_equal(bound(&a, "level", (struct value)INT(9)).level, 9);
	assert_int_equal(bound(&a, "memory", (struct value)STR("4K")).memory, 4096);
	assert_string_equal(bound(&a, "kind", (struct value)STR("tar.zst")).kind, "tar.zst");
	assert_string_equal(bound(&a, "path", (struct value)STR("./x//y/../z")).path, "x/z");
	assert_string_equal(bound(&a, "name", (struct value)TEXT(0, "release")).name, TEXT_LATER);
	assert_int_equal(bound(&a, "flag", (struct value)NIL).flag, false);
	o = bound(&a, "sum", (struct value)STR("ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789"));
	assert_true(str_starts(o.sum, "abcdef01"));
}

static void
test_scalars_refused(void **state)
{
	(void)state;
	refused("flag", (struct value)TRI('y'), "E0102", "expected true or false, got the value y");
	refused("level", (struct value)STR("3"), "E0102", "expected a number, got a string");
	refused("level", (struct value)INT(10), "E0104", "10, outside of 1 to 9");
	refused("level", (struct value)INT(0), "E0104", "0, outside");
	refused("memory", (struct value)STR("12Q"), "E0104", "`12Q`");
	refused("memory", (struct value)INT(-1), "E0104", "negative");
	refused("memory", (struct value)STR("2G"), "E0104", "outside");
	refused("name", (struct value)INT(5), "E0102", "expected a string, got a number");
	refused("line", (struct value)STR("a\nb"), "E0118", "line break");
	refused("line", (struct value)STR("a\033b"), "E0118", "control character");
	refused("kind", (struct value)STR("tar.zts"), "E0105", "`tar.zts`");
	refused("path", (struct value)STR("../x"), "E0107", "`../x`");
	refused("path", (struct value)STR("/x"), "E0107", "`/x`");
	refused("path", (struct value)STR("."), "E0107", "names nothing");
	refused("sum", (struct value)STR("abc"), "E0108", "`abc`");
	refused("sum", (struct value)STR("g123456789012345678901234567890123456789012345678901234567890123"), "E0108",
		"`g");
	refused("file", (struct value)REF(0, ""), "E0102", "expected a file, got a step");
	refused("file", (struct value)FILE_AT("/r", "../etc/passwd"), "E0107", "../etc");
	refused("step", (struct value)FILE_AT("/r", "x"), "E0102", "expected a step, got a file");
	refused("step", (struct value)REF(0, "a/../../b"), "E0107", "a/../../b");
	refused("series", (struct value)INT(1), "E0102", "expected a list of files, got a number");
}

static void
test_lists(void **state)
{
	cleanup_arena struct arena a = {0};
	struct value inner[] = {STR("b"), STR("c")};
	struct value outer[] = {STR("a"), ITEMS(inner), NIL, STR("d")};
	struct value bad[] = {STR("a"), INT(1)};
	struct field keyed[] = {{"k", STR("v")}};
	struct value deep[20];
	struct all o = bound(&a, "names", (struct value)ITEMS(outer));

	(void)state;
	assert_int_equal(o.names.n, 4);
	assert_string_equal(o.names.v[0], "a");
	assert_string_equal(o.names.v[2], "c");
	assert_string_equal(o.names.v[3], "d");
	assert_string_equal(o.names.at[3].file, "t.lua");
	assert_int_equal(bound(&a, "names", (struct value)STR("one")).names.n, 1);
	refused("names", (struct value)ITEMS(bad), "E0102", "expected a string, got a number");
	refused("names", (struct value)FIELDS(keyed), "E0102", "expected a list of strings");
	memset(deep, 0, sizeof deep);
	for (size_t i = 0; i < 19; i++)
		deep[i] = (struct value)TABLE(&deep[i + 1], 1, NULL, 0);
	refused("names", deep[0], "E0119", "too deeply");
}

static void
test_operands(void **state)
{
	cleanup_arena struct arena a = {0};
	struct value items[] = {REF(0, "x"), NIL, FILE_AT("/r", "f")};
	struct field f[] = {{"name", STR("n")}, {"path", STR("p")}};
	struct field twice[] = {{"items", REF(1, "")}, {"name", STR("n")}, {"path", STR("p")}};
	struct value t = TABLE(items, 3, f, 2), u = TABLE(items, 3, twice, 3), alone = ITEMS(items);
	struct err err = {0};
	struct all o = {0};

	(void)state;
	assert_int_equal(schema_bind(params, &t, "copy \"x\"", &o, &a, &err), 0);
	assert_int_equal(o.items.n, 2);
	assert_int_equal(o.items.v[0].kind, SRC_REF);
	assert_string_equal(o.items.v[0].ref.path, "x");
	assert_int_equal(o.items.v[1].kind, SRC_FILE);
	assert_int_equal(schema_check(params, NULL, &u, "copy \"x\"", &err), -1);
	assert_string_equal(err.head->code, "E0106");
	assert_non_null(strstr(err.head->msg, "given twice"));
	err_free(&err);
	assert_int_equal(schema_check(bare, NULL, &alone, "fetch \"x\"", &err), -1);
	assert_string_equal(err.head->code, "E0106");
	err_free(&err);
	items[0] = items[2];
	assert_int_equal(schema_check(single, NULL, &alone, "edit \"x\"", &err), -1);
	assert_int_equal(err_count(&err), 1);
	assert_string_equal(err.head->msg, "edit \"x\" takes one item only");
	err_free(&err);
	alone.table.nitems = 2;
	assert_int_equal(schema_bind(single, &alone, "edit \"x\"", &o, &a, &err), 0);
	assert_string_equal(o.file.file.rel, "f");
}

static void
test_unknown_and_missing(void **state)
{
	struct field f[] = {{"exotic", INT(1)}, {"nmae", STR("x")}, {"stpe", REF(0, "")}};
	struct value t = FIELDS(f), not_table = INT(3);
	struct err err = {0};
	struct diag *d;

	(void)state;
	assert_int_equal(schema_check(bare, common, &t, "write \"goal\"", &err), -1);
	assert_int_equal(err_count(&err), 3);
	d = err.head;
	assert_string_equal(d->msg, "unknown parameter `exotic` in write \"goal\"");
	assert_string_equal(d->label, "not a parameter of write");
	assert_string_equal(d->help[0], "write takes `flag`");
	assert_string_equal(d->at.key, "exotic");
	d = d->next->next;
	assert_string_equal(d->help[0], "did you mean `step`?");
	err_free(&err);
	assert_int_equal(schema_check(params, common, &t, "untar \"x\"", &err), -1);
	for (d = err.head; d; d = d->next)
		assert_string_not_equal(d->msg, "missing parameter `name` in untar \"x\"");
	err_free(&err);
	t.table.nfields = 0;
	assert_int_equal(schema_check(params, common, &t, "untar \"x\"", &err), -1);
	assert_int_equal(err_count(&err), 2);
	assert_string_equal(err.head->msg, "missing parameter `name` in untar \"x\"");
	assert_string_equal(err.tail->msg, "missing parameter `path` in untar \"x\"");
	err_free(&err);
	assert_int_equal(schema_check(params, common, &not_table, "untar \"x\"", &err), -1);
	err_free(&err);
}

/* An item is its own name, and no name stands twice. */
static void
test_self(struct arena *a)
{
	struct value items[] = {STR("b.o"), NIL, STR("a/b.o")}, wrong[] = {INT(1)};
	struct field fields[] = {{"c", STR("x")}}, twice[] = {{"b.o", STR("x")}};
	struct all o = bound(a, "outputs", (struct value)TABLE(items, COUNT(items), fields, COUNT(fields)));

	assert_int_equal(o.outputs.n, 3);
	assert_string_equal(o.outputs.v[0].key, "a/b.o");
	assert_string_equal(o.outputs.v[0].value, "a/b.o");
	assert_string_equal(o.outputs.v[1].key, "b.o");
	assert_string_equal(o.outputs.v[2].value, "x");
	refused("outputs", (struct value)ITEMS(wrong), "E0102", "expected a string");
	refused("outputs", (struct value)TABLE(items, COUNT(items), twice, COUNT(twice)), "E0106", "stands twice");
}

static void
test_maps(void **state)
{
	cleanup_arena struct arena a = {0};
	struct field env[] = {{"A", BOOL(true)}, {"B", INT(-4)}, {"C", STR("c d")}, {"D", TRI('m')}, {"E", NIL}};
	struct field nested[] = {{"A", FIELDS(env)}};
	struct field in[] = {{"/opt/./x", REF(2, "sub")}, {"rel/y", FILE_AT("/r", "f")}};
	struct field out_of[] = {{"/a/../../b", REF(2, "")}};
	struct value items[] = {STR("x")};
	struct all o = bound(&a, "env", (struct value)FIELDS(env));

	(void)state;
	assert_int_equal(o.env.n, 4);
	assert_string_equal(o.env.v[0].value, "1");
	assert_string_equal(o.env.v[1].value, "-4");
	assert_string_equal(o.env.v[2].value, "c d");
	assert_string_equal(o.env.v[3].value, "m");
	refused("env", (struct value)FIELDS(nested), "E0102", "expected a string, a number");
	refused("env", (struct value)ITEMS(items), "E0106", "item without a key");
	test_self(&a);
	o = bound(&a, "inputs", (struct value)FIELDS(in));
	assert_int_equal(o.inputs.n, 2);
	assert_string_equal(o.inputs.v[0].at_path, "/opt/x");
	assert_string_equal(o.inputs.v[1].at_path, "rel/y");
	assert_int_equal(o.inputs.v[0].source.ref.step, 2);
	refused("inputs", (struct value)FIELDS(out_of), "E0107", "a/../../b");
}

static const struct {
	const char *name;
	struct value v;
	const char *text;
} symbols[] = {
	{"9P_FS", TRI('y'), "y"},          {"A", TRI('m'), "m"},
	{"B", BOOL(false), "n"},           {"CMDLINE", STR("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\""},
	{"HEX", STR("0x1F"), "0x1F"},      {"HZ", INT(250), "250"},
	{"NOTHEX", STR("0xg"), "\"0xg\""}, {"T", TEXT(1, "v"), "\"(known later)\""},
};

static void
test_symbols(void **state)
{
	cleanup_arena struct arena a = {0};
	struct field f[COUNT(symbols)];
	struct field early[] = {{"EARLY", TRI('y')}};
	struct value items[] = {FILE_AT("/r", "x.config"), FIELDS(early), NIL};
	struct value t = TABLE(items, 3, f, COUNT(symbols));
	struct all o;

	(void)state;
	for (size_t i = 0; i < COUNT(symbols); i++)
		f[i] = (struct field){symbols[i].name, symbols[i].v};
	o = bound(&a, "config", t);
	assert_int_equal(o.config.fragments.n, 1);
	assert_string_equal(o.config.fragments.v[0].file.rel, "x.config");
	assert_int_equal(o.config.n, 1 + COUNT(symbols));
	assert_string_equal(o.config.v[0].name, "EARLY");
	for (size_t i = 0; i < COUNT(symbols); i++) {
		assert_string_equal(o.config.v[i + 1].name, symbols[i].name);
		assert_string_equal(o.config.v[i + 1].value, symbols[i].text);
	}
}

static void
refused_symbol(const char *name, struct value v, const char *code, const char *part)
{
	struct field f[] = {{name, v}};

	refused("config", (struct value)FIELDS(f), code, part);
}

static void
test_symbols_refused(void **state)
{
	struct value names[] = {STR("x.config")};
	struct value empty = TABLE(NULL, 0, NULL, 0);

	(void)state;
	refused_symbol("CONFIG_SMP", (struct value)TRI('y'), "E0109", "`CONFIG_SMP`");
	refused_symbol("A-B", (struct value)TRI('y'), "E0109", "`A-B`");
	refused_symbol("", (struct value)TRI('y'), "E0109", "``");
	refused_symbol("SMP", (struct value)REF(0, ""), "E0110", "symbol `SMP` in untar \"x\" cannot be a step");
	refused_symbol("SMP", empty, "E0110", "cannot be an empty table");
	refused_symbol("SMP", (struct value)NIL, "E0110", "cannot be nil");
	refused_symbol("S", (struct value)STR("a\nCONFIG_B=y"), "E0118", "line break");
	refused("config", (struct value)ITEMS(names), "E0102", "expected a fragment");
	refused("config", (struct value)TRI('y'), "E0102", "expected a fragment");
}

static void
make_file(const char *root, const char *name)
{
	cleanup_free char *path = xasprintf("%s/%s", root, name);

	assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0644)), 0);
}

static void
test_globs(void **state)
{
	static const char *const names[] = {"p/2.patch", "p/10.patch", "p/1.patch", "p/.h.patch", "p/note"};
	cleanup_arena struct arena a = {0};
	char root[SCRATCH];
	cleanup_free char *dir = NULL;
	struct field f[3];
	struct value t = TABLE(NULL, 0, f, 0);
	struct err err = {0};
	struct all o = {0};

	(void)state;
	dir = xasprintf("%s/p", scratch_new(root));
	assert_int_equal(mkdir(dir, 0755), 0);
	for (size_t i = 0; i < COUNT(names); i++)
		make_file(root, names[i]);
	o = bound(&a, "series", (struct value)FILE_AT(root, "p/*.patch"));
	assert_int_equal(o.series.n, 3);
	assert_string_equal(o.series.v[0].file.rel, "p/1.patch");
	assert_string_equal(o.series.v[1].file.shown, "p/10.patch");
	assert_string_equal(o.series.v[2].file.rel, "p/2.patch");
	t.table.nfields = with(f, "series", (struct value)FILE_AT(root, "p/*.patsh"));
	assert_int_equal(schema_check(params, NULL, &t, "patch \"x\"", &err), 0);
	assert_int_equal(schema_bind(params, &t, "patch \"x\"", &o, &a, &err), -1);
	assert_string_equal(err.head->code, "E0111");
	assert_non_null(err.head->help[0]);
	err_free(&err);
	t.table.nfields = with(f, "series", (struct value)FILE_AT(root, "q/*"));
	assert_int_equal(schema_bind(params, &t, "patch \"x\"", &o, &a, &err), -1);
	assert_non_null(strstr(err.head->msg, "No such file"));
	err_free(&err);
	assert_int_equal(scratch_drop(root), 0);
}

static void
test_glob_match(void **state)
{
	(void)state;
	assert_true(glob_match("*.patch", "0001-a.patch"));
	assert_true(glob_match("a*b*c", "aXbbYc"));
	assert_true(glob_match("?.c", "a.c"));
	assert_true(glob_match("*", "x"));
	assert_false(glob_match("*", ".x"));
	assert_false(glob_match("?x", ".x"));
	assert_true(glob_match(".*", ".x"));
	assert_false(glob_match("*.patch", "a.patch~"));
	assert_false(glob_match("a", "ab"));
	assert_false(glob_match("ab?", "ab"));
}

static void
test_glob_path(void **state)
{
	(void)state;
	assert_true(glob_path("*.o", "a/b.o"));
	assert_true(glob_path("scripts", "arch/scripts/x"));
	assert_false(glob_path("scripts", "arch/scripts.c"));
	assert_true(glob_path("a/*", "a/b/c"));
	assert_true(glob_path("doc/", "doc"));
	assert_false(glob_path("a/b", "a"));
	assert_false(glob_path("b/c", "a/b/c"));
	assert_false(glob_path("*", ".x"));
	assert_true(glob_path(".x", "d/.x/y"));
	assert_false(glob_path("a", ""));
}

static int
count_source(void *ctx, const struct param *p, struct source *src)
{
	struct str *s = ctx;

	str_addf(s, "%s:%s ", p->name, src->kind == SRC_FILE ? src->file.rel : src->ref.path);
	return 0;
}

static void
test_sources(void **state)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str s = {0};
	struct value frag[] = {FILE_AT("/r", "frag")};
	struct field in[] = {{"x", REF(1, "mount")}};
	struct value items[] = {REF(0, "i1"), FILE_AT("/r", "i2")};
	struct field f[] = {{"config", ITEMS(frag)},
			    {"inputs", FIELDS(in)},
			    {"name", STR("n")},
			    {"path", STR("p")},
			    {"step", REF(4, "st")}};
	struct value t = TABLE(items, 2, f, COUNT(f));
	struct err err = {0};
	struct all o = {0};

	(void)state;
	assert_int_equal(schema_bind(params, &t, "x", &o, &a, &err), 0);
	assert_int_equal(schema_sources(params, &o, count_source, &s), 0);
	assert_string_equal(s.s, "items:i1 items:i2 step:st config:frag inputs:mount ");
}

static int
release(void *ctx, const struct step_ref *ref, struct str *out, struct err *err)
{
	if (ctx)
		return err_set(err, NULL, "no such file");
	str_addf(out, "6.12+%u", (unsigned)ref->step);
	return 0;
}

static void
test_fill(void **state)
{
	cleanup_arena struct arena a = {0};
	struct value items[] = {STR("x"), TEXT(3, "r")};
	struct field f[] = {{"k", ITEMS(items)}, {"z", TEXT(4, "s")}};
	struct value t = FIELDS(f), out;
	struct err err = {0};

	(void)state;
	assert_true(value_has_text(&t));
	assert_int_equal(value_fill(&t, release, NULL, &a, &out, &err), 0);
	assert_false(value_has_text(&out));
	assert_true(value_has_text(&t));
	assert_string_equal(value_field(&out, "z")->str.s, "6.12+4");
	assert_string_equal(value_field(&out, "k")->table.items[1].str.s, "6.12+3");
	assert_int_equal(value_fill(&t, release, &a, &a, &out, &err), -1);
	assert_string_equal(err.head->at.file, "t.lua");
	err_free(&err);
	assert_null(value_field(&t, "nothing"));
	assert_null(value_field(&items[0], "z"));
}

static void
test_type_text(void **state)
{
	char buf[64];

	(void)state;
	assert_string_equal(param_type_text(schema_find(params, "series"), buf), "list of files");
	assert_string_equal(param_type_text(schema_find(params, "name"), buf), "string");
	assert_string_equal(param_type_text(schema_operand(params), buf), "list of files or results");
	assert_null(schema_operand(bare));
	assert_null(schema_find(NULL, "x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),   cmocka_unit_test(test_scalars_refused),
		cmocka_unit_test(test_lists),     cmocka_unit_test(test_operands),
		cmocka_unit_test(test_maps),      cmocka_unit_test(test_unknown_and_missing),
		cmocka_unit_test(test_symbols),   cmocka_unit_test(test_symbols_refused),
		cmocka_unit_test(test_globs),     cmocka_unit_test(test_glob_match),
		cmocka_unit_test(test_glob_path), cmocka_unit_test(test_sources),
		cmocka_unit_test(test_fill),      cmocka_unit_test(test_type_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
