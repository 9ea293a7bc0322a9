#include "model/dtc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "data/dts.h"
#include "os/fs.h"
#include "os/proc.h"

#define MAX_SOURCE ((size_t)16 << 20)
#define MAX_BLOB ((size_t)64 << 20)
#define MAX_LOG 65536 /* bytes of one program's messages that are read */
#define MAX_ERRORS 5
#define MAX_WARNINGS 20
#define EMPTY "/jkr/out" /* the working folder, so that no relative name finds a file */
#define FIXED_WORDS 24

/* What dtc only warns of and is always a mistake. In an overlay the parents' cells are not known, so
 * dtc guesses them there, and lengths that depend on them stay warnings. */
static const char *const always[] = {
	"-Eaddress_cells_is_cell", "-Esize_cells_is_cell", "-Edevice_type_is_string",
	"-Emodel_is_string",       "-Estatus_is_string",
};
static const char *const base_only[] = {
	"-Ereg_format",          "-Eranges_format",          "-Eavoid_default_addr_size",
	"-Einterrupts_property", "-Wno-unit_address_vs_reg",
};
static const char *const overlay_only[] = {
	"-Wno-reg_format",          "-Wno-ranges_format",       "-Wno-avoid_default_addr_size",
	"-Wno-unit_address_vs_reg", "-Wno-interrupts_property",
};

/* One compilation: argument lists and mounts live in the job's arena. */
struct compile {
	struct job *job;
	const struct dtc_request *rq;
	struct dtc_result *out;
	const char **folders; /* of `include`, as the sandbox sees them */
	struct bind *binds;
	size_t nbinds;
	struct err *err;
};

static int
bind_cmp(const void *a, const void *b)
{
	return strcmp(((const struct bind *)a)->at, ((const struct bind *)b)->at);
}

/* A folder keeps its path below its tree, so that links and ".." to other declared folders hold. */
static int
mount_folder(struct compile *c, const struct source *src, const char **at)
{
	struct arena *a = job_arena(c->job);
	const char *sub = "";
	const struct tree *t = job_folder(c->job, src, &sub, c->err);

	if (!t) {
		err_help(c->err, "include names folders");
		return err_at(c->err, src->at);
	}
	if (src->kind == SRC_REF)
		*at = arena_printf(a, "%s%u%s%s", DTS_MOUNTS, src->ref.step, *src->ref.path ? "/" : "", src->ref.path);
	else
		*at = arena_printf(a, "%sproject/%s", DTS_MOUNTS, src->file.shown);
	for (size_t i = 0; i < c->nbinds; i++)
		if (!strcmp(c->binds[i].at, *at))
			return 0;
	c->binds[c->nbinds++] = (struct bind){.kind = BIND_TREE, .at = *at, .tree = t, .sub = *sub ? sub : NULL};
	return 0;
}

static int
mount_folders(struct compile *c)
{
	size_t n = c->rq->include->n;

	c->folders = arena_array(job_arena(c->job), const char *, n + 1);
	c->binds = arena_array(job_arena(c->job), struct bind, n + 1);
	c->binds[c->nbinds++] = (struct bind){.kind = BIND_OUT, .at = EMPTY};
	for (size_t i = 0; i < n; i++)
		if (mount_folder(c, &c->rq->include->v[i], &c->folders[i]))
			return -1;
	qsort(c->binds, c->nbinds, sizeof *c->binds, bind_cmp);
	return 0;
}

/* The text that a program wrote to the log after `from`. */
static char *
log_since(struct job *job, off_t from)
{
	char *text = xcalloc(1, MAX_LOG + 1);
	ssize_t n = pread(job_log(job), text, MAX_LOG, from);

	if (n < 0)
		n = 0;
	text[n] = 0;
	return text;
}

static off_t
log_end(struct job *job)
{
	struct stat st;

	return fstat(job_log(job), &st) ? 0 : st.st_size;
}

/* A line without the sandbox's paths. */
static const char *
readable(struct job *job, const char *line, size_t n)
{
	const char *s = arena_strndup(job_arena(job), line, n), *p = strstr(s, DTS_MOUNTS);

	return p ? arena_printf(job_arena(job), "%.*s%s", (int)(p - s), s, dts_shown(p)) : s;
}

/* Lines of compilers: `error` those that say why it failed, else those that warn. */
static bool
is_diagnostic(const char *line, bool error)
{
	static const char *const errors[] = {"Error: ", ": ERROR (", " error: ", "FATAL ERROR: "};
	static const char *const warnings[] = {": Warning (", " warning: "};
	const char *const *words = error ? errors : warnings;
	size_t n = error ? ARRAY_LEN(errors) : ARRAY_LEN(warnings);

	for (size_t i = 0; i < n; i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* Says each line of the program's messages that counts; gives how many. */
static size_t
each_diagnostic(struct compile *c, const char *program, const char *text, bool error)
{
	size_t n = 0;

	for (const char *p = text; *p; p += *p == '\n') {
		size_t len = strcspn(p, "\n");
		const char *line = readable(c->job, p, len);

		p += len;
		if (!is_diagnostic(line, error))
			continue;
		if (error && n && str_starts(line, "FATAL ERROR"))
			continue;
		if (error && n < MAX_ERRORS)
			err_set(c->err, "E0601", "%s: %s", program, line + (str_starts(line, "Error: ") ? 7 : 0));
		else if (!error && n < MAX_WARNINGS)
			job_note(c->job, "%s: %s", program, line);
		n++;
	}
	return n;
}

static int
failed(struct compile *c, const char *program, int status, const char *text)
{
	char buf[64];

	if (status >= 128) {
		err_set(c->err, "E0608", "%s %s on `%s`, so this input is refused", program,
			proc_status_text(status, buf), c->out->shown);
		return -1;
	}
	if (!each_diagnostic(c, program, text, true)) {
		err_set(c->err, "E0601", "%s %s on `%s`", program, proc_status_text(status, buf), c->out->shown);
		job_explain_log(c->job, c->err);
	}
	if (strstr(text, "No such file or directory") || strstr(text, "Couldn't open") ||
	    strstr(text, "no include path"))
		err_help(c->err, "only the folders in `include` are visible; list the one that holds the file");
	return -1;
}

/* Runs one of the two programs over `input`. */
static int
program(struct compile *c, const char *const *argv, const char *input, struct str *output)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	const struct sandbox sb = {.image = c->rq->image,
				   .argv = argv,
				   .env = env,
				   .binds = c->binds,
				   .nbinds = c->nbinds,
				   .cwd = EMPTY,
				   .stdin_text = input,
				   .capture = output,
				   .capture_max = MAX_BLOB};
	cleanup_free char *text = NULL;
	off_t from = log_end(c->job);
	int status = job_exec(c->job, &sb, c->err);

	if (status < 0)
		return -1;
	text = log_since(c->job, from);
	if (status)
		return failed(c, path_base(argv[0]), status, text);
	each_diagnostic(c, path_base(argv[0]), text, false);
	return 0;
}

static int
run_cpp(struct compile *c, const char *source)
{
	const struct dtc_request *rq = c->rq;
	static const char *const fixed[] = {"/usr/bin/cpp",       "-undef",   "-D__DTS__", "-x",
					    "assembler-with-cpp", "-nostdinc"};
	const char **argv =
		arena_array(job_arena(c->job), const char *, FIXED_WORDS + 2 * rq->include->n + rq->defines->n);
	cleanup_str struct str input = {0};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		argv[n++] = fixed[i];
	for (size_t i = 0; i < rq->include->n; i++) {
		argv[n++] = "-I";
		argv[n++] = c->folders[i];
	}
	for (size_t i = 0; i < rq->defines->n; i++)
		argv[n++] = arena_printf(job_arena(c->job), "-D%s=%s", rq->defines->v[i].key, rq->defines->v[i].value);
	argv[n++] = "-";
	str_addf(&input, "#line 1 \"%s\"\n%s", c->out->shown, source);
	return program(c, argv, input.s, &c->out->expanded);
}

static void
add_words(const char **argv, size_t *n, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		argv[(*n)++] = words[i];
}

static int
run_dtc(struct compile *c)
{
	const struct dtc_request *rq = c->rq;
	static const char *const fixed[] = {"/usr/bin/dtc", "-I", "dts", "-O", "dtb", "-o", "-"};
	const char **argv =
		arena_array(job_arena(c->job), const char *, FIXED_WORDS + 2 * rq->include->n + rq->warnings->n);
	size_t n = 0;

	add_words(argv, &n, fixed, ARRAY_LEN(fixed));
	if (rq->symbols)
		argv[n++] = "-@";
	add_words(argv, &n, always, ARRAY_LEN(always));
	if (c->out->plugin)
		add_words(argv, &n, overlay_only, ARRAY_LEN(overlay_only));
	else
		add_words(argv, &n, base_only, ARRAY_LEN(base_only));
	add_words(argv, &n, rq->warnings->v, rq->warnings->n);
	for (size_t i = 0; i < rq->include->n; i++) {
		argv[n++] = "-i";
		argv[n++] = c->folders[i];
	}
	argv[n++] = "-";
	return program(c, argv, c->out->expanded.s, &c->out->blob);
}

static int
has_programs(struct compile *c)
{
	static const struct {
		const char *path, *package;
	} programs[] = {
		{"usr/bin/cpp", "cpp"},
		{"usr/bin/dtc", "device-tree-compiler"},
	};

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (!tree_resolve(c->rq->image, programs[i].path)) {
			err_set(c->err, "E0609", "the toolchain's image has no /%s", programs[i].path);
			return err_help(c->err, "add the package `%s` to the toolchain", programs[i].package);
		}
	return 0;
}

int
dtc_compile(struct job *job, const struct dtc_request *rq, struct dtc_result *out, struct err *err)
{
	struct compile c = {.job = job, .rq = rq, .out = out, .err = err};
	cleanup_str struct str source = {0};
	cleanup_fd int fd = -1;

	out->shown = rq->main->kind == SRC_FILE ? rq->main->file.shown
		     : *rq->main->ref.path      ? rq->main->ref.path
						: job_source_name(job, rq->main);
	if (has_programs(&c))
		return -1;
	fd = job_open(job, rq->main, err);
	if (fd < 0)
		return err_at(err, rq->main->at);
	if (fs_read(fd, &source, MAX_SOURCE))
		return err_sys(err, "E0601", "cannot read `%s`", out->shown);
	if (dts_check_source(str_text(&source), source.len, out->shown, err) || mount_folders(&c) ||
	    run_cpp(&c, str_text(&source)))
		return -1;
	if (!out->expanded.s || strlen(out->expanded.s) != out->expanded.len)
		return err_set(err, "E0601", "`%s` holds a NUL byte after cpp", out->shown);
	if (dts_check_expanded(out->expanded.s, &(struct dts_known){out->shown, c.folders, rq->include->n},
			       &out->plugin, err))
		return -1;
	return run_dtc(&c);
}

void
dtc_result_free(struct dtc_result *r)
{
	str_free(&r->expanded);
	str_free(&r->blob);
}
