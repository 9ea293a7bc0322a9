/* git_history: what lies between two commits of a server's. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

enum git_way {
	GIT_FOLLOWS,   /* the new commit has the old one behind it */
	GIT_REWRITTEN, /* it has not: a push was forced, or a tag moved aside */
	GIT_FAR,       /* not within the commits that were looked at */
};

struct git_history {
	enum git_way state;
	bool tag;       /* the ref is a tag, which nobody expects to move */
	const char **v; /* "1a2b3c4d5e6f Ann: what it does", newest first; as their authors wrote them */
	size_t n;
	bool more; /* than are told */
};

/* Asks the server for the last commits of `ref` (NULL: HEAD), into a repository that is made in the folder `dir`. */
int git_history(const char *url, const char *ref, const char *from, const char *to, int dir, struct arena *a,
		struct git_history *out, struct err *err);
