/* diff_files: all files of two sides: which there are, what they hold, how large they are. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/diff.h"
#include "data/bytediff.h"

static const char *const all[] = {"", NULL};

struct comparing {
	struct diffing *d;
	struct diff_rows *out;
	struct err *err;
	uint64_t bytes[2];
	size_t files[2];
	struct grown *grown;
	size_t ngrown, cap;
};

/* A file whose size is another. */
struct grown {
	const char *name;
	uint64_t a, b;
};

bool
diff_has_files(const struct diff_side *s)
{
	return s->nfiles;
}

/* Sizes */

static int
take_size(void *ctx, const struct diff_file *x, const struct diff_file *y)
{
	struct comparing *c = ctx;
	uint64_t a = x ? x->f->size : 0, b = y ? y->f->size : 0;

	c->files[0] += x != NULL;
	c->files[1] += y != NULL;
	c->bytes[0] += a;
	c->bytes[1] += b;
	if (a == b || !x || !y)
		return 0;
	GROW(c->grown, c->ngrown, c->cap);
	c->grown[c->ngrown++] = (struct grown){x->name, a, b};
	return 0;
}

static uint64_t
change(const struct grown *g)
{
	return g->a > g->b ? g->a - g->b : g->b - g->a;
}

static int
by_change(const void *x, const void *y)
{
	uint64_t a = change(x), b = change(y);

	return a != b ? (a < b ? 1 : -1) : strcmp(((const struct grown *)x)->name, ((const struct grown *)y)->name);
}

static const char *
in_files(struct arena *a, const char *size, size_t n)
{
	return n ? arena_printf(a, "%s in %zu file%s", size, n, n == 1 ? "" : "s") : arena_strdup(a, size);
}

static void
add_size(struct comparing *c, const char *name, uint64_t a, uint64_t b, size_t na, size_t nb)
{
	char before[32], after[32], by[32];
	const struct grown g = {name, a, b};

	if (a == b)
		return;
	format_size(a, before);
	format_size(b, after);
	format_size(change(&g), by);
	diff_add(c->out, &(struct diff_row){.name = name,
					    .a = in_files(c->d->a, before, na),
					    .b = in_files(c->d->a, after, nb),
					    .note = arena_printf(c->d->a, "%c%s", b > a ? '+' : '-', by)});
}

int
diff_sizes(struct diffing *d, struct diff_rows *out, struct err *err)
{
	struct comparing c = {.d = d, .out = out, .err = err};
	int r = diff_pairs(d, all, take_size, &c);

	out->one = "size";
	out->many = "sizes";
	if (c.files[0] + c.files[1] > 2)
		add_size(&c, "all files", c.bytes[0], c.bytes[1], c.files[0], c.files[1]);
	if (c.ngrown)
		qsort(c.grown, c.ngrown, sizeof *c.grown, by_change);
	for (size_t i = 0; i < c.ngrown; i++)
		add_size(&c, c.grown[i].name, c.grown[i].a, c.grown[i].b, 0, 0);
	free(c.grown);
	return r;
}

/* Files */

static const char *
kind(const struct diff_file *f)
{
	if (!f)
		return NULL;
	return S_ISREG(f->f->mode)   ? "a file"
	       : S_ISDIR(f->f->mode) ? "a folder"
	       : S_ISLNK(f->f->mode) ? "a link"
				     : "a device";
}

static int
same_bytes(struct comparing *c, const struct diff_file *x, const struct diff_file *y, struct str *where)
{
	cleanup_fd int a = -1, b = -1;

	if (x->f->digest && y->f->digest && !hash_cmp(x->f->digest, y->f->digest))
		return 0;
	a = view_open(&c->d->side[0].view, x->f, c->err);
	b = a < 0 ? -1 : view_open(&c->d->side[1].view, y->f, c->err);
	if (b < 0)
		return -1;
	return bytediff(a, b, where) < 0 ? err_sys(c->err, "E1208", "cannot read `%s`", x->f->path) : 0;
}

static int
compare_entry(struct comparing *c, const struct diff_file *x, const struct diff_file *y)
{
	cleanup_str struct str where = {0};
	struct diff_row row = {.name = x ? x->name : y->name};
	uint32_t bits = x && y ? x->f->mode ^ y->f->mode : 0;

	if (!x || !y || bits & S_IFMT) {
		row.a = kind(x);
		row.b = kind(y);
		diff_add(c->out, &row);
		return 0;
	}
	if (S_ISREG(x->f->mode) && same_bytes(c, x, y, &where))
		return -1;
	if (!where.len && S_ISLNK(x->f->mode) && !str_eq(x->f->target, y->f->target)) {
		row.a = x->f->target;
		row.b = y->f->target;
	} else if (!where.len && bits & 07777 && !S_ISLNK(x->f->mode)) {
		row.a = arena_printf(c->d->a, "mode %o", x->f->mode & 07777);
		row.b = arena_printf(c->d->a, "mode %o", y->f->mode & 07777);
	} else if (where.len) {
		row.note = arena_strdup(c->d->a, str_text(&where));
	} else {
		return 0;
	}
	diff_add(c->out, &row);
	return 0;
}

/* What only one side has, from index `i` on; the first index behind it. A folder stands for all that is in it. Where
 * the other side has what is in it, it only does not list folders, as many archives. */
static int
take_only(struct comparing *c, int which, size_t *i, size_t other)
{
	const struct diff_side *s = &c->d->side[which], *o = &c->d->side[!which];
	const struct diff_file *f = &s->files[(*i)++];

	if (S_ISDIR(f->f->mode) && other < o->nfiles && path_within(o->files[other].name, f->name))
		return 0;
	while (S_ISDIR(f->f->mode) && *i < s->nfiles && path_within(s->files[*i].name, f->name))
		++*i;
	return compare_entry(c, which ? NULL : f, which ? f : NULL);
}

int
diff_files(struct diffing *d, struct diff_rows *out, struct err *err)
{
	struct comparing c = {.d = d, .out = out, .err = err};
	const struct diff_side *a = &d->side[0], *b = &d->side[1];
	size_t i = 0, k = 0;
	int r = 0;

	out->one = "file";
	out->many = "files";
	if (a->single && b->single)
		return compare_entry(&c, &a->files[0], &b->files[0]);
	while (!r && (i < a->nfiles || k < b->nfiles)) {
		int o = i == a->nfiles ? 1 : k == b->nfiles ? -1 : path_cmp(a->files[i].name, b->files[k].name);

		if (o < 0)
			r = take_only(&c, 0, &i, k);
		else if (o > 0)
			r = take_only(&c, 1, &k, i);
		else
			r = compare_entry(&c, &a->files[i++], &b->files[k++]);
	}
	return r;
}
