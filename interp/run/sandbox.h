/* sandbox: runs a program over trees, through one of the backends. */
#pragma once
#include <time.h>

#include "run/doors.h"
#include "run/job_impl.h"
#include "run/limits.h"

/* One thing as a backend mounts it: a folder of the host, or an overlay still to be mounted. All
 * names are relative to the job's temporary folder. */
struct view {
	const char *at;            /* absolute path inside */
	const char *from;          /* folder or file on the host, after mounting */
	const char *sub;           /* path below `from`, NULL: all */
	const char *const *lowers; /* top first; NULL: no overlay, `from` is there already */
	size_t nlowers;
	const char *upper, *work; /* NULL: read-only overlay */
	bool writable;
};

struct sandbox_plan {
	const struct sandbox *sb;
	struct view root;   /* the image */
	struct view *views; /* parents before what lies in them */
	size_t nviews;
	const char *const *argv; /* with the jobserver's wrapper */
	const char *const *env;
	int in, out;         /* descriptors of the program; out also takes stderr … */
	int errfd;           /* … but where stdout is captured */
	struct doors *doors; /* NULL: none */
	bool tty;            /* all three are a terminal, which controls the program's session */
};

/* What a started sandbox is waited for by. */
struct sandbox_proc {
	pid_t pid; /* of our child, which ends when all of the sandbox has */
	int pidfd;
	int status_fd;         /* bwrap's reports as JSON lines, else -1 */
	bool began;            /* bwrap has started what is in the sandbox */
	int exit_code;         /* of the program, -1: it never ran */
	const char *container; /* docker, podman: its name, … */
	const char *idfile;    /* … and the file in the job's folder that the client writes its id into */
	time_t begun;
};

struct backend_ops {
	const char *name;
	int (*start)(struct job *job, const struct sandbox_plan *sp, struct sandbox_proc *out, struct err *err);
	/* asks the tree to end (TERM), or ends it (KILL) */
	void (*stop)(struct job *job, struct sandbox_proc *p, int sig);
	/* which limit it went over that no group of ours holds: while it runs (-1), or after it failed; may be NULL */
	enum ending (*over)(struct job *job, const struct sandbox_proc *p, int code);
	/* after everything is dead: removes what only it can remove; may be NULL */
	void (*clean)(struct job *job, const struct sandbox_plan *sp);
	/* removes containers that a killed run left: `run` NULL: of all runs that are gone; may be NULL */
	void (*sweep)(const char *run);
};

extern const struct backend_ops backend_bwrap, backend_docker, backend_podman, backend_none;

const struct backend_ops *sandbox_backend(enum backend b);
void sandbox_sweep(const struct run_options *opt, const char *run);

/* In the child: its descriptors become the program's, its terminal the session's; all others go with exec. */
void sandbox_streams(const struct sandbox_plan *sp);

/* sandbox_views.c: turns binds into views; makes folders and links in the job's folder. */
int sandbox_prepare(struct job *job, const struct sandbox *sb, struct sandbox_plan *sp, struct err *err);
/* Fills argv and env: as they are, or behind what hands make the shared tokens. */
void sandbox_wrap(struct job *job, const struct sandbox *sb, struct sandbox_plan *sp);
/* Mounts an overlay for a moment, in a new folder of `dir`: whether one can be had here. */
int sandbox_try_overlays(int dir, struct err *err);
/* Mounts the overlay of a view, if it has one: in a mount namespace of the caller, whose working directory is the job's
 * folder. */
int view_mount(const struct view *v, struct err *err);
/* bwrap.c: reads what bwrap reports about its child. */
struct str;
void bwrap_status(struct sandbox_proc *p, struct str *buf);
/* Waits until a child has become the program (its end of the pipe closes), or tells why it could not. */
int sandbox_await(int fd, struct err *err);
