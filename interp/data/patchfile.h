/* patchfile: what a patch says: unified and git diffs, also in mails and with text between them.
 *
 * Reading is strict: a hunk that is cut short or too long, a number that overflows, a form that
 * cannot be applied are mistakes with the line of the patch. Lines are borrowed from the text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/* One line of a hunk, with its newline unless the file ends without one. */
struct patch_line {
	char op;       /* ' ', '-' or '+' */
	unsigned line; /* in the patch */
	const char *s;
	size_t len;
};

struct patch_hunk {
	unsigned line; /* of its "@@" in the patch */
	unsigned old_start, old_count, new_start, new_count;
	struct patch_line *v;
	size_t n;
};

/* A side of a git binary patch, still deflated. */
struct patch_blob {
	enum { BLOB_NONE, BLOB_LITERAL, BLOB_DELTA } kind;
	size_t size; /* inflated */
	const unsigned char *z;
	size_t zlen;
};

enum patch_kind { PATCH_MODIFY, PATCH_CREATE, PATCH_DELETE, PATCH_RENAME, PATCH_COPY };

/* What a patch does to one file. */
struct patch_change {
	unsigned line; /* of its first header line in the patch */
	enum patch_kind kind;
	bool git;
	bool maybe_new;                  /* a plain diff from nothing: the file is new or was empty */
	bool maybe_gone;                 /* the same turned round */
	bool link;                       /* git says that it is a symlink */
	const char *old_path, *new_path; /* as written, prefix and all; NULL: /dev/null */
	unsigned old_mode, new_mode;     /* 0: not said */
	struct patch_hunk *hunks;
	size_t nhunks;
	bool binary;
	struct patch_blob to_new, to_old;
	const char *old_blob, *new_blob; /* git's names of both contents, 40 hex digits; of binary changes */
};

struct patchfile {
	const char *name;   /* its file, as messages show it */
	const char *called; /* in sentences; its file's name unless the caller says another */
	bool crlf;          /* its header lines end in CR LF: the patch itself was converted */
	struct patch_change *v;
	size_t n;
	size_t left; /* binary files that it only names; of patchfile_parse_lean */
};

/* Reads a patch. `text` and `name` must outlive `out`. */
int patchfile_parse(const char *name, const char *text, size_t len, struct arena *a, struct patchfile *out,
		    struct err *err);
/* Reads a patch as `patch -E` does: a binary file that is named without its data keeps its bytes, and gets its new name
 * or mode. One that is deleted so is a mistake. */
int patchfile_parse_lean(const char *name, const char *text, size_t len, struct arena *a, struct patchfile *out,
			 struct err *err);
/* The same of a text that begins in the file at a line other than its first. */
int patchfile_parse_at(const char *name, unsigned line, const char *text, size_t len, struct arena *a,
		       struct patchfile *out, struct err *err);

/* One line of a quilt series. */
struct series_line {
	const char *patch; /* path relative to the series file's folder */
	unsigned line;
	int strip;    /* -pN, 1 when not said */
	bool reverse; /* -R */
};

int series_parse(const char *name, const char *text, size_t len, struct arena *a, struct series_line **out, size_t *n,
		 struct err *err);
