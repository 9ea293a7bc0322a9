/* Fresh times for the sources that changed since a build directory last saw them: make goes by times, and in a layer
 * all are one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "run/job_impl.h"
#include "run/warm.h"
#include "store/differences.h"

/* To make: owners and xattrs change nothing that it compiles. */
static bool
same(const struct entry *a, const struct entry *b)
{
	return a->mode == b->mode && str_eq(a->target, b->target) &&
	       (!S_ISREG(a->mode) || !hash_cmp(&a->digest, &b->digest));
}

/* The file gets a time: as a copy in the upper, or in place where the tree is a copy. */
static int
touch(const struct tree *t, const struct entry *e, const struct timespec *when, int upper, bool copied, struct err *err)
{
	const struct timespec ts[2] = {*when, *when};
	cleanup_fd int from = -1, to = -1;

	if (!S_ISREG(e->mode))
		return 0; /* what a link leads to is there by itself */
	if (copied) {
		to = fs_open_nofollow(upper, e->path, O_RDONLY);
		return to < 0 || futimens(to, ts) ? err_sys(err, "E0804", "cannot give `%s` a fresh time", e->path) : 0;
	}
	from = tree_open(t, e->path, err);
	if (from < 0)
		return -1;
	to = fs_create(upper, e->path, e->mode & 0100 ? 0755 : 0644);
	if (to < 0 || fs_copy(from, to) || futimens(to, ts))
		return err_sys(err, "E0804", "cannot give `%s` a fresh time", e->path);
	return 0;
}

/* One line of `times`; they stand in the order of lists. */
struct since {
	const char *path;
	struct timespec when;
};

static struct since *
read_times(struct job *job, size_t *n)
{
	const struct str *b = &job->warm.old_times;
	struct since *v;
	size_t lines = 0;

	for (size_t at = 0; at < b->len; at += strlen(b->s + at) + 1)
		lines++;
	v = arena_array(&job->arena, struct since, lines);
	*n = 0;
	for (size_t at = 0; at < b->len; at += strlen(b->s + at) + 1) {
		struct since s;
		int k = 0;

		if (sscanf(b->s + at, "%ld.%ld%n", &s.when.tv_sec, &s.when.tv_nsec, &k) != 2 ||
		    b->s[at + (size_t)k] != ' ')
			continue;
		s.path = arena_strdup(&job->arena, b->s + at + k + 1);
		v[(*n)++] = s;
	}
	return v;
}

/* All of both lists is compared: `old` may be empty. */
static void
walk(struct arena *a, const struct tree *old, const struct tree *now, struct difference **v, size_t *n)
{
	size_t i = 0;

	*v = arena_array(a, struct difference, now->n + 1);
	*n = 0;
	for (size_t k = 0; k < now->n; k++) {
		const struct entry *e = &now->v[k], *was;
		int order = -1;

		while (i < old->n && (order = path_cmp(old->v[i].path, e->path)) < 0)
			i++;
		was = i < old->n && !order ? &old->v[i] : NULL;
		if (!S_ISDIR(e->mode) && (!was || !same(was, e)))
			(*v)[(*n)++] = (struct difference){e->path, was, e};
	}
}

/* The files that a link leads to: one, or those of a folder and what its links lead to. Gives their number; `v` may be
 * NULL. */
static size_t
led_to(const struct tree *t, const struct entry *link, struct difference *v)
{
	const struct entry *top = tree_resolve(t, link->path), *f;
	size_t count = 0, first = top ? tree_range(t, top->path, &count) : 0, n = 0;

	if (top && S_ISREG(top->mode))
		first = (size_t)(top - t->v), count = 1;
	for (size_t i = first; i < first + count; i++) {
		f = S_ISLNK(t->v[i].mode) ? tree_resolve(t, t->v[i].path) : &t->v[i];
		if (!f || !S_ISREG(f->mode))
			continue;
		if (v)
			v[n] = (struct difference){f->path, NULL, f};
		n++;
	}
	return n;
}

static bool
is_new_link(const struct difference *d)
{
	return d->now && S_ISLNK(d->now->mode) && !(d->was && same(d->was, d->now));
}

/* What is new comes first of two. */
static int
by_path(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	int r = path_cmp(x->path, y->path);

	return r ? r : (x->was != NULL) - (y->was != NULL);
}

/* make looks at the time of what a link leads to: where the link leads elsewhere now, that counts as new. */
static void
follow_links(struct arena *a, const struct tree *now, struct difference **v, size_t *n)
{
	struct difference *all;
	size_t more = 0, k = *n;

	for (size_t i = 0; i < *n; i++)
		more += is_new_link(&(*v)[i]) ? led_to(now, (*v)[i].now, NULL) : 0;
	if (!more)
		return;
	all = arena_array(a, struct difference, *n + more);
	memcpy(all, *v, sizeof *all * *n);
	for (size_t i = 0; i < *n; i++)
		k += is_new_link(&all[i]) ? led_to(now, all[i].now, all + k) : 0;
	qsort(all, k, sizeof *all, by_path);
	*n = 0;
	for (size_t i = 0; i < k; i++)
		if (!*n || strcmp(all[*n - 1].path, all[i].path))
			all[(*n)++] = all[i];
	*v = all;
}

/* What the directory has not seen yet; unknown what it was made of, all of the source counts as new. */
static int
find_changed(struct job *job, const struct tree *now, struct difference **v, size_t *n, struct err *err)
{
	struct warm *w = &job->warm;
	struct tree *old = arena_new(&job->arena, struct tree);
	int r;

	if (w->has_seen && !store_differences(job->store, &w->seen, &now->id, &job->arena, v, n))
		return 0;
	r = w->has_seen ? store_tree(job->store, &w->seen, old, err) : 1;
	if (r < 0)
		return -1;
	if (r)
		memset(old, 0, sizeof *old);
	walk(&job->arena, old, now, v, n);
	return 0;
}

static int
give_time(struct job *job, const struct tree *now, const struct entry *e, const struct timespec *when, int upper,
	  bool copied, struct err *err)
{
	str_addf(&job->warm.times, "%ld.%ld %s", when->tv_sec, when->tv_nsec, e->path);
	str_addc(&job->warm.times, '\0');
	return touch(now, e, when, upper, copied, err);
}

/* A file that changed keeps the time at which it did: a run may fail before it compiles it, or not want
 * its object for a while. Both lists are sorted: one walk tells what is new or other. */
static int
touch_changed(struct job *job, const struct tree *now, const struct difference *v, size_t n, int upper, bool copied,
	      size_t *nchanged, struct err *err)
{
	struct timespec fresh;
	const struct since *times;
	size_t i = 0, j = 0, ntimes;
	int r = 0;

	/* the clock that files get their times from */
	clock_gettime(CLOCK_REALTIME_COARSE, &fresh);
	times = read_times(job, &ntimes);
	while ((i < n || j < ntimes) && !r) {
		int order = i == n ? 1 : j == ntimes ? -1 : path_cmp(v[i].path, times[j].path);
		const struct entry *e = order > 0 ? tree_find(now, times[j].path) : v[i].now;
		bool changed = order <= 0 && e && !(v[i].was && same(v[i].was, e));

		*nchanged += changed;
		if (e && (changed || order >= 0))
			r = give_time(job, now, e, changed ? &fresh : &times[j].when, upper, copied, err);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

int
warm_freshen(struct job *job, const struct tree *source, int upper, bool copied, struct err *err)
{
	struct warm *w = &job->warm;
	struct difference *v;
	size_t n, nchanged = 0;

	if (w->dir < 0 || w->source_set)
		return 0;
	w->source_set = true;
	w->source = source->id;
	if (w->fresh)
		return 0;
	if (find_changed(job, source, &v, &n, err))
		return -1;
	follow_links(&job->arena, source, &v, &n);
	if (touch_changed(job, source, v, n, upper, copied, &nchanged, err))
		return -1;
	if (nchanged)
		job_note(job, "%zu source file%s from what the build directory last saw", nchanged,
			 nchanged == 1 ? " differs" : "s differ");
	return 0;
}
