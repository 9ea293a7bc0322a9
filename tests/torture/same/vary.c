/*
 * vary: another directory order and another time for the program that it is preloaded into.
 * VARY_ORDER=SEED shuffles what readdir gives, VARY_TIME=SECONDS is added to the clock of the day.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* One open folder, read to its end at the first question; entries are handed out in their new order. */
struct folder {
	DIR *dir;
	struct dirent *entries;
	size_t count, next;
	struct folder *after;
};

static struct folder *folders;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *
real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static void
shuffle(struct folder *f, unsigned seed)
{
	for (size_t i = f->count; i > 1; i--) {
		size_t j = (size_t)rand_r(&seed) % i;
		struct dirent one = f->entries[i - 1];

		f->entries[i - 1] = f->entries[j];
		f->entries[j] = one;
	}
}

static struct folder *
folder_of(DIR *dir, const char *seed)
{
	struct dirent *(*next)(DIR *) = (struct dirent * (*)(DIR *)) real("readdir");
	struct folder *f = folders;
	struct dirent *e;

	while (f && f->dir != dir)
		f = f->after;
	if (f)
		return f;
	f = calloc(1, sizeof *f);
	f->dir = dir;
	while ((e = next(dir))) {
		f->entries = realloc(f->entries, (f->count + 1) * sizeof *e);
		memset(&f->entries[f->count], 0, sizeof *e);
		memcpy(&f->entries[f->count++], e, e->d_reclen < sizeof *e ? e->d_reclen : sizeof *e);
	}
	shuffle(f, (unsigned)atoi(seed));
	f->after = folders;
	folders = f;
	return f;
}

static void
forget(DIR *dir)
{
	pthread_mutex_lock(&lock);
	for (struct folder **at = &folders; *at; at = &(*at)->after)
		if ((*at)->dir == dir) {
			struct folder *f = *at;

			*at = f->after;
			free(f->entries);
			free(f);
			break;
		}
	pthread_mutex_unlock(&lock);
}

struct dirent *
readdir(DIR *dir)
{
	const char *seed = getenv("VARY_ORDER");
	struct dirent *e = NULL;
	struct folder *f;

	if (!seed)
		return ((struct dirent * (*)(DIR *)) real("readdir"))(dir);
	pthread_mutex_lock(&lock);
	f = folder_of(dir, seed);
	if (f->next < f->count)
		e = &f->entries[f->next++];
	pthread_mutex_unlock(&lock);
	return e;
}

/* On this machine the two records are one. */
struct dirent64 *
readdir64(DIR *dir)
{
	_Static_assert(sizeof(struct dirent) == sizeof(struct dirent64), "64-bit Linux");
	return (struct dirent64 *)readdir(dir);
}

int
closedir(DIR *dir)
{
	forget(dir);
	return ((int (*)(DIR *))real("closedir"))(dir);
}

void
rewinddir(DIR *dir)
{
	forget(dir);
	((void (*)(DIR *))real("rewinddir"))(dir);
}

static long
later(void)
{
	const char *seconds = getenv("VARY_TIME");

	return seconds ? atol(seconds) : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	int got = ((int (*)(clockid_t, struct timespec *))real("clock_gettime"))(clock, t);

	if (!got && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		t->tv_sec += later();
	return got;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	int got = ((int (*)(struct timeval *, void *))real("gettimeofday"))(t, zone);

	if (!got)
		t->tv_sec += later();
	return got;
}

time_t
time(time_t *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (to)
		*to = t.tv_sec;
	return t.tv_sec;
}
