/* filecheck: files that must be there, or must not, and what they hold. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;
struct strings;
struct view;

struct file_rules {
	const struct strings *present, *absent; /* patterns of paths; neither: the one file of the view is meant */
	const struct strings *contains, *lacks; /* texts, to the byte, of every file that is meant */
	const char *find;                       /* expression of POSIX; its first group, or all of it, is the value */
	const char *lines;                      /* expression of the lines that `find` looks at, or NULL: all */
	const char *anew;                       /* expression of lines from which on `find` must match again, or NULL */
	const char *is;                         /* what every value must be, or NULL */
	const char *machine;                    /* what programs among them must be for (vermagic.h), or NULL */
	int64_t min_size;
};

/* The mistake in an expression, as a sentence about the parameter `field`. */
int filecheck_expression(const char *field, const char *text, struct err *err);
/* A view_check_fn with struct file_rules. */
int filecheck(const struct view *v, const void *rules, struct str *got, struct err *err);
/* Calls `fn` for each text in some bytes: each line, or where they are no text each run of four printable characters
 * and more, as strings(1) has it. Stops on nonzero. */
typedef int (*text_fn)(void *ctx, const char *s, size_t n);
int filecheck_texts(const char *p, size_t n, text_fn fn, void *ctx);
