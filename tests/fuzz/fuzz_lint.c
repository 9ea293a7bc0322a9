/* Scripts, makefiles, C and configurations, read for what makes two builds differ. */
#include "fuzz.h"

#include "data/lint.h"

struct reading {
	const char *text;
	size_t n;
};

static void
found(void *ctx, const struct lint_found *f)
{
	const struct reading *r = ctx;

	FUZZ_CHECK(f->at <= r->n && f->n <= r->n - f->at && f->cause->name && f->cause->fix);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct reading r = {.n = 0};
	cleanup_free char *text = fuzz_part(&in, &r.n);

	r.text = text;
	r.n = strlen(text);
	lint_kind("x", text, r.n);
	for (int kind = LINT_SHELL; kind <= LINT_CONFIG; kind++)
		lint_text((enum lint_kind)kind, text, r.n, found, &r);
	return 0;
}
