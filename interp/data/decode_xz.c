/* xz: liblzma reads headers, index and sums. A block that says how long it is, and is LZMA2 and nothing else, as `xz
 * -T` writes them, is decoded by lzma2.c, several at once; any other by liblzma. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/decode_blocks.h"
#include "data/decode_lzma.h"

enum where { STREAM, BLOCK, BEGIN, FILL, PLAIN, INDEX, FOOTER };

struct xz {
	enum where where;
	struct blocks *blocks;
	unsigned char head[LZMA_BLOCK_HEADER_SIZE_MAX]; /* of `nhead` bytes, as they come */
	size_t nhead;
	lzma_stream_flags flags;
	lzma_index_hash *index;
	lzma_block block; /* that is being read; `filters` are its */
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	unsigned char *fill; /* where its input goes */
	size_t filled, nfill;
	lzma_stream plain;
};

static bool
match(const unsigned char *p, size_t n)
{
	return n >= 6 && !memcmp(p, "\3757zXZ", 6);
}

static void
close_xz(void *state)
{
	struct xz *x = state;

	blocks_free(x->blocks);
	lzma_index_hash_end(x->index, NULL);
	lzma_filters_free(x->filters, NULL);
	lzma_end(&x->plain);
	free(x);
}

static void *
open_xz(int threads)
{
	struct xz *x = xcalloc(1, sizeof *x);

	x->filters[0].id = LZMA_VLI_UNKNOWN;
	x->blocks = blocks_new(threads);
	x->index = lzma_index_hash_init(NULL, NULL);
	if (x->index)
		return x;
	close_xz(x);
	return NULL;
}

/* Goes on until there are at least `want` bytes of a head. */
static bool
gather(struct xz *x, struct span *s, size_t want)
{
	while (x->nhead < want && s->nin) {
		x->head[x->nhead++] = *s->in++;
		s->nin--;
	}
	return x->nhead >= want;
}

static enum coded
go(struct xz *x, enum where where)
{
	x->where = where;
	x->nhead = 0;
	return CODED_MORE;
}

static enum coded
read_stream(struct xz *x, struct span *s, const char **why)
{
	lzma_ret r;

	if (!gather(x, s, LZMA_STREAM_HEADER_SIZE))
		return CODED_MORE;
	r = lzma_stream_header_decode(&x->flags, x->head);
	if (r == LZMA_OK && !lzma_check_is_supported(x->flags.check))
		r = LZMA_UNSUPPORTED_CHECK;
	return r == LZMA_OK ? go(x, BLOCK) : lzma_fault(r, why);
}

static enum coded
count_block(struct xz *x, const char **why)
{
	lzma_ret r = lzma_index_hash_append(x->index, lzma_block_unpadded_size(&x->block), x->block.uncompressed_size);

	return r == LZMA_OK ? CODED_MORE : lzma_fault(r, why);
}

/* Whether lzma2.c can decode it, and how. */
static bool
is_ours(const struct xz *x, struct block *b)
{
	const lzma_block *l = &x->block;
	uint64_t nin;

	if (l->compressed_size == LZMA_VLI_UNKNOWN || l->uncompressed_size == LZMA_VLI_UNKNOWN ||
	    x->filters[0].id != LZMA_FILTER_LZMA2 || x->filters[1].id != LZMA_VLI_UNKNOWN)
		return false;
	nin = lzma_block_total_size(l) - l->header_size;
	if (!blocks_suit(nin, l->uncompressed_size))
		return false;
	*b = (struct block){
		.ndata = l->compressed_size,
		.nin = nin,
		.nout = l->uncompressed_size,
		.dict = ((const lzma_options_lzma *)x->filters[0].options)->dict_size,
		.check = x->flags.check,
		.ncheck = lzma_check_size(x->flags.check),
	};
	return true;
}

static enum coded
read_header(struct xz *x, const char **why)
{
	uint64_t need;
	lzma_ret r;

	lzma_filters_free(x->filters, NULL);
	x->filters[0].id = LZMA_VLI_UNKNOWN;
	x->block = (lzma_block){
		.version = 1,
		.check = x->flags.check,
		.header_size = lzma_block_header_size_decode(x->head[0]),
		.filters = x->filters,
	};
	r = lzma_block_header_decode(&x->block, NULL, x->head);
	if (r != LZMA_OK)
		x->filters[0].id = LZMA_VLI_UNKNOWN;
	else if ((need = lzma_raw_decoder_memusage(x->filters)) == UINT64_MAX) /* a chain that cannot be */
		r = LZMA_OPTIONS_ERROR;
	else
		return need > CODEC_MEMORY ? CODED_LARGE : go(x, BEGIN);
	return lzma_fault(r, why);
}

/* Behind a block, or the stream's header: another block, or the index, which begins with a 0. */
static enum coded
read_block(struct xz *x, struct span *s, const char **why)
{
	size_t used = 0;
	lzma_ret r;

	if (!gather(x, s, 1))
		return CODED_MORE;
	if (x->head[0])
		return gather(x, s, lzma_block_header_size_decode(x->head[0])) ? read_header(x, why) : CODED_MORE;
	if (!blocks_empty(x->blocks))
		return CODED_MORE;
	r = lzma_index_hash_decode(x->index, x->head, &used, 1);
	return r == LZMA_OK ? go(x, INDEX) : lzma_fault(r, why);
}

static enum coded
begin_block(struct xz *x, struct span *s, const char **why)
{
	struct block b;
	lzma_ret r;

	(void)s;
	if (is_ours(x, &b)) {
		x->fill = blocks_begin(x->blocks, &b);
		if (!x->fill)
			return CODED_MORE;
		x->filled = 0;
		x->nfill = b.nin;
		go(x, FILL);
		return count_block(x, why);
	}
	if (!blocks_empty(x->blocks))
		return CODED_MORE;
	r = lzma_block_decoder(&x->plain, &x->block);
	return r == LZMA_OK ? go(x, PLAIN) : lzma_fault(r, why);
}

static enum coded
fill_block(struct xz *x, struct span *s, const char **why)
{
	size_t n = s->nin < x->nfill - x->filled ? s->nin : x->nfill - x->filled;

	(void)why;
	memcpy(x->fill + x->filled, s->in, n);
	x->filled += n;
	s->in += n;
	s->nin -= n;
	if (x->filled < x->nfill)
		return CODED_MORE;
	blocks_filled(x->blocks);
	return go(x, BLOCK);
}

static enum coded
read_plain(struct xz *x, struct span *s, const char **why)
{
	enum coded r = lzma_span(&x->plain, s, why);

	if (r != CODED_END)
		return r;
	go(x, BLOCK);
	return count_block(x, why);
}

static enum coded
read_index(struct xz *x, struct span *s, const char **why)
{
	size_t used = 0;
	lzma_ret r = s->nin ? lzma_index_hash_decode(x->index, s->in, &used, s->nin) : LZMA_OK;

	s->in += used;
	s->nin -= used;
	if (r == LZMA_STREAM_END)
		return go(x, FOOTER);
	return r == LZMA_OK ? CODED_MORE : lzma_fault(r, why);
}

static enum coded
read_footer(struct xz *x, struct span *s, const char **why)
{
	lzma_stream_flags end;
	lzma_ret r;

	if (!gather(x, s, LZMA_STREAM_HEADER_SIZE))
		return CODED_MORE;
	r = lzma_stream_footer_decode(&end, x->head);
	if (r == LZMA_OK)
		r = lzma_stream_flags_compare(&x->flags, &end);
	if (r == LZMA_OK && end.backward_size != lzma_index_hash_size(x->index))
		r = LZMA_DATA_ERROR;
	return r == LZMA_OK ? CODED_END : lzma_fault(r, why);
}

/* Goes on as long as there is input and no need to wait for a block. */
static enum coded
advance(struct xz *x, struct span *s, const char **why)
{
	static enum coded (*const steps[])(struct xz *, struct span *, const char **) = {
		[STREAM] = read_stream, [BLOCK] = read_block, [BEGIN] = begin_block,  [FILL] = fill_block,
		[PLAIN] = read_plain,   [INDEX] = read_index, [FOOTER] = read_footer,
	};
	enum where before;
	enum coded r;
	size_t nin;

	do {
		before = x->where;
		nin = s->nin;
		r = steps[before](x, s, why);
	} while (r == CODED_MORE && (x->where != before || s->nin != nin));
	return r;
}

static enum coded
code(void *state, struct span *s, const char **why)
{
	struct xz *x = state;

	for (;;) {
		enum coded r = advance(x, s, why);
		ssize_t n;

		if (r != CODED_MORE || !s->nout || blocks_empty(x->blocks))
			return r;
		n = blocks_take(x->blocks, s->out, s->nout);
		if (n < 0)
			return lzma_fault(LZMA_DATA_ERROR, why);
		s->out += n;
		s->nout -= (size_t)n;
		if (n > 0)
			return CODED_MORE;
	}
}

const struct codec codec_xz = {"xz", match, open_xz, code, close_xz, 4};
