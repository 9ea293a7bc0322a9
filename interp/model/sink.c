#include "model/sink.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer.h"
#include "os/thread.h"
#include "os/writeback.h"

#define SLOTS 4096
#define BYTES ((size_t)4 << 20) /* of contents that wait: few enough to stay in the processor's caches */
#define BATCH 64

struct item {
	struct entry e;
	bool hardlink;
	void *data;
	size_t n;
};

struct sink {
	struct layer *layer;
	bool threaded;
	pthread_t thread;
	struct writeback *writeback; /* the thread's */
	pthread_mutex_t lock;
	pthread_cond_t filled, drained;
	/* below: held by the lock */
	struct item q[SLOTS];
	size_t head, tail; /* taken and added, counted up for ever */
	size_t done;       /* written */
	size_t bytes;      /* waiting */
	bool waiting;      /* the thread sleeps */
	bool end, failed;
	struct err err; /* the thread's, the caller's after `failed` was seen */
};

static int
write_item(struct layer *l, const struct item *it, struct err *err)
{
	if (it->hardlink)
		return layer_hardlink(l, it->e.path, it->e.target, err);
	switch (it->e.mode & S_IFMT) {
	case S_IFREG: return layer_put(l, &it->e, it->data, it->n, err);
	case S_IFDIR: return layer_mkdir(l, &it->e, err);
	case S_IFLNK: return layer_symlink(l, &it->e, err);
	default: return layer_special(l, &it->e, err);
	}
}

/* Takes up to BATCH items out of the queue; 0 when the sink ends. */
static size_t
take(struct sink *s, struct item *batch)
{
	size_t n = 0;

	pthread_mutex_lock(&s->lock);
	while (s->head == s->tail && !s->end) {
		s->waiting = true;
		pthread_cond_wait(&s->filled, &s->lock);
		s->waiting = false;
	}
	while (s->head != s->tail && n < BATCH)
		batch[n++] = s->q[s->head++ % SLOTS];
	pthread_mutex_unlock(&s->lock);
	return n;
}

static void *
work(void *arg)
{
	struct sink *s = arg;
	struct item batch[BATCH];
	bool failed = false;
	size_t n;

	while ((n = take(s, batch))) {
		size_t bytes = 0;

		for (size_t i = 0; i < n; i++) {
			failed = failed || write_item(s->layer, &batch[i], &s->err) < 0;
			bytes += batch[i].n;
			free(batch[i].data);
		}
		writeback_add(s->writeback, bytes);
		pthread_mutex_lock(&s->lock);
		s->done += n;
		s->bytes -= bytes;
		s->failed = failed;
		pthread_cond_signal(&s->drained);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

struct sink *
sink_new(struct layer *l, bool threaded)
{
	struct sink *s = xcalloc(1, sizeof *s);

	s->layer = l;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filled, NULL);
	pthread_cond_init(&s->drained, NULL);
	if (threaded)
		s->threaded = thread_start(&s->thread, work, s);
	if (s->threaded)
		s->writeback = writeback_new(layer_dir(l));
	return s;
}

static int
add(struct sink *s, const struct item *it, struct err *err)
{
	bool failed;

	if (!s->threaded) {
		int r = write_item(s->layer, it, err);

		free(it->data);
		return r;
	}
	pthread_mutex_lock(&s->lock);
	while (!s->failed && (s->tail - s->head == SLOTS || (s->bytes && s->bytes + it->n > BYTES)))
		pthread_cond_wait(&s->drained, &s->lock);
	failed = s->failed;
	if (!failed) {
		s->q[s->tail++ % SLOTS] = *it;
		s->bytes += it->n;
		if (s->waiting)
			pthread_cond_signal(&s->filled);
	}
	pthread_mutex_unlock(&s->lock);
	if (!failed)
		return 0;
	free(it->data);
	return sink_wait(s, err);
}

int
sink_add(struct sink *s, const struct entry *e, void *data, size_t n, struct err *err)
{
	return add(s, &(struct item){.e = *e, .data = data, .n = n}, err);
}

int
sink_hardlink(struct sink *s, const struct entry *e, struct err *err)
{
	return add(s, &(struct item){.e = *e, .hardlink = true}, err);
}

int
sink_wait(struct sink *s, struct err *err)
{
	bool failed;

	pthread_mutex_lock(&s->lock);
	while (s->threaded && s->done != s->tail)
		pthread_cond_wait(&s->drained, &s->lock);
	failed = s->failed;
	pthread_mutex_unlock(&s->lock);
	if (!failed)
		return 0;
	if (err_any(&s->err))
		err_move(err, &s->err);
	return -1;
}

void
sink_free(struct sink *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->end = true;
	for (; s->tail != s->head; s->tail--) /* nobody wants what still waits */
		free(s->q[(s->tail - 1) % SLOTS].data);
	pthread_cond_signal(&s->filled);
	pthread_mutex_unlock(&s->lock);
	if (s->threaded)
		pthread_join(s->thread, NULL);
	writeback_free(s->writeback);
	pthread_cond_destroy(&s->filled);
	pthread_cond_destroy(&s->drained);
	pthread_mutex_destroy(&s->lock);
	err_free(&s->err);
	free(s);
}
