#include "model/treediff.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/bytediff.h"

struct pair_of {
	const struct tree *a, *b;
	struct err *err;
};

static int
say_content(const struct pair_of *p, const struct entry *x, const struct entry *y, struct str *where,
	    const struct cause **cause)
{
	cleanup_fd int fx = tree_open_entry(p->a, x, p->err);
	cleanup_fd int fy = fx < 0 ? -1 : tree_open_entry(p->b, y, p->err);

	if (fy < 0)
		return -1;
	if (bytediff_cause(fx, fy, where, cause) < 0)
		return err_sys(p->err, "E0803", "cannot read `%s`", x->path);
	return 0;
}

static const char *
kind(mode_t mode)
{
	return S_ISREG(mode) ? "a file" : S_ISDIR(mode) ? "a folder" : S_ISLNK(mode) ? "a link" : "a device";
}

static int
say(const struct pair_of *p, const struct entry *x, const struct entry *y, struct str *where,
    const struct cause **cause)
{
	if (!x || !y) {
		str_add(where, x ? "only in the first" : "only in the second");
		return 0;
	}
	if ((x->mode ^ y->mode) & S_IFMT)
		str_addf(where, "%s and %s", kind(x->mode), kind(y->mode));
	else if (S_ISREG(x->mode) && hash_cmp(&x->digest, &y->digest))
		return say_content(p, x, y, where, cause);
	else if (x->mode != y->mode)
		str_addf(where, "mode %o and %o", x->mode & 07777, y->mode & 07777);
	else if (x->uid != y->uid || x->gid != y->gid)
		str_addf(where, "owner %u:%u and %u:%u", x->uid, x->gid, y->uid, y->gid);
	else if (S_ISLNK(x->mode) && !str_eq(x->target, y->target))
		str_addf(where, "points to `%s` and `%s`", x->target, y->target);
	else
		str_add(where, x->rdev != y->rdev ? "another device" : "extended attributes");
	return 0;
}

static bool
same(const struct entry *x, const struct entry *y)
{
	return x->mode == y->mode && x->uid == y->uid && x->gid == y->gid && x->rdev == y->rdev &&
	       str_eq(x->target, y->target) && str_eq(x->xattrs, y->xattrs) &&
	       (!S_ISREG(x->mode) || !hash_cmp(&x->digest, &y->digest));
}

int
treediff(const struct tree *a, const struct tree *b, difference_fn fn, void *ctx, struct err *err)
{
	struct pair_of p = {a, b, err};
	size_t i = 0, k = 0;
	int r = 0;

	while (!r && (i < a->n || k < b->n)) {
		int c = i == a->n ? 1 : k == b->n ? -1 : path_cmp(a->v[i].path, b->v[k].path);
		const char *path = c <= 0 ? a->v[i].path : b->v[k].path;
		const struct entry *x = c <= 0 ? &a->v[i++] : NULL, *y = c >= 0 ? &b->v[k++] : NULL;
		cleanup_str struct str where = {0};
		struct difference d = {.path = path, .a = x, .b = y};

		if (x && y && same(x, y))
			continue;
		if (say(&p, x, y, &where, &d.cause))
			return -1;
		d.where = str_text(&where);
		r = fn(ctx, &d);
	}
	return r;
}
