/* Decoders: gzip, bzip2, xz, lzma, zstd, one in the other, from pulls of uneven size. */
#include "fuzz.h"

#include "data/decoder.h"
#include "data/decompress.h"

enum { ENOUGH = 8 << 20 };

struct pull {
	struct fuzz_input in;
	size_t step;
	uint64_t taken;
};

static ssize_t
pull(void *ctx, void *buf, size_t n, struct err *err)
{
	struct pull *p = ctx;
	size_t k = p->in.n < n ? p->in.n : n;

	(void)err;
	if (p->step && k > p->step)
		k = p->step;
	if (k)
		memcpy(buf, p->in.p, k);
	p->in.p += k;
	p->in.n -= k;
	p->taken += k;
	return (ssize_t)k;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_str struct str out = {0};
	struct fuzz_input in = {data, size};
	unsigned step = fuzz_byte(&in);
	struct pull p = {.in = in, .step = step};
	struct err err = {0};
	struct decoder_source src = {.pull = pull,
				     .ctx = &p,
				     .fd = -1,
				     .label = "x",
				     .base = &p.taken,
				     .ratio = 1000,
				     .floor = 1 << 20,
				     .threads = 1};
	struct decoder *d = decoder_open(&src, &err);
	const void *block;
	uint64_t sum = 0, rest = 0;
	ssize_t n = d ? 0 : -1;

	while (d && sum < ENOUGH && (n = decoder_block(d, &block, &err)) > 0)
		sum += (uint64_t)n;
	if (d && !n)
		n = decoder_drain(d, &rest, &err);
	fuzz_ended(n < 0 ? -1 : 0, &err);
	if (d)
		decoder_close(d);
	fuzz_ended(decompress(in.p, in.n, "x", 1 << 20, &out, &err), &err);
	FUZZ_CHECK(out.len <= 1 << 20);
	return 0;
}
