#include "model/unpack.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "base/str.h"
#include "model/unpack_state.h"

#define RATIO_FLOOR ((uint64_t)100 << 20)
#define LEVELS 8  /* archives in one another */
#define NEAR 1000 /* names that are compared for a hint */

/* The archives that are open, outermost first; `m` is the innermost's first member when `got`. */
struct chain {
	struct arc *v[LEVELS + 1];
	size_t n;
	struct member m;
	bool got;
};

struct unpack *
unpack_new(struct layer *l, const struct unpack_opts *opts)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->layer = l;
	u->below = layer_below(l);
	u->opts = opts;
	u->sink = sink_new(l, opts->threads > 1);
	patterns_init(&u->only, opts->only, &u->arena);
	patterns_init(&u->skip, opts->skip, &u->arena);
	return u;
}

void
unpack_free(struct unpack *u)
{
	if (!u)
		return;
	sink_free(u->sink);
	map_free(&u->kinds);
	free(u->seen);
	arena_free(&u->arena);
	free(u);
}

static void
chain_close(struct chain *c)
{
	while (c->n)
		arc_close(c->v[--c->n]);
}

static int
not_inside(struct unpack *u, const char *want, const char *const *names, size_t n, struct err *err)
{
	const char *near = near_name(want, names, n);

	err_set(err, "E0410", "`%s` holds no file `%s`", u->label, want);
	if (near)
		err_help(err, "the nearest entry is `%s`", near);
	else if (n)
		err_help(err, "the first entry is `%s`", names[0]);
	return -1;
}

/* Goes on to the member that `want`, a name or pattern, names. */
static int
find_inner(struct unpack *u, struct chain *c, const char *want, struct err *err)
{
	const char *names[NEAR], *why, *clean = name_clean(&u->arena, want, &why);
	size_t n = 0;
	int r = 1;

	if (!clean)
		return err_set(err, "E0410", "`%s` cannot be a name in an archive: it %s", want, why);
	for (; c->got || (r = arc_next(c->v[c->n - 1], &c->m, err)) > 0; c->got = false) {
		const char *name = name_clean(&u->arena, c->m.name, &why);

		if (name && n < NEAR)
			names[n++] = name;
		if (!name || fnmatch(clean, name, FNM_PATHNAME) != 0)
			continue;
		if (S_ISREG(c->m.mode) && !c->m.hardlink)
			return 0;
		return err_set(err, "E0410", "`%s`: entry %zu `%s` is no regular file", u->label, c->m.number, name);
	}
	return r < 0 ? -1 : not_inside(u, want, names, n, err);
}

static int
descend(struct unpack *u, struct chain *c, const char *want, struct err *err)
{
	if (c->n > LEVELS)
		return err_set(err, "E0410", "`%s`: there are more than %d archives in one another", u->label, LEVELS);
	if (find_inner(u, c, want, err) < 0)
		return -1;
	c->got = false;
	c->m = (struct member){0};
	u->label = arena_printf(&u->arena, "%s:%s", u->label, path_base(want));
	c->v[c->n] = arc_open_member(c->v[c->n - 1], u->label, err);
	if (!c->v[c->n])
		return -1;
	c->n++;
	return 0;
}

/* An ar file that begins with debian-binary is a package. */
static int
is_deb(struct chain *c, struct err *err)
{
	int r;

	if (arc_kind(c->v[c->n - 1]) != ARC_AR)
		return 0;
	r = arc_next(c->v[c->n - 1], &c->m, err);
	c->got = r > 0;
	return r <= 0 ? r : !strcmp(c->m.name, "debian-binary");
}

static bool
names_deb_part(const char *s)
{
	return str_starts(s, "data.tar") || str_starts(s, "control.tar");
}

/* Opens the archive and goes inwards: as `inner` says, and from a package to its data. */
static int
chain_open(struct unpack *u, struct chain *c, int fd, struct err *err)
{
	struct arc_limits limits = {.ratio = u->opts->ratio, .floor = RATIO_FLOOR, .threads = u->opts->threads};
	const struct strings *inner = u->opts->inner;
	size_t i = 0, n = inner ? inner->n : 0;

	c->v[0] = arc_open(fd, u->label, &limits, err);
	if (!c->v[0])
		return -1;
	c->n = 1;
	for (;;) {
		int deb = is_deb(c, err);

		if (deb < 0)
			return -1;
		if (deb && !(i < n && names_deb_part(inner->v[i]))) {
			if (descend(u, c, "data.tar*", err) < 0)
				return -1;
			continue;
		}
		if (i == n)
			return 0;
		if (descend(u, c, inner->v[i], err) < 0)
			return inner->at ? err_at(err, inner->at[i]) : -1;
		i++;
	}
}

static void
count_note(struct unpack *u, uint64_t n, const char *what)
{
	if (n)
		unpack_note(u, "%s: %llu %s", u->label, (unsigned long long)n, what);
}

static void
archive_notes(struct unpack *u, uint64_t trailing)
{
	if (u->twice > 3)
		count_note(u, u->twice, "entries in all come more than once; the last ones count");
	count_note(u, u->above, "entries lie above `strip` and are left out");
	count_note(u, u->setid, "entries lose setuid, setgid or sticky; `rootfs = true` keeps them");
	count_note(u, u->xattrs, "entries lose extended attributes; `rootfs = true` keeps them");
	count_note(u, u->acls, "entries lose their access lists");
	count_note(u, trailing, "bytes behind the end of the archive are ignored");
	u->twice = u->above = u->setid = u->xattrs = u->acls = 0;
}

static void
progress(struct unpack *u, const struct arc *a, size_t number)
{
	if (u->opts->progress && number % 256 == 0)
		u->opts->progress(u->opts->ctx, arc_taken(a));
}

static int
unpack_chain(struct unpack *u, struct chain *c, struct err *err)
{
	struct arc *a = c->v[c->n - 1];
	uint64_t before = u->sums.entries;
	int r = 1;

	for (; c->got || (r = arc_next(a, &c->m, err)) > 0; c->got = false) {
		progress(u, a, c->m.number);
		if (unpack_member(u, a, &c->m, err) < 0)
			return -1;
		if (u->sums.several)
			return 0;
	}
	if (r < 0 || arc_finish(a, err) < 0)
		return -1;
	if (u->sums.entries == before && !u->deepest && !u->only.n && !u->skip.n)
		return err_set(err, "E0411", "`%s` is an empty archive", u->label);
	if (u->sums.entries == before && u->deepest) {
		err_set(err, "E0411", "`%s`: `strip` = %lld leaves nothing", u->label, (long long)u->opts->strip);
		return err_help(err, "an entry is called `%s`", u->deepest);
	}
	archive_notes(u, arc_trailing(a));
	return 0;
}

int
unpack_archive(struct unpack *u, int fd, const char *label, struct err *err)
{
	struct chain c = {0};
	int r;

	u->archive++;
	u->label = label;
	u->deepest = NULL;
	r = chain_open(u, &c, fd, err);
	if (r == 0)
		r = unpack_chain(u, &c, err);
	chain_close(&c);
	return r;
}

int
unpack_end(struct unpack *u, struct unpack_sums *sums, struct err *err)
{
	int r;

	if (sink_wait(u->sink, err) < 0)
		return -1;
	*sums = u->sums;
	if (sums->several)
		return 0;
	r = patterns_check(&u->only, "only", u->seen, u->nseen, err);
	if (patterns_check(&u->skip, "skip", u->seen, u->nseen, err) < 0)
		r = -1;
	if (r == 0 && u->sums.entries == 0)
		return err_set(err, "E0411", "`only` and `skip` together leave nothing of the archive");
	return r;
}
