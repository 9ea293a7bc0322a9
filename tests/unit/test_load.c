/* What recipes mean: names, chains, imports, plugins, options, constructors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load_case.h"
#include "lua/child.h"
#include "lua/env.h"

static struct load_case c;

static int
setup(void **state)
{
	(void)state;
	case_open(&c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	case_close(&c);
	return 0;
}

/* "goal src/1-write …": the names of all steps. */
static const char *
names(void)
{
	static char buf[4096];

	*buf = '\0';
	for (size_t i = 0; i < c.r.nsteps; i++)
		snprintf(buf + strlen(buf), sizeof buf - strlen(buf), i ? " %s" : "%s", c.r.steps[i].name);
	return buf;
}

static void
good(const char *text)
{
	case_load(&c, text, NULL, NULL);
	if (c.status)
		fail_msg("%s\n%s", text, c.text);
}

static void
bad(const char *text, const char *want)
{
	case_load(&c, text, NULL, NULL);
	if (!c.status || !strstr(c.text, want))
		fail_msg("%s\nwanted %s, got\n%s", text, want, c.text);
	case_reset(&c);
}

static const struct step *
step(const char *name)
{
	const struct step *s = recipe_step(&c.r, name);

	if (!s)
		fail_msg("no step %s in: %s", name, names());
	return s;
}

static const char *
text_of(const char *name, const char *key)
{
	const struct value *v = value_field(&step(name)->params, key);

	return v && v->type == V_STRING ? v->str.s : "(none)";
}

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
	assert_string_equal(names(), "a src/1-write named write src/3-write src/4-write write-2 write-3");
	assert_int_equal(value_field(&step("src/4-write")->params, "on")->ref.step, step("src/3-write") - c.r.steps);
	assert_int_equal(step("src/4-write")->at.line, 6);
	assert_string_equal(text_of("write-3", "text"), "src/4-write");
	assert_string_equal(c.r.name, "recipe");
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

static const char box[] =
	"local function text_for(p) return p.note or p.kind end\n"
	"define 'box' {\n"
	"  doc = 'A box.', example = 'box \"x\" { \"a\" }',\n"
	"  params = {\n"
	"    files = { 'source', operand = true, list = true, required = true, doc = 'What goes in.' },\n"
	"    note = { 'string', doc = 'A note.' },\n"
	"    kind = { 'choice', { 'a', 'b' }, default = 'a', doc = 'Kind.' },\n"
	"    size = { 'int', min = 1, max = 9, default = 3 },\n"
	"    config = { 'symbols', doc = 'Symbols.' },\n"
	"  },\n"
	"  outputs = { list = 'the list', lost = 'never' },\n"
	"  build = function(p)\n"
	"    local c = copy 'files' { p.files }\n"
	"    local w = write 'note' { on = c, path = 'note', text = text_for(p) .. p.size .. #p.files }\n"
	"    return { w, list = w / 'note' }\n"
	"  end,\n"
	"}\n";

static void
constructor(void **state)
{
	(void)state;
	case_file(&c, "stdlib/box.lua", box);
	case_file(&c, "dir/data", "x");
	good("local src = write 'src' { path = 'a', text = 'x' }\n"
	     "local b = box 'mine' { 'dir/data', src / 'a' }\n"
	     "return b.list\n");
	assert_string_equal(names(), "src mine/files mine/note");
	assert_string_equal(text_of("mine/note", "text"), "a32");
	assert_string_equal(step("mine/note")->at.file, "recipe.lua");
	assert_int_equal(step("mine/note")->at.line, 2);
	assert_int_equal(step("mine/files")->ninputs, 1);
	assert_string_equal(c.r.result.ref.path, "note");
	assert_true(map_has(&c.r.sources, "stdlib/box.lua"));
	case_reset(&c);
	bad("box 'm' { 'dir/data', nte = 'x' }\nbox 'n' { 'dir/data', kind = 'c', size = 12 }",
	    "unknown parameter `nte`");
	bad("box 'm' { 'dir/data', nte = 'x' }\nbox 'n' { 'dir/data', kind = 'c', size = 12 }", "recipe.lua:2:35");
	bad("local b = box 'm' { }\nreturn b.list / 'x'", "files");
	bad("return box 'm' { 'dir/data' }.lst", "did you mean `list`");
	bad("local b = box 'm' { 'dir/data' }\nreturn b.lst", "did you mean `list`");
	bad("local b = box 'm' { 'dir/data' }\nreturn b.lost", "did not return its output `lost`");
	bad("return box 'm' { '../../x' }", "leaves the folder");
	bad("return boxx 'm' { }", "did you mean `box`");
}

static void
shown_names(void **state)
{
	struct load_request rq = {.path = "recipe.lua", .search = c.search};

	(void)state;
	case_file(&c, "sub/recipe.lua", "copy 'a' { 'near', '//far' }");
	assert_int_equal(chdir(c.dir), 0);
	assert_int_equal(chdir("sub"), 0);
	assert_int_equal(load_recipe(&rq, &c.r, &c.err), -1);
	assert_string_equal(c.r.root, c.dir);
	assert_string_equal(c.r.steps[0].params.table.items[0].file.rel, "sub/near");
	assert_string_equal(c.r.steps[0].params.table.items[0].file.shown, "near");
	assert_string_equal(c.r.steps[0].params.table.items[1].file.rel, "far");
	assert_int_equal(*c.r.steps[0].params.table.items[1].file.shown, '/');
	assert_string_equal(c.r.steps[0].at.file, "recipe.lua");
}

static void
sizes_are_numbers(void **state)
{
	(void)state;
	good("define 'vm' { params = { memory = { 'size', default = '512M' }, disk = { 'size' }, env = { 'string', list = true } },\n"
	     "  build = function(p) return write 'w' { path = 'a', text = p.memory // 1024 .. ' ' .. p.disk .. #p.env } end }\n"
	     "vm 'x' { disk = '1K', env = 'a' }\nvm 'y' { disk = 7, memory = 1024, env = { 'a', 'b' } }");
	assert_string_equal(text_of("x/w", "text"), "524288 10241");
	assert_string_equal(text_of("y/w", "text"), "1 72");
}

static void
constructor_faults(void **state)
{
	(void)state;
	bad("define 'x' { }", "no build");
	bad("define 'x' { params = { a = { 'strin' } }, build = function() end }", "did you mean `string`");
	bad("define 'x' { params = { a = { 'choice' } }, build = function() end }", "without a list of choices");
	bad("define 'x' { parms = { }, build = function() end }", "no field `parms`");
	bad("define 'write' { build = function() end }", "already a word");
	bad("define 'x' { build = function() return 3 end }\nx 'y' { }", "returned number");
	bad("define 'x' { build = function() return {} end }\nreturn x 'y' { }", "no main result");
}

/* A step of no name inside a constructor has the constructor's own. */
static void
own_name(void **state)
{
	(void)state;
	good("define 'one' { build = function(p) return write '' { path = 'a', text = 't' } end }\n"
	     "define 'two' { build = function(p) return one '' { } end }\n"
	     "return copy 'all' { one 'x' { }, two 'y' { }, one { } }\n");
	assert_string_equal(names(), "x y one all");
	case_reset(&c);
	bad("define 'one' { build = function(p) return write '' { path = 'a' } end }\nreturn one 'x' { }",
	    "write \"x\"");
}

/* A letter that a local hides, also through a constructor; strings and letters elsewhere are no matter. */
static void
hidden_letters(void **state)
{
	(void)state;
	bad("local m = 5\nkconfig_append 'a' { 'f', symbols = { X = m } }", "`m` here is a local");
	bad("local y = n\nkconfig_append 'a' { 'f', symbols = { X = y, Y = n } }", "does not get the value y, but n");
	bad("define 'k' { params = { config = { 'symbols' } }, build = function(p)\n"
	    "return kconfig_append 'a' { 'f', symbols = p.config } end }\nlocal n = 7\n"
	    "return k 'x' { config = { ['9X'] = n } }",
	    "recipe.lua:4:");
	good("local m = 5\nkconfig_append 'a' { 'f', symbols = { X = m + 1, Y = 'n', Z = n, A = 3, B = y } }");
}

static void
two_plugins(void **state)
{
	static const char head[] =
		"local p = plugins { plugin 'a', plugin 'b' }\nlocal t = tree 't' { write { path = 'f', text = '' }, p.post_defconfig }\n";
	char text[512];

	(void)state;
	case_file(&c, "plugins/a/plugin.yaml", "name: a\nversion: 1\n");
	case_file(&c, "plugins/b/plugin.yaml", "name: b\nversion: 1\n");
	case_file(&c, "plugins/a/plugin.lua",
		  "return { post_defconfig = { kconfig_append { 'f', symbols = { X = y, Y = m } } } }");
	case_file(&c, "plugins/b/plugin.lua",
		  "return { post_defconfig = { kconfig_append { 'f', symbols = { Y = m,\nX = n } } } }");
	bad(head, "to y at");
	bad(head, "b/plugin.lua:2:");
	snprintf(text, sizeof text, "%skconfig_append 'mine' { 'g', on = t, symbols = { X = y } }", head);
	bad(text, "to y at");
	snprintf(text, sizeof text, "%skconfig_append 'mine' { 'f', on = t, symbols = { X = y } }", head);
	good(text);
	case_file(&c, "plugins/b/plugin.lua",
		  "return { post_defconfig = { kconfig_append { 'g', symbols = { X = n } } } }");
	case_reset(&c);
	good(head);
}

static void
places_in_constructors(void **state)
{
	(void)state;
	case_file(&c, "stdlib/pass.lua",
		  "define 'pass' { params = { config = { 'any' }, text = { 'any' } },\n"
		  "  build = function(p) return write 'w' { path = 'a', text = p.text, mode = p.config } end }\n");
	bad("pass 'x' {\n"
	    "  config = {\n"
	    "    FOO = 1,\n"
	    "  },\n"
	    "  text = 42,\n"
	    "}\n",
	    "recipe.lua:5:3");
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
	if (fs_read_file(AT_FDCWD, root ? root : "tests/golden/names.txt", &want, 1 << 20))
		skip();
	assert_string_equal(got.s, want.s);
	str_free(&got);
	str_free(&want);
	arena_free(&ch->arena);
	free(ch);
}

static void
documentation(void **state)
{
	struct arena a = {0};
	struct define_doc d;
	const char *const *all;

	(void)state;
	case_file(&c, "stdlib/box.lua", box);
	case_file(&c, "stdlib/broken.lua", "local x =");
	assert_int_equal(load_define("box", c.search, &a, &d, &c.err), 0);
	assert_string_equal(d.doc, "A box.");
	assert_string_equal(d.params[0].name, "files");
	assert_int_equal(d.params[0].type, P_SOURCE);
	assert_int_equal(d.params[0].flags, P_OPERAND | P_LIST | P_REQUIRED);
	assert_string_equal(d.params[1].name, "config");
	assert_string_equal(d.params[2].def, "a");
	assert_string_equal(d.params[2].choices[1], "b");
	assert_int_equal(d.params[4].max, 9);
	assert_null(d.params[5].name);
	assert_string_equal(d.outputs[0], "list: the list");
	assert_int_equal(load_define("broken", c.search, &a, &d, &c.err), -1);
	assert_int_equal(load_define("bx", c.search, &a, &d, &c.err), -1);
	assert_int_equal(err_count(&c.err), 2);
	assert_int_equal(load_define_names(c.search, &a, &all, &c.err), 0);
	assert_string_equal(all[0], "box");
	assert_string_equal(all[1], "broken");
	assert_null(all[2]);
	arena_free(&a);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reachable_names),
		CASE(names_of_steps),
		CASE(one_step_in_two_trees),
		CASE(exports),
		CASE(constructor),
		CASE(shown_names),
		CASE(sizes_are_numbers),
		CASE(constructor_faults),
		CASE(own_name),
		CASE(hidden_letters),
		CASE(two_plugins),
		CASE(places_in_constructors),
		CASE(imports),
		CASE(imports_share),
		CASE(plugins),
		CASE(options),
		CASE(holes),
		CASE(toolchain_fields_reach_its_steps),
		CASE(shapes),
		CASE(pure),
		CASE(documentation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
