/* job_impl: a running step as the files of run/ know it; primitives see only model/job.h. */
#pragma once
#include "base/mem.h"
#include "base/str.h"
#include "model/job.h"
#include "model/plan.h"
#include "run/run.h"
#include "run/tags.h"
#include "run/teardown.h"
#include "store/mirror.h"
#include "store/store.h"

struct jobserver;

/* Where a program wrote over one mount point of this job: lives through all its sandboxes. */
struct upper {
	struct upper *next;
	const char *at;   /* mount point */
	const char *name; /* of the folder in the job's temporary folder */
	enum bind_kind kind;
	bool copied; /* holds the whole tree, for want of overlayfs */
};

struct upper *upper_find(struct job *job, const char *at);

/* The warm build directory of the job (run/warm.h). */
struct warm {
	int dir;  /* store/warm/ID, -1: none asked for */
	int tree; /* its folder `d` */
	int lock;
	const char *id;
	bool fresh;
	struct hash seen; /* tree of the source that it last saw */
	bool has_seen;
	bool source_set;
	bool whole;           /* the last program ended by itself, so what it left can be built on */
	struct hash source;   /* tree that this job showed it */
	struct str times;     /* of its files that are not as when the directory was made */
	struct str old_times; /* the same as it was found */
	bool marking;         /* `marker` writes the mark that it is being merged */
	pthread_t marker;
	struct err unmarked; /* why it could not */
};

struct job {
	const struct plan *plan;
	const struct plan_step *ps;
	struct store *store;
	const struct plan_env *env;
	const struct run_options *opt;
	struct arena arena;
	const char *run_tmp; /* folder of the whole run in tmp/: the jobserver's FIFO */
	const char *run_id;  /* label of containers */
	char tmp[64];        /* own folder in tmp/ */
	int tmpfd;
	int wire; /* to the runner */
	struct layer *layer;
	int layer_fd;
	const char *layer_sub; /* folder of the layer in the job's folder */
	struct hash had;       /* the result, where the store has it already (job_have) */
	bool has;
	const struct tree *below;
	struct tree **trees; /* by step, NULL until asked for */
	int scratch, out;
	struct mirror mirror; /* store/mirror.h */
	const char *log_name; /* below logs/ */
	int log;
	uint64_t log_size;
	bool log_full;
	int64_t epoch; /* the result's own date, -1: it has none */
	struct upper *uppers;
	struct shown *shown; /* layers that were mounted (run/mounted.h) */
	unsigned serial;     /* for names in the job's folder */
	bool said_host;      /* that the programs of this machine run */
	int overlays;        /* 1 can be mounted, -1 cannot, 0 not tried yet */
	struct warm warm;
	struct tags tags;
	struct teardown teardown; /* of the last program's mounts */
	/* run/aside.h: its result is not wanted */
	bool aside, shell;
	const char *script;
	const char *const *take;
	const char *const *questions;
};

#define LOG_MAX (256ull << 20)
/* To a job's process: its programs are over a limit and end now. */
#define SIGNAL_AT_ONCE SIGXCPU

/* For a new job: no descriptor is open, no mount is held. */
void job_hold_nothing(struct job *job);
/* A child of the runner: does the step's work, reports over job->wire, never returns. */
_Noreturn void job_child(struct job *job);
/* Appends to the log, no further than LOG_MAX. */
void job_log_write(struct job *job, const char *p, size_t n);
/* The step's log below the store, for messages. */
const char *job_log_path(struct job *job);
/* Makes what a program wrote over BIND_LAYER the job's layer; nothing without one. */
int upper_take_layer(struct job *job, struct err *err);
/* A folder in the job's temporary folder, made when it is not there; -1 with a sentence. */
int job_subdir(struct job *job, const char *name, struct err *err);
