/* Implements model/job.h: what a step says: log, notes, records, progress. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "model/job.h"
#include "os/fs.h"
#include "run/job_impl.h"
#include "run/logs.h"
#include "run/wire.h"

const char *
job_log_path(struct job *job)
{
	return arena_printf(&job->arena, "%s/logs/%s", store_path(job->store), job->log_name);
}

int
job_log(struct job *job)
{
	if (job->log >= 0)
		return job->log;
	job->log = log_create(job->store, job->log_name, job->plan->recipe->name, job_name(job));
	if (job->log < 0) /* a step does not fail for want of a log */
		job->log = open("/dev/null", O_RDWR | O_CLOEXEC);
	return job->log;
}

void
job_log_write(struct job *job, const char *p, size_t n)
{
	static const char cut[] = "\n[jkr: the log is cut here: it reached 256 MB]\n";

	if (job->log_full)
		return;
	if (job->log_size + n > LOG_MAX) {
		job->log_full = true;
		fs_write(job_log(job), cut, sizeof cut - 1);
		return;
	}
	job->log_size += n;
	fs_write(job_log(job), p, n);
}

void
job_logf(struct job *job, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	if (!b.len || b.s[b.len - 1] != '\n')
		str_addc(&b, '\n');
	job_log_write(job, b.s, b.len);
	str_free(&b);
}

void
job_note(struct job *job, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	wire_send(job->wire, WIRE_NOTE, str_text(&b), b.len + 1);
	job_log_write(job, "[jkr: ", 6);
	job_log_write(job, str_text(&b), b.len);
	job_log_write(job, "]\n", 2);
	str_free(&b);
}

void
job_record(struct job *job, const char *key, const char *value)
{
	struct str b = {0};

	/* the date that the result carries is a field of its own (fetch, git_checkout) */
	if (!strcmp(key, "epoch"))
		job->epoch = strtoll(value, NULL, 10);
	str_addn(&b, key, strlen(key) + 1);
	str_addn(&b, value, strlen(value) + 1);
	wire_send(job->wire, WIRE_RECORD, b.s, b.len);
	str_free(&b);
}

void
job_progress(struct job *job, uint64_t done, uint64_t total)
{
	uint64_t v[2] = {done, total};

	wire_send(job->wire, WIRE_PROGRESS, v, sizeof v);
}
