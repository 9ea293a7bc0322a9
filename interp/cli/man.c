#include "cli/man.h"

#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/executors.h"
#include "lua/load.h"
#include "model/capabilities.h"
#include "model/prim.h"

/* One character beyond ASCII by its number, since roff itself reads no UTF-8. Gives its length. */
static int
put_wide(FILE *out, const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	int n = *u >= 0xf0 ? 4 : *u >= 0xe0 ? 3 : 2;
	unsigned code = *u & (0xffu >> (n + 1));

	for (int i = 1; i < n; i++)
		code = code << 6 | (u[i] & 0x3f);
	fprintf(out, "\\[u%04X]", code);
	return n;
}

/* Text for roff: a leading dot or quote and backslashes must not be read as commands. */
static void
put(FILE *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", out);
	while (*s) {
		if (*s & 0x80) {
			s += put_wide(out, s);
			continue;
		}
		if (*s == '\\')
			fputs("\\e", out);
		else if (*s == '-')
			fputs("\\-", out);
		else if (*s == '"') /* would part the words of a macro */
			fputs("\\(dq", out);
		else
			putc(*s, out);
		s++;
	}
}

static void
section(FILE *out, const char *title)
{
	fprintf(out, ".SH %s\n", title);
}

static void
paragraph(FILE *out, const char *text)
{
	fputs(".PP\n", out);
	put(out, text);
	putc('\n', out);
}

static void
item(FILE *out, const char *term, const char *text)
{
	fputs(".TP\n.B ", out);
	put(out, term);
	putc('\n', out);
	put(out, text);
	putc('\n', out);
}

static void
param_item(FILE *out, const char *of, const struct param *p)
{
	cleanup_str struct str term = {0}, text = {0};
	char type[64];

	str_addf(&term, "%s%s", of, p->name);
	if (p->type != P_ANY || !*of)
		str_addf(&term, ": %s", param_type_text(p, type));
	if (p->flags & P_REQUIRED)
		str_add(&term, ", required");
	if (p->flags & P_OPERAND)
		str_add(&term, ", the positional items");
	if (p->def)
		str_addf(&term, ", default %s", p->def);
	str_add(&text, p->doc);
	for (const char *const *c = p->choices; c && *c; c++)
		str_addf(&text, "%s%s", c == p->choices ? " One of " : ", ", *c);
	if (p->choices)
		str_addc(&text, '.');
	item(out, str_text(&term), str_text(&text));
}

static void
option_item(FILE *out, const struct option_spec *o)
{
	cleanup_str struct str term = {0}, text = {0};

	if (o->letter)
		str_addf(&term, "-%c, ", o->letter);
	str_addf(&term, "--%s%s%s", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
	str_add(&text, o->doc);
	if (o->config) {
		str_addf(&text, " Also `%s` in a configuration file and ", o->name);
		str_addf(&text, "JKR_%s in the environment.", o->name);
		for (char *s = strstr(text.s, "JKR_"); *s && *s != ' '; s++)
			*s = *s == '-' ? '_' : *s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s;
	}
	item(out, str_text(&term), str_text(&text));
}

static void
put_commands(FILE *out)
{
	section(out, "COMMANDS");
	for (const struct command *const *c = commands; *c; c++) {
		cleanup_str struct str term = {0}, text = {0};

		str_addf(&term, "jkr %s %s", (*c)->name, (*c)->usage);
		str_add(&text, (*c)->doc);
		if (*(*c)->options) {
			str_add(&text, " Takes");
			for (const char *s = (*c)->options; *s; s += strspn(s, " ")) {
				size_t n = strcspn(s, " ");

				str_addf(&text, " --%.*s", (int)n, s);
				s += n;
			}
			str_addc(&text, '.');
		}
		item(out, str_text(&term), str_text(&text));
	}
}

static const struct {
	const char *status, *meaning;
} statuses[] = {
	{"0", "done"},
	{"1", "a step failed"},
	{"2", "wrong command line or recipe"},
	{"3", "a check failed: config, vermagic, overlay, boot"},
	{"4", "plan --fail-if-changes: work would be done"},
	{"5", "--locked or --offline cannot be met"},
	{"6", "this machine lacks something; jkr doctor says what"},
	{"7", "network, shared cache or executor lost"},
	{"8", "another run holds the lock, and --no-wait"},
	{"70", "a bug in jkr"},
	{"130, 143", "stopped by SIGINT, SIGTERM; what was finished is kept"},
};

static const struct {
	const char *name, *text;
} files[] = {
	{"jkr.yaml",
	 "Settings of a project; the folder that holds it is the project's root, which `//` means in a recipe."},
	{"jkr.lock",
	 "Versions and hashes of inputs that a recipe leaves open, one line each: packages, images, commits, recipes from elsewhere. Commit it; `jkr lock` "
	 "fills it, `jkr update` renews it."},
	{"$XDG_CONFIG_HOME/jkr/config.yaml, /etc/jkr/config.yaml", "Settings of the user and of the machine."},
	{"$JKR_STORE, else $XDG_CACHE_HOME/jkr, else ~/.cache/jkr", "The store: all results. It belongs to one user."},
	{"$JKR_PATH",
	 "Folders, separated by colons, that hold recipes/, stdlib/, plugins/ and toolchains/ of their own."},
	{"$JKR_DOWNLOADS",
	 "A folder of files that must be downloaded by a person; else they lie beside the recipe or at the project's root, or in downloads/ there."},
};

/* What jkr.yaml and config.yaml may say, of the tables by which they are read. */
static void
put_settings(FILE *out)
{
	cleanup_str struct str names = {0};

	fputs(".SS Settings of jkr.yaml and config.yaml\n", out);
	for (const struct option_spec *o = cli_options; o->name; o++)
		if (o->config)
			str_addf(&names, "%s%s", names.len ? ", " : "", o->name);
	item(out, str_text(&names), "As the options above; true or false where an option takes no word.");
	for (const struct param *p = config_project; p->name; p++) {
		const struct param *of = !strcmp(p->name, "executors")      ? executor_form
					 : !strcmp(p->name, "capabilities") ? capabilities_form
									    : NULL;
		const char *at = of == executor_form ? "executors.NAME." : "capabilities.";

		param_item(out, "", p);
		for (; of && of->name; of++)
			param_item(out, at, of);
	}
}

void
man_command(FILE *out)
{
	fputs(".TH JKR 1 \"\" \"jkr " JKR_VERSION "\" \"User Commands\"\n", out);
	section(out, "NAME");
	fputs("jkr \\- build kernels, boards and drivers from recipes\n", out);
	section(out, "SYNOPSIS");
	fputs(".B jkr\n.I command\n[\\fIoption\\fR ...] [\\fIargument\\fR ...]\n", out);
	section(out, "DESCRIPTION");
	paragraph(
		out,
		"A recipe is a Lua file that declares how a board, a kernel or a driver is built. jkr loads it without side "
		"effects, works out what depends on what, prints the plan, and runs only what must run. What was asked is "
		"what is built, or the run fails and names the line of the recipe.");
	paragraph(
		out,
		"RECIPE is a path, or a name that is looked for in recipes/ here, in the folders of $JKR_PATH and in the "
		"installed folder. Data goes to stdout, talk to stderr. The language is described in jkr-recipe(5).");
	put_commands(out);
	section(out, "OPTIONS");
	paragraph(out,
		  "The command line comes before the environment, that before jkr.yaml, that before the user's and the "
		  "machine's file.");
	for (const struct option_spec *o = cli_options; o->name; o++)
		option_item(out, o);
	section(out, "EXIT STATUS");
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		item(out, statuses[i].status, statuses[i].meaning);
	section(out, "FILES");
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		item(out, files[i].name, files[i].text);
	put_settings(out);
	section(out, "ENVIRONMENT");
	paragraph(
		out,
		"NO_COLOR, CLICOLOR_FORCE and TERM=dumb are honoured. Nothing of the environment reaches a step, and no group "
		"of the caller: where an ordinary user runs jkr, the kernel forbids to drop them, and a program in a step sees "
		"each as nogroup. What stat tells of a folder, its size and its links, is the file system's that holds the store.");
	section(out, "SEE ALSO");
	fputs(".BR jkr-recipe (5)\n", out);
}

static const struct {
	const char *shape, *text;
} shapes[] = {
	{"recipe \"name\" { version =, license =, summary = }",
	 "What the file is. Without it the file gives the name."},
	{"verb \"name\" { operand, ..., key = value }",
	 "A step. Positional items are the verb's operands: archives, patches, files, steps."},
	{"verb { operand, ..., key = value }", "The same, named after its place."},
	{"tree \"name\" { step, step, ... }",
	 "Steps in order, each on the result of the one before; elsewhere a step says on = step."},
	{"step / \"path\"", "A path inside a result; it cannot leave it."},
	{"text(step / \"path\")", "The trimmed text of a file in a result, known when the step has run."},
	{"toolchain \"name\"", "Compilers: toolchains/NAME.yaml, and the image that they run in."},
	{"toolchain { \"name\", ccache = true, distcc = true, packages = { \"sparse\" } }",
	 "The same with more Debian packages in its image. With `ccache` CC is `ccache` and the compiler, and warm compiles keep what they "
	 "make in the folder `ccache` of the store; the step's last lines tell how much of it was there. With `distcc` it is `distcc`, "
	 "or what ccache calls, and compiles go to `--distcc-hosts`; for equal bytes the debug information has no columns."},
	{"fragment \"file\"",
	 "A file of CONFIG_X=y lines. A relative path starts at the folder of the file it is written in, // at the project's root."},
	{"fragments { \"core/64bit\", ... }",
	 "Fragments of the project's library: fragments/core/64bit.config of the recipe's own project. They come in the canonical order, "
	 "whatever the order here: core, arch, mem, security, storage, fs, net, virt, debug, test, rust, perf, others, and builtin last, which wins."},
	{"option.bool|int|string|choice|step { \"name\", default, \"doc\" }",
	 "A plain value that -D name=value, a profile or an importing recipe sets. min and max bound an int; matches, an extended regular "
	 "expression for all of it, a string."},
	{"when(condition, item)",
	 "An item of a list that may be absent; a step that is written only there is then none. A nil in a list is an error."},
	{"use \"other.lua\" { option = value }",
	 "Another recipe; gives what that file returns. Its steps are called other:step, its options other.option."},
	{"use \"git+https://HOST/REPOSITORY//PATH.lua?ref=TAG\" { option = value }",
	 "A recipe of another team, from a git repository; also git+ssh, git+http, git+git and git+file, `?commit=ID`, and without either the "
	 "branch that HEAD is. Its files, fragments, toolchains, plugins and own imports are those of its repository; jkr.lock pins the commit and a hash of all "
	 "that it holds, also of what it uses in its turn. Its steps do what `capabilities` of its jkr.yaml states, and nothing else."},
	{"pins \"file.yaml\"",
	 "Versions, names and hashes, apart from options: pin.bsp.sha256. A pin that is not there is a mistake, null is left out, a "
	 "profile puts others in their place."},
	{"plugin \"name\", plugin { \"name\", option = value }, plugins { a, b }",
	 "Lists of steps that others contribute: doctor, post_extract, post_defconfig, post_build, pre_bundle, audit. "
	 "`doctor` lists inputs, which `jkr doctor` looks at; `audit` checks without anything to look at: in a tree, or as `more` of `l4t_audit`, "
	 "they look at what stands before them. A plugin and a recipe of one name share the options that both have."},
	{"define \"name\" { doc =, params =, outputs =, build = }",
	 "A constructor written in Lua, checked by the same kind of table as a primitive."},
	{"y, m, n", "Values of Kconfig symbols. A symbol that begins with a digit is written [\"9P_FS\"] = y."},
};

/* "Image: the image that boots" */
static void
output_item(FILE *out, const char *line)
{
	cleanup_free char *name = xstrndup(line, strcspn(line, ":"));
	cleanup_free char *term = xasprintf("gives .%s", name);

	line += strlen(name);
	item(out, term, line + strspn(line, ": "));
}

static int
put_constructors(FILE *out, struct arena *a, const char *const *search, struct err *err)
{
	const char *const *names;

	if (load_define_names(search, a, &names, err) < 0)
		return -1;
	section(out, "CONSTRUCTORS");
	paragraph(out, "Written in Lua on these primitives, in stdlib/. `jkr doc NAME` prints each with an example.");
	for (; *names; names++) {
		struct define_doc d;

		if (load_define(*names, search, a, &d, err) < 0)
			return -1;
		fprintf(out, ".SS %s\n", d.name);
		put(out, d.doc ? d.doc : "");
		putc('\n', out);
		for (const struct param *p = d.params; p && p->name; p++)
			param_item(out, "", p);
		for (const char *const *o = d.outputs; o && *o; o++)
			output_item(out, *o);
	}
	return 0;
}

int
man_recipe(FILE *out, struct arena *a, const char *const *search, struct err *err)
{
	fputs(".TH JKR-RECIPE 5 \"\" \"jkr " JKR_VERSION "\" \"File Formats\"\n", out);
	section(out, "NAME");
	fputs("jkr-recipe \\- the language of recipes\n", out);
	section(out, "DESCRIPTION");
	paragraph(
		out,
		"A recipe is Lua 5.4 with its own short list of names: no input or output, no clock, no randomness. Loading it "
		"declares steps and does nothing; it runs in a process of its own that cannot open a file and is stopped when "
		"it takes too long. Tables are walked in sorted order and table.sort is stable (what compares equal keeps its "
		"order), so that a recipe means the same every time.");
	section(out, "SHAPES");
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		item(out, shapes[i].shape, shapes[i].text);
	section(out, "EVERY STEP");
	for (const struct param *p = step_params; p->name; p++)
		param_item(out, "", p);
	section(out, "PRIMITIVES");
	for (const struct prim *const *p = prims; *p; p++) {
		fprintf(out, ".SS %s\n", (*p)->name);
		put(out, (*p)->doc);
		putc('\n', out);
		for (const struct param *q = (*p)->params; q->name; q++)
			param_item(out, "", q);
	}
	if (put_constructors(out, a, search, err))
		return -1;
	section(out, "SEE ALSO");
	fputs(".BR jkr (1)\n", out);
	return 0;
}
