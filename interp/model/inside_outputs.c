/* Takes the declared outputs of a sandbox into the job's layer. They are copied inside, where the
 * merged folders can be seen, into a folder of /jkr/out; from there they are moved into the layer. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/glob.h"
#include "model/inside.h"
#include "os/fs.h"

#define RESULT ".jkr-result"

/* Arguments in threes: base, name, pattern. A missing one is left to the caller to find. A plain path
 * comes under the name itself; what wildcards match comes below it, by its path after the folder
 * before the first wildcard. */
static const char script[] =
	"set -e; IFS=; R=/jkr/out/" RESULT "; mkdir -p \"$R\"\n"
	"put() { mkdir -p \"$(dirname \"$2\")\"; if [ -d \"$1\" ] && [ ! -L \"$1\" ]; then mkdir -p \"$2\"; cp -a \"$1/.\" \"$2/\"; "
	"else cp -a \"$1\" \"$2\"; fi; }\n"
	"while [ $# -gt 0 ]; do base=$1 name=$2 pat=$3; shift 3; cd \"$base\" || continue\n"
	"case $pat in\n"
	"*'**/'*) top=${pat%%'**/'*}; last=${pat##*/}; [ -d \"./$top\" ] || continue; cd \"./$top\"\n"
	"  find . -name \"$last\" ! -type d | while read -r f; do put \"$f\" \"$R/$name/$f\"; done;;\n"
	"*[*?]*) fixed=${pat%%[*?]*}; case $fixed in */*) top=${fixed%/*};; *) top=.;; esac\n"
	"  rest=${pat#\"$top/\"}; [ -d \"./$top\" ] || continue; cd \"./$top\"\n"
	"  for f in $rest; do if [ -e \"$f\" ] || [ -L \"$f\" ]; then put \"$f\" \"$R/$name/$f\"; fi; done;;\n"
	"*) if [ -e \"./$pat\" ] || [ -L \"./$pat\" ]; then put \"./$pat\" \"$R/$name\"; fi;;\n"
	"esac; done\n";

static const struct {
	const char *prefix, *base;
} bases[] = {
	{"out:", "/jkr/out"},
	{"build:", "/jkr/build"},
	{"src:", "/jkr/src"},
	{"/jkr/", "/jkr"},
};

static int
split(struct job *job, const struct pair *p, const char **base, const char **pattern, struct err *err)
{
	const char *path = p->value;
	char *clean;

	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		if (str_starts(path, bases[i].prefix)) {
			*base = bases[i].base;
			path += strlen(bases[i].prefix);
			break;
		}
	clean = arena_strdup(job_arena(job), p->key);
	if (path_clean(clean) || !*clean) {
		err_set(err, "E0320", "`%s` is not a path in a result", p->key);
		return err_at(err, p->at);
	}
	clean = arena_strdup(job_arena(job), path);
	if (path_clean(clean)) {
		err_set(err, "E0320", "`%s` is not a path of an output", p->value);
		return err_at(err, p->at);
	}
	*pattern = *clean ? clean : ".";
	return 0;
}

bool
inside_has_patterns(const struct pairs *outputs)
{
	for (size_t i = 0; i < outputs->n; i++) {
		const char *path = outputs->v[i].value;
		bool beside = str_starts(path, "out:") || str_starts(path, "src:") || str_starts(path, "/jkr/");

		if (glob_is(path) && (!beside || str_starts(path, "/jkr/build/")))
			return true;
	}
	return false;
}

static int
copy_inside(struct inside *in, const struct pairs *outputs, const char *base, struct err *err)
{
	const char **argv = arena_array(job_arena(in->job), const char *, 5 + 3 * outputs->n);
	struct inside copy = *in;
	size_t n = 0;

	argv[n++] = "/bin/sh";
	argv[n++] = "-c";
	argv[n++] = script;
	argv[n++] = "jkr";
	for (size_t i = 0; i < outputs->n; i++) {
		const char *pattern = NULL;

		argv[n] = base;
		if (split(in->job, &outputs->v[i], &argv[n], &pattern, err))
			return -1;
		argv[n + 1] = outputs->v[i].key;
		argv[n + 2] = pattern;
		n += 3;
	}
	copy.jobserver = false;
	copy.capture = NULL;
	copy.stdin_text = NULL;
	return inside_run(&copy, argv, "the copy of the outputs", err);
}

struct taking {
	struct job *job;
	const struct strings *exclude;
	struct err *err;
};

static bool
excluded(const struct strings *exclude, const char *name)
{
	for (size_t i = 0; i < exclude->n; i++) {
		const char *p = exclude->v[i];

		/* `*` means dotfiles as well here: Kbuild's are called .NAME.cmd */
		if (!strcmp(p, name) || glob_match(p, name) ||
		    (*name == '.' && glob_match(*p == '.' ? p + 1 : p, name + 1)))
			return true;
	}
	return false;
}

static int
put_output(struct job *job, const char *name, int fd, struct err *err)
{
	struct entry e = {.path = name};
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(err, "E0318", "the output `%s` cannot be read", name);
	e.mode = S_IFREG | (st.st_mode & 0100 ? 0755 : 0644);
	return layer_put_fd(job_layer(job), &e, fd, err);
}

/* The file that is an output by itself, where it can be had without a sandbox. */
static int
open_output(struct inside *in, const struct pair *p, const char *base, struct err *err)
{
	cleanup_free char *clean = xstrdup(p->key);
	const char *pattern = NULL;

	if (split(in->job, p, &base, &pattern, err) || path_clean(clean) || strcmp(clean, p->key) || glob_is(pattern))
		return -1;
	return inside_look(in, base, pattern);
}

/* Plain files that the program wrote: a sandbox for their copy would cost as much as a link of a kernel's module.
 * 1 all are taken, 0 none, -1. */
static int
copy_outside(struct inside *in, const struct pairs *outputs, const char *base, const struct strings *exclude,
	     struct err *err)
{
	int *fds = arena_array(job_arena(in->job), int, outputs->n);
	bool all = true;
	size_t n = 0;

	for (; all && n < outputs->n; n++) {
		bool left_out = excluded(exclude, path_base(outputs->v[n].key));

		fds[n] = left_out ? -1 : open_output(in, &outputs->v[n], base, err);
		all = fds[n] >= 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (all && !err_any(err))
			put_output(in->job, outputs->v[i].key, fds[i], err);
		cleanup_fdp(&fds[i]);
	}
	return err_any(err) ? -1 : all;
}

static int
take_link(struct taking *t, int at, const char *name, struct entry *e)
{
	char target[4096];
	ssize_t n = readlinkat(at, name, target, sizeof target - 1);

	if (n < 0)
		return err_sys(t->err, "E0804", "cannot read the link `%s`", e->path);
	target[n] = 0;
	e->target = target;
	e->mode = S_IFLNK | 0777;
	return layer_symlink(job_layer(t->job), e, t->err);
}

static int
take_one(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct taking *t = ctx;
	struct entry e = {.path = path};

	if (S_ISDIR(st->st_mode)) {
		e.mode = S_IFDIR | 0755;
		return layer_mkdir(job_layer(t->job), &e, t->err);
	}
	if (excluded(t->exclude, name))
		return 0;
	if (S_ISLNK(st->st_mode))
		return take_link(t, at, name, &e);
	if (!S_ISREG(st->st_mode))
		return err_set(t->err, "E0318", "the output `%s` is neither a file nor a folder nor a link", path);
	e.mode = S_IFREG | (st->st_mode & 0100 ? 0755 : 0644);
	return layer_adopt(job_layer(t->job), &e, at, name, t->err);
}

/* Whether an output is there and holds something: a file bytes, a folder a file. */
static bool
holds_something(const struct entry *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (path_within(v[i].path, name) && !v[i].whiteout &&
		    (S_ISLNK(v[i].mode) || (S_ISREG(v[i].mode) && (v[i].size || strcmp(v[i].path, name)))))
			return true;
	return false;
}

static void
check_outputs(struct job *job, const struct pairs *outputs, struct err *err)
{
	size_t n;
	const struct entry *v = layer_list(job_layer(job), &n, err);

	for (size_t i = 0; v && i < outputs->n; i++) {
		const struct pair *p = &outputs->v[i];

		if (holds_something(v, n, p->key))
			continue;
		err_set(err, "E0318", "step `%s` did not make its output `%s`", job_name(job), p->key);
		err_at(err, p->at);
		err_label(err, "`%s` is missing or empty, although the program ended with success", p->value);
	}
}

int
inside_outputs(struct inside *in, const struct pairs *outputs, const char *base, const struct strings *exclude,
	       struct err *err)
{
	struct taking t = {in->job, exclude, err};
	cleanup_fd int dir = -1;
	int out = job_out(in->job, err), taken;

	if (!outputs->n || out < 0)
		return out < 0 ? -1 : 0;
	taken = copy_outside(in, outputs, base, exclude, err);
	if (taken > 0)
		check_outputs(in->job, outputs, err);
	if (taken)
		return err_any(err) ? -1 : 0;
	if (copy_inside(in, outputs, base, err))
		return -1;
	dir = fs_open_nofollow(out, RESULT, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return err_sys(err, "E0318", "the outputs cannot be read");
	if (fs_walk(dir, take_one, &t))
		return err_any(err) ? -1 : err_sys(err, "E0318", "the outputs cannot be read");
	check_outputs(in->job, outputs, err);
	return err_any(err) ? -1 : 0;
}

int
inside_all(struct inside *in, const struct strings *exclude, struct err *err)
{
	struct taking t = {in->job, exclude, err};
	int out = job_out(in->job, err);
	size_t n;

	if (out < 0)
		return -1;
	if (fs_walk(out, take_one, &t))
		return err_any(err) ? -1 : err_sys(err, "E0318", "the outputs cannot be read");
	if (!layer_list(job_layer(in->job), &n, err))
		return -1;
	if (n)
		return 0;
	err_set(err, "E0318", "step `%s` left nothing in /jkr/out, which is its result", job_name(in->job));
	err_at(err, job_place(in->job));
	return err_help(err, "write there, or give `capture` to keep what the program says");
}
