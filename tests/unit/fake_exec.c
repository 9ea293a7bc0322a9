/* fake_job: programs run on the host. What would be mounted is copied into folders, and wherever the
 * place of a mount stands in an argument, a variable or the working folder, the folder is put instead. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "fake_job_own.h"
#include "os/fs.h"
#include "os/proc.h"

#define FAKE_BINDS 16

struct mounted {
	const char *at, *host;
};

static int
copy_entry(const struct tree *t, const struct entry *e, int dir, const char *to, struct err *err)
{
	cleanup_fd int from = -1, fd = -1;

	if (S_ISDIR(e->mode))
		return fs_mkdirs(dir, to);
	if (S_ISLNK(e->mode))
		return symlinkat(e->target, dir, to);
	from = tree_open(t, e->path, err);
	fd = from < 0 ? -1 : fs_create(dir, to, e->mode & 0777);
	return fd < 0 ? -1 : fs_copy(from, fd);
}

static int
copy_out(const struct tree *t, const char *sub, int dir, struct err *err)
{
	const char *prefix = sub ? sub : "";
	size_t n, first = tree_range(t, prefix, &n), skip = *prefix ? strlen(prefix) + 1 : 0;

	for (size_t i = first; i < first + n; i++)
		if (copy_entry(t, &t->v[i], dir, t->v[i].path + skip, err))
			return err_sys(err, NULL, "the test cannot copy `%s`", t->v[i].path);
	return 0;
}

static int
mount_one(struct job *job, const struct bind *b, struct mounted *m, struct err *err)
{
	const char *name = "out";
	char fd_path[64];
	int fd, r = 0;

	m->at = b->at;
	if (b->kind == BIND_FD) {
		snprintf(fd_path, sizeof fd_path, "/proc/%d/fd/%d", (int)getpid(), b->fd);
		m->host = arena_strdup(&job->arena, fd_path);
		return 0;
	}
	if (b->kind == BIND_OUT) {
		job_out(job, err);
	} else {
		fd = fake_folder(job, "mount", &name);
		r = b->tree ? copy_out(b->tree, b->sub, fd, err) : 0;
		close(fd);
	}
	m->host = arena_printf(&job->arena, "%s/%s", job->path, name);
	return r;
}

static const char *
on_host(struct job *job, const struct mounted *m, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		const char *p = strstr(word, m[i].at);

		if (p)
			return arena_printf(&job->arena, "%.*s%s%s", (int)(p - word), word, m[i].host,
					    on_host(job, m, n, p + strlen(m[i].at)));
	}
	return word;
}

/* What a program printed names the places of the sandbox again. */
static void
from_host(struct str *text, const struct mounted *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str out = {0};
		const char *p = str_text(text), *end = p + text->len, *q;

		for (; (q = memmem(p, (size_t)(end - p), m[i].host, strlen(m[i].host))); p = q + strlen(m[i].host)) {
			str_addn(&out, p, (size_t)(q - p));
			str_add(&out, m[i].at);
		}
		str_addn(&out, p, (size_t)(end - p));
		str_free(text);
		*text = out;
	}
}

static const char *const *
words_on_host(struct job *job, const struct mounted *m, size_t n, const char *const *words)
{
	const char **out;
	size_t k = 0;

	while (words && words[k])
		k++;
	out = arena_array(&job->arena, const char *, k + 1);
	for (size_t i = 0; i < k; i++)
		out[i] = on_host(job, m, n, words[i]);
	return out;
}

/* The folder of BIND_LAYER becomes the job's layer. */
static int
take_layer(struct job *job, const struct sandbox *sb, const struct mounted *m, struct err *err)
{
	for (size_t i = 0; i < sb->nbinds; i++) {
		struct fake_layer *f = &job->layers[job->nlayers];

		if (sb->binds[i].kind != BIND_LAYER)
			continue;
		f->fd = open(m[i].host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		f->layer = job->layer = layer_from_upper(f->fd, job->below, err);
		if (!f->layer)
			return -1;
		job->nlayers++;
	}
	return 0;
}

int
fake_exec(struct job *job, const struct sandbox *sb, struct err *err)
{
	struct mounted m[FAKE_BINDS];
	struct proc_spec spec = {.dir = -1, .in = -1, .out = job->log, .errfd = job->log};
	cleanup_fd int dir = -1, in = -1;
	struct proc proc;
	int status;

	for (size_t i = 0; i < sb->nbinds; i++)
		if (mount_one(job, &sb->binds[i], &m[i], err))
			return -1;
	spec.argv = words_on_host(job, m, sb->nbinds, sb->argv);
	spec.env = words_on_host(job, m, sb->nbinds, sb->env);
	if (sb->cwd)
		spec.dir = dir = open(on_host(job, m, sb->nbinds, sb->cwd), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (sb->stdin_text) {
		in = fs_create(job->dir, arena_printf(&job->arena, "stdin%u", job->serial++), 0644);
		if (fs_write(in, sb->stdin_text, strlen(sb->stdin_text)) || lseek(in, 0, SEEK_SET))
			return err_sys(err, NULL, "the test cannot write stdin");
		spec.in = in;
	}
	if (sb->capture) {
		spec.out = -1;
		status = proc_capture(&spec, sb->capture, sb->capture_max, err);
		from_host(sb->capture, m, sb->nbinds);
		return status;
	}
	if (proc_start(&spec, &proc, err))
		return -1;
	status = proc_wait(&proc);
	return take_layer(job, sb, m, err) ? -1 : status;
}

void
job_warm_distrust(struct job *job)
{
	(void)job;
}

int
job_warm(struct job *job, const char *identity, bool *fresh, struct err *err)
{
	const char *path = arena_printf(&job->arena, "warm-%s", identity);

	*fresh = !fs_exists(job->dir, path);
	if (fs_mkdirs(job->dir, path))
		return err_sys(err, NULL, "the test cannot make `%s`", path);
	return fs_open(job->dir, path, O_RDONLY | O_DIRECTORY);
}
