#include "run/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "run/sandbox.h"
#include "run/shell_say.h"
#include "run/wire.h"

enum { TAKE_MAX = 4 << 20 }; /* of a text that a script leaves */

struct terminal {
	struct job *job;
	const struct backend_ops *ops;
	struct sandbox_proc p;
	int pty, sig; /* our side of the pseudo-terminal, -1: none */
	bool typed;   /* our stdin is still open */
	bool raw, exited;
	struct termios saved;
	struct str status; /* of bwrap */
};

static bool
has_program(const struct tree *image, const char *path)
{
	const struct entry *e = image ? tree_resolve(image, path) : NULL;

	return e && S_ISREG(e->mode);
}

/* bash when the image has it; without a terminal a shell that does not prompt. (On a terminal dash complains
 * when it ends, and gives 2: it wants to give the terminal back to a group outside of its namespace.) */
static const char *const *
shell_argv(struct job *job, const struct sandbox *sb, bool tty)
{
	bool bash = has_program(sb->image, "bin/bash") || has_program(sb->image, "usr/bin/bash");
	const char **v = arena_array(&job->arena, const char *, 5);
	size_t n = 0;

	v[n++] = bash ? "/bin/bash" : "/bin/sh";
	if (bash) {
		v[n++] = "--norc";
		v[n++] = "--noprofile";
	}
	if (tty)
		v[n++] = "-i";
	return v;
}

/* The script with the words of the step's own program. */
static const char *const *
script_argv(struct job *job, const struct sandbox *sb)
{
	const char **v;
	size_t n = 0;

	while (sb->argv[n])
		n++;
	v = arena_array(&job->arena, const char *, n + 5);
	v[0] = "/bin/sh";
	v[1] = "-c";
	v[2] = job->script;
	v[3] = "jkr";
	memcpy(v + 4, sb->argv, n * sizeof *v);
	return v;
}

/* Texts that the script left in /jkr/out, told as facts of the step. */
static int
take_texts(struct job *job, struct err *err)
{
	int out = job->take ? job_out(job, err) : -1;

	if (job->take && out < 0)
		return -1;
	for (size_t i = 0; job->take && job->take[i]; i++) {
		cleanup_str struct str text = {0};

		if (!fs_read_file(out, job->take[i], &text, TAKE_MAX))
			job_record(job, job->take[i], str_text(&text));
		else if (errno != ENOENT)
			return err_sys(err, "E1018", "cannot read `%s` of step `%s`", job->take[i], job_name(job));
	}
	return 0;
}

static const char *const *
shell_env(struct job *job, const struct sandbox *sb, bool tty)
{
	const char *term = getenv("TERM");
	const char **v;
	size_t n = 0;

	while (sb->env && sb->env[n])
		n++;
	v = arena_array(&job->arena, const char *, n + 3);
	if (n)
		memcpy(v, sb->env, n * sizeof *v);
	if (tty) {
		v[n++] = arena_printf(&job->arena, "TERM=%s", term && *term ? term : "dumb");
		v[n++] = arena_printf(&job->arena, "PS1=[jkr %s] $PWD $ ", job_name(job));
	}
	return v;
}

static void
copy_size(const struct terminal *t)
{
	struct winsize size;

	if (t->pty >= 0 && !ioctl(0, TIOCGWINSZ, &size))
		ioctl(t->pty, TIOCSWINSZ, &size);
}

static int
open_pty(struct terminal *t, struct sandbox_plan *sp, struct err *err)
{
	int other;

	if (openpty(&t->pty, &other, NULL, NULL, NULL))
		return err_sys(err, "E1142", "cannot make a terminal for the shell");
	fcntl(t->pty, F_SETFD, FD_CLOEXEC);
	sp->in = sp->out = sp->errfd = other;
	sp->tty = true;
	copy_size(t);
	return 0;
}

static void
set_raw(struct terminal *t)
{
	struct termios raw;

	if (t->pty < 0 || tcgetattr(0, &t->saved))
		return;
	raw = t->saved;
	cfmakeraw(&raw);
	t->raw = !tcsetattr(0, TCSADRAIN, &raw);
}

static void
copy_typed(struct terminal *t)
{
	char buf[4096];
	ssize_t n = read(0, buf, sizeof buf);

	if (n > 0) {
		fs_write(t->pty, buf, (size_t)n);
	} else if (!n || errno != EINTR) { /* the terminal is gone */
		t->typed = false;
		t->ops->stop(t->job, &t->p, SIGKILL);
	}
}

/* False at the end: nobody has the other side open any more. */
static bool
copy_said(struct terminal *t)
{
	char buf[16384];
	ssize_t n = read(t->pty, buf, sizeof buf);

	if (n > 0)
		return !fs_write(1, buf, (size_t)n);
	return n < 0 && errno == EINTR;
}

static void
on_signal(struct terminal *t)
{
	struct signalfd_siginfo si;

	if (read(t->sig, &si, sizeof si) != sizeof si)
		return;
	if (si.ssi_signo == SIGWINCH)
		copy_size(t);
	else
		t->ops->stop(t->job, &t->p, SIGKILL);
}

/* One turn of the loop; false when the shell and all below it are gone. */
static bool
turn(struct terminal *t)
{
	struct pollfd p[] = {
		{.fd = t->typed ? 0 : -1, .events = POLLIN},
		{.fd = t->pty, .events = POLLIN},
		{.fd = t->sig, .events = POLLIN},
		{.fd = t->exited ? -1 : t->p.pidfd, .events = POLLIN},
		{.fd = t->p.status_fd, .events = POLLIN},
	};

	poll(p, ARRAY_LEN(p), -1);
	if (p[0].revents)
		copy_typed(t);
	if (p[1].revents && !copy_said(t))
		cleanup_fdp(&t->pty), t->pty = -1, t->typed = false;
	if (p[2].revents)
		on_signal(t);
	if (p[4].revents)
		bwrap_status(&t->p, &t->status);
	if (p[3].revents)
		t->exited = true;
	return !t->exited || t->p.status_fd >= 0;
}

static int
end(struct terminal *t, const struct sandbox_plan *sp)
{
	struct pollfd p = {.fd = t->pty, .events = POLLIN};
	int status = 0;

	while (t->pty >= 0 && poll(&p, 1, 0) > 0 && p.revents & POLLIN && copy_said(t))
		;
	if (t->raw)
		tcsetattr(0, TCSADRAIN, &t->saved);
	while (waitpid(t->p.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (t->ops->clean)
		t->ops->clean(t->job, sp);
	if (t->p.exit_code >= 0)
		return t->p.exit_code;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int
run(struct terminal *t, struct sandbox_plan *sp, struct err *err)
{
	int r = t->ops->start(t->job, sp, &t->p, err);

	if (sp->tty)
		close(sp->in);
	if (r) {
		if (t->p.pid > 0)
			waitpid(t->p.pid, NULL, 0);
		return -1;
	}
	t->typed = sp->tty;
	set_raw(t);
	while (turn(t))
		;
	r = end(t, sp);
	if (t->p.exit_code < 0 && t->job->opt->backend == BACKEND_BWRAP && !t->p.began) {
		err_set(err, "E0311", "the sandbox of step `%s` could not start", job_name(t->job));
		return err_help(err, "`jkr doctor` tries what the sandbox needs");
	}
	return r;
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int
shell_exec(struct job *job, const struct sandbox *sb, struct err *err)
{
	struct terminal t = {.job = job, .ops = sandbox_backend(job->opt->backend), .pty = -1};
	struct sandbox_plan sp = {.in = 0, .out = 1, .errfd = 2};
	bool tty = isatty(0);
	struct sandbox shell = *sb;
	int status;

	if (sb->image && !has_program(sb->image, "bin/sh") && !has_program(sb->image, "usr/bin/sh")) {
		err_set(err, "E0322", "the image of step `%s` has no shell", job_name(job));
		return err_at(err, job_place(job));
	}
	shell.argv = job->script ? script_argv(job, sb) : shell_argv(job, sb, tty);
	shell.env = shell_env(job, sb, tty);
	shell.stdin_text = NULL;
	shell.capture = NULL;
	t.p = (struct sandbox_proc){.pid = -1, .pidfd = -1, .status_fd = -1, .exit_code = -1};
	if (sandbox_prepare(job, &shell, &sp, err))
		return -1;
	sandbox_wrap(job, &shell, &sp);
	if (!job->script)
		shell_say(job, sb);
	if (tty && open_pty(&t, &sp, err))
		return -1;
	t.sig = open_signals();
	status = run(&t, &sp, err);
	if (status < 0 || take_texts(job, err))
		return -1;
	wire_send(job->wire, WIRE_SHELL, &status, sizeof status);
	_exit(0);
}
