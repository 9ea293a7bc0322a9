/* Implements job_download: one transfer into the job's folder, resumed from an earlier try. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "data/staged.h"
#include "os/fs.h"
#include "os/http.h"
#include "run/job_impl.h"

static int
progress(void *ctx, uint64_t done, uint64_t total)
{
	job_progress(ctx, done, total);
	return 0;
}

/* A transfer whose hash is known goes to a named file that outlives a failed run and is continued by
 * the next; flock keeps two runs from writing one file. */
static int
open_partial(struct job *job, const char *sha256, char **name)
{
	int fd;

	if (fs_mkdirs(store_fd(job->store), "partial"))
		return -1;
	*name = xasprintf("partial/%s", sha256);
	fd = openat(store_fd(job->store), *name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_scratch(struct job *job, char **name, struct err *err)
{
	int dir = job_scratch(job, err);

	if (dir < 0)
		return -1;
	*name = xasprintf("download%u", job->serial++);
	return openat(dir, *name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

bool
job_keeps(struct job *job)
{
	return job->opt->keep != NULL;
}

/* What was kept of an earlier download is as good as what is staged: it is proved like that. */
int
job_staged(struct job *job, const char *kind, const char *name)
{
	int staged = staged_by_hash(job->plan->recipe->root, kind, name);
	cleanup_fd int dir = -1;

	if (staged >= 0 || !job_keeps(job) || strcmp(kind, "sha256") != 0)
		return staged;
	dir = open(job->opt->keep, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : fs_open_nofollow(dir, name, O_RDONLY);
}

static int
copy_proved(struct job *job, int from, const char *sha256, struct err *err)
{
	cleanup_fd int to = -1;
	cleanup_free char *name = NULL;
	char hex[HASH_HEX];
	struct hash h;

	to = open_scratch(job, &name, err);
	if (to < 0 || fs_copy(from, to) || lseek(to, 0, SEEK_SET) || hash_fd(to, &h, NULL) || lseek(to, 0, SEEK_SET))
		return err_any(err) ? -1 : err_sys(err, "E0804", "cannot copy what is staged");
	if (!strcmp(hash_hex(&h, hex), sha256))
		return steal_fd(&to);
	job_note(job, "downloads/by-hash/sha256/%.12s… holds something else: it does not count", sha256);
	return -1;
}

/* A copy of what is staged, if that is what it is called; -1 there is none. */
static int
take_staged(struct job *job, const char *sha256, struct err *err)
{
	cleanup_fd int from = sha256 ? job_staged(job, "sha256", sha256) : -1;

	return from < 0 ? -1 : copy_proved(job, from, sha256, err);
}

/* A file for a copy: whoever takes the sources away gets every file that came. It has no name until it is whole: other
 * steps may look for it. 1: there is one, or nobody asks. */
static int
begin_kept(struct job *job, const char *sha256, char part[64], int *dir, int *to)
{
	if (!job->opt->keep || !sha256)
		return 1;
	*dir = open(job->opt->keep, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dir >= 0 && fs_exists(*dir, sha256))
		return 1;
	fs_random_name(".part-", part);
	*to = *dir < 0 ? -1 : fs_create(*dir, part, 0644);
	return *to < 0 ? -1 : 0;
}

int
job_keep(struct job *job, int fd, const char *sha256, struct err *err)
{
	cleanup_fd int dir = -1, to = -1;
	char part[64];
	int r = begin_kept(job, sha256, part, &dir, &to);

	if (r < 0 || (!r && (fs_copy(fd, to) || lseek(fd, 0, SEEK_SET) || renameat(dir, part, dir, sha256))))
		return err_sys(err, "E0804", "cannot keep a copy of what was downloaded");
	return 0;
}

int
job_keep_data(struct job *job, const void *data, size_t n, const char *sha256, struct err *err)
{
	cleanup_fd int dir = -1, to = -1;
	char part[64];
	int r = begin_kept(job, sha256, part, &dir, &to);

	if (r < 0 || (!r && (fs_write(to, data, n) || renameat(dir, part, dir, sha256))))
		return err_sys(err, "E0804", "cannot keep a copy of what was downloaded");
	return 0;
}

int
job_download(struct job *job, const char *url, const char *sha256, uint64_t max, struct err *err)
{
	struct http_request rq = {.url = url, .sha256 = sha256, .max = max, .progress = progress, .ctx = job};
	cleanup_free char *name = NULL;
	cleanup_fd int fd = -1;
	char hex[HASH_HEX];
	struct hash h;

	if (sha256 && hash_parse(&h, sha256))
		return err_set(err, "E0911", "`%s` is not a SHA-256", sha256);
	if (sha256)
		sha256 = hash_hex(&h, hex);
	fd = take_staged(job, sha256, err);
	if (fd >= 0 || err_any(err))
		return err_any(err) || job_keep(job, fd, sha256, err) ? -1 : steal_fd(&fd);
	if (job->opt->offline && !str_starts(url, "file:")) {
		err_set(err, "E0913", "`%s` would be downloaded, and --offline was given", url);
		return err_help(err, "run once without --offline; after that its content is in the store");
	}
	fd = sha256 ? open_partial(job, sha256, &name) : open_scratch(job, &name, err);
	if (fd < 0)
		return err_any(err) ? -1 : err_sys(err, "E0804", "cannot make a file for `%s`", url);
	if (http_get(&rq, fd, err)) {
		/* what is whole and wrong is nothing to continue */
		if (sha256 && err->tail && str_eq(err->tail->code, "E0905"))
			unlinkat(store_fd(job->store), name, 0);
		return -1;
	}
	if (sha256)
		unlinkat(store_fd(job->store), name, 0);
	return job_keep(job, fd, sha256, err) ? -1 : steal_fd(&fd);
}
