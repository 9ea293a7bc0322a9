#include "data/patch_lines.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

/* Comparisons that looking for the nearest match may cost. */
#define EXPLAIN_BUDGET 20000000u

struct spans
patch_split(const char *text, size_t len)
{
	struct spans r = {0};
	size_t cap = 0;

	for (const char *p = text, *end = text + len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl + 1 : end) - p);

		GROW(r.v, r.n, cap);
		r.v[r.n++] = (struct span){p, n, 0};
		p += n;
	}
	return r;
}

static bool
same(const struct span *a, const struct span *b)
{
	return a->len == b->len && !memcmp(a->s, b->s, a->len);
}

static bool
matches_at(const struct hunk_match *m, size_t at)
{
	if (at > m->text->n || m->n > m->text->n - at)
		return false;
	for (size_t i = 0; i < m->n; i++)
		if (!same(&m->old[i], &m->text->v[at + i]))
			return false;
	return true;
}

static size_t
distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* Knuth, Morris, Pratt over lines: linear also for texts made to hurt. The nearest match wins, of
 * two equally near ones the later. */
static long
find_nearest(const struct hunk_match *m)
{
	size_t *fail cleanup_free = xcalloc(m->n + 1, sizeof *fail);
	size_t k = 0;
	long best = -1;

	for (size_t i = 1; i < m->n; i++) {
		while (k && !same(&m->old[i], &m->old[k]))
			k = fail[k - 1];
		k += same(&m->old[i], &m->old[k]);
		fail[i] = k;
	}
	k = 0;
	for (size_t i = m->lowest; i < m->text->n; i++) {
		while (k && (k == m->n || !same(&m->text->v[i], &m->old[k])))
			k = fail[k - 1];
		k += same(&m->text->v[i], &m->old[k]);
		if (k == m->n) {
			size_t at = i + 1 - m->n;

			if (best >= 0 && distance(at, m->expected) > distance((size_t)best, m->expected))
				break;
			best = (long)at;
		}
	}
	return best;
}

long
patch_find(const struct hunk_match *m)
{
	if (m->at_end) {
		size_t at = m->text->n >= m->n ? m->text->n - m->n : 0;

		return at >= m->lowest && !(m->at_start && at) && matches_at(m, at) ? (long)at : -1;
	}
	if (m->at_start)
		return !m->lowest && matches_at(m, 0) ? 0 : -1;
	if (!m->n)
		return m->trusted && m->expected >= m->lowest && m->expected <= m->text->n ? (long)m->expected : -1;
	if (m->expected >= m->lowest && matches_at(m, m->expected))
		return (long)m->expected;
	return find_nearest(m);
}

static struct span
chomp(struct span l, bool cr)
{
	if (l.len && l.s[l.len - 1] == '\n')
		l.len--;
	if (cr && l.len && l.s[l.len - 1] == '\r')
		l.len--;
	return l;
}

static bool
same_but_cr(const struct span *a, const struct span *b)
{
	struct span x = chomp(*a, true), y = chomp(*b, true);

	return same(&x, &y);
}

static bool
same_but_space(const struct span *a, const struct span *b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a->len && isspace((unsigned char)a->s[i]))
			i++;
		while (k < b->len && isspace((unsigned char)b->s[k]))
			k++;
		if (i == a->len || k == b->len)
			return i == a->len && k == b->len;
		if (a->s[i++] != b->s[k++])
			return false;
	}
}

static bool
is_blank(const struct span *l)
{
	for (size_t i = 0; i < l->len; i++)
		if (!isspace((unsigned char)l->s[i]))
			return false;
	return true;
}

static size_t
score_at(const struct hunk_match *m, size_t at, bool (*eq)(const struct span *, const struct span *), bool *telling)
{
	size_t score = 0;

	*telling = false;
	for (size_t i = 0; i < m->n && at + i < m->text->n; i++) {
		if (!eq(&m->old[i], &m->text->v[at + i]))
			continue;
		score++;
		if (!is_blank(&m->old[i]))
			*telling = true;
	}
	return score;
}

static size_t
cost_of(const struct hunk_match *m)
{
	size_t bytes = 0;

	for (size_t i = 0; i < m->n; i++)
		bytes += m->old[i].len;
	return m->n + bytes / 16 + 1;
}

/* The place where most lines agree; looked for around the expected one as far as the budget goes. */
static size_t
best_place(const struct hunk_match *m, bool (*eq)(const struct span *, const struct span *), size_t *at)
{
	size_t reach = EXPLAIN_BUDGET / cost_of(m), best = 0;
	size_t from = m->expected > reach / 2 ? m->expected - reach / 2 : 0;

	if (from > m->text->n)
		from = m->text->n > reach ? m->text->n - reach : 0;
	for (size_t i = from; i < m->text->n && i - from < reach; i++) {
		bool telling;
		size_t s = score_at(m, i, eq, &telling);

		if (!telling || s < best || (s == best && distance(i, m->expected) >= distance(*at, m->expected)))
			continue;
		best = s;
		*at = i;
	}
	return best;
}

static void
list_differences(const struct hunk_match *m, size_t at, struct patch_reject *r)
{
	for (size_t i = 0; i < m->n && r->ndiff < REJECT_DIFFS; i++) {
		struct span want = chomp(m->old[i], false), have = {NULL, 0, 0};
		bool there = at + i < m->text->n;

		if (there && same(&m->old[i], &m->text->v[at + i]))
			continue;
		if (there)
			have = chomp(m->text->v[at + i], false);
		r->diff[r->ndiff++] = (struct reject_diff){
			m->old[i].line, there ? (unsigned)(at + i + 1) : 0, want.s, have.s, want.len, have.len};
	}
}

void
patch_explain(const struct hunk_match *m, struct patch_reject *r)
{
	bool (*const ways[])(const struct span *, const struct span *) = {same, same_but_cr, same_but_space};
	const enum reject_why why[] = {REJECT_EDGE, REJECT_CR, REJECT_SPACE};
	size_t at = 0, best = 0;

	r->why = REJECT_CONTEXT;
	r->lines = (unsigned)m->n;
	for (size_t i = 0; i < ARRAY_LEN(ways) && m->n; i++) {
		size_t where = 0, s = best_place(m, ways[i], &where);

		if (s == m->n)
			r->why = why[i];
		if (i == 0 || s == m->n) {
			at = where;
			best = s;
		}
		if (s == m->n)
			break;
	}
	if (r->why == REJECT_EDGE && at < m->lowest)
		r->why = REJECT_ORDER;
	r->matching = (unsigned)best;
	if (best * 3 < m->n || !best)
		return;
	r->near = (unsigned)at + 1;
	list_differences(m, at, r);
}
