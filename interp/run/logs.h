/* logs: one file for each run of a step in the store's logs/, and the newest one by the step's name. */
#pragma once
#include <stdio.h>

struct store;

/* The newest log of a step; -1 with errno when there is none. The caller owns the descriptor. */
int log_open_last(struct store *st, const char *step);
/* Its absolute path, or NULL; the caller frees. */
char *log_path_last(struct store *st, const char *step);
/* Writes the lines of a log that say what went wrong, the causes before what follows from them. */
int log_first_errors(int fd, FILE *out);
