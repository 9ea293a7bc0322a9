#include "cli/sharing.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/helpers.h"
#include "cli/userfile.h"
#include "store/depot.h"

#define KEY_MAX (1u << 16)

static void
say(void *ctx, const char *sentence)
{
	const struct cli *cli = ctx;

	if (!cli->quiet)
		fprintf(stderr, "warning: %s\n", sentence);
}

static bool
is_named(const char *address)
{
	return address && *address && strcmp(address, "none") != 0;
}

/* A secret that others can read is none. */
static int
read_key(struct cli *cli, const char **out, struct err *err)
{
	cleanup_str struct str text = {0};
	struct stat st;

	if (!cli->cache_key)
		return 0;
	if (stat(cli->cache_key, &st) || userfile_read(cli->cache_key, &text, KEY_MAX))
		return err_sys(err, "E1207", "cannot read the key `%s`", cli->cache_key);
	if (st.st_mode & 077) {
		err_set(err, "E1207", "others than its owner can read the key `%s`", cli->cache_key);
		return err_help(err, "chmod 600 %s", cli->cache_key);
	}
	*out = arena_strndup(&cli->arena, str_text(&text), text.len);
	explicit_bzero(text.s, text.cap);
	return 0;
}

static size_t
addresses(struct cli *cli, const char **v)
{
	size_t n = 0;

	if (is_named(cli->cache) && (!cli->offline || str_starts(cli->cache, "file:")))
		v[n++] = cli->cache;
	for (size_t i = 0; i < cli->peers.n; i++)
		if (!cli->offline || str_starts(cli->peers.v[i], "file:"))
			v[n++] = cli->peers.v[i];
	return n;
}

struct shared *
sharing_open(struct cli *cli, struct err *err)
{
	const char **v = arena_array(&cli->arena, const char *, cli->peers.n + 2);
	struct shared_options opt = {.trusted = cli->trusted_keys.v, .warn = say, .ctx = cli};

	if (cli->cache_write && !is_named(cli->cache)) {
		err_set(err, "E1003", "`--cache-write` is given, and no cache to write to");
		err_help(err, "name it: `cache: https://…` in jkr.yaml, or `--cache`");
		return NULL;
	}
	if (!addresses(cli, v) || read_key(cli, &opt.secret, err))
		return NULL;
	return shared_open(v, &opt, err);
}

static bool
takes_cache(const struct command *cmd)
{
	for (const struct option_spec *o = cli_options; o->name; o++)
		if (!strcmp(o->name, "cache"))
			return command_takes(cmd, o);
	return false;
}

int
sharing_begin(struct session *s, struct err *err)
{
	if (s->shared || !takes_cache(s->cli->cmd))
		return 0;
	s->helpers = helpers_read(s->cli, err);
	if (!s->helpers)
		return -1;
	s->shared = sharing_open(s->cli, err);
	return err_any(err) ? -1 : 0;
}

int
sharing_lookup(struct session *s, const struct hash *key, struct result *out, struct err *err)
{
	int r = store_lookup(s->store, key, out, err);
	char hex[HASH_HEX];

	if (r || !s->shared || map_has(&s->misses, hash_hex(key, hex)))
		return r;
	r = shared_lookup(s->shared, key, out);
	if (!r) /* asked once in a run: what others make meanwhile is not worth a request for each step */
		map_set(&s->misses, arena_strdup(&s->arena, hex), s);
	return r;
}

int
sharing_list(struct session *s, const struct hash *id, struct tree *out)
{
	return s->shared && shared_list(s->shared, id, out) ? 0 : 1;
}

int
sharing_fetch(struct session *s, const struct hash *id, struct err *err)
{
	int r = s->shared && s->in_use >= 0 ? shared_fetch_tree(s->shared, s->store, id, err) : 0;

	return r < 0 ? -1 : !r;
}

int
sharing_text(struct session *s, const struct tree *t, const char *path, struct str *out)
{
	const struct entry *e = tree_resolve(t, path);

	if (!s->shared || !e)
		return 0;
	return shared_small(s->shared, &t->id, e, out) || (s->in_use < 0 && shared_file(s->shared, &t->id, path, out));
}

int
sharing_record(struct session *s, const struct hash *key, struct record *out)
{
	struct err unsaid = {0};
	int r = store_record(s->store, key, &s->arena, out, &unsaid);

	err_free(&unsaid);
	return r > 0 || !s->shared ? r > 0 : shared_record(s->shared, key, out);
}
