#include "data/debian.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian_own.h"
#include "os/fs.h"
#include "os/proc.h"

#define UNKNOWN "E0907"
#define GONE "E0908"
#define OUTPUT_MAX (16 << 20)

int
debian_ask(const char *const *argv, struct str *out, struct str *said, struct err *err)
{
	cleanup_free char *path =
		xasprintf("PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/sbin:/usr/bin:/sbin:/bin");
	const char *const env[] = {"LC_ALL=C", path, NULL};
	cleanup_fd int stderr_fd = memfd_create("stderr", MFD_CLOEXEC),
		       top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proc_spec spec = {
		.argv = argv, .env = env, .dir = top, .in = -1, .out = -1, .errfd = stderr_fd, .die_with_parent = true};
	cleanup_free char *where = proc_which(argv[0]);
	int status;

	if (!where) {
		err_set(err, "E1140", "there is no `%s` here: Debian packages need a machine with apt", argv[0]);
		return err_help(err, "use a `url` with its sha256, or run jkr on Debian or Ubuntu");
	}
	status = proc_capture(&spec, out, OUTPUT_MAX, err);
	if (stderr_fd >= 0 && lseek(stderr_fd, 0, SEEK_SET) == 0)
		fs_read(stderr_fd, said, 1 << 16);
	return status;
}

char *
debian_said(const struct str *said, struct arena *a)
{
	const char *p = strstr(str_text(said), "E: ");

	return p ? arena_strndup(a, p + 3, strcspn(p + 3, "\n")) : arena_strdup(a, "");
}

bool
debian_name_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789+.-");

	return n > 1 && !s[n] && isalnum((unsigned char)*s);
}

bool
debian_version_ok(const char *s)
{
	return isdigit((unsigned char)*s) &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-:~")];
}

static bool
arch_ok(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789")];
}

int
debian_arch(struct arena *a, const char **out, struct err *err)
{
	static const char *const argv[] = {"dpkg", "--print-architecture", NULL};
	cleanup_str struct str text = {0}, said = {0};
	int status = debian_ask(argv, &text, &said, err);

	if (status < 0)
		return -1;
	*out = arena_strndup(a, str_text(&text), strcspn(str_text(&text), "\n"));
	if (status || !arch_ok(*out))
		return err_set(err, UNKNOWN, "dpkg does not say which architecture this machine has");
	return 0;
}

static void
unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		unsigned byte;

		if (*s == '%' && isxdigit((unsigned char)s[1]) && isxdigit((unsigned char)s[2]) &&
		    sscanf(s + 1, "%2x", &byte) == 1) {
			*to++ = (char)byte;
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
}

/* Reads "'URI' name_version_arch.deb size HASH:hex". */
static int
parse_uri_line(const char *line, size_t len, struct arena *a, struct deb *d)
{
	char *uri = arena_strndup(a, line, len), *file, *version, *arch, *end;

	if (*uri != '\'' || !(end = strchr(++uri, '\'')) || end[1] != ' ')
		return -1;
	*end = 0;
	file = end + 2;
	end = strchr(file, ' ');
	if (!end)
		return -1;
	*end++ = 0;
	unescape(file);
	d->size = strtoull(end, &end, 10);
	version = strchr(file, '_');
	arch = version ? strchr(version + 1, '_') : NULL;
	if (!arch || !str_ends(arch, ".deb") || *end != ' ')
		return -1;
	*version++ = 0;
	*arch++ = 0;
	arch[strlen(arch) - 4] = 0;
	d->uri = uri;
	d->name = file;
	d->version = version;
	d->arch = arch;
	d->sha256 = str_starts(end + 1, "SHA256:") ? end + 8 : "";
	return debian_name_ok(file) && debian_version_ok(version) && arch_ok(arch) ? 0 : -1;
}

/* What apt's answer means, and what a person can do about it. */
static int
explain(const char *name, const char *version, const struct str *said, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str suites = {0}, none = {0};
	static const char *const targets[] = {"apt-get",    "indextargets",         "--format",
					      "$(RELEASE)", "Created-By: Packages", NULL};

	if (debian_ask(targets, &suites, &none, err) < 0)
		return -1;
	if (!suites.len) {
		err_set(err, UNKNOWN, "apt has no lists of packages, so `%s` is not known", name);
		return err_help(err, "run `apt-get update`");
	}
	if (version && strstr(str_text(said), "was not found")) {
		err_set(err, GONE, "version %s of the Debian package `%s` is no longer offered", version, name);
		return err_help(err, "run `jkr update` to pin the version that is offered now");
	}
	err_set(err, UNKNOWN, "apt does not know the Debian package `%s`%s%s", name, said->len ? ": " : "",
		debian_said(said, &a));
	if (!strstr(str_text(&suites), "-security"))
		err_help(
			err,
			"it may be in the security suite, which is not enabled here: add a line `deb … <release>-security main` "
			"to /etc/apt/sources.list and run `apt-get update`");
	else
		err_help(
			err,
			"is the name right? `apt-cache search %s` lists what there is; if it is new, run `apt-get update`",
			name);
	return -1;
}

int
debian_find(const char *name, const char *version, const char *arch, struct arena *a, struct deb *out, struct err *err)
{
	const char *what = arena_printf(a, "%s%s%s%s%s", name, arch ? ":" : "", arch ? arch : "", version ? "=" : "",
					version ? version : "");
	const char *const argv[] = {"apt-get", "-qq", "--print-uris", "download", what, NULL};
	cleanup_str struct str text = {0}, said = {0};
	int status;

	if (!debian_name_ok(name) || (version && !debian_version_ok(version)) || (arch && !arch_ok(arch)))
		return err_set(err, UNKNOWN, "`%s` is not a Debian package", what);
	status = debian_ask(argv, &text, &said, err);
	if (status < 0)
		return -1;
	if (status || !text.len)
		return explain(name, version, &said, err);
	if (parse_uri_line(text.s, strcspn(text.s, "\n"), a, out) < 0 || strcmp(out->name, name) ||
	    strlen(out->sha256) != 64)
		return err_set(err, UNKNOWN, "apt's answer about `%s` cannot be read: %.*s", name,
			       (int)strcspn(text.s, "\n"), text.s);
	return 0;
}

/* Whether a release belongs to a suite: itself, its updates, its security fixes. */
static bool
in_suite(const char *release, const char *suite)
{
	size_t n = strlen(suite);

	return !strncmp(release, suite, n) &&
	       (!release[n] || !strcmp(release + n, "-updates") || !strcmp(release + n, "-security"));
}

int
debian_sources(const char *suite, const char *arch, struct str *out, struct err *err)
{
	static const char *const argv[] = {"apt-get",
					   "indextargets",
					   "--format",
					   "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ARCHITECTURE) $(SIGNED_BY)",
					   "Created-By: Packages",
					   NULL};
	cleanup_str struct str text = {0}, said = {0};
	char *save = NULL;
	size_t before = out->len;

	if (debian_ask(argv, &text, &said, err) < 0)
		return -1;
	/* an apt that never saw a list says nothing */
	for (char *line = text.len ? strtok_r(text.s, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
		char uri[512], release[128], component[128], of[32], key[512] = "";

		if (sscanf(line, "%511s %127s %127s %31s %511s", uri, release, component, of, key) < 4)
			continue;
		if (!in_suite(release, suite) || strcmp(of, arch))
			continue;
		if (*key == '/')
			str_addf(out, "deb [signed-by=%s] %s %s %s\n", key, uri, release, component);
		else
			str_addf(out, "deb %s %s %s\n", uri, release, component);
	}
	if (out->len > before)
		return 0;
	err_set(err, UNKNOWN, "apt on this machine has no lists of suite `%s` for %s", suite, arch);
	return err_help(err, "enable the suite in /etc/apt and run `apt-get update`");
}

static int
by_name(const void *x, const void *y)
{
	const struct deb *a = x, *b = y;
	int c = strcmp(a->name, b->name);

	return c ? c : strcmp(a->arch, b->arch);
}

static int
parse_set(char *text, struct arena *a, struct deb **out, size_t *nout)
{
	cleanup_free struct deb *v = NULL;
	size_t n = 0, cap = 0;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line != '\'')
			continue;
		GROW(v, n, cap);
		memset(&v[n], 0, sizeof *v);
		if (parse_uri_line(line, strlen(line), a, &v[n]) < 0)
			return -1;
		n++;
	}
	if (!n)
		return -1;
	qsort(v, n, sizeof *v, by_name);
	*out = arena_memdup(a, v, n * sizeof *v);
	*nout = n;
	return 0;
}

static int
check_names(const char *const *packages, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!debian_name_ok(packages[i]))
			return err_set(err, UNKNOWN, "`%s` is not the name of a Debian package", packages[i]);
	return 0;
}

/* apt's solver over an empty system: its own sources, no preferences, nothing written. */
static int
solve(const char *sources, const char *const *packages, size_t n, const char *arch, struct arena *a, struct str *text,
      struct str *said, struct err *err)
{
	const char *fixed[] = {
		"apt-get", "-qq",
		"-y",      "--print-uris",
		"-o",      "Dir::State::status=/dev/null",
		"-o",      arena_printf(a, "Dir::Etc::SourceList=%s", sources),
		"-o",      "Dir::Etc::SourceParts=/dev/null",
		"-o",      "Dir::Etc::Preferences=/dev/null",
		"-o",      "Dir::Etc::PreferencesParts=/dev/null",
		"-o",      "Dir::Cache::pkgcache=",
		"-o",      "Dir::Cache::srcpkgcache=",
		"-o",      "Dir::Cache::archives=/nonexistent/",
		"-o",      "Debug::NoLocking=1",
		"-o",      "APT::Install-Recommends=0",
		"-o",      "APT::Install-Suggests=0",
		"-o",      arena_printf(a, "APT::Architecture=%s", arch),
		"-o",      arena_printf(a, "APT::Architectures=%s", arch),
		"install", "?essential",
	};
	const char **argv = arena_array(a, const char *, ARRAY_LEN(fixed) + n + 1);

	memcpy(argv, fixed, sizeof fixed);
	if (n)
		memcpy(argv + ARRAY_LEN(fixed), packages, n * sizeof *packages);
	return debian_ask(argv, text, said, err);
}

int
debian_resolve(const char *const *packages, size_t n, const char *suite, const char *arch, struct arena *a,
	       struct deb **out, size_t *nout, struct err *err)
{
	cleanup_str struct str sources = {0}, text = {0}, said = {0};
	cleanup_fd int fd = memfd_create("sources.list", 0);
	int status;

	if (check_names(packages, n, err) < 0 || debian_sources(suite, arch, &sources, err) < 0)
		return -1;
	if (fd < 0 || fs_write(fd, sources.s, sources.len) < 0)
		return err_sys(err, UNKNOWN, "cannot write a list of sources for apt");
	status = solve(arena_printf(a, "/proc/%d/fd/%d", (int)getpid(), fd), packages, n, arch, a, &text, &said, err);
	if (status < 0)
		return -1;
	if (status) {
		err_set(err, UNKNOWN, "apt cannot choose the packages of an image: %s", debian_said(&said, a));
		return err_help(err, "are the names right, and is everything that they need in suite `%s`?", suite);
	}
	if (!text.len || parse_set(text.s, a, out, nout) < 0)
		return err_set(err, UNKNOWN, "apt's answer about the packages of an image cannot be read");
	return 0;
}
