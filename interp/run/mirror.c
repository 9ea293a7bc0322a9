/* Implements job_mirror: what servers gave, one job at a time. */
#include "store/mirror.h"

#include "base/str.h"
#include "os/url.h"
#include "run/job_impl.h"

int
job_mirror(struct job *job, const char *url, struct err *err)
{
	cleanup_free char *shown = url_shown(url);
	int r = store_mirror(job->store, url, false, &job->mirror, err);

	if (r > 0) {
		job_logf(job, "[jkr: waits for another job that uses the mirror of %s]", shown);
		r = store_mirror(job->store, url, true, &job->mirror, err);
	}
	return r < 0 ? -1 : job->mirror.dir;
}

void
job_mirror_damaged(struct job *job)
{
	store_mirror_damaged(job->store, &job->mirror);
}
