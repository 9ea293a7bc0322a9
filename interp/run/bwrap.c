/* Backend bwrap: a child enters a user and mount namespace, mounts the overlays and becomes bwrap. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/mount.h"
#include "os/proc.h"
#include "run/limits.h"
#include "run/proctree.h"
#include "run/args.h"
#include "run/sandbox.h"
#include "run/wire.h"

/* These are the sandbox's own; everything else at the top of the image is bound as it is. */
static bool
own_folder(const char *name)
{
	static const char *const own[] = {"proc", "sys", "dev", "tmp", "run", "jkr"};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (!strcmp(name, own[i]))
			return true;
	return false;
}

static void
add_root(struct args *a, struct job *job, const struct sandbox_plan *sp)
{
	const struct tree *image = sp->sb->image;

	for (size_t i = 0, below; i < image->n; i += 1 + below) {
		const struct entry *e = &image->v[i];
		const char *at;

		tree_range(image, e->path, &below);
		if (own_folder(e->path))
			continue;
		at = arena_printf(&job->arena, "/%s", e->path);
		if (S_ISLNK(e->mode))
			args_add3(a, "--symlink", e->target, at);
		else if (S_ISDIR(e->mode) || S_ISREG(e->mode))
			args_add3(a, "--ro-bind", arena_printf(&job->arena, "%s/%s", sp->root.from, e->path), at);
	}
}

static void
add_views(struct args *a, struct job *job, const struct sandbox_plan *sp)
{
	for (size_t i = 0; i < sp->nviews; i++) {
		const struct view *v = &sp->views[i];
		const char *from = v->from;

		if (v->sub)
			from = arena_printf(&job->arena, "%s/%s", from, v->sub);
		args_add3(a, v->writable ? "--bind" : "--ro-bind", from, v->at);
	}
}

static void
add_env(struct args *a, struct job *job, const char *const *env)
{
	for (; env && *env; env++) {
		const char *eq = strchr(*env, '=');

		if (eq)
			args_add3(a, "--setenv", arena_strndup(&job->arena, *env, (size_t)(eq - *env)), eq + 1);
	}
}

static const char *const fixed[] = {
	"--unshare-all",
	"--die-with-parent",
	"--clearenv",
	"--cap-drop",
	"ALL",
	"--hostname",
	"jkr",
	"--uid",
	"0",
	"--gid",
	"0",
};

static const char **
arguments(struct job *job, const struct sandbox_plan *sp, int status)
{
	static const char *const system[] = {"--proc", "/proc",   "--dev", "/dev",  "--tmpfs",
					     "/tmp",   "--tmpfs", "/run",  "--dir", "/jkr"};
	struct args a = {0};

	args_add(&a, "bwrap");
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		args_add(&a, fixed[i]);
	if (!sp->tty)
		args_add(&a, "--new-session");
	args_add(&a, "--json-status-fd");
	args_add(&a, arena_printf(&job->arena, "%d", status));
	if (sp->doors && sp->doors->n) /* the network that our child made: nothing but the doors */
		args_add(&a, "--share-net");
	add_root(&a, job, sp);
	for (size_t i = 0; i < ARRAY_LEN(system); i++)
		args_add(&a, system[i]);
	add_views(&a, job, sp);
	add_env(&a, job, sp->env);
	args_add(&a, "--chdir");
	args_add(&a, sp->sb->cwd ? sp->sb->cwd : "/");
	args_add(&a, "--");
	args_all(&a, sp->argv);
	return a.v;
}

static int
mount_all(const struct sandbox_plan *sp, struct err *err)
{
	if (ns_enter())
		return ns_fault(err);
	if (view_mount(&sp->root, err))
		return -1;
	for (size_t i = 0; i < sp->nviews; i++)
		if (view_mount(&sp->views[i], err))
			return -1;
	return sp->doors ? doors_open(sp->doors, err) : 0;
}

static _Noreturn void
child(struct job *job, const struct sandbox_plan *sp, const char *bwrap, const char **argv, int status, int report,
      pid_t parent)
{
	static char *const none[] = {NULL};
	struct err err = {0};

	setsid(); /* out of the job's group: the job itself tells the tree to end */
	proc_signals();
	umask(022);
	limits_programs(job->ps->step);
	if (fchdir(job->tmpfd)) {
		err_sys(&err, "E1142", "cannot enter the job's folder");
	} else if (!mount_all(sp, &err)) {
		if (proc_bind(parent))
			_exit(126);
		sandbox_streams(sp);
		fcntl(status, F_SETFD, 0);
		/* bwrap binds its child to itself only some time after it is there */
		if (!ns_init())
			execve(bwrap, (char *const *)argv, none);
		err_sys(&err, "E1142", "cannot start `bwrap`");
	}
	wire_send_err(report, &err);
	_exit(126);
}

static int
bwrap_start(struct job *job, const struct sandbox_plan *sp, struct sandbox_proc *out, struct err *err)
{
	cleanup_free char *bwrap = proc_which("bwrap");
	pid_t parent = getpid();
	int status[2], report[2], r;
	const char **argv;

	if (!bwrap) {
		err_set(err, "E1140", "the program `bwrap` is not on this machine");
		return err_help(err, "install the package bubblewrap, or use `--backend docker`");
	}
	if (pipe2(status, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot make a pipe");
	argv = arguments(job, sp, status[1]);
	out->pid = fork();
	if (!out->pid)
		child(job, sp, bwrap, argv, status[1], report[1], parent);
	free(argv);
	close(status[1]);
	close(report[1]);
	out->status_fd = status[0];
	fcntl(status[0], F_SETFL, O_NONBLOCK);
	if (out->pid < 0) {
		close(report[0]);
		return err_sys(err, "E1142", "cannot start a sandbox");
	}
	r = sandbox_await(report[0], err);
	close(report[0]);
	out->pidfd = (int)syscall(SYS_pidfd_open, out->pid, 0);
	return r;
}

void
bwrap_status(struct sandbox_proc *p, struct str *buf)
{
	char text[1024];
	const char *at;
	ssize_t n;

	while ((n = read(p->status_fd, text, sizeof text)) > 0)
		str_addn(buf, text, (size_t)n);
	at = strstr(str_text(buf), "\"child-pid\":");
	p->began = p->began || at;
	at = strstr(str_text(buf), "\"exit-code\":");
	if (at)
		p->exit_code = (int)strtol(at + strlen("\"exit-code\":"), NULL, 10);
	if (!n) {
		close(p->status_fd);
		p->status_fd = -1;
	}
}

static void
bwrap_stop(struct job *job, struct sandbox_proc *p, int sig)
{
	(void)job;
	/* pid 1 is below our child, which waits until all in the sandbox are dead */
	if (p->began && sig == SIGTERM)
		proctree_signal(p->pid, sig);
	else
		proctree_end(p->pid);
}

const struct backend_ops backend_bwrap = {
	.name = "bwrap",
	.start = bwrap_start,
	.stop = bwrap_stop,
};
