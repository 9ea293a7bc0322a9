#include "data/blobcheck.h"

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
	if (base)
		str_addf(got, ", applies to %s", path_base(base->path));
	return 0;
}
