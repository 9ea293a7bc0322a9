#include "data/blobcheck.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/fdt.h"
#include "data/overlay.h"
#include "data/view.h"

enum { BLOB_MAX = 64 << 20 };

int
blob_read(const struct view *v, const struct view_file *f, struct str *out, struct err *err)
{
	if (view_read(v, f, BLOB_MAX, out, err))
		return -1;
	return dtb_check(str_text(out), out->len, f->path, err);
}

/* The value, when it is whole words. */
static const char *
compatible(const char *blob, size_t *n)
{
	const char *v = dtb_property(blob, "/", "compatible", n);

	return v && *n && !v[*n - 1] ? v : NULL;
}

/* An overlay may say which boards it is for. The boot loader applies it to any, and jetson-io offers it to none but
 * these. */
static void
add_meant(const char *overlay, const char *base, struct str *got)
{
	size_t n, nbase;
	const char *mine = compatible(overlay, &n), *board = compatible(base, &nbase);

	if (!mine || !board)
		return;
	for (const char *m = mine; m < mine + n; m += strlen(m) + 1)
		for (const char *b = board; b < board + nbase; b += strlen(b) + 1)
			if (!strcmp(m, b))
				return;
	str_add(got, ", but says that it is for ");
	str_add_safe(got, mine, strlen(mine));
	str_add(got, ", and this is ");
	str_add_safe(got, board, strlen(board));
}

int
blob_overlay(const struct view *v, const struct view_file *f, const struct view *base_view,
	     const struct view_file *base, struct str *got, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str text = {0}, under = {0};
	struct dtb_reference *refs;
	struct dtb_blob blob, below;
	size_t n;

	if (blob_read(v, f, &text, err) || (base && blob_read(base_view, base, &under, err)))
		return -1;
	if (!dtb_is_overlay(text.s))
		return err_set(err, "E1307", "`%s` is no overlay: it has no fragment and needs no label", f->path);
	if (dtb_references(text.s, f->path, &a, &refs, &n, err))
		return -1;
	if (!n)
		return err_set(err, "E1307", "overlay `%s` changes nothing: it refers to no node of a base", f->path);
	blob = (struct dtb_blob){f->path, text.s, text.len};
	below = (struct dtb_blob){base ? base->path : "", under.s, under.len};
	if (base && overlay_check(&blob, &below, 1, NULL, NULL, err))
		return -1;
	str_addf(got, "%s, %zu reference%s", path_base(f->path), n, n == 1 ? "" : "s");
	if (base) {
		str_addf(got, ", applies to %s", path_base(base->path));
		add_meant(text.s, under.s, got);
	}
	return 0;
}
