#include "data/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/codec.h"
#include "data/decoder_helper.h"

#define BLOCK ((size_t)1 << 20)
#define DEPTH 3 /* compressions in one another */
#define PEEK 512
#define STALLS 2 /* liblzma may take and give nothing once */

static const struct codec *const codecs[] = {&codec_gzip, &codec_bzip2, &codec_xz, &codec_zstd, &codec_lzma};

/* One stage holds what comes out of the stage below (or the source) and, when that is compressed,
 * hands it on decoded. The topmost has no codec. */
struct stage {
	struct decoder *of;
	struct stage *below;
	const struct codec *codec;
	void *state;
	unsigned stalls; /* calls in a row that took and gave nothing */
	bool ended;      /* all members are read */
	bool eof;        /* nothing comes from below */
	unsigned char *buf;
	size_t at, len;
	uint64_t out, trailing;
	struct helper *helper; /* decodes in place of the codec */
};

struct decoder {
	struct decoder_source src;
	struct stage *top;
	const char *name;
};

static ssize_t stage_read(struct stage *st, unsigned char *out, size_t n, struct err *err);

static ssize_t
pull_below(struct stage *st, unsigned char *p, size_t n, struct err *err)
{
	if (st->below)
		return stage_read(st->below, p, n, err);
	return st->of->src.pull(st->of->src.ctx, p, n, err);
}

/* Has at least `want` bytes in the buffer unless the end is nearer. */
static int
stage_fill(struct stage *st, size_t want, struct err *err)
{
	if (st->at && st->len - st->at < want) {
		memmove(st->buf, st->buf + st->at, st->len - st->at);
		st->len -= st->at;
		st->at = 0;
	}
	while (!st->eof && st->len - st->at < want) {
		ssize_t k = pull_below(st, st->buf + st->len, BLOCK - st->len, err);

		if (k < 0)
			return -1;
		st->eof = k == 0;
		st->len += (size_t)k;
	}
	return 0;
}

static int
bad(struct stage *st, struct err *err, const char *why)
{
	err_set(err, "E0402", "`%s`: the %s data is damaged: %s", st->of->src.label, st->codec->name, why);
	return err_help(err, "get the file again, and write its sha256 beside it");
}

static int
too_large(struct stage *st, struct err *err)
{
	return err_set(err, "E0407", "`%s`: the %s data needs more than %lu MiB of memory to be unpacked",
		       st->of->src.label, st->codec->name, CODEC_MEMORY >> 20);
}

static int
cut_off(struct stage *st, struct err *err)
{
	err_set(err, "E0402", "`%s`: the %s data is truncated", st->of->src.label, st->codec->name);
	return err_help(err, "the download or copy was not finished: get the file again");
}

/* Behind a member: padding, another member, or the end with what belongs to nothing. */
static int
next_member(struct stage *st, struct err *err)
{
	uint64_t zeros = 0;

	st->codec->close(st->state);
	st->state = NULL;
	do {
		if (stage_fill(st, 16, err) < 0)
			return -1;
		for (; st->at < st->len && !st->buf[st->at]; zeros++)
			st->at++;
	} while (st->at == st->len && !st->eof);
	if (st->codec->padding && zeros % st->codec->padding)
		return bad(st, err, "there is too much or too little padding behind it");
	if (stage_fill(st, 16, err) < 0)
		return -1;
	if (st->at < st->len && st->codec->match(st->buf + st->at, st->len - st->at)) {
		st->state = st->codec->open(st->of->src.threads);
		return st->state ? 0 : bad(st, err, "there is no memory for it");
	}
	st->ended = true;
	while (st->len > st->at) {
		st->trailing += st->len - st->at;
		st->at = st->len = 0;
		if (stage_fill(st, 1, err) < 0)
			return -1;
	}
	return 0;
}

/* One call of the codec: gives how many bytes came out. */
static ssize_t
decode(struct stage *st, unsigned char *out, size_t n, struct err *err)
{
	const char *why = NULL;
	struct span s;
	enum coded r;

	if (stage_fill(st, 1, err) < 0)
		return -1;
	s = (struct span){st->buf + st->at, st->len - st->at, out, n, st->eof};
	r = st->codec->code(st->state, &s, &why);
	st->stalls = s.nout == n && s.nin == st->len - st->at ? st->stalls + 1 : 0;
	if (r == CODED_MORE && st->stalls > STALLS)
		return st->eof ? cut_off(st, err) : bad(st, err, "its decoder takes no more of it");
	st->at = st->len - s.nin;
	if (r == CODED_LARGE)
		return too_large(st, err);
	if (r == CODED_BAD)
		return bad(st, err, why);
	if (r == CODED_END && next_member(st, err) < 0)
		return -1;
	return (ssize_t)(n - s.nout);
}

static int
check_ratio(struct stage *st, struct err *err)
{
	const struct decoder_source *src = &st->of->src;

	if (!src->ratio || st->out <= src->floor ||
	    st->out / src->ratio <= __atomic_load_n(src->base, __ATOMIC_RELAXED))
		return 0;
	err_set(err, "E0407", "`%s` grows to more than %llu times its size", src->label,
		(unsigned long long)src->ratio);
	return err_help(err, "this is how archives that fill the disk look; raise `ratio` when it is meant so");
}

static ssize_t
from_helper(struct stage *st, unsigned char *out, size_t n, struct err *err)
{
	ssize_t k = helper_read(st->helper, out, n, err);

	st->ended = k == 0;
	return k < 0 && !err_any(err) ? bad(st, err, "wrong data or checksum, or truncated") : k;
}

static ssize_t
stage_read(struct stage *st, unsigned char *out, size_t n, struct err *err)
{
	ssize_t k = 0;

	while (!st->ended && k == 0)
		k = st->helper ? from_helper(st, out, n, err) : decode(st, out, n, err);
	if (k <= 0)
		return k;
	st->out += (uint64_t)k;
	return check_ratio(st, err) < 0 ? -1 : k;
}

static struct stage *
stage_new(struct decoder *d, struct stage *below, struct err *err)
{
	struct stage *st = xcalloc(1, sizeof *st);

	st->of = d;
	st->below = below;
	st->buf = xmalloc(BLOCK);
	d->top = st;
	return stage_fill(st, PEEK, err) < 0 ? NULL : st;
}

static int
stage_detect(struct stage *st, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(codecs) && !st->codec; i++)
		if (codecs[i]->match(st->buf, st->len))
			st->codec = codecs[i];
	if (!st->codec)
		return 0;
	if (!st->below)
		st->of->name = st->codec->name;
	/* lbzip2 splits an ordinary file over all processors; its result is the same */
	if (st->codec == &codec_bzip2 && !st->below && st->of->src.threads > 1)
		st->helper = helper_start(&st->of->src, st->buf, st->len);
	if (st->helper)
		return 1;
	st->state = st->codec->open(st->of->src.threads);
	return st->state ? 1 : bad(st, err, "there is no memory for it");
}

struct decoder *
decoder_open(const struct decoder_source *src, struct err *err)
{
	struct decoder *d = xcalloc(1, sizeof *d);
	struct stage *st = NULL;
	int more = 1;

	d->src = *src;
	for (int depth = 0; more > 0; depth++) {
		st = stage_new(d, st, err);
		more = st ? stage_detect(st, err) : -1;
		if (more > 0 && depth == DEPTH)
			more = err_set(err, "E0401", "`%s` is compressed more than %d times", src->label, DEPTH);
	}
	if (more == 0)
		return d;
	decoder_close(d);
	return NULL;
}

static void
stage_free(struct stage *st)
{
	helper_close(st->helper);
	if (st->state)
		st->codec->close(st->state);
	free(st->buf);
	free(st);
}

void
decoder_close(struct decoder *d)
{
	struct stage *below;

	if (!d)
		return;
	for (struct stage *st = d->top; st; st = below) {
		below = st->below;
		stage_free(st);
	}
	free(d);
}

ssize_t
decoder_block(struct decoder *d, const void **p, struct err *err)
{
	struct stage *st = d->top;
	size_t n;

	if (st->at == st->len)
		st->at = st->len = 0;
	if (stage_fill(st, 1, err) < 0)
		return -1;
	n = st->len - st->at;
	*p = st->buf + st->at;
	st->at = st->len;
	return (ssize_t)n;
}

size_t
decoder_peek(const struct decoder *d, const unsigned char **p)
{
	*p = d->top->buf + d->top->at;
	return d->top->len - d->top->at;
}

int
decoder_drain(struct decoder *d, uint64_t *rest, struct err *err)
{
	const void *p;
	ssize_t n;

	while ((n = decoder_block(d, &p, err)) > 0)
		for (ssize_t i = 0; i < n; i++)
			*rest += ((const unsigned char *)p)[i] != 0;
	return n < 0 ? -1 : 0;
}

uint64_t
decoder_trailing(const struct decoder *d)
{
	uint64_t n = 0;

	for (const struct stage *st = d->top; st; st = st->below)
		n += st->trailing;
	return n;
}

const char *
decoder_name(const struct decoder *d)
{
	return d->name;
}
