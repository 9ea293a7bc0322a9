#include "cli/new_board.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/bases.h"
#include "cli/new_kind.h"
#include "cli/userfile.h"

#define CONFIG_MAX ((size_t)16 << 20)

/* What `kernel` can build, the image that boots there, and Debian's compiler for it. */
static const struct machine {
	const char *arch, *image, *toolchain;
} machines[] = {
	{"arm", "zImage", "debian-arm"},
	{"arm64", "Image", "debian-arm64"},
	{"riscv", "Image", "debian-riscv64"},
	{"x86", "bzImage", "debian-host"},
};

struct board {
	struct cli *cli;
	const char *name, *file, *arch, *series, *toolchain;
	const struct machine *machine;
	const char *recipe, *fragment, *draft, *kept, *asked; /* paths; the last three for as long as it takes */
	struct str given;
	struct bases bases;
	struct kconfig lost; /* of the file, what this tree makes another of */
};

/* What begins so is what a compiler or a tool of the build can do, not what somebody chose. */
static const char *const tools[] = {"CC_",   "GCC_",   "CLANG_",   "LD_",     "LLD_",       "AS_",
				    "RUST_", "RUSTC_", "BINDGEN_", "PAHOLE_", "TOOLCHAIN_", NULL};

/* "# Linux/arm64 6.12.117 Kernel Configuration" */
static int
read_head(struct board *b, struct err *err)
{
	struct arena *a = &b->cli->arena;
	const char *at, *end;
	size_t n;

	if (userfile_read(b->file, &b->given, CONFIG_MAX))
		return err_sys(err, "E1025", "cannot read the configuration `%s`", b->file);
	at = strstr(str_text(&b->given), "# Linux/");
	end = at ? strstr(at, " Kernel Configuration") : NULL;
	if (!end || (size_t)(end - at) > 80 || memchr(at, '\n', (size_t)(end - at))) {
		err_set(err, "E1025", "`%s` does not say for which kernel it is", b->file);
		return err_help(err,
				"take the whole .config that Kconfig wrote, such as /proc/config.gz unpacked: its head "
				"is `# Linux/ARCH VERSION Kernel Configuration`");
	}
	at += strlen("# Linux/");
	n = strcspn(at, " ");
	b->arch = arena_strndup(a, at, n);
	at += n + 1;
	n = strspn(at, "0123456789");
	n += at[n] == '.' ? 1 + strspn(at + n + 1, "0123456789") : 0;
	b->series = arena_strndup(a, at, n);
	return 0;
}

static int
settle(struct board *b, struct err *err)
{
	b->toolchain = b->cli->toolchain;
	if (!strcmp(b->arch, "x86_64") || !strcmp(b->arch, "i386"))
		b->arch = "x86";
	for (size_t i = 0; i < ARRAY_LEN(machines); i++)
		if (!strcmp(machines[i].arch, b->arch))
			b->machine = &machines[i];
	if (!b->machine) {
		err_set(err, "E1025", "`%s` is for `%s`, and `kernel` builds none for that", b->file, b->arch);
		return err_help(err, "it builds for arm, arm64, riscv and x86");
	}
	b->toolchain = b->toolchain ? b->toolchain : b->machine->toolchain;
	if (b->cli->source || !strcmp(b->series, "6.1") || !strcmp(b->series, "6.12"))
		return 0;
	err_set(err, "E1025", "Debian 12 has no source of Linux %s: it has 6.1 and 6.12", b->series);
	return err_help(err, "name a folder of the project that holds one with --source");
}

/* Nothing that is there is written over. */
static int
place(struct board *b, struct err *err)
{
	struct arena *a = &b->cli->arena;
	const char *dir = access("recipes", F_OK) || access("jkr.yaml", F_OK) ? "" : "recipes/";
	const char *const new[] = {b->recipe = arena_printf(a, "%s%s.lua", dir, b->name),
				   b->fragment = arena_printf(a, "%s%s/board.config", dir, b->name)};

	b->draft = arena_printf(a, "%s.%s.draft.lua", dir, b->name);
	b->kept = arena_printf(a, "%s.%s.draft.config", dir, b->name);
	b->asked = arena_printf(a, "%s.%s.lost.config", dir, b->name);
	if (!new_is_name(b->name)) {
		err_set(err, "E1025", "`%s` is no name for a board", b->name);
		return err_help(err, "up to 64 letters, digits and . _ - make one, without `..`");
	}
	for (size_t i = 0; i < ARRAY_LEN(new); i++)
		if (!access(new[i], F_OK))
			return err_set(err, "E1025", "`%s` is there already", new[i]);
	return 0;
}

/* The recipe up to its kernel's parameters. */
static void
put_head(const struct board *b, struct str *s)
{
	str_addf(s, "recipe \"%s\" { version = \"1\", license = \"GPL-2.0-only\", summary = \"a kernel for %s\" }\n\n",
		 b->name, b->name);
	str_addf(s, "local gcc = toolchain \"%s\"\n", b->toolchain);
	if (b->cli->source) {
		str_addf(s, "local src = copy \"linux-source\" { \"//%s\" }\n\n", b->cli->source);
		return;
	}
	str_addf(s, "local deb = fetch \"linux-deb\" { deb = \"linux-source-%s\" }\n", b->series);
	str_addf(
		s,
		"local src = tree \"linux-source\" { untar { deb / \"usr/src/linux-source-%s.tar.xz\", strip = 1 } }\n\n",
		b->series);
}

static int
put(const char *path, const struct str *s, struct err *err)
{
	if (userfile_replace(path, str_text(s), s->len, 0644))
		return err_sys(err, "E1006", "cannot write `%s`", path);
	return 0;
}

/* Loads a draft: a kernel that keeps the file as it is, and asks for the symbols in `asked`, which may be NULL. */
static int
load_draft(struct board *b, struct session *s, const struct kconfig *asked, struct err *err)
{
	struct str cleanup_str text = {0}, lines = {0};

	put_head(b, &text);
	str_addf(&text, "return kernel \"linux\" { src, toolchain = gcc, arch = \"%s\", saved = \"%s\"", b->arch,
		 path_base(b->kept));
	if (asked)
		str_addf(&text, ", config = { fragment \"%s\" }", path_base(b->asked));
	str_add(&text, " }.config\n");
	for (size_t i = 0; asked && i < asked->last.n; i++)
		kconfig_write_line(&lines, asked->last.v[i].key, kconfig_get(asked, asked->last.v[i].key));
	if (put(b->kept, &b->given, err) || (asked && put(b->asked, &lines, err)) || put(b->draft, &text, err))
		return -1;
	return session_load(s, b->cli, b->draft, err);
}

static bool
of_a_tool(const char *name)
{
	for (size_t i = 0; tools[i]; i++)
		if (str_starts(name, tools[i]))
			return true;
	return false;
}

/* Symbols of the file that have another value in this tree; how many of them are the tools' own. */
static size_t
find_lost(struct board *b)
{
	struct kconfig k;
	size_t of_tools = 0;

	kconfig_parse_config(b->file, str_text(&b->given), b->given.len, &b->cli->arena, &k);
	for (size_t i = 0; i < k.last.n; i++) {
		const char *name = k.last.v[i].key, *value = kconfig_get(&k, name);

		if (kconfig_equal(value, kconfig_get(&b->bases.config, name)))
			continue;
		if (of_a_tool(name))
			of_tools++;
		else
			kconfig_set(&b->lost, &b->cli->arena, k.last.v[i].value);
	}
	kconfig_free(&k);
	return of_tools;
}

/* The first line of what Kconfig says: "asked for y, got unset: depends on NET, which is n". */
static void
say_lost(void *ctx, const char *name, const char *text)
{
	const struct board *b = ctx;

	if (kconfig_get(&b->lost, name))
		printf("  CONFIG_%s: %.*s\n", name, (int)strcspn(text, "\n"), text);
}

static int
tell_lost(struct board *b, size_t of_tools, int *interrupted, struct err *err)
{
	const char **names = arena_array(&b->cli->arena, const char *, b->lost.last.n + 1);
	struct session s = {0};
	int r;

	for (size_t i = 0; i < b->lost.last.n; i++)
		names[i] = b->lost.last.v[i].key;
	if (of_tools)
		printf("%zu symbol%s of %s tell%s of a compiler and its tools, and another one is taken here\n",
		       of_tools, of_tools == 1 ? "" : "s", path_base(b->file), of_tools == 1 ? "s" : "");
	if (!b->lost.last.n)
		return 0;
	printf("%zu symbol%s of %s cannot be carried to this source and toolchain:\n", b->lost.last.n,
	       b->lost.last.n == 1 ? "" : "s", path_base(b->file));
	fflush(stdout);
	r = load_draft(b, &s, &b->lost, err);
	if (!r)
		r = bases_why(&s, "linux/honoured", names, say_lost, b, interrupted, err);
	session_close(&s);
	session_end(b->cli);
	return r;
}

static int
ask(struct board *b, int *interrupted, struct err *err)
{
	struct session s = {0};
	int r = load_draft(b, &s, NULL, err);

	if (!r)
		r = bases_ask(&s, "linux/config", &b->bases, interrupted, err);
	session_close(&s);
	session_end(b->cli);
	return r;
}

static void
put_kernel(const struct board *b, const struct base *base, struct str *s)
{
	bool modules = str_eq(kconfig_get(&b->bases.config, "MODULES"), "y");
	bool preset = !strcmp(base->name, "alldefconfig");

	str_addf(s, "local linux = kernel \"linux\" {\n  src, toolchain = gcc, arch = \"%s\",", b->arch);
	if (!modules)
		str_addf(s, " targets = { \"%s\" },", b->machine->image);
	if (preset)
		str_addf(s, "\n  preset = \"%s/board.config\",\n", b->name);
	else
		str_addf(s, " base = { \"%s\" },\n  config = { fragment \"%s/board.config\" },\n", base->name, b->name);
	str_addf(s, "}\n\nreturn bundle \"%s\" { linux.Image%s }\n", b->name, modules ? ", linux.modules" : "");
}

static int
write_down(struct board *b, const struct base *base, struct err *err)
{
	struct str cleanup_str recipe = {0}, fragment = {0};
	const char *dir = arena_strndup(&b->cli->arena, b->fragment, strlen(b->fragment) - strlen("/board.config"));
	const char *of = strcmp(base->name, "alldefconfig") ? base->name : "the defaults";
	size_t n = base->differs.last.n;

	str_addf(&recipe, "-- %s.lua: made of %s by `jkr new board`; %s/board.config is what differs from %s\n",
		 b->name, path_base(b->file), b->name, of);
	put_head(b, &recipe);
	put_kernel(b, base, &recipe);
	str_addf(&fragment, "# What %s has, and %s %s not.\n", path_base(b->file), of,
		 strcmp(of, base->name) ? "have" : "has");
	for (size_t i = 0; i < n; i++)
		kconfig_write_line(&fragment, base->differs.last.v[i].key,
				   kconfig_get(&base->differs, base->differs.last.v[i].key));
	if (mkdir(dir, 0777) && errno != EEXIST)
		return err_sys(err, "E1006", "cannot make the folder `%s`", dir);
	if (put(b->fragment, &fragment, err) || put(b->recipe, &recipe, err))
		return -1;
	if (!b->cli->quiet)
		printf("%s: %zu symbol%s differ%s from %s, in %s\n", b->recipe, n, n == 1 ? "" : "s", n == 1 ? "s" : "",
		       of, b->fragment);
	return 0;
}

/* What no line could bring about is a mistake: the recipe is there, and is not the file. */
static int
tell_left(const struct board *b, const struct base *base, struct err *err)
{
	const struct map *m = &base->left.last;

	if (!m->n)
		return 0;
	err_set(err, "E1026", "%zu symbol%s of `%s` %s another value by the recipe `%s`", m->n, m->n == 1 ? "" : "s",
		b->file, m->n == 1 ? "has" : "have", b->recipe);
	for (size_t i = 0; i < m->n && i < 20; i++)
		err_help(err, "CONFIG_%s should be %s", m->v[i].key, kconfig_get(&base->left, m->v[i].key));
	return -1;
}

/* What was written is a recipe: it loads, and it has a plan. */
static int
prove(struct board *b, struct err *err)
{
	struct session s = {0};
	int r = session_load(&s, b->cli, b->recipe, err);

	if (!r)
		r = session_plan(&s, NULL, 0, false, err);
	session_close(&s);
	return r;
}

static int
make(struct board *b, int *interrupted, struct err *err)
{
	const struct base *base;
	int r = ask(b, interrupted, err);

	base = bases_nearest(&b->bases);
	if (!r)
		r = write_down(b, base, err) || prove(b, err) ? -1 : 0;
	if (!r) {
		size_t of_tools = find_lost(b);

		if (!b->cli->quiet)
			r = tell_lost(b, of_tools, interrupted, err);
	}
	unlink(b->draft);
	unlink(b->kept);
	unlink(b->asked);
	return r ? r : tell_left(b, base, err);
}

enum status
new_board(struct cli *cli, const char *name, struct err *err)
{
	struct board b = {.cli = cli, .name = name, .file = cli->from_config};
	int interrupted = 0, r;

	if (!b.file) {
		err_set(err, "E1004", "`jkr new board` needs --from-config FILE, the .config that the board runs with");
		return ST_USAGE;
	}
	r = place(&b, err) || read_head(&b, err) || settle(&b, err) ? -1 : 0;
	if (!r)
		r = make(&b, &interrupted, err);
	bases_free(&b.bases);
	kconfig_free(&b.lost);
	str_free(&b.given);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r ? err_status(err) : ST_OK;
}
