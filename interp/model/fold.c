/* fold: one list lying over another. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/tree.h"

/* First index at or behind `from` whose path is not before `path`. Steps double, then halve: a thin
 * list over a thick one costs a logarithm for each of its lines. */
static size_t
lower_bound(const struct entry *v, size_t from, size_t n, const char *path)
{
	size_t step = 1, lo = from, hi = from;

	while (hi < n && path_cmp(v[hi].path, path) < 0) {
		lo = hi + 1;
		hi += step;
		step *= 2;
	}
	if (hi > n)
		hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_cmp(v[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* First index at or behind `from` that does not lie in `dir`; v[from] is the first behind `dir`. */
static size_t
range_end(const struct entry *v, size_t from, size_t n, const char *dir)
{
	size_t lo = from, hi = n;

	if (lo == n || !path_within(v[lo].path, dir))
		return lo;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_within(v[mid].path, dir))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
is_folder(const struct entry *e)
{
	return !e->whiteout && S_ISDIR(e->mode);
}

static size_t
fold_into(struct entry *out, const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper,
	  bool marks)
{
	size_t i = 0, n = 0;

	for (size_t j = 0; j < nupper; j++) {
		const struct entry *u = &upper[j], *b = NULL;
		size_t k = lower_bound(below, i, nbelow, u->path);

		if (k > i)
			memcpy(out + n, below + i, sizeof *out * (k - i));
		n += k - i;
		i = k;
		if (k < nbelow && !strcmp(below[k].path, u->path))
			b = &below[i++];
		if (!is_folder(u) || u->opaque || (b && !is_folder(b)))
			i = range_end(below, i, nbelow, u->path);
		if (u->whiteout && !marks)
			continue;
		out[n] = *u;
		out[n++].opaque = marks && is_folder(u) && (u->opaque || (b && (!is_folder(b) || b->opaque)));
	}
	if (nbelow > i)
		memcpy(out + n, below + i, sizeof *out * (nbelow - i));
	return n + (nbelow - i);
}

struct entry *
list_fold(const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper, bool marks, size_t *nout)
{
	struct entry *out = xmalloc(sizeof *out * (nbelow + nupper + 1));

	*nout = fold_into(out, below, nbelow, upper, nupper, marks);
	return out;
}

void
list_see(struct arena *a, const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper,
	 struct entry **out, size_t *nout)
{
	*out = arena_array(a, struct entry, nbelow + nupper + 1);
	*nout = fold_into(*out, below, nbelow, upper, nupper, false);
}

void
list_merge(struct arena *a, const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper,
	   uint16_t layer, struct entry **out, size_t *nout)
{
	struct entry *own = arena_array(a, struct entry, nupper + 1);

	if (nupper)
		memcpy(own, upper, sizeof *own * nupper);
	for (size_t i = 0; i < nupper; i++)
		own[i].layer = layer;
	list_see(a, below, nbelow, own, nupper, out, nout);
}
