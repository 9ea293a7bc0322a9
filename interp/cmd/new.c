/* new: a recipe for a board, from the configuration that it runs with */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/build.h"
#include "cli/userfile.h"
#include "data/configdiff.h"
#include "run/aside.h"

#define CONFIG_MAX ((size_t)16 << 20)
#define STEP "linux/config"

/* The words of the step's own make, of which the last is its target. The base comes last: it replaces .config. */
static const char script[] =
	"n=$#\n"
	"for word; do shift; [ \"$n\" -eq 1 ] || set -- \"$@\" \"$word\"; n=$((n - 1)); done\n"
	"build=/jkr/src\n"
	"for word; do case $word in O=*) build=${word#O=} ;; esac; done\n"
	"{ \"$@\" -s olddefconfig && cat \"$build/.config\" >/jkr/out/config &&\n"
	"  \"$@\" -s savedefconfig && cat \"$build/defconfig\" >/jkr/out/after &&\n"
	"  \"$@\" -s defconfig && \"$@\" -s savedefconfig && cat \"$build/defconfig\" >/jkr/out/before; } >/jkr/out/log 2>&1 ||\n"
	"  { cat /jkr/out/log >&2; exit 1; }\n";

static const char *const taken[] = {"before", "after", "config", NULL};

/* Where Debian 12 has a source and a compiler for a configuration. */
static const struct {
	const char *arch, *toolchain;
} machines[] = {{"arm64", "debian-arm64"}, {"x86", "debian-host"}};

struct board {
	struct cli *cli;
	const char *name, *file, *arch, *series, *toolchain;
	const char *recipe, *fragment, *draft, *kept; /* paths */
	struct str given;
	const char *texts[3]; /* before, after, config */
};

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
	for (size_t i = 0; i < ARRAY_LEN(machines) && !b->toolchain; i++)
		if (!strcmp(machines[i].arch, b->arch))
			b->toolchain = machines[i].toolchain;
	if (!b->toolchain) {
		err_set(err, "E1025", "jkr has no toolchain for `%s`", b->arch);
		return err_help(err, "name one of toolchains/ with --toolchain");
	}
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
	for (const char *p = b->name; *p; p++)
		if (!isalnum((unsigned char)*p) && (p == b->name || !strchr("._-", *p))) {
			err_set(err, "E1025", "`%s` is no name for a board", b->name);
			return err_help(err, "letters, digits and . _ - make one");
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

static void
record(void *ctx, const char *key, const char *value)
{
	struct board *b = ctx;

	for (size_t i = 0; taken[i]; i++)
		if (!strcmp(key, taken[i]))
			b->texts[i] = arena_strdup(&b->cli->arena, value);
}

/* Brings the configuration to the tree, in the sandbox of a recipe that keeps it as it is. */
static int
ask_kconfig(struct board *b, struct session *s, int *interrupted, struct err *err)
{
	const char *name = STEP;
	struct run_options opt = build_options(s);
	struct aside a = {.store = NULL, .shell = true, .script = script, .take = taken, .record = record, .ctx = b};
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	struct plan inputs;
	int status = 0, r;

	if (!session_find(s, STEP, steps, err) || session_plan(s, &name, 1, true, err))
		return -1;
	r = plan_make(&inputs, s->recipe, s->recipe->steps[*steps].inputs, s->recipe->steps[*steps].ninputs, &s->env,
		      err);
	if (!r && plan_count(&inputs, PLAN_CACHED) < inputs.n)
		r = build_plan(s, &inputs, interrupted, err);
	plan_free(&inputs);
	plan_free(&s->plan);
	if (r || *interrupted || plan_make(&s->plan, s->recipe, steps, 1, &s->env, err))
		return -1;
	a.plan = &s->plan;
	a.step = *steps;
	a.store = s->store;
	a.env = &s->env;
	a.opt = &opt;
	if (aside_run(&a, &status, err))
		return -1;
	if (!status && b->texts[0] && b->texts[1] && b->texts[2])
		return 0;
	return err_set(err, "E1026", "the kernel's make did not bring `%s` to this tree", b->file);
}

static int
draft(struct board *b, int *interrupted, struct err *err)
{
	struct str cleanup_str text = {0};
	struct session s = {0};
	int r;

	put_head(b, &text);
	str_addf(&text, "return kernel \"linux\" { src, toolchain = gcc, arch = \"%s\", saved = \"%s\" }.config\n",
		 b->arch, path_base(b->kept));
	if (put(b->kept, &b->given, err) || put(b->draft, &text, err))
		return -1;
	r = session_load(&s, b->cli, b->draft, err);
	if (!r)
		r = ask_kconfig(b, &s, interrupted, err);
	session_close(&s);
	session_end(b->cli);
	return r;
}

static void
parse(struct board *b, size_t i, struct kconfig *out)
{
	kconfig_parse_config(taken[i], b->texts[i], strlen(b->texts[i]), &b->cli->arena, out);
}

/* How many symbols of the file have another value in this tree. */
static size_t
count_lost(struct board *b, const struct kconfig *whole)
{
	struct kconfig k;
	size_t n = 0;

	kconfig_parse_config(b->file, str_text(&b->given), b->given.len, &b->cli->arena, &k);
	for (size_t i = 0; i < k.last.n; i++)
		n += !kconfig_equal(kconfig_get(&k, k.last.v[i].key), kconfig_get(whole, k.last.v[i].key));
	kconfig_free(&k);
	return n;
}

static int
write_down(struct board *b, struct err *err)
{
	struct kconfig before = {0}, after = {0}, whole = {0};
	struct str cleanup_str recipe = {0}, fragment = {0};
	const char *dir = arena_strndup(&b->cli->arena, b->fragment, strlen(b->fragment) - strlen("/board.config"));
	struct config_changes c;
	bool modules;
	int r;

	parse(b, 0, &before);
	parse(b, 1, &after);
	parse(b, 2, &whole);
	configdiff(&before, &after, &whole, &b->cli->arena, &c);
	modules = str_eq(kconfig_get(&whole, "MODULES"), "y");
	str_addf(&recipe, "-- %s.lua: made of %s by `jkr new board`; %s/board.config is what differs from defconfig\n",
		 b->name, path_base(b->file), b->name);
	put_head(b, &recipe);
	str_addf(&recipe,
		 "local linux = kernel \"linux\" {\n  src, toolchain = gcc, arch = \"%s\", base = \"defconfig\",%s\n",
		 b->arch,
		 modules                  ? ""
		 : strcmp(b->arch, "x86") ? " targets = { \"Image\" },"
					  : " targets = { \"bzImage\" },");
	str_addf(&recipe, "  config = { fragment \"%s/board.config\" },\n}\n\nreturn bundle \"%s\" { linux.Image%s }\n",
		 b->name, b->name, modules ? ", linux.modules" : "");
	str_addf(&fragment, "# What %s has, and defconfig has not.\n", path_base(b->file));
	configdiff_apply("", &c, &fragment);
	r = mkdir(dir, 0777) && errno != EEXIST ? err_sys(err, "E1006", "cannot make the folder `%s`", dir) : 0;
	if (!r && !put(b->fragment, &fragment, err))
		r = put(b->recipe, &recipe, err);
	if (!r && !b->cli->quiet) {
		size_t lost = count_lost(b, &whole);

		printf("%s: %zu symbol%s differ%s from defconfig, in %s\n", b->recipe, c.n, c.n == 1 ? "" : "s",
		       c.n == 1 ? "s" : "", b->fragment);
		if (lost)
			printf("%zu symbols of %s have another value with this source and toolchain: `jkr diff` shows them\n",
			       lost, path_base(b->file));
	}
	kconfig_free(&before);
	kconfig_free(&after);
	kconfig_free(&whole);
	return r;
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

static enum status
run(struct cli *cli, struct err *err)
{
	struct board b = {.cli = cli, .name = cli->argv[1], .file = cli->from_config};
	int interrupted = 0, r;

	if (strcmp(cli->argv[0], "board"))
		return err_set(err, "E1004", "`jkr new` makes a board, not `%s`", cli->argv[0]), ST_USAGE;
	if (!b.file) {
		err_set(err, "E1004", "`jkr new board` needs --from-config FILE, the .config that the board runs with");
		return ST_USAGE;
	}
	r = place(&b, err) || read_head(&b, err) || settle(&b, err) ? -1 : 0;
	if (!r) {
		r = draft(&b, &interrupted, err);
		unlink(b.draft);
		unlink(b.kept);
	}
	if (!r)
		r = write_down(&b, err) || prove(&b, err) ? -1 : 0;
	str_free(&b.given);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r ? err_status(err) : ST_OK;
}

const struct command cmd_new = {
	.name = "new",
	.usage = "board NAME --from-config FILE",
	.doc = "Write a recipe for a board from the .config that it runs with. The file's head says architecture and version: Debian's source of that "
	       "version and its compiler are taken, or those of --source and --toolchain. The kernel's own make brings the file to that source; what then "
	       "differs from its defconfig, without what only follows from that, goes into NAME/board.config, and NAME.lua is the recipe. Both stand in "
	       "recipes/ where this folder is a project with one. Nothing that is there is written over, and nothing is compiled.",
	.options = "jobs locked offline no-wait backend allow-host progress from-config source toolchain",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
