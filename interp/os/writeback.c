#include "os/writeback.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/thread.h"

#define ENOUGH ((size_t)128 << 20) /* bytes that are worth a syncfs */

struct writeback {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* below: held by the lock */
	size_t bytes; /* since the last syncfs began */
	bool end;
};

static void *
work(void *arg)
{
	struct writeback *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->end) {
		if (w->bytes < ENOUGH) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		w->bytes = 0;
		pthread_mutex_unlock(&w->lock);
		(void)syncfs(w->fd); /* a fault stays for the sync that counts: the kernel tells each open file of it */
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct writeback *
writeback_new(int fd)
{
	struct writeback *w = xcalloc(1, sizeof *w);

	w->fd = fd;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (thread_start(&w->thread, work, w))
		return w;
	free(w);
	return NULL;
}

void
writeback_add(struct writeback *w, size_t n)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->bytes += n;
	if (w->bytes >= ENOUGH)
		pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void
writeback_free(struct writeback *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->end = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
