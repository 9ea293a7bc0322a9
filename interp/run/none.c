/* Backend none: the programs of this machine, with the trees mounted at their places below /jkr. Not
 * hermetic, and recorded as such. A child makes a root out of the host's top folders, in namespaces of
 * its own, so that the trees can be mounted without root and nothing outlives the step. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/mount.h"
#include "os/proc.h"
#include "run/limits.h"
#include "run/proctree.h"
#include "run/sandbox.h"
#include "run/wire.h"

/* The value of a variable of the sandbox's environment, "" when it has none. */
static const char *
env_value(const char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env && *env; env++)
		if (!strncmp(*env, name, n) && (*env)[n] == '=')
			return *env + n + 1;
	return "";
}

/* Whether the machine's program is byte for byte the image's; one that the image lacks is no matter. */
static int
same_program(const struct tree *image, const char *name)
{
	cleanup_free char *in_image = xasprintf("usr/bin/%s", name), *here = proc_which(name);
	const struct entry *e = tree_resolve(image, in_image);
	cleanup_fd int fd = -1;
	struct hash h;

	if (!e || !S_ISREG(e->mode))
		return 1;
	fd = here ? open(here, O_RDONLY | O_CLOEXEC) : -1;
	return fd >= 0 && !hash_fd(fd, &h, NULL) && !hash_cmp(&h, &e->digest);
}

static int
check_programs(struct job *job, const struct sandbox_plan *sp, struct err *err)
{
	static const char *const tools[] = {"gcc", "ld", "as", "make"};

	for (size_t i = 0; i < ARRAY_LEN(tools) && sp->sb->image; i++) {
		const char *prefix = strcmp(tools[i], "make") ? env_value(sp->env, "CROSS_COMPILE") : "";
		cleanup_free char *name = xasprintf("%s%s", prefix, tools[i]);

		if (same_program(sp->sb->image, name) || job->opt->allow_host)
			continue;
		err_set(err, "E0316", "`%s` of this machine is not the toolchain's", name);
		err_help(err, "build in a sandbox (without `--backend none`), or say `--allow-host`");
		return -1;
	}
	return 0;
}

static int
make_place(const char *root, const char *at, const char *like)
{
	cleanup_free char *path = xasprintf("%s%s", root, at);
	struct stat st;
	int fd;

	for (char *p = strchr(path + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = 0;
		mkdir(path, 0755);
		*p = '/';
	}
	if (stat(like, &st))
		return -1;
	if (S_ISDIR(st.st_mode))
		return mkdir(path, 0755) && errno != EEXIST ? -1 : 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 ? -1 : close(fd);
}

static int
bind_at(const char *root, const char *from, const char *at, int readonly)
{
	cleanup_free char *to = xasprintf("%s%s", root, at);

	return make_place(root, at, from) || bind_mount(from, to, readonly) ? -1 : 0;
}

static int
host_root(const char *root, struct err *err)
{
	struct dirent *d;
	DIR *dir;

	if (mount("tmpfs", root, "tmpfs", 0, "mode=0755") || !(dir = opendir("/")))
		return err_sys(err, "E0312", "cannot make a root folder for the step");
	while ((d = readdir(dir))) {
		cleanup_free char *from = xasprintf("/%s", d->d_name), *to = xasprintf("%s/%s", root, d->d_name);
		char target[4096];
		ssize_t n = readlink(from, target, sizeof target - 1);

		if (d->d_name[0] == '.' || !strcmp(d->d_name, "jkr"))
			continue;
		if (n > 0) {
			target[n] = 0;
			if (symlink(target, to))
				break;
		} else if (bind_at(root, from, from, 0) && errno != ENOENT) {
			break;
		}
	}
	closedir(dir);
	return d ? err_sys(err, "E0312", "cannot show `/%s` to the step", d->d_name) : 0;
}

static int
mount_all(const struct sandbox_plan *sp, struct err *err)
{
	if (ns_enter() || unshare(CLONE_NEWIPC))
		return ns_fault(err);
	if ((mkdir("root", 0755) && errno != EEXIST) || host_root("root", err))
		return err_any(err) ? -1 : err_sys(err, "E0804", "cannot make a root folder for the step");
	for (size_t i = 0; i < sp->nviews; i++) {
		const struct view *v = &sp->views[i];
		cleanup_free char *from = v->sub ? xasprintf("%s/%s", v->from, v->sub) : xstrdup(v->from);

		if (view_mount(v, err))
			return -1;
		if (bind_at("root", from, v->at, !v->writable))
			return err_sys(err, "E0312", "cannot mount %s", v->at);
	}
	return 0;
}

/* Pid 1 of the step: when it ends, the kernel ends everything below it. */
static _Noreturn void
init(const struct sandbox_plan *sp, int report)
{
	struct err err = {0};
	pid_t pid, done;
	int status = 0;

	mount("proc", "root/proc", "proc", 0, NULL); /* without it the host's stays: ps sees more */
	if (chroot("root") || chdir(sp->sb->cwd ? sp->sb->cwd : "/")) {
		err_sys(&err, "E0312", "cannot enter the step's root folder");
		wire_send_err(report, &err);
		_exit(126);
	}
	pid = fork();
	if (!pid) {
		const char *path = env_value(sp->env, "PATH");

		setenv("PATH", *path ? path : "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execvpe(sp->argv[0], (char *const *)sp->argv, (char *const *)sp->env);
		dprintf(2, "cannot run %s: %s\n", sp->argv[0], strerror(errno));
		_exit(127);
	}
	close(report);
	do
		done = wait(&status);
	while (done != pid && (done > 0 || errno == EINTR));
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static _Noreturn void
child(struct job *job, const struct sandbox_plan *sp, int report, pid_t parent)
{
	struct err err = {0};

	setsid();
	proc_signals();
	umask(022);
	limits_programs(job->ps->step);
	if (fchdir(job->tmpfd) || mount_all(sp, &err) || proc_bind(parent)) {
		wire_send_err(report, &err);
		_exit(126);
	}
	sandbox_streams(sp);
	if (!ns_init())
		init(sp, report);
	err_sys(&err, "E0312", "cannot start the step's first process");
	wire_send_err(report, &err);
	_exit(126);
}

static int
none_start(struct job *job, const struct sandbox_plan *sp, struct sandbox_proc *out, struct err *err)
{
	pid_t parent = getpid();
	int report[2], r;

	if (check_programs(job, sp, err))
		return -1;
	if (!job->said_host) {
		job_record(job, "hermetic", "no");
		job_note(job, "NOT HERMETIC: the programs of this machine run, not the toolchain's");
	}
	job->said_host = true;
	if (pipe2(report, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot make a pipe");
	out->pid = fork();
	if (!out->pid)
		child(job, sp, report[1], parent);
	close(report[1]);
	r = out->pid < 0 ? err_sys(err, "E1142", "cannot start the step's program") : sandbox_await(report[0], err);
	close(report[0]);
	if (out->pid > 0)
		out->pidfd = (int)syscall(SYS_pidfd_open, out->pid, 0);
	return r;
}

static void
none_stop(struct job *job, struct sandbox_proc *p, int sig)
{
	(void)job;
	/* pid 1 is below our child, which waits until all that it started are dead */
	proctree_signal(p->pid, sig);
}

const struct backend_ops backend_none = {
	.name = "none",
	.start = none_start,
	.stop = none_stop,
};
