/* What a Debian source package says of itself. */
#include "fuzz.h"

#include "data/dsc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct dsc d = {0};
	size_t len;
	cleanup_free char *text = fuzz_bytes(&in, &len);
	int r = dsc_parse("x.dsc", text, len, &a, &d, &err);

	for (size_t i = 0; !r && i < d.n; i++) {
		FUZZ_CHECK(*d.v[i].name && !strpbrk(d.v[i].name, "/\n") && d.v[i].name[0] != '.');
		FUZZ_CHECK(strlen(d.v[i].sha256) == 64);
		FUZZ_CHECK(d.v[i].part != DSC_COMPONENT || !strpbrk(d.v[i].component, "/."));
	}
	FUZZ_CHECK(r || d.n);
	fuzz_ended(r, &err);
	return 0;
}
