#include "cli/types.h"

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/json.h"
#include "lua/load.h"
#include "model/prim.h"
#include "os/fs.h"

/* The words of the language, which no table describes: what they are is said by env.c. */
static const char words[] =
	"---@meta jkr\n"
	"-- What the Lua language server knows of recipes: printed by `jkr doc jkr.d.lua`, from the tables that check them.\n"
	"\n"
	"---The result of a step: a tree of files. `step / \"path\"` is a path inside it.\n"
	"---@class jkr.Step\n"
	"---@operator div(string): jkr.Step\n"
	"\n"
	"---A file of a project. `file / \"path\"` is a path below it.\n"
	"---@class jkr.File\n"
	"---@operator div(string): jkr.File\n"
	"\n"
	"---The text of a file in a result, known when the step has run.\n"
	"---@class jkr.Text\n"
	"\n"
	"---A value of a Kconfig symbol.\n"
	"---@class jkr.Tri\n"
	"\n"
	"---@alias jkr.Source string|jkr.File|jkr.Step\n"
	"---@alias jkr.Scalar string|integer|boolean|jkr.Tri|jkr.Text\n"
	"---@alias jkr.Symbols jkr.File|jkr.Step|table<string|integer, jkr.Scalar|jkr.File|jkr.Step|table>\n"
	"\n"
	"---@type jkr.Tri\n"
	"y = nil\n"
	"---@type jkr.Tri\n"
	"m = nil\n"
	"---@type jkr.Tri\n"
	"n = nil\n"
	"\n"
	"---@class jkr.recipe\n"
	"---@field version? string\n"
	"---@field license? string The SPDX name of its licence.\n"
	"---@field summary? string\n"
	"\n"
	"---What the file is. Without it the file gives the name.\n"
	"---@param name string\n"
	"---@return fun(about: jkr.recipe)\n"
	"function recipe(name) end\n"
	"\n"
	"---Steps in order, each on the result of the one before.\n"
	"---@overload fun(steps: any[]): jkr.Step\n"
	"---@param name string\n"
	"---@return fun(steps: any[]): jkr.Step\n"
	"function tree(name) end\n"
	"\n"
	"---@class jkr.option\n"
	"---@field [integer] any The name, the default, what it is for.\n"
	"---@field default? any\n"
	"---@field min? integer\n"
	"---@field max? integer\n"
	"---@field matches? string An extended regular expression for all of it.\n"
	"\n"
	"---What `-D name=value`, a profile or an importing recipe sets.\n"
	"option = {}\n"
	"---@param o jkr.option\n"
	"---@return boolean\n"
	"function option.bool(o) end\n"
	"---@param o jkr.option\n"
	"---@return integer\n"
	"function option.int(o) end\n"
	"---@param o jkr.option\n"
	"---@return string\n"
	"function option.string(o) end\n"
	"---@param o jkr.option\n"
	"---@return string\n"
	"function option.choice(o) end\n"
	"---@param o jkr.option\n"
	"---@return any\n"
	"function option.step(o) end\n"
	"\n"
	"---An item of a list that may be absent.\n"
	"---@generic T\n"
	"---@param condition any\n"
	"---@param item T\n"
	"---@return T\n"
	"function when(condition, item) end\n"
	"\n"
	"---The trimmed text of a file in a result, known when the step has run.\n"
	"---@param file jkr.Step\n"
	"---@return jkr.Text\n"
	"function text(file) end\n"
	"\n"
	"---Compilers: toolchains/NAME.yaml, and the image that they run in.\n"
	"---@param name string|{ [1]: string, ccache?: boolean, distcc?: boolean, packages?: string[] }\n"
	"---@return any\n"
	"function toolchain(name) end\n"
	"\n"
	"---A file of CONFIG_X=y lines.\n"
	"---@param file string\n"
	"---@return jkr.File\n"
	"function fragment(file) end\n"
	"\n"
	"---Fragments of the project's library, in the canonical order.\n"
	"---@param names string[]\n"
	"---@return any\n"
	"function fragments(names) end\n"
	"\n"
	"---Another recipe; gives what that file returns.\n"
	"---@param file string\n"
	"---@return fun(options: table): any\n"
	"function use(file) end\n"
	"\n"
	"---Versions, names and hashes, apart from options.\n"
	"---@param file string\n"
	"---@return any\n"
	"function pins(file) end\n"
	"\n"
	"---@class jkr.plugin\n"
	"---@field doctor any[]\n"
	"---@field post_extract any[]\n"
	"---@field post_defconfig any[]\n"
	"---@field post_build any[]\n"
	"---@field pre_bundle any[]\n"
	"---@field audit any[]\n"
	"\n"
	"---Lists of steps that others contribute.\n"
	"---@param name string|table\n"
	"---@return jkr.plugin\n"
	"function plugin(name) end\n"
	"\n"
	"---The lists of several plugins, and of those that `--plugin` adds.\n"
	"---@param list jkr.plugin[]\n"
	"---@return jkr.plugin\n"
	"function plugins(list) end\n"
	"\n"
	"---@class jkr.define\n"
	"---@field doc? string\n"
	"---@field example? string\n"
	"---@field params? table<string, table>\n"
	"---@field outputs? table<string, string>\n"
	"---@field build fun(p: table): any\n"
	"\n"
	"---A constructor written in Lua, checked by the same kind of table as a primitive.\n"
	"---@param name string\n"
	"---@return fun(table: jkr.define)\n"
	"function define(name) end\n";

static const char *const names_of[] = {
	[P_BOOL] = "boolean",
	[P_INT] = "integer",
	[P_SIZE] = "integer|string",
	[P_STRING] = "string|jkr.Text",
	[P_CHOICE] = "string",
	[P_PATH] = "string",
	[P_SHA256] = "string",
	[P_FILE] = "string|jkr.File",
	[P_SOURCE] = "jkr.Source",
	[P_STEP] = "jkr.Step",
	[P_MAP] = "table<string|integer, jkr.Scalar>",
	[P_SYMBOLS] = "jkr.Symbols",
	[P_MOUNTS] = "table<string, jkr.Source>",
	[P_ANY] = "any",
};

static void
put_type(FILE *out, const struct param *p)
{
	const char *type = names_of[p->type];

	if (p->type == P_CHOICE && p->choices && !(p->flags & P_LIST))
		for (size_t i = 0; p->choices[i]; i++)
			fprintf(out, "%s\"%s\"", i ? "|" : "", p->choices[i]);
	else if ((p->flags & P_LIST) && strchr(type, '|'))
		fprintf(out, "%s|(%s)[]", type, type);
	else
		fprintf(out, p->flags & P_LIST ? "%s|%s[]" : "%s", type, type);
}

/* Documentation on one line. */
static void
put_doc(FILE *out, const char *s)
{
	for (; s && *s; s++)
		putc(*s == '\n' ? ' ' : *s, out);
	putc('\n', out);
}

static void
put_fields(FILE *out, const struct param *params)
{
	for (const struct param *p = params; p && p->name; p++) {
		/* an operand that is required comes as an item as well */
		bool must = (p->flags & P_REQUIRED) && !(p->flags & P_OPERAND);

		if (p->flags & P_OPERAND) {
			fputs("---@field [integer] ", out);
			put_type(out, p);
			putc(' ', out);
			put_doc(out, p->doc);
		}
		fprintf(out, "---@field %s%s ", p->name, must ? "" : "?");
		put_type(out, p);
		putc(' ', out);
		put_doc(out, p->doc);
	}
}

static void
put_function(FILE *out, const char *name, const char *doc, const char *result)
{
	fputs("---", out);
	put_doc(out, doc);
	fprintf(out,
		"---@overload fun(params: jkr.%s.params): %s\n"
		"---@param name string\n"
		"---@return fun(params: jkr.%s.params): %s\n"
		"function %s(name) end\n",
		name, result, name, result, name);
}

static void
put_prim(FILE *out, const struct prim *p)
{
	fprintf(out, "\n---@class jkr.%s.params: jkr.StepParams\n", p->name);
	put_fields(out, p->params);
	putc('\n', out);
	put_function(out, p->name, p->doc, "jkr.Step");
}

static void
put_define(FILE *out, struct arena *a, const struct define_doc *d)
{
	fprintf(out, "\n---@class jkr.%s.params\n", d->name);
	put_fields(out, d->params);
	fprintf(out, "\n---@class jkr.%s: jkr.Step\n", d->name);
	for (const char *const *o = d->outputs; o && *o; o++) {
		int n = (int)strcspn(*o, ":");

		fprintf(out, "---@field %.*s any", n, *o);
		put_doc(out, *o + n + ((*o)[n] == ':'));
	}
	putc('\n', out);
	put_function(out, d->name, d->doc, arena_printf(a, "jkr.%s", d->name));
}

int
types_annotations(FILE *out, struct arena *a, const char *const *search, struct err *err)
{
	const char *const *names;

	fputs(words, out);
	fputs("\n---What every step takes.\n---@class jkr.StepParams\n", out);
	put_fields(out, step_params);
	for (const struct prim *const *p = prims; *p; p++)
		put_prim(out, *p);
	if (load_define_names(search, a, &names, err) < 0)
		return -1;
	for (; *names; names++) {
		struct define_doc d;

		if (load_define(*names, search, a, &d, err) < 0)
			return -1;
		put_define(out, a, &d);
	}
	return 0;
}

/* -- luacheck --------------------------------------------------------------------------------------- */

static bool
is_field(const char *name, const char *of)
{
	size_t n = strlen(of);

	return name && !strncmp(name, of, n) && name[n] == '.';
}

/* "math", "math.abs" …: the fields of a library go into one table. */
static void
put_names(FILE *out, const char *const *names)
{
	while (*names) {
		const char *name = *names++;

		if (!is_field(*names, name)) {
			fprintf(out, "  \"%s\",\n", name);
			continue;
		}
		fprintf(out, "  %s = { fields = {", name);
		for (const char *sep = " "; is_field(*names, name); names++, sep = ", ")
			fprintf(out, "%s\"%s\"", sep, *names + strlen(name) + 1);
		fputs(" } },\n", out);
	}
}

int
types_luacheckrc(FILE *out, struct arena *a, const char *const *search, struct err *err)
{
	const char *const *names;

	fputs("-- What luacheck knows of recipes: printed by `jkr doc .luacheckrc`, from the names that a recipe has.\n"
	      "std = \"none\"\n"
	      "max_line_length = false\n"
	      "read_globals = {\n",
	      out);
	put_names(out, load_words(a));
	for (const struct prim *const *p = prims; *p; p++)
		fprintf(out, "  \"%s\",\n", (*p)->name);
	if (load_define_names(search, a, &names, err) < 0)
		return -1;
	for (; *names; names++)
		fprintf(out, "  \"%s\",\n", *names);
	fputs("}\n", out);
	return 0;
}

/* -- the language server's settings ------------------------------------------------------------------- */

/* The folder of the annotations: this one's own, else that of the folder jkr came with. */
static const char *
library(struct arena *a, const char *const *search)
{
	const char *last = NULL;

	if (fs_exists(AT_FDCWD, "types/jkr.d.lua"))
		return "types";
	for (; *search; search++)
		last = *search;
	return last ? arena_printf(a, "%s/types", last) : "types";
}

int
types_luarc(FILE *out, struct arena *a, const char *const *search, struct err *err)
{
	static const char *const gone[] = {"coroutine", "debug", "io", "os", "package"};
	cleanup_json struct json *top = json_object();
	cleanup_str struct str text = {0};
	struct json *builtin;

	(void)err;
	json_string(top, "runtime.version", "Lua 5.4");
	builtin = json_add_object(top, "runtime.builtin");
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		json_string(builtin, gone[i], "disable");
	json_string(json_add_array(top, "workspace.library"), NULL, library(a, search));
	json_bool(top, "workspace.checkThirdParty", false);
	json_print(top, true, &text);
	fputs(str_text(&text), out);
	return 0;
}
