/* zstd: by libzstd, with a window of at most 512 MB */
#include <stdint.h>
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"
#include "data/codec.h"

#define WINDOW_LOG 29

struct zst {
	ZSTD_DStream *z;
};

static bool
match(const unsigned char *p, size_t n)
{
	uint32_t magic;

	if (n < 4)
		return false;
	magic = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	return magic == 0xfd2fb528U || (magic & 0xfffffff0U) == 0x184d2a50U;
}

static void *
zst_open(int threads)
{
	struct zst *s = xcalloc(1, sizeof *s);

	(void)threads;
	s->z = ZSTD_createDStream();
	if (s->z && !ZSTD_isError(ZSTD_DCtx_setParameter(s->z, ZSTD_d_windowLogMax, WINDOW_LOG)))
		return s;
	ZSTD_freeDStream(s->z);
	free(s);
	return NULL;
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	struct zst *t = state;
	ZSTD_inBuffer in = {s->in, s->nin, 0};
	ZSTD_outBuffer out = {s->out, s->nout, 0};
	size_t r = ZSTD_decompressStream(t->z, &out, &in);

	s->in += in.pos;
	s->nin -= in.pos;
	s->out += out.pos;
	s->nout -= out.pos;
	if (ZSTD_isError(r)) {
		*why = ZSTD_getErrorName(r);
		return ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge ? CODED_LARGE : CODED_BAD;
	}
	return r == 0 ? CODED_END : CODED_MORE;
}

static void
zst_close(void *state)
{
	struct zst *s = state;

	ZSTD_freeDStream(s->z);
	free(s);
}

const struct codec codec_zstd = {"zstd", match, zst_open, code, zst_close, 0};
