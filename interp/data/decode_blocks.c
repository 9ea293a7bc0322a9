#include "data/decode_blocks.h"

#include <stdlib.h>
#include <string.h>

#include <lzma.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/codec.h"
#include "data/lzma2.h"
#include "os/thread.h"

#define THREADS 16
#define SLOTS (THREADS + 4)       /* one that is filled, one that is taken, two that are ready */
#define SMALL ((size_t)256 << 10) /* not worth another thread */

enum step { FILLING, WAITING, RUNNING, DONE, BAD };

struct slot {
	struct blocks *of;
	struct block b;
	unsigned char *in, *out; /* kept for the next block */
	size_t in_cap, out_cap;
	bool used;    /* is in `order` */
	uint64_t crc; /* of `checked` bytes */
	size_t checked;
	size_t taken;
	/* below: held by the lock */
	enum step step;
	size_t made;
};

struct blocks {
	int threads; /* that are wanted */
	int nslots;
	struct slot slots[SLOTS];
	struct slot *order[SLOTS]; /* oldest first; a block that is being filled is last */
	int n;
	bool filling;
	pthread_t ids[THREADS];
	int started;
	pthread_mutex_t lock;
	pthread_cond_t work, progress;
	bool end;
};

struct blocks *
blocks_new(int threads)
{
	struct blocks *q = xcalloc(1, sizeof *q);

	q->threads = threads < THREADS ? threads : THREADS;
	q->nslots = q->threads > 1 ? q->threads + 4 : 1;
	for (int i = 0; i < q->nslots; i++)
		q->slots[i].of = q;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->work, NULL);
	pthread_cond_init(&q->progress, NULL);
	return q;
}

static void
let_go(struct slot *s)
{
	free(s->in);
	free(s->out);
	s->in = s->out = NULL;
	s->in_cap = s->out_cap = 0;
}

void
blocks_free(struct blocks *q)
{
	pthread_mutex_lock(&q->lock);
	q->end = true;
	pthread_cond_broadcast(&q->work);
	pthread_mutex_unlock(&q->lock);
	for (int i = 0; i < q->started; i++)
		pthread_join(q->ids[i], NULL);
	pthread_cond_destroy(&q->progress);
	pthread_cond_destroy(&q->work);
	pthread_mutex_destroy(&q->lock);
	for (int i = 0; i < q->nslots; i++)
		let_go(&q->slots[i]);
	free(q);
}

bool
blocks_suit(uint64_t nin, uint64_t nout)
{
	return nin <= CODEC_MEMORY / 2 && nout <= CODEC_MEMORY / 2 - nin;
}

/* The free slot that needs least memory more. */
static struct slot *
free_slot(struct blocks *q)
{
	struct slot *best = NULL;

	for (int i = 0; i < q->nslots; i++)
		if (!q->slots[i].used && (!best || q->slots[i].out_cap > best->out_cap))
			best = &q->slots[i];
	return best;
}

static size_t
held(const struct blocks *q)
{
	size_t n = 0;

	for (int i = 0; i < q->nslots; i++)
		n += q->slots[i].in_cap + q->slots[i].out_cap;
	return n;
}

/* Whether all slots together stay below the bound when `s` has room for so much. A small block may lie where a large
 * one was, so what is held counts, not what is used of it. With nothing before it a block always fits. */
static bool
fits(struct blocks *q, const struct slot *s, size_t nin, size_t nout)
{
	size_t more = (nin > s->in_cap ? nin - s->in_cap : 0) + (nout > s->out_cap ? nout - s->out_cap : 0);

	if (held(q) + more <= CODEC_MEMORY)
		return true;
	for (int i = 0; i < q->nslots; i++)
		if (!q->slots[i].used)
			let_go(&q->slots[i]);
	return !q->n || held(q) + nin + nout <= CODEC_MEMORY;
}

static unsigned char *
make_room(unsigned char *old, size_t *cap, size_t n)
{
	if (n <= *cap)
		return old;
	free(old);
	*cap = n;
	return xmalloc(n);
}

unsigned char *
blocks_begin(struct blocks *q, const struct block *b)
{
	struct slot *s = q->n == q->nslots ? NULL : free_slot(q);

	if (!s || !fits(q, s, b->nin + LZMA2_PAD, b->nout + 1))
		return NULL;
	s->b = *b;
	s->in = make_room(s->in, &s->in_cap, b->nin + LZMA2_PAD);
	s->out = make_room(s->out, &s->out_cap, b->nout + 1);
	memset(s->in + b->nin, 0, LZMA2_PAD);
	s->crc = s->checked = s->taken = 0;
	s->used = q->filling = true;
	pthread_mutex_lock(&q->lock);
	s->step = FILLING;
	s->made = 0;
	q->order[q->n++] = s;
	pthread_mutex_unlock(&q->lock);
	return s->in;
}

/* A piece stands: it goes into the sum while it is in the processor's caches. */
static bool
made(void *ctx, size_t n)
{
	struct slot *s = ctx;
	const unsigned char *p = s->out + s->checked;
	bool end;

	if (s->b.check == LZMA_CHECK_CRC64)
		s->crc = lzma_crc64(p, n - s->checked, s->crc);
	else if (s->b.check == LZMA_CHECK_CRC32)
		s->crc = lzma_crc32(p, n - s->checked, (uint32_t)s->crc);
	s->checked = n;
	pthread_mutex_lock(&s->of->lock);
	s->made = n;
	end = s->of->end;
	pthread_cond_signal(&s->of->progress);
	pthread_mutex_unlock(&s->of->lock);
	return !end;
}

static bool
right(const struct slot *s)
{
	const unsigned char *p = s->in + s->b.ndata, *check = s->in + s->b.nin - s->b.ncheck;
	unsigned char sum[8];
	struct hash h;

	for (; p < check; p++)
		if (*p)
			return false;
	if (s->b.check == LZMA_CHECK_SHA256) {
		h = hash_of(s->out, s->b.nout);
		return !memcmp(h.b, check, sizeof h.b);
	}
	for (size_t i = 0; i < sizeof sum; i++)
		sum[i] = (unsigned char)(s->crc >> (8 * i));
	return s->b.check == LZMA_CHECK_NONE || !memcmp(sum, check, s->b.ncheck);
}

static void
decode(struct slot *s)
{
	struct lzma2_block b = {s->in, s->b.ndata, s->out, s->b.nout, s->b.dict, made, s};
	bool good = lzma2_decode(&b) == 0 && right(s);

	pthread_mutex_lock(&s->of->lock);
	s->step = good ? DONE : BAD;
	pthread_cond_signal(&s->of->progress);
	pthread_mutex_unlock(&s->of->lock);
}

static void *
work(void *arg)
{
	struct blocks *q = arg;

	thread_stand_back();
	pthread_mutex_lock(&q->lock);
	while (!q->end) {
		struct slot *s = NULL;

		for (int i = 0; i < q->n && !s; i++)
			if (q->order[i]->step == WAITING)
				s = q->order[i];
		if (!s) {
			pthread_cond_wait(&q->work, &q->lock);
			continue;
		}
		s->step = RUNNING;
		pthread_mutex_unlock(&q->lock);
		decode(s);
		pthread_mutex_lock(&q->lock);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

void
blocks_filled(struct blocks *q)
{
	struct slot *s = q->order[q->n - 1];
	bool alone = q->threads < 2 || s->b.nout < SMALL;

	q->filling = false;
	while (!alone && q->started < q->threads && thread_start(&q->ids[q->started], work, q))
		q->started++;
	pthread_mutex_lock(&q->lock);
	alone = alone || !q->started;
	s->step = alone ? RUNNING : WAITING;
	pthread_cond_signal(&q->work);
	pthread_mutex_unlock(&q->lock);
	if (alone)
		decode(s);
}

bool
blocks_empty(const struct blocks *q)
{
	return q->n == q->filling;
}

static void
drop_first(struct blocks *q)
{
	struct slot *s = q->order[0];

	q->n--;
	memmove(q->order, q->order + 1, (size_t)q->n * sizeof *q->order);
	s->used = false;
}

ssize_t
blocks_take(struct blocks *q, unsigned char *out, size_t n)
{
	struct slot *s = q->order[0];
	size_t there;
	enum step step;

	pthread_mutex_lock(&q->lock);
	while (s->made == s->taken && s->step != DONE && s->step != BAD)
		pthread_cond_wait(&q->progress, &q->lock);
	there = s->made - s->taken;
	step = s->step;
	if (!there && step == DONE)
		drop_first(q);
	pthread_mutex_unlock(&q->lock);
	if (!there)
		return step == DONE ? 0 : -1;
	n = there < n ? there : n;
	memcpy(out, s->out + s->taken, n);
	s->taken += n;
	return (ssize_t)n;
}
