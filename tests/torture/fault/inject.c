/* inject: runs a program and lets one of the system calls that change the file system go wrong, in it or in
 * any of its children.
 *
 * usage: inject -r REPORT [-a TASK:N WHAT] [-c] [-w] -- PROGRAM [ARGUMENT…]
 *
 * Without -a it lists every such call, a line each in REPORT: `call TASK N NAME`. A task is named by where it
 * stands in the tree of forks (0, 0.0, 0.1, 0.1.0), N counts its own calls: so a point is found again in the
 * next run, however the tasks take turns, and each point is tried once. strace's -e inject counts calls of a
 * kind in every process alike, so that one N strikes several processes at once, and some points are never
 * struck alone. With -c closes count as well. With -w nothing but the end is watched, and PRELOAD
 * in the environment is the program's LD_PRELOAD.
 *
 * WHAT: kill, kill-parent, kill-first (the task, its parent, the program itself, by SIGKILL, as the call
 * begins); an errno by name (the call fails and is not made, but a close is); SHORT (half of the bytes are written).
 * HOLD: COMMAND in $HOLD runs while the call waits, at every call of which $HOLD_EVERY says so (1 in N).
 *
 * REPORT ends with `struck CALL` when the point was reached, `left N` with the number of processes that were
 * there 3 s after the program's end (they are killed), and `status N`. Exit status: 0, or 125 when the
 * program cannot be watched. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "inject knows the registers of x86-64 only"
#endif

enum { TASKS = 1024, NAME = 64, GRACE_MS = 3000, ORPHAN_MS = 50 };

/* `bytes` is the place, from 1, of the argument that counts bytes; `flags` that of open's flags. */
static const struct call {
	int nr;
	const char *name;
	int bytes, flags;
} calls[] = {
	{SYS_openat, "openat", 0, 3},
	{SYS_open, "open", 0, 2},
	{SYS_openat2, "openat2", 0, 0},
	{SYS_creat, "creat", 0, 0},
	{SYS_write, "write", 3, 0},
	{SYS_writev, "writev", 0, 0},
	{SYS_pwrite64, "pwrite64", 3, 0},
	{SYS_pwritev2, "pwritev2", 0, 0},
	{SYS_copy_file_range, "copy_file_range", 5, 0},
	{SYS_sendfile, "sendfile", 4, 0},
	{SYS_ftruncate, "ftruncate", 0, 0},
	{SYS_truncate, "truncate", 0, 0},
	{SYS_fallocate, "fallocate", 0, 0},
	{SYS_rename, "rename", 0, 0},
	{SYS_renameat, "renameat", 0, 0},
	{SYS_renameat2, "renameat2", 0, 0},
	{SYS_link, "link", 0, 0},
	{SYS_linkat, "linkat", 0, 0},
	{SYS_symlink, "symlink", 0, 0},
	{SYS_symlinkat, "symlinkat", 0, 0},
	{SYS_unlink, "unlink", 0, 0},
	{SYS_unlinkat, "unlinkat", 0, 0},
	{SYS_rmdir, "rmdir", 0, 0},
	{SYS_mkdir, "mkdir", 0, 0},
	{SYS_mkdirat, "mkdirat", 0, 0},
	{SYS_mknod, "mknod", 0, 0},
	{SYS_mknodat, "mknodat", 0, 0},
	{SYS_chmod, "chmod", 0, 0},
	{SYS_fchmod, "fchmod", 0, 0},
	{SYS_fchmodat, "fchmodat", 0, 0},
	{SYS_chown, "chown", 0, 0},
	{SYS_fchown, "fchown", 0, 0},
	{SYS_fchownat, "fchownat", 0, 0},
	{SYS_utimensat, "utimensat", 0, 0},
	{SYS_setxattr, "setxattr", 0, 0},
	{SYS_lsetxattr, "lsetxattr", 0, 0},
	{SYS_fsetxattr, "fsetxattr", 0, 0},
	{SYS_removexattr, "removexattr", 0, 0},
	{SYS_fremovexattr, "fremovexattr", 0, 0},
	{SYS_fsync, "fsync", 0, 0},
	{SYS_fdatasync, "fdatasync", 0, 0},
	{SYS_sync_file_range, "sync_file_range", 0, 0},
	{SYS_syncfs, "syncfs", 0, 0},
	{SYS_flock, "flock", 0, 0},
	{SYS_mount, "mount", 0, 0},
	{SYS_umount2, "umount2", 0, 0},
	{SYS_pivot_root, "pivot_root", 0, 0},
	{SYS_close, "close", 0, 0}, /* last: -c takes it in */
};
#define NCALLS (sizeof calls / sizeof *calls)

static const struct {
	const char *name;
	int nr;
} errors[] = {{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO}, {"EINTR", EINTR}, {"ENOMEM", ENOMEM}};

enum what { LIST, KILL, KILL_PARENT, KILL_FIRST, FAIL, SHORT };

struct task {
	pid_t pid, parent;
	char name[NAME]; /* "": seen before its parent told of it */
	unsigned forks, ncalls;
	double since;       /* it waits for its parent's word since then */
	bool gone, awaited; /* its call has been let through, and fails at its end */
};

/* Of one run; a process watches one program. */
static struct {
	struct task v[TASKS];
	size_t n;
	FILE *report;
	enum what what;
	int error;
	char task[NAME];
	unsigned at, every, turn;
	const char *hold;
	unsigned unnamed;
	bool closes, only_end, ended;
	pid_t first;
	int status;
} w;

static void
die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(125);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct task *
task_of(pid_t pid)
{
	for (size_t i = w.n; i-- > 0;)
		if (w.v[i].pid == pid && !w.v[i].gone)
			return &w.v[i];
	if (w.n == TASKS) {
		errno = E2BIG;
		die("tasks");
	}
	w.v[w.n] = (struct task){.pid = pid};
	return &w.v[w.n++];
}

/* Every open that may create is a call that changes something; openat2 keeps its flags in memory. */
static size_t
make_filter(struct sock_filter *f)
{
	const unsigned creates = O_CREAT | O_TRUNC | O_WRONLY | O_RDWR;
	size_t n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < NCALLS - !w.closes; i++) {
		const struct call *c = &calls[i];

		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)c->nr, 0, c->flags ? 4 : 1);
		if (c->flags) {
			f[n++] = (struct sock_filter)BPF_STMT(
				BPF_LD | BPF_W | BPF_ABS,
				(unsigned)(offsetof(struct seccomp_data, args) + 8 * (size_t)(c->flags - 1)));
			f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, creates, 1, 0);
			f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
		}
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n;
}

static _Noreturn void
become(char **argv, int go)
{
	struct sock_filter f[6 * NCALLS + 2];
	struct sock_fprog prog = {.filter = f};
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* also where nothing but the end is watched */
	prog.len = (unsigned short)make_filter(f);
	if (read(go, &c, 1) != 1)
		_exit(125);
	if (getenv("PRELOAD"))
		setenv("LD_PRELOAD", getenv("PRELOAD"), 1);
	if (!w.only_end &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog)))
		die("seccomp");
	execvp(argv[0], argv);
	die(argv[0]);
	_exit(125);
}

/* A number in memory, and no file: a write to it cannot fail. bwrap relies on that, and waits for ever. */
static bool
is_eventfd(pid_t pid, int fd)
{
	char path[64], to[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
	n = readlink(path, to, sizeof to - 1);
	return n > 0 && (to[n] = '\0', !strcmp(to, "anon_inode:[eventfd]"));
}

static const struct call *
call_of(pid_t pid, const struct user_regs_struct *regs)
{
	struct open_how how;
	struct iovec here = {&how, sizeof how}, there = {(void *)regs->rdx, sizeof how};

	if (regs->orig_rax == SYS_openat2 && process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof how &&
	    !(how.flags & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR)))
		return NULL;
	for (size_t i = 0; i < NCALLS; i++)
		if (regs->orig_rax == (unsigned long long)calls[i].nr)
			return &calls[i];
	return NULL;
}

static void
shorten(const struct call *c, struct user_regs_struct *regs)
{
	unsigned long long *arg[] = {NULL, &regs->rdi, &regs->rsi, &regs->rdx, &regs->r10, &regs->r8};

	if (c->bytes && *arg[c->bytes] > 1)
		*arg[c->bytes] /= 2;
}

static void
strike(struct task *t, const struct call *c, struct user_regs_struct *regs)
{
	fprintf(w.report, "struck %s %u %s\n", t->name, t->ncalls, c->name);
	if (w.what >= FAIL && c->nr == SYS_write && is_eventfd(t->pid, (int)regs->rdi))
		return;
	switch (w.what) {
	case LIST: break;
	case KILL: kill(t->pid, SIGKILL); break;
	case KILL_PARENT: kill(t->parent, SIGKILL); break;
	case KILL_FIRST: kill(w.first, SIGKILL); break;
	case FAIL:
		t->awaited = c->nr == SYS_close;
		if (t->awaited)
			break;
		regs->orig_rax = (unsigned long long)-1;
		regs->rax = (unsigned long long)-w.error;
		ptrace(PTRACE_SETREGS, t->pid, 0, regs);
		break;
	case SHORT:
		shorten(c, regs);
		ptrace(PTRACE_SETREGS, t->pid, 0, regs);
		break;
	}
}

static void
on_call(struct task *t)
{
	struct user_regs_struct regs;
	const struct call *c;

	if (ptrace(PTRACE_GETREGS, t->pid, 0, &regs) || !(c = call_of(t->pid, &regs)))
		return;
	t->ncalls++;
	if (!w.at)
		fprintf(w.report, "call %s %u %s\n", t->name, t->ncalls, c->name);
	if (w.hold && w.turn++ % w.every == 0 && system(w.hold))
		die("the command that holds");
	if (w.at == t->ncalls && !strcmp(w.task, t->name))
		strike(t, c, &regs);
}

static void
on_fork(struct task *t)
{
	unsigned long pid;
	struct task *child;
	bool waits;

	if (ptrace(PTRACE_GETEVENTMSG, t->pid, 0, &pid))
		return;
	/* task_of may not move t: the table has a fixed place for each */
	child = task_of((pid_t)pid);
	waits = child->parent == -1;
	child->parent = t->pid;
	snprintf(child->name, sizeof child->name, "%.*s.%u", NAME - 12, t->name, t->forks++);
	if (waits) {
		w.unnamed--;
		ptrace(PTRACE_CONT, child->pid, 0, 0);
	}
}

/* A close that fails has closed all the same. */
static void
on_closed(struct task *t)
{
	struct user_regs_struct regs;

	t->awaited = false;
	if (ptrace(PTRACE_GETREGS, t->pid, 0, &regs))
		return;
	regs.rax = (unsigned long long)-w.error;
	ptrace(PTRACE_SETREGS, t->pid, 0, &regs);
}

/* One stop of a task; what happens next is up to it. */
static void
on_stop(struct task *t, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!*t->name) { /* its first stop came before its parent's */
		t->parent = -1;
		t->since = now_ms();
		w.unnamed++;
		return;
	}
	if (sig == (SIGTRAP | 0x80)) {
		if (t->awaited)
			on_closed(t);
		event = -1;
	} else if (event == PTRACE_EVENT_SECCOMP)
		on_call(t);
	else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
		on_fork(t);
	else if (event == PTRACE_EVENT_STOP && (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)) {
		ptrace(PTRACE_LISTEN, t->pid, 0, 0);
		return;
	}
	ptrace(t->awaited ? PTRACE_SYSCALL : PTRACE_CONT, t->pid, 0, event ? 0 : sig);
}

static void
on_end(struct task *t, int status)
{
	t->gone = true;
	if (!*t->name && t->parent == -1)
		w.unnamed--;
	if (t->pid != w.first)
		return;
	w.ended = true;
	w.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A parent that was killed in the middle of a fork tells nothing of it. */
static void
release_orphans(void)
{
	for (size_t i = 0; i < w.n && w.unnamed; i++) {
		struct task *t = &w.v[i];

		if (*t->name || t->gone || now_ms() < t->since + ORPHAN_MS)
			continue;
		strcpy(t->name, "?");
		w.unnamed--;
		ptrace(PTRACE_CONT, t->pid, 0, 0);
	}
}

/* Those that are still there: they have fallen to us. */
static unsigned
kill_all(void)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	unsigned n = 0;
	int pid;

	while (f && fscanf(f, "%d", &pid) == 1)
		n += !kill(pid, SIGKILL);
	if (f)
		fclose(f);
	return n;
}

/* Until nobody is left, or GRACE_MS after the program's end: gives the number of those that are. */
static unsigned
watch(void)
{
	double end = 0;
	unsigned left = 0;
	int status;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, __WALL | (w.ended || w.unnamed ? WNOHANG : 0));
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return left;
		if (!pid && (!w.ended || now_ms() < end)) {
			release_orphans();
			usleep(200);
		} else if (!pid) {
			left += kill_all();
			end = now_ms() + GRACE_MS;
		} else if (WIFSTOPPED(status)) {
			on_stop(task_of(pid), status);
		} else {
			on_end(task_of(pid), status);
			if (w.ended && !end)
				end = now_ms() + GRACE_MS;
		}
	}
}

static void
start(char **argv)
{
	long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	int go[2];

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(go, O_CLOEXEC))
		die("pipe");
	w.first = fork();
	if (w.first < 0)
		die("fork");
	if (!w.first) {
		close(go[1]);
		become(argv, go[0]);
	}
	strcpy(task_of(w.first)->name, "0");
	if (!w.only_end && ptrace(PTRACE_SEIZE, w.first, 0, options))
		die("ptrace");
	if (write(go[1], "", 1) != 1)
		die("pipe");
}

static void
parse_what(const char *s)
{
	static const char *const kinds[] = {
		[KILL] = "kill", [KILL_PARENT] = "kill-parent", [KILL_FIRST] = "kill-first", [SHORT] = "SHORT"};

	for (size_t i = KILL; i <= SHORT; i++)
		if (kinds[i] && !strcmp(kinds[i], s))
			w.what = (enum what)i;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (!strcmp(errors[i].name, s)) {
			w.what = FAIL;
			w.error = errors[i].nr;
		}
}

int
main(int argc, char **argv)
{
	const char *every = getenv("HOLD_EVERY");
	int c;

	while ((c = getopt(argc, argv, "+r:a:cw")) != -1) {
		if (c == 'r')
			w.report = fopen(optarg, "we");
		else if (c == 'c')
			w.closes = true;
		else if (c == 'w')
			w.only_end = true;
		else if (c == 'a' && sscanf(optarg, "%63[0-9.]:%u", w.task, &w.at) == 2 && optind < argc)
			parse_what(argv[optind++]);
		else
			return 125;
	}
	if (!w.report || optind == argc || (w.at && w.what == LIST))
		return fprintf(stderr, "inject: what is asked is not clear\n"), 125;
	w.hold = getenv("HOLD");
	w.every = every ? (unsigned)strtoul(every, NULL, 10) : 1;
	start(argv + optind);
	fprintf(w.report, "left %u\n", watch());
	fprintf(w.report, "status %d\n", w.status);
	return fclose(w.report) ? 125 : 0;
}
