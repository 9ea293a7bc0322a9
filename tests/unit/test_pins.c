/* pins, profiles, options of plugins, and symbols that plugins append: what a load makes of them */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "data/schema.h"
#include "load_case.h"
#include "model/prim.h"

static struct load_case c;

static const struct value *
param_of(const char *step, const char *name)
{
	const struct step *s = recipe_step(&c.r, step);

	assert_non_null(s);
	return value_field(&s->params, name);
}

static const char *
text_of(const char *step, const char *name)
{
	const struct value *v = param_of(step, name);

	assert_non_null(v);
	assert_int_equal(v->type, V_STRING);
	return v->str.s;
}

static void
good(const char *text, const char *profile)
{
	case_load(&c, text, NULL, profile);
	if (c.status)
		fail_msg("%s", c.text);
}

static void
test_pins(void **state)
{
	static const char recipe[] =
		"local pin = pins 'p.yaml'\n"
		"write 'w' { path = 'a', text = pin.bsp.file .. pin.list[2] .. tostring(pin.rt) }\n"
		"fetch 'f' { file = pin.bsp.file, sha256 = pin.bsp.sha256 }";

	(void)state;
	case_file(&c, "p.yaml", "bsp:\n  file: a.tar\n  sha256: null\nlist: [x, y]\nrt: false\n");
	good(recipe, NULL);
	assert_string_equal(text_of("w", "text"), "a.taryfalse");
	assert_null(param_of("f", "sha256")); /* null is what nobody knows: left out */
	case_reset(&c);
	case_file(&c, "profiles/p.yaml",
		  "pins:\n  bsp:\n    file: B.tar\n    sha256: "
		  "000000000000000000000000000000000000000000000000000000000000000a\n  list: [q, r]\n  rt: patches\n");
	good(recipe, "p");
	assert_string_equal(text_of("w", "text"), "B.tarrpatches");
	assert_string_equal(text_of("f", "sha256"), "000000000000000000000000000000000000000000000000000000000000000a");
	case_reset(&c);
}

static void
test_profile_replaces(void **state)
{
	static const char recipe[] = "toolchain 'gcc'\n"
				     "kconfig_append 'k' { '.config', symbols = { fragment 'a.config' } }";
	const struct symbols *s;

	(void)state;
	case_file(&c, "a.config", "CONFIG_A=y\n");
	case_file(&c, "b.config", "CONFIG_B=y\n");
	case_file(&c, "toolchains/gcc.yaml",
		  "image: { file: gcc.tar, suite: bookworm, packages: [make], into: opt }\n");
	case_file(&c, "profiles/p.yaml",
		  "fragments:\n  a.config: //b.config\ntoolchains:\n  gcc:\n    file: other.tar\n");
	good(recipe, "p");
	s = recipe_step(&c.r, "k")->bound;
	s = (const void *)((const char *)s + prim_find("kconfig_append")->params[1].offset);
	assert_string_equal(s->fragments.v[0].file.rel, "b.config");
	assert_int_equal(param_of("toolchain/gcc/tarball", "file")->type, V_FILE);
	assert_string_equal(param_of("toolchain/gcc/tarball", "file")->file.rel, "other.tar");
	assert_int_equal(param_of("toolchain/gcc", "tarball")->type, V_REF);
	assert_string_equal(text_of("toolchain/gcc", "into"), "opt");
	case_reset(&c);
}

static void
test_plugin_options(void **state)
{
	(void)state;
	case_file(&c, "plugins/cam/plugin.yaml", "name: cam\n");
	case_file(&c, "plugins/cam/plugin.lua",
		  "local card = option.choice { 'card', { 'mono', 'duo', 'quad' } }\n"
		  "return { post_extract = { write 'card' { path = 'card', text = card } } }");
	case_file(&c, "cam.lua",
		  "local card = option.choice { 'card', { 'mono', 'duo' } }\nreturn write { path = 'c', text = card }");
	good("local p = plugins { plugin { 'cam', card = when(false, 'duo') } }\ntree 't' { write { path = 'a', text = '' }, p.post_extract }",
	     NULL);
	assert_string_equal(text_of("cam:card", "text"), "mono");
	case_reset(&c);
	/* the plugin and the recipe of one name share an option: both have the same value, and it is there once */
	good("local p = plugins { plugin { 'cam', card = 'duo' } }\n"
	     "local r = use 'cam.lua' { card = 'duo' }\ntree 't' { r, p.post_extract }",
	     NULL);
	assert_int_equal(c.r.noptions, 1);
	assert_string_equal(text_of("cam:card", "text"), "duo");
	case_reset(&c);
}

/* What plugins append to a new fragment is known at load: a step that takes it names their lines. */
static void
test_symbols_of_plugins(void **state)
{
	const struct symbols *s;
	size_t offset = 0;

	(void)state;
	case_file(&c, "a.config", "CONFIG_A=y\n");
	case_file(&c, "plugins/cam/plugin.yaml", "name: cam\n");
	case_file(&c, "plugins/cam/plugin.lua",
		  "return { post_defconfig = { kconfig_append { '.config', symbols = { CAM = m } } } }");
	good("local p = plugins { plugin 'cam' }\n"
	     "local asked = tree 'asked' { kconfig_append { '.config', symbols = { fragment 'a.config', HZ = 100 } }, p.post_defconfig }\n"
	     "kconfig_check 'k' { config = 'a.config', symbols = { asked / '.config', { LAST = y } } }",
	     NULL);
	for (const struct param *p = prim_find("kconfig_check")->params; p->name; p++)
		offset = p->type == P_SYMBOLS ? p->offset : offset;
	s = (const void *)((const char *)recipe_step(&c.r, "k")->bound + offset);
	assert_int_equal(s->n, 3);
	assert_string_equal(s->v[0].name, "HZ");
	assert_string_equal(s->v[1].name, "CAM");
	assert_string_equal(s->v[1].at.file, "plugins/cam/plugin.lua");
	assert_string_equal(s->v[2].name, "LAST");
	assert_int_equal(s->fragments.n, 1);
	assert_string_equal(s->fragments.v[0].file.rel, "a.config");
	case_reset(&c);
	/* where the order of the file is another than tables behind fragments, it stays a file */
	good("local asked = tree 'asked' { kconfig_append { '.config', symbols = { A = n } },\n"
	     "  kconfig_append { '.config', symbols = { fragment 'a.config' } } }\n"
	     "kconfig_check 'k' { config = 'a.config', symbols = { asked / '.config' } }",
	     NULL);
	s = (const void *)((const char *)recipe_step(&c.r, "k")->bound + offset);
	assert_int_equal(s->n, 0);
	assert_int_equal(s->fragments.v[0].kind, SRC_REF);
	case_reset(&c);
}

/* A key that is computed is a key: no item of the list got lost. */
static void
test_computed_keys(void **state)
{
	(void)state;
	good("local p = { name = 'AB' }\n"
	     "kconfig_append 'k' { '.config', symbols = { [p.name] = y, ['C' .. (p['name'])] = n, { D = m } } }",
	     NULL);
	case_reset(&c);
	case_load(&c, "local p = { name = 'AB' }\nkconfig_append 'k' { '.config', symbols = { [p.name] = y, nil } }",
		  NULL, NULL);
	assert_non_null(strstr(c.text, "item symbols.1 of kconfig_append \"k\" is nil"));
	case_reset(&c);
}

static int
setup(void **state)
{
	(void)state;
	case_open(&c);
	mkdirat(c.fd, "profiles", 0755);
	mkdirat(c.fd, "toolchains", 0755);
	mkdirat(c.fd, "plugins", 0755);
	mkdirat(c.fd, "plugins/cam", 0755);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	case_close(&c);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_profile_replaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_plugin_options, setup, teardown),
		cmocka_unit_test_setup_teardown(test_symbols_of_plugins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_computed_keys, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
