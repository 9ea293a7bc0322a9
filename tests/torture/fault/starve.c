/* starve: preloaded, lets one allocation of a program fail, in it or in a fork of it. Programs that it executes
 * are left alone.
 *
 * STARVE names a file of this layout, which is shared: `task` and `at` say which allocation fails (at 0: none;
 * with `on` all that follow in that task, too), `v` counts those of each task. Tasks are named as by inject.c.
 * STARVE_EXE is the program. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TASKS = 255, NAME = 64 };

struct shared {
	char task[NAME];
	unsigned at, on, struck, n;
	char pad[NAME - 16];
	struct {
		char name[NAME - 4];
		unsigned count;
	} v[TASKS];
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

static struct shared *shared;
static char name[NAME - 4] = "0";
static unsigned forks, *count;
static bool target;

static void
enter(void)
{
	unsigned i = __atomic_fetch_add(&shared->n, 1, __ATOMIC_RELAXED);

	if (i >= TASKS)
		_exit(125);
	memcpy(shared->v[i].name, name, sizeof name);
	count = &shared->v[i].count;
	target = shared->at && !strcmp(shared->task, name);
}

static void
before_fork(void)
{
	forks++;
}

static void
after_fork(void)
{
	size_t n = strlen(name);

	snprintf(name + n, sizeof name - n, ".%u", forks - 1);
	forks = 0;
	enter();
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("STARVE"), *exe = getenv("STARVE_EXE");
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	int fd;

	if (!path || !exe || n < 0 || (self[n] = '\0', strcmp(self, exe)))
		return;
	pthread_atfork(before_fork, NULL, after_fork);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		_exit(125);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		_exit(125);
	enter();
}

static bool
starves(void)
{
	unsigned i;

	if (!count)
		return false;
	i = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
	if (!target || (shared->on ? i < shared->at : i != shared->at))
		return false;
	shared->struck = 1;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return starves() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return starves() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return starves() ? NULL : __libc_realloc(p, size);
}

void *
memalign(size_t align, size_t size)
{
	return starves() ? NULL : __libc_memalign(align, size);
}

void *
aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int
posix_memalign(void **p, size_t align, size_t size)
{
	*p = memalign(align, size);
	return *p ? 0 : ENOMEM;
}
