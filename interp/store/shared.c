#include "store/shared.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "store/shared_own.h"

/* -- opening ---------------------------------------------------------------------------------------------- */
static int
take_keys(struct shared *sh, struct err *err)
{
	const char *const *keys = sh->opt.trusted;
	size_t n = 0;

	while (keys && keys[n])
		n++;
	sh->ntrusted = n;
	if (n && trusted_parse_all(keys, n, &sh->arena, &sh->trusted, err))
		return -1;
	if (!sh->opt.secret)
		return 0;
	sh->secret = arena_new(&sh->arena, struct minisign_key);
	return minisign_secret(sh->opt.secret, strlen(sh->opt.secret), "the signing key", sh->secret, err);
}

static int
take_places(struct shared *sh, const char *const *addresses, struct err *err)
{
	for (; *addresses; addresses++) {
		struct shared_place *p = &sh->v[sh->n];

		if (sh->n == SHARED_PLACES)
			return err_set(err, "E0815", "more than %d shared caches are given", SHARED_PLACES);
		p->address = arena_strdup(&sh->arena, *addresses);
		p->depot = depot_open(*addresses, NULL, err);
		if (!p->depot)
			return -1;
		sh->n++;
	}
	return sh->n ? 0 : err_set(err, "E0815", "no shared cache is given");
}

struct shared *
shared_open(const char *const *addresses, const struct shared_options *opt, struct err *err)
{
	struct shared *sh = xcalloc(1, sizeof *sh);
	void *page =
		mmap(NULL, SHARED_PLACES * sizeof *sh->fate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (opt)
		sh->opt = *opt;
	if (page == MAP_FAILED)
		err_sys(err, "E1142", "there is no memory for a shared cache");
	else
		sh->fate = page;
	if (sh->fate && !take_keys(sh, err) && !take_places(sh, addresses, err))
		return sh;
	shared_close(sh);
	return NULL;
}

void
shared_close(struct shared *sh)
{
	if (!sh)
		return;
	for (size_t i = 0; i < sh->n; i++)
		depot_close(sh->v[i].depot);
	if (sh->fate)
		munmap(sh->fate, SHARED_PLACES * sizeof *sh->fate);
	map_free(&sh->found);
	map_free(&sh->trees);
	map_free(&sh->lost);
	map_free(&sh->sent);
	arena_free(&sh->arena);
	free(sh);
}

/* What the parent has open stays open here: to close it would speak on the parent's connections. */
void
shared_reopen(struct shared *sh)
{
	struct err unsaid = {0};

	for (size_t i = 0; i < sh->n; i++) {
		struct depot *d = depot_open(sh->v[i].address, NULL, &unsaid);

		if (d)
			sh->v[i].depot = d;
	}
	err_free(&unsaid);
}

struct depot *
shared_depot(struct shared *sh)
{
	return sh->v[0].depot;
}

void
shared_listen(struct shared *sh, void (*hear)(void *ctx, const char *sentence), void *ctx)
{
	sh->opt.warn = hear;
	sh->opt.ctx = ctx;
}

/* -- mistakes --------------------------------------------------------------------------------------------- */
bool
shared_on(const struct shared *sh, size_t place)
{
	return __atomic_load_n(&sh->fate[place].faults, __ATOMIC_RELAXED) < SHARED_FAULTS;
}

bool
shared_off(const struct shared *sh)
{
	for (size_t i = 0; i < sh->n; i++)
		if (shared_on(sh, i))
			return false;
	return true;
}

static void
warn(struct shared *sh, const char *sentence)
{
	if (sh->opt.warn)
		sh->opt.warn(sh->opt.ctx, sentence);
}

/* The first is said, and the one that ends it. */
void
shared_fault(struct shared *sh, size_t place, struct err *err)
{
	unsigned n = __atomic_add_fetch(&sh->fate[place].faults, 1, __ATOMIC_RELAXED);
	cleanup_str struct str text = {0};

	err_brief(err, &text);
	err_free(err);
	if (n == SHARED_FAULTS)
		str_addf(&text, "; after %u mistakes it is not asked any more", n);
	if (n == 1 || n == SHARED_FAULTS)
		warn(sh, str_text(&text));
}

void
shared_refuse(struct shared *sh, size_t place, struct err *err)
{
	cleanup_str struct str text = {0};

	err_brief(err, &text);
	err_free(err);
	if (!__atomic_fetch_or(&sh->fate[place].said, 1, __ATOMIC_RELAXED))
		warn(sh, str_text(&text));
}

/* -- looking up ------------------------------------------------------------------------------------------- */
const struct found *
shared_known(const struct shared *sh, const struct hash *key)
{
	char hex[HASH_HEX];

	return map_get(&sh->found, hash_hex(key, hex));
}

static void
remember(struct shared *sh, struct found *f)
{
	char hex[HASH_HEX];

	map_set(&sh->found, arena_strdup(&sh->arena, hash_hex(&f->key, hex)), f);
	map_set(&sh->trees, arena_strdup(&sh->arena, hash_hex(&f->record.result.tree, hex)), f);
}

void
shared_forget(struct shared *sh, const struct found *f)
{
	char hex[HASH_HEX];

	if (map_get(&sh->found, hash_hex(&f->key, hex)) == f)
		map_set(&sh->found, arena_strdup(&sh->arena, hex), NULL);
	if (map_get(&sh->trees, hash_hex(&f->record.result.tree, hex)) == f)
		map_set(&sh->trees, arena_strdup(&sh->arena, hex), NULL);
}

/* 1 it has a result that counts. */
static int
ask(struct shared *sh, size_t place, const struct hash *key, struct found *f)
{
	cleanup_str struct str bytes = {0};
	struct err err = {0};
	int r = depot_result(sh->v[place].depot, key, &bytes, &err);

	if (r > 0) {
		r = shared_read(sh, place, key, &bytes, f, &err);
		if (r < 0 && !strcmp(err.head->code, "E0817")) {
			shared_refuse(sh, place, &err);
			return 0;
		}
	}
	if (r < 0)
		shared_fault(sh, place, &err);
	return r > 0;
}

const struct found *
shared_find(struct shared *sh, const struct hash *key, size_t from)
{
	for (size_t i = from; i < sh->n; i++) {
		struct found *f;

		if (!shared_on(sh, i))
			continue;
		f = arena_new(&sh->arena, struct found);
		if (!ask(sh, i, key, f))
			continue;
		remember(sh, f);
		return f;
	}
	return NULL;
}

int
shared_lookup(struct shared *sh, const struct hash *key, struct result *out)
{
	const struct found *f = shared_known(sh, key);
	char hex[HASH_HEX];

	if (!f && !map_has(&sh->lost, hash_hex(key, hex)))
		f = shared_find(sh, key, 0);
	if (!f)
		return 0;
	*out = f->record.result;
	out->away = true;
	return 1;
}

void
shared_give_up(struct shared *sh, const struct hash *key)
{
	const struct found *f = shared_known(sh, key);
	char hex[HASH_HEX];

	if (f)
		shared_forget(sh, f);
	map_set(&sh->lost, arena_strdup(&sh->arena, hash_hex(key, hex)), sh);
}

const char *
shared_machine(struct shared *sh, const struct hash *key)
{
	const struct found *f = shared_known(sh, key);

	return f ? f->record.machine : NULL;
}

int
shared_record(const struct shared *sh, const struct hash *key, struct record *out)
{
	const struct found *f = shared_known(sh, key);

	if (f)
		*out = f->record;
	return f != NULL;
}

const char *
shared_from(struct shared *sh, const struct hash *key)
{
	const struct found *f = shared_known(sh, key);

	return f ? depot_address(sh->v[f->from].depot) : NULL;
}
