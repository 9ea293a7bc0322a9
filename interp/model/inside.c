#include "model/inside.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "base/err.h"
#include "base/str.h"
#include "model/files.h"
#include "os/fs.h"
#include "os/proc.h"

/* Variables that every program obeys: code that the loader, the C library or a shell runs before it, in it, or in its
 * place, and what make's pinned job slots rest on. What one tool obeys (PYTHONPATH, GCC_EXEC_PREFIX) is the step's
 * business. */
static const char *const refused[] = {
	"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_ORIGIN_PATH", "GCONV_PATH", "BASH_ENV",  "ENV", "SHELLOPTS",
	"IFS",        "MAKEFLAGS",       "MFLAGS",   "GNUMAKEFLAGS",   "MAKEFILES",  "MAKELEVEL",
};

static bool
is_name(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static bool
is_refused(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (!strcmp(name, refused[i]))
			return true;
	return false;
}

/* make takes more names than a shell: NVIDIA's is srctree.nvidia-oot. */
static bool
is_make_name(const char *s)
{
	return (isalpha((unsigned char)*s) || *s == '_') &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")];
}

static int
check_names(const struct pairs *env, const char *field, bool (*good)(const char *), struct err *err)
{
	for (size_t i = 0; i < env->n; i++) {
		const struct pair *p = &env->v[i];

		if (!good(p->key))
			err_set(err, "E0320", "`%s` in `%s` is not the name of a variable", p->key, field);
		else if (is_refused(p->key))
			err_set(err, "E0320", "`%s` cannot be set in `%s`: it changes which code runs", p->key, field);
		else
			continue;
		err_at(err, p->at);
	}
	return err_any(err) ? -1 : 0;
}

int
inside_check_env(const struct pairs *env, const char *field, struct err *err)
{
	return check_names(env, field, is_name, err);
}

int
inside_check_variables(const struct pairs *vars, const char *field, struct err *err)
{
	return check_names(vars, field, is_make_name, err);
}

/* Not in what is mounted itself: the place is made there, and a link in a tree could lead it out of the
 * sandbox while that is being built. */
static bool
is_mount_place(const struct mounts *m, size_t i)
{
	static const char *const own[] = {"/jkr/src", "/jkr/build", "/jkr/out", "/jkr/jobserver"};
	const char *at = m->v[i].at_path;
	cleanup_free char *clean = xstrdup(*at == '/' ? at + 1 : at);

	if (path_clean(clean) || strcmp(clean, at + 1) || !str_starts(at, "/jkr/") || !strcmp(at, "/jkr/in"))
		return false;
	for (size_t k = 0; k < ARRAY_LEN(own); k++)
		if (path_within(at, own[k]))
			return false;
	for (size_t k = 0; k < m->n; k++)
		if (k != i && path_within(at, m->v[k].at_path))
			return false;
	return true;
}

int
inside_check_mounts(const struct mounts *m, struct err *err)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *at = m->v[i].at_path;

		if (is_mount_place(m, i))
			continue;
		err_set(err, "E0320", "nothing can be mounted at `%s`", at);
		err_at(err, m->v[i].source.at);
		err_help(
			err,
			"choose a place below /jkr that is not jkr's own nor inside another mount, such as /jkr/firmware");
	}
	return err_any(err) ? -1 : 0;
}

void
inside_env(struct inside *in, const char *name, const char *value)
{
	const char *text = arena_printf(job_arena(in->job), "%s=%s", name, value);
	size_t n = strlen(name) + 1;

	for (size_t i = 0; i < in->nenv; i++)
		if (!strncmp(in->env[i], text, n)) {
			in->env[i] = text;
			return;
		}
	GROW(in->env, in->nenv + 1, in->capenv);
	in->env[in->nenv++] = text;
	in->env[in->nenv] = NULL;
}

void
inside_envs(struct inside *in, const struct pairs *env)
{
	for (size_t i = 0; i < env->n; i++)
		inside_env(in, env->v[i].key, env->v[i].value);
}

int
inside_begin(struct inside *in, struct job *job, const struct source *toolchain, struct err *err)
{
	static const char *const fixed[][2] = {
		{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		{"HOME", "/tmp"},
		{"LC_ALL", "C"},
		{"TZ", "UTC"},
		{"USER", "jkr"},
		{"LOGNAME", "jkr"},
		{"KBUILD_BUILD_USER", "jkr"},
		{"KBUILD_BUILD_HOST", "jkr"},
		{"KBUILD_BUILD_VERSION", "1"},
	};
	time_t epoch = (time_t)job_epoch(job);
	char date[64];
	struct tm tm;

	memset(in, 0, sizeof *in);
	in->job = job;
	in->image = job_tree(job, toolchain, err);
	if (!in->image)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		inside_env(in, fixed[i][0], fixed[i][1]);
	inside_env(in, "SOURCE_DATE_EPOCH", arena_printf(job_arena(job), "%lld", (long long)epoch));
	if (!gmtime_r(&epoch, &tm) || !strftime(date, sizeof date, "%a %b %e %H:%M:%S UTC %Y", &tm))
		return err_set(err, "E0320", "the epoch %lld is no date", (long long)epoch);
	inside_env(in, "KBUILD_BUILD_TIMESTAMP", date);
	return 0;
}

void
inside_end(struct inside *in)
{
	free(in->env);
	free(in->binds);
	memset(in, 0, sizeof *in);
}

void
inside_bind(struct inside *in, struct bind b)
{
	GROW(in->binds, in->nbinds, in->capbinds);
	in->binds[in->nbinds++] = b;
}

/* 1 for one file, 0 for a folder or a whole result, -1 with a sentence. */
static int
is_file(struct job *job, const struct source *src, struct err *err)
{
	cleanup_fd int fd = -1;
	const struct tree *t;
	const struct entry *e;
	struct stat st;

	if (src->kind == SRC_REF) {
		t = job_tree(job, src, err);
		e = t && *src->ref.path ? tree_resolve(t, src->ref.path) : NULL;
		return t ? e && S_ISREG(e->mode) : -1;
	}
	fd = files_open(&src->file, err);
	if (fd < 0)
		return -1;
	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

unsigned
inside_server(struct inside *in, const char *host, const char *port)
{
	const char *bracket = strrchr(host, ']');

	if (in->nservers == DOORS_MAX)
		return 0;
	if (!strchr(bracket ? bracket : host, ':'))
		host = arena_printf(job_arena(in->job), "%s:%s", host, port);
	in->servers[in->nservers] = host;
	return DOOR_FIRST + (unsigned)in->nservers++;
}

int
inside_mounts(struct inside *in, const struct mounts *m, struct err *err)
{
	for (size_t i = 0; i < m->n; i++) {
		struct bind b = {.kind = BIND_SCRATCH, .at = m->v[i].at_path, .fd = -1};
		int file = is_file(in->job, &m->v[i].source, err);

		if (file < 0 || (file && inside_source(in, &m->v[i].source, m->v[i].at_path, err)))
			return err_at(err, m->v[i].source.at);
		if (file)
			continue;
		b.tree = job_folder(in->job, &m->v[i].source, &b.sub, err);
		if (!b.tree)
			return err_at(err, m->v[i].source.at);
		inside_bind(in, b);
	}
	return 0;
}

/* A project's file can change while a program reads it, and a shell reads its script bit by bit: the
 * sandbox sees a copy. The second look tells that the copy is of what the key holds. */
static int
open_source(struct inside *in, const struct source *src, struct err *err)
{
	int dir = src->kind == SRC_FILE ? job_scratch(in->job, err) : -1, to;
	cleanup_fd int from = job_open(in->job, src, err), again = -1;
	cleanup_free char *name = xasprintf("in-%zu", in->nbinds);

	if (from < 0 || (src->kind == SRC_FILE && dir < 0))
		return -1;
	if (src->kind != SRC_FILE)
		return steal_fd(&from);
	to = fs_create(dir, name, files_executable(&src->file) ? 0755 : 0644);
	if (to < 0 || fs_copy(from, to))
		return err_sys(err, "E0804", "cannot copy `%s`", src->file.shown);
	again = job_open(in->job, src, err);
	return again < 0 ? -1 : to;
}

int
inside_source(struct inside *in, const struct source *src, const char *at, struct err *err)
{
	struct bind b = {.kind = BIND_FD, .at = at};

	b.fd = open_source(in, src, err); /* ends with the job's process */
	if (b.fd < 0)
		return err_at(err, src->at);
	inside_bind(in, b);
	return 0;
}

int
inside_run(struct inside *in, const char *const *argv, const char *what, struct err *err)
{
	struct sandbox sb = {
		.image = in->image,
		.argv = argv,
		.env = in->env,
		.binds = in->binds,
		.nbinds = in->nbinds,
		.cwd = in->cwd,
		.jobserver = in->jobserver,
		.prepares = in->prepares,
		.stdin_text = in->stdin_text,
		.servers = in->servers,
		.capture = in->capture,
		.capture_max = 64 << 20,
	};
	char buf[64];
	int status;

	job_logf(in->job, "[jkr: runs %s]", what);
	status = job_exec(in->job, &sb, err);
	if (status <= 0)
		return status;
	err_set(err, "E0317", "step `%s` failed: `%s` %s", job_name(in->job), what, proc_status_text(status, buf));
	err_at(err, job_place(in->job));
	job_explain_log(in->job, err);
	return -1;
}

/* A warning of modpost that means the module cannot load. */
static bool
cannot_load(const char *line, size_t n)
{
	static const char *const marks[] = {" undefined!", "but does not import it"};

	if (!memmem(line, n, "modpost: ", 9))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (memmem(line, n, marks[i], strlen(marks[i])))
			return true;
	return false;
}

static int
read_warnings(struct inside *in, struct err *err)
{
	struct stat st;
	const char *p, *end, *nl;
	size_t found = 0;
	char *map;

	if (fstat(job_log(in->job), &st) || !S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, job_log(in->job), 0);
	if (map == MAP_FAILED)
		return 0;
	end = map + st.st_size;
	for (p = map; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl ? nl : end;
		if (!cannot_load(p, (size_t)(nl - p)))
			continue;
		if (!found++) {
			err_set(err, "E0319",
				"step `%s` made modules that cannot load, although make ended with success",
				job_name(in->job));
			err_at(err, job_place(in->job));
			err_label(err, "%.*s", (int)(nl - p < 200 ? nl - p : 200), p);
			err_help(err,
				 "build against the kernel that exports the symbol, or give `allow_warnings = true`");
		}
	}
	munmap(map, (size_t)st.st_size);
	return found ? -1 : 0;
}

int
inside_modpost(struct inside *in, int made, struct err *err)
{
	struct err warned = {0};
	int r = read_warnings(in, made ? &warned : err);

	if (r)
		job_warm_distrust(in->job);
	err_free(&warned);
	return made ? made : r;
}

int
inside_look(struct inside *in, const char *at, const char *path)
{
	for (size_t i = 0; i < in->nbinds; i++)
		if (!strcmp(in->binds[i].at, at))
			return job_look(in->job, &in->binds[i], path);
	return -1;
}
