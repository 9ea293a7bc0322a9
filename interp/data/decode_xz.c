/* xz and the older .lzma: by liblzma, whose threads work where a file has several blocks */
#include <stdlib.h>
#include <string.h>

#include <lzma.h>

#include "base/mem.h"
#include "data/codec.h"

static bool
match_xz(const unsigned char *p, size_t n)
{
	return n >= 6 && !memcmp(p, "\3757zXZ", 6);
}

/* There is no magic: the usual properties, and a length that is unknown or below 1 TiB. */
static bool
match_lzma(const unsigned char *p, size_t n)
{
	if (n < 13 || p[0] != 0x5d || p[1] || p[2] || (n >= 262 && !memcmp(p + 257, "ustar", 5)))
		return false;
	return (!p[10] && !p[11] && !p[12]) || !memcmp(p + 5, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

static int
init_xz(lzma_stream *z, int threads)
{
#if LZMA_VERSION >= 50040002U
	lzma_mt mt = {
		.flags = LZMA_TELL_UNSUPPORTED_CHECK,
		.threads = (uint32_t)threads,
		.memlimit_threading = CODEC_MEMORY,
		.memlimit_stop = CODEC_MEMORY,
	};

	if (threads > 1)
		return lzma_stream_decoder_mt(z, &mt);
#endif
	return lzma_stream_decoder(z, CODEC_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK);
}

static void *
xz_open(int threads)
{
	lzma_stream *z = xcalloc(1, sizeof *z);

	if (init_xz(z, threads) == LZMA_OK)
		return z;
	free(z);
	return NULL;
}

static void *
lzma_open(int threads)
{
	lzma_stream *z = xcalloc(1, sizeof *z);

	(void)threads;
	if (lzma_alone_decoder(z, CODEC_MEMORY) == LZMA_OK)
		return z;
	free(z);
	return NULL;
}

static const char *
reason(lzma_ret r)
{
	switch (r) {
	case LZMA_MEM_ERROR: return "there is no memory for its dictionary";
	case LZMA_UNSUPPORTED_CHECK:
	case LZMA_OPTIONS_ERROR: return "it uses a feature that liblzma does not know";
	default: return "wrong data or checksum";
	}
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	lzma_stream *z = state;
	lzma_ret r;

	z->next_in = s->in;
	z->avail_in = s->nin;
	z->next_out = s->out;
	z->avail_out = s->nout;
	r = lzma_code(z, s->last ? LZMA_FINISH : LZMA_RUN);
	s->in = z->next_in;
	s->nin = z->avail_in;
	s->out = z->next_out;
	s->nout = z->avail_out;
	if (r == LZMA_STREAM_END)
		return CODED_END;
	if (r == LZMA_OK || r == LZMA_BUF_ERROR)
		return CODED_MORE;
	*why = reason(r);
	return r == LZMA_MEMLIMIT_ERROR ? CODED_LARGE : CODED_BAD;
}

static void
xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

const struct codec codec_xz = {"xz", match_xz, xz_open, code, xz_close};
const struct codec codec_lzma = {"lzma", match_lzma, lzma_open, code, xz_close};
