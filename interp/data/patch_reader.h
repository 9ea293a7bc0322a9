/* patch_reader: the lines of a patch being read; shared by the files that read its parts. */
#pragma once
#include <stdbool.h>

#include "data/patchfile.h"

struct patch_reader {
	const char *name, *p, *end;
	unsigned line; /* of `p` */
	struct arena *a;
	struct err *err;
	bool crlf;
	bool lean;   /* binary files that are only named are left out … */
	size_t left; /* … and counted */
};

/* A line without its end; `s` is NULL at the end of the text. */
struct patch_text {
	const char *s;
	size_t len;
	bool newline;
};

/* The line at the reader, not taken; a header line's CR is not part of it. */
struct patch_text patch_peek(const struct patch_reader *r);
/* The line after that one. */
struct patch_text patch_peek2(const struct patch_reader *r);
void patch_take(struct patch_reader *r);
bool patch_text_starts(struct patch_text t, const char *prefix);
/* A mistake at a line of the patch; gives -1. */
int patch_fault(struct patch_reader *r, unsigned line, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Reads "diff --git" and what follows up to the first hunk. */
int patch_read_git(struct patch_reader *r, struct patch_change *c);
/* Reads "---" and "+++" of a plain diff. */
int patch_read_plain(struct patch_reader *r, struct patch_change *c);
/* Reads one side of "GIT binary patch". */
int patch_read_blob(struct patch_reader *r, struct patch_blob *b);
/* Reads all hunks that follow. */
int patch_read_hunks(struct patch_reader *r, struct patch_change *c);
