#include "data/decoder_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/thread.h"

#define PIPE_SIZE (1 << 20)
#define PIECE ((size_t)256 << 10)

struct helper {
	const struct decoder_source *src;
	struct proc proc;
	bool running;
	int out;  /* what comes decoded */
	bool fed; /* there is a thread to join */
	pthread_t feeder;
	int in; /* the feeder's */
	void *head;
	size_t nhead;
	struct err err; /* the feeder's until it is joined */
	bool failed;
};

static void *
feed(void *arg)
{
	struct helper *h = arg;
	char *buf = xmalloc(PIECE);
	ssize_t n = (ssize_t)h->nhead;

	/* A write fails when the program ended before its input; its status tells more than that. */
	if (fs_write(h->in, h->head, h->nhead) == 0)
		while ((n = h->src->pull(h->src->ctx, buf, PIECE, &h->err)) > 0)
			if (fs_write(h->in, buf, (size_t)n) < 0)
				break;
	h->failed = n < 0;
	close(steal_fd(&h->in));
	free(buf);
	return NULL;
}

/* Starts lbzip2 on `in`, which is closed here. */
static bool
start_program(struct helper *h, int in)
{
	static const char *const argv[] = {"lbzip2", "-dc", NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY | O_CLOEXEC), out = -1, own = in;
	struct proc_spec spec = {.argv = argv, .dir = -1, .in = own, .errfd = null, .die_with_parent = true};
	struct err ignored = {0};
	int p[2];

	if (null < 0 || pipe2(p, O_CLOEXEC) < 0)
		return false;
	h->out = p[0];
	spec.out = out = p[1];
	fcntl(out, F_SETPIPE_SZ, PIPE_SIZE);
	h->running = proc_start(&spec, &h->proc, &ignored) == 0;
	err_free(&ignored);
	if (h->running)
		stand_back(h->proc.pid);
	return h->running;
}

static bool
start_on_file(struct helper *h)
{
	int in = fcntl(h->src->fd, F_DUPFD_CLOEXEC, 3);

	if (in < 0)
		return false;
	if (lseek(in, 0, SEEK_SET) == 0)
		return start_program(h, in);
	close(in);
	return false;
}

static bool
start_fed(struct helper *h, const void *head, size_t nhead)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return false;
	h->in = p[1];
	fcntl(h->in, F_SETPIPE_SZ, PIPE_SIZE);
	h->head = xmalloc(nhead + 1);
	memcpy(h->head, head, nhead);
	h->nhead = nhead;
	if (!start_program(h, p[0]))
		return false;
	h->fed = thread_start(&h->feeder, feed, h); /* a closed pipe is an error code there */
	return h->fed;
}

struct helper *
helper_start(const struct decoder_source *src, const void *head, size_t nhead)
{
	struct helper *h = xcalloc(1, sizeof *h);

	h->src = src;
	h->out = h->in = -1;
	if (src->fd >= 0 ? start_on_file(h) : start_fed(h, head, nhead))
		return h;
	helper_close(h);
	return NULL;
}

/* The program's end, and what the feeder met. */
static int
finish(struct helper *h, struct err *err)
{
	int status = proc_wait(&h->proc);

	h->running = false;
	if (h->fed)
		pthread_join(h->feeder, NULL);
	h->fed = false;
	if (h->failed)
		err_move(err, &h->err);
	return h->failed || status ? -1 : 0;
}

ssize_t
helper_read(struct helper *h, void *buf, size_t n, struct err *err)
{
	ssize_t k;

	if (!h->running)
		return 0;
	do
		k = read(h->out, buf, n);
	while (k < 0 && errno == EINTR);
	if (k <= 0)
		return k < 0 ? k : finish(h, err);
	if (h->src->fd >= 0) {
		off_t at = lseek(h->src->fd, 0, SEEK_CUR); /* the position is shared with the program */

		__atomic_store_n(h->src->base, at > 0 ? (uint64_t)at : 0, __ATOMIC_RELAXED);
	}
	return k;
}

void
helper_close(struct helper *h)
{
	struct err ignored = {0};

	if (!h)
		return;
	if (h->running) {
		kill(h->proc.pid, SIGKILL);
		finish(h, &ignored);
		err_free(&ignored);
	}
	cleanup_fdp(&h->out);
	cleanup_fdp(&h->in);
	err_free(&h->err);
	free(h->head);
	free(h);
}
