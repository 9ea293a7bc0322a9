/* The program git: how it is started, and what its complaints mean. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "data/git_own.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/url.h"

#define FAILED "E0914"
#define LOST "E0920"
#define SAID_MAX (1 << 20)
#define ARGS 40

/* git with nothing of this machine but the user's own credentials: no prompts, hooks, system settings,
 * other protocols; every object that comes in is checked. */
static const char *const fixed_args[] = {
	"git",
	"-c",
	"core.hooksPath=/dev/null",
	"-c",
	"core.fsmonitor=false",
	"-c",
	"core.alternateRefsCommand=",
	"-c",
	"fetch.fsckObjects=true",
	"-c",
	"transfer.fsckObjects=true",
	"-c",
	"fetch.unpackLimit=1",
	"-c",
	"gc.auto=0",
	"-c",
	"maintenance.auto=false",
	"-c",
	"submodule.recurse=false",
	"-c",
	"fetch.recurseSubmodules=false",
};

static const char **
git_env(struct arena *a, const char *const *more)
{
	static const char *const passed[] = {
		"PATH",       "HOME",        "USER",      "SSH_AUTH_SOCK", "XDG_CONFIG_HOME",
		"http_proxy", "https_proxy", "all_proxy", "no_proxy"};
	size_t n = 0, nmore = 0;
	const char **env;

	while (more && more[nmore])
		nmore++;
	env = arena_array(a, const char *, ARRAY_LEN(passed) + nmore + 8);

	env[n++] = "LC_ALL=C";
	env[n++] = "GIT_CONFIG_NOSYSTEM=1";
	env[n++] = "GIT_TERMINAL_PROMPT=0";
	env[n++] = "GIT_ASKPASS=/bin/false";
	env[n++] = "SSH_ASKPASS=/bin/false";
	env[n++] = "GIT_SSH_COMMAND=ssh -oBatchMode=yes";
	env[n++] = "GIT_ALLOW_PROTOCOL=https:http:git:ssh:file";
	for (size_t i = 0; i < ARRAY_LEN(passed); i++)
		if (getenv(passed[i]))
			env[n++] = arena_printf(a, "%s=%s", passed[i], getenv(passed[i]));
	for (size_t i = 0; i < nmore; i++)
		env[n++] = more[i];
	return env;
}

/* A git that is about to run. */
struct running {
	struct arena arena;
	struct proc_spec spec;
};

static int
prepare(struct running *r, const char *const *args, const char *const *more, int dir, struct err *err)
{
	const char **argv = arena_array(&r->arena, const char *, ARRAY_LEN(fixed_args) + ARGS);
	cleanup_free char *where = proc_which("git");
	size_t n = ARRAY_LEN(fixed_args);

	if (!where) {
		err_set(err, "E1140", "there is no `git` here");
		return err_help(err, "apt install git");
	}
	memcpy(argv, fixed_args, sizeof fixed_args);
	while (*args && n < ARRAY_LEN(fixed_args) + ARGS - 1)
		argv[n++] = *args++;
	r->spec = (struct proc_spec){.argv = argv,
				     .env = git_env(&r->arena, more),
				     .dir = dir,
				     .in = -1,
				     .out = -1,
				     .errfd = -1,
				     .die_with_parent = true};
	return 0;
}

int
git_run(const char *const *args, int dir, struct str *out, size_t max, struct str *said, struct err *err)
{
	return git_run_env(args, NULL, dir, out, max, said, err);
}

static void
end(struct running *r, struct str *said)
{
	cleanup_fd int fd = r->spec.errfd;

	if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0)
		fs_read(fd, said, SAID_MAX);
	arena_free(&r->arena);
}

int
git_run_env(const char *const *args, const char *const *more, int dir, struct str *out, size_t max, struct str *said,
	    struct err *err)
{
	struct running r = {0};
	int status = prepare(&r, args, more, dir, err);

	r.spec.errfd = memfd_create("git", MFD_CLOEXEC);
	if (!status)
		status = proc_capture(&r.spec, out, max, err);
	end(&r, said);
	return status;
}

int
git_run_fds(const char *const *args, int dir, int in, int out, struct str *said, struct err *err)
{
	struct running r = {0};
	struct proc p;
	int status = prepare(&r, args, NULL, dir, err);

	r.spec.in = in;
	r.spec.out = out;
	r.spec.errfd = memfd_create("git", MFD_CLOEXEC);
	if (!status)
		status = proc_start(&r.spec, &p, err) ? -1 : proc_wait(&p);
	end(&r, said);
	return status;
}

/* Transfers */

int
git_progress(const char *line, uint64_t *done, uint64_t *total)
{
	static const char *const others[] = {"remote: Enumerating objects:",
					     "remote: Counting objects:",
					     "remote: Compressing objects:",
					     "remote: Finding sources:",
					     "remote: Total ",
					     "Resolving deltas:",
					     "Checking connectivity:",
					     "Indexing objects:",
					     "Unpacking objects:",
					     "Checking objects:",
					     "Enumerating objects:",
					     "Counting objects:"};
	static const char here[] = "Receiving objects:";
	unsigned percent;
	char end = 0;

	if (str_starts(line, here) &&
	    sscanf(line + sizeof here - 1, " %3u%% (%19" SCNu64 "/%19" SCNu64 "%c", &percent, done, total, &end) == 4 &&
	    end == ')' && *done <= *total)
		return 2;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_starts(line, others[i]))
			return 1;
	return str_starts(line, here);
}

struct telling {
	const struct git_watch *watch;
	struct str *said;
};

static void
take_line(void *ctx, const char *line, char end)
{
	struct telling *t = ctx;
	uint64_t done, total;
	int what = git_progress(line, &done, &total);

	if (what == 2 && t->watch->progress)
		t->watch->progress(t->watch->ctx, done, total);
	/* "From URL" and a line for each ref say nothing that the key does not */
	if (!what && *line != ' ' && !str_starts(line, "From ") && t->said->len < SAID_MAX)
		str_addf(t->said, "%s%c", line, end);
}

int
git_run_watched(const char *const *args, int dir, const struct git_watch *watch, struct str *said, struct err *err)
{
	struct telling t = {watch, said};
	cleanup_str struct str out = {0};
	struct running r = {0};
	int status = prepare(&r, args, NULL, dir, err);

	if (!status)
		status = proc_watch(&r.spec, &out, SAID_MAX, take_line, &t, err);
	arena_free(&r.arena);
	return status;
}

#define HUNG_UP "the server hung up before all of it had come"

/* What git says of a transfer that broke is about its own programs: here is what it means. One that the server broke
 * off, or did not begin, says nothing about what is here. */
static const struct meaning {
	const char *said, *means, *code; /* means NULL: as git says it */
	bool anyway;                     /* also where the server gives a reason of its own */
} meanings[] = {
	{"does not match index", "the repository there is damaged", FAILED, true},
	{"pack has bad object", "what came is damaged", FAILED, false},
	{"pack is corrupted", "what came is damaged", FAILED, false},
	{"pack signature mismatch", "what came is damaged", FAILED, false},
	{"inflate returned", "what came is damaged", FAILED, false},
	{"unresolved delta", "what came is damaged", FAILED, false},
	{"did not send all necessary objects", "objects are missing in what came", FAILED, false},
	{"early EOF", HUNG_UP, LOST, false},
	{"unexpected disconnect", HUNG_UP, LOST, false},
	{"expected flush after", HUNG_UP, LOST, false},
	{"hung up unexpectedly", HUNG_UP, LOST, false},
	{"unable to access", NULL, LOST, false},
	{"unable to connect", NULL, LOST, false},
	{"unable to look up", NULL, LOST, false},
	{"Could not resolve host", NULL, LOST, false},
	{"", NULL, FAILED, true},
};

static const struct meaning *
meaning_of(const char *said, bool has_reason)
{
	const struct meaning *m = meanings;

	while (!strstr(said, m->said) || (has_reason && !m->anyway))
		m++;
	return m;
}

int
git_fail(const char *what, const char *url, const struct str *said, struct err *err)
{
	cleanup_free char *shown = url_shown(url);
	const char *text = str_text(said), *p = strstr(text, "fatal: ");
	const struct meaning *m;

	p = p ? p + 7 : strstr(text, "error: ") ? strstr(text, "error: ") + 7 : NULL;
	m = meaning_of(text, p && str_starts(p, "remote error"));
	if (!m->means) {
		size_t n = p ? strcspn(p, "\n") : 0;

		/* a sentence of git's, or one that goes on with an errno */
		n -= n && strchr(".:", p[n - 1]);
		return err_set(err, m->code, "%s `%s`%s%.*s", what, shown, p ? ": " : "", (int)n, p ? p : "");
	}
	err_set(err, m->code, "%s `%s`: %s", what, shown, m->means);
	return err_help(err, "nothing was changed here: run again, and if it stays, tell who keeps that repository");
}
