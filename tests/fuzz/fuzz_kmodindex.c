/* An index of kmod, such as modules.dep.bin. */
#include "fuzz.h"

#include "data/kmodindex.h"

static void
see(void *ctx, const char *name, const char *value)
{
	size_t *n = ctx;

	FUZZ_CHECK(strlen(name) <= 512);
	*n += strlen(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	size_t n = 0;
	void *copy = xmalloc(size ? size : 1);

	memcpy(copy, data, size);
	fuzz_ended(kmodindex_read(copy, size, "modules.dep.bin", see, &n, &err), &err);
	free(copy);
	return 0;
}
