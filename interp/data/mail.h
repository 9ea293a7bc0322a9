/* mail: patches as they are mailed: mailboxes, maildirs, and what a mail says, as `git am` reads them.
 *
 * A mail is text: headers, a message, and behind its first line "---", "diff -" or "Index: " the patch. Names and
 * subjects become UTF-8; the bytes of the patch stay what they are. Texts of several parts are refused. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct str;

/* A mail as it lies in a mailbox. */
struct mail_slice {
	const char *s;
	size_t len;
	unsigned line; /* of its first line in the mailbox, from 1 */
};

/* Cuts a mailbox at its lines "From … 12:34:56 2024". One that does not begin with such a line is one mail. Slices
 * point into the text. */
int mail_split(const char *name, const char *text, size_t len, struct arena *a, struct mail_slice **out, size_t *n,
	       struct err *err);
/* Orders the names in a maildir, numbers in them by their value. */
int mail_order(const char *a, const char *b);
/* Whether a file is called what mailboxes are: x.mbox, x.mbx. */
bool mail_is_box(const char *name);

struct mail {
	const char *author, *email; /* of who wrote it: in the text before in the headers */
	const char *date;           /* as written; NULL: none */
	const char *subject;        /* without "Re:" and "[PATCH 1/2]" */
	const char *patch;          /* "" when the mail has none */
	size_t len;
	unsigned line; /* of `patch` in the mailbox; where the mail was encoded, 1 */
	bool encoded;
};

/* Reads a mail. `name` is the mailbox, as messages show it. */
int mail_read(const char *name, const struct mail_slice *in, struct arena *a, struct mail *out, struct err *err);
/* The same of a text that may begin with headers, as patches of git and of Debian do. What cannot be read is NULL;
 * `patch` is the whole text. */
void mail_peek(const char *text, size_t len, struct arena *a, struct mail *out);
