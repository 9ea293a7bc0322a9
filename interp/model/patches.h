/* patches: what a step is given to apply, one patch after the other: files, mails, and what lies in folders. */
#pragma once
#include <stddef.h>

#include "data/mail.h"
#include "data/patch_set.h"
#include "data/patch_table.h"
#include "data/schema.h"

struct err;
struct job;

struct patch_given {
	struct source src;      /* the file; of a mail what was named */
	size_t nth;             /* of the sources */
	const char *name;       /* "fix.patch", "v2.mbox#3" */
	const char *shown;      /* how messages name the file */
	unsigned number;        /* of the mail, from 1; 0: it is a file */
	struct mail_slice mail; /* its text */
};

/* The first `*listed` sources, mailboxes and maildirs in place of their mails, folders in a result of the patches and
 * mailboxes that lie in them, by name; the others as they are. Memory lives in the job's arena. */
int patches_given(struct job *job, const struct sources *srcs, size_t listed, struct patch_given **out, size_t *n,
		  struct err *err);

/* Reads one: headers into `m`, the diff into `pf`; both rest on `text` and `a`. */
int patch_read(struct job *job, const struct patch_given *g, struct arena *a, struct str *text, struct mail *m,
	       struct patchfile *pf, struct err *err);
/* Takes its hash, author, date and subject into the record; `row` gets what is to be shown of it. */
void patch_record(struct job *job, const struct patch_given *g, const struct str *text, const struct mail *m,
		  struct patch_row *row);
/* The same of what became of it, once it is in. */
void patch_record_in(struct job *job, const struct patch_given *g, size_t files, const struct patch_moves *moves,
		     struct patch_row *row);
/* Moves the mistakes over, each with the mail that it was found in. Gives -1. */
int patch_say_mail(const struct patch_given *g, const struct mail *m, struct err *mine, struct err *err);
