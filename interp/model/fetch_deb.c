#include "model/fetch_deb.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/unpack.h"

#define WRONG_HASH "E0905"

static void
say(void *job, const char *line)
{
	job_note(job, "%s", line);
}

static int
unpack_deb(struct job *job, int fd, const char *label, struct err *err)
{
	const struct strings none = {0};
	const struct unpack_opts opts = {
		.only = &none, .skip = &none, .inner = &none, .threads = job_cpus(job), .note = say, .ctx = job};
	struct unpack *u = unpack_new(job_layer(job), &opts);
	struct unpack_sums sums;
	int r = unpack_archive(u, fd, label, err);

	if (r == 0)
		r = unpack_end(u, &sums, err);
	unpack_free(u);
	return r;
}

const char *
fetch_deb_url(struct job *job, const struct deb *d)
{
	if (str_starts(d->uri, "file:/") && !str_starts(d->uri, "file:///"))
		return arena_printf(job_arena(job), "file://%s", d->uri + strlen("file:"));
	return d->uri;
}

int
fetch_deb_pinned(struct job *job, const char *name, struct deb *want, struct err *err)
{
	const char *pinned = job_pin(job);

	if (pinned && !deb_parse(pinned, job_arena(job), want) && !strcmp(want->name, name))
		return 0;
	err_set(err, "E0903", "the pin of the Debian package `%s` in the lock cannot be read: `%s`", name,
		pinned ? pinned : "");
	return err_help(err, "run `jkr update`");
}

static int
same(const struct deb *want, const struct deb *now, struct err *err)
{
	if (!strcmp(now->sha256, want->sha256))
		return 0;
	err_set(err, WRONG_HASH, "`%s` %s is offered with another sha256 than the lock has", want->name, want->version);
	err_help(err, "wanted %s", want->sha256);
	return err_help(err, "got    %s", now->sha256);
}

/* As it is offered now; one whose bytes are staged is offered by nobody. */
int
fetch_deb_offered(struct job *job, const struct deb *want, const char *arch, struct deb *now, struct err *err)
{
	cleanup_fd int staged = job_staged(job, "sha256", want->sha256);
	bool source = !strcmp(want->arch, "source");

	if (staged >= 0) {
		*now = *want;
		now->uri = arena_printf(job_arena(job), "file:///staged/%s.dsc", want->name);
		return 0;
	}
	if (source ? debian_find_source(want->name, want->version, job_arena(job), now, err)
		   : debian_find(want->name, want->version, arch, job_arena(job), now, err))
		return -1;
	return same(want, now, err);
}

int
fetch_deb(struct job *job, const char *name, const char *arch, struct err *err)
{
	cleanup_fd int fd = -1;
	struct deb want, now;

	if (fetch_deb_pinned(job, name, &want, err) || fetch_deb_offered(job, &want, arch, &now, err))
		return -1;
	fd = job_download(job, fetch_deb_url(job, &now), want.sha256, want.size, err);
	if (fd < 0)
		return err_help(err,
				"if the archive no longer has version %s, run `apt-get update` and then `jkr update`",
				want.version);
	job_record(job, arena_printf(job_arena(job), "package:%s", want.name), want.version);
	return unpack_deb(job, fd, arena_printf(job_arena(job), "%s_%s_%s.deb", want.name, want.version, want.arch),
			  err);
}
