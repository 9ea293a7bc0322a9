/* err: what went wrong, as finished sentences with their places.
 *
 * Functions that can fail take a `struct err *` last and return 0 or -1 (or a pointer or NULL).
 * The sentence is made where the fault is known: lower case, no full stop, the user's words in
 * backquotes. Callers return -1 or add context once with err_wrap. Only main prints. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

struct str;

/* Exit statuses, as documented in jkr.1. */
enum status {
	ST_OK = 0,
	ST_STEP = 1,    /* a step failed */
	ST_USAGE = 2,   /* wrong command line or recipe */
	ST_CHECK = 3,   /* a check failed: config, vermagic, overlay, audit, boot */
	ST_CHANGES = 4, /* plan --fail-if-changes: work would be done */
	ST_LOCKED = 5,  /* --locked or --offline cannot be met */
	ST_MACHINE = 6, /* this machine lacks something */
	ST_LOST = 7,    /* network, shared cache or executor lost */
	ST_BUSY = 8,    /* another run holds the lock and --no-wait */
	ST_BUG = 70,
};

/* A place in a text the user wrote. Lines and columns count from 1; 0 is unknown.
 * `key` is the path of a field below the name call at `line` ("config.PREEMPT_RT", "3"); the
 * printer finds its line and column in the source when `col` is 0. Strings are borrowed. */
struct place {
	const char *file;
	const char *key;
	unsigned line, col, len;
};

#define DIAG_HELPS 8

/* One mistake. All strings are owned by the err it hangs in. */
struct diag {
	struct diag *next;
	const char *code; /* "E0203", or NULL for a plain sentence */
	char *msg;
	struct place at;        /* file NULL: no place */
	char *label;            /* what stands beside the caret, may be NULL */
	char *from;             /* who led to a place in another file, may be NULL */
	char *help[DIAG_HELPS]; /* lines after "= help:" */
	unsigned nhelp;
};

/* Starts zeroed. One err can collect several independent mistakes. */
struct err {
	struct diag *head, *tail;
};

/* An entry of the table of codes (base/codes); `text` is what `jkr doc CODE` prints. */
struct err_code {
	const char *code;
	enum status status;
	const char *title;
	const char *text;
};

void err_free(struct err *err);
bool err_any(const struct err *err);
size_t err_count(const struct err *err);
/* Adds the first sentence, and how many more there are. */
void err_brief(const struct err *err, struct str *out);

/* Adds a mistake and returns -1. `code` is a code of the table or NULL. */
int err_set(struct err *err, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with the system's reason for `errno` after a colon. */
int err_sys(struct err *err, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts context in front of the newest mistake: "context: sentence". Returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Refine the newest mistake; each returns -1. err_at keeps a place that is already there. */
int err_at(struct err *err, struct place at);
/* Says which field of the call is meant, where only the caller knows its place. */
int err_field(struct err *err, const char *key);
int err_label(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_help(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Gives `at` to every mistake that has no place yet. Returns -1. */
int err_at_all(struct err *err, struct place at);
/* The same for what a step did; a mistake in another file (a patch) also names the step and its line. */
int err_of_step(struct err *err, const char *step, struct place at);

/* Moves all mistakes of `from` to the end of `to`. */
void err_move(struct err *to, struct err *from);

/* The exit status that the first mistake asks for; ST_STEP where it has no code. */
enum status err_status(const struct err *err);
const struct err_code *err_code_find(const char *code);
/* The whole table, ended by an entry whose code is NULL. */
const struct err_code *err_codes(void);

/* Gives the text of a source file for excerpts, or NULL. */
typedef const char *(*err_source_fn)(void *ctx, const char *file);
/* Completes `at` (line, col, len) from at->key; may leave it as it is. */
typedef void (*err_find_fn)(void *ctx, struct place *at);

struct err_style {
	bool colour;
	err_source_fn source; /* may be NULL */
	err_find_fn find;     /* may be NULL */
	void *ctx;
};

/* Prints every mistake with excerpt, caret and help lines; control bytes are quoted. */
void err_print(const struct err *err, FILE *out, const struct err_style *style);
