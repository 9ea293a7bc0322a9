#include "run/warm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/thread.h"
#include "run/job_impl.h"
#include "run/merge.h"

#define MERGING "merging\n"
#define TIMES_MAX ((size_t)64 << 20)

static const char *
warm_id(struct arena *a, const char *recipe, const char *step)
{
	cleanup_free char *text = xasprintf("%s\n%s\n", recipe, step);
	struct hash h = hash_of(text, strlen(text));
	char hex[HASH_HEX];

	return arena_strndup(a, hash_hex(&h, hex), 40);
}

const char *
warm_path(struct arena *a, const char *recipe, const char *step)
{
	return arena_printf(a, "warm/%s/d", warm_id(a, recipe, step));
}

/* Whether it holds files of a time that is still to come: what changes now would be older than what was made of it. */
static bool
from_later(int dir)
{
	struct timespec now;
	struct stat sb;

	clock_gettime(CLOCK_REALTIME, &now);
	return !fstatat(dir, "seen", &sb, AT_SYMLINK_NOFOLLOW) &&
	       (sb.st_mtim.tv_sec != now.tv_sec ? sb.st_mtim.tv_sec > now.tv_sec : sb.st_mtim.tv_nsec > now.tv_nsec);
}

/* Whether the directory may be used: nobody died while merging, it was made for the same, and by this clock. */
static const char *
why_not(int dir, const char *identity)
{
	struct str have = {0}, mark = {0}, boot = {0};
	const char *why = NULL;

	warm_boot(&boot);
	if (fs_read_file(dir, "identity", &have, 1 << 20))
		why = "";
	else if (!fs_read_file(dir, "mark", &mark, 256) && strcmp(str_text(&mark), boot.s))
		why = "a run was cut off while it was written";
	else if (strcmp(str_text(&have), identity))
		why = "the toolchain, architecture or release is another";
	else if (from_later(dir))
		why = "the clock was set back since then";
	str_free(&have);
	str_free(&mark);
	str_free(&boot);
	return why;
}

/* Over what was seen, and when: a note of another directory, or a damaged one, is none. */
static struct hash
seen_sum(const struct warm *w, const char *tree, const struct str *times)
{
	struct hasher *h = hasher_new();
	struct hash out;

	hasher_add(h, w->id, strlen(w->id));
	hasher_add(h, tree, HASH_HEX - 1);
	hasher_add(h, str_text(times), times->len);
	out = hasher_end(h);
	hasher_free(h);
	return out;
}

/* `seen` is two lines, the tree and the sum; with it the times are read. */
static void
read_seen(struct warm *w)
{
	struct str b = {0};
	struct hash sum, now;

	str_reset(&w->old_times);
	if (!fs_read_file(w->dir, "seen", &b, 256) && b.len == 2 * HASH_HEX &&
	    !fs_read_file(w->dir, "times", &w->old_times, TIMES_MAX)) {
		b.s[HASH_HEX - 1] = b.s[b.len - 1] = 0;
		now = seen_sum(w, b.s, &w->old_times);
		w->has_seen = !hash_parse(&w->seen, b.s) && !hash_parse(&sum, b.s + HASH_HEX) && !hash_cmp(&sum, &now);
	}
	str_free(&b);
}

static int
write_seen(const struct warm *w)
{
	char tree[HASH_HEX], sum[HASH_HEX];
	cleanup_free char *text = NULL;
	struct hash h;

	h = seen_sum(w, hash_hex(&w->source, tree), &w->times);
	text = xasprintf("%s\n%s\n", tree, hash_hex(&h, sum));
	if (fs_replace_soon(w->dir, "times", str_text(&w->times), w->times.len, 0644))
		return -1;
	return fs_replace_soon(w->dir, "seen", text, strlen(text), 0644);
}

/* What was compiled of sources that nobody knows any more cannot be told from what is up to date. */
static const char *
lost_track(struct warm *w)
{
	cleanup_fd int dir = fs_open_nofollow(w->dir, "d", O_RDONLY | O_DIRECTORY);
	char **names;
	size_t n;

	read_seen(w);
	if (w->has_seen)
		return NULL;
	if (dir < 0 || fs_names(dir, &names, &n))
		return "it cannot be read";
	fs_names_free(names, n);
	return n ? "the note of what it was made of is damaged" : NULL;
}

static int
put_away(struct job *job)
{
	cleanup_free char *from = xasprintf("warm/%s", job->warm.id);
	cleanup_free char *to = xasprintf("trash/warm-%s-%s", job->warm.id, job->tmp);

	fs_mkdirs(store_fd(job->store), "trash");
	return renameat(store_fd(job->store), from, store_fd(job->store), to);
}

static int
make_new(struct job *job, const char *identity)
{
	cleanup_free char *path = xasprintf("warm/%s/d", job->warm.id);

	if (fs_mkdirs(store_fd(job->store), path))
		return -1;
	cleanup_fdp(&job->warm.dir);
	path[strlen(path) - 2] = 0;
	job->warm.dir = fs_open(store_fd(job->store), path, O_RDONLY | O_DIRECTORY);
	job->warm.fresh = true;
	job->warm.has_seen = false;
	return job->warm.dir < 0 ? -1 : fs_replace_soon(job->warm.dir, "identity", identity, strlen(identity), 0644);
}

/* One job at a time works in a warm directory; another one builds from nothing. */
static bool
lock(struct job *job)
{
	cleanup_free char *path = xasprintf("warm/%s.lock", job->warm.id);

	fs_mkdirs(store_fd(job->store), "warm");
	job->warm.lock = openat(store_fd(job->store), path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	return job->warm.lock >= 0 && !flock(job->warm.lock, LOCK_EX | LOCK_NB);
}

void
job_warm_distrust(struct job *job)
{
	job->warm.whole = false;
}

int
job_warm(struct job *job, const char *identity, bool *fresh, struct err *err)
{
	struct warm *w = &job->warm;
	cleanup_free char *path = NULL;
	const char *why;

	*fresh = true;
	w->id = warm_id(&job->arena, job->plan->recipe->path, job_name(job));
	if (!job->shell && !lock(job)) {
		job_note(job, "another run works in this step's build directory: this one builds from nothing");
		return job_subdir(job, "build", err);
	}
	path = xasprintf("warm/%s", w->id);
	w->dir = fs_open(store_fd(job->store), path, O_RDONLY | O_DIRECTORY);
	why = w->dir < 0 ? "" : job->opt->fresh ? "--fresh" : why_not(w->dir, identity);
	if (!why)
		why = lost_track(w);
	if (job->shell && (why || !lock(job))) { /* looks, and changes nothing */
		cleanup_fdp(&w->dir);
		w->dir = -1;
		return job_subdir(job, "build", err);
	}
	if (why && *why)
		job_note(job, "the build directory of the last run is dropped: %s", why);
	if (w->dir >= 0 && why && put_away(job))
		return err_sys(err, "E0804", "cannot put the old build directory away");
	if (why && make_new(job, identity))
		return err_sys(err, "E0804", "cannot make a build directory");
	/* merging leaves a mark or ends with `seen`: without both, nothing was ever merged */
	if (!w->has_seen)
		w->fresh = true;
	*fresh = w->fresh;
	w->tree = fs_open(w->dir, "d", O_RDONLY | O_DIRECTORY);
	if (w->tree < 0)
		return err_sys(err, "E0804", "cannot open the build directory");
	return w->tree;
}

/* On the disk before anything is merged; the rest comes with the syncfs of the run, and counts only when this
 * mark is gone. */
int
warm_mark(struct job *job, struct err *err)
{
	if (fs_replace(job->warm.dir, "mark", MERGING, strlen(MERGING), 0644))
		return err_sys(err, "E0804", "cannot mark the build directory");
	return 0;
}

static void *
mark_beside(void *arg)
{
	struct job *job = arg;

	warm_mark(job, &job->warm.unmarked);
	return NULL;
}

void
warm_announce(struct job *job)
{
	struct warm *w = &job->warm;

	if (w->dir >= 0 && w->whole)
		w->marking = thread_start(&w->marker, mark_beside, job);
}

/* 0: the mark is on the disk. */
static int
marked(struct job *job, struct err *err)
{
	struct warm *w = &job->warm;

	if (!w->marking)
		return warm_mark(job, err);
	pthread_join(w->marker, NULL);
	w->marking = false;
	if (!err_any(&w->unmarked))
		return 0;
	err_move(err, &w->unmarked);
	return -1;
}

int
warm_commit(struct job *job, struct err *err)
{
	struct warm *w = &job->warm;
	struct upper *u = job->uppers;
	struct str mark = {0};
	cleanup_fd int from = -1;
	int r = 0;

	if (w->dir < 0)
		return 0;
	if (marked(job, err))
		return -1;
	while (u && u->kind != BIND_WARM)
		u = u->next;
	if (u) {
		tags_commands(job);
		from = job_subdir(job, u->name, err);
		if (from < 0)
			return -1;
		r = merge_upper(w->tree, from);
	}
	if (!r && w->source_set)
		r = write_seen(w);
	warm_boot(&mark);
	if (!r)
		r = fs_replace_soon(w->dir, "mark", mark.s, mark.len, 0644);
	str_free(&mark);
	/* the result is stored already: a warm directory that could not be kept is marked, and dropped */
	if (r)
		job_note(job, "the build directory could not be kept: %s", strerror(errno));
	return 0;
}
