/* bzip2: by libbz2, on one processor; decoder.c prefers lbzip2 where it is installed */
#include <stdlib.h>

#include <bzlib.h>

#include "base/mem.h"
#include "data/codec.h"

#define PIECE (1U << 30)

static bool
match(const unsigned char *p, size_t n)
{
	return n >= 4 && p[0] == 'B' && p[1] == 'Z' && p[2] == 'h' && p[3] >= '1' && p[3] <= '9';
}

static void *
bz_open(int threads)
{
	bz_stream *z = xcalloc(1, sizeof *z);

	(void)threads;
	if (BZ2_bzDecompressInit(z, 0, 0) == BZ_OK)
		return z;
	free(z);
	return NULL;
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	bz_stream *z = state;
	unsigned nin = s->nin < PIECE ? (unsigned)s->nin : PIECE, nout = s->nout < PIECE ? (unsigned)s->nout : PIECE;
	int r;

	z->next_in = (char *)s->in;
	z->avail_in = nin;
	z->next_out = (char *)s->out;
	z->avail_out = nout;
	r = BZ2_bzDecompress(z);
	s->in += nin - z->avail_in;
	s->nin -= nin - z->avail_in;
	s->out += nout - z->avail_out;
	s->nout -= nout - z->avail_out;
	if (r == BZ_STREAM_END)
		return CODED_END;
	if (r == BZ_OK)
		return CODED_MORE;
	*why = "wrong data or checksum";
	return CODED_BAD;
}

static void
bz_close(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

const struct codec codec_bzip2 = {"bzip2", match, bz_open, code, bz_close, 0};
