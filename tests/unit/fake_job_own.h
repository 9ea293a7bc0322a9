/* fake_job: what its files share. */
#pragma once
#include "base/mem.h"
#include "base/str.h"
#include "fake_job.h"

#define FAKE_STEPS 16

struct job {
	struct arena arena;
	const char *root;   /* the project, below `dir` */
	int dir;            /* temporary folder of the job */
	int log, scratch, out;
	unsigned serial;    /* for names of folders */
	int64_t epoch;
	const struct tree *below;
	const struct tree *given[FAKE_STEPS];
	struct layer *layer;
	struct tree *result;
	struct str notes, records;
	struct tree *made[64];
	struct fake_layer { struct layer *layer; int fd; } layers[64];
	size_t nmade, nlayers;
};

/* A new folder of the job: its path below `dir`, and a descriptor. */
int fake_folder(struct job *job, const char *what, const char **path);
