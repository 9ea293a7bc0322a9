/* gzip, and zlib streams in memory: by zlib, which compares the checksum and the length that libarchive lets pass */
#include <stdlib.h>

#include <zlib.h>

#include "base/mem.h"
#include "data/codec.h"
#include "data/inflate.h"

/* Larger pieces do not fit zlib's counters. */
#define PIECE (1U << 30)

static bool
match(const unsigned char *p, size_t n)
{
	return n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8;
}

static void *
gz_open(int threads)
{
	z_stream *z = xcalloc(1, sizeof *z);

	(void)threads;
	if (inflateInit2(z, 15 + 16) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	z_stream *z = state;
	uInt nin = s->nin < PIECE ? (uInt)s->nin : PIECE, nout = s->nout < PIECE ? (uInt)s->nout : PIECE;
	int r;

	z->next_in = (unsigned char *)s->in;
	z->avail_in = nin;
	z->next_out = s->out;
	z->avail_out = nout;
	r = inflate(z, Z_NO_FLUSH);
	s->in += nin - z->avail_in;
	s->nin -= nin - z->avail_in;
	s->out += nout - z->avail_out;
	s->nout -= nout - z->avail_out;
	if (r == Z_STREAM_END)
		return CODED_END;
	if (r == Z_OK || r == Z_BUF_ERROR)
		return CODED_MORE;
	*why = z->msg ? z->msg : "wrong data";
	return CODED_BAD;
}

static void
gz_close(void *state)
{
	inflateEnd(state);
	free(state);
}

const struct codec codec_gzip = {"gzip", match, gz_open, code, gz_close, 0};

bool
inflate_exact(const void *in, size_t nin, void *out, size_t n)
{
	z_stream z = {.next_in = (unsigned char *)in, .next_out = out};
	unsigned char extra;
	int r;

	if (nin > PIECE || n > PIECE || inflateInit(&z) != Z_OK)
		return false;
	z.avail_in = (uInt)nin;
	z.avail_out = (uInt)n;
	r = inflate(&z, Z_FINISH);
	if (r == Z_BUF_ERROR && !z.avail_out) { /* full: only the end of the stream may follow */
		z.next_out = &extra;
		z.avail_out = 1;
		r = inflate(&z, Z_FINISH);
	}
	inflateEnd(&z);
	return r == Z_STREAM_END && z.total_out == n && !z.avail_in;
}
