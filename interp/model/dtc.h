/* dtc: compiles a device tree source in the job's sandbox, by cpp and dtc of a toolchain's image.
 *
 * The source goes in by stdin and the blob comes out by stdout; beside the image, the programs see
 * nothing but the declared folders. */
#pragma once
#include "base/str.h"
#include "model/job.h"

struct dtc_request {
	const struct source *main;
	const struct sources *include;
	const struct pairs *defines;
	const struct strings *warnings; /* -W… and -E… for dtc, after jkr's own */
	const struct tree *image;
	bool symbols; /* -@ */
};

struct dtc_result {
	const char *shown;   /* how messages name the source */
	struct str expanded; /* what cpp made of it */
	struct str blob;
	bool plugin; /* the source is an overlay */
};

int dtc_compile(struct job *job, const struct dtc_request *rq, struct dtc_result *out, struct err *err);
void dtc_result_free(struct dtc_result *r);
