/* proc: child processes by argv (never a shell string), with pidfds. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;
struct str;

struct proc_spec {
	const char *const *argv; /* argv[0] is looked up in PATH unless it has a '/' */
	const char *const *env;  /* "KEY=value" …, NULL; NULL means the caller's environment */
	int dir;                 /* working folder, -1: stay */
	int in, out, errfd;      /* descriptors for 0, 1, 2; -1: /dev/null for 0, kept for 1 and 2 */
	const int *keep;         /* descriptors that stay open under their numbers, ended by -1; may be NULL */
	bool die_with_parent;
	bool own_session; /* signals to our group do not reach it */
};

struct proc {
	pid_t pid;
	int pidfd;
};

/* Starts a program. A missing program is an error with errno ENOENT in `err` form. */
int proc_start(const struct proc_spec *spec, struct proc *out, struct err *err);
/* In a child, before it becomes another program: no signal is ignored, caught or blocked, whatever the caller of
 * jkr ignores (a shell's background job ignores SIGINT). */
void proc_signals(void);
/* In a fork of `parent`: ends this process when that one ends. -1 when it has ended already. A change of
 * credentials (ns_enter) takes this away. */
int proc_bind(pid_t parent);
/* Waits; gives the exit status, or 128+signal. Closes the pidfd. -1 with errno. */
int proc_wait(struct proc *p);
/* Runs to the end, collecting at most `max` bytes of stdout. Gives the exit status or -1 (err set
 * only when it could not be started or its output was too long). */
int proc_capture(const struct proc_spec *spec, struct str *out, size_t max, struct err *err);
/* The same, and while it runs each line that it says on stderr is given to `fn`, without its end, which is `\n` or, of
 * a line that is written again, `\r`. */
typedef void (*proc_line_fn)(void *ctx, const char *line, char end);
int proc_watch(const struct proc_spec *spec, struct str *out, size_t max, proc_line_fn fn, void *ctx, struct err *err);
/* Where `name` is found in PATH: a path that the caller frees, or NULL. */
char *proc_which(const char *name);
/* "exited with 2", "was killed by SIGSEGV": for sentences. `buf` of 64 bytes. */
const char *proc_status_text(int status, char buf[64]);
