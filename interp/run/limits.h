/* limits: what a running step may use of the machine, held by a group of the kernel where there may be one,
 * else watched. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/cgroup.h"

struct err;
struct step;

/* A wall that is not told of stands so much above what is watched for, and told. */
enum { PROCESSES_DEFAULT = 2048, PROCESSES_WALL = 512 };

enum ending { END_SELF, END_TIMEOUT, END_MEMORY, END_PROCESSES, END_DISK, END_SIGNAL };

struct limits {
	struct cgroup group;
	const struct step *step;
	bool programs;             /* runs programs, which may do anything */
	uint64_t memory, disk_min; /* bytes; disk_min: that must stay free */
	uint64_t processes;
	double looked;
	int nice; /* of the step */
};

/* Finds where groups can be made and removes those of runs that are gone; begins one for `step`. */
void limits_home(struct cgroup_home *home);
/* Where no group holds the number of processes: puts this process, which watches them, before any crowd of them, if
 * it may. Gives the priority that steps have. */
int limits_first(const struct cgroup_home *home);
void limits_begin(struct limits *l, const struct cgroup_home *home, const struct step *step, int nice, const char *run,
		  uint32_t serial, int store);
/* In the step's own process, before it does anything. */
void limits_enter(const struct limits *l);
/* A signal to the step's own group, whose turn comes in a crowd as well. */
void limits_signal(pid_t job, int sig);
/* In the process that becomes a program of it: the limits of every process, whoever started jkr. */
void limits_programs(const struct step *step);
/* Which limit the processes below `job` went over, or END_SELF; looks no more often than is worth it. */
enum ending limits_over(struct limits *l, pid_t job, int store, double now);
/* The same after they have ended; `failed`: without a result. */
enum ending limits_after(const struct limits *l, int store, bool failed);
void limits_say(const struct limits *l, enum ending why, struct err *err);
void limits_end(struct limits *l);
/* For a container of a daemon, which is in no group of ours: what it may have (`above`: of the machine, or NULL),
 * whether the one with an id has more processes, and the sentence. */
uint64_t limits_processes(const struct step *step);
uint64_t limits_memory(const struct step *step, const struct cgroup_home *above);
bool limits_crowd(const struct step *step, const char *id);
void limits_say_step(const struct step *step, enum ending why, struct err *err);
