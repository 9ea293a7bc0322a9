/* dsc_files: the files of a Debian source package, wherever they lie, each proved before it is opened. */
#pragma once
#include "data/dsc.h"
#include "data/schema.h"

struct err;
struct job;

struct dsc_given {
	struct source dsc;   /* the .dsc, or a result in which one lies */
	struct sources more; /* files that do not lie beside it */
	struct dsc d;        /* once it is read */
	const char *name;    /* of the .dsc */
};

/* Reads the .dsc. */
int dsc_read(struct job *job, struct dsc_given *g, struct err *err);
/* Opens a file that it lists: of the right size and hash, at its start. */
int dsc_open(struct job *job, const struct dsc_given *g, const struct dsc_file *f, struct err *err);
