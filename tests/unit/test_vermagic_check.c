/* vermagic_check: finds the modules and the kernel in trees, folders and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/value.h"
#include "fake_job.h"
#include "ko.h"
#include "model/prim.h"

#define CONFIG \
	"CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT_BUILD=y\nCONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
#define SYMVERS "0x00000006\t_printk\tvmlinux\tEXPORT_SYMBOL\n"

extern const struct prim prim_vermagic_check;

/* The parameters, in the order of the primitive's struct: bound by name through its table. */
struct given {
	struct sources modules;
	struct source kernel;
	const char *release;
	struct source config;
	struct sources symvers;
	bool symbols;
};

static void *
bind(const struct given *g)
{
	static unsigned char bound[1024];

	memset(bound, 0, sizeof bound);
	memcpy(bound + schema_find(prim_vermagic_check.params, "modules")->offset, &g->modules, sizeof g->modules);
	memcpy(bound + schema_find(prim_vermagic_check.params, "kernel")->offset, &g->kernel, sizeof g->kernel);
	memcpy(bound + schema_find(prim_vermagic_check.params, "release")->offset, &g->release, sizeof g->release);
	memcpy(bound + schema_find(prim_vermagic_check.params, "config")->offset, &g->config, sizeof g->config);
	memcpy(bound + schema_find(prim_vermagic_check.params, "symvers")->offset, &g->symvers, sizeof g->symvers);
	memcpy(bound + schema_find(prim_vermagic_check.params, "symbols")->offset, &g->symbols, sizeof g->symbols);
	return bound;
}

struct world {
	struct job *job;
	struct err err;
	struct str good; /* a module that fits */
	struct source s[4];
};

static int
setup(void **state)
{
	static const struct ko_version versions[] = {{"_printk", 6}, {0}};
	struct world *w = xcalloc(1, sizeof *w);

	w->job = fake_job_new(NULL);
	w->good = ko_build(&(struct ko_spec){.versions = versions, .needs = (const char *const[]){"_printk", NULL}});
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fake_job_free(w->job);
	err_free(&w->err);
	str_free(&w->good);
	free(w);
	return 0;
}

static const char *
says(struct world *w, const struct given *g)
{
	int r;

	err_free(&w->err);
	r = prim_vermagic_check.run(w->job, bind(g), &w->err);
	assert_int_equal(r, err_any(&w->err) ? -1 : 0);
	return r ? w->err.head->msg : "";
}

/* A kernel's result as step 1, with its devel files in `dir`. */
static struct source
kernel(struct world *w, const char *dir)
{
	struct arena *a = job_arena(w->job);

	fake_job_give(w->job, 1,
		      fake_tree(w->job, arena_printf(a, "%s.config", dir), CONFIG,
				arena_printf(a, "%sModule.symvers", dir), SYMVERS,
				arena_printf(a, "%sinclude/config/kernel.release", dir), "6.12.5\n", NULL));
	return fake_ref(1, "");
}

static void
checks_files_and_folders(void **state)
{
	struct world *w = *state;
	struct given g = {.kernel = kernel(w, "devel/"), .symbols = true, .modules = {1, w->s}};

	w->s[0] = fake_file(w->job, "mods/a/good.ko", w->good.s, w->good.len);
	assert_string_equal(says(w, &g), "");
	assert_non_null(strstr(fake_notes(w->job), "1 module fits 6.12.5"));
	w->s[0] = fake_source(w->job, "mods");
	assert_string_equal(says(w, &g), "");
	fake_file(w->job, "mods/bad.ko", "\177ELF", 4);
	assert_non_null(strstr(says(w, &g), "bad.ko`: ELF: e_ident: this is not an ELF file"));
	g.kernel = kernel(w, "");
	w->s[0] = fake_source(w->job, "mods/a");
	assert_string_equal(says(w, &g), "");
}

static void
checks_trees(void **state)
{
	struct world *w = *state;
	struct given g = {.kernel = kernel(w, "devel/"), .modules = {1, w->s}};
	struct layer *l = fake_layer(w->job, NULL);
	struct entry e = {.path = "lib/modules/6.12.5/kernel/x.ko", .mode = S_IFREG | 0644};

	assert_int_equal(layer_put(l, &e, w->good.s, w->good.len, &w->err), 0);
	fake_job_give(w->job, 2, fake_seal(w->job, l));
	w->s[0] = fake_ref(2, "");
	assert_string_equal(says(w, &g), "");
	w->s[0] = fake_ref(2, "lib/modules");
	assert_string_equal(says(w, &g), "");
	w->s[0] = fake_ref(2, "lib/modules/6.12.5/kernel/x.ko");
	assert_string_equal(says(w, &g), "");
	g.release = "6.12.6";
	assert_non_null(strstr(says(w, &g), "but this kernel is `6.12.6 SMP"));
	g.symbols = true;
	w->s[1] = fake_text(w->job, "other.symvers", "0x00000007\t_printk\tvmlinux\tEXPORT_SYMBOL\n");
	g.symvers = (struct sources){1, &w->s[1]};
	g.release = NULL;
	assert_non_null(strstr(says(w, &g), "1 symbol version does not match"));
}

static void
prefers_what_the_compiler_saw(void **state)
{
	struct world *w = *state;
	struct given g = {.kernel = fake_ref(1, ""), .modules = {1, w->s}};

	w->s[0] = fake_file(w->job, "good.ko", w->good.s, w->good.len);
	fake_job_give(w->job, 1,
		      fake_tree(w->job, ".config", CONFIG, "include/config/kernel.release", "6.12.0\n",
				"include/generated/utsrelease.h", "#define UTS_RELEASE \"6.12.5\"\n", NULL));
	assert_string_equal(says(w, &g), "");
}

static void
says_what_is_missing(void **state)
{
	struct world *w = *state;
	struct given g = {.kernel = fake_ref(1, ""), .modules = {1, w->s}};

	w->s[0] = fake_file(w->job, "good.ko", w->good.s, w->good.len);
	fake_job_give(w->job, 1, fake_tree(w->job, "Image", "x", NULL));
	assert_string_equal(says(w, &g), "the kernel's release is not known");
	g.release = "6.12.5";
	assert_string_equal(says(w, &g), "the kernel's .config is not known");
	g.config = fake_text(w->job, "config", CONFIG);
	assert_string_equal(says(w, &g), "");
	g.symbols = true;
	assert_string_equal(says(w, &g), "the kernel's Module.symvers is not known");
	g.symbols = false;
	w->s[0] = fake_text(w->job, "empty/readme", "");
	w->s[0] = fake_source(w->job, "empty");
	assert_non_null(strstr(says(w, &g), "there are no modules to check"));
	assert_string_equal(w->err.head->code, "E0708");
}

static void
looks_before_it_runs(void **state)
{
	struct world *w = *state;
	struct given g = {.modules = {1, w->s}};

	assert_int_equal(prim_vermagic_check.check(bind(&g), &w->err), -1);
	g.release = "6.12.5";
	assert_int_equal(prim_vermagic_check.check(bind(&g), &w->err), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(checks_files_and_folders), TEST(checks_trees),         TEST(prefers_what_the_compiler_saw),
		TEST(says_what_is_missing),     TEST(looks_before_it_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
