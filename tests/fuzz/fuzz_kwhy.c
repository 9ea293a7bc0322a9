/* What the helper of kconfig_check answers, in words. */
#include "fuzz.h"

#include "data/kwhy.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct kwhy_answers all = {0};
	size_t len;
	cleanup_free char *text = fuzz_part(&in, &len);
	int r = kwhy_parse(text, len, &a, &all, &err);

	if (!r) {
		cleanup_str struct str out = {0};

		kwhy_together(&all, &out);
	}
	for (size_t i = 0; !r && i < all.n; i++) {
		cleanup_str struct str out = {0};

		FUZZ_CHECK(kwhy_find(&all, all.v[i].name));
		kwhy_reason(&all.v[i], "y", &out);
		kwhy_reason(&all.v[i], "n", &out);
		kwhy_state(&all.v[i], &out);
		kwhy_advice(&all.v[i], &out);
	}
	fuzz_ended(r, &err);
	kwhy_version(text, &a);
	return 0;
}
