/* A kernel image: what it exports, what it is packed in, the certificates in it. */
#include "fuzz.h"

#include "data/kexports.h"
#include "data/modsign.h"

static void
see(void *ctx, const struct kexport *e)
{
	size_t *n = ctx;

	FUZZ_CHECK(*e->name && strlen(e->name) < 512 && strlen(e->space) < 512);
	++*n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_str struct str room = {0};
	struct modsign_keys keys = {0};
	struct err err = {0};
	size_t n, seen = 0;
	const void *image;
	void *copy = xmalloc(size ? size : 1);
	int r;

	memcpy(copy, data, size);
	r = kexports_unpack(copy, size, "Image", &room, &image, &n, &err);
	if (!r) {
		FUZZ_CHECK(kexports_read(image, n, see, &seen) == seen);
		FUZZ_CHECK(modsign_scan(&keys, image, n) == keys.n);
	}
	fuzz_ended(r, &err);
	modsign_free(&keys);
	free(copy);
	return 0;
}
