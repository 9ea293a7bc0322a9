/* lzma: the older format, by liblzma */
#include "data/decode_lzma.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* There is no magic: the usual properties, and a length that is unknown or below 1 TiB. */
static bool
match(const unsigned char *p, size_t n)
{
	if (n < 13 || p[0] != 0x5d || p[1] || p[2] || (n >= 262 && !memcmp(p + 257, "ustar", 5)))
		return false;
	return (!p[10] && !p[11] && !p[12]) || !memcmp(p + 5, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

static void *
open_alone(int threads)
{
	lzma_stream *z = xcalloc(1, sizeof *z);

	(void)threads;
	if (lzma_alone_decoder(z, CODEC_MEMORY) == LZMA_OK)
		return z;
	free(z);
	return NULL;
}

enum coded
lzma_fault(lzma_ret r, const char **why)
{
	switch (r) {
	case LZMA_MEMLIMIT_ERROR: return CODED_LARGE;
	case LZMA_MEM_ERROR: *why = "there is no memory for its dictionary"; break;
	case LZMA_UNSUPPORTED_CHECK:
	case LZMA_OPTIONS_ERROR: *why = "it uses a feature that liblzma does not know"; break;
	default: *why = "wrong data or checksum";
	}
	return CODED_BAD;
}

enum coded
lzma_span(lzma_stream *z, struct span *s, const char **why)
{
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
	return r == LZMA_OK || r == LZMA_BUF_ERROR ? CODED_MORE : lzma_fault(r, why);
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	return lzma_span(state, s, why);
}

static void
close_alone(void *state)
{
	lzma_end(state);
	free(state);
}

const struct codec codec_lzma = {"lzma", match, open_alone, code, close_alone, 0};
