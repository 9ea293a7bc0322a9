/* What recipes mean: names, chains, imports, plugins, options. */
#include "lua/child.h"
#include "lua/env.h"
#include "recipe_case.h"

static void
names_of_steps(void **state)
{
	(void)state;
	good("write 'a' { path = 'a', text = 'x' }\n"
	     "local t = tree 'src' {\n"
	     "  write { path = 'b', text = 'x' },\n"
	     "  write 'named' { path = 'c', text = 'x' },\n"
	     "  when(false, write { path = 'd', text = 'x' }),\n"
	     "  { write { path = 'e', text = 'x' }, { write { path = 'f', text = 'x' } } },\n"
	     "}\n"
	     "write { path = 'g', text = 'x' }\n"
	     "write { path = 'h', text = tostring(t) }\n");
	assert_string_equal(names(), "a src/1-write named src/3-write src/4-write write write-2");
	assert_int_equal(value_field(&step("src/4-write")->params, "on")->ref.step, step("src/3-write") - c.r.steps);
	assert_int_equal(step("src/4-write")->at.line, 6);
	assert_string_equal(text_of("write-2", "text"), "src/4-write");
	assert_string_equal(c.r.name, "recipe");
}

static void
what_when_leaves_out(void **state)
{
	(void)state;
	good("local kept = write { path = 'k', text = 'x' }\n"
	     "tree 'src' {\n"
	     "  write { path = 'a', text = 'x' },\n"
	     "  when(false, edit { 'a', find = 'x', replace = 'y' }),\n"
	     "  when(false, edit 'named' { 'a', find = 'x', replace = 'y' }),\n"
	     "  when(false, { edit { 'a', find = 'x', replace = 'y' }, { write { path = 'b', text = 'x' } } }),\n"
	     "  when(true, edit { 'a', find = 'x', replace = 'z' }),\n"
	     "}\n"
	     "tree 'other' { kept, when(false, kept), when(false, write 'by-name' { path = 'n', text = 'x' }) }\n");
	assert_string_equal(names(), "other/1-write src/1-write src/2-edit by-name");
}

static void
one_step_in_two_trees(void **state)
{
	(void)state;
	good("local w = write { path = 'w', text = 'x' }\n"
	     "local a = tree 'a' { write { path = 'a', text = 'a' }, w }\n"
	     "local b = tree 'b' { write { path = 'b', text = 'b' }, w }\n"
	     "return { a, b }");
	assert_string_equal(text_of("a/2-write", "path"), "w");
	assert_string_equal(text_of("b/2-write", "path"), "w");
	assert_int_equal(c.r.nexports, 2);
	for (size_t i = 0; i < c.r.nsteps; i++)
		for (size_t k = 0; k < c.r.steps[i].ninputs; k++)
			assert_true(c.r.steps[i].inputs[k] < i);
}

static void
exports(void **state)
{
	(void)state;
	good("local a = write 'a' { path = 'a', text = 'x' }\n"
	     "local b = write 'b' { path = 'b', text = 'x', on = a }\n"
	     "local d = write 'd' { path = 'b', text = text(a / 'a') }\n"
	     "return { b / 'b', x = { d } }");
	assert_int_equal(c.r.nexports, 2);
	assert_int_equal(c.r.exports[0], 1);
	assert_int_equal(c.r.exports[1], 2);
	assert_int_equal(value_field(&step("d")->params, "text")->type, V_TEXT);
	case_reset(&c);
	good("local a = write 'a' { path = 'a', text = 'x' }\nwrite 'b' { path = 'b', text = 'x', on = a }\n");
	assert_int_equal(c.r.nexports, 1);
	assert_int_equal(c.r.exports[0], 1);
}

static void
imports(void **state)
{
	(void)state;
	case_file(&c, "recipes/zed.lua",
		  "local k = option.step { 'kernel', function() return write 'k' { path = 'k', text = 'k' } end }\n"
		  "local cam = option.choice { 'camera', { 'mono', 'duo' }, 'Cameras.' }\n"
		  "return { cam = cam, both = copy 'both' { k, write 'c' { path = 'c', text = cam } } }\n");
	good("local k = write 'kernel' { path = 'k', text = 'mine' }\n"
	     "local z = use 'zed.lua' { kernel = k }\n"
	     "local again = use 'recipes/zed.lua' { kernel = k }\n"
	     "return { z.both, again.both }");
	assert_string_equal(names(), "kernel zed:c zed:both");
	assert_int_equal(c.r.noptions, 4);
	assert_string_equal(c.r.options[1].name, "zed.camera");
	assert_string_equal(c.r.options[1].value.str.s, "mono");
	case_reset(&c);
	case_load(&c, "return use 'zed.lua' { }.both", (struct load_option[]){{"zed.camera", "duo", {0}}, {0}}, NULL);
	case_reset(&c);
	case_load(&c, "local z = use 'zed.lua' { }\nreturn z.both",
		  (struct load_option[]){{"zed.camera", "duo", {0}}, {0}}, NULL);
	assert_int_equal(c.status, 0);
	assert_string_equal(text_of("zed:c", "text"), "duo");
	assert_string_equal(names(), "zed:k zed:c zed:both");
	case_reset(&c);
	good("return { use('zed.lua') { as = 'left' }.both, use('zed.lua') { as = 'right', camera = 'duo' }.both }");
	assert_string_equal(names(), "left:k left:c left:both right:c right:both");
	assert_string_equal(c.r.options[3].name, "right.camera");
	case_reset(&c);
	bad("use 'zed.lua' { camra = 'duo' }", "did you mean `camera`");
	bad("use 'zed.lua' { camera = 'trio' }", "one of mono, duo, not `trio`");
	bad("use 'zet.lua' { }", "did you mean `zed.lua`");
	bad("use 'git+https://host/x.lua' { }", "E0016");
	bad("use 'zed.lua'", "has no table");
}

static void
imports_share(void **state)
{
	(void)state;
	case_file(&c, "recipes/src.lua",
		  "return tree 'src' { write { path = 'a', text = '' }, write { path = 'b', text = '' } }\n");
	case_file(&c, "recipes/bare.lua", "return write 'bare' { path = 'b', text = '' }\n");
	good("return { use 'src.lua' { }, use 'recipes/src.lua' { }, use 'bare.lua' { } }");
	assert_string_equal(names(), "src:src/1-write src:src/2-write bare:bare");
	assert_null(value_field(&step("bare:bare")->params, "on"));
}

static void
plugins(void **state)
{
	(void)state;
	case_file(&c, "plugins/a/plugin.yaml", "name: a\n");
	case_file(&c, "plugins/a/plugin.lua",
		  "return { post_extract = { write { path = 'a1', text = '' }, write { path = 'a2', text = '' } } }");
	case_file(&c, "plugins/b/plugin.yaml", "name: b\n");
	case_file(&c, "plugins/b/plugin.lua",
		  "return { post_extract = { write { path = 'b', text = '' } }, audit = {} }");
	good("local p = plugins { plugin 'b', plugin 'a' }\n"
	     "return tree 't' { write { path = 'x', text = '' }, p.post_extract, p.audit, p.doctor }");
	assert_string_equal(names(), "t/1-write t/2-write t/3-write t/4-write");
	assert_string_equal(text_of("t/2-write", "path"), "b");
	assert_string_equal(text_of("t/4-write", "path"), "a2");
	assert_string_equal(step("t/4-write")->at.file, "plugins/a/plugin.lua");
	case_reset(&c);
	good("local p = plugin 'a'\nreturn write 'x' { path = 'x', text = '' }");
	assert_string_equal(names(), "x");
	case_reset(&c);
	c.plugins[0] = "plugins/b";
	good("local p = plugins { plugin 'a' }\nreturn tree 't' { write { path = 'x', text = '' }, p.post_extract }");
	assert_string_equal(text_of("t/4-write", "path"), "b");
	case_reset(&c);
	bad("write { path = 'x', text = '' }", "takes no plugins");
	c.plugins[0] = NULL;
	bad("plugin 'c'", "there is no plugin `c`");
	case_file(&c, "plugins/d/plugin.lua", "return { post_extract = 3 }");
	bad("plugin 'd'", "no plugin.yaml");
	case_file(&c, "plugins/d/plugin.yaml", "name: d\n");
	bad("plugin 'd'", "not a list of steps");
}

static void
options(void **state)
{
	static const char text[] = "local b = option.bool { 'rt', true, 'doc' }\n"
				   "local n = option.int { 'jobs', 4, 'doc', min = 1, max = 8 }\n"
				   "local s = option.string { 'tag', 'v1' }\n"
				   "write 'w' { path = 'a', text = tostring(b) .. n .. s }\n";

	(void)state;
	good(text);
	assert_string_equal(text_of("w", "text"), "true4v1");
	assert_false(c.r.options[0].given);
	case_reset(&c);
	case_load(&c, text,
		  (struct load_option[]){
			  {"rt", "no", {0}}, {"jobs", "8", {0}}, {"tag", "", {0}}, {"epoch", "1", {0}}, {0}},
		  NULL);
	assert_string_equal(text_of("w", "text"), "false8");
	assert_true(c.r.options[0].given);
	assert_true(c.r.options[0].def.b);
	case_reset(&c);
	case_file(&c, "profiles/p.yaml", "options:\n  rt: false\n  jobs: 2\n");
	case_load(&c, text, (struct load_option[]){{"jobs", "3", {0}}, {0}}, "p");
	assert_string_equal(text_of("w", "text"), "false3v1");
	assert_true(map_has(&c.r.sources, "profiles/p.yaml"));
	case_reset(&c);
	static const struct {
		struct load_option o;
		const char *want;
	} wrong[] = {
		{{"jobs", "9", {0}}, "at most 8, not `9`"},
		{{"jobs", "0", {0}}, "at least 1"},
		{{"jobs", "4x", {0}}, "a whole number, not `4x`"},
		{{"jobs", "", {0}}, "a whole number"},
		{{"jobs", "99999999999999999999", {0}}, "a whole number"},
		{{"rt", "maybe", {0}}, "true or false"},
		{{"rtt", "1", {0}}, "did you mean `rt`"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct load_option o[2] = {wrong[i].o, {0}};

		case_load(&c, text, o, NULL);
		if (!strstr(c.text, wrong[i].want))
			fail_msg("%zu: %s", i, c.text);
		case_reset(&c);
	}
	case_load(&c, text, NULL, "q");
	assert_non_null(strstr(c.text, "there is no profile `q`"));
	case_reset(&c);
	bad("option.bool { 'x', 3 }", "true or false, not `number`");
	bad("option.bool { 'x', true }\noption.bool { 'x', true }", "declared twice");
	bad("option.int { 'x' }", "no default");
	bad("option.bol { 'x' }", "option.bol");
}

static void
holes(void **state)
{
	(void)state;
	bad("local no\ncopy 'x' { 'recipe.lua', no }", "recipe.lua:2:26");
	bad("local no\ncopy 'x' {\n  no,\n  'recipe.lua' }", "recipe.lua:3:3");
	bad("local no = false\ncopy { 'recipe.lua', no and 'x' }", "item 2 of copy is false");
	bad("local no\ntree 't' { write { path = 'a', text = '' }, no }", "item 2 of tree \"t\" is nil");
	bad("local no\ncopy 'x' { 'recipe.lua', exclude = { 'a', no } }", "exclude.2");
	good("local function two() return 'recipe.lua', 'recipe.lua' end\ncopy 'x' { two() }");
	case_reset(&c);
	good("local function none() end\ncopy 'x' { 'recipe.lua', none() }");
	case_reset(&c);
	good("copy 'x' { 'recipe.lua', when(false, 'y'), -- a, b\n }");
	assert_int_equal(step("x")->params.table.nitems, 1);
}

/* A parameter of a step as "K=V K=V". */
static const char *
pairs(size_t step, const char *param)
{
	static char buf[256];
	const struct value *v = value_field(&c.r.steps[step].params, param);

	*buf = '\0';
	for (size_t i = 0; v && i < v->table.nfields; i++)
		snprintf(buf + strlen(buf), sizeof buf - strlen(buf), i ? " %s=%s" : "%s=%s", v->table.fields[i].key,
			 v->table.fields[i].value.str.s);
	return buf;
}

static void
toolchain_fields_reach_its_steps(void **state)
{
	(void)state;
	case_file(&c, "toolchains/x.yaml",
		  "env: { FOO: x, BAR: y }\nflags: { KCFLAGS: [-g, -O2] }\nimage: { suite: a, packages: [gcc] }\n");
	case_file(&c, "toolchains/bare.yaml", "image: { suite: a, packages: [gcc] }\n");
	case_file(&c, "src/Makefile", "");
	good("local x, e = toolchain 'x', { FOO = 'mine' }\n"
	     "local same = { 'true', toolchain = x, env = e }\n"
	     "local a = run_in_container 'a' (same)\n"
	     "local b = make_in_container 'b' { 'src', toolchain = x, variables = { V = '1' }, outputs = { o = 'o' } }\n"
	     "local c = run_in_container 'c' { 'true', toolchain = toolchain 'bare', env = e }\n"
	     "local d = dtbo_compile 'd' { 'src/Makefile', toolchain = x }\n"
	     "return { a, b, c, d, write { path = 'p', text = tostring(same.variables) .. tostring(e.BAR) } }");
	assert_string_equal(names(), "toolchain/x a b toolchain/bare c d write");
	assert_string_equal(pairs(1, "env"), "BAR=y FOO=mine");
	assert_string_equal(pairs(1, "variables"), "");
	assert_string_equal(pairs(2, "env"), "BAR=y FOO=x");
	assert_string_equal(pairs(2, "variables"), "KCFLAGS=-g -O2 V=1");
	assert_string_equal(pairs(4, "env"), "FOO=mine");
	assert_string_equal(value_field(&c.r.steps[6].params, "text")->str.s, "nilnil");
	case_close(&c);
	case_open(&c);
	case_file(&c, "toolchains/x.yaml", "env: { FOO: x }\nimage: { suite: a, packages: [gcc] }\n");
	bad("run_in_container { 'true', toolchain = toolchain 'x', env = 3 }", "`env`");
}

static void
shapes(void **state)
{
	(void)state;
	bad("write 'x'", "write \"x\" has no table");
	bad("local w = write 'x'", "recipe.lua:1");
	bad("write(3)", "takes a name and a table, not number");
	bad("write('x', {})", "several things");
	bad("write 'x' 'y'", "takes a table, not string");
	bad("toolchain { }", "takes one string, not a table");
	bad("tree 't' { }", "has no steps");
	bad("tree 't' { 'x' }", "not of a string");
	bad("tree 't' { write { path = 'a', text = '' }, on = 3 }", "takes only steps");
	bad("tree 't' { write { path = 'a', text = '' }, fetch { url = 'http://x/y' } }", "does not write onto a tree");
	bad("local s = write 's' { path = 'a', text = '' }\nreturn s / '../x'", "leaves the result");
	bad("local s = write 's' { path = 'a', text = '' }\nreturn s.out", "has no output `out`");
	bad("local s = write 's' { path = 'a', text = '' }\ns.x = 1", "cannot be changed");
	bad("x = 1", "recipe.lua:1:1");
	bad("return writ", "did you mean `write`");
	bad("return os.time()", "recipes are pure");
	bad("recipe 'x' { versoin = '1' }", "no field `versoin`");
	bad("write 'a' { path = 'a', text = 'x' txt = 'y' }", "missing before it");
	bad("write 'a' {\n  path = 'a'\n  text = 'x' }", "end of line 2");
}

static void
pure(void **state)
{
	(void)state;
	good("local t, s = { z = 1, b = 2, [3] = 'x', [1] = 'y', a = 3, [true] = 1 }, ''\n"
	     "for k, v in pairs(t) do s = s .. tostring(k) .. '=' .. v .. ' ' end\n"
	     "local k = nil\n"
	     "repeat k = next(t, k) s = s .. tostring(k) .. ',' until not k\n"
	     "local ok, e = pcall(error, 'no')\n"
	     "local ok2, e2 = pcall(function() return unknown_thing end)\n"
	     "write 'w' { path = 'a', text = s .. e .. e2 }\n");
	assert_string_equal(text_of("w", "text"),
			    "1=y 3=x a=3 b=2 z=1 true=1 1,3,a,b,z,true,nil,nounknown name `unknown_thing`");
}

static void
reachable_names(void **state)
{
	struct load_request rq = {0};
	struct child *ch = calloc(1, sizeof *ch);
	struct str got = {0}, want = {0};
	const char *root = getenv("JKR_TESTS");

	(void)state;
	ch->rq = &rq;
	ch->L = luaL_newstate();
	*(struct child **)lua_getextraspace(ch->L) = ch;
	env_open(ch->L);
	env_names(ch->L, &got);
	lua_close(ch->L);
	assert_int_equal(fs_read_file(AT_FDCWD, root ? root : "tests/golden/names.txt", &want, 1 << 20), 0);
	assert_string_equal(got.s, want.s);
	str_free(&got);
	str_free(&want);
	arena_free(&ch->arena);
	free(ch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reachable_names), /* first: the others leave the folder that the list lies in */
		CASE(names_of_steps),
		CASE(what_when_leaves_out),
		CASE(one_step_in_two_trees),
		CASE(exports),
		CASE(imports),
		CASE(imports_share),
		CASE(plugins),
		CASE(options),
		CASE(holes),
		CASE(toolchain_fields_reach_its_steps),
		CASE(shapes),
		CASE(pure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
