/* dtbo_compile: real cpp and dtc of this machine, hostile sources and blobs, labels that are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dts.h"
#include "data/fdt.h"
#include "data/overlay.h"
#include "fake_job.h"
#include "model/prim.h"
#include "os/fs.h"
#include "os/proc.h"

#define BASE                                                                     \
	"/dts-v1/;\n/ {\n\t#address-cells = <1>;\n\t#size-cells = <1>;\n"        \
	"\tuart0: serial@1000 { compatible = \"a,b\"; reg = <0x1000 0x10>; };\n" \
	"\tsoc { i2c1: i2c { }; };\n};\n"
#define OVERLAY "/dts-v1/;\n/plugin/;\n&uart0 { status = \"okay\"; };\n"

extern const struct prim prim_dtbo_compile;

struct world {
	struct job *job;
	struct err err;
	struct source s[4];
	unsigned char bound[1024];
};

static void *
slot(struct world *w, const char *name)
{
	return w->bound + schema_find(prim_dtbo_compile.params, name)->offset;
}

/* A job whose step 9 looks like a toolchain; the programs are this machine's. */
static struct job *
new_job(void)
{
	struct job *job = fake_job_new(NULL);

	fake_job_give(job, 9, fake_tree(job, "usr/bin/cpp", "x", "usr/bin/dtc", "x", NULL));
	return job;
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->job = new_job();
	*(struct source *)slot(w, "toolchain") = fake_ref(9, "");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fake_job_free(w->job);
	err_free(&w->err);
	free(w);
	return 0;
}

static bool
have_dtc(void)
{
	cleanup_free char *dtc = proc_which("dtc"), *cpp = proc_which("cpp");

	if (!dtc || !cpp)
		print_message("skipped: this machine has no dtc or no cpp\n");
	return dtc && cpp;
}

static const char *
compile(struct world *w, const char *name, const char *text)
{
	int r;

	*(struct source *)slot(w, "source") = fake_text(w->job, name, text);
	err_free(&w->err);
	r = prim_dtbo_compile.run(w->job, w->bound, &w->err);
	assert_int_equal(r, err_any(&w->err) ? -1 : 0);
	return r ? w->err.head->msg : "";
}

/* A base as a file of the project. */
static struct source
base(struct world *w, const char *dts, const char *dtb, const char *text, bool symbols)
{
	cleanup_str struct str blob = {0};
	struct job *side = w->job;
	cleanup_fd int fd = -1;

	w->job = new_job();
	*(bool *)slot(w, "symbols") = symbols;
	*(struct sources *)slot(w, "apply_to") = (struct sources){0};
	if (*compile(w, dts, text))
		fail_msg("%s", w->err.head->msg);
	fd = tree_open(fake_result(w->job), dtb, &w->err);
	assert_int_equal(fs_read(fd, &blob, 1 << 20), 0);
	fake_job_free(w->job);
	w->job = side;
	*(bool *)slot(w, "symbols") = false;
	return fake_file(w->job, dtb, blob.s, blob.len);
}

static void
apply_to(struct world *w, size_t n)
{
	*(struct sources *)slot(w, "apply_to") = (struct sources){n, w->s};
}

static void
compiles_and_applies(void **state)
{
	struct world *w = *state;

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	apply_to(w, 1);
	*(const char **)slot(w, "merged") = "merged.dtb";
	assert_string_equal(compile(w, "dts/hello.dtso", OVERLAY), "");
	assert_non_null(tree_find(fake_result(w->job), "hello.dtbo"));
	assert_non_null(tree_find(fake_result(w->job), "merged.dtb"));
	assert_non_null(strstr(fake_notes(w->job), "hello.dtbo applies to 1 base"));
}

static void
merges(void **state)
{
	struct world *w = *state;
	cleanup_str struct str out = {0};
	struct dtb_blob b[2] = {{0}};
	cleanup_str struct str virt = {0}, o = {0};
	size_t n;

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	w->s[1] = base(w, "o.dtso", "o.dtbo", OVERLAY, false);
	for (int i = 0; i < 2; i++) {
		cleanup_fd int fd = job_open(w->job, &w->s[i], &w->err);

		assert_int_equal(fs_read(fd, i ? &o : &virt, 1 << 20), 0);
		b[i] = (struct dtb_blob){.shown = i ? "o" : "virt", .p = i ? o.s : virt.s, .n = i ? o.len : virt.len};
	}
	assert_true(dtb_is_overlay(b[1].p) && !dtb_is_overlay(b[0].p));
	assert_string_equal(dtb_label(b[0].p, "i2c1"), "/soc/i2c");
	assert_int_equal(dtb_apply(b[0].p, b[0].n, "virt", b[1].p, b[1].n, "o", &out, &w->err), 0);
	assert_string_equal(dtb_property(out.s, "/serial@1000", "status", &n), "okay");
	assert_int_equal(n, 5);
	assert_null(dtb_property(b[0].p, "/serial@1000", "status", &n)); /* the base is as it was */
}

static void
names_what_is_missing(void **state)
{
	struct world *w = *state;

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	w->s[1] = base(w, "plain.dts", "plain.dtb", BASE, false);
	apply_to(w, 2);
	assert_string_equal(compile(w, "dts/o.dtso",
				    "/dts-v1/;\n/plugin/;\n\n&uart9 { };\n&uart0 { y = <&{/soc}>; };\n"
				    "/ { fragment@9 { target-path = \"/nope\"; __overlay__ { }; }; };\n"),
			    "label `uart9` (dts/o.dtso:4) that overlay `o.dtbo` needs is not in base `virt.dtb`");
	assert_string_equal(w->err.head->help[0], "`virt.dtb` has `uart0`");
	assert_string_equal(w->err.head->help[1], "it is used at /fragment@0:target:0");
	assert_string_equal(w->err.head->next->msg,
			    "`&{/soc}` (dts/o.dtso:5) in overlay `o.dtbo` can be applied to no base: dtc "
			    "writes the path where a loader looks for a label");
	assert_non_null(strstr(
		w->err.head->next->next->msg,
		"node `/nope` (dts/o.dtso:6) that overlay `o.dtbo` needs is not in base `virt.dtb`, `plain.dtb`"));
	assert_non_null(strstr(w->err.tail->msg, "base `plain.dtb` has no __symbols__"));
	assert_int_equal(err_count(&w->err), 4);
	assert_int_equal(err_status(&w->err), ST_CHECK);
	assert_null(tree_find(fake_result(w->job), "o.dtbo"));
}

/* As the kernel's own overlays of panels do: one fragment makes the node, a later one writes into it. */
static void
follows_its_own_fragments(void **state)
{
	struct world *w = *state;
	static const char makes[] = "/dts-v1/;\n/plugin/;\n&{/} { panel { port { }; }; };\n&i2c1 { hub { }; };\n";
	cleanup_free char *both = xasprintf("%s&{/panel/port} { x; };\n&{/soc/i2c/hub} { y; };\n", makes);
	cleanup_free char *first = xasprintf("/dts-v1/;\n/plugin/;\n&{/panel} { x; };\n%s", strstr(makes, "&{/}"));
	cleanup_free char *other = xasprintf("%s&{/panels} { x; };\n&{/soc/panel} { x; };\n", makes);

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	apply_to(w, 1);
	assert_string_equal(compile(w, "dts/both.dtso", both), "");
	assert_non_null(strstr(compile(w, "dts/first.dtso", first), "node `/panel`"));
	assert_int_equal(err_count(&w->err), 1);
	assert_non_null(strstr(compile(w, "dts/other.dtso", other), "node `/panels`"));
	assert_int_equal(err_count(&w->err), 2);
}

/* For cpp as it is, `linux` is 1: the name of the property would be lost, and nobody told. */
static void
keeps_names_that_cpp_defines(void **state)
{
	struct world *w = *state;
	cleanup_str struct str blob = {0};
	cleanup_fd int fd = -1;
	size_t n;

	if (!have_dtc())
		skip();
	assert_string_equal(compile(w, "a/pci.dts", "/dts-v1/;\n/ { linux,pci-domain = <1>; unix = \"yes\"; };\n"), "");
	fd = tree_open(fake_result(w->job), "pci.dtb", &w->err);
	assert_int_equal(fs_read(fd, &blob, 1 << 20), 0);
	assert_non_null(dtb_property(blob.s, "/", "linux,pci-domain", &n));
	assert_non_null(dtb_property(blob.s, "/", "unix", &n));
}

/* Sources that must be refused, and what the sentence says. */
static const struct {
	const char *id, *text, *says;
} refused[] = {
	{"DS-010", "/dts-v1/;\n/ { x = /incbin/(\"/etc/passwd\"); };\n",
	 "`/incbin/` of `/etc/passwd` (a/x.dts:2) leaves"},
	{"DS-010b", "/dts-v1/;\n/ { x = /incbin/ ( \"../../etc/passwd\", 0, 5); };\n",
	 "leaves the folders of `include`"},
	{"DS-010c", "#define F \"/etc/passwd\"\n/dts-v1/;\n/ { x = /incbin/(F); };\n",
	 "`/incbin/` of `/etc/passwd` (a/x.dts:3)"},
	{"DS-010d", "/dts-v1/;\n/ { x = /incbin/(\"\\x2fetc/passwd\"); };\n", "leaves the folders of `include`"},
	{"DS-011", "/dts-v1/;\n/include/ \"/etc/passwd\"\n", "`/include/` (a/x.dts:2)"},
	{"DS-012", "/dts-v1/;\n#include \"x.dts\"\n", "cpp: a/x.dts:2:10: fatal error: x.dts: No such file"},
	{"DS-014", "/dts-v1/;\n/ { x = /incbin/(\"/dev/zero\"); };\n", "leaves the folders of `include`"},
	{"DS-015", "/dts-v1/;\n/ { a = <1> };\n", "dtc: a/x.dts:2.13-14 syntax error"},
	{"DS-017", "/dts-v1/;\n/ { a = <(1 / 0)>; };\n", "dtc: a/x.dts:2."},
	{"DS-020", "/dts-v1/;\n/ { a = <&nope>; };\n", "nope"},
	{"DS-027", "/dts-v1/;\n# 7 \"/etc/passwd\"\n/ { a = <1> };\n", "`a/x.dts:2` holds a line marker"},
	{"duplicate label", "/dts-v1/;\n/ { l: a { }; l: b { }; };\n", "duplicate_label"},
	{"reg length", "/dts-v1/;\n/ { #address-cells = <1>; #size-cells = <1>; a@1 { reg = <1>; }; };\n",
	 "reg_format"},
	{"cells", "/dts-v1/;\n/ { #address-cells = \"x\"; };\n", "address_cells_is_cell"},
	{"empty", "", "dtc: "},
};

static void
refuses(void **state)
{
	struct world *w = *state;

	if (!have_dtc())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		if (!strstr(compile(w, "a/x.dts", refused[i].text), refused[i].says) || !err_any(&w->err))
			fail_msg("%s: `%s` does not say `%s`", refused[i].id,
				 err_any(&w->err) ? w->err.head->msg : "(accepted)", refused[i].says);
		fake_job_free(w->job);
		w->job = new_job();
	}
}

static void
refuses_deep_nesting(void **state)
{
	struct world *w = *state;
	cleanup_str struct str s = {0};

	if (!have_dtc())
		skip();
	for (int depth = 100; depth <= 100000; depth *= 1000) {
		str_reset(&s);
		str_add(&s, "/dts-v1/;\n/ {");
		for (int i = 0; i < depth; i++)
			str_add(&s, "a{");
		for (int i = 0; i < depth; i++)
			str_add(&s, "};");
		str_add(&s, "};\n");
		assert_true(*compile(w, depth == 100 ? "deep.dts" : "deeper.dts", s.s));
		print_message("%d deep: %s\n", depth, w->err.head->msg);
	}
}

static void
sees_declared_folders(void **state)
{
	struct world *w = *state;
	struct pair defines[] = {{"RATE", "115200", {0}}};

	if (!have_dtc())
		skip();
	fake_text(w->job, "inc/base.dtsi",
		  "/ { x = /incbin/(\"blob.bin\"); rate = <RATE>; linux,y = \"linux,z\"; };\n");
	fake_text(w->job, "inc/blob.bin", "12345");
	fake_job_give(w->job, 3, fake_tree(w->job, "include/dt-bindings/one.h", "#define ONE 1\n", NULL));
	w->s[2] = fake_source(w->job, "inc");
	w->s[3] = fake_ref(3, "include");
	*(struct sources *)slot(w, "include") = (struct sources){2, &w->s[2]};
	*(struct pairs *)slot(w, "defines") = (struct pairs){1, defines};
	*(const char **)slot(w, "name") = "out/x.dtb";
	assert_string_equal(
		compile(w, "x.dts",
			"/dts-v1/;\n#include <dt-bindings/one.h>\n#include \"base.dtsi\"\n/ { o = <ONE>; };\n"),
		"");
	assert_non_null(tree_find(fake_result(w->job), "out/x.dtb"));
}

static void
is_no_overlay(void **state)
{
	struct world *w = *state;

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	apply_to(w, 1);
	assert_non_null(strstr(compile(w, "x.dts", BASE), "has no /plugin/"));
	fake_job_give(w->job, 4, fake_tree(w->job, "readme", "", NULL));
	w->s[0] = fake_ref(4, "");
	assert_non_null(strstr(compile(w, "y.dtso", OVERLAY), "holds no .dtb file"));
	fake_job_give(w->job, 9, fake_tree(w->job, "usr/bin/cpp", "x", NULL));
	assert_string_equal(compile(w, "z.dtso", OVERLAY), "the toolchain's image has no /usr/bin/dtc");
}

static void
looks_before_it_runs(void **state)
{
	struct world *w = *state;
	const char *words[] = {"-Wno-reg_format", "-o/etc/passwd"};
	struct place at[2] = {{0}};

	*(const char **)slot(w, "merged") = "m.dtb";
	assert_int_equal(prim_dtbo_compile.check(w->bound, &w->err), -1);
	*(const char **)slot(w, "merged") = NULL;
	err_free(&w->err);
	*(struct strings *)slot(w, "warnings") = (struct strings){1, words, at};
	assert_int_equal(prim_dtbo_compile.check(w->bound, &w->err), 0);
	*(struct strings *)slot(w, "warnings") = (struct strings){2, words, at};
	assert_int_equal(prim_dtbo_compile.check(w->bound, &w->err), -1);
}

static void
put32(unsigned char *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (unsigned char)v;
}

/* A blob of `depth` nodes in one another. */
static struct str
nested(uint32_t depth)
{
	static const char node[8] = {0, 0, 0, 1, 'a', 0, 0, 0}, root[8] = {0, 0, 0, 1}, end[4] = {0, 0, 0, 2},
			  last[4] = {0, 0, 0, 9};
	unsigned char h[56] = {0};
	struct str b = {0};
	uint32_t size = 8 + depth * 12 + 8;

	put32(h, 0xd00dfeed);
	put32(h + 4, 56 + size);
	put32(h + 8, 56);
	put32(h + 12, 56 + size);
	put32(h + 16, 40);
	put32(h + 20, 17);
	put32(h + 24, 16);
	put32(h + 36, size);
	str_addn(&b, h, sizeof h);
	str_addn(&b, root, 8);
	for (uint32_t i = 0; i < depth; i++)
		str_addn(&b, node, 8);
	for (uint32_t i = 0; i <= depth; i++)
		str_addn(&b, end, 4);
	str_addn(&b, last, 4);
	return b;
}

static void
refuses_blobs(void **state)
{
	static const struct {
		const char *id;
		unsigned at;
		uint32_t value;
	} damages[] = {
		{"magic", 0, 0},
		{"DB-012", 4, 0x1000},
		{"DB-013", 4, 0xffffffff},
		{"DB-024", 20, 99 | 98 << 16},
		{"structure outside", 8, 0x7ffffff0},
		{"strings outside", 12, 0xfffffff0},
		{"size of structure", 36, 0xffffffff},
		{"first tag", 56, 7},
		{"no size of the structure", 20, 16},
	};
	cleanup_str struct str good = nested(3), deep = nested(100000);
	struct world *w = *state;

	assert_int_equal(dtb_check(good.s, good.len, "x.dtb", &w->err), 0);
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		cleanup_free unsigned char *copy = xmalloc(good.len);

		memcpy(copy, good.s, good.len);
		put32(copy + damages[i].at, damages[i].value);
		if (damages[i].value == (99 | 98 << 16))
			put32(copy + 24, 98);
		if (!dtb_check(copy, good.len, "x.dtb", &w->err))
			fail_msg("%s was accepted", damages[i].id);
	}
	for (size_t n = 0; n < good.len; n++) {
		cleanup_free unsigned char *copy = xmalloc(n ? n : 1);

		memcpy(copy, good.s, n);
		assert_int_equal(dtb_check(copy, n, "x.dtb", &w->err), -1);
	}
	err_free(&w->err);
	assert_int_equal(dtb_check(deep.s, deep.len, "deep.dtb", &w->err), -1);
	assert_non_null(strstr(w->err.head->msg, "more than 64 deep"));
}

/* Any byte of a real overlay may lie: an error or not, but no crash and an unchanged base. */
static void
survives_bad_overlays(void **state)
{
	struct world *w = *state;
	cleanup_str struct str b = {0}, o = {0};

	if (!have_dtc())
		skip();
	w->s[0] = base(w, "virt.dts", "virt.dtb", BASE, true);
	w->s[1] = base(w, "o.dtso", "o.dtbo", "/dts-v1/;\n/plugin/;\n&uart0 { l: x { y = <&l &i2c1>; }; };\n", false);
	for (int i = 0; i < 2; i++) {
		cleanup_fd int fd = job_open(w->job, &w->s[i], &w->err);

		assert_int_equal(fs_read(fd, i ? &o : &b, 1 << 20), 0);
	}
	for (size_t i = 0; i < 4 * o.len; i++) {
		static const unsigned char flips[] = {1, 0x80, 0xff, 0x10};
		cleanup_free char *copy = xmalloc(o.len);
		const struct dtb_blob base_blob = {.shown = "b", .p = b.s, .n = b.len};
		struct dtb_blob blob = {.shown = "o", .p = copy, .n = o.len};

		memcpy(copy, o.s, o.len);
		copy[i / 4] ^= (char)flips[i % 4];
		if (!dtb_check(copy, o.len, "o", &w->err))
			overlay_check(&blob, &base_blob, 1, NULL, NULL, &w->err);
		err_free(&w->err);
	}
	assert_int_equal(dtb_check(b.s, b.len, "b", &w->err), 0);
}

static void
finds_places(void **state)
{
	static const char text[] =
		"# 1 \"a.dts\"\n/* &x */\n# 9 \"/jkr/in/3/inc/b.dtsi\" 1\ns = \"&x\";\nq = <&xy>,\n <&x>;\n";
	cleanup_arena struct arena a = {0};

	(void)state;
	assert_string_equal(dts_where(text, "x", &a), "inc/b.dtsi:11");
	assert_string_equal(dts_where(text, "xy", &a), "inc/b.dtsi:10");
	assert_null(dts_where(text, "z", &a));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(compiles_and_applies),
		TEST(merges),
		TEST(keeps_names_that_cpp_defines),
		TEST(names_what_is_missing),
		TEST(follows_its_own_fragments),
		TEST(refuses),
		TEST(refuses_deep_nesting),
		TEST(sees_declared_folders),
		TEST(is_no_overlay),
		TEST(looks_before_it_runs),
		TEST(refuses_blobs),
		TEST(survives_bad_overlays),
		TEST(finds_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
