/* list_load: a layer's list from its file. That of a kernel's tree is 10 MB: a thread reads and hashes it, and the
 * lines that it has passed are cut meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "os/scan.h"
#include "os/thread.h"
#include "store/store_own.h"

/* A shorter one is read sooner than a thread begins. */
enum { PART = 256 << 10, ALONE = 4 * PART };

struct loading {
	int fd;
	char *text;
	size_t len;
	struct hasher *hasher;
	pthread_mutex_t lock;
	pthread_cond_t more;
	size_t done; /* bytes that are read and hashed */
	bool ended;
};

/* Reads and hashes the next part: how far it came, 0 when the file ended early. */
static size_t
take_part(struct loading *l, size_t at)
{
	size_t end = l->len - at < PART ? l->len : at + PART, from = at;

	while (at < end) {
		ssize_t k = read(l->fd, l->text + at, end - at);

		if (k > 0)
			at += (size_t)k;
		else if (!k || errno != EINTR)
			return 0;
	}
	hasher_add(l->hasher, l->text + from, end - from);
	return end;
}

static void *
work(void *arg)
{
	struct loading *l = arg;
	size_t at = 0;
	bool ended = false;

	while (!ended) {
		at = take_part(l, at);
		ended = !at || at == l->len;
		pthread_mutex_lock(&l->lock);
		l->done = at ? at : l->done;
		l->ended = ended;
		pthread_cond_signal(&l->more);
		pthread_mutex_unlock(&l->lock);
	}
	return NULL;
}

/* As the cutter asks, in one thread. */
static size_t
next_part(void *ctx, size_t have)
{
	return take_part(ctx, have);
}

/* What the other thread is done with. */
static size_t
wait_part(void *ctx, size_t have)
{
	struct loading *l = ctx;
	size_t done;

	pthread_mutex_lock(&l->lock);
	while (l->done == have && !l->ended)
		pthread_cond_wait(&l->more, &l->lock);
	done = l->done;
	pthread_mutex_unlock(&l->lock);
	return done;
}

/* The cutter may stop early, at a line that is none; the hash is of all. */
static int
load(struct loading *l, struct arena *a, struct entry **v, size_t *n, struct hash *id)
{
	struct err unsaid = {0};
	pthread_t thread;
	bool beside = false;
	int r;

	l->hasher = hasher_new();
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->more, NULL);
	if (l->len > ALONE && scan_threads() > 1)
		beside = thread_start(&thread, work, l);
	r = list_cut_coming(l->text, l->len, beside ? wait_part : next_part, l, a, v, n, &unsaid);
	if (beside)
		pthread_join(thread, NULL);
	*id = hasher_end(l->hasher);
	hasher_free(l->hasher);
	pthread_cond_destroy(&l->more);
	pthread_mutex_destroy(&l->lock);
	err_free(&unsaid);
	return r;
}

int
layer_read_list(struct store *st, const struct hash *id, struct arena *a, struct entry **v, size_t *n, const char **why)
{
	char path[STORE_PATH];
	cleanup_fd int fd = -1;
	struct loading l = {0};
	struct stat sb;
	struct hash h;

	object_path(path, "layers", id, ".list");
	fd = st->fd < 0 ? -1 : fs_open_nofollow(st->fd, path, O_RDONLY | O_NONBLOCK);
	*why = "its list is missing or cannot be read";
	if (fd < 0 || fstat(fd, &sb) || !S_ISREG(sb.st_mode) || sb.st_size > STORE_MAX_TEXT)
		return 0;
	*why = "its list is damaged";
	l.fd = fd;
	l.len = (size_t)sb.st_size;
	l.text = arena_alloc(a, l.len + 1);
	return l.len && !load(&l, a, v, n, &h) && !hash_cmp(&h, id);
}
