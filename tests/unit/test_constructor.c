/* What recipes mean: constructors, the names and places of what they make, what is documented of them. */
#include "recipe_case.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(constructor),   CASE(shown_names),    CASE(sizes_are_numbers), CASE(constructor_faults),
		CASE(own_name),      CASE(hidden_letters), CASE(two_plugins),       CASE(places_in_constructors),
		CASE(documentation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
