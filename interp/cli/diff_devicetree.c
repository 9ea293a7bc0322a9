/* diff_devicetree: device trees and overlays, node by node. */
#include "base/str.h"
#include "cli/diff.h"
#include "data/dtdiff.h"
#include "data/fdt.h"

enum { BLOB_MAX = 64 << 20 };

static const char *const ends[] = {".dtb", ".dtbo", NULL};

struct comparing {
	struct diffing *d;
	struct diff_rows *out;
	struct err *err;
};

bool
diff_has_devicetree(const struct diff_side *s)
{
	size_t from = 0;

	return diff_side_file(s, ends, &from) != NULL;
}

static int
read_blob(struct comparing *c, int which, const struct diff_file *f, struct str *out)
{
	if (diff_side_read(&c->d->side[which], f->f, BLOB_MAX, out, c->err))
		return -1;
	return dtb_check(str_text(out), out->len, f->f->path, c->err);
}

static int
compare(void *ctx, const struct diff_file *x, const struct diff_file *y)
{
	struct comparing *c = ctx;
	cleanup_str struct str a = {0}, b = {0};
	struct dt_difference *v;
	size_t n;

	if (!x || !y) {
		diff_add(c->out, &(struct diff_row){.name = (x ? x : y)->name,
						    .a = x ? "a device tree" : NULL,
						    .b = y ? "a device tree" : NULL});
		return 0;
	}
	if (x->f->digest && y->f->digest && !hash_cmp(x->f->digest, y->f->digest))
		return 0;
	if (read_blob(c, 0, x, &a) || read_blob(c, 1, y, &b))
		return -1;
	n = dtdiff(str_text(&a), str_text(&b), c->d->a, &v);
	for (size_t i = 0; i < n; i++) {
		/* names of properties and nodes point into the blobs, which go */
		const char *name = v[i].property ? arena_printf(c->d->a, "%s %s: %s", x->name, v[i].path, v[i].property)
						 : arena_printf(c->d->a, "%s %s", x->name, v[i].path);

		diff_add(c->out, &(struct diff_row){.name = name, .a = v[i].a, .b = v[i].b, .follows = v[i].follows});
	}
	return 0;
}

int
diff_devicetree(struct diffing *d, struct diff_rows *out, struct err *err)
{
	struct comparing c = {d, out, err};

	out->one = "node or property";
	out->many = "nodes and properties";
	return diff_pairs(d, ends, compare, &c);
}
