#include "fake_job.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "fake_job_own.h"
#include "model/files.h"
#include "model/helpers.h"
#include "data/staged.h"
#include "os/fs.h"
#include "os/http.h"
#include "scratch.h"

static int
must(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		abort();
	}
	return r;
}

int
fake_folder(struct job *job, const char *what, const char **path)
{
	*path = arena_printf(&job->arena, "%s%u", what, job->serial++);
	must(fs_mkdirs(job->dir, *path), *path);
	return must(fs_open(job->dir, *path, O_RDONLY | O_DIRECTORY), *path);
}

struct job *
fake_job_new(const struct tree *below)
{
	struct job *job = xcalloc(1, sizeof *job);
	char dir[SCRATCH];

	scratch_new(dir);
	job->dir = must(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir);
	job->path = arena_strdup(&job->arena, dir);
	job->exec = fake_exec;
	job->root = arena_printf(&job->arena, "%s/project", dir);
	must(mkdir(job->root, 0755), job->root);
	job->log = must(fs_create(job->dir, "log", 0644), "log");
	job->scratch = job->out = -1;
	job->epoch = 1735689600;
	job->below = below;
	return job;
}

/* The folder goes with the job; a test that wants to see it stops before. */
static void
remove_folder(const char *path)
{
	must(scratch_drop(path), path);
}

void
fake_job_free(struct job *job)
{
	for (size_t i = 0; i < job->nlayers; i++) {
		layer_free(job->layers[i].layer);
		close(job->layers[i].fd);
	}
	for (size_t i = 0; i < job->nmade; i++) /* they lie in the arena */
		tree_free(job->made[i]);
	str_free(&job->notes);
	str_free(&job->records);
	close(job->log);
	if (job->scratch >= 0)
		close(job->scratch);
	if (job->out >= 0)
		close(job->out);
	close(job->dir);
	remove_folder(job->path);
	arena_free(&job->arena);
	free(job);
}

void
fake_job_give(struct job *job, unsigned step, const struct tree *t)
{
	must(step < FAKE_STEPS ? 0 : -1, "step");
	job->given[step] = t;
}

void
fake_job_set_epoch(struct job *job, int64_t epoch)
{
	job->epoch = epoch;
}

void
fake_job_set_exec(struct job *job, fake_exec_fn fn)
{
	job->exec = fn;
}

int
job_exec(struct job *job, const struct sandbox *sb, struct err *err)
{
	return job->exec(job, sb, err);
}

int
job_look(struct job *job, const struct bind *b, const char *path)
{
	(void)job, (void)b, (void)path;
	return -1;
}

struct source
fake_source(struct job *job, const char *rel)
{
	return (struct source){.kind = SRC_FILE,
			       .file = {.root = job->root,
					.rel = arena_strdup(&job->arena, rel),
					.shown = arena_strdup(&job->arena, rel)},
			       .at = {.file = "t.lua", .line = 1}};
}

struct source
fake_file(struct job *job, const char *rel, const void *data, size_t n)
{
	cleanup_fd int root = must(open(job->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), job->root);
	cleanup_fd int fd = must(fs_create(root, rel, 0644), rel);

	must(fs_write(fd, data, n), rel);
	return fake_source(job, rel);
}

struct source
fake_text(struct job *job, const char *rel, const char *text)
{
	return fake_file(job, rel, text, strlen(text));
}

struct source
fake_ref(unsigned step, const char *path)
{
	return (struct source){.kind = SRC_REF, .ref = {step, path}, .at = {.file = "t.lua", .line = 1}};
}

const char *
fake_root(struct job *job)
{
	return job->root;
}

const char *
fake_notes(struct job *job)
{
	return str_text(&job->notes);
}

const char *
fake_records(struct job *job)
{
	return str_text(&job->records);
}

const char *
fake_log(struct job *job)
{
	cleanup_str struct str s = {0};

	must(fs_read_file(job->dir, "log", &s, 1 << 24), "log");
	return arena_strndup(&job->arena, str_text(&s), s.len);
}

struct layer *
job_layer(struct job *job)
{
	if (!job->layer)
		job->layer = fake_layer(job, job->below);
	return job->layer;
}

const struct tree *
job_below(struct job *job)
{
	return job->below;
}

struct place
job_place(struct job *job)
{
	(void)job;
	return (struct place){.file = "t.lua", .line = 1};
}

const char *
job_name(struct job *job)
{
	(void)job;
	return "step";
}

struct arena *
job_arena(struct job *job)
{
	return &job->arena;
}

int64_t
job_epoch(struct job *job)
{
	return job->epoch;
}

int
job_cpus(struct job *job)
{
	(void)job;
	return 2;
}

bool
job_have(struct job *job, const struct tree *list)
{
	(void)job, (void)list;
	return false;
}

const char *const *
job_questions(struct job *job)
{
	return job->questions;
}

const char *
job_pin(struct job *job)
{
	return job->pin;
}

void
fake_job_ask(struct job *job, const char *const *questions)
{
	job->questions = questions;
}

void
fake_job_set_pin(struct job *job, const char *pin)
{
	job->pin = pin;
}

bool
job_offline(struct job *job)
{
	(void)job;
	return false;
}

const struct compile_helpers *
job_helpers(struct job *job)
{
	static const struct compile_helpers none;

	(void)job;
	return &none;
}

const struct tree *
job_tree(struct job *job, const struct source *src, struct err *err)
{
	const struct tree *t = src->ref.step < FAKE_STEPS ? job->given[src->ref.step] : NULL;

	if (!t)
		err_set(err, NULL, "the test gave no tree for step %u", (unsigned)src->ref.step);
	return t;
}

int
job_log(struct job *job)
{
	return job->log;
}

int
job_scratch(struct job *job, struct err *err)
{
	const char *path;

	(void)err;
	if (job->scratch < 0)
		job->scratch = fake_folder(job, "scratch", &path);
	return job->scratch;
}

int
job_out(struct job *job, struct err *err)
{
	(void)err;
	if (job->out < 0) {
		must(fs_mkdirs(job->dir, "out"), "out");
		job->out = must(fs_open(job->dir, "out", O_RDONLY | O_DIRECTORY), "out");
	}
	return job->out;
}

static void
add_line(struct str *s, const char *fmt, va_list ap)
{
	str_addv(s, fmt, ap);
	str_addc(s, '\n');
}

void
job_logf(struct job *job, const char *fmt, ...)
{
	cleanup_str struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&s, fmt, ap);
	va_end(ap);
	must(fs_write(job->log, str_text(&s), s.len), "log");
}

void
job_note(struct job *job, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(&job->notes, fmt, ap);
	va_end(ap);
}

void
job_record(struct job *job, const char *key, const char *value)
{
	str_addf(&job->records, "%s=%s\n", key, value);
}

void
job_progress(struct job *job, uint64_t done, uint64_t total)
{
	(void)job, (void)done, (void)total;
}

void
job_explain_log(struct job *job, struct err *err)
{
	err_help(err, "the log says: %s", fake_log(job));
}

int
job_staged(struct job *job, const char *kind, const char *name)
{
	return staged_by_hash(fake_root(job), kind, name);
}

bool
job_keeps(struct job *job)
{
	(void)job;
	return false;
}

int
job_keep(struct job *job, int fd, const char *sha256, struct err *err)
{
	(void)job, (void)fd, (void)sha256, (void)err;
	return 0;
}

/* Of file:/// addresses only. */
int
job_download(struct job *job, const char *url, const char *sha256, uint64_t max, struct err *err)
{
	struct http_request rq = {.url = url, .sha256 = sha256, .max = max, .tries = 1};
	int scratch = job_scratch(job, err);
	cleanup_fd int fd = -1;

	if (!str_starts(url, "file:///"))
		return err_set(err, NULL, "a test downloads nothing: `%s`", url);
	fd = openat(scratch, arena_printf(&job->arena, "download-%u", job->serial++),
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, NULL, "the test cannot make a file");
	return http_get(&rq, fd, err) ? -1 : steal_fd(&fd);
}

int
job_keep_data(struct job *job, const void *data, size_t n, const char *sha256, struct err *err)
{
	(void)job, (void)data, (void)n, (void)sha256, (void)err;
	return 0;
}

int
job_mirror(struct job *job, const char *url, struct err *err)
{
	(void)url;
	return job_scratch(job, err);
}

void
job_mirror_damaged(struct job *job)
{
	(void)job;
}
