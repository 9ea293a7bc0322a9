#include "data/decompress.h"

#include <string.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0702"
#define CHUNK (256 * 1024)
#define XZ_MEMORY (128u << 20) /* a dictionary of 64 MiB, as `xz -9` uses, and some */
#define ZSTD_WINDOW 27         /* log2: 128 MiB */

static const struct {
	enum packing kind;
	const char *name;
	const char *magic;
	size_t n;
} kinds[] = {
	{PACK_GZIP, "gzip", "\x1f\x8b\x08", 3},
	{PACK_XZ, "xz", "\xfd" "7zXZ\0", 6},
	{PACK_ZSTD, "zstd", "\x28\xb5\x2f\xfd", 4},
};

enum packing
packing_of(const void *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (n >= kinds[i].n && !memcmp(p, kinds[i].magic, kinds[i].n))
			return kinds[i].kind;
	return PACK_NONE;
}

const char *
packing_name(enum packing k)
{
	return k == PACK_NONE ? "not compressed" : kinds[k - 1].name;
}

/* One call of a decoder: 0 more to come, 1 the end, -1 damaged. `made` is what it wrote. */
struct decoder {
	const unsigned char *in;
	size_t left;
	unsigned char *buf;
	size_t made;
	z_stream z;
	lzma_stream x;
	ZSTD_DStream *s;
	ZSTD_inBuffer zin;
};

static int
gzip_step(struct decoder *d)
{
	int r;

	d->z.next_out = d->buf;
	d->z.avail_out = CHUNK;
	if (!d->z.avail_in && d->left) {
		d->z.next_in = (unsigned char *)(uintptr_t)d->in;
		d->z.avail_in = d->left > (1u << 30) ? 1u << 30 : (unsigned)d->left;
		d->in += d->z.avail_in;
		d->left -= d->z.avail_in;
	}
	r = inflate(&d->z, Z_NO_FLUSH);
	d->made = CHUNK - d->z.avail_out;
	return r == Z_STREAM_END ? 1 : r == Z_OK ? 0 : -1;
}

static int
xz_step(struct decoder *d)
{
	lzma_ret r;

	d->x.next_out = d->buf;
	d->x.avail_out = CHUNK;
	r = lzma_code(&d->x, LZMA_FINISH);
	d->made = CHUNK - d->x.avail_out;
	return r == LZMA_STREAM_END ? 1 : r == LZMA_OK ? 0 : -1;
}

static int
zstd_step(struct decoder *d)
{
	ZSTD_outBuffer out = {d->buf, CHUNK, 0};
	size_t before = d->zin.pos, r = ZSTD_decompressStream(d->s, &out, &d->zin);

	d->made = out.pos;
	if (ZSTD_isError(r))
		return -1;
	if (!r)
		return d->zin.pos == d->zin.size;
	return d->zin.pos == before && !out.pos ? -1 : 0;
}

static bool
begin(struct decoder *d, enum packing k, const void *p, size_t n)
{
	d->in = p;
	d->left = n;
	if (k == PACK_GZIP)
		return inflateInit2(&d->z, 16 + MAX_WBITS) == Z_OK;
	if (k == PACK_XZ) {
		d->x = (lzma_stream)LZMA_STREAM_INIT;
		d->x.next_in = p;
		d->x.avail_in = n;
		return lzma_stream_decoder(&d->x, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
	}
	d->zin = (ZSTD_inBuffer){p, n, 0};
	d->s = ZSTD_createDStream();
	return d->s && !ZSTD_isError(ZSTD_initDStream(d->s)) &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(d->s, ZSTD_d_windowLogMax, ZSTD_WINDOW));
}

static void
finish(struct decoder *d, enum packing k)
{
	if (k == PACK_GZIP)
		inflateEnd(&d->z);
	else if (k == PACK_XZ)
		lzma_end(&d->x);
	else
		ZSTD_freeDStream(d->s);
}

static int
unpack(struct decoder *d, enum packing k, size_t max, struct str *out, struct err *err)
{
	static int (*const step[])(struct decoder *) = {NULL, gzip_step, xz_step, zstd_step};
	size_t total = 0;
	int r = 0;

	while (!r) {
		r = step[k](d);
		if (d->made > max - total)
			return err_set(err, CODE, "%s data unpacks to more than the %zu bytes allowed", packing_name(k), max);
		str_addn(out, d->buf, d->made);
		total += d->made;
	}
	return r > 0 ? 0 : err_set(err, CODE, "the %s data is damaged or cut short", packing_name(k));
}

int
decompress(enum packing k, const void *p, size_t n, size_t max, struct str *out, struct err *err)
{
	cleanup_free unsigned char *buf = NULL;
	struct decoder d = {0};
	int r;

	if (k == PACK_NONE)
		return err_set(err, CODE, "the data is not compressed by gzip, xz or zstd");
	d.buf = buf = xmalloc(CHUNK);
	r = begin(&d, k, p, n) ? unpack(&d, k, max, out, err)
	                       : err_set(err, CODE, "cannot start the %s decoder", packing_name(k));
	finish(&d, k);
	return r;
}
