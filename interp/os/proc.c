#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

extern char **environ;

/* What the child tells its parent when it cannot become the program. */
struct start_fault {
	int err;
	int what; /* index into start_what */
};

static const char *const start_what[] = {
	"cannot start `%s`",
	"cannot enter the folder for `%s`",
	"cannot set up descriptors of `%s`",
};

char *
proc_which(const char *name)
{
	const char *p = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : xstrdup(name);
	for (p = p && *p ? p : "/usr/local/bin:/usr/bin:/bin"; *p; p = *end ? end + 1 : end) {
		char *full;

		end = strchrnul(p, ':');
		if (*p != '/') /* empty or relative: whoever filled the folder would choose the program */
			continue;
		full = xasprintf("%.*s/%s", (int)(end - p), p, name);
		if (!access(full, X_OK))
			return full;
		free(full);
	}
	return NULL;
}

static int
move_fd(int fd, int to)
{
	if (fd == to)
		return fcntl(fd, F_SETFD, 0);
	return dup2(fd, to) < 0 ? -1 : 0;
}

static int
child_fds(const struct proc_spec *spec)
{
	int want[3] = {spec->in, spec->out, spec->errfd};

	/* lift those that another one's number would overwrite */
	for (int i = 0; i < 3; i++)
		if (want[i] >= 0 && want[i] < 3 && want[i] != i) {
			want[i] = fcntl(want[i], F_DUPFD_CLOEXEC, 3);
			if (want[i] < 0)
				return -1;
		}
	if (want[0] < 0) {
		want[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (want[0] < 0)
			return -1;
	}
	for (int i = 0; i < 3; i++)
		if (want[i] >= 0 && move_fd(want[i], i))
			return -1;
	if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC))
		return -1;
	for (const int *k = spec->keep; k && *k >= 0; k++)
		if (fcntl(*k, F_SETFD, 0))
			return -1;
	return 0;
}

void
proc_signals(void)
{
	/* The kernel's own struct sigaction, all zero (SIG_DFL, no flags, empty mask): glibc's sigaction refuses 32
	 * and 33, which it keeps for threads, and its posix_spawn, GNU make's way to start a recipe's line, leaves
	 * both ignored in every program below. */
	static const unsigned long dfl[8];
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		syscall(SYS_rt_sigaction, s, dfl, NULL, (NSIG - 1) / 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
proc_bind(pid_t parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ? -1 : 0;
}

static _Noreturn void
child_main(const struct proc_spec *spec, const char *path, int report, pid_t parent)
{
	struct start_fault f = {0};
	ssize_t r;

	proc_signals();
	if (spec->die_with_parent && proc_bind(parent))
		_exit(127);
	if (spec->own_session)
		setsid();
	if (spec->dir >= 0 && fchdir(spec->dir)) {
		f.what = 1;
	} else if (child_fds(spec)) {
		f.what = 2;
	} else {
		execve(path, (char *const *)spec->argv,
		       (char *const *)(spec->env ? (void *)spec->env : (void *)environ));
	}
	f.err = errno;
	r = write(report, &f, sizeof f);
	_exit(r == sizeof f ? 127 : 126);
}

/* A pipe whose writing end lies above the three standard numbers, so that setting those up in the child
 * cannot overwrite it. */
static int
high_pipe(int p[2])
{
	int high;

	if (pipe2(p, O_CLOEXEC))
		return -1;
	high = fcntl(p[1], F_DUPFD_CLOEXEC, 3);
	close(p[1]);
	p[1] = high;
	if (high < 0)
		close(p[0]);
	return high < 0 ? -1 : 0;
}

/* 0 when the child became its program, else what kept it from that. */
static int
await_exec(int fd, struct start_fault *f)
{
	ssize_t n;

	do
		n = read(fd, f, sizeof *f);
	while (n < 0 && errno == EINTR);
	return n == sizeof *f ? -1 : 0;
}

int
proc_start(const struct proc_spec *spec, struct proc *out, struct err *err)
{
	cleanup_free char *path = proc_which(spec->argv[0]);
	cleanup_fd int rd = -1;
	struct start_fault f;
	pid_t parent = getpid();
	int p[2];

	if (!path) {
		err_set(err, "E1140", "the program `%s` is not on this machine", spec->argv[0]);
		errno = ENOENT;
		return -1;
	}
	if (high_pipe(p))
		return err_sys(err, "E1142", "cannot start `%s`", spec->argv[0]);
	rd = p[0];
	out->pid = fork();
	if (!out->pid)
		child_main(spec, path, p[1], parent);
	close(p[1]);
	if (out->pid < 0)
		return err_sys(err, "E1142", "cannot start `%s`", spec->argv[0]);
	if (await_exec(rd, &f)) {
		waitpid(out->pid, NULL, 0);
		errno = f.err;
		err_sys(err, "E1142", start_what[f.what], spec->argv[0]);
		errno = f.err;
		return -1;
	}
	out->pidfd = (int)syscall(SYS_pidfd_open, out->pid, 0);
	if (out->pidfd >= 0)
		return 0;
	err_sys(err, "E1142", "cannot watch `%s`", spec->argv[0]);
	kill(out->pid, SIGKILL);
	waitpid(out->pid, NULL, 0);
	return -1;
}

int
proc_wait(struct proc *p)
{
	int status;

	while (waitpid(p->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (p->pidfd >= 0)
		close(p->pidfd);
	p->pidfd = -1;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

/* Reads to the end; 1 when there was more than `max`. */
static int
drain(int fd, struct str *out, size_t max)
{
	char buf[16384];
	ssize_t n;
	size_t start = out->len;

	for (;;) {
		n = read(fd, buf, sizeof buf);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -1 : 0;
		if (out->len - start + (size_t)n > max)
			return 1;
		str_addn(out, buf, (size_t)n);
	}
}

int
proc_capture(const struct proc_spec *spec, struct str *out, size_t max, struct err *err)
{
	struct proc_spec s = *spec;
	struct proc p;
	int fds[2], status, r;

	if (pipe2(fds, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot start `%s`", spec->argv[0]);
	s.out = fds[1];
	r = proc_start(&s, &p, err);
	close(fds[1]);
	if (r) {
		close(fds[0]);
		return -1;
	}
	r = drain(fds[0], out, max);
	if (r)
		kill(p.pid, SIGKILL);
	close(fds[0]);
	status = proc_wait(&p);
	if (r > 0)
		return err_set(err, "E0313", "`%s` said more than %zu bytes", spec->argv[0], max);
	if (r < 0)
		return err_sys(err, "E1142", "cannot read what `%s` says", spec->argv[0]);
	return status;
}

const char *
proc_status_text(int status, char buf[64])
{
	const char *name = status > 128 ? sigabbrev_np(status - 128) : NULL;

	if (name)
		snprintf(buf, 64, "was killed by SIG%s", name);
	else
		snprintf(buf, 64, "exited with %d", status);
	return buf;
}
