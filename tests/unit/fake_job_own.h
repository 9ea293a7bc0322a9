/* fake_job: what its files share. */
#pragma once
#include "base/mem.h"
#include "base/str.h"
#include "fake_job.h"

#define FAKE_STEPS 16

struct job {
	struct arena arena;
	const char *path; /* of the temporary folder */
	const char *root; /* the project, below it */
	int dir;          /* the temporary folder */
	int log, scratch, out;
	unsigned serial; /* for names of folders */
	int64_t epoch;
	fake_exec_fn exec;
	const char *pin; /* borrowed */
	const char *const *questions;
	const struct tree *below;
	const struct tree *given[FAKE_STEPS];
	struct layer *layer;
	struct tree *result;
	struct str notes, records;
	struct tree *made[64];
	struct fake_layer {
		struct layer *layer;
		int fd;
	} layers[64];
	size_t nmade, nlayers;
};

/* A new folder of the job: its path below `dir`, and a descriptor. */
int fake_folder(struct job *job, const char *what, const char **path);
/* Runs a program on the host. */
int fake_exec(struct job *job, const struct sandbox *sb, struct err *err);
