/* Device trees: an overlay, and the tree that it is put on. */
#include "fuzz.h"

#include "data/dtdiff.h"
#include "data/dtlint.h"
#include "data/fdt.h"
#include "data/overlay.h"
#include "data/together.h"

static bool
read_one(const void *p, size_t n, struct arena *a)
{
	struct err err = {0};
	struct dtb_reference *refs;
	const char *const *labels;
	size_t nlabels = 0, nrefs = 0, len;
	int r = dtb_check(p, n, "x.dtb", &err);

	fuzz_ended(r, &err);
	if (r)
		return false;
	r = dtlint(p, "x.dtb", &err);
	fuzz_ended(r, &err);
	dtb_is_overlay(p);
	dtb_has_node(p, "/soc/uart@0");
	dtb_property(p, "/", "compatible", &len);
	if (dtb_labels(p, a, &labels, &nlabels))
		for (size_t i = 0; i < nlabels; i++) {
			const char *path = dtb_label(p, labels[i]);

			if (path)
				dtb_has_node(p, path);
		}
	r = dtb_references(p, "x.dtbo", a, &refs, &nrefs, &err);
	for (size_t i = 0; !r && i < nrefs; i++)
		FUZZ_CHECK(refs[i].name && refs[i].use);
	fuzz_ended(r, &err);
	return true;
}

static void
differences(const void *x, const void *y, struct arena *a)
{
	struct dt_difference *v;
	size_t n = dtdiff(x, y, a, &v);

	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(v[i].path && (v[i].a || v[i].b));
}

static const char *
where(void *ctx, const char *reference)
{
	(void)ctx;
	return *reference == 'u' ? "x.dtso:7" : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str out = {0};
	struct fuzz_input in = {data, size};
	struct dt_difference *same;
	struct err err = {0};
	struct dtb_blob overlay = {.shown = "x.dtbo"}, base = {.shown = "x.dtb"};
	cleanup_free void *top = fuzz_bytes(&in, &overlay.n), *below = fuzz_bytes(&in, &base.n);
	struct dtb_blob twice[2];
	bool good = read_one(top, overlay.n, &a);
	int r;

	overlay.p = top;
	twice[0] = twice[1] = overlay;
	base.p = base.n ? below : top;
	base.n = base.n ? base.n : overlay.n;
	good = read_one(base.p, base.n, &a) && good;
	if (!good)
		return 0;
	fuzz_ended(overlay_check(&overlay, &base, 1, where, NULL, &err), &err);
	fuzz_ended(together_check(twice, 2, &base, NULL, NULL, &err), &err);
	r = dtb_apply(base.p, base.n, base.shown, overlay.p, overlay.n, overlay.shown, &out, &err);
	if (!r) {
		cleanup_free void *exact = xmalloc(out.len);

		memcpy(exact, out.s, out.len);
		read_one(exact, out.len, &a);
		differences(base.p, exact, &a);
	}
	differences(base.p, overlay.p, &a);
	FUZZ_CHECK(!dtdiff(base.p, base.p, &a, &same));
	fuzz_ended(r, &err);
	return 0;
}
