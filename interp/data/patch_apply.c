#include "data/patch_apply.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/patch_lines.h"

/* One change on its way into a text. */
struct apply {
	const struct patch_options *o;
	const struct spans *text;
	struct str *out;
	size_t done; /* lines of the text that are in `out` or replaced */
	long shift;  /* offset of the hunk before */
};

/* A hunk seen from the side it is applied from. */
struct side {
	struct span *old; /* heap */
	size_t n, lead, trail;
	unsigned start, count;
	char gone, come; /* '-' and '+', or the other way round */
};

static struct side
side_of(const struct patch_hunk *h, bool reverse)
{
	struct side s = {.gone = reverse ? '+' : '-', .come = reverse ? '-' : '+'};
	bool changed = false;

	s.start = reverse ? h->new_start : h->old_start;
	s.count = reverse ? h->new_count : h->old_count;
	s.old = xcalloc(h->n + 1, sizeof *s.old);
	for (size_t i = 0; i < h->n; i++) {
		const struct patch_line *l = &h->v[i];

		if (l->op != s.come)
			s.old[s.n++] = (struct span){l->s, l->len, l->line};
		if (l->op == ' ' && !changed)
			s.lead++;
		s.trail = l->op == ' ' ? s.trail + 1 : 0;
		changed |= l->op != ' ';
	}
	return s;
}

static struct hunk_match
match_of(const struct apply *a, const struct side *s, unsigned fuzz, size_t *skip)
{
	size_t ctx = s->lead > s->trail ? s->lead : s->trail;
	size_t lead = fuzz + s->lead > ctx ? fuzz + s->lead - ctx : 0;
	size_t trail = fuzz + s->trail > ctx ? fuzz + s->trail - ctx : 0;
	long expected = (long)s->start - (s->count > 0) + a->shift;
	bool bare = !a->o->lean && !s->lead && !s->trail;
	struct hunk_match m = {.text = a->text, .lowest = a->done};

	lead = lead > s->lead ? s->lead : lead;
	trail = trail > s->trail ? s->trail : trail;
	*skip = lead;
	m.old = s->old + lead;
	m.n = s->n > lead + trail ? s->n - lead - trail : 0;
	m.expected = expected < 0 ? lead : (size_t)expected + lead;
	m.at_start = bare || (!fuzz && s->start <= 1 && s->lead < s->trail);
	m.at_end = bare || (a->o->lean ? s->trail + fuzz < s->lead : !fuzz && !s->trail);
	m.trusted = a->o->lean;
	return m;
}

static void
copy_lines(struct apply *a, size_t to)
{
	if (to > a->done) {
		const struct span *from = &a->text->v[a->done], *last = &a->text->v[to - 1];

		str_addn(a->out, from->s, (size_t)(last->s + last->len - from->s));
	}
	a->done = to;
}

/* Writes the hunk at `at`; context comes from the text, for fuzz may have let it differ. */
static void
write_hunk(struct apply *a, const struct patch_hunk *h, const struct side *s, size_t at)
{
	copy_lines(a, at);
	for (size_t i = 0; i < h->n; i++) {
		const struct patch_line *l = &h->v[i];

		if (l->op == ' ')
			copy_lines(a, a->done + 1);
		else if (l->op == s->gone)
			a->done++;
		else
			str_addn(a->out, l->s, l->len);
	}
}

static void
explain(const struct apply *a, const struct side *s, struct patch_reject *r)
{
	size_t skip;
	struct hunk_match m = match_of(a, s, 0, &skip);

	patch_explain(&m, r);
	if (!s->lead && !s->trail && r->why == REJECT_EDGE)
		r->why = REJECT_BARE;
	if (!s->n && a->text->n)
		r->why = REJECT_BARE;
	for (unsigned f = a->o->fuzz + 1; f <= 3 && !r->fuzz; f++) {
		m = match_of(a, s, f, &skip);
		if (m.n && patch_find(&m) >= (long)skip)
			r->fuzz = f;
	}
}

/* 0, or 1 when the hunk finds no place. */
static int
apply_hunk(struct apply *a, const struct patch_hunk *h, struct hunk_place *place, struct patch_reject *reject)
{
	struct side s = side_of(h, a->o->reverse);
	struct span *old cleanup_free = s.old;

	(void)old;
	for (unsigned f = 0; f <= a->o->fuzz; f++) {
		size_t skip;
		struct hunk_match m = match_of(a, &s, f, &skip);
		long at = patch_find(&m);

		if (at < (long)skip || (size_t)at - skip < a->done || (size_t)at - skip + s.n > a->text->n)
			continue;
		at -= (long)skip;
		place->line = (unsigned)at + 1;
		place->offset = at - ((long)s.start - (s.count > 0));
		place->fuzz = f;
		a->shift = place->offset;
		write_hunk(a, h, &s, (size_t)at);
		return 0;
	}
	explain(a, &s, reject);
	return 1;
}

int
patch_apply_text(const struct patch_change *c, const char *text, size_t len, const struct patch_options *o,
		 struct str *out, struct hunk_place *places, struct patch_reject *reject)
{
	struct spans lines = patch_split(text, len);
	struct span *heap cleanup_free = lines.v;
	struct apply a = {.o = o, .text = &lines, .out = out};

	(void)heap;
	*reject = (struct patch_reject){0};
	for (size_t i = 0; i < c->nhunks; i++) {
		reject->hunk = i;
		if (apply_hunk(&a, &c->hunks[i], &places[i], reject))
			return 1;
	}
	copy_lines(&a, lines.n);
	return 0;
}
