/* builds: every result that there is a record of. */
#include "store/store_own.h"

struct naming {
	store_result_fn fn;
	void *ctx;
};

static int
name_one(void *ctx, struct store *st, const char *name, const char *path)
{
	const struct naming *n = ctx;
	struct hash key;

	(void)st, (void)path;
	return hash_parse(&key, name) ? 0 : n->fn(n->ctx, &key);
}

int
store_results(struct store *st, store_result_fn fn, void *ctx)
{
	struct naming n = {fn, ctx};

	return st->fd < 0 ? 0 : store_each(st, "results", name_one, &n);
}
