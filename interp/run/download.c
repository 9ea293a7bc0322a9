/* Implements job_download: one transfer into the job's folder, resumed from an earlier try. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
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

int
job_download(struct job *job, const char *url, const char *sha256, uint64_t max, struct err *err)
{
	struct http_request rq = {.url = url, .sha256 = sha256, .max = max, .progress = progress, .ctx = job};
	cleanup_free char *name = NULL;
	cleanup_fd int fd = -1;
	struct hash h;

	if (job->opt->offline && !str_starts(url, "file:")) {
		err_set(err, "E0913", "`%s` would be downloaded, and --offline was given", url);
		return err_help(err, "run once without --offline; after that its content is in the store");
	}
	if (sha256 && hash_parse(&h, sha256))
		return err_set(err, "E0911", "`%s` is not a SHA-256", sha256);
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
	return steal_fd(&fd);
}
