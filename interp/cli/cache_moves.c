#include "cli/cache_moves.h"

#include <string.h>

#include "base/str.h"
#include "cli/sharing.h"
#include "store/depot.h"

static int
begin(struct session *s, struct cli *cli, bool write, struct err *err)
{
	if (cli->argc < 2)
		return err_set(err, "E1004", "`jkr cache %s` needs a recipe", cli->argv[0]);
	if (session_load(s, cli, cli->argv[1], err) < 0 ||
	    session_plan(s, cli->argv + 2, (size_t)cli->argc - 2, write, err) < 0)
		return -1;
	if (s->shared)
		return 0;
	err_set(err, "E1003", "no shared cache is named");
	return err_help(err, "name it: `cache: https://…` in jkr.yaml, or `--cache`");
}

static int
push_one(struct session *s, const struct plan_step *ps, struct err *err)
{
	char there[HASH_HEX], here[HASH_HEX];
	struct hash other;
	int r = shared_send(s->shared, s->store, &ps->key, &other, err);

	if (r > 0)
		shared_note_given(s->shared, s->store, &ps->key);
	if (!r)
		fprintf(stderr,
			"warning: `%s` has another result in the shared cache, of equal inputs: %.12s there, %.12s here\n",
			ps->step->name, hash_hex(&other, there), hash_hex(&ps->result.tree, here));
	return r < 0 ? -1 : 0;
}

int
cache_push(struct cli *cli, struct err *err)
{
	struct session s = {.project = -1, .in_use = -1};
	size_t sent = 0, dirty = 0, lack = 0;
	int r = begin(&s, cli, true, err);

	for (size_t i = 0; !r && i < s.plan.n; i++) {
		const struct plan_step *ps = &s.plan.v[s.plan.order[i]];

		if (ps->state != PLAN_CACHED || ps->dirty) {
			dirty += ps->dirty;
			lack += !ps->dirty && ps->state != PLAN_SKIPPED;
			continue;
		}
		r = ps->result.away ? 0 : push_one(&s, ps, err);
		sent += !r;
	}
	if (!r && !cli->quiet) {
		printf("%zu result%s in %s", sent, sent == 1 ? "" : "s", depot_address(shared_depot(s.shared)));
		if (dirty)
			printf(", %zu of edited folders not sent", dirty);
		if (lack)
			printf(", %zu not built yet", lack);
		puts("");
	}
	session_close(&s);
	return r;
}

/* What comes lets further steps be decided: until nothing more does. */
int
cache_pull(struct cli *cli, struct err *err)
{
	struct session s = {.project = -1, .in_use = -1};
	size_t came = 0, before;
	int r = begin(&s, cli, true, err);

	do {
		before = came;
		for (size_t i = 0; !r && i < s.plan.n; i++) {
			struct plan_step *ps = &s.plan.v[s.plan.order[i]];
			int got;

			if (ps->state != PLAN_CACHED || !ps->result.away)
				continue;
			got = shared_fetch(s.shared, s.store, &ps->key, err);
			if (!got)
				shared_give_up(s.shared, &ps->key);
			came += got > 0;
			r = got < 0 ? -1 : 0;
		}
		if (!r && came > before)
			r = session_replan(&s, cli->argv + 2, (size_t)cli->argc - 2, err);
	} while (!r && came > before);
	if (!r && came)
		r = store_sync(s.store, err);
	if (!r && !cli->quiet)
		printf("%zu result%s fetched, %zu of %zu steps are here\n", came, came == 1 ? "" : "s",
		       plan_count(&s.plan, PLAN_CACHED), s.plan.n);
	session_close(&s);
	return r;
}
