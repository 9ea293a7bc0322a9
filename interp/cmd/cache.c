/* cache: the store on this machine: how large, what can go, whether it is whole */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cache_moves.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "store/depot_check.h"
#include "store/depot_serve.h"
#include "store/store.h"

typedef enum status (*cache_fn)(struct cli *cli, struct store *st, struct err *err);

static enum status
stat_json(const struct store *st, const struct store_stat *v)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};

	json_string(j, "path", store_path(st));
	json_uint(j, "layers", v->layers);
	json_uint(j, "files", v->files);
	json_uint(j, "bytes", v->bytes);
	json_uint(j, "trees", v->trees);
	json_uint(j, "results", v->results);
	json_uint(j, "warm", v->warm);
	json_uint(j, "warm_bytes", v->warm_bytes);
	json_uint(j, "mirrors", v->mirrors);
	json_uint(j, "mirror_bytes", v->mirror_bytes);
	json_uint(j, "imports", v->imports);
	json_uint(j, "import_bytes", v->import_bytes);
	json_uint(j, "ccache_bytes", v->ccache_bytes);
	json_uint(j, "tmp", v->tmp);
	json_uint(j, "trash", v->trash);
	json_print(j, true, &text);
	fputs(str_text(&text), stdout);
	return ST_OK;
}

static enum status
cache_stat(struct cli *cli, struct store *st, struct err *err)
{
	struct store_stat v;
	char a[32], b[32], c[32], d[32], e[32];

	if (store_stat(st, &v, err) < 0)
		return err_status(err);
	if (wants_json(cli))
		return stat_json(st, &v);
	printf("store      %s\n", store_path(st));
	printf("results    %" PRIu64 " of %" PRIu64 " trees\n", v.results, v.trees);
	printf("layers     %" PRIu64 " with %" PRIu64 " files, %s\n", v.layers, v.files, format_size(v.bytes, a));
	printf("warm       %" PRIu64 " build directories, %s\n", v.warm, format_size(v.warm_bytes, b));
	printf("mirrors    %" PRIu64 " of git servers, %s\n", v.mirrors, format_size(v.mirror_bytes, c));
	printf("imports    %" PRIu64 " of recipes, %s\n", v.imports, format_size(v.import_bytes, e));
	printf("ccache     %s of compiles\n", format_size(v.ccache_bytes, d));
	printf("leftovers  %" PRIu64 " in tmp, %" PRIu64 " in trash\n", v.tmp, v.trash);
	return ST_OK;
}

static int
read_policy(const struct cli *cli, struct gc_policy *p, struct err *err)
{
	long long size = cli->max_size ? parse_size(cli->max_size) : 0;
	char none = 0, *end = &none;
	long days = cli->max_age ? strtol(cli->max_age, &end, 10) : 0;

	if (size < 0)
		return err_set(err, "E1003", "`--max-size` takes a size such as 20G, not `%s`", cli->max_size);
	if (*end || days < 0 || days > 36500)
		return err_set(err, "E1003", "`--max-age` takes a number of days, not `%s`", cli->max_age);
	p->max_bytes = (uint64_t)size;
	p->max_age = days * 86400;
	p->all_unreferenced_only = !cli->max_size && !cli->max_age;
	return 0;
}

static enum status
cache_gc(struct cli *cli, struct store *st, struct err *err)
{
	struct gc_policy policy = {.wait = !cli->no_wait};
	uint64_t freed;
	char size[32];

	if (read_policy(cli, &policy, err) < 0 || store_gc(st, &policy, &freed, err) < 0)
		return err_status(err);
	if (!cli->quiet)
		printf("freed %s\n", format_size(freed, size));
	return ST_OK;
}

static void
print_damage(void *ctx, const char *object, const char *what)
{
	(void)ctx;
	printf("%s: %s\n", object, what);
}

static enum status
cache_verify(struct cli *cli, struct store *st, struct err *err)
{
	uint64_t bad;

	if (store_verify(st, cli->repair, print_damage, NULL, &bad, err) < 0)
		return err_status(err);
	if (!bad) {
		if (!cli->quiet)
			puts("every object is whole");
		return ST_OK;
	}
	err_set(err, "E0811", "%" PRIu64 " object%s of the store %s damaged", bad, bad == 1 ? "" : "s",
		bad == 1 ? "is" : "are");
	err_help(err, cli->repair ? "they are set aside and will be built again"
				  : "`jkr cache verify --repair` sets them aside, so that they are built again");
	return ST_CHECK;
}

static enum status
cache_fsck(struct cli *cli, struct err *err)
{
	struct depot_found v;
	char size[32];

	if (cli->argc != 2) {
		err_set(err, "E1004", "`jkr cache fsck` needs the folder of a shared cache");
		return ST_USAGE;
	}
	if (depot_check_folder(cli->argv[1], cli->repair, print_damage, NULL, &v, err))
		return err_status(err);
	if (!cli->quiet)
		printf("%" PRIu64 " results, %" PRIu64 " blobs with %s\n", v.results, v.blobs,
		       format_size(v.bytes, size));
	if (!v.damaged)
		return ST_OK;
	err_set(err, "E0811", "%" PRIu64 " object%s of the shared cache %s damaged", v.damaged,
		v.damaged == 1 ? "" : "s", v.damaged == 1 ? "is" : "are");
	err_help(err, cli->repair ? "they are removed, and can be sent again"
				  : "--repair removes them, so that they can be sent again");
	return ST_CHECK;
}

static enum status
cache_serve(struct cli *cli, struct err *err)
{
	if (cli->argc != 2) {
		err_set(err, "E1004", "`jkr cache serve` needs the folder of a shared cache");
		return ST_USAGE;
	}
	return depot_serve(cli->argv[1], STDIN_FILENO, STDOUT_FILENO, err) ? err_status(err) : ST_OK;
}

static enum status
moves(struct cli *cli, struct err *err)
{
	int r = !strcmp(cli->argv[0], "push") ? cache_push(cli, err) : cache_pull(cli, err);

	return r < 0 ? err_status(err) : ST_OK;
}

static const struct {
	const char *name;
	cache_fn run; /* on this machine's store */
	bool create;
	enum status (*other)(struct cli *cli, struct err *err);
} actions[] = {
	{"stat", cache_stat, false, NULL},   {"gc", cache_gc, true, NULL}, {"verify", cache_verify, true, NULL},
	{"push", NULL, false, moves},        {"pull", NULL, false, moves}, {"fsck", NULL, false, cache_fsck},
	{"serve", NULL, false, cache_serve},
};

static enum status
run(struct cli *cli, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		struct store *st;
		enum status r;

		if (strcmp(actions[i].name, cli->argv[0]))
			continue;
		if (actions[i].other)
			return actions[i].other(cli, err);
		if (cli->argc > 1) {
			err_set(err, "E1004", "`jkr cache %s` takes nothing more", cli->argv[0]);
			return ST_USAGE;
		}
		st = store_open(cli->store, actions[i].create, err);
		if (!st)
			return err_status(err);
		r = actions[i].run(cli, st, err);
		store_close(st);
		return r;
	}
	err_set(err, "E1004", "`jkr cache` cannot `%s`", cli->argv[0]);
	err_help(err, "it takes stat, gc, verify, push, pull, fsck or serve");
	return ST_USAGE;
}

const struct command cmd_cache = {
	.name = "cache",
	.usage = "stat|gc|verify|push RECIPE [STEP…]|pull RECIPE [STEP…]|fsck FOLDER|serve FOLDER",
	.doc = "Look after the store of results on this machine. `stat` says how large it is; `gc` drops what no result "
	       "needs, and with --max-size or --max-age results that were not used for long; `verify` hashes every file "
	       "again and names what is damaged. `push` sends what the store has of a recipe to the shared cache (--cache), `pull` brings "
	       "what that has into the store; a run does either by itself, as far as it needs. `fsck` looks at the folder of a shared cache where "
	       "it lies: it hashes every blob, and with --repair removes what is damaged or leads nowhere. `serve` is what another machine starts here by ssh when "
	       "its cache is ssh://THIS-HOST/FOLDER: it answers on stdout what stdin asks of the folder.",
	.options = "define profile plugin cache cache-key format max-size max-age repair no-wait",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
