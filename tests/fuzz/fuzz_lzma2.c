/* Raw LZMA2, beside liblzma's own decoder: the same verdict, the same bytes. */
#include "fuzz.h"

#include <lzma.h>

#include "data/lzma2.h"

enum { MOST = 1 << 18 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lzma_options_lzma o = {.dict_size = MOST};
	const lzma_filter f[] = {{LZMA_FILTER_LZMA2, &o}, {LZMA_VLI_UNKNOWN, NULL}};
	cleanup_free uint8_t *in = xcalloc(1, size + LZMA2_PAD), *theirs = xmalloc(MOST), *ours = NULL;
	size_t taken = 0, n = 0;
	lzma_ret r = lzma_raw_buffer_decode(f, NULL, data, &taken, size, theirs, &n, MOST);
	bool good = r == LZMA_OK && taken == size;

	if (r != LZMA_OK) /* what it made before it stopped is unknown */
		n = fuzz_byte(&(struct fuzz_input){data, size}) * 1000U;
	memcpy(in, data, size);
	ours = xmalloc(n + 1);
	FUZZ_CHECK(lzma2_decode(&(struct lzma2_block){in, size, ours, n, MOST, NULL, NULL}) == (good ? 0 : -1));
	FUZZ_CHECK(!good || !memcmp(ours, theirs, n));
	return 0;
}
