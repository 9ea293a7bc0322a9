/* fetch_staged: what a person stages, taken up by `fetch`. */
#pragma once
#include <stdbool.h>

struct err;
struct file_ref;
struct job;
struct pin_request;
struct source;
struct str;

/* The pin of a staged file: of the one that lies here, which must be the locked one. `absent`: none does, and what is
 * locked counts. */
int fetch_staged_pin(const struct file_ref *file, const struct pin_request *rq, bool absent, struct str *text,
		     struct err *err);
/* Puts a staged file into the job's layer as `name`; its hash must be `want`, which is `pinned` or the recipe's own. */
int fetch_staged(struct job *job, const struct file_ref *file, const char *name, const char *want, bool pinned,
		 struct err *err);
/* The same of a folder, all of it. */
int fetch_staged_folder(struct job *job, const struct source *folder, struct err *err);
/* Puts an open file into the job's layer. */
int fetch_put(struct job *job, const char *name, int fd, struct err *err);
