#include "data/need_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/proc.h"

/* What a child found out: the step that failed (0: none) and its errno. */
struct finding {
	int step, err;
};

static const char *const steps[] = {
	"works",
	"cannot make a user namespace",
	"cannot map its user ids",
	"cannot prepare folders for a test",
	"cannot mount an overlay",
	"cannot start bwrap",
	"bwrap cannot make a sandbox in a user namespace",
};

enum { OK, UNSHARE, MAP, FOLDERS, MOUNT, START, NESTED };

static int
write_text(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

/* Enters a user namespace of one id, as jkr does for every mount. */
static int
enter(void)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return UNSHARE;
	snprintf(map, sizeof map, "0 %u 1", uid);
	if (write_text("/proc/self/setgroups", "deny") < 0 || write_text("/proc/self/uid_map", map) < 0)
		return MAP;
	snprintf(map, sizeof map, "0 %u 1", gid);
	return write_text("/proc/self/gid_map", map) < 0 ? MAP : OK;
}

static int
mount_overlay(void *dir)
{
	if (chdir(dir) < 0 || mkdir("lower", 0755) < 0 || mkdir("upper", 0755) < 0 || mkdir("work", 0755) < 0 ||
	    mkdir("view", 0755) < 0)
		return FOLDERS;
	if (mount("overlay", "view", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work,userxattr") < 0)
		return MOUNT;
	return umount2("view", MNT_DETACH) < 0 ? MOUNT : OK;
}

static int
start_bwrap(void *path)
{
	static const char *const argv[] = {"bwrap",
					   "--unshare-all",
					   "--die-with-parent",
					   "--ro-bind",
					   "/",
					   "/",
					   "--dev",
					   "/dev",
					   "--proc",
					   "/proc",
					   "--",
					   "/bin/true",
					   NULL};
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execv(path, (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return START;
	errno = 0;
	return !WIFEXITED(status) || WEXITSTATUS(status) == 127 ? START : WEXITSTATUS(status) ? NESTED : OK;
}

/* The child's part: what it finds goes through the pipe, what programs say to nowhere. */
static void
explore(int out, int (*test)(void *), void *arg)
{
	int null = open("/dev/null", O_RDWR);
	struct finding f;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	f.step = enter();
	if (f.step == OK && test)
		f.step = test(arg);
	f.err = errno;
	_exit(write(out, &f, sizeof f) != sizeof f);
}

static int
try(int (*test)(void *), void *arg, struct str *why)
{
	struct finding f = {UNSHARE, EAGAIN};
	cleanup_fd int in = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 1;
	in = ends[0];
	pid = fork();
	if (pid == 0)
		explore(ends[1], test, arg);
	close(ends[1]);
	if (pid > 0 && read(in, &f, sizeof f) != sizeof f)
		f.step = START;
	if (pid > 0)
		waitpid(pid, NULL, 0);
	str_add(why, steps[f.step]);
	if (f.step == UNSHARE && f.err == ENOSPC) /* its own way to say 0 */
		str_add(why, ": there may be no more of them (user.max_user_namespaces)");
	else if (f.step && f.err)
		str_addf(why, ": %s", strerror(f.err));
	return f.step != OK;
}

int
probe_userns(struct str *why)
{
	return try(NULL, NULL, why);
}

int
probe_sandbox(struct str *why)
{
	cleanup_free char *path = proc_which("bwrap");

	if (path)
		return try(start_bwrap, path, why);
	str_add(why, "there is no `bwrap` in PATH");
	return 1;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The store may not be there yet: then the nearest folder above it is where it will be made. */
char *
probe_folder(void)
{
	const char *own = getenv("JKR_STORE"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *at = NULL, *slash;

	if (own && *own)
		at = xstrdup(own);
	else if (cache && *cache == '/')
		at = xasprintf("%s/jkr", cache);
	else if (home && *home)
		at = xasprintf("%s/.cache/jkr", home);
	while (at && !is_folder(at) && (slash = strrchr(at, '/')) && slash > at)
		*slash = '\0';
	if (at && is_folder(at))
		return at;
	free(at);
	return xstrdup(own && *own && *own != '/' ? "." : "/tmp");
}

int
probe_overlay(struct str *why)
{
	static const char *const parts[] = {"lower", "upper", "work/work", "work", "view", ""};
	cleanup_free char *folder = probe_folder();
	cleanup_free char *dir = xasprintf("%s/.jkr-doctor-XXXXXX", folder);
	int r;

	if (!mkdtemp(dir)) {
		str_addf(why, "cannot make a folder in %s: %s", folder, strerror(errno));
		return 1;
	}
	r = try(mount_overlay, dir, why);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		cleanup_free char *path = xasprintf("%s/%s", dir, parts[i]);

		rmdir(path);
	}
	return r;
}

int
probe_case(struct str *why)
{
	cleanup_free char *folder = probe_folder();
	cleanup_free char *dir = xasprintf("%s/.jkr-doctor-XXXXXX", folder);
	cleanup_free char *small = NULL, *large = NULL;
	cleanup_fd int fd = -1;
	bool same;

	if (!mkdtemp(dir)) {
		str_addf(why, "cannot make a folder in %s: %s", folder, strerror(errno));
		return 1;
	}
	small = xasprintf("%s/a", dir);
	large = xasprintf("%s/A", dir);
	fd = open(small, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	same = fd < 0 || access(large, F_OK) == 0;
	unlink(small);
	rmdir(dir);
	str_addf(why, same ? "`a` and `A` are one file in %s" : "`a` and `A` are two files in %s", folder);
	return same;
}
