#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/url.h"

#define FAILED "E0914"
#define REFUSED "E0912"
#define OBJECT "E0915"
#define SAID_MAX (1 << 20)
#define ARGS 40

static bool
has_bad_byte(const char *s, const char *bad)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || strchr(bad, *s))
			return true;
	return false;
}

/* user@host:path, as ssh takes it. */
static bool
is_scp(const char *s)
{
	size_t user = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
	size_t host = s[user] == '@'
			      ? strspn(s + user + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
			      : 0;

	return user && host && s[user + 1] != '-' && s[user + 1 + host] == ':' && s[user + 2 + host] &&
	       s[user + 2 + host] != ':';
}

int
git_url_check(const char *url, struct err *err)
{
	static const char *const schemes[] = {"https://", "http://", "git://", "ssh://", "file:///"};
	bool known = is_scp(url);

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		known |= str_starts(url, schemes[i]) && url[strlen(schemes[i])] && url[strlen(schemes[i])] != '-';
	if (*url == '-' || !known)
		return err_set(
			err, REFUSED,
			"`%s` is not an address that git_checkout takes: https, http, git, ssh, file:/// or user@host:path",
			url);
	if (has_bad_byte(url, ""))
		return err_set(err, REFUSED, "the address `%s` holds a blank or control character", url);
	return 0;
}

int
git_ref_check(const char *ref, struct err *err)
{
	if (*ref && !strchr("-/.", *ref) && !has_bad_byte(ref, "~^:?*[\\") && !strstr(ref, "..") &&
	    !strstr(ref, "//") && !strstr(ref, "@{") && !str_ends(ref, "/") && !str_ends(ref, ".lock"))
		return 0;
	return err_set(err, REFUSED, "`%s` is not the name of a branch or tag", ref);
}

bool
git_is_commit(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return !s[n] && (n == 40 || n == 64);
}

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
git_env(struct arena *a)
{
	static const char *const passed[] = {
		"PATH",       "HOME",        "USER",      "SSH_AUTH_SOCK", "XDG_CONFIG_HOME",
		"http_proxy", "https_proxy", "all_proxy", "no_proxy"};
	const char **env = arena_array(a, const char *, ARRAY_LEN(passed) + 8);
	size_t n = 0;

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
	return env;
}

/* Exit status or -1; `said` gets what git says on stderr. */
static int
run_git(const char *const *args, int dir, struct str *out, struct str *said, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_fd int stderr_fd = memfd_create("git", MFD_CLOEXEC);
	const char **argv = arena_array(&a, const char *, ARRAY_LEN(fixed_args) + ARGS);
	struct proc_spec spec = {
		.argv = argv, .dir = dir, .in = -1, .out = -1, .errfd = stderr_fd, .die_with_parent = true};
	cleanup_free char *where = proc_which("git");
	size_t n = ARRAY_LEN(fixed_args);
	int status;

	if (!where) {
		err_set(err, "E1140", "there is no `git` here");
		return err_help(err, "apt install git");
	}
	memcpy(argv, fixed_args, sizeof fixed_args);
	while (*args && n < ARRAY_LEN(fixed_args) + ARGS - 1)
		argv[n++] = *args++;
	spec.env = git_env(&a);
	status = proc_capture(&spec, out, SAID_MAX, err);
	if (stderr_fd >= 0 && lseek(stderr_fd, 0, SEEK_SET) == 0)
		fs_read(stderr_fd, said, SAID_MAX);
	return status;
}

/* An object that git did not take in: no other way of fetching makes it better. */
static int
fail_object(const char *url, const struct str *said, struct err *err)
{
	cleanup_free char *shown = url_shown(url);
	const char *p = strstr(str_text(said), "error: object ");

	if (!p)
		return 0;
	p += strlen("error: object ");
	return err_set(err, OBJECT, "`%s` holds an object that git refuses: %.*s", shown, (int)strcspn(p, "\n"), p);
}

static int
fail(const char *what, const char *url, const struct str *said, struct err *err)
{
	cleanup_free char *shown = url_shown(url);
	const char *text = str_text(said), *p = strstr(text, "fatal: ");

	p = p ? p + 7 : strstr(text, "error: ") ? strstr(text, "error: ") + 7 : NULL;
	return err_set(err, FAILED, "%s `%s`%s%.*s", what, shown, p ? ": " : "", p ? (int)strcspn(p, "\n") : 0,
		       p ? p : "");
}

/* Finds "ID\tNAME" in the answer of ls-remote. */
static bool
find_ref(const char *text, const char *name, char commit[GIT_HEX])
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
		size_t id = strspn(line, "0123456789abcdef");

		if ((id != 40 && id != 64) || line[id] != '\t')
			continue;
		if (strncmp(line + id + 1, name, strlen(name)) || line[id + 1 + strlen(name)] != '\n')
			continue;
		snprintf(commit, GIT_HEX, "%.*s", (int)id, line);
		return true;
	}
	return false;
}

int
git_resolve(const char *url, const char *ref, char commit[GIT_HEX], struct err *err)
{
	static const char *const forms[] = {"refs/tags/%s^{}", "refs/tags/%s", "refs/heads/%s", "%s"};
	const char *wanted = ref ? ref : "HEAD";
	cleanup_free char *peeled = xasprintf("%s^{}", wanted);
	const char *const args[] = {"ls-remote", "-q", "--", url, wanted, peeled, NULL};
	cleanup_str struct str out = {0}, said = {0};
	int status;

	if (git_url_check(url, err) < 0 || (ref && git_ref_check(ref, err) < 0))
		return -1;
	status = run_git(args, -1, &out, &said, err);
	if (status < 0)
		return -1;
	if (status)
		return fail("git cannot ask", url, &said, err);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *mark = strstr(forms[i], "%s");
		cleanup_free char *name = xasprintf("%.*s%s%s", (int)(mark - forms[i]), forms[i], wanted, mark + 2);

		if (find_ref(str_text(&out), name, commit))
			return 0;
	}
	err_set(err, FAILED, "there is no branch or tag `%s` in `%s`", wanted, url);
	return err_help(err, "is the name right, and was it not deleted there?");
}

static int
has_commit(const char *commit, int dir, const char *git_dir)
{
	cleanup_free char *spec = xasprintf("%s^{commit}", commit);
	const char *const args[] = {git_dir, "cat-file", "-e", spec, NULL};
	cleanup_str struct str out = {0}, said = {0};
	struct err err = {0};
	int status = run_git(args, dir, &out, &said, &err);

	err_free(&err);
	return status == 0;
}

/* One fetch; 1 when the commit is there afterwards. */
static int
fetch_once(const char *const *args, const char *commit, int dir, int log, struct str *said, struct err *err)
{
	cleanup_str struct str out = {0};
	int status;

	str_reset(said);
	status = run_git(args, dir, &out, said, err);
	if (status < 0)
		return -1;
	fs_write(log, str_text(said), said->len);
	return status == 0 && has_commit(commit, dir, args[0]);
}

int
git_fetch(const char *url, const char *ref, const char *commit, int dir, const char *name, int log, struct err *err)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name), *one = xasprintf("+%s:refs/jkr/one", commit);
	const char *const init[] = {"init", "-q", "--bare", "--template=", name, NULL};
	const char *const exact[] = {git_dir, "fetch", "-q", "--depth=1", "--no-tags", "--", url, one, NULL};
	const char *const all[] = {git_dir,
				   "fetch",
				   "-q",
				   "--no-tags",
				   "--",
				   url,
				   "+refs/heads/*:refs/jkr/heads/*",
				   "+refs/tags/*:refs/jkr/tags/*",
				   NULL};
	cleanup_free char *some = xasprintf("+%s:refs/jkr/some", ref ? ref : "HEAD");
	const char *const named[] = {git_dir, "fetch", "-q", "--no-tags", "--", url, some, NULL};
	const char *const *const ways[] = {exact, named, all};
	cleanup_str struct str out = {0}, said = {0};
	int r = 0;

	if (git_url_check(url, err) < 0 || (ref && git_ref_check(ref, err) < 0))
		return -1;
	if (!git_is_commit(commit))
		return err_set(err, REFUSED, "`%s` is not a full commit id", commit);
	if (run_git(init, dir, &out, &said, err) != 0)
		return err_any(err) ? -1 : fail("git cannot make a repository for", url, &said, err);
	/* not every server gives a commit by its id */
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(ways); i++) {
		r = fetch_once(ways[i], commit, dir, log, &said, err);
		r = r ? r : fail_object(url, &said, err);
	}
	if (r)
		return r < 0 ? -1 : 0;
	if (!said.len)
		return err_set(err, FAILED, "`%s` does not have the commit %s", url, commit),
		       err_help(err, "was it pushed, and does a branch or tag still lead to it?");
	return fail("git cannot fetch", url, &said, err);
}
