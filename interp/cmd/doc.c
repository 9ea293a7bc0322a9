/* doc: the reference, printed from the tables that check recipes */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/man.h"
#include "cli/schemas.h"
#include "cli/types.h"
#include "cli/wrap.h"
#include "cli/where.h"
#include "lua/load.h"
#include "model/prim.h"

static void
print_param(const struct param *p)
{
	char type[64];

	printf("  %s: %s", p->name, param_type_text(p, type));
	if (p->flags & P_REQUIRED)
		fputs(", required", stdout);
	if (p->flags & P_OPERAND)
		fputs(", the positional items", stdout);
	if (p->def)
		printf(", default %s", p->def);
	if (p->max == INT64_MAX)
		printf(", at least %lld", (long long)p->min);
	else if (p->min || p->max)
		printf(", from %lld to %lld", (long long)p->min, (long long)p->max);
	if (p->type == P_CHOICE && p->choices) {
		fputs(", one of", stdout);
		for (const char *const *c = p->choices; *c; c++)
			printf(" %s", *c);
	}
	putchar('\n');
	wrap_text(stdout, p->doc, 6);
}

static void
print_params(const struct param *params, const char *title)
{
	if (!params || !params->name)
		return;
	printf("\n%s\n", title);
	for (; params->name; params++)
		print_param(params);
}

static void
print_example(const char *example)
{
	if (!example)
		return;
	puts("\nExample");
	for (const char *s = example; *s; s += *s == '\n') {
		int n = (int)strcspn(s, "\n");

		printf("  %.*s\n", n, s);
		s += n;
	}
}

static void
doc_prim(const struct prim *p)
{
	const struct param *operand = schema_operand(p->params);

	printf("%s \"name\" { %s%s… }\n\n", p->name, operand ? operand->name : "", operand ? ", " : "");
	wrap_text(stdout, p->doc, 0);
	print_params(p->params, "Parameters");
	print_params(step_params, "Parameters of every step");
	print_example(p->example);
}

static void
doc_define(const struct define_doc *d)
{
	printf("%s \"name\" { … }    from %s\n\n", d->name, d->file);
	wrap_text(stdout, d->doc ? d->doc : "", 0);
	print_params(d->params, "Parameters");
	if (d->outputs && *d->outputs) {
		puts("\nOutputs");
		for (const char *const *o = d->outputs; *o; o++)
			wrap_text(stdout, *o, 2);
	}
	print_example(d->example);
}

static void
doc_code(const struct err_code *c)
{
	printf("%s: %s (exit status %d)\n\n", c->code, c->title, c->status);
	wrap_text(stdout, c->text, 0);
}

static int
doc_overview(struct arena *a, const char *const *search, struct err *err)
{
	const char *const *names;

	puts("Primitives: what a recipe can do to the world");
	for (const struct prim *const *p = prims; *p; p++)
		printf("  %-18s %.*s\n", (*p)->name, first_sentence((*p)->doc), (*p)->doc);
	if (load_define_names(search, a, &names, err) < 0)
		return -1;
	puts("\nConstructors: written in Lua on the primitives");
	for (; *names; names++) {
		struct define_doc d;

		if (load_define(*names, search, a, &d, err) < 0)
			return -1;
		printf("  %-18s %.*s\n", d.name, first_sentence(d.doc ? d.doc : ""), d.doc ? d.doc : "");
	}
	puts("\nWords of the language\n"
	     "  recipe \"name\" { version =, license =, summary = }    what the file is\n"
	     "  option.bool|int|string|choice|step { \"name\", default, \"doc\" }    what -D sets\n"
	     "  tree \"name\" { step, step, … }    steps in order, each on the result of the one before\n"
	     "  toolchain \"name\"    fragment \"file\"    fragments { \"core/64bit\", … }    when(condition, item)    text(step / \"file\")\n"
	     "  use \"other.lua\" { option = value }    plugin \"name\"    plugins { a, b }\n"
	     "  y  m  n    the values of Kconfig symbols\n\n"
	     "`jkr doc NAME` prints one of them, `jkr doc E0203` explains an error.");
	return 0;
}

static int
not_found(const char *name, const char *const *names, struct err *err)
{
	const char *all[256], *near;
	size_t n = 0;

	for (const struct prim *const *p = prims; *p && n < ARRAY_LEN(all); p++)
		all[n++] = (*p)->name;
	for (; names && *names && n < ARRAY_LEN(all); names++)
		all[n++] = *names;
	near = near_name(name, all, n);
	err_set(err, "E1014", "there is no documentation of `%s`", name);
	if (near)
		err_help(err, "did you mean `jkr doc %s`?", near);
	return err_help(err, "`jkr doc` lists what there is");
}

/* What is printed for a file of its own. */
static const struct {
	const char *name;
	void (*print)(FILE *out);
} pages[] = {
	{"jkr.1", man_command},
};

/* The same, of what stdlib here defines as well. */
static const struct {
	const char *name;
	int (*print)(FILE *out, struct arena *a, const char *const *search, struct err *err);
} languages[] = {
	{"jkr-recipe.5", man_recipe},
	{"jkr.d.lua", types_annotations},
	{".luarc.json", types_luarc},
	{".luacheckrc", types_luacheckrc},
};

/* 1 printed, 0 there is no such page. */
static int
doc_page(struct arena *a, const char *const *search, const char *name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (!strcmp(name, pages[i].name))
			return pages[i].print(stdout), 1;
	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (!strcmp(name, languages[i].name))
			return languages[i].print(stdout, a, search, err) < 0 ? -1 : 1;
	return schema_print(stdout, name);
}

static int
doc_name(struct arena *a, const char *const *search, const char *name, struct err *err)
{
	const struct err_code *code = err_code_find(name);
	const struct prim *prim = prim_find(name);
	const struct command *cmd = command_find(name);
	const char *const *names;
	struct define_doc d;
	int r = doc_page(a, search, name, err);

	if (r)
		return r < 0 ? -1 : 0;
	if (code)
		return doc_code(code), 0;
	if (prim)
		return doc_prim(prim), 0;
	if (load_define_names(search, a, &names, err) < 0)
		return -1;
	for (const char *const *s = names; *s; s++) {
		if (strcmp(*s, name))
			continue;
		if (load_define(name, search, a, &d, err) < 0)
			return -1;
		return doc_define(&d), 0;
	}
	if (cmd)
		return help_command(stdout, cmd), 0;
	return not_found(name, names, err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	const char *const *search = where_search(&cli->arena);
	int r;

	if (cli->argc)
		r = doc_name(&cli->arena, search, cli->argv[0], err);
	else
		r = doc_overview(&cli->arena, search, err);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_doc = {
	.name = "doc",
	.usage = "[NAME]",
	.doc = "Print the reference. Without NAME an overview, else of a primitive or constructor (`jkr doc untar`, `jkr doc kernel`), of a "
	       "command, or of an error's code (`jkr doc E0203`). `jkr doc jkr.1` and `jkr doc jkr-recipe.5` print the "
	       "manual pages. For editors and linters: `jkr doc jkr.d.lua` (annotations of the Lua language server), `.luarc.json`, `.luacheckrc`, and "
	       "`config.schema.json`, `matrix.schema.json`, `pins.schema.json`, `plugin.schema.json`, `profile.schema.json` and `toolchain.schema.json`, JSON schemas of "
	       "what people write in YAML.",
	.options = "",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
