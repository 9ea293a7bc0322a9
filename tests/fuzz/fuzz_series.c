/* A quilt series. */
#include "fuzz.h"

#include "data/patchfile.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena a = {0};
	struct fuzz_input in = {data, size};
	struct err err = {0};
	struct series_line *v = NULL;
	size_t len, n = 0;
	cleanup_free char *text = fuzz_bytes(&in, &len);
	int r = series_parse("series", text, len, &a, &v, &n, &err);

	for (size_t i = 0; !r && i < n; i++) {
		FUZZ_CHECK(*v[i].patch && v[i].line && v[i].strip >= 0);
		FUZZ_CHECK(!strpbrk(v[i].patch, "\n"));
	}
	fuzz_ended(r, &err);
	return 0;
}
