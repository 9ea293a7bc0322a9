/* patching: patches put onto what a job writes: its tree below with what its layer holds by now. */
#pragma once
#include <stddef.h>

#include "data/patch_set.h"

struct err;
struct job;
struct patch_row;

struct patching {
	struct job *job;
	struct patch_tree tree;
	struct patch_set set;
};

/* `p` must stay where it is until patching_end. */
void patching_begin(struct patching *p, struct job *job);
/* Writes each changed file once into the job's layer: first what goes, then what stays. */
int patching_write(struct patching *p, struct err *err);
void patching_end(struct patching *p);
/* Puts the table of what is in into the job's log. */
void patching_log(struct job *job, const struct patch_row *rows, size_t n);
/* Reads a file as the job sees it now: its layer's own, else that of the tree below. */
int patching_read(struct job *job, const char *path, struct str *out, struct err *err);
