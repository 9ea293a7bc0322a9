/* opened: folders of results in a list of files, each in place of the files in it. */
#pragma once
#include <stddef.h>

struct err;
struct job;
struct sources;

/* The first `*n` sources of the list: a folder in a result becomes what lies directly in it and ends in `suffix`, by
 * name; a folder without any is a mistake. Memory lives in the job's arena. */
int opened(struct job *job, struct sources *list, size_t *n, const char *suffix, struct err *err);
