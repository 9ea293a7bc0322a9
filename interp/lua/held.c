/* Who of a load is held to what it states: repositories of other teams, and plugins. */
#include "lua/held.h"

#include <string.h>

#include "data/use_address.h"
#include "lua/parent.h"
#include "os/fs.h"

static struct held *
add(struct parent *p, const char *root, const char *dir, const char *who, const char *file)
{
	struct held *h = arena_new(p->a, struct held);

	*h = (struct held){.root = root, .dir = dir, .may = {.who = who, .file = file}, .next = p->held};
	p->held = h;
	return h;
}

/* The recipe that somebody runs is theirs, wherever it lies: a plugin's test in the plugin's folder. */
static bool
covers(const struct parent *p, const struct held *h, const struct unit *u)
{
	return u != p->unit && !strcmp(h->root, u->root) && (!*h->dir || path_within(u->dir, h->dir));
}

int
held_import(struct parent *p, const char *root, const char *address, struct err *err)
{
	struct use_address at;
	struct held *h;
	uint32_t unit;
	bool known;
	int r;

	for (h = p->held; h; h = h->next)
		if (!strcmp(h->root, root) && !*h->dir)
			return 0;
	if (use_address_parse(address, p->a, &at, err))
		return -1;
	h = add(p, root, "", arena_printf(p->a, "`%s`", at.url),
		use_address_is_oci(&at) ? "its jkr.yaml" : "jkr.yaml of its repository");
	r = files_load(p, UNIT_DATA, root, "jkr.yaml", &unit, &known, err);
	if (r < 1)
		return r;
	return capabilities_parse(p->unit[unit].text, p->unit[unit].len, p->unit[unit].shown, p->a, &h->may, err);
}

/* Neither of the project nor of the folders in which jkr looks. */
static bool
is_elsewhere(const struct parent *p, const char *root)
{
	if (path_within(root, p->r->root))
		return false;
	for (size_t i = 0; p->rq->search && p->rq->search[i]; i++)
		if (path_within(root, p->rq->search[i]))
			return false;
	return !map_has(&p->imports, root);
}

int
held_plugin(struct parent *p, const struct unit *u, const struct value *yaml, struct err *err)
{
	const struct value *v = value_field(yaml, "capabilities");
	struct held *h;

	if (!v && !is_elsewhere(p, u->root))
		return 0;
	h = add(p, u->root, u->dir, arena_printf(p->a, "plugin `%s`", path_base(u->dir)), "its plugin.yaml");
	return capabilities_read(v, p->a, &h->may, err);
}

int
held_use(struct parent *p, const struct unit *from, const char *address, struct err *err)
{
	struct use_address at;
	struct err unsaid = {0};

	if (use_address_parse(address, p->a, &at, &unsaid)) {
		err_free(&unsaid); /* who opens it says that */
		return 0;
	}
	for (const struct held *h = p->held; h; h = h->next) {
		if (!covers(p, h, from) || capabilities_reach(&h->may, at.reach))
			continue;
		err_set(err, "E0021", "%s uses a recipe of `%s`, which %s does not state", h->may.who, at.reach,
			h->may.file);
		return err_help(
			err,
			"who keeps it adds the address, or a folder above it as `https://host/folder/`, to `network` of `capabilities` in %s",
			h->may.file);
	}
	return 0;
}

/* Each fault once for each who is held, at the first step that has it. */
static void
check_step(struct parent *p, struct step *s, const struct held *h, struct map *said, struct err *err)
{
	struct err own = {0};

	capabilities_check(&h->may, s, p->a, &own);
	for (const struct diag *d = own.head; d; d = d->next)
		if (map_set(said, arena_printf(p->a, "%p %s", (const void *)h, d->msg), s)) {
			err_free(&own);
			return;
		}
	err_at_all(&own, s->at);
	err_move(err, &own);
}

static bool
is_of(const struct parent *p, const struct held *h, const struct step *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->by); i++)
		if (s->by[i] < p->units.n && covers(p, h, &p->unit[s->by[i]]))
			return true;
	return false;
}

/* Whether the tree that a step writes onto began as somebody else's, or went through their hands. */
static bool
is_on_others(const struct parent *p, const struct held *h, const struct step *s)
{
	while (s->common.on.kind == SRC_REF) {
		s = &p->r->steps[s->common.on.ref.step];
		if (!is_of(p, h, s))
			return true;
	}
	return s->common.on.kind == SRC_FILE && strcmp(s->common.on.file.root, h->root) != 0;
}

static void
hold(struct parent *p, struct step *s, struct map *said, struct err *err)
{
	size_t n = 0;

	for (const struct held *h = p->held; h; h = h->next) {
		if (!is_of(p, h, s))
			continue;
		check_step(p, s, h, said, err);
		if (!is_on_others(p, h, s))
			continue;
		if (n == ARRAY_LEN(s->may)) {
			err_set(err, "E0021", "`%s` is held to what more than %zu plugins and repositories state",
				s->name, n);
			err_at(err, s->at);
			return;
		}
		s->may[n++] = &h->may;
	}
}

int
held_check(struct parent *p, struct err *err)
{
	struct map said = {0};
	const size_t before = err_count(err);

	for (size_t i = 0; p->held && i < p->r->nsteps; i++)
		hold(p, &p->r->steps[i], &said, err);
	map_free(&said);
	return err_count(err) > before ? -1 : 0;
}
