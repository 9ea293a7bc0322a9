/* head: a repository of git of the user's own, and the commit that its HEAD is. */
#pragma once
#include "data/git.h"

struct cli;
struct err;

struct head {
	const char *dir;
	char commit[GIT_HEX];
	char *top; /* the folder that holds all of it */
	char *git; /* its folder .git, wherever that is */
};

/* Starts with `dir`; freed in any case. */
int head_find(struct head *h, struct err *err);
void head_free(struct head *h);
/* Whether the folder was named itself, and not one in it. */
bool head_is_top(const struct head *h);
/* Says on stderr that what is not committed is not `what`: "signed", "pushed". */
void head_say_dirty(const struct cli *cli, const struct head *h, const char *what);
