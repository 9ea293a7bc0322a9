/* run_impl: the runner's own state, shared by run.c (loop), order.c (what next) and slot.c (one step). */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "run/job_impl.h"
#include "run/jobserver.h"
#include "run/limits.h"
#include "run/notes.h"
#include "run/run.h"

enum progress { WAITING, LOCKED, RUNNING, DONE, FAILED, STOPPED };

/* A step whose process lives. */
struct slot {
	struct slot *next;
	uint32_t step;
	struct job job;
	pid_t pid;
	int pidfd, pipe, lock;
	struct str in; /* frames not yet read */
	bool far;      /* another machine runs it (run/farm.h) */
	bool fetch;    /* it brings the result of a step that is away (run/away.h) */
	bool exited, has_result;
	bool damaged; /* what the job said cannot be believed: no result of it counts */
	int status;   /* of waitpid */
	struct result result;
	struct err err;
	struct notes notes;
	double begun, deadline, kill_at; /* monotonic seconds; 0: none */
	struct limits limits;
	enum ending ending; /* why we end it */
};

struct runner {
	struct plan *plan;
	struct store *store;
	struct plan_env *env;
	struct run_options opt;
	struct err *err;
	struct arena arena;
	struct jobserver js;
	struct cgroup_home groups;
	char tmp[64], id[64];
	int tmpfd, sigfd, lock;
	enum progress *at;   /* by step */
	struct order *order; /* what order.c remembers of them */
	double *weight;      /* seconds to the end of the run along the longest path */
	double *retry;       /* when the lock of another run is tried again; 0: it was not met */
	struct slot *slots;
	unsigned nrunning, nbegun, ncontainers, ncommitted;
	double unsynced; /* seconds of work that a power cut would undo */
	/* run/away.h, by step */
	bool *fetching; /* its result is on its way */
	bool *again;    /* it was done, and is built after all */
	bool *anew;     /* what it takes in came out otherwise than it was decided on */
	bool *exported; /* its result is what the run is for */
	unsigned nfetching;
	bool *here;    /* run/farm.h: by step, it cannot travel */
	bool farm_off; /* the cache cannot be used */
	unsigned nfar;
	struct give *give; /* run/give.h, or NULL */
	bool stopping;     /* begins no more steps */
	bool overlays;     /* tried: they can be mounted */
	int signal, nice;  /* nice: of steps */
};

double now_seconds(void);
void run_event(struct runner *r, enum event_kind kind, uint32_t step, const char *text, double seconds,
	       const struct err *err);

/* order.c */
void order_begin(struct runner *r);
/* Brings decisions up to date, then gives the best step that could begin now, or -1. */
int64_t order_next(struct runner *r, double now);
bool order_any_locked(const struct runner *r);
/* A step that was done is to be run after all; its users count it as done. */
void order_again(struct runner *r, uint32_t step);

/* run.c */
void run_signals(struct runner *r);
void run_reap(struct runner *r);

/* slot.c */
/* A slot among the others; its process; and away with it. */
struct slot *slot_new(struct runner *r, uint32_t step);
int slot_spawn(struct slot *s, struct err *err);
void slot_free(struct runner *r, struct slot *s);
/* Begins a step, `far`: on another machine. 0 begun, or there is a result already; 1 somebody else works on it; -1
 * cannot. */
int slot_start(struct runner *r, uint32_t step, bool far);
/* True when there may be more at once. */
bool slot_read(struct runner *r, struct slot *s);
/* After its process is gone: commits or fails, frees the slot. */
void slot_finish(struct runner *r, struct slot *s);
void slot_end(struct slot *s, enum ending why, double now);
/* Holds a running step against its limits. */
void slot_watch(struct runner *r, struct slot *s, double now);
