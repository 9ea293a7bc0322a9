/* tags: how far a make of Kbuild is, by the lines in which it says what it makes; its warnings; and for a warm build
 * which words of a command line are others. How many lines the last build of a step had stands in warm/ID.tags of the
 * store, two numbers: of one that began with an empty build directory, and of one that did not. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct job;

#define TAGS_COMMANDS 16 /* changed command lines that are told */

/* Of one job. */
struct tags {
	uint64_t done, total; /* total 0: not known */
	uint64_t told;        /* of `done`, at the last job_progress */
	uint64_t last[2];     /* empty, warm */
	size_t warnings;
	char *commands[TAGS_COMMANDS];
	size_t ncommands;
};

/* Before make begins: what its last build had. Each make of a job goes on counting. */
void tags_begin(struct job *job);
/* A line of make's output, without newline. */
void tags_line(struct job *job, const char *line, size_t n);
/* When what make wrote is about to be merged: the log gets what changed in command lines. */
void tags_commands(struct job *job);
/* After success: keeps the count, and notes the warnings. */
void tags_end(struct job *job);
