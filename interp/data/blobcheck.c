#include "data/blobcheck.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dtlint.h"
#include "data/fdt.h"
#include "data/overlaid.h"
#include "data/overlay.h"
#include "data/view.h"

enum { BLOB_MAX = 64 << 20 };

int
blob_read(const struct view *v, const struct view_file *f, struct str *out, struct err *err)
{
	if (view_read(v, f, BLOB_MAX, out, err))
		return -1;
	if (dtb_check(str_text(out), out->len, f->path, err))
		return -1;
	return dtlint(out->s, f->path, err);
}

/* An overlay may say which boards it is for. The boot loader applies it to any, and jetson-io offers it to none but
 * these. */
static void
add_meant(const char *overlay, const char *base, struct str *got)
{
	cleanup_arena struct arena a = {0};
	const char *mine, *board;

	if (!overlay_is_for(overlay, base, &a, &mine, &board))
		str_addf(got, ", but says that it is for %s, and this is %s", mine, board);
}

int
blob_overlay(const struct dtb_blob *overlay, const struct dtb_blob *base, bool any_board, struct str *got,
	     struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct dtb_reference *refs;
	size_t n;

	if (!dtb_is_overlay(overlay->p))
		return err_set(err, "E1307", "`%s` is no overlay: it has no fragment and needs no label",
			       overlay->shown);
	if (dtb_references(overlay->p, overlay->shown, &a, &refs, &n, err))
		return -1;
	if (!n)
		return err_set(err, "E1307", "overlay `%s` changes nothing: it refers to no node of a base",
			       overlay->shown);
	if (base && (overlay_check(overlay, base, 1, NULL, NULL, err) ||
		     (!any_board && overlay_board_check(overlay, base, err))))
		return -1;
	str_addf(got, "%s, %zu reference%s", path_base(overlay->shown), n, n == 1 ? "" : "s");
	if (base) {
		str_addf(got, ", applies to %s", path_base(base->shown));
		add_meant(overlay->p, base->p, got);
	}
	return 0;
}
