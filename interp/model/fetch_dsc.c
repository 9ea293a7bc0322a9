#include "model/fetch_dsc.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/dsc.h"
#include "model/fetch_deb.h"
#include "model/job.h"
#include "os/fs.h"

static int
put(struct job *job, const char *name, int fd, struct err *err)
{
	struct entry e = {.path = name, .mode = S_IFREG | 0644};

	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "E0904", "cannot read `%s`", name);
	return layer_put_fd(job_layer(job), &e, fd, err);
}

static int
get(struct job *job, const char *url, const struct dsc_file *f, struct err *err)
{
	cleanup_fd int fd = job_download(job, url, f->sha256, f->size, err);

	return fd < 0 ? -1 : put(job, f->name, fd, err);
}

int
fetch_dsc_url(struct job *job, const char *url, const char *sha256, struct err *err)
{
	struct arena *a = job_arena(job);
	const char *name = path_base(url);
	cleanup_fd int fd = job_download(job, url, sha256, DSC_MAX, err);
	cleanup_str struct str text = {0};
	struct dsc d;

	if (fd < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0 || fs_read(fd, &text, DSC_MAX))
		return err_sys(err, "E0904", "cannot read `%s`", name);
	if (dsc_parse(name, str_text(&text), text.len, a, &d, err) || put(job, name, fd, err))
		return -1;
	for (size_t i = 0; i < d.n; i++) {
		job_progress(job, i, d.n);
		if (get(job, arena_printf(a, "%.*s%s", (int)(name - url), url, d.v[i].name), &d.v[i], err))
			return -1;
	}
	job_record(job, arena_printf(a, "package:%s", d.source), d.version);
	return 0;
}

int
fetch_dsc(struct job *job, const char *name, struct err *err)
{
	struct deb want, now;

	if (fetch_deb_pinned(job, name, &want, err) || fetch_deb_offered(job, &want, NULL, &now, err))
		return -1;
	if (!fetch_dsc_url(job, fetch_deb_url(job, &now), want.sha256, err))
		return 0;
	return err_help(err, "if the archive no longer has version %s, run `apt-get update` and then `jkr update`",
			want.version);
}
