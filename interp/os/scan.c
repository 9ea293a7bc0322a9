#include "os/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/fs.h"
#include "os/thread.h"

#define THREADS 16
#define PATH_BYTES 4096

struct folder;

struct name {
	const char *name; /* the end of file.path */
	struct scan_file file;
	struct folder *folder; /* that it is, or NULL */
};

struct folder {
	const char *path;
	int depth;
	struct scan_mark mark;
	bool known, stood;
	struct name *v; /* sorted by name */
	size_t n;
	struct folder *next; /* in the list of those to be read */
};

/* What the threads share. */
struct pool {
	int dir;
	bool (*leave_out)(const char *name);
	const struct scan_known *known;
	pthread_mutex_t lock;
	pthread_cond_t more;
	/* below: held by the lock */
	struct folder *todo;
	int reading; /* folders that are being read, and may give more to do */
	size_t found;
	int fault; /* errno of the first that failed */
};

struct worker {
	struct pool *pool;
	struct arena *arena;
	struct name *v; /* of the folder that is being read */
	size_t n, cap;
};

int
scan_threads(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

	return n > THREADS ? THREADS : n;
}

void
scan_parallel(void *(*fn)(void *), void *args, size_t size, int n)
{
	pthread_t threads[THREADS];
	bool started[THREADS] = {false};

	for (int i = 0; i < n - 1 && i < THREADS; i++)
		started[i] = thread_start(&threads[i], fn, (char *)args + size * (size_t)i);
	fn((char *)args + size * (size_t)(n - 1));
	for (int i = 0; i < n - 1; i++) {
		if (i < THREADS && started[i])
			pthread_join(threads[i], NULL);
		else
			fn((char *)args + size * (size_t)i);
	}
}

static int64_t
nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

struct scan_mark
scan_mark_of(const struct stat *st)
{
	return (struct scan_mark){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = nanoseconds(&st->st_mtim),
		.ctime = nanoseconds(&st->st_ctim),
		.mode = st->st_mode,
	};
}

static int
add_name(struct worker *w, const struct folder *f, const char *name, const struct stat *st)
{
	size_t above = strlen(f->path), n = strlen(name);
	struct name *e;
	char *path;

	if (above + 1 + n >= PATH_BYTES) {
		errno = ENAMETOOLONG;
		return -1;
	}
	path = arena_alloc(w->arena, above + n + 2);
	memcpy(path, f->path, above);
	if (above)
		path[above++] = '/';
	memcpy(path + above, name, n);
	GROW(w->v, w->n, w->cap);
	e = &w->v[w->n++];
	*e = (struct name){.name = path + above, .file = {.path = path, .mark = scan_mark_of(st)}};
	if (!S_ISDIR(st->st_mode))
		return 0;
	if (f->depth == FS_DEPTH) {
		errno = ENAMETOOLONG;
		return -1;
	}
	e->folder = arena_new(w->arena, struct folder);
	*e->folder = (struct folder){.path = path, .depth = f->depth + 1, .mark = e->file.mark};
	return 0;
}

/* What is gone is left out. */
static int
look_at(struct worker *w, const struct folder *f, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -1;
	return add_name(w, f, name, &st);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->name, ((const struct name *)b)->name);
}

static int
read_names(struct worker *w, const struct folder *f, int fd)
{
	bool (*leave_out)(const char *) = w->pool->leave_out;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0), r = 0, saved;
	DIR *d = own < 0 ? NULL : fdopendir(own);
	const struct dirent *e;

	if (!d) {
		cleanup_fdp(&own);
		return -1;
	}
	while (!r && (errno = 0, (e = readdir(d)))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || (leave_out && leave_out(e->d_name)))
			continue;
		r = look_at(w, f, fd, e->d_name);
	}
	saved = errno;
	closedir(d);
	errno = saved;
	if (r || saved)
		return -1;
	if (w->n)
		qsort(w->v, w->n, sizeof *w->v, by_name);
	return 0;
}

static int
take_known(struct worker *w, const struct folder *f, int fd, struct scan_names at)
{
	const struct scan_known *known = w->pool->known;
	const char *name;

	while ((name = known->name(known->ctx, &at)))
		if (look_at(w, f, fd, name))
			return -1;
	return 0;
}

static int
read_folder(struct worker *w, struct folder *f)
{
	cleanup_fd int fd = fs_open_nofollow(w->pool->dir, f->path, O_RDONLY | O_DIRECTORY);
	const struct scan_known *known = w->pool->known;
	struct scan_mark after;
	struct stat st;
	struct scan_names at;
	int r;

	w->n = 0;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	if (fstat(fd, &st))
		return -1;
	f->mark = scan_mark_of(&st);
	f->known = f->stood = known && known->folder(known->ctx, f->path, &f->mark, &at);
	r = f->known ? take_known(w, f, fd, at) : read_names(w, f, fd);
	if (!r && !f->known) {
		r = fstat(fd, &st);
		after = scan_mark_of(&st);
		f->stood = !memcmp(&f->mark, &after, sizeof after);
	}
	f->n = w->n;
	if (w->n)
		f->v = arena_memdup(w->arena, w->v, w->n * sizeof *w->v);
	return r;
}

/* Hands out what the folder holds, and says that this thread is through with it. */
static void
finish_folder(struct pool *p, const struct folder *f, int fault)
{
	pthread_mutex_lock(&p->lock);
	for (size_t i = f->n; i-- > 0;) {
		struct folder *sub = f->v[i].folder;

		if (!sub)
			continue;
		sub->next = p->todo;
		p->todo = sub;
	}
	p->found += f->n;
	p->reading--;
	if (fault && !p->fault)
		p->fault = fault;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
}

static struct folder *
take_folder(struct pool *p)
{
	struct folder *f;

	pthread_mutex_lock(&p->lock);
	while (!p->todo && p->reading && !p->fault)
		pthread_cond_wait(&p->more, &p->lock);
	f = p->fault ? NULL : p->todo;
	if (f) {
		p->todo = f->next;
		p->reading++;
	}
	pthread_mutex_unlock(&p->lock);
	return f;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct folder *f;

	while ((f = take_folder(w->pool)))
		finish_folder(w->pool, f, read_folder(w, f) ? errno : 0);
	free(w->v);
	return NULL;
}

static struct scan_file
file_of(const struct folder *f)
{
	return (struct scan_file){.path = f->path, .mark = f->mark, .known = f->known, .stood = f->stood};
}

/* Names in a folder are sorted, and '/' sorts before all: what is in a folder follows it at once. */
static void
emit(const struct folder *top, struct scan *out)
{
	struct {
		const struct folder *f;
		size_t next;
	} v[FS_DEPTH + 2] = {{top, 0}};

	for (size_t depth = 1; depth;) {
		const struct folder *f = v[depth - 1].f;
		const struct name *e;

		if (v[depth - 1].next == f->n) {
			depth--;
			continue;
		}
		e = &f->v[v[depth - 1].next++];
		out->v[out->n++] = e->folder ? file_of(e->folder) : e->file;
		if (e->folder) {
			v[depth].f = e->folder;
			v[depth++].next = 0;
		}
	}
}

int
scan_folder(int dir, bool (*leave_out)(const char *name), const struct scan_known *known, struct scan *out)
{
	struct folder top = {.path = "", .depth = 1};
	struct pool pool = {.dir = dir, .leave_out = leave_out, .known = known, .todo = &top};
	struct worker workers[THREADS] = {0};
	int n = scan_threads();

	*out = (struct scan){.arenas = xcalloc((size_t)n, sizeof *out->arenas), .narenas = (size_t)n};
	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.more, NULL);
	for (int i = 0; i < n; i++)
		workers[i] = (struct worker){.pool = &pool, .arena = &out->arenas[i]};
	scan_parallel(work, workers, sizeof *workers, n);
	pthread_cond_destroy(&pool.more);
	pthread_mutex_destroy(&pool.lock);
	if (pool.fault) {
		scan_free(out);
		errno = pool.fault;
		return -1;
	}
	out->v = xmalloc((pool.found + 1) * sizeof *out->v);
	out->top = file_of(&top);
	emit(&top, out);
	return 0;
}

void
scan_free(struct scan *s)
{
	for (size_t i = 0; i < s->narenas; i++)
		arena_free(&s->arenas[i]);
	free(s->arenas);
	free(s->v);
	memset(s, 0, sizeof *s);
}
