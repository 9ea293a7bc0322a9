/* fake_job: a job for tests of primitives, over a temporary folder. It keeps what the primitive said,
 * gives it the trees and files that the test wrote, and runs programs on the host. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/schema.h"
#include "model/job.h"
#include "model/tree.h"

struct err;
struct prim;

/* `below` may be NULL. Trees given here are borrowed. */
struct job *fake_job_new(const struct tree *below);
void fake_job_free(struct job *job);
/* The result of step number `step`, for sources that refer to it. */
void fake_job_give(struct job *job, unsigned step, const struct tree *t);
void fake_job_set_epoch(struct job *job, int64_t epoch);
void fake_job_set_pin(struct job *job, const char *pin); /* borrowed */

void fake_job_ask(struct job *job, const char *const *questions); /* borrowed */

/* What stands for job_exec; a program on the host unless told. */
typedef int (*fake_exec_fn)(struct job *job, const struct sandbox *sb, struct err *err);
void fake_job_set_exec(struct job *job, fake_exec_fn fn);

/* A file of the project (`rel` may have folders), and the sources that name things. */
struct source fake_file(struct job *job, const char *rel, const void *data, size_t n);
struct source fake_text(struct job *job, const char *rel, const char *text);
struct source fake_source(struct job *job, const char *rel); /* of a file or folder made before */
struct source fake_ref(unsigned step, const char *path);
/* The absolute path of the project's folder. */
const char *fake_root(struct job *job);

/* A tree of files: path, text, path, text …, NULL. A path that ends in '/' is a folder (its text is
 * ignored), a text that begins with "->" a link, one that begins with "#!" an executable. */
struct tree *fake_tree(struct job *job, ...) __attribute__((sentinel));
/* The same from entries that were put into a layer by the test itself. */
struct layer *fake_layer(struct job *job, const struct tree *below);
struct tree *fake_seal(struct job *job, struct layer *l);

/* What the job's layer makes of the tree below; sealed at the first call. */
const struct tree *fake_result(struct job *job);
/* The text of a file of the result, or NULL when there is none; as long as the job. */
const char *fake_read(struct job *job, const char *path);
/* All notes, a line each; the log; "key=value" lines of the record. */
const char *fake_notes(struct job *job);
const char *fake_log(struct job *job);
const char *fake_records(struct job *job);

/* Checks, binds and runs a primitive as a recipe would. */
int fake_run(struct job *job, const struct prim *prim, struct value params, struct err *err);
/* The same inside a cmocka test: it must go well, or fail with a first mistake of this code (NULL: any)
 * whose sentence holds `part`. */
void fake_runs(struct job *job, const struct prim *prim, struct value params);
void fake_fails(struct job *job, const struct prim *prim, struct value params, const char *code, const char *part);
