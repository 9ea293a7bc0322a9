#include "data/mmdebstrap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/need.h"
#include "os/fs.h"
#include "os/proc.h"

#define FAILED "E0916"
#define MISSING "E1140"
#define NOT_AS_USER "E1141"
#define SAID_MAX (4 << 20)

static bool
is_there(const char *need)
{
	cleanup_str struct str why = {0};

	return need_check(need, &why) == 0;
}

const char *
mmdebstrap_mode(struct err *err)
{
	bool uidmap, subuid, shm;

	if (!is_there("mmdebstrap")) {
		err_set(err, MISSING, "images of Debian packages are built by `mmdebstrap`, which is not installed");
		err_help(err, "%s", need_find("mmdebstrap")->mend);
		return NULL;
	}
	if (geteuid() == 0)
		return "root";
	uidmap = is_there("uidmap");
	subuid = is_there("subuid");
	shm = is_there("shm");
	if (uidmap && subuid && shm && is_there("userns"))
		return "unshare";
	if (is_there("fakechroot"))
		return "fakechroot";
	err_set(err, NOT_AS_USER,
		"an image cannot be built as this user: neither with subordinate user ids, nor with `fakechroot`");
	if (!uidmap)
		err_help(err, "%s", need_find("uidmap")->mend);
	if (!subuid)
		err_help(err, "%s", need_find("subuid")->mend);
	if (uidmap && subuid && !shm)
		err_help(err, "%s", need_find("shm")->mend);
	err_help(err, "or, without subordinate ids: %s", need_find("fakechroot")->mend);
	return NULL;
}

/* What no build needs; it would be half of the files. */
static const char *const left_out[] = {
	"--dpkgopt=path-exclude=/usr/share/doc/*",     "--dpkgopt=path-exclude=/usr/share/man/*",
	"--dpkgopt=path-exclude=/usr/share/info/*",    "--dpkgopt=path-exclude=/usr/share/locale/*",
	"--dpkgopt=path-exclude=/usr/share/lintian/*",
};

static const char **
make_argv(const struct mmdebstrap *m, const char *mode, struct arena *a)
{
	const char **argv = arena_array(a, const char *, ARRAY_LEN(left_out) + 16);
	cleanup_str struct str include = {0};
	size_t n = 0;

	for (size_t i = 0; i < m->npackages; i++)
		str_addf(&include, "%s%s", i ? "," : "--include=", m->packages[i]);
	argv[n++] = "mmdebstrap";
	argv[n++] = arena_printf(a, "--mode=%s", mode);
	argv[n++] = arena_printf(a, "--variant=%s", m->variant);
	argv[n++] = arena_printf(a, "--architectures=%s", m->arch);
	argv[n++] = "--format=tar";
	argv[n++] = "--dpkgopt=force-unsafe-io"; /* it is thrown away when it is not whole */
	argv[n++] = "--aptopt=Acquire::Retries \"3\"";
	argv[n++] = "--aptopt=APT::Install-Recommends \"0\"";
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
		argv[n++] = left_out[i];
	if (include.len)
		argv[n++] = arena_strdup(a, include.s);
	argv[n++] = m->suite;
	argv[n++] = "-"; /* the tar to stdout */
	argv[n++] = "-"; /* the sources from stdin */
	return argv;
}

/* Only what it needs of the environment; the time is one for all, so that it is in no result. */
static const char **
make_env(struct arena *a)
{
	static const char *const passed[] = {"TMPDIR", "http_proxy", "https_proxy", "no_proxy", "HOME", "USER"};
	const char **env = arena_array(a, const char *, ARRAY_LEN(passed) + 8);
	const char *path = getenv("PATH");
	size_t n = 0;

	env[n++] = arena_printf(a, "PATH=%s%s/usr/sbin:/usr/bin:/sbin:/bin", path ? path : "", path ? ":" : "");
	env[n++] = "SOURCE_DATE_EPOCH=1";
	env[n++] = "LC_ALL=C.UTF-8";
	env[n++] = "TZ=UTC";
	env[n++] = "DEBIAN_FRONTEND=noninteractive";
	for (size_t i = 0; i < ARRAY_LEN(passed); i++)
		if (getenv(passed[i]))
			env[n++] = arena_printf(a, "%s=%s", passed[i], getenv(passed[i]));
	return env;
}

static int
text_fd(const char *text)
{
	cleanup_fd int fd = memfd_create("sources.list", MFD_CLOEXEC);

	if (fd < 0 || fs_write(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return steal_fd(&fd);
}

/* What was written to the log since `from`. */
static void
read_since(int log, off_t from, struct str *out)
{
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", log);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, from, SEEK_SET) >= 0)
		fs_read(fd, out, SAID_MAX);
}

/* The first line that it or apt marks as an error. */
static int
fail(int status, int log, off_t from, struct err *err)
{
	cleanup_str struct str said = {0};
	const char *p;
	char buf[64];

	read_since(log, from, &said);
	p = !strncmp(str_text(&said), "E: ", 3) ? said.s : strstr(str_text(&said), "\nE: ");
	p = p && *p == '\n' ? p + 1 : p;
	err_set(err, FAILED, "mmdebstrap %s%s%.*s", proc_status_text(status, buf), p ? ": " : "",
		p ? (int)strcspn(p + 3, "\n") : 0, p ? p + 3 : "");
	return err_help(err, "the step's log has all that it said");
}

int
mmdebstrap_run(const struct mmdebstrap *m, int tar, int log, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_fd int sources = text_fd(m->sources);
	const char *mode = mmdebstrap_mode(err);
	off_t from = lseek(log, 0, SEEK_END);
	struct proc_spec spec = {.dir = -1, .in = sources, .out = tar, .errfd = log, .die_with_parent = true};
	struct proc p;
	int status;

	if (!mode)
		return -1;
	if (sources < 0)
		return err_sys(err, FAILED, "cannot hand mmdebstrap its sources");
	spec.argv = make_argv(m, mode, &a);
	spec.env = make_env(&a);
	if (proc_start(&spec, &p, err) < 0)
		return -1;
	status = proc_wait(&p);
	if (status < 0)
		return err_sys(err, FAILED, "cannot wait for mmdebstrap");
	return status ? fail(status, log, from, err) : 0;
}
