/* Implements job_exec: one program in a sandbox, its output to the log, until its whole tree is gone. */
#include "run/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/mount.h"
#include "run/mounted.h"
#include "run/run_impl.h"
#include "run/shell.h"
#include "run/wire.h"

#define LOOK_MS 100
#define READS 16 /* at one turn: a program that never pauses must not keep signals waiting */

static const struct backend_ops *const backends[] = {
	[BACKEND_BWRAP] = &backend_bwrap,
	[BACKEND_DOCKER] = &backend_docker,
	[BACKEND_PODMAN] = &backend_podman,
	[BACKEND_NONE] = &backend_none,
};

const struct backend_ops *
sandbox_backend(enum backend b)
{
	return backends[b];
}

void
sandbox_sweep(const struct run_options *opt, const char *run)
{
	const struct backend_ops *ops = sandbox_backend(opt->backend);

	if (ops->sweep)
		ops->sweep(run);
}

/* A running sandbox and where its output goes. */
struct watch {
	struct job *job;
	const struct backend_ops *ops;
	struct sandbox_proc p;
	struct mounted mounted;
	struct doors doors;
	int out, capture; /* read ends, -1: at their end */
	int sig;
	struct str line, last, status; /* of its output: the unfinished line, and the one before */
	struct str *captured;
	size_t capture_max;
	bool too_much, stopping, exited;
	bool make; /* its lines may be Kbuild's */
	enum ending over;
	double kill_at;
};

static void
keep_last(struct watch *w)
{
	str_reset(&w->last);
	str_add(&w->last, str_text(&w->line));
}

static void
output(struct watch *w, const char *p, size_t n)
{
	cleanup_str struct str frames = {0};

	job_log_write(w->job, p, n);
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n' && w->line.len < 400) {
			str_addc(&w->line, p[i] ? p[i] : ' ');
		} else if (p[i] == '\n') {
			if (w->make)
				tags_line(w->job, str_text(&w->line), w->line.len);
			if (!w->job->log_full) /* what is in no log is not shown either */
				wire_frame(&frames, WIRE_OUTPUT, str_text(&w->line), w->line.len + 1);
			if (!w->p.container || !w->last.len) /* a client says what is wrong first */
				keep_last(w);
			str_reset(&w->line);
		}
	}
	wire_send_frames(w->job->wire, &frames);
}

static void
read_out(struct watch *w)
{
	char buf[65536];
	ssize_t n;

	for (int i = 0; i < READS && w->out >= 0 && (n = read(w->out, buf, sizeof buf)) != -1; i++) {
		if (n) {
			output(w, buf, (size_t)n);
		} else {
			close(w->out);
			w->out = -1;
		}
	}
}

static void
read_capture(struct watch *w)
{
	char buf[65536];
	ssize_t n;

	for (int i = 0; i < READS && w->capture >= 0 && (n = read(w->capture, buf, sizeof buf)) != -1; i++) {
		if (!n) {
			close(w->capture);
			w->capture = -1;
		} else if (w->captured->len + (size_t)n > w->capture_max) {
			w->too_much = true;
		} else {
			str_addn(w->captured, buf, (size_t)n);
		}
	}
}

static void
stop(struct watch *w)
{
	if (!w->stopping)
		w->ops->stop(w->job, &w->p, SIGTERM);
	w->stopping = true;
	w->kill_at = now_seconds() + 3;
}

static int
timeout_ms(const struct watch *w)
{
	double left = w->kill_at - now_seconds();

	if (w->kill_at <= 0)
		return w->ops->over ? LOOK_MS : -1;
	return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

static void
look(struct watch *w)
{
	w->over = w->stopping || !w->ops->over ? w->over : w->ops->over(w->job, &w->p, -1);
	if (w->over == END_SELF || w->stopping)
		return;
	w->stopping = true;
	w->kill_at = now_seconds();
}

/* One turn of the loop; false when the whole tree is gone. */
static bool
turn(struct watch *w)
{
	struct pollfd p[] = {
		{.fd = w->out, .events = POLLIN},         {.fd = w->capture, .events = POLLIN},
		{.fd = w->sig, .events = POLLIN},         {.fd = w->exited ? -1 : w->p.pidfd, .events = POLLIN},
		{.fd = w->p.status_fd, .events = POLLIN}, {.fd = w->stopping ? -1 : w->mounted.found, .events = POLLIN},
	};
	struct signalfd_siginfo si = {0};

	poll(p, ARRAY_LEN(p), timeout_ms(w));
	read_out(w);
	read_capture(w);
	if (p[4].revents) /* first: what has begun is told to end, what has not is killed */
		bwrap_status(&w->p, &w->status);
	if ((p[2].revents && read(w->sig, &si, sizeof si) > 0) || (w->too_much && !w->stopping))
		stop(w);
	if (p[2].revents && si.ssi_signo == SIGNAL_AT_ONCE)
		w->kill_at = now_seconds();
	if (p[5].revents && !w->stopping) {
		stop(w);
		w->kill_at = now_seconds();
	}
	look(w);
	if (w->kill_at > 0 && now_seconds() >= w->kill_at) {
		w->ops->stop(w->job, &w->p, SIGKILL);
		w->kill_at = 0;
	}
	if (p[3].revents)
		w->exited = true;
	return !w->exited || w->p.status_fd >= 0;
}

static int
reap(struct watch *w)
{
	int status;

	while (waitpid(w->p.pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	close(w->p.pidfd);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The program never ran: what the backend said stands at the end of the log. */
static int
never_ran(struct watch *w, const char *program, struct err *err)
{
	const char *said = w->line.len ? w->line.s : str_text(&w->last);
	struct err probe = {0};

	if (strstr(said, "execvp ") && strstr(said, "No such file")) {
		err_set(err, "E0317", "step `%s` failed: there is no program `%s` in its image", job_name(w->job),
			program);
		return err_help(err, "name the package that has it in the toolchain's `image`");
	}
	if (w->job->opt->backend == BACKEND_BWRAP && ns_probe(&probe)) {
		err_move(err, &probe);
		return -1;
	}
	err_set(err, "E0311", "the sandbox of step `%s` could not start", job_name(w->job));
	if (*said)
		err_label(err, "%s", said);
	return err_help(err, "`jkr doctor` tries what the sandbox needs");
}

static int
verdict(struct watch *w, int code, const char *program, struct err *err)
{
	if (w->over == END_SELF && !w->stopping && code && w->ops->over)
		w->over = w->ops->over(w->job, &w->p, code);
	if (w->over != END_SELF) {
		limits_say_step(w->job->ps->step, w->over, err);
		return -1;
	}
	if (w->too_much) {
		err_set(err, "E0313", "the output that step `%s` keeps is larger than %zu MiB", job_name(w->job),
			w->capture_max >> 20);
		return err_help(err, "let the program write a file into its result instead");
	}
	if (w->stopping)
		return err_set(err, "E0309", "step `%s` was stopped", job_name(w->job));
	if (w->p.exit_code == -1 && w->job->opt->backend == BACKEND_BWRAP)
		return never_ran(w, program, err);
	if (w->p.container && code == 125) /* the client's own word for it */
		return never_ran(w, program, err);
	return w->p.exit_code >= 0 ? w->p.exit_code : code;
}

/* stdin of the program: a sealed memory file, or nothing. */
static int
open_stdin(const char *text, struct err *err)
{
	int fd = text ? memfd_create("stdin", MFD_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (text && (fs_write(fd, text, strlen(text)) || lseek(fd, 0, SEEK_SET))))
		return err_sys(err, "E1142", "cannot make the program's input");
	return fd;
}

void
sandbox_streams(const struct sandbox_plan *sp)
{
	dup2(sp->in, 0);
	dup2(sp->out, 1);
	dup2(sp->errfd, 2);
	if (sp->tty)
		ioctl(0, TIOCSCTTY, 0);
	syscall(SYS_close_range, 3, ~0U, 4 /* CLOEXEC */);
}

static int
pipes(struct watch *w, struct sandbox_plan *sp, struct err *err)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot make a pipe");
	w->out = p[0];
	sp->out = sp->errfd = p[1];
	fcntl(w->out, F_SETFL, O_NONBLOCK);
	if (!w->captured)
		return 0;
	if (pipe2(p, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot make a pipe");
	w->capture = p[0];
	sp->out = p[1];
	fcntl(w->capture, F_SETFL, O_NONBLOCK);
	return 0;
}

static int
watch(struct watch *w, struct sandbox_plan *sp, struct err *err)
{
	int code;

	if (pipes(w, sp, err) || doors_begin(&w->doors, sp->sb->servers, err))
		return -1;
	if (w->ops->start(w->job, sp, &w->p, err)) {
		if (w->p.pid > 0)
			waitpid(w->p.pid, NULL, 0);
		return -1;
	}
	teardown_hold(&w->job->teardown, w->p.pid);
	mounted_begin(&w->mounted, w->job); /* not earlier: a thread is no good company for a fork */
	doors_carry(&w->doors);
	close(sp->errfd);
	if (sp->out != sp->errfd)
		close(sp->out);
	sp->out = sp->errfd = -1;
	while (turn(w))
		;
	read_out(w);
	read_capture(w);
	if (w->line.len)
		wire_send(w->job->wire, WIRE_OUTPUT, w->line.s, w->line.len + 1);
	code = reap(w);
	teardown_begin(&w->job->teardown);
	if (w->ops->clean)
		w->ops->clean(w->job, sp);
	return verdict(w, code, sp->sb->argv[0], err);
}

int
job_exec(struct job *job, const struct sandbox *sb, struct err *err)
{
	struct watch w = {.job = job,
			  .ops = sandbox_backend(job->opt->backend),
			  .mounted = {.job = job, .found = -1},
			  .doors = {.pass = {-1, -1}},
			  .out = -1,
			  .capture = -1,
			  .make = sb->jobserver,
			  .captured = sb->capture,
			  .capture_max = sb->capture_max};
	struct sandbox_plan sp = {.in = -1, .out = -1, .errfd = -1, .doors = &w.doors};
	sigset_t set, old;
	int r;

	teardown_end(&job->teardown);
	if (job->shell && !sb->prepares)
		return shell_exec(job, sb, err);
	w.p = (struct sandbox_proc){.pid = -1, .pidfd = -1, .status_fd = -1, .exit_code = -1};
	if (sandbox_prepare(job, sb, &sp, err))
		return -1;
	sandbox_wrap(job, sb, &sp);
	if (w.make)
		tags_begin(job);
	sp.in = open_stdin(sb->stdin_text, err);
	if (sp.in < 0)
		return -1;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGNAL_AT_ONCE);
	sigprocmask(SIG_BLOCK, &set, &old);
	w.sig = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	r = watch(&w, &sp, err);
	if (mounted_end(&w.mounted, w.stopping, err))
		r = -1;
	doors_end(&w.doors);
	job->warm.whole = r >= 0 && r < 128;
	close(w.sig);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(sp.in);
	cleanup_fdp(&w.out);
	cleanup_fdp(&w.capture);
	str_free(&w.line);
	str_free(&w.last);
	str_free(&w.status);
	return r;
}

int
sandbox_await(int fd, struct err *err)
{
	struct str in = {0};
	char buf[4096];
	enum wire_kind kind;
	const char *p;
	size_t len;
	ssize_t n;
	int r = 0;

	while ((n = read(fd, buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			str_addn(&in, buf, (size_t)n);
	if (in.len) {
		r = -1;
		if (!wire_next(&in, 0, &kind, &p, &len) || kind != WIRE_ERR || wire_parse_err(p, len, err))
			err_set(err, "E0311", "the sandbox could not be made");
	}
	str_free(&in);
	return r;
}
